//! The ways of tokens: as often as it is said, along some branches, until all is ended.

use serde_json::json;

use super::draft::Draft;
use super::office::{Office, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;

on_both_databases!(multi_instances, loops, inclusive_branches, termination,);

const BOB: &str = r#"flowable:assignee="bob""#;

async fn multi_instances(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let many = |sequential: bool, completion: &str| {
        format!(
            r#"<multiInstanceLoopCharacteristics isSequential="{sequential}" flowable:collection="people"
               flowable:elementVariable="one">{completion}</multiInstanceLoopCharacteristics>"#
        )
    };
    let enough =
        "<completionCondition>${nrOfCompletedInstances / nrOfInstances >= 0.5}</completionCondition>";
    for (key, sequential, completion) in
        [("all", false, ""), ("half", false, enough), ("turn", true, ""), ("halfturn", true, enough)]
    {
        let draft = Draft::new(key)
            .node("startEvent", "start", "")
            .holding("userTask", "each", r#"flowable:assignee="${one}""#, &many(sequential, completion))
            .node("endEvent", "end", "")
            .flows("start > each > end");
        office.deploys(&draft).await;
    }
    let people = json!({"people": ["a", "b", "c", "d"]});
    for (key, deciders) in [("all", "abcd"), ("half", "ca"), ("turn", "abcd"), ("halfturn", "ab")] {
        let id = office.starts("alice", key, people.clone()).await;
        for user in deciders.chars() {
            assert_eq!(office.status(id).await, InstanceStatus::Running, "{key}");
            office.approves(&user.to_string(), id, "each").await.unwrap();
        }
        assert_eq!(office.status(id).await, InstanceStatus::Approve, "{key}");
    }
    let none = office.starts("alice", "all", json!({"people": []})).await;
    assert_eq!(office.status(none).await, InstanceStatus::Approve);
    refused(office.tries_to_start("alice", "all", json!({})).await, ErrorCode::Conflict);
    // A subprocess for each, at once and in turn.
    let inner = Draft::new("x")
        .node("startEvent", "s2", "")
        .user("inside", r#"flowable:assignee="${one}""#)
        .node("endEvent", "e2", "")
        .flows("s2 > inside > e2")
        .inner();
    for (key, sequential) in [("subs", false), ("subsinturn", true)] {
        let body = format!("{}{inner}", many(sequential, ""));
        let draft = Draft::new(key)
            .node("startEvent", "start", "")
            .holding("subProcess", "sub", "", &body)
            .node("endEvent", "end", "")
            .flows("start > sub > end");
        office.deploys(&draft).await;
        let id = office.starts("alice", key, json!({"people": ["a", "b"]})).await;
        let open = office.tasks(id).await.len();
        assert_eq!(open, if sequential { 1 } else { 2 });
        for user in ["a", "b"] {
            office.approves(user, id, "inside").await.unwrap();
        }
        assert_eq!(office.status(id).await, InstanceStatus::Approve, "{key}");
    }
}

async fn loops(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let again = r#"<standardLoopCharacteristics loopMaximum="3">
        <loopCondition>${again}</loopCondition></standardLoopCharacteristics>"#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("userTask", "each", BOB, again)
        .node("endEvent", "end", "")
        .flows("start > each > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"again": true})).await;
    for _ in 0..3 {
        office.approves("bob", id, "each").await.unwrap();
    }
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    let once = office.starts("alice", "p", json!({"again": false})).await;
    office.approves("bob", once, "each").await.unwrap();
    assert_eq!(office.status(once).await, InstanceStatus::Approve);
    // Without anybody to wait for, it must not go on for ever.
    let endless = Draft::new("endless")
        .node("startEvent", "start", "")
        .node("exclusiveGateway", "back", "")
        .node("manualTask", "work", "")
        .node("exclusiveGateway", "more", r#"default="more_end""#)
        .node("endEvent", "end", "")
        .flows("start > back > work > more, more > end, more > back [${true}]");
    office.deploys(&endless).await;
    refused(office.tries_to_start("alice", "endless", json!({})).await, ErrorCode::Conflict);
}

async fn inclusive_branches(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("inclusiveGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .node("inclusiveGateway", "join", "")
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > fork, a > join, b > join, join > c > end")
        .flows("fork > a [${sum > 1}]")
        .flows("fork > b [${sum > 10}]");
    office.deploys(&draft).await;
    let both = office.starts("alice", "p", json!({"sum": 20})).await;
    office.approves("ben", both, "b").await.unwrap();
    assert_eq!(office.tasks(both).await, ["a ann RUNNING", "b ben APPROVE"]);
    office.approves("ann", both, "a").await.unwrap();
    office.approves("cat", both, "c").await.unwrap();
    assert_eq!(office.status(both).await, InstanceStatus::Approve);
    let one = office.starts("alice", "p", json!({"sum": 2})).await;
    office.approves("ann", one, "a").await.unwrap();
    office.approves("cat", one, "c").await.unwrap();
    assert_eq!(office.status(one).await, InstanceStatus::Approve);
    refused(office.tries_to_start("alice", "p", json!({"sum": 0})).await, ErrorCode::Conflict);
}

async fn termination(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .holding("endEvent", "all", "", "<terminateEventDefinition/>")
        .node("endEvent", "end", "")
        .flows("start > fork > a > all, fork > b > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "a").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a ann APPROVE", "b ben CANCEL"]);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}
