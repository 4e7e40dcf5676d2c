//! Corners in which several rules meet.

use serde_json::json;

use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::{Action, Decide};

on_both_databases!(
    children_that_end_in_the_same_moment,
    whom_an_approval_has_silenced_is_asked_again,
    a_child_that_was_ended_does_not_come_back,
    who_approves_twice_takes_back_once,
    candidates_are_asked_again,
    approvals_are_taken_back_one_after_the_other,
    one_returns_to_what_lies_before,
    grandchildren_have_gone_on,
    what_waits_for_a_child_holds_it,
    mending_is_no_approval,
);

fn step(id: &str, user: &str) -> Draft {
    Draft::new("x")
        .node("startEvent", &format!("{id}_start"), "")
        .user(id, &format!(r#"flowable:assignee="{user}""#))
        .node("endEvent", &format!("{id}_end"), "")
        .flows(&format!("{id}_start > {id} > {id}_end"))
}

fn each(list: &str, inner: &str) -> String {
    format!(
        r#"<multiInstanceLoopCharacteristics flowable:collection="{list}" flowable:elementVariable="one">
           {inner}</multiInstanceLoopCharacteristics>"#
    )
}

const FIRST: &str = "<completionCondition>${nrOfCompletedInstances >= 1}</completionCondition>";

async fn children_that_end_in_the_same_moment(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let nobody = Draft::new("nobody")
        .node("startEvent", "s", "")
        .node("manualTask", "work", "")
        .node("endEvent", "e", "")
        .flows("s > work > e");
    office.deploys(&nobody).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("callActivity", "call", r#"calledElement="nobody""#, &each("three", FIRST))
        .user("after", r#"flowable:assignee="bob""#)
        .node("endEvent", "end", "")
        .flows("start > call > after > end");
    office.deploys(&draft).await;
    // The first of them is enough: nobody waits for the others when they end.
    let id = office.starts("alice", "p", json!({"three": [1, 2, 3]})).await;
    assert_eq!(office.tasks(id).await, ["after bob RUNNING"]);
    office.approves("bob", id, "after").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn whom_an_approval_has_silenced_is_asked_again(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let body = format!("{}{}", each("people", FIRST), step("inside", "${one}").inner());
    let after = r#"flowable:assignee="bob""#;
    let enough = Draft::new("enough")
        .node("startEvent", "start", "")
        .holding("subProcess", "sub", "", &body)
        .user("after", after)
        .node("endEvent", "end", "")
        .flows("start > sub > after > end");
    let race = Draft::new("x")
        .node("startEvent", "s", "")
        .node("parallelGateway", "fork", "")
        .user("one", r#"flowable:assignee="a""#)
        .user(
            "other",
            r#"docket:approverStrategy="USER" docket:approvers="b,c" docket:counting="SEQUENTIAL""#,
        )
        .holding("endEvent", "e1", "", "<terminateEventDefinition/>")
        .node("endEvent", "e2", "")
        .flows("s > fork > one > e1, fork > other > e2")
        .inner();
    let ended = Draft::new("ended")
        .node("startEvent", "start", "")
        .holding("subProcess", "sub", "", &race)
        .user("after", after)
        .node("endEvent", "end", "")
        .flows("start > sub > after > end");
    for (draft, key, node, others) in [(enough, "enough", "inside", "bc"), (ended, "ended", "one", "")] {
        office.deploys(&draft).await;
        let id = office.starts("alice", key, json!({"people": ["a", "b", "c"]})).await;
        let task = office.open(id, node, "a").await.id;
        office.approves("a", id, node).await.unwrap();
        assert_eq!(office.tasks(id).await.last().unwrap(), "after bob RUNNING");
        office.deed(office.workflow.withdraw(&actor("a"), task, None).await).await.unwrap();
        for other in others.chars() {
            office.open(id, node, &other.to_string()).await;
        }
        if key == "ended" {
            let tasks = office.tasks(id).await;
            assert_eq!(tasks[tasks.len() - 2..], ["other b RUNNING", "other c WAIT"]);
        }
        office.approves("a", id, node).await.unwrap();
        office.approves("bob", id, "after").await.unwrap();
        assert_eq!(office.status(id).await, InstanceStatus::Approve);
    }
}

async fn a_child_that_was_ended_does_not_come_back(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", r#"flowable:assignee="ivy""#)).await;
    let race = Draft::new("x")
        .node("startEvent", "s", "")
        .node("parallelGateway", "fork", "")
        .user("one", r#"flowable:assignee="a""#)
        .node("callActivity", "call", r#"calledElement="child""#)
        .holding("endEvent", "e1", "", "<terminateEventDefinition/>")
        .node("endEvent", "e2", "")
        .flows("s > fork > one > e1, fork > call > e2")
        .inner();
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("subProcess", "sub", "", &race)
        .user("after", r#"flowable:assignee="bob""#)
        .node("endEvent", "end", "")
        .flows("start > sub > after > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let called = office.child(id).await;
    let task = office.open(id, "one", "a").await.id;
    office.approves("a", id, "one").await.unwrap();
    assert_eq!(office.status(called).await, InstanceStatus::Cancel);
    refused(office.workflow.withdraw(&actor("a"), task, None).await, ErrorCode::Conflict);
    office.approves("bob", id, "after").await.unwrap();
}

async fn who_approves_twice_takes_back_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("userTask", "round", r#"flowable:assignee="${one}""#, &each("people", ""))
        .node("endEvent", "end", "")
        .flows("start > round > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"people": ["ann", "ann", "ben"]})).await;
    let flow = &office.workflow;
    let ann = actor("ann");
    let first = office.rows(id).await[0].id;
    for place in [0, 1] {
        let task = office.rows(id).await[place].id;
        office.deed(flow.approve(&ann, task, Decide::default()).await).await.unwrap();
    }
    let again = office.deed(flow.withdraw(&ann, first, None).await).await.unwrap();
    assert_eq!((again.ordinal, again.status), (0, 1), "what was taken back is asked again, nothing else");
    refused(flow.withdraw(&ann, first, None).await, ErrorCode::Conflict);
    office.deed(flow.approve(&ann, again.id, Decide::default()).await).await.unwrap();
    // The first one was taken back already, though she has approved in that place since.
    refused(flow.withdraw(&ann, first, None).await, ErrorCode::Conflict);
    let rows = office.rows(id).await;
    let outlook = flow.outlook(&ann, &rows).await.unwrap();
    let may =
        |place: usize| outlook.available(&ann, &rows[place], again.created_at).contains(&Action::Withdraw);
    assert_eq!([may(0), may(1), may(3)], [false, true, true]);
    office.approves("ben", id, "round").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn candidates_are_asked_again(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let attributes = r#"flowable:candidateUsers="${one},dan""#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("userTask", "round", attributes, &each("people", FIRST))
        .user("after", r#"flowable:assignee="bob""#)
        .node("endEvent", "end", "")
        .flows("start > round > after > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"people": ["ann", "ben"]})).await;
    let task = office.rows(id).await[0].id;
    let ann = actor("ann");
    office.deed(office.workflow.approve(&ann, task, Decide::default()).await).await.unwrap();
    let again = office.deed(office.workflow.withdraw(&ann, task, None).await).await.unwrap();
    // Each goes to whom it went before: Ann's may be given back, and Ben or Dan may have the other.
    office.deed(office.workflow.unclaim(&ann, again.id).await).await.unwrap();
    let ben = office.open(id, "round", "ben").await;
    assert_ne!(ben.id, again.id);
    office.deed(office.workflow.claim(&actor("dan"), ben.id).await).await.unwrap();
    office.approves("dan", id, "round").await.unwrap();
    office.approves("bob", id, "after").await.unwrap();
}

async fn approvals_are_taken_back_one_after_the_other(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > c > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let flow = &office.workflow;
    let a = office.open(id, "a", "ann").await.id;
    office.approves("ann", id, "a").await.unwrap();
    let b = office.open(id, "b", "ben").await.id;
    office.approves("ben", id, "b").await.unwrap();
    refused(flow.withdraw(&actor("ann"), a, None).await, ErrorCode::Conflict);
    office.deed(flow.withdraw(&actor("ben"), b, None).await).await.unwrap();
    // Nobody has gone on from there any longer.
    office.deed(flow.withdraw(&actor("ann"), a, None).await).await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "a ann RUNNING");
    for (user, node) in [("ann", "a"), ("ben", "b"), ("cat", "c")] {
        office.approves(user, id, node).await.unwrap();
    }
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn one_returns_to_what_lies_before(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > c > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "a").await.unwrap();
    office.approves("ben", id, "b").await.unwrap();
    office.sends_back("cat", id, "c", Some("a")).await.unwrap();
    // B was executed, but lies ahead again: going there would be to approve without a word.
    let task = office.open(id, "a", "ann").await;
    assert!(office.workflow.return_targets(&task).await.unwrap().is_empty());
    refused(office.sends_back("ann", id, "a", Some("b")).await, ErrorCode::BadInput);
    // Nor is the start a place where somebody is asked, unless it is the starter.
    refused(office.sends_back("ann", id, "a", Some("start")).await, ErrorCode::BadInput);
    office.sends_back("ann", id, "a", None).await.unwrap();
}

async fn grandchildren_have_gone_on(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let two = step("g1", "ivy").user("g2", r#"flowable:assignee="ivo""#);
    let two = Draft::new("grandchild").xml(
        &two.inner().replace(r#"sourceRef="g1" targetRef="g1_end""#, r#"sourceRef="g1" targetRef="g2""#),
    );
    office.deploys(&two.flows("g2 > g1_end")).await;
    let calls = |key: &str, called: &str| {
        Draft::new(key)
            .node("startEvent", "start", "")
            .node("callActivity", "call", &format!(r#"calledElement="{called}""#))
            .node("endEvent", "end", "")
    };
    office.deploys(&calls("child", "grandchild").flows("start > call > end")).await;
    let draft = calls("p", "child").user("first", r#"flowable:assignee="bob""#);
    office.deploys(&draft.flows("start > first > call > end")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "first", "bob").await.id;
    office.approves("bob", id, "first").await.unwrap();
    let grandchild = office.child(office.child(id).await).await;
    office.approves("ivy", grandchild, "g1").await.unwrap();
    refused(office.workflow.withdraw(&actor("bob"), task, None).await, ErrorCode::Conflict);
    let rows = office.rows(id).await;
    let outlook = office.workflow.outlook(&actor("bob"), &rows).await.unwrap();
    assert!(!outlook.available(&actor("bob"), &rows[0], rows[0].created_at).contains(&Action::Withdraw));
    office.approves("ivo", grandchild, "g2").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn what_waits_for_a_child_holds_it(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", r#"flowable:assignee="ivy""#)).await;
    office.deploys(&caller("p", "child")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let called = office.child(id).await;
    let flow = &office.workflow;
    office.deed(flow.suspend(&actor("admin"), id, None).await).await.unwrap();
    // Her approval would move what is suspended.
    let fault = office.approves("ivy", called, "review").await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["suspended"]), (ErrorCode::Conflict, &json!(true)));
    let rows = office.rows(called).await;
    let outlook = flow.outlook(&actor("ivy"), &rows).await.unwrap();
    assert_eq!(outlook.available(&actor("ivy"), &rows[0], rows[0].created_at), []);
    office.deed(flow.resume(&actor("admin"), id, None).await).await.unwrap();
    office.approves("ivy", called, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn mending_is_no_approval(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .with(r#"docket:sameApprover="ALL""#)
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("own", r#"docket:approverStrategy="STARTER""#)
        .node("endEvent", "end", "")
        .flows("start > a > own > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.sends_back("ann", id, "a", None).await.unwrap();
    office.approves("alice", id, "start").await.unwrap();
    office.approves("ann", id, "a").await.unwrap();
    // She has mended it, and has yet to approve it.
    assert_eq!(office.tasks(id).await.last().unwrap(), "own alice RUNNING");
    office.approves("alice", id, "own").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}
