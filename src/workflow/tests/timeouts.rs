//! What happens where nobody decides in time, on both databases.

use serde_json::json;

use super::draft::Draft;
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;

on_both_databases!(
    those_who_are_asked_are_reminded,
    nobody_in_time_is_an_approval,
    nobody_in_time_is_a_rejection,
    a_rejection_in_time_goes_back_as_the_node_says,
    whoever_decides_in_time_is_not_overruled,
    each_round_has_its_own_time,
    a_suspended_instance_has_time,
    a_reminder_lets_approvals_be_taken_back,
    a_timeout_may_be_a_variable,
);

fn review(attributes: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", attributes)
        .user("pay", r#"flowable:assignee="ann""#)
        .node("endEvent", "end", "")
        .flows("start > review > pay > end")
}

const TWO: &str = r#"docket:approverStrategy="USER" docket:approvers="bob,cid" docket:counting="RATIO""#;

impl Office {
    /// When the tasks of an instance were urged last, in their order.
    async fn urged(&self, instance: uuid::Uuid) -> Vec<bool> {
        self.rows(instance).await.iter().map(|row| row.urged_at.is_some()).collect()
    }
}

async fn those_who_are_asked_are_reminded(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let attributes =
        format!(r#"{TWO} docket:timeout="PT1H" docket:timeoutAction="REMIND" docket:reminders="2""#);
    office.deploys(&review(&attributes)).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.waits_for(id).await, ["review TIMER"]);
    office.approves("bob", id, "review").await.unwrap();
    office.passes("PT59M").await;
    assert_eq!(office.urged(id).await, [false, false]);
    office.passes("PT1M").await;
    assert_eq!(office.urged(id).await, [false, true], "who has decided is not reminded");
    let first = office.rows(id).await[1].urged_at;
    office.passes("PT1H").await;
    assert!(office.rows(id).await[1].urged_at > first);
    assert!(office.waits_for(id).await.is_empty(), "twice, and no more");
    let history = office.history(id).await;
    assert_eq!(history.iter().filter(|entry| *entry == "URGE -").count(), 2, "{history:?}");
    office.approves("cid", id, "review").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "pay ann RUNNING");
}

async fn nobody_in_time_is_an_approval(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&review(&format!(r#"{TWO} docket:timeout="P2D" docket:timeoutAction="2""#))).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.passes("P2D").await;
    let expected = ["review bob CANCEL", "review cid CANCEL", "review ? APPROVE", "pay ann RUNNING"];
    assert_eq!(office.tasks(id).await, expected);
    let reason = office.rows(id).await[2].reason.clone();
    assert_eq!(reason.as_deref(), Some("nobody has decided in time"));
}

async fn nobody_in_time_is_a_rejection(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let attributes = r#"flowable:assignee="bob" docket:timeout="P2D" docket:timeoutAction="REJECT""#;
    office.deploys(&review(attributes)).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.passes("P2D").await;
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
    assert_eq!(office.instance(id).await.reason.as_deref(), Some("nobody has decided in time"));
    assert_eq!(office.tasks(id).await, ["review bob CANCEL", "review ? REJECT"]);
}

async fn a_rejection_in_time_goes_back_as_the_node_says(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let late = r#"flowable:assignee="cid" docket:timeout="P2D" docket:timeoutAction="REJECT"
        docket:rejection="RETURN" docket:returnNode="review""#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", r#"flowable:assignee="bob""#)
        .user("pay", late)
        .node("endEvent", "end", "")
        .flows("start > review > pay > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "review").await.unwrap();
    office.passes("P2D").await;
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    assert_eq!(office.tasks(id).await.last().unwrap(), "review bob RUNNING");
}

async fn whoever_decides_in_time_is_not_overruled(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let attributes = r#"flowable:assignee="bob" docket:timeout="PT1H" docket:timeoutAction="REJECT""#;
    office.deploys(&review(attributes)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.approves("bob", id, "review").await.unwrap();
    office.passes("PT2H").await;
    assert_eq!(office.tasks(id).await, ["review bob APPROVE", "pay ann RUNNING"]);
    // Taken back, what is left of the time is waited for again.
    office.deed(office.workflow.withdraw(&actor("bob"), task.id, None).await).await.unwrap();
    assert_eq!(office.waits_for(id).await, ["review TIMER"]);
    office.passes("PT1S").await;
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
    refused(office.workflow.approve(&actor("bob"), task.id, Default::default()).await, ErrorCode::Conflict);
}

async fn each_round_has_its_own_time(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let attributes = r#"flowable:assignee="bob" docket:timeout="PT2H" docket:timeoutAction="APPROVE""#;
    office.deploys(&review(attributes)).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.passes("PT1H").await;
    office.approves("bob", id, "review").await.unwrap();
    office.sends_back("ann", id, "pay", Some("review")).await.unwrap();
    office.passes("PT90M").await;
    assert_eq!(office.tasks(id).await.last().unwrap(), "review bob RUNNING");
    office.passes("PT30M").await;
    assert_eq!(office.tasks(id).await.last().unwrap(), "pay ann RUNNING");
}

async fn a_suspended_instance_has_time(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let attributes = r#"flowable:assignee="bob" docket:timeout="PT1H" docket:timeoutAction="REJECT""#;
    office.deploys(&review(attributes)).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.workflow.suspend(&actor("admin"), id, None).await.unwrap();
    office.passes("PT2H").await;
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.workflow.resume(&actor("admin"), id, None).await.unwrap();
    office.happens().await;
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
}

async fn a_reminder_lets_approvals_be_taken_back(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let reminded = r#"flowable:assignee="ann" docket:timeout="PT1H" docket:timeoutAction="REMIND""#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", r#"flowable:assignee="bob""#)
        .user("pay", reminded)
        .node("endEvent", "end", "")
        .flows("start > review > pay > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.approves("bob", id, "review").await.unwrap();
    office.passes("PT1H").await;
    office.deed(office.workflow.withdraw(&actor("bob"), task.id, None).await).await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "review bob RUNNING");
}

async fn a_timeout_may_be_a_variable(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let attributes = r#"flowable:assignee="bob" docket:timeout="${patience}" docket:timeoutAction="APPROVE""#;
    office.deploys(&review(attributes)).await;
    for wrong in [json!({}), json!({"patience": "soon"}), json!({"patience": "2026-01-01"})] {
        refused(office.tries_to_start("alice", "p", wrong).await, ErrorCode::Conflict);
    }
    let id = office.starts("alice", "p", json!({"patience": "PT5M"})).await;
    office.passes("PT5M").await;
    assert_eq!(office.tasks(id).await.last().unwrap(), "pay ann RUNNING");
}
