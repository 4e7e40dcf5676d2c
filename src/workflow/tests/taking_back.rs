//! Approvals that are taken back, by whoever gave them or by an outside system.

use serde_json::json;

use super::draft::Draft;
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;

on_both_databases!(withdrawing, withdrawing_within_a_round, withdrawing_from_a_join, recalling,);

const BOB: &str = r#"flowable:assignee="bob""#;

fn two_steps(first: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("first", first)
        .user("second", r#"flowable:assignee="carol""#)
        .node("endEvent", "end", "")
        .flows("start > first > second > end")
}

async fn withdrawing(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&two_steps(BOB)).await;
    let flow = &office.workflow;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "first", "bob").await.id;
    refused(flow.withdraw(&actor("bob"), task, None).await, ErrorCode::Forbidden);
    office.approves("bob", id, "first").await.unwrap();
    refused(flow.withdraw(&actor("alice"), task, None).await, ErrorCode::Forbidden);
    let again = office.deed(flow.withdraw(&actor("bob"), task, None).await).await.unwrap();
    assert_eq!((again.status, again.assignee.as_deref()), (1, Some("bob")));
    assert_eq!(office.tasks(id).await, ["first bob APPROVE", "second carol CANCEL", "first bob RUNNING"]);
    refused(flow.withdraw(&actor("bob"), task, None).await, ErrorCode::Conflict);
    // Once more, and Carol decides: then it is too late.
    office.approves("bob", id, "first").await.unwrap();
    office.approves("carol", id, "second").await.unwrap();
    refused(flow.withdraw(&actor("bob"), again.id, None).await, ErrorCode::Conflict);
    assert_eq!(
        office.lines_since(id, 2).await,
        [
            "APPROVE bob #1 RUNNING>APPROVE",
            "CREATE - #2 >RUNNING",
            "WITHDRAW bob #1",
            "CANCEL - #2 RUNNING>CANCEL",
            "CREATE - #3 >RUNNING",
            "APPROVE bob #3 RUNNING>APPROVE",
            "CREATE - #4 >RUNNING",
            "APPROVE carol #4 RUNNING>APPROVE",
            "END - RUNNING>APPROVE",
        ]
    );
    let fixed = format!(r#"{BOB} docket:allowWithdraw="false""#);
    office.deploys(&two_steps(&fixed)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "first", "bob").await.id;
    office.approves("bob", id, "first").await.unwrap();
    refused(flow.withdraw(&actor("bob"), task, None).await, ErrorCode::Forbidden);
}

async fn withdrawing_within_a_round(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for counting in ["RATIO", "SEQUENTIAL"] {
        let round = format!(
            r#"docket:approverStrategy="USER" docket:approvers="a,b,c" docket:counting="{counting}""#
        );
        office.deploys(&two_steps(&round)).await;
        let id = office.starts("alice", "p", json!({})).await;
        let first = office.open(id, "first", "a").await.id;
        office.approves("a", id, "first").await.unwrap();
        office.deed(office.workflow.withdraw(&actor("a"), first, None).await).await.unwrap();
        for user in ["a", "b", "c"] {
            office.approves(user, id, "first").await.unwrap();
        }
        // The round is over; the last who spoke takes it back, and then the second step is gone.
        let last = office.rows(id).await.into_iter().rev();
        let last = last.into_iter().find(|row| row.decided_by.as_deref() == Some("c")).unwrap();
        office.deed(office.workflow.withdraw(&actor("c"), last.id, None).await).await.unwrap();
        office.approves("c", id, "first").await.unwrap();
        office.approves("carol", id, "second").await.unwrap();
        assert_eq!(office.status(id).await, InstanceStatus::Approve, "{counting}");
        // One after the other, whoever comes next has the word and loses it again.
        let in_turn = |line: &str| counting == "SEQUENTIAL" || !line.contains("WAIT");
        let expected = [
            "APPROVE a #1 RUNNING>APPROVE",
            "OPEN - #2 WAIT>RUNNING",
            "WITHDRAW a #1",
            "HOLD - #2 RUNNING>WAIT",
            "CREATE - #4 >RUNNING",
            "APPROVE a #4 RUNNING>APPROVE",
            "OPEN - #2 WAIT>RUNNING",
            "APPROVE b #2 RUNNING>APPROVE",
            "OPEN - #3 WAIT>RUNNING",
            "APPROVE c #3 RUNNING>APPROVE",
            "CREATE - #5 >RUNNING",
            "WITHDRAW c #3",
            "CANCEL - #5 RUNNING>CANCEL",
            "CREATE - #6 >RUNNING",
            "APPROVE c #6 RUNNING>APPROVE",
            "CREATE - #7 >RUNNING",
            "APPROVE carol #7 RUNNING>APPROVE",
            "END - RUNNING>APPROVE",
        ];
        let expected: Vec<_> = expected.into_iter().filter(|line| in_turn(line)).collect();
        assert_eq!(office.lines_since(id, 4).await, expected, "{counting}");
    }
}

async fn withdrawing_from_a_join(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .node("parallelGateway", "join", "")
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > fork > a > join, fork > b > join, join > c > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let (a, b) = (office.open(id, "a", "ann").await.id, office.open(id, "b", "ben").await.id);
    office.approves("ann", id, "a").await.unwrap();
    office.approves("ben", id, "b").await.unwrap();
    // Ann's token became one with Ben's: first Ben must take his back.
    refused(office.workflow.withdraw(&actor("ann"), a, None).await, ErrorCode::Conflict);
    office.deed(office.workflow.withdraw(&actor("ben"), b, None).await).await.unwrap();
    assert_eq!(office.tasks(id).await, ["a ann APPROVE", "b ben APPROVE", "c cat CANCEL", "b ben RUNNING"]);
    office.deed(office.workflow.withdraw(&actor("ann"), a, None).await).await.unwrap();
    for (user, node) in [("ben", "b"), ("ann", "a"), ("cat", "c")] {
        office.approves(user, id, node).await.unwrap();
    }
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(
        office.lines_since(id, 6).await,
        [
            "WITHDRAW ben #2",
            "CANCEL - #3 RUNNING>CANCEL",
            "CREATE - #4 >RUNNING",
            "WITHDRAW ann #1",
            "CREATE - #5 >RUNNING",
            "APPROVE ben #4 RUNNING>APPROVE",
            "APPROVE ann #5 RUNNING>APPROVE",
            "CREATE - #6 >RUNNING",
            "APPROVE cat #6 RUNNING>APPROVE",
            "END - RUNNING>APPROVE",
        ]
    );
}

async fn recalling(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&two_steps(&format!(r#"{BOB} docket:allowWithdraw="false""#))).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "first", "bob").await.id;
    office.approves("bob", id, "first").await.unwrap();
    refused(office.workflow.recall(&actor("bob"), task, None).await, ErrorCode::Forbidden);
    let again = office.deed(office.workflow.recall(&actor("admin"), task, Some("audit".into())).await).await;
    assert_eq!(again.unwrap().assignee.as_deref(), Some("bob"));
    assert_eq!(
        office.history(id).await[2..],
        ["APPROVE bob", "CREATE -", "RECALL admin", "CANCEL -", "CREATE -"]
    );
}
