//! Many tasks decided at once, by a batch: what becomes of each, and of the locks.

use std::collections::BTreeMap;
use std::time::Duration;

use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Map, json};
use uuid::Uuid;

use super::draft::{Draft, one_step};
use super::office::{Office, actor, refused};
use crate::batch::{ApprovalHandler, Batch, BulkPapers, CreateApprovalBatch, TaskChoice};
use crate::engine::{Accepted, Handler as _, ItemFilter, ItemStatus, RunStatus};
use crate::kernel::{ErrorCode, GlobalId, NodeKind, PageRequest};
use crate::storage::entity::task;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{BulkVerdict, Decide, InstanceStatus, TaskFilter, let_go_of_strays};

on_both_databases!(
    each_task_has_the_outcome_that_it_deserves,
    a_held_task_is_nobody_elses,
    two_tasks_of_one_instance_are_both_decided,
    a_filter_means_every_task_that_matches,
    what_has_failed_is_retried_and_nothing_else,
    a_batch_that_has_not_begun_is_cancelled_whole,
    who_was_faster_than_the_batch_is_told,
    what_is_rejected_ends_as_one_by_one,
    the_same_key_answers_the_same_batch,
    a_batch_of_nothing_to_do_ends,
    a_stray_lock_is_let_go_of_and_no_other,
    a_retry_holds_and_decides_no_more_than_the_first_try,
    batches_that_overlap_decide_each_task_once,
    a_second_factor_is_confirmed_once_for_all,
    signatures_are_added_to_those_that_are_there,
    what_has_failed_for_good_is_free_at_once,
);

const BOB: &str = r#"flowable:assignee="bob""#;
/// Bounds a test that has failed.
const LONG: Duration = Duration::from_secs(30);

fn create(tasks: TaskChoice, verdict: BulkVerdict) -> CreateApprovalBatch {
    CreateApprovalBatch {
        tasks,
        verdict,
        comment: None,
        form_data: Map::new(),
        papers: BulkPapers::default(),
    }
}

fn approve(tasks: Vec<Uuid>) -> CreateApprovalBatch {
    create(TaskChoice::Tasks(tasks), BulkVerdict::Approve)
}

impl Office {
    pub(super) async fn batches_of(&self, user: &str, create: CreateApprovalBatch) -> Batch {
        self.app.batches.create_approvals(&actor(user), create).await.unwrap().batch
    }

    /// A batch once it has ended.
    async fn ended(&self, user: &str, batch: Uuid) -> Batch {
        let ended = async {
            loop {
                let batch = self.app.batches.find(&actor(user), batch).await.unwrap().unwrap();
                if batch.run.finished_at.is_some() {
                    return batch;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(LONG, ended).await.expect("it ends")
    }

    /// Lets the engine work until a batch has ended.
    pub(super) async fn works_off(&self, user: &str, batch: Uuid) -> Batch {
        let engine = self.app.engine.clone();
        let working = tokio::spawn(async move { engine.work().await });
        let batch = self.ended(user, batch).await;
        working.abort();
        self.audit().await;
        assert_eq!(self.held().await, 0, "a batch that has ended holds nothing");
        batch
    }

    /// The status and the code of all items of a batch, in their order.
    pub(super) async fn outcomes(&self, batch: Uuid) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            let after = told.len().checked_sub(1).map(|last| last.to_string());
            let page = PageRequest { limit: 500, backwards: false, after, before: None };
            let items = self.app.batches.items(batch, &ItemFilter::default(), &page).await.unwrap();
            told.extend(items.edges.iter().map(|edge| {
                let code = edge.node.item.error_code.clone().unwrap_or_default();
                format!("{} {code}", edge.node.status.as_str()).trim().to_owned()
            }));
            if !items.has_next {
                return told;
            }
        }
    }
    pub(super) async fn why(&self, batch: Uuid) -> Vec<String> {
        let page = PageRequest { limit: 100, backwards: false, after: None, before: None };
        let items = self.app.batches.items(batch, &ItemFilter::default(), &page).await.unwrap();
        items.edges.into_iter().map(|edge| edge.node.item.error_message.unwrap_or_default()).collect()
    }

    /// How many tasks any batch holds.
    pub(super) async fn held(&self) -> u64 {
        task::Entity::find()
            .filter(task::Column::LockedBy.is_not_null())
            .count(self.db.reader())
            .await
            .unwrap()
    }

    /// Starts an instance; its first task.
    pub(super) async fn task_of(&self, key: &str) -> Uuid {
        let id = self.starts("alice", key, json!({})).await;
        self.rows(id).await[0].id
    }
}

async fn each_task_has_the_outcome_that_it_deserves(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    office.deploys(&one_step("alone", &format!(r#"{BOB} docket:batchApprove="false""#))).await;
    office.deploys(&one_step("said", &format!(r#"{BOB} docket:needsComment="true""#))).await;
    office.deploys(&one_step("hers", r#"flowable:assignee="carol""#)).await;
    let mut tasks = Vec::new();
    for key in ["p", "p", "p", "alone", "said", "hers"] {
        tasks.push(office.task_of(key).await);
    }
    // Handled before.
    let handled = office.starts("alice", "p", json!({})).await;
    tasks.push(office.rows(handled).await[0].id);
    office.approves("bob", handled, "review").await.unwrap();
    let suspended = office.starts("alice", "p", json!({})).await;
    office.workflow.suspend(&actor("admin"), suspended, None).await.unwrap();
    tasks.push(office.rows(suspended).await[0].id);
    tasks.push(tasks[0]);
    tasks.push(Uuid::now_v7());
    let batch = office.batches_of("bob", approve(tasks.clone())).await;
    let at_once = [
        "PENDING",
        "PENDING",
        "PENDING",
        "FAILED NO_BATCHES",
        "FAILED BAD_INPUT",
        "FAILED NOT_FOUND",
        "IGNORED HANDLED",
        "FAILED SUSPENDED",
        "IGNORED LISTED_TWICE",
        "FAILED NOT_FOUND",
    ];
    assert_eq!(office.outcomes(batch.id()).await, at_once);
    let messages = office.why(batch.id()).await;
    assert_eq!(messages[4], "this decision needs a comment");
    assert!(messages[6].starts_with("bob has approved this task on 2026-11-1"), "{}", messages[6]);
    assert_eq!(office.held().await, 3);
    let ended = office.works_off("bob", batch.id()).await;
    assert_eq!(ended.status().unwrap(), RunStatus::PartialSuccess);
    let run = &ended.run;
    assert_eq!((run.total, run.succeeded, run.failed, run.ignored), (10, 3, 5, 2));
    let mut expected = at_once.map(str::to_owned);
    expected[..3].fill("SUCCESS".to_owned());
    assert_eq!(office.outcomes(batch.id()).await, expected);
    for id in &tasks[..3] {
        let row = task::Entity::find_by_id(*id).one(office.db.reader()).await.unwrap().unwrap();
        assert_eq!((row.decided_by.as_deref(), row.decided_in), (Some("bob"), Some(batch.id())));
        assert_eq!(office.status(row.instance_id).await, InstanceStatus::Approve);
    }
    let detail = office.app.batches.approvals(&[batch.id()]).await.unwrap().remove(&batch.id()).unwrap();
    let nodes: Vec<_> = detail.nodes.iter().map(|node| node.definition_key.as_str()).collect();
    assert_eq!((detail.decision.as_deref(), nodes), (Some("APPROVE"), vec!["alone", "p", "said"]));
}

async fn a_held_task_is_nobody_elses(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:candidateUsers="bob,carol""#)).await;
    let task = office.task_of("p").await;
    let batch = office.batches_of("bob", approve(vec![task])).await;
    let fault =
        refused(office.workflow.approve(&actor("carol"), task, Decide::default()).await, ErrorCode::Locked);
    assert_eq!(fault.details()["batchId"], json!(batch.id().to_string()));
    refused(office.workflow.approve(&actor("bob"), task, Decide::default()).await, ErrorCode::Locked);
    let hers = office.batches_of("carol", approve(vec![task])).await;
    assert_eq!(office.outcomes(hers.id()).await, ["IGNORED LOCKED"]);
    office.works_off("bob", batch.id()).await;
    office.works_off("carol", hers.id()).await;
    assert_eq!(office.outcomes(batch.id()).await, ["SUCCESS"]);
}

async fn two_tasks_of_one_instance_are_both_decided(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("twice")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("a", BOB)
        .user("b", BOB)
        .node("parallelGateway", "join", "")
        .node("endEvent", "end", "")
        .flows("start > fork, fork > a > join, fork > b > join, join > end");
    office.deploys(&draft).await;
    let mut tasks = Vec::new();
    let mut instances = Vec::new();
    for _ in 0..4 {
        let id = office.starts("alice", "twice", json!({})).await;
        tasks.extend(office.rows(id).await.iter().map(|row| row.id));
        instances.push(id);
    }
    let batch = office.batches_of("bob", approve(tasks)).await;
    let ended = office.works_off("bob", batch.id()).await;
    assert_eq!((ended.run.total, ended.run.succeeded), (8, 8));
    for id in instances {
        assert_eq!(office.status(id).await, InstanceStatus::Approve);
    }
}

async fn a_filter_means_every_task_that_matches(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    office.deploys(&one_step("q", BOB)).await;
    for key in ["p", "q", "p", "p"] {
        office.task_of(key).await;
    }
    let of_p = TaskFilter { definition_key: Some("p".to_owned()), ..TaskFilter::default() };
    let nodes = office.workflow.batch_nodes(&actor("bob")).await.unwrap();
    let counts: BTreeMap<_, _> =
        nodes.iter().map(|node| (node.definition_key.as_str(), (node.node_id.as_str(), node.open))).collect();
    assert_eq!(counts, BTreeMap::from([("p", ("review", 3)), ("q", ("review", 1))]));
    let all = || create(TaskChoice::Filter(Box::new(of_p.clone())), BulkVerdict::Approve);
    let batch = office.batches_of("bob", all()).await;
    let ended = office.works_off("bob", batch.id()).await;
    assert_eq!((ended.run.total, ended.run.succeeded), (3, 3));
    let none = office.app.batches.create_approvals(&actor("bob"), all()).await;
    assert_eq!(refused(none, ErrorCode::BadInput).details()["field"], json!("filter"));
    let none = office.app.batches.create_approvals(&actor("bob"), approve(Vec::new())).await;
    assert_eq!(refused(none, ErrorCode::BadInput).details()["field"], json!("taskIds"));
}

async fn what_has_failed_is_retried_and_nothing_else(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let suspended = office.starts("alice", "p", json!({})).await;
    let tasks = vec![office.rows(suspended).await[0].id, office.task_of("p").await];
    office.workflow.suspend(&actor("admin"), suspended, None).await.unwrap();
    let batch = office.batches_of("bob", approve(tasks.clone())).await;
    office.works_off("bob", batch.id()).await;
    assert_eq!(office.outcomes(batch.id()).await, ["FAILED SUSPENDED", "SUCCESS"]);
    office.workflow.resume(&actor("admin"), suspended, None).await.unwrap();
    let retried = office.app.batches.retry_failed(&actor("bob"), batch.id()).await.unwrap();
    assert_eq!((retried.retried_count, retried.quota_cost), (1, 0));
    refused(office.workflow.approve(&actor("bob"), tasks[0], Decide::default()).await, ErrorCode::Locked);
    let ended = office.works_off("bob", batch.id()).await;
    assert_eq!(ended.status().unwrap(), RunStatus::Success);
    assert_eq!(office.outcomes(batch.id()).await, ["SUCCESS", "SUCCESS"]);
}

async fn a_batch_that_has_not_begun_is_cancelled_whole(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let tasks = vec![office.task_of("p").await, office.task_of("p").await];
    let batch = office.batches_of("bob", approve(tasks.clone())).await;
    refused(office.app.batches.cancel(&actor("carol"), batch.id()).await, ErrorCode::NotFound);
    office.app.batches.cancel(&actor("bob"), batch.id()).await.unwrap();
    assert_eq!(office.outcomes(batch.id()).await, ["CANCELLED", "CANCELLED"]);
    assert_eq!(office.held().await, 0);
    let again = office.batches_of("bob", approve(tasks)).await;
    office.works_off("bob", again.id()).await;
    assert_eq!(office.outcomes(again.id()).await, ["SUCCESS", "SUCCESS"]);
    refused(office.app.batches.cancel(&actor("bob"), again.id()).await, ErrorCode::Conflict);
}

/// Between the moment in which a batch was made and a task's turn.
async fn who_was_faster_than_the_batch_is_told(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let instances =
        [office.starts("alice", "p", json!({})).await, office.starts("alice", "p", json!({})).await];
    let mut tasks = Vec::new();
    for id in instances {
        tasks.push(office.rows(id).await[0].id);
    }
    let batch = office.batches_of("bob", approve(tasks)).await;
    office.workflow.cancel(&actor("admin"), instances[0], Some("no more".into())).await.unwrap();
    office.workflow.suspend(&actor("admin"), instances[1], None).await.unwrap();
    let ended = office.works_off("bob", batch.id()).await;
    assert_eq!(office.outcomes(batch.id()).await, ["IGNORED HANDLED", "FAILED SUSPENDED"]);
    assert_eq!(ended.status().unwrap(), RunStatus::Failed);
}

async fn what_is_rejected_ends_as_one_by_one(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let one = office.starts("alice", "p", json!({})).await;
    let other = office.starts("alice", "p", json!({})).await;
    let task = office.rows(one).await[0].id;
    let reject = CreateApprovalBatch {
        comment: Some(" too much ".to_owned()),
        ..create(TaskChoice::Tasks(vec![task]), BulkVerdict::Reject)
    };
    let batch = office.batches_of("bob", reject).await;
    office.works_off("bob", batch.id()).await;
    office.rejects("bob", other, "review", "too much").await.unwrap();
    assert_eq!(office.tasks(one).await, office.tasks(other).await);
    assert_eq!(office.status(one).await, InstanceStatus::Reject);
    let row = |rows: Vec<task::Model>| (rows[0].reason.clone(), rows[0].decided_by.clone());
    assert_eq!(row(office.rows(one).await), row(office.rows(other).await));
}

async fn the_same_key_answers_the_same_batch(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let task = office.task_of("p").await;
    let papers = BulkPapers { idempotency_key: Some("k".to_owned()), ..BulkPapers::default() };
    let keyed = |tasks| CreateApprovalBatch { papers: papers.clone(), ..approve(tasks) };
    let first = office.batches_of("bob", keyed(vec![task])).await;
    assert_eq!(office.batches_of("bob", keyed(vec![task])).await.id(), first.id());
    let other = office.app.batches.create_approvals(&actor("bob"), keyed(vec![task, task])).await;
    refused(other, ErrorCode::Conflict);
    office.works_off("bob", first.id()).await;
}

async fn a_batch_of_nothing_to_do_ends(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    let batch = office.batches_of("bob", approve(vec![Uuid::now_v7()])).await;
    assert_eq!(batch.status().unwrap(), RunStatus::Pending);
    let ended = office.works_off("bob", batch.id()).await;
    assert_eq!(ended.status().unwrap(), RunStatus::Failed);
}

/// Twenty people decide the same tasks at once: each task is decided once, by one of them.
async fn batches_that_overlap_decide_each_task_once(scratch: Scratch) {
    const PEOPLE: usize = 20;
    const TASKS: usize = 400;
    let office = Office::over(scratch).await.untold().await;
    let people: Vec<String> = (0..PEOPLE).map(|n| format!("p{n:02}")).collect();
    let candidates = format!(r#"flowable:candidateUsers="{}""#, people.join(","));
    office.deploys(&one_step("p", &candidates)).await;
    let mut tasks = Vec::with_capacity(TASKS);
    for _ in 0..TASKS {
        let start = crate::workflow::StartProcess { definition_key: "p".into(), ..Default::default() };
        let id = office.workflow.start(Some(&actor("alice")), start).await.unwrap().instance.id;
        tasks.push(office.rows(id).await[0].id);
    }
    let engine = office.app.engine.clone();
    let working = tokio::spawn(async move { engine.work().await });
    let of_person = |(n, person): (usize, &String)| {
        // Each in another order, so that they would wait crosswise.
        let mut tasks = tasks.clone();
        tasks.rotate_left(n * TASKS / PEOPLE);
        let (batches, person) = (office.app.batches.clone(), person.clone());
        async move { batches.create_approvals(&actor(&person), approve(tasks)).await.unwrap().batch }
    };
    let batches = futures::future::join_all(people.iter().enumerate().map(of_person)).await;
    let mut decided = 0;
    for (batch, person) in batches.iter().zip(&people) {
        let run = office.ended(person, batch.id()).await.run;
        assert_eq!((run.failed, run.succeeded + run.ignored), (0, run.total), "{person}: {run:?}");
        decided += run.succeeded;
    }
    working.abort();
    assert_eq!(decided, TASKS as i64, "each once");
    office.audit().await;
    assert_eq!(office.held().await, 0);
    let by_batch = task::Entity::find().filter(task::Column::DecidedIn.is_not_null());
    assert_eq!(by_batch.count(office.db.reader()).await.unwrap(), TASKS as u64);
}

async fn a_stray_lock_is_let_go_of_and_no_other(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let (held, stray) = (office.task_of("p").await, office.task_of("p").await);
    let batch = office.batches_of("bob", approve(vec![held])).await;
    let locked = task::ActiveModel {
        id: sea_orm::Set(stray),
        locked_by: sea_orm::Set(Some(Uuid::now_v7())),
        ..Default::default()
    };
    task::Entity::update(locked).exec(office.db.writer()).await.unwrap();
    assert_eq!(let_go_of_strays(office.db.writer()).await.unwrap(), 1);
    assert_eq!(office.held().await, 1);
    assert_eq!(let_go_of_strays(office.db.writer()).await.unwrap(), 0);
    office.works_off("bob", batch.id()).await;
    office.workflow.approve(&actor("bob"), stray, Decide::default()).await.unwrap();
}

async fn a_retry_holds_and_decides_no_more_than_the_first_try(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("safe", &format!(r#"{BOB} docket:secondFactor="true""#))).await;
    office.deploys(&one_step("hers", r#"flowable:assignee="carol""#)).await;
    // Bob has started the third: he sees it, and it is not his to decide.
    let own = office.starts("bob", "hers", json!({})).await;
    let tasks =
        vec![office.task_of("safe").await, office.task_of("hers").await, office.rows(own).await[0].id];
    let batch = office.batches_of("bob", approve(tasks.clone())).await;
    let expected = ["FAILED FORBIDDEN", "FAILED NOT_FOUND", "FAILED FORBIDDEN"];
    for _ in 0..2 {
        office.works_off("bob", batch.id()).await;
        assert_eq!(office.outcomes(batch.id()).await, expected);
        office.app.batches.retry_failed(&actor("bob"), batch.id()).await.unwrap();
        assert_eq!(office.held().await, 0, "nothing of this is theirs to hold");
    }
    office.works_off("bob", batch.id()).await;
    assert_eq!(office.outcomes(batch.id()).await, expected);
    for task in &tasks[1..] {
        office.workflow.approve(&actor("carol"), *task, Decide::default()).await.unwrap();
    }
}

async fn a_second_factor_is_confirmed_once_for_all(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("safe", &format!(r#"{BOB} docket:secondFactor="true""#))).await;
    let tasks = vec![office.task_of("safe").await, office.task_of("safe").await];
    let with = |ticket: &str| {
        let two_factor_ticket = Some(ticket.to_owned());
        let papers = BulkPapers { two_factor_ticket, ..BulkPapers::default() };
        CreateApprovalBatch { papers, ..approve(tasks.clone()) }
    };
    let bad = office.app.batches.create_approvals(&actor("bob"), with("carol")).await;
    refused(bad, ErrorCode::Forbidden);
    let without = office.batches_of("bob", approve(tasks.clone())).await;
    assert_eq!(office.outcomes(without.id()).await, ["FAILED FORBIDDEN", "FAILED FORBIDDEN"]);
    office.works_off("bob", without.id()).await;
    let batch = office.batches_of("bob", with("bob")).await;
    office.works_off("bob", batch.id()).await;
    assert_eq!(office.outcomes(batch.id()).await, ["SUCCESS", "SUCCESS"]);
}

/// In a batch as one by one: nobody's signature is overwritten.
async fn signatures_are_added_to_those_that_are_there(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let form = r#"<extensionElements><docket:form key="f"><![CDATA[{"type": "object", "properties": {"hands":
        {"type": "array", "format": "handwritten-signature", "items": {"type": "string"}}}}]]></docket:form></extensionElements>"#;
    let writes = r#"<extensionElements><docket:field name="hands" access="WRITE"/></extensionElements>"#;
    let task = |user: &str| format!(r#"flowable:formKey="f" flowable:assignee="{user}""#);
    let draft = Draft::new("signed")
        .xml(form)
        .node("startEvent", "start", "")
        .holding("userTask", "first", &task("bob"), writes)
        .holding("userTask", "second", &task("carol"), writes)
        .holding("userTask", "third", &task("bob"), writes)
        .node("endEvent", "end", "")
        .flows("start > first > second > third > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "signed", json!({})).await;
    let in_batch = async |form_data: serde_json::Value| {
        let signature = office.uploads("bob").await;
        let task = office.rows(id).await.last().unwrap().id;
        let papers = BulkPapers { signature: Some(signature), ..BulkPapers::default() };
        let form_data = form_data.as_object().unwrap().clone();
        let batch =
            office.batches_of("bob", CreateApprovalBatch { papers, form_data, ..approve(vec![task]) }).await;
        let batch = office.works_off("bob", batch.id()).await;
        assert_eq!(office.outcomes(batch.id()).await, ["SUCCESS"]);
        json!(GlobalId::encode(NodeKind::File, signature))
    };
    let first = in_batch(json!({})).await;
    assert_eq!(office.variables(id).await["hands"], json!([first]));
    let hers = office.uploads("carol").await;
    let decide = Decide { signature: Some(hers), ..Decide::default() };
    let task = office.open(id, "second", "carol").await.id;
    office.workflow.approve(&actor("carol"), task, decide).await.unwrap();
    let hers = json!(GlobalId::encode(NodeKind::File, hers));
    assert_eq!(office.variables(id).await["hands"], json!([first, hers]));
    // Whoever sends back what they have read takes nobody's away.
    let third = in_batch(json!({ "hands": [first] })).await;
    assert_eq!(office.variables(id).await["hands"], json!([first, hers, third]));
}

/// By its last attempt, or because it ran out of time: nobody has to wait for the rest of the batch.
async fn what_has_failed_for_good_is_free_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let tasks = vec![office.task_of("p").await, office.task_of("p").await];
    let batch = office.batches_of("bob", approve(tasks.clone())).await;
    let handler = ApprovalHandler::new(office.app.workflow.clone());
    let run = office.app.engine.runs(&[batch.id()]).await.unwrap().remove(&batch.id()).unwrap();
    let ended = |index, status| Accepted { index, status, result: None };
    let accepted = [ended(0, ItemStatus::Pending), ended(1, ItemStatus::Failed)];
    let tx = office.db.begin().await.unwrap();
    handler.record_in_op(&tx, &run, &accepted).await.unwrap();
    tx.commit().await.unwrap();
    refused(office.workflow.approve(&actor("bob"), tasks[0], Decide::default()).await, ErrorCode::Locked);
    office.workflow.approve(&actor("bob"), tasks[1], Decide::default()).await.unwrap();
    office.works_off("bob", batch.id()).await;
    assert_eq!(office.outcomes(batch.id()).await, ["SUCCESS", "IGNORED HANDLED"]);
}
