//! What may be taken back when others have approved too, and whose approval then stands for what.

use serde_json::json;
use uuid::Uuid;

use super::draft::Draft;
use super::office::{Office, actor, refused};
use crate::kernel::{ErrorCode, Fault};
use crate::storage::entity::task;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::{Action, Sign};

on_both_databases!(
    in_turn_only_the_last_takes_back,
    who_has_signed_behind_holds_the_approval,
    taking_back_in_one_branch_leaves_the_other,
    what_was_withdrawn_stands_for_nothing,
    after_a_return_everybody_is_asked_again,
    nobody_draws_until_they_like_it,
);

/// The latest task of somebody at a node.
async fn task_of(office: &Office, instance: Uuid, node: &str, user: &str) -> task::Model {
    let rows = office.rows(instance).await;
    let theirs = |row: &task::Model| row.node_id == node && row.assignee.as_deref() == Some(user);
    rows.into_iter().rev().find(theirs).unwrap()
}

async fn withdraws(office: &Office, user: &str, instance: Uuid, node: &str) -> Result<task::Model, Fault> {
    let task = task_of(office, instance, node, user).await;
    let outlook = office.workflow.outlook(&actor(user), std::slice::from_ref(&task)).await.unwrap();
    let offered = outlook.available(&actor(user), &task, task.created_at).contains(&Action::Withdraw);
    let done = office.deed(office.workflow.withdraw(&actor(user), task.id, None).await).await;
    assert_eq!(done.is_ok(), offered, "what is offered can be done, and nothing else");
    done
}

/// Three in turn, then Erin.
fn in_turn() -> Draft {
    let three = r#"docket:approverStrategy="USER" docket:approvers="a,b,c" docket:counting="SEQUENTIAL""#;
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", three)
        .user("next", r#"flowable:assignee="erin""#)
        .node("endEvent", "end", "")
        .flows("start > review > next > end")
}

async fn in_turn_only_the_last_takes_back(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&in_turn()).await;
    let id = office.starts("alice", "p", json!({})).await;
    for user in ["a", "b", "c"] {
        office.approves(user, id, "review").await.unwrap();
    }
    for user in ["a", "b"] {
        refused(withdraws(&office, user, id, "review").await, ErrorCode::Conflict);
    }
    withdraws(&office, "c", id, "review").await.unwrap();
    assert_eq!(office.open(id, "review", "c").await.assignee.as_deref(), Some("c"));
    // Now B is the last who has approved.
    refused(withdraws(&office, "a", id, "review").await, ErrorCode::Conflict);
    withdraws(&office, "b", id, "review").await.unwrap();
}

async fn who_has_signed_behind_holds_the_approval(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", r#"flowable:assignee="bob""#)
        .user("next", r#"flowable:assignee="erin""#)
        .node("endEvent", "end", "")
        .flows("start > review > next > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let carol = ["carol".to_owned()];
    office.workflow.add_signers(&actor("bob"), task, Sign::After, &carol, None).await.unwrap();
    office.approves("bob", id, "review").await.unwrap();
    office.approves("carol", id, "review").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "next erin RUNNING");
    refused(withdraws(&office, "bob", id, "review").await, ErrorCode::Conflict);
}

/// Ann and Bob side by side; behind Bob whoever is named, where who has approved is not asked again.
fn branches(behind: &str, same: &str) -> Draft {
    Draft::new("p")
        .with(&format!(r#"docket:sameApprover="{same}""#))
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("n1", r#"flowable:assignee="ann""#)
        .user("after1", r#"flowable:assignee="zoe""#)
        .user("n2", r#"flowable:assignee="bob""#)
        .user("between", r#"flowable:assignee="yan""#)
        .user("later", &format!(r#"flowable:assignee="{behind}""#))
        .node("parallelGateway", "join", "")
        .node("endEvent", "end", "")
        .flows("start > fork > n1 > after1 > join > end, fork > n2 > between > later > join")
}

async fn taking_back_in_one_branch_leaves_the_other(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&branches("bob", "ALL")).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "n1").await.unwrap();
    office.approves("bob", id, "n2").await.unwrap();
    withdraws(&office, "ann", id, "n1").await.unwrap();
    // Bob's approval stands, and so stands for his later task.
    office.approves("yan", id, "between").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "later bob APPROVE");
}

async fn what_was_withdrawn_stands_for_nothing(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&branches("ann", "ALL")).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "n1").await.unwrap();
    office.approves("bob", id, "n2").await.unwrap();
    withdraws(&office, "ann", id, "n1").await.unwrap();
    withdraws(&office, "bob", id, "n2").await.unwrap();
    office.approves("bob", id, "n2").await.unwrap();
    office.approves("yan", id, "between").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "later ann RUNNING", "she has taken hers back");
}

async fn after_a_return_everybody_is_asked_again(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .with(r#"docket:sameApprover="ALL""#)
        .node("startEvent", "start", "")
        .user("first", r#"flowable:assignee="bob""#)
        .user("second", r#"flowable:assignee="carol""#)
        .node("endEvent", "end", "")
        .flows("start > first > second > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "first").await.unwrap();
    office.sends_back("carol", id, "second", None).await.unwrap();
    office.approves("alice", id, "start").await.unwrap();
    // What Bob approved was another thing.
    assert_eq!(office.tasks(id).await.last().unwrap(), "first bob RUNNING");
}

async fn nobody_draws_until_they_like_it(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let one_of = r#"docket:approverStrategy="USER" docket:approvers="a,b,c" docket:counting="RANDOM""#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("first", r#"flowable:assignee="bob""#)
        .user("drawn", one_of)
        .node("endEvent", "end", "")
        .flows("start > first > drawn > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "first").await.unwrap();
    let kept = async || {
        let state: serde_json::Value = serde_json::from_str(&office.instance(id).await.state).unwrap();
        state["drawn"]["drawn"].clone()
    };
    assert_eq!(
        (office.tasks(id).await.last().unwrap().as_str(), kept().await),
        ("drawn c RUNNING", json!("c"))
    );
    withdraws(&office, "bob", id, "first").await.unwrap();
    assert_eq!(kept().await, json!("c"), "it outlives what is taken back");
    office.approves("bob", id, "first").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "drawn c RUNNING");
}
