//! Approving and rejecting, alone and with others.

use serde_json::json;

use super::draft::{Draft, one_step};
use super::office::{Office, actor};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::Decide;

on_both_databases!(
    one_step_is_approved,
    one_step_is_rejected,
    what_was_decided_is_told,
    votes_are_counted,
    branches_join,
    a_subprocess_and_a_call,
);

async fn one_step_is_approved(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob APPROVE"]);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn one_step_is_rejected(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.rejects("bob", id, "review", "too dear").await.unwrap();
    let row = office.instance(id).await;
    assert_eq!((row.status, row.reason.as_deref()), (3, Some("too dear")));
    assert_eq!(office.variables(id).await["PROCESS_REASON"], "too dear");
}

async fn what_was_decided_is_told(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:candidateUsers="bob,carol""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await;
    office.approves("bob", id, "review").await.unwrap();
    let fault = office.workflow.reject(&actor("carol"), task.id, Decide::default()).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Conflict);
    assert_eq!(fault.details()["status"], "APPROVE");
    assert_eq!(fault.details()["decidedBy"], "bob");
    let fault = office.workflow.approve(&actor("eve"), task.id, Decide::default()).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::NotFound);
}

async fn votes_are_counted(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for (key, counting) in [
        ("any", r#"docket:counting="ANY""#),
        ("ratio", r#"docket:counting="RATIO" docket:ratio="60""#),
        ("sequential", r#"docket:counting="SEQUENTIAL""#),
        ("random", r#"docket:counting="RANDOM""#),
    ] {
        let attributes = format!(r#"docket:approverStrategy="USER" docket:approvers="a,b,c" {counting}"#);
        office.deploys(&one_step(key, &attributes)).await;
    }
    let any = office.starts("alice", "any", json!({})).await;
    office.approves("b", any, "review").await.unwrap();
    assert_eq!(office.tasks(any).await, ["review a CANCEL", "review b APPROVE", "review c CANCEL"]);
    let ratio = office.starts("alice", "ratio", json!({})).await;
    office.approves("a", ratio, "review").await.unwrap();
    office.rejects("b", ratio, "review", "no").await.unwrap();
    assert_eq!(office.status(ratio).await, InstanceStatus::Running);
    office.approves("c", ratio, "review").await.unwrap();
    assert_eq!(office.status(ratio).await, InstanceStatus::Approve);
    let sequential = office.starts("alice", "sequential", json!({})).await;
    assert_eq!(office.tasks(sequential).await, ["review a RUNNING", "review b WAIT", "review c WAIT"]);
    for user in ["a", "b", "c"] {
        office.approves(user, sequential, "review").await.unwrap();
    }
    assert_eq!(office.status(sequential).await, InstanceStatus::Approve);
    let random = office.starts("alice", "random", json!({})).await;
    assert_eq!(office.tasks(random).await, ["review c RUNNING"]);
}

async fn branches_join(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .node("parallelGateway", "join", "")
        .node("exclusiveGateway", "big", r#"default="big_end""#)
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > fork > a > join, fork > b > join, join > big, big > end, c > end")
        .flows("big > c [${amount > 1000 && dept eq 'hr'}]");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"amount": 1500.5, "dept": "hr"})).await;
    office.approves("ann", id, "a").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a ann APPROVE", "b ben RUNNING"]);
    office.approves("ben", id, "b").await.unwrap();
    office.approves("cat", id, "c").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    let small = office.starts("alice", "p", json!({"amount": 10})).await;
    office.approves("ben", small, "b").await.unwrap();
    office.approves("ann", small, "a").await.unwrap();
    assert_eq!(office.status(small).await, InstanceStatus::Approve);
}

async fn a_subprocess_and_a_call(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", r#"flowable:assignee="${who}""#)).await;
    let inner = Draft::new("x")
        .node("startEvent", "s2", "")
        .user("inside", r#"flowable:assignee="ivy""#)
        .node("endEvent", "e2", "")
        .flows("s2 > inside > e2")
        .inner();
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("subProcess", "sub", "", &inner)
        .holding(
            "callActivity",
            "call",
            r#"calledElement="child""#,
            r#"<extensionElements><flowable:in source="boss" target="who"/></extensionElements>"#,
        )
        .node("endEvent", "end", "")
        .flows("start > sub > call > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"boss": "bea"})).await;
    office.approves("ivy", id, "inside").await.unwrap();
    let child = {
        use sea_orm::EntityTrait as _;
        let all = crate::storage::entity::process_instance::Entity::find();
        let all = all.all(office.db.reader()).await.unwrap();
        all.into_iter().find(|row| row.parent_id == Some(id)).unwrap().id
    };
    assert_eq!(office.tasks(child).await, ["review bea RUNNING"]);
    office.approves("bea", child, "review").await.unwrap();
    assert_eq!(office.status(child).await, InstanceStatus::Approve);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}
