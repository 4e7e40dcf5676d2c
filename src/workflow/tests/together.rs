//! What happens to many instances at once shares a transaction, and each keeps its own fate.

use async_trait::async_trait;
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::draft::Draft;
use super::office::{Office, actor, refused};
use crate::kernel::{ErrorCode, Fault};
use crate::storage::dialect::sql;
use crate::storage::entity::process_history;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::case::{Case, HistoryKind, Note, Part, together};
use crate::workflow::{ClaimJobs, ClaimedJob, CompleteJob, InstanceStatus};

on_both_databases!(
    each_tree_has_a_history_of_its_own,
    who_holds_one_keeps_nobody_else,
    what_stands_in_the_way_is_left_out,
    timers_of_many_fire_and_one_that_cannot_is_an_incident,
    jobs_are_completed_together,
    a_lost_job_keeps_no_other,
    no_more_jobs_than_can_be_claimed,
);

/// Writes a comment down, or fails.
struct Word {
    instance: Uuid,
    is_bad: bool,
}

fn words(instances: &[Uuid]) -> Vec<Word> {
    instances.iter().map(|instance| Word { instance: *instance, is_bad: false }).collect()
}

#[async_trait]
impl Part for Word {
    type Outcome = Uuid;

    fn place(&self) -> (Uuid, Uuid) {
        (self.instance, self.instance)
    }

    async fn happen(&self, case: &mut Case) -> Result<Uuid, Fault> {
        for _ in 0..2 {
            case.write_down(self.instance, HistoryKind::Comment, Note::automatic())?;
        }
        if self.is_bad { Err(Fault::conflict("no")) } else { Ok(self.instance) }
    }
}

fn packing() -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .holding("serviceTask", "pack", r#"docket:topic="pack""#, "")
        .node("endEvent", "end", "")
        .flows("start > pack > end")
}

impl Office {
    async fn many(&self, count: usize) -> Vec<Uuid> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(self.starts("alice", "p", json!({})).await);
        }
        all
    }

    /// Lets words be said; whose were.
    async fn say(&self, words: &[Word]) -> (Vec<Option<Uuid>>, usize) {
        let (outcomes, committed) = together(&self.workflow.inner, None, words).await;
        (outcomes, committed.map_or(0, |committed| committed.signals.len()))
    }

    async fn comments(&self, instance: Uuid) -> usize {
        self.history(instance).await.iter().filter(|line| line.starts_with("COMMENT")).count()
    }

    async fn claims_all(&self) -> Vec<ClaimedJob> {
        let claim = ClaimJobs {
            topics: vec!["pack".to_owned()],
            worker: "packer".to_owned(),
            max: 100,
            lock: TimeDelta::seconds(60),
            variables: None,
        };
        self.workflow.claim_jobs(&actor("olivia"), claim).await.unwrap()
    }

    /// What became of each: its status, or the fault's code.
    async fn completes_all(&self, jobs: Vec<CompleteJob>) -> Vec<String> {
        let done = self.workflow.complete_jobs(&actor("olivia"), jobs).await;
        let word = |done: Result<crate::workflow::Job, Fault>| match done {
            Ok(row) => row.status,
            Err(fault) => fault.code().as_str().to_owned(),
        };
        self.deed(done).await.unwrap().into_iter().map(word).collect()
    }
}

fn done(job: &ClaimedJob) -> CompleteJob {
    CompleteJob { id: job.row.id, lock: job.row.lock_id.unwrap(), variables: Map::new() }
}

async fn each_tree_has_a_history_of_its_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing()).await;
    let all = office.many(5).await;
    let (outcomes, signals) = office.say(&words(&all)).await;
    assert_eq!(outcomes, all.iter().copied().map(Some).collect::<Vec<_>>());
    assert_eq!(signals, 5, "who watches one of them is told");
    for instance in &all {
        let rows = process_history::Entity::find().all(office.db.reader()).await.unwrap();
        let own: Vec<_> = rows.iter().filter(|row| row.instance_id == *instance).collect();
        let places: Vec<_> = own.iter().map(|row| (row.revision, row.ordinal)).collect();
        // START, then both words within the next revision.
        assert_eq!(places.len(), 3);
        assert_eq!((places[1].0, places[1].1, places[2].1), (places[2].0, 0, 1));
        assert_eq!(places[1].0, places[0].0 + 1);
    }
    // The second in one tree has to come alone.
    let twice = [all[0], all[1], all[0]];
    let (outcomes, _) = office.say(&words(&twice)).await;
    assert_eq!(outcomes, [Some(all[0]), Some(all[1]), None]);
    office.audit().await;
}

async fn who_holds_one_keeps_nobody_else(scratch: Scratch) {
    let office = Office::over(scratch).await;
    if office.db.backend() != DbBackend::Postgres {
        // There is one writer, and it waits.
        return;
    }
    office.deploys(&packing()).await;
    let all = office.many(3).await;
    let held = office.db.begin().await.unwrap();
    let text = "SELECT id FROM process_instance WHERE id = $1 FOR UPDATE";
    held.execute_raw(sql(DbBackend::Postgres, text, [all[1].into()])).await.unwrap();
    let (outcomes, _) = office.say(&words(&all)).await;
    assert_eq!(outcomes, [Some(all[0]), None, Some(all[2])]);
    held.rollback().await.unwrap();
    assert_eq!((office.comments(all[0]).await, office.comments(all[1]).await), (2, 0));
}

async fn what_stands_in_the_way_is_left_out(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing()).await;
    let all = office.many(6).await;
    let mut some = words(&all);
    (some[2].is_bad, some[4].is_bad) = (true, true);
    let (outcomes, _) = office.say(&some).await;
    assert_eq!(outcomes, [Some(all[0]), Some(all[1]), None, Some(all[3]), None, Some(all[5])]);
    assert_eq!((office.comments(all[2]).await, office.comments(all[3]).await), (0, 2));
    // Where too many do, each is tried alone; nothing has happened until then.
    some.iter_mut().for_each(|word| word.is_bad = word.instance != all[0]);
    assert_eq!(office.say(&some).await, (vec![None; 6], 0));
    assert_eq!(office.comments(all[0]).await, 2);
    office.audit().await;
}

async fn timers_of_many_fire_and_one_that_cannot_is_an_incident(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding(
            "intermediateCatchEvent",
            "later",
            "",
            "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
        )
        .node("exclusiveGateway", "which", "")
        .node("endEvent", "end", "")
        .node("endEvent", "other", "")
        .flows("start > later > which, which > end [${amount > 5}], which > other [${amount <= 5}]");
    office.deploys(&draft).await;
    let mut all = Vec::new();
    for n in 0..30 {
        let amount = if n == 7 { json!("much") } else { json!(n) };
        all.push(office.starts("alice", "p", json!({ "amount": amount })).await);
    }
    let suspended = all[3];
    office.workflow.suspend(&actor("admin"), suspended, None).await.unwrap();
    office.passes("PT2H").await;
    for (n, instance) in all.iter().enumerate() {
        let (status, incidents) = (office.status(*instance).await, office.incidents(*instance).await.len());
        let expected = match n {
            3 => (InstanceStatus::Running, 0),
            7 => (InstanceStatus::Running, 1),
            _ => (InstanceStatus::Approve, 0),
        };
        assert_eq!((status, incidents), expected, "{n}");
    }
    office.workflow.resume(&actor("admin"), suspended, None).await.unwrap();
    office.happens().await;
    assert_eq!(office.status(suspended).await, InstanceStatus::Approve);
}

async fn jobs_are_completed_together(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing()).await;
    let all = office.many(20).await;
    let claimed = office.claims_all().await;
    let jobs: Vec<_> = claimed
        .iter()
        .map(|job| CompleteJob {
            variables: json!({ "parcel": job.row.instance_id }).as_object().cloned().unwrap(),
            ..done(job)
        })
        .collect();
    assert_eq!(office.completes_all(jobs.clone()).await, vec!["SUCCESS"; 20]);
    for instance in &all {
        assert_eq!(office.status(*instance).await, InstanceStatus::Approve);
        assert_eq!(office.variables(*instance).await["parcel"], Value::from(instance.to_string()));
        assert_eq!(office.history(*instance).await, ["START alice", "COMPLETE_JOB olivia", "END -"]);
    }
    // Reported again, each is done once.
    assert_eq!(office.completes_all(jobs).await, vec!["SUCCESS"; 20]);
    assert_eq!(office.history(all[0]).await.len(), 3);
}

async fn a_lost_job_keeps_no_other(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing()).await;
    let all = office.many(7).await;
    let claimed = office.claims_all().await;
    let mut jobs: Vec<_> = claimed.iter().map(done).collect();
    office.workflow.suspend(&actor("admin"), claimed[1].row.instance_id, None).await.unwrap();
    office.workflow.cancel(&actor("alice"), claimed[2].row.instance_id, None).await.unwrap();
    jobs[3].lock = Uuid::now_v7();
    jobs[4].id = all[0];
    jobs[5].variables.insert("PROCESS_STATUS".to_owned(), json!(9));
    jobs.push(jobs[0].clone());
    let expected =
        ["SUCCESS", "CONFLICT", "CONFLICT", "CONFLICT", "NOT_FOUND", "BAD_INPUT", "SUCCESS", "SUCCESS"];
    assert_eq!(office.completes_all(jobs).await, expected);
    let held = [1, 3, 4, 5].map(|n| claimed[n].row.id);
    for id in held {
        assert_eq!(office.workflow.job(&actor("olivia"), id).await.unwrap().unwrap().status, "RUNNING");
    }
}

async fn no_more_jobs_than_can_be_claimed(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let job = CompleteJob { id: Uuid::now_v7(), lock: Uuid::now_v7(), variables: Map::new() };
    for count in [0, 101] {
        let many = vec![job.clone(); count];
        refused(office.workflow.complete_jobs(&actor("olivia"), many).await, ErrorCode::BadInput);
    }
    let one = vec![job];
    refused(office.workflow.complete_jobs(&actor("alice"), one.clone()).await, ErrorCode::Forbidden);
    assert_eq!(office.completes_all(one).await, ["NOT_FOUND"]);
}
