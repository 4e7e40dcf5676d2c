//! Processes that begin where a condition holds, on both databases.

use serde_json::json;

use super::draft::Draft;
use super::office::{Office, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};

on_both_databases!(
    a_process_begins_where_its_condition_holds,
    what_nothing_begins_is_not_called,
    it_is_returned_to_where_it_has_begun,
);

/// Alice's task behind one condition, Carol's behind another.
fn conditional() -> Draft {
    let condition = |text: &str| {
        format!("<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>")
    };
    Draft::new("p")
        .holding("startEvent", "small", "", &condition("${amount &lt; 100}"))
        .holding("startEvent", "large", "", &condition("${amount &gt; 10}"))
        .user("one", r#"flowable:assignee="alice""#)
        .user("other", r#"flowable:assignee="carol""#)
        .node("endEvent", "end", "")
        .flows("small > one > end, large > other > end")
}

async fn a_process_begins_where_its_condition_holds(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&conditional()).await;
    for (variables, says) in
        [(json!({}), "the condition of a start event"), (json!({"amount": "many"}), "small: ")]
    {
        let fault = refused(office.tries_to_start("alice", "p", variables).await, ErrorCode::BadInput);
        assert_eq!(fault.details()["field"], "variables");
        assert!(fault.message().contains(says), "{fault}");
    }
    assert!(office.everything().await.is_empty(), "nothing was started");
    let small = office.starts("alice", "p", json!({"amount": 5})).await;
    assert_eq!(office.tasks(small).await, ["one alice RUNNING"]);
    let large = office.starts("alice", "p", json!({"amount": 500})).await;
    assert_eq!(office.tasks(large).await, ["other carol RUNNING"]);
    let either = office.starts("alice", "p", json!({"amount": 50})).await;
    assert_eq!(office.tasks(either).await, ["one alice RUNNING"], "the first in the document");
}

async fn what_nothing_begins_is_not_called(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&conditional()).await;
    let calls = Draft::new("calls")
        .node("startEvent", "start", "")
        .node("callActivity", "call", r#"calledElement="p" flowable:inheritVariables="true""#)
        .node("endEvent", "end", "")
        .flows("start > call > end");
    office.deploys(&calls).await;
    let fault = refused(office.tries_to_start("alice", "calls", json!({})).await, ErrorCode::Conflict);
    assert!(fault.message().contains("condition of a start event"), "{fault}");
    let id = office.starts("alice", "calls", json!({"amount": 5})).await;
    assert_eq!(office.tasks(office.child(id).await).await, ["one alice RUNNING"]);
}

async fn it_is_returned_to_where_it_has_begun(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&conditional()).await;
    let id = office.starts("alice", "p", json!({"amount": 500})).await;
    office.sends_back("carol", id, "other", None).await.unwrap();
    assert_eq!(office.tasks(id).await, ["other carol RETURN", "large alice RUNNING"]);
    office.approves("alice", id, "large").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "other carol RUNNING");
}
