//! Decisions that cross another deed: one truth comes of it, and whoever is too late is told.

use serde_json::json;

use super::at_once::{approves, both, lost, rejects, winners};
use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::Decide;

on_both_databases!(
    a_decision_and_a_cancellation,
    a_childs_decision_and_a_cancellation,
    a_decision_and_a_suspension,
    a_decision_and_a_withdrawal,
    a_decision_and_a_return,
    an_approval_and_a_rejection,
    two_claims,
    a_decision_twice,
);

/// How often two race.
const ROUNDS: usize = 8;

async fn a_decision_and_a_cancellation(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        let task = office.open(id, "review", "bob").await.id;
        let (flow, alice) = (office.workflow.clone(), actor("alice"));
        let cancel = async move { flow.cancel(&alice, id, None).await };
        let (approved, cancelled) = both(approves(&office.workflow, "bob", task), cancel).await;
        office.audit().await;
        match (approved, cancelled) {
            (Ok(_), Err(fault)) => {
                lost(&fault);
                assert_eq!(fault.details()["status"], "APPROVE");
                assert_eq!(office.status(id).await, InstanceStatus::Approve);
            }
            (Err(fault), Ok(_)) => {
                lost(&fault);
                assert_eq!(fault.details()["status"], "CANCEL");
                assert_eq!(office.status(id).await, InstanceStatus::Cancel);
            }
            other => panic!("one of them is too late: {other:?}"),
        }
    }
}

async fn a_childs_decision_and_a_cancellation(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", r#"flowable:assignee="ivy""#)).await;
    office.deploys(&caller("p", "child")).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        let child = office.child(id).await;
        let task = office.open(child, "review", "ivy").await.id;
        let (flow, alice) = (office.workflow.clone(), actor("alice"));
        let cancel = async move { flow.cancel(&alice, id, None).await };
        let (approved, cancelled) = both(approves(&office.workflow, "ivy", task), cancel).await;
        office.audit().await;
        let expected = match (approved, cancelled) {
            (Ok(_), Err(fault)) => (fault, InstanceStatus::Approve),
            (Err(fault), Ok(_)) => (fault, InstanceStatus::Cancel),
            other => panic!("one of them is too late: {other:?}"),
        };
        lost(&expected.0);
        assert_eq!([office.status(id).await, office.status(child).await], [expected.1; 2]);
    }
}

async fn a_decision_and_a_suspension(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        let task = office.open(id, "review", "bob").await.id;
        let (flow, admin) = (office.workflow.clone(), actor("admin"));
        let suspend = async move { flow.suspend(&admin, id, None).await };
        let (approved, suspended) = both(approves(&office.workflow, "bob", task), suspend).await;
        office.audit().await;
        match (approved, suspended) {
            (Ok(_), Err(fault)) => {
                lost(&fault);
                assert_eq!(office.status(id).await, InstanceStatus::Approve);
            }
            (Err(fault), Ok(_)) => {
                lost(&fault);
                assert_eq!(fault.details()["suspended"], true);
                office.workflow.resume(&actor("admin"), id, None).await.unwrap();
                office.approves("bob", id, "review").await.unwrap();
            }
            other => panic!("one of them is too late: {other:?}"),
        }
    }
}

async fn a_decision_and_a_withdrawal(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > end");
    office.deploys(&draft).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        let a = office.open(id, "a", "ann").await.id;
        office.approves("ann", id, "a").await.unwrap();
        let b = office.open(id, "b", "ben").await.id;
        let (flow, ann) = (office.workflow.clone(), actor("ann"));
        let withdraw = async move { flow.withdraw(&ann, a, None).await };
        let (approved, withdrawn) = both(approves(&office.workflow, "ben", b), withdraw).await;
        office.audit().await;
        let answers = [approved, withdrawn];
        let [winner] = winners(&answers)[..] else { panic!("one of them is too late: {answers:?}") };
        let expected: &[&str] = if winner == 0 {
            &["a ann APPROVE", "b ben APPROVE"]
        } else {
            &["a ann APPROVE", "b ben CANCEL", "a ann RUNNING"]
        };
        assert_eq!(office.tasks(id).await, expected);
    }
}

async fn a_decision_and_a_return(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"docket:approverStrategy="USER" docket:approvers="ben,cat" docket:counting="ANY""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > end");
    office.deploys(&draft).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        office.approves("ann", id, "a").await.unwrap();
        let (ben, cat) = (office.open(id, "b", "ben").await.id, office.open(id, "b", "cat").await.id);
        let flow = office.workflow.clone();
        let back =
            async move { flow.send_back(&actor("cat"), cat, Some("a".to_owned()), Decide::default()).await };
        let (approved, returned) = both(approves(&office.workflow, "ben", ben), back).await;
        office.audit().await;
        let answers = [approved, returned];
        let [winner] = winners(&answers)[..] else { panic!("one of them is too late: {answers:?}") };
        let expected: &[&str] = if winner == 0 {
            &["a ann APPROVE", "b ben APPROVE", "b cat CANCEL"]
        } else {
            &["a ann APPROVE", "b ben CANCEL", "b cat RETURN", "a ann RUNNING"]
        };
        assert_eq!(office.tasks(id).await, expected);
    }
}

async fn an_approval_and_a_rejection(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:candidateUsers="ann,ben""#)).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        let task = office.open(id, "review", "ann").await.id;
        let flow = &office.workflow;
        let (one, other) = both(approves(flow, "ann", task), rejects(flow, "ben", task)).await;
        office.audit().await;
        let answers = [one, other];
        let [winner] = winners(&answers)[..] else { panic!("one of them is too late: {answers:?}") };
        let (who, status) = [("ann", InstanceStatus::Approve), ("ben", InstanceStatus::Reject)][winner];
        let loser = answers[1 - winner].as_ref().unwrap_err();
        assert_eq!((&loser.details()["decidedBy"], office.status(id).await), (&json!(who), status));
    }
}

async fn two_claims(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:candidateUsers="ann,ben""#)).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        let task = office.open(id, "review", "ann").await.id;
        let claim = |user: &str| {
            let (flow, user) = (office.workflow.clone(), actor(user));
            async move { flow.claim(&user, task).await }
        };
        let (one, other) = both(claim("ann"), claim("ben")).await;
        office.audit().await;
        let answers = [one, other];
        let [winner] = winners(&answers)[..] else { panic!("one has it: {answers:?}") };
        let who = ["ann", "ben"][winner];
        assert_eq!(office.tasks(id).await, [format!("review {who} RUNNING")]);
    }
}

async fn a_decision_twice(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        let task = office.open(id, "review", "bob").await.id;
        let flow = &office.workflow;
        let (one, other) = both(approves(flow, "bob", task), approves(flow, "bob", task)).await;
        office.audit().await;
        let answers = [one, other];
        let [winner] = winners(&answers)[..] else { panic!("it is decided once: {answers:?}") };
        let loser = answers[1 - winner].as_ref().unwrap_err();
        assert_eq!(
            (&loser.details()["decidedBy"], &loser.details()["status"]),
            (&json!("bob"), &json!("APPROVE"))
        );
        assert_eq!(office.history(id).await, ["START alice", "CREATE -", "APPROVE bob", "END -"]);
    }
}
