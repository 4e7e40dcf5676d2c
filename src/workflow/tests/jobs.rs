//! Jobs: claimed, extended, completed and failed by workers outside, on both databases.

use std::time::Duration;

use chrono::TimeDelta;
use futures::StreamExt as _;
use sea_orm::{ConnectionTrait as _, DbBackend};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::draft::Draft;
use super::office::{Office, actor, refused};
use crate::kernel::{Clock as _, ErrorCode, Fault, PageRequest};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{
    ClaimJobs, ClaimedJob, Decide, FailJob, InstanceStatus, Job, JobFilter, JobStatus, ThrowJobError,
};

on_both_databases!(
    a_job_is_claimed_and_completed,
    what_a_job_is_given_and_what_is_taken_of_it,
    the_topic_is_what_the_model_names,
    who_may_do_what,
    a_job_is_claimed_by_one,
    the_most_urgent_first,
    a_job_that_fails_is_tried_again_and_then_an_incident,
    a_final_failure_is_an_incident_at_once,
    a_worker_that_says_nothing_loses_its_job,
    jobs_of_what_cannot_be_read_hold_up_no_others,
    what_is_large_is_claimed_in_portions,
    a_worker_that_extends_keeps_its_job,
    an_error_of_the_process_is_caught,
    an_error_that_nobody_catches_rejects,
    what_nobody_waits_for_is_cancelled,
    a_suspended_instance_gives_no_jobs,
    an_approval_is_taken_back_until_a_machine_has_begun,
    nor_when_one_has_begun_in_what_was_called,
    a_suspended_instance_keeps_its_jobs_time,
    each_body_of_a_multi_instance_has_its_job,
    workers_are_told_of_new_jobs,
    a_job_is_completed_once_by_many_at_once,
    jobs_are_listed,
);

const BOB: &str = r#"flowable:assignee="bob""#;

/// A job of the topic `pack`, then Bob.
pub(super) fn packing(attributes: &str, inner: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .holding("serviceTask", "pack", attributes, inner)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .flows("start > pack > review > end")
}

const PACK: &str = r#"docket:topic="pack""#;

fn asking(topics: &[&str]) -> ClaimJobs {
    ClaimJobs {
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        worker: "packer-1".to_owned(),
        max: 10,
        lock: TimeDelta::seconds(60),
        variables: None,
    }
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("an object") };
    object
}

fn lock(claimed: &ClaimedJob) -> Uuid {
    claimed.row.lock_id.unwrap()
}

impl Office {
    pub(super) async fn claims(&self, topics: &[&str]) -> Vec<ClaimedJob> {
        self.deed(self.workflow.claim_jobs(&actor("olivia"), asking(topics)).await).await.unwrap()
    }

    pub(super) async fn claims_one(&self) -> ClaimedJob {
        let mut claimed = self.claims(&["pack"]).await;
        assert_eq!(claimed.len(), 1);
        claimed.remove(0)
    }

    pub(super) async fn completes(&self, job: &ClaimedJob, variables: Value) -> Result<Job, Fault> {
        let variables = object(variables);
        let done = self.workflow.complete_job(&actor("olivia"), job.row.id, lock(job), variables).await;
        self.deed(done).await
    }

    pub(super) async fn fails(&self, job: &ClaimedJob, failure: FailJob) -> Result<Job, Fault> {
        self.deed(self.workflow.fail_job(&actor("olivia"), job.row.id, lock(job), failure).await).await
    }

    pub(super) async fn extends(&self, job: &ClaimedJob, seconds: i64) -> Result<Job, Fault> {
        let longer = TimeDelta::seconds(seconds);
        self.deed(self.workflow.extend_job(&actor("olivia"), job.row.id, lock(job), longer).await).await
    }

    async fn job(&self, id: Uuid) -> Job {
        self.workflow.job(&actor("olivia"), id).await.unwrap().unwrap()
    }

    pub(super) async fn stands(&self, id: Uuid) -> String {
        let job = self.job(id).await;
        format!("{} {}/{} {}", job.status, job.failures, job.max_attempts, job.error_code.unwrap_or_default())
    }
}

pub(super) fn broken() -> FailJob {
    FailJob { code: "NO_BOX".to_owned(), message: "there is no box".to_owned(), ..FailJob::default() }
}

async fn a_job_is_claimed_and_completed(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let id = office.starts("alice", "p", json!({"order": 7})).await;
    assert!(office.tasks(id).await.is_empty());
    assert!(office.claims(&["other"]).await.is_empty());
    let claimed = office.claims_one().await;
    assert_eq!(Value::Object(claimed.variables.clone()), json!({"order": 7, "PROCESS_STATUS": 1}));
    let row = &claimed.row;
    assert_eq!((row.instance_id, row.node_id.as_str(), row.attempt), (id, "pack", 1));
    assert_eq!(row.due_at, Some(office.clock.now() + TimeDelta::seconds(60)));
    assert!(office.claims(&["pack"]).await.is_empty(), "nobody else gets it");
    let done = office.completes(&claimed, json!({"parcel": "x1"})).await.unwrap();
    assert_eq!(done.status, "SUCCESS");
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert_eq!(office.variables(id).await["parcel"], "x1");
    assert_eq!(office.history(id).await, ["START alice", "COMPLETE_JOB olivia", "CREATE -"]);
    // Reported again by whoever has done it, it is done once.
    assert_eq!(office.completes(&claimed, json!({"parcel": "x2"})).await.unwrap(), done);
    assert_eq!(office.variables(id).await["parcel"], "x1");
    refused(office.fails(&claimed, broken()).await, ErrorCode::Conflict);
    let stranger = office.workflow.complete_job(&actor("olivia"), row.id, Uuid::now_v7(), Map::new()).await;
    refused(stranger, ErrorCode::Conflict);
    let unknown = office.workflow.complete_job(&actor("olivia"), id, lock(&claimed), Map::new()).await;
    refused(unknown, ErrorCode::NotFound);
}

async fn what_a_job_is_given_and_what_is_taken_of_it(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let inner = r#"<extensionElements>
        <docket:in sourceExpression="${order + 1}" target="next"/><docket:out source="parcel" target="box"/>
        <flowable:field name="greeting" stringValue="Hello"/>
        <flowable:field name="who"><flowable:expression>Order ${order}</flowable:expression></flowable:field>
        <camunda:inputOutput><camunda:inputParameter name="plain">text</camunda:inputParameter>
        <camunda:outputParameter name="twice">${parcel}${parcel}</camunda:outputParameter></camunda:inputOutput>
        </extensionElements>"#;
    office.deploys(&packing(PACK, inner)).await;
    let id = office.starts("alice", "p", json!({"order": 7, "secret": 1})).await;
    let claim = ClaimJobs { variables: Some(vec!["order".to_owned()]), ..asking(&["pack"]) };
    let claimed = office.workflow.claim_jobs(&actor("olivia"), claim).await.unwrap().remove(0);
    let expected = json!({"order": 7, "next": 8, "greeting": "Hello", "who": "Order 7", "plain": "text"});
    assert_eq!(Value::Object(claimed.variables.clone()), expected);
    office.completes(&claimed, json!({"parcel": "x", "other": 1})).await.unwrap();
    let variables = office.variables(id).await;
    assert_eq!((&variables["box"], &variables["twice"]), (&json!("x"), &json!("xx")));
    assert!(!variables.contains_key("other") && !variables.contains_key("parcel"));
}

async fn the_topic_is_what_the_model_names(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let zeebe = r#"<extensionElements><z:taskDefinition xmlns:z="http://camunda.org/schema/zeebe/1.0"
        type="zeebe-pack" retries="5"/></extensionElements>"#;
    let cycle = r#"<extensionElements><camunda:failedJobRetryTimeCycle>R4/PT1M</camunda:failedJobRetryTimeCycle>
        </extensionElements>"#;
    for (attributes, inner, topic, attempts) in [
        (r#"camunda:type="external" camunda:topic="pack" camunda:taskPriority="7""#, "", "pack", 3),
        (r#"flowable:type="external-worker" flowable:topic="pack""#, cycle, "pack", 4),
        (r#"flowable:class="org.acme.Pack""#, "", "org.acme.Pack", 3),
        (r#"camunda:delegateExpression="${packer}""#, "", "${packer}", 3),
        (r#"flowable:expression="${packer.pack(order)}""#, "", "${packer.pack(order)}", 3),
        (r#"flowable:type="mail" docket:retries="1""#, "", "mail", 1),
        ("", zeebe, "zeebe-pack", 5),
    ] {
        office.deploys(&packing(attributes, inner)).await;
        office.starts("alice", "p", json!({})).await;
        let claimed = office.claims(&[topic]).await;
        assert_eq!(claimed.len(), 1, "{attributes}");
        assert_eq!(claimed[0].row.max_attempts, attempts, "{attributes}");
    }
    let rule = Draft::new("p")
        .node("startEvent", "start", "")
        .node("businessRuleTask", "decide", r#"camunda:decisionRef="discount""#)
        .node("endEvent", "end", "")
        .flows("start > decide > end");
    office.deploys(&rule).await;
    let id = office.starts("alice", "p", json!({})).await;
    let claimed = office.claims(&["discount"]).await;
    office.completes(&claimed[0], json!({"discount": 5})).await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn who_may_do_what(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    office.starts("alice", "p", json!({})).await;
    let flow = &office.workflow;
    let claimed = office.claims_one().await;
    let (id, held) = (claimed.row.id, lock(&claimed));
    for user in ["alice", "bob"] {
        let user = actor(user);
        refused(flow.claim_jobs(&user, asking(&["pack"])).await, ErrorCode::Forbidden);
        refused(flow.complete_job(&user, id, held, Map::new()).await, ErrorCode::Forbidden);
        refused(flow.fail_job(&user, id, held, broken()).await, ErrorCode::Forbidden);
        refused(flow.extend_job(&user, id, held, TimeDelta::seconds(9)).await, ErrorCode::Forbidden);
        let error = ThrowJobError { code: "E".to_owned(), ..ThrowJobError::default() };
        refused(flow.throw_job_error(&user, id, held, error).await, ErrorCode::Forbidden);
        assert_eq!(flow.job(&user, id).await.unwrap(), None);
        assert!(flow.follow_jobs(&user, vec!["pack".to_owned()]).is_err());
    }
    let olivia = actor("olivia");
    for wrong in [
        asking(&[]),
        asking(&[""]),
        asking(&["t"; 51]),
        asking(&[&"t".repeat(256)]),
        ClaimJobs { worker: String::new(), ..asking(&["pack"]) },
        ClaimJobs { worker: "w".repeat(129), ..asking(&["pack"]) },
        ClaimJobs { max: 0, ..asking(&["pack"]) },
        ClaimJobs { max: 101, ..asking(&["pack"]) },
        ClaimJobs { lock: TimeDelta::zero(), ..asking(&["pack"]) },
        ClaimJobs { lock: TimeDelta::days(2), ..asking(&["pack"]) },
    ] {
        refused(flow.claim_jobs(&olivia, wrong).await, ErrorCode::BadInput);
    }
    for variables in [json!({"PROCESS_STATUS": 2}), json!({"": 1}), json!({"a": "\u{0}"})] {
        refused(flow.complete_job(&olivia, id, held, object(variables)).await, ErrorCode::BadInput);
    }
    for wrong in [
        FailJob { code: String::new(), ..broken() },
        FailJob { code: "c".repeat(65), ..broken() },
        FailJob { message: "m".repeat(2_001), ..broken() },
        FailJob { retry_after: Some(TimeDelta::days(8)), ..broken() },
        FailJob { retry_after: Some(TimeDelta::seconds(-1)), ..broken() },
    ] {
        refused(flow.fail_job(&olivia, id, held, wrong).await, ErrorCode::BadInput);
    }
    let large = object(json!({"x": "y".repeat(300 << 10)}));
    refused(flow.complete_job(&olivia, id, held, large).await, ErrorCode::BadInput);
    assert_eq!(office.stands(id).await, "RUNNING 0/3 ");
}

async fn a_job_is_claimed_by_one(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    for _ in 0..30 {
        office.starts("alice", "p", json!({})).await;
    }
    let claims = (0..8).map(|_| {
        let claim = ClaimJobs { max: 5, ..asking(&["pack"]) };
        let workflow = office.workflow.clone();
        async move { workflow.claim_jobs(&actor("olivia"), claim).await.unwrap() }
    });
    let claimed: Vec<_> = futures::future::join_all(claims).await.into_iter().flatten().collect();
    let ids: std::collections::BTreeSet<_> = claimed.iter().map(|job| job.row.id).collect();
    assert_eq!(ids.len(), claimed.len(), "nobody has what another one has");
    let rest = office.claims(&["pack"]).await.len();
    assert_eq!(claimed.len() + rest, 30);
}

async fn the_most_urgent_first(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let mut expected = Vec::new();
    for priority in [0, 7, -3, 7] {
        office.deploys(&packing(&format!(r#"{PACK} camunda:taskPriority="{priority}""#), "")).await;
        expected.push((priority, office.starts("alice", "p", json!({})).await));
    }
    expected.sort_by_key(|(priority, id)| (-priority, *id));
    let claimed = office.claims(&["pack"]).await;
    let found: Vec<_> = claimed.iter().map(|job| (job.row.priority, job.row.instance_id)).collect();
    assert_eq!(found, expected);
}

async fn a_job_that_fails_is_tried_again_and_then_an_incident(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let first = office.claims_one().await;
    let job = first.row.id;
    office.fails(&first, broken()).await.unwrap();
    assert_eq!(office.stands(job).await, "WAITING 1/3 NO_BOX");
    assert!(office.claims(&["pack"]).await.is_empty(), "it has to wait");
    refused(office.completes(&first, json!({})).await, ErrorCode::Conflict);
    office.passes("PT10S").await;
    let second = office.claims_one().await;
    assert_eq!((second.row.id, second.row.attempt), (job, 2), "under the same id");
    office.fails(&second, FailJob { retry_after: Some(TimeDelta::hours(2)), ..broken() }).await.unwrap();
    office.passes("PT1H").await;
    assert!(office.claims(&["pack"]).await.is_empty(), "as long as the worker says");
    office.passes("PT1H").await;
    let third = office.claims_one().await;
    office.fails(&third, broken()).await.unwrap();
    assert_eq!(office.stands(job).await, "FAILED 3/3 NO_BOX");
    let incidents = office.incidents(id).await;
    let [incident] = &incidents[..] else { panic!("one incident, not {incidents:?}") };
    assert_eq!((incident.code.as_str(), incident.message.as_str()), ("NO_BOX", "there is no box"));
    assert_eq!(office.history(id).await, ["START alice", "INCIDENT -"]);
    office.passes("P1D").await;
    assert!(office.claims(&["pack"]).await.is_empty());
    refused(office.workflow.resolve_incident(&actor("alice"), incident.id).await, ErrorCode::Forbidden);
    office.deed(office.workflow.resolve_incident(&actor("olivia"), incident.id).await).await.unwrap();
    refused(office.workflow.resolve_incident(&actor("olivia"), incident.id).await, ErrorCode::Conflict);
    let again = office.claims_one().await;
    assert_eq!((again.row.id, again.row.failures), (job, 0));
    office.completes(&again, json!({})).await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    let expected =
        ["START alice", "INCIDENT -", "RESOLVE_INCIDENT olivia", "COMPLETE_JOB olivia", "CREATE -"];
    assert_eq!(office.history(id).await, expected);
}

async fn a_final_failure_is_an_incident_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let claimed = office.claims_one().await;
    let before = office.instance(id).await.revision;
    office.fails(&claimed, FailJob { is_final: true, ..broken() }).await.unwrap();
    assert_eq!(office.stands(claimed.row.id).await, "FAILED 3/3 NO_BOX");
    assert_eq!(office.incidents(id).await.len(), 1);
    assert!(office.instance(id).await.revision > before, "who watches the instance is told");
}

async fn a_worker_that_says_nothing_loses_its_job(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(&format!(r#"{PACK} docket:retries="2""#), "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let lost = office.claims_one().await;
    office.passes("PT59S").await;
    assert!(office.claims(&["pack"]).await.is_empty());
    office.passes("PT1S").await;
    assert_eq!(office.stands(lost.row.id).await, "PENDING 1/2 LEASE_EXPIRED");
    refused(office.completes(&lost, json!({})).await, ErrorCode::Conflict);
    let second = office.claims_one().await;
    refused(office.completes(&lost, json!({"who": "the first"})).await, ErrorCode::Conflict);
    refused(office.fails(&lost, broken()).await, ErrorCode::Conflict);
    refused(office.extends(&lost, 3_600).await, ErrorCode::Conflict);
    office.passes("PT1M").await;
    assert_eq!(office.stands(second.row.id).await, "FAILED 2/2 LEASE_EXPIRED");
    assert_eq!(office.incidents(id).await.len(), 1);
}

async fn jobs_of_what_cannot_be_read_hold_up_no_others(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(&format!(r#"{PACK} docket:retries="1""#), "")).await;
    let mut all = Vec::new();
    for _ in 0..7 {
        all.push(office.starts("alice", "p", json!({})).await);
    }
    let claimed = office.claims(&["pack"]).await;
    assert_eq!(claimed.len(), 7);
    let broken: Vec<_> = all[..6].iter().map(|id| format!("'{id}'")).collect();
    let broken = match office.db.backend() {
        DbBackend::Sqlite => all[..6].iter().map(|id| format!("X'{}'", id.simple())).collect(),
        _ => broken,
    };
    let broken = broken.join(", ");
    let db = office.db.writer();
    let text = format!("UPDATE process_instance SET state = state || '?' WHERE id IN ({broken})");
    assert_eq!(db.execute_unprepared(&text).await.unwrap().rows_affected(), 6);
    office.clock.advance(Duration::from_secs(60));
    office.settles(Duration::from_millis(50)).await;
    assert_eq!(office.incidents(all[6]).await.len(), 1);
    assert!(office.incidents(all[0]).await.is_empty());
    // When they can be read again, it is their turn.
    let text = format!("UPDATE process_instance SET state = replace(state, '?', '') WHERE id IN ({broken})");
    db.execute_unprepared(&text).await.unwrap();
    office.passes("PT1M").await;
    for id in all {
        assert_eq!(office.incidents(id).await.len(), 1);
    }
}

async fn what_is_large_is_claimed_in_portions(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let large = "x".repeat(200 << 10);
    for _ in 0..44 {
        office.starts("alice", "p", json!({"one": large, "more": 1})).await;
    }
    let claim = |max, variables: Option<&[&str]>| ClaimJobs {
        max,
        variables: variables.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        ..asking(&["pack"])
    };
    let olivia = actor("olivia");
    let first = office.workflow.claim_jobs(&olivia, claim(100, None)).await.unwrap();
    assert_eq!(first.len(), 40, "what makes 8 MiB");
    let rest = office.workflow.claim_jobs(&olivia, claim(100, Some(&["more"]))).await.unwrap();
    assert_eq!(rest.len(), 4, "nobody has the others");
    assert!(rest.iter().all(|job| job.row.attempt == 1 && job.variables.len() == 1), "{rest:?}");
    office.audit().await;
}

async fn a_worker_that_extends_keeps_its_job(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    office.starts("alice", "p", json!({})).await;
    let claimed = office.claims_one().await;
    let longer = |seconds| office.extends(&claimed, seconds);
    longer(3_600).await.unwrap();
    refused(longer(0).await, ErrorCode::BadInput);
    office.passes("PT59M").await;
    assert_eq!(office.stands(claimed.row.id).await, "RUNNING 0/3 ");
    office.completes(&claimed, json!({})).await.unwrap();
    refused(longer(60).await, ErrorCode::Conflict);
}

/// `pack` with an event at its border that catches `NO_BOX`.
fn guarded() -> Draft {
    packing(PACK, "")
        .holding(
            "boundaryEvent",
            "caught",
            r#"attachedToRef="pack""#,
            r#"<errorEventDefinition errorRef="e"/>"#,
        )
        .user("buy", BOB)
        .flows("caught > buy > end")
        .beside(r#"<error id="e" errorCode="NO_BOX"/>"#)
}

async fn an_error_of_the_process_is_caught(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&guarded()).await;
    let id = office.starts("alice", "p", json!({})).await;
    let claimed = office.claims_one().await;
    let error = ThrowJobError {
        code: "NO_BOX".to_owned(),
        message: Some("out of boxes".to_owned()),
        variables: object(json!({"size": 3})),
    };
    // Reported again, it is the same end; another end is none.
    for _ in 0..2 {
        let (olivia, error) = (actor("olivia"), error.clone());
        let thrown = office.workflow.throw_job_error(&olivia, claimed.row.id, lock(&claimed), error).await;
        let row = office.deed(thrown).await.unwrap();
        assert_eq!((row.status.as_str(), row.error_code.as_deref()), ("SUCCESS", Some("NO_BOX")));
    }
    let other = ThrowJobError { code: "NO_LID".to_owned(), ..error };
    let olivia = actor("olivia");
    let thrown = office.workflow.throw_job_error(&olivia, claimed.row.id, lock(&claimed), other).await;
    refused(thrown, ErrorCode::Conflict);
    refused(office.completes(&claimed, json!({"size": 4})).await, ErrorCode::Conflict);
    assert_eq!(office.tasks(id).await, ["buy bob RUNNING"]);
    assert_eq!(office.variables(id).await["size"], 3);
    assert_eq!(office.history(id).await, ["START alice", "ERROR_JOB olivia", "CREATE -"]);
}

async fn an_error_that_nobody_catches_rejects(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&guarded()).await;
    let id = office.starts("alice", "p", json!({})).await;
    let claimed = office.claims_one().await;
    let error = ThrowJobError { code: "FIRE".to_owned(), ..ThrowJobError::default() };
    let thrown =
        office.workflow.throw_job_error(&actor("olivia"), claimed.row.id, lock(&claimed), error).await;
    office.deed(thrown).await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
}

async fn what_nobody_waits_for_is_cancelled(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hour = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
    let late = packing(PACK, "")
        .holding("boundaryEvent", "late", r#"attachedToRef="pack""#, hour)
        .user("chase", BOB)
        .flows("late > chase > end");
    office.deploys(&late).await;
    let [waiting, running, failed] = [
        office.starts("alice", "p", json!({})).await,
        office.starts("alice", "p", json!({})).await,
        office.starts("alice", "p", json!({})).await,
    ];
    let claimed = office.claims(&["pack"]).await;
    let of = |id: Uuid| claimed.iter().find(|job| job.row.instance_id == id).unwrap();
    office.fails(of(waiting), FailJob { retry_after: Some(TimeDelta::hours(9)), ..broken() }).await.unwrap();
    office.fails(of(failed), FailJob { is_final: true, ..broken() }).await.unwrap();
    office.workflow.cancel(&actor("alice"), failed, None).await.unwrap();
    office.audit().await;
    assert!(office.incidents(failed).await.is_empty(), "there is nothing left to be seen to");
    office
        .workflow
        .extend_job(&actor("olivia"), of(running).row.id, lock(of(running)), TimeDelta::hours(5))
        .await
        .unwrap();
    office.passes("PT2H").await;
    for id in [waiting, running, failed] {
        assert_eq!(office.job(of(id).row.id).await.status, "CANCELLED");
    }
    assert_eq!(office.tasks(running).await, ["chase bob RUNNING"]);
    let fault = refused(office.completes(of(running), json!({})).await, ErrorCode::Conflict);
    assert_eq!(fault.details()["status"], "CANCELLED");
}

async fn a_suspended_instance_gives_no_jobs(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let [one, other] =
        [office.starts("alice", "p", json!({})).await, office.starts("alice", "p", json!({})).await];
    let admin = actor("admin");
    office.workflow.suspend(&admin, one, None).await.unwrap();
    let claimed = office.claims_one().await;
    assert_eq!(claimed.row.instance_id, other);
    office.workflow.suspend(&admin, other, None).await.unwrap();
    let fault = refused(office.completes(&claimed, json!({})).await, ErrorCode::Conflict);
    assert_eq!(fault.details()["suspended"], true);
    office.workflow.resume(&admin, other, None).await.unwrap();
    office.completes(&claimed, json!({})).await.unwrap();
    office.workflow.resume(&admin, one, None).await.unwrap();
    assert_eq!(office.claims_one().await.row.instance_id, one);
}

async fn an_approval_is_taken_back_until_a_machine_has_begun(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", BOB)
        .node("serviceTask", "pack", PACK)
        .node("endEvent", "end", "")
        .flows("start > review > pack > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let first = office.approves("bob", id, "review").await.unwrap();
    office.deed(office.workflow.withdraw(&actor("bob"), first.id, None).await).await.unwrap();
    assert!(office.claims(&["pack"]).await.is_empty(), "its job is not wanted any more");
    let second = office.approves("bob", id, "review").await.unwrap();
    let claimed = office.claims_one().await;
    let withdrawn = office.workflow.withdraw(&actor("bob"), second.id, None).await;
    refused(office.deed(withdrawn).await, ErrorCode::Conflict);
    office.fails(&claimed, FailJob { is_final: true, ..broken() }).await.unwrap();
    let withdrawn = office.workflow.withdraw(&actor("bob"), second.id, None).await;
    refused(office.deed(withdrawn).await, ErrorCode::Conflict);
}

async fn nor_when_one_has_begun_in_what_was_called(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let draft = Draft::new("outer")
        .node("startEvent", "start", "")
        .user("approval", BOB)
        .node("callActivity", "call", r#"calledElement="p""#)
        .node("endEvent", "end", "")
        .flows("start > approval > call > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "outer", json!({})).await;
    let first = office.approves("bob", id, "approval").await.unwrap();
    office.deed(office.workflow.withdraw(&actor("bob"), first.id, None).await).await.unwrap();
    assert!(office.claims(&["pack"]).await.is_empty(), "what was called is not wanted any more");
    let second = office.approves("bob", id, "approval").await.unwrap();
    let claimed = office.claims_one().await;
    let bob = actor("bob");
    let withdrawn = office.workflow.withdraw(&bob, second.id, None).await;
    refused(office.deed(withdrawn).await, ErrorCode::Conflict);
    office.completes(&claimed, json!({})).await.unwrap();
    let withdrawn = office.workflow.withdraw(&bob, second.id, None).await;
    refused(office.deed(withdrawn).await, ErrorCode::Conflict);
}

async fn a_suspended_instance_keeps_its_jobs_time(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let claimed = office.claims_one().await;
    office.workflow.suspend(&actor("admin"), id, None).await.unwrap();
    office.passes("PT10M").await;
    assert_eq!(office.stands(claimed.row.id).await, "RUNNING 0/3 ");
    office.workflow.resume(&actor("admin"), id, None).await.unwrap();
    office.passes("PT30S").await;
    office.completes(&claimed, json!({})).await.unwrap();
}

async fn each_body_of_a_multi_instance_has_its_job(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let many = r#"<multiInstanceLoopCharacteristics flowable:collection="${orders}" flowable:elementVariable="order"/>"#;
    office.deploys(&packing(PACK, many)).await;
    let id = office.starts("alice", "p", json!({"orders": [3, 5, 8]})).await;
    let claimed = office.claims(&["pack"]).await;
    let orders: Vec<_> = claimed.iter().map(|job| job.variables["order"].clone()).collect();
    assert_eq!(orders, [json!(3), json!(5), json!(8)]);
    for job in &claimed {
        assert!(office.tasks(id).await.is_empty());
        office.completes(job, json!({})).await.unwrap();
    }
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
}

async fn workers_are_told_of_new_jobs(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    office.starts("alice", "p", json!({})).await;
    let topics = vec!["pack".to_owned(), "other".to_owned()];
    let mut told = office.workflow.follow_jobs(&actor("olivia"), topics).unwrap();
    let mut next = async || {
        let told = told.next().await.unwrap().unwrap();
        format!("{} {}", told.topic, told.count)
    };
    assert_eq!([next().await, next().await], ["other 0", "pack 1"]);
    office.starts("alice", "p", json!({})).await;
    assert_eq!(next().await, "pack 2");
    let claimed = office.claims(&["pack"]).await;
    office.fails(&claimed[0], FailJob { retry_after: Some(TimeDelta::hours(1)), ..broken() }).await.unwrap();
    office.passes("PT50S").await;
    office.passes("PT1H").await;
    assert_eq!(next().await, "pack 2");
}

async fn a_job_is_completed_once_by_many_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let claimed = office.claims_one().await;
    let reports = (0..20).map(|number| {
        let (workflow, job) = (office.workflow.clone(), claimed.clone());
        async move {
            let olivia = actor("olivia");
            match number % 3 {
                0 => {
                    let variables = object(json!({"by": number}));
                    workflow.complete_job(&olivia, job.row.id, lock(&job), variables).await.map(|_| true)
                }
                1 => workflow.fail_job(&olivia, job.row.id, lock(&job), broken()).await.map(|_| false),
                _ => workflow
                    .extend_job(&olivia, job.row.id, lock(&job), TimeDelta::hours(1))
                    .await
                    .map(|_| false),
            }
        }
    });
    let ended = futures::future::join_all(reports).await;
    office.audit().await;
    let row = office.job(claimed.row.id).await;
    let is_done = ended.iter().any(|ended| matches!(ended, Ok(true)));
    assert_eq!(row.status == "SUCCESS", is_done);
    assert_eq!(office.tasks(id).await.len(), usize::from(is_done));
}

async fn jobs_are_listed(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    for _ in 0..3 {
        office.starts("alice", "p", json!({})).await;
    }
    let claimed = office.claims(&["pack"]).await;
    office.completes(&claimed[0], json!({})).await.unwrap();
    let olivia = actor("olivia");
    let page = PageRequest { limit: 2, backwards: false, after: None, before: None };
    let open = JobFilter::default();
    let found = office.workflow.jobs(&olivia, &open, &page).await.unwrap();
    let ids: Vec<_> = found.edges.iter().map(|edge| edge.node.id).collect();
    assert_eq!(ids, [claimed[1].row.id, claimed[2].row.id]);
    assert_eq!(office.workflow.count_jobs(&olivia, &open).await.unwrap(), 2);
    let done = JobFilter { statuses: Some(vec![JobStatus::Success]), topics: Some(vec!["pack".to_owned()]) };
    let found = office.workflow.jobs(&olivia, &done, &page).await.unwrap();
    assert_eq!(found.edges[0].node.id, claimed[0].row.id);
    let other = JobFilter { topics: Some(vec!["other".to_owned()]), ..JobFilter::default() };
    assert_eq!(office.workflow.count_jobs(&olivia, &other).await.unwrap(), 0);
    refused(office.workflow.jobs(&actor("alice"), &open, &page).await, ErrorCode::Forbidden);
    // Nothing decides by itself: a job is no task.
    let decide = office.workflow.approve(&actor("bob"), claimed[1].row.id, Decide::default()).await;
    refused(decide, ErrorCode::NotFound);
}
