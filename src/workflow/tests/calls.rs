//! Processes that call others: many at once, deep, given up, and suspended with their callers.

use std::collections::{BTreeMap, HashSet};

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::{ErrorCode, PageRequest};
use crate::storage::entity::process_instance;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::Decide;
use crate::workflow::{InstanceFilter, InstanceOrder, InstanceStatus, TaskFilter};

on_both_databases!(
    a_thousand_are_called_at_once,
    a_hundred_are_given_up,
    seventy_that_were_called_one_by_one_are_given_up,
    what_calls_itself_is_refused,
    suspension_is_told_of_the_whole_tree,
    everything_is_taken_back,
);

const BOB: &str = r#"flowable:assignee="bob""#;

fn each(list: &str) -> String {
    format!(
        r#"<multiInstanceLoopCharacteristics flowable:collection="{list}" flowable:elementVariable="one"/>"#
    )
}

/// A process that calls another for each of `list`, and as often once more for each of `more`.
fn calls_each(key: &str, child: &str) -> Draft {
    let call = format!(r#"calledElement="{child}""#);
    Draft::new(key)
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .holding("callActivity", "call", &call, &each("list"))
        .holding("callActivity", "more_calls", &call, &each("more"))
        .node("parallelGateway", "join", "")
        .node("endEvent", "end", "")
        .flows("start > fork > call > join, fork > more_calls > join, join > end")
}

fn numbers(list: usize, more: usize) -> Value {
    json!({"list": (0..list).collect::<Vec<_>>(), "more": (0..more).collect::<Vec<_>>()})
}

impl Office {
    /// How many of what an instance has called are in each state.
    async fn called(&self, instance: Uuid) -> BTreeMap<&'static str, usize> {
        use process_instance::{Column, Entity};
        let children = Entity::find().filter(Column::ParentId.eq(instance)).all(self.db.reader()).await;
        let mut found = BTreeMap::new();
        for child in children.unwrap() {
            *found.entry(InstanceStatus::of(child.status).unwrap().as_str()).or_default() += 1;
        }
        found
    }
}

async fn a_thousand_are_called_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    office.deploys(&calls_each("p", "child")).await;
    let id = office.starts("alice", "p", numbers(600, 400)).await;
    assert_eq!(office.called(id).await, BTreeMap::from([("RUNNING", 1_000)]));
    office.deed(office.workflow.cancel(&actor("alice"), id, None).await).await.unwrap();
    assert_eq!(office.called(id).await, BTreeMap::from([("CANCEL", 1_000)]));
    // One more is too many, wherever it is called.
    let fault = office.tries_to_start("alice", "p", numbers(600, 401)).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Conflict);
    assert!(fault.message().contains("more than 1000 processes would be called at once"), "{fault}");
    // Nor does it matter how deep: what is called may end at once, and each of these calls two more.
    let nobody = Draft::new("nobody").node("startEvent", "s", "").node("endEvent", "e", "").flows("s > e");
    office.deploys(&nobody).await;
    let two = Draft::new("two")
        .node("startEvent", "s", "")
        .node("callActivity", "one", r#"calledElement="nobody""#)
        .node("callActivity", "other", r#"calledElement="nobody""#)
        .node("endEvent", "e", "")
        .flows("s > one > other > e");
    office.deploys(&two).await;
    office.deploys(&calls_each("q", "two")).await;
    let ended = office.starts("alice", "q", numbers(100, 100)).await;
    assert_eq!(office.status(ended).await, InstanceStatus::Approve);
    refused(office.tries_to_start("alice", "q", numbers(200, 134)).await, ErrorCode::Conflict);
}

async fn a_hundred_are_given_up(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    office.deploys(&calls_each("p", "child")).await;
    let rejected = office.starts("alice", "p", numbers(100, 0)).await;
    let child = office.children(rejected).await[42].id;
    office.rejects("bob", child, "review", "no").await.unwrap();
    assert_eq!(office.status(rejected).await, InstanceStatus::Reject);
    let states = BTreeMap::from([("REJECT", 1), ("CANCEL", 99)]);
    assert_eq!(office.called(rejected).await, states);
    let cancelled = office.starts("alice", "p", numbers(100, 0)).await;
    office.deed(office.workflow.cancel(&actor("alice"), cancelled, None).await).await.unwrap();
    assert_eq!(office.called(cancelled).await, BTreeMap::from([("CANCEL", 100)]));
    // Everybody hears of it: nothing of it is to do any longer.
    let todo = office.workflow.count_tasks(&actor("bob"), &TaskFilter::default()).await;
    assert_eq!(todo.unwrap(), 0);
}

async fn seventy_that_were_called_one_by_one_are_given_up(scratch: Scratch) {
    let office = Office::over(scratch).await;
    // What is called is called by a child itself, so that what is given up lies two deep.
    office.deploys(&one_step("grandchild", r#"flowable:assignee="ivy""#)).await;
    office.deploys(&caller("child", "grandchild")).await;
    let body = Draft::new("x")
        .node("startEvent", "s", "")
        .user("first", BOB)
        .node("callActivity", "call", r#"calledElement="child""#)
        .node("endEvent", "e", "")
        .flows("s > first > call > e")
        .inner();
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("subProcess", "sub", "", &format!("{}{body}", each("list")))
        .node("endEvent", "end", "")
        .flows("start > sub > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", numbers(71, 0)).await;
    let tasks = office.rows(id).await;
    for task in &tasks[..70] {
        office.workflow.approve(&actor("bob"), task.id, Decide::default()).await.unwrap();
    }
    office.audit().await;
    assert_eq!(office.called(id).await, BTreeMap::from([("RUNNING", 70)]));
    office.rejects("bob", id, "first", "enough").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
    assert_eq!(office.called(id).await, BTreeMap::from([("CANCEL", 70)]));
    let child = office.children(id).await[0].id;
    let grandchild = office.children(child).await[0].id;
    assert_eq!(office.tasks(grandchild).await, ["review ivy CANCEL"]);
}

async fn what_calls_itself_is_refused(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&caller("circle", "circle")).await;
    let fault = office.tries_to_start("alice", "circle", json!({})).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Conflict);
    assert!(fault.message().contains("calls itself again and again"), "{fault}");
    // Also where it takes its time.
    let slow = Draft::new("slow")
        .node("startEvent", "start", "")
        .user("review", BOB)
        .node("callActivity", "call", r#"calledElement="slow""#)
        .node("endEvent", "end", "")
        .flows("start > review > call > end");
    office.deploys(&slow).await;
    let root = office.starts("alice", "slow", json!({})).await;
    let mut last = root;
    for _ in 0..63 {
        let task = office.rows(last).await[0].id;
        office.workflow.approve(&actor("bob"), task, Decide::default()).await.unwrap();
        last = office.children(last).await[0].id;
    }
    let fault = office.approves("bob", last, "review").await.unwrap_err();
    assert!(fault.message().contains("more than 64 instances"), "{fault}");
    // The deepest can still be decided otherwise, and all that wait for it are told.
    office.rejects("bob", last, "review", "no end").await.unwrap();
    assert_eq!(office.status(root).await, InstanceStatus::Reject);
}

async fn suspension_is_told_of_the_whole_tree(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .node("callActivity", "one", r#"calledElement="child""#)
        .node("callActivity", "other", r#"calledElement="child""#)
        .node("parallelGateway", "join", "")
        .node("endEvent", "end", "")
        .flows("start > fork > one > join, fork > other > join, join > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let bystander = office.starts("alice", "child", json!({})).await;
    let children: Vec<_> = office.children(id).await.iter().map(|row| row.id).collect();
    office.approves("bob", children[0], "review").await.unwrap();
    office.deed(office.workflow.suspend(&actor("admin"), id, None).await).await.unwrap();
    let listed = async |suspended: bool| {
        let filter = InstanceFilter { suspended: Some(suspended), ..InstanceFilter::default() };
        let page = PageRequest { limit: 100, backwards: false, after: None, before: None };
        let (flow, alice) = (&office.workflow, actor("alice"));
        let found = flow.instances(&alice, &filter, InstanceOrder::default(), &page).await.unwrap();
        assert_eq!(flow.count_instances(&alice, &filter).await.unwrap() as usize, found.edges.len());
        let mut ids: Vec<_> = found.edges.iter().map(|edge| edge.node.id).collect();
        ids.sort_unstable();
        ids
    };
    // What has ended is not suspended: nothing can be decided there anyhow.
    assert_eq!(listed(true).await, [id, children[1]]);
    assert_eq!(listed(false).await, [children[0], bystander]);
    let roots = office.workflow.suspended_roots(&[id, bystander]).await.unwrap();
    assert_eq!(roots, HashSet::from([id]));
    office.deed(office.workflow.resume(&actor("admin"), id, None).await).await.unwrap();
    assert!(listed(true).await.is_empty());
}

async fn everything_is_taken_back(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let level = r#"<dataObject id="d" name="level" itemSubjectRef="xsd:int"><extensionElements>
        <flowable:value>7</flowable:value></extensionElements></dataObject>"#;
    let child = Draft::new("child").xml(level).node("startEvent", "start", "").user("check", BOB);
    office.deploys(&child.node("endEvent", "end", "").flows("start > check > end")).await;
    let all = r#"<extensionElements><camunda:out variables="all"/></extensionElements>"#;
    let parent = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("callActivity", "call", r#"calledElement="child""#, all)
        .user("after", BOB)
        .node("endEvent", "end", "")
        .flows("start > call > after > end");
    office.deploys(&parent).await;
    let id = office.starts("alice", "p", json!({"level": 1})).await;
    let child = office.child(id).await;
    office.approves("bob", child, "check").await.unwrap();
    assert_eq!(office.variables(id).await.get("level"), Some(&json!(7)));
    office.approves("bob", id, "after").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}
