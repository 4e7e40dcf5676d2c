//! Instances that are sent back: to a node before, to their starter, out of branches and into rounds.

use serde_json::json;

use super::draft::Draft;
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::Decide;

on_both_databases!(
    sent_back_to_an_earlier_node,
    sent_back_to_the_starter,
    sent_back_out_of_a_branch,
    sent_back_into_a_round,
    a_rejection_that_goes_back,
    sent_back_to_the_task_in_which_the_starter_began,
);

const BOB: &str = r#"flowable:assignee="bob""#;

fn three_steps() -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > c > end")
}

async fn sent_back_to_an_earlier_node(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&three_steps()).await;
    let id = office.starts("alice", "p", json!({})).await;
    refused(office.sends_back("ann", id, "a", Some("b")).await, ErrorCode::BadInput);
    office.approves("ann", id, "a").await.unwrap();
    office.approves("ben", id, "b").await.unwrap();
    let task = office.open(id, "c", "cat").await;
    assert_eq!(office.workflow.return_targets(&task).await.unwrap(), ["a", "b"]);
    refused(office.sends_back("cat", id, "c", Some("nowhere")).await, ErrorCode::BadInput);
    let sent = office.sends_back("cat", id, "c", Some("a")).await.unwrap();
    assert_eq!(sent.status, 5);
    assert_eq!(office.tasks(id).await.last().unwrap(), "a ann RUNNING");
    assert_eq!(
        office.lines_since(id, 6).await,
        [r#"RETURN cat #3 RUNNING>RETURN {"to":"a"}"#, r#"CREATE - #4 >RUNNING {"to":"ann"}"#]
    );
    for (user, node) in [("ann", "a"), ("ben", "b"), ("cat", "c")] {
        office.approves(user, id, node).await.unwrap();
    }
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn sent_back_to_the_starter(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&three_steps()).await;
    let id = office.starts("alice", "p", json!({"sum": 1})).await;
    office.approves("ann", id, "a").await.unwrap();
    office.sends_back("ben", id, "b", None).await.unwrap();
    let mine = office.open(id, "start", "alice").await;
    assert!(mine.resubmission);
    let flow = &office.workflow;
    refused(flow.send_back(&actor("alice"), mine.id, None, Decide::default()).await, ErrorCode::Forbidden);
    let mended = Decide { form_data: json!({"sum": 2}).as_object().unwrap().clone(), ..Decide::default() };
    office.deed(flow.approve(&actor("alice"), mine.id, mended).await).await.unwrap();
    assert_eq!(office.variables(id).await["sum"], 2);
    assert_eq!(office.tasks(id).await.last().unwrap(), "a ann RUNNING");
}

async fn sent_back_to_the_task_in_which_the_starter_began(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("fill", r#"docket:approverStrategy="STARTER""#)
        .user("b", r#"flowable:assignee="ben" docket:rejection="RETURN" docket:returnNode="fill""#)
        .node("endEvent", "end", "")
        .flows("start > fill > b > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let first = office.open(id, "fill", "alice").await;
    assert!(!first.resubmission);
    office.approves("alice", id, "fill").await.unwrap();
    // However it comes back, it is that task, and to be mended.
    for way in ["to the starter", "to the node", "by rejecting"] {
        match way {
            "to the starter" => office.sends_back("ben", id, "b", None).await.map(drop),
            "to the node" => office.sends_back("ben", id, "b", Some("fill")).await.map(drop),
            _ => office.rejects("ben", id, "b", "no").await.map(drop),
        }
        .unwrap();
        let mine = office.open(id, "fill", "alice").await;
        assert!(mine.resubmission, "{way}");
        let flow = &office.workflow;
        refused(
            flow.send_back(&actor("alice"), mine.id, None, Decide::default()).await,
            ErrorCode::Forbidden,
        );
        office.approves("alice", id, "fill").await.unwrap();
    }
    office.approves("ben", id, "b").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn sent_back_out_of_a_branch(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("z", r#"flowable:assignee="zoe""#)
        .node("parallelGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("a2", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .node("parallelGateway", "join", "")
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > z > fork > a > a2 > join, fork > b > join, join > c > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("zoe", id, "z").await.unwrap();
    office.approves("ben", id, "b").await.unwrap();
    office.approves("ann", id, "a").await.unwrap();
    // Within the branch: the other one, which waits at the join, stays.
    office.sends_back("ann", id, "a2", Some("a")).await.unwrap();
    office.approves("ann", id, "a").await.unwrap();
    // Out of it: everything begins anew.
    office.sends_back("ann", id, "a2", Some("z")).await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "z zoe RUNNING");
    office.approves("zoe", id, "z").await.unwrap();
    office.approves("ann", id, "a").await.unwrap();
    office.approves("ann", id, "a2").await.unwrap();
    // From one branch into another there is no way, nor back into one that has been joined.
    refused(office.sends_back("ben", id, "b", Some("a")).await, ErrorCode::BadInput);
    office.approves("ben", id, "b").await.unwrap();
    refused(office.sends_back("cat", id, "c", Some("a")).await, ErrorCode::BadInput);
    let task = office.open(id, "c", "cat").await;
    assert_eq!(office.workflow.return_targets(&task).await.unwrap(), ["z"]);
    office.approves("cat", id, "c").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn sent_back_into_a_round(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let round = r#"docket:approverStrategy="USER" docket:approvers="a,b" docket:counting="RATIO""#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("round", round)
        .user("after", BOB)
        .node("endEvent", "end", "")
        .flows("start > round > after > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("a", id, "round").await.unwrap();
    office.approves("b", id, "round").await.unwrap();
    office.sends_back("bob", id, "after", Some("round")).await.unwrap();
    // Everybody is asked again.
    office.approves("b", id, "round").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.approves("a", id, "round").await.unwrap();
    office.approves("bob", id, "after").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn a_rejection_that_goes_back(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben" docket:rejection="RETURN" docket:returnNode="a""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "a").await.unwrap();
    office.rejects("ben", id, "b", "mend it").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a ann APPROVE", "b ben REJECT", "a ann RUNNING"]);
    assert_eq!(
        office.lines_since(id, 4).await,
        ["REJECT ben #2 RUNNING>REJECT: mend it", r#"CREATE - #3 >RUNNING {"to":"ann"}"#]
    );
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.approves("ann", id, "a").await.unwrap();
    office.approves("ben", id, "b").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}
