//! Approvals that are taken back, by whoever gave them or by an outside system.

use serde_json::json;

use super::draft::Draft;
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::{Action, Decide};

on_both_databases!(
    withdrawing,
    withdrawing_within_a_round,
    withdrawing_from_a_join,
    withdrawing_through_what_a_rule_approved,
    withdrawing_gives_variables_back,
    recalling,
);

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
            r#"CREATE - #2 >RUNNING {"to":"carol"}"#,
            "WITHDRAW bob #1",
            "CANCEL - #2 RUNNING>CANCEL",
            r#"CREATE - #3 >RUNNING {"to":"bob"}"#,
            "APPROVE bob #3 RUNNING>APPROVE",
            r#"CREATE - #4 >RUNNING {"to":"carol"}"#,
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
            r#"CREATE - #4 >RUNNING {"to":"a"}"#,
            "APPROVE a #4 RUNNING>APPROVE",
            "OPEN - #2 WAIT>RUNNING",
            "APPROVE b #2 RUNNING>APPROVE",
            "OPEN - #3 WAIT>RUNNING",
            "APPROVE c #3 RUNNING>APPROVE",
            r#"CREATE - #5 >RUNNING {"to":"carol"}"#,
            "WITHDRAW c #3",
            "CANCEL - #5 RUNNING>CANCEL",
            r#"CREATE - #6 >RUNNING {"to":"c"}"#,
            "APPROVE c #6 RUNNING>APPROVE",
            r#"CREATE - #7 >RUNNING {"to":"carol"}"#,
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
            r#"CREATE - #4 >RUNNING {"to":"ben"}"#,
            "WITHDRAW ann #1",
            r#"CREATE - #5 >RUNNING {"to":"ann"}"#,
            "APPROVE ben #4 RUNNING>APPROVE",
            "APPROVE ann #5 RUNNING>APPROVE",
            r#"CREATE - #6 >RUNNING {"to":"cat"}"#,
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

async fn withdrawing_through_what_a_rule_approved(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for same in ["ALL", "ADJACENT"] {
        let round = r#"docket:approverStrategy="USER" docket:approvers="bob,carol" docket:counting="RATIO""#;
        let draft = Draft::new(same)
            .with(&format!(r#"docket:sameApprover="{same}""#))
            .node("startEvent", "start", "")
            .user("first", BOB)
            .user("own", BOB)
            .user("both", round)
            .user("last", r#"flowable:assignee="dave""#)
            .node("endEvent", "end", "")
            .flows("start > first > own > both > last > end");
        office.deploys(&draft).await;
        let flow = &office.workflow;
        let bob = actor("bob");
        let id = office.starts("alice", same, json!({})).await;
        let task = office.open(id, "first", "bob").await.id;
        office.approves("bob", id, "first").await.unwrap();
        let gone_on = ["first bob APPROVE", "own bob APPROVE", "both bob APPROVE", "both carol RUNNING"];
        assert_eq!(office.tasks(id).await, gone_on);
        // A rule has approved these: they are nobody's decisions, and nobody takes them back.
        let rows = office.rows(id).await;
        for row in &rows[1..3] {
            assert_eq!(row.decided_by, None);
            refused(flow.withdraw(&bob, row.id, None).await, ErrorCode::Forbidden);
            refused(flow.recall(&actor("admin"), row.id, None).await, ErrorCode::Conflict);
        }
        let outlook = flow.outlook(&bob, &rows).await.unwrap();
        assert!(outlook.available(&bob, &rows[0], rows[0].created_at).contains(&Action::Withdraw));
        office.deed(flow.withdraw(&bob, task, None).await).await.unwrap();
        let tasks = office.tasks(id).await;
        assert_eq!(tasks[3..], ["both carol CANCEL", "first bob RUNNING"]);
        // Once somebody has decided, it is too late.
        let again = office.approves("bob", id, "first").await.unwrap().id;
        office.approves("carol", id, "both").await.unwrap();
        refused(flow.withdraw(&bob, again, None).await, ErrorCode::Conflict);
        office.approves("dave", id, "last").await.unwrap();
        assert_eq!(office.status(id).await, InstanceStatus::Approve);
    }
}

async fn withdrawing_gives_variables_back(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user(
            "first",
            r#"docket:approverStrategy="USER" docket:approvers="bob,carol" docket:counting="RATIO""#,
        )
        .user("second", r#"flowable:assignee="dave""#)
        .user("third", r#"flowable:assignee="erin""#)
        .node("endEvent", "end", "")
        .flows("start > first > second > third > end");
    office.deploys(&draft).await;
    let flow = &office.workflow;
    let id = office.starts("alice", "p", json!({"sum": 1, "kept": "k"})).await;
    let approves = async |user: &str, node: &str, fields: serde_json::Value| {
        let task = office.open(id, node, user).await.id;
        let form_data = fields.as_object().unwrap().clone();
        let decide = Decide { form_data, ..Decide::default() };
        office.deed(flow.approve(&actor(user), task, decide).await).await.unwrap().id
    };
    let values = async || {
        let found = office.variables(id).await;
        ["sum", "note", "kept"].map(|name| found.get(name).cloned().unwrap_or(json!("absent")))
    };
    let before = [json!(1), json!("absent"), json!("k")];
    // Within a round: what had no value is null.
    let bobs = approves("bob", "first", json!({"sum": 2, "note": "x", "kept": "k"})).await;
    assert_eq!(values().await, [json!(2), json!("x"), json!("k")]);
    office.deed(flow.withdraw(&actor("bob"), bobs, None).await).await.unwrap();
    assert_eq!(values().await, [json!(1), json!(null), json!("k")]);
    assert_ne!(values().await, before);
    // What somebody has written since stays theirs.
    let bobs = approves("bob", "first", json!({"sum": 2, "note": "x"})).await;
    let carols = approves("carol", "first", json!({"sum": 3})).await;
    office.deed(flow.withdraw(&actor("bob"), bobs, None).await).await.unwrap();
    assert_eq!(values().await, [json!(3), json!(null), json!("k")]);
    // One after the other, from a later step and recalled: each gives back what it found.
    let bobs = approves("bob", "first", json!({"note": "y"})).await;
    let daves = approves("dave", "second", json!({"sum": 4, "note": "z"})).await;
    office.deed(flow.withdraw(&actor("dave"), daves, None).await).await.unwrap();
    assert_eq!(values().await, [json!(3), json!("y"), json!("k")]);
    office.deed(flow.recall(&actor("admin"), bobs, None).await).await.unwrap();
    assert_eq!(values().await, [json!(3), json!(null), json!("k")]);
    office.deed(flow.withdraw(&actor("carol"), carols, None).await).await.unwrap();
    // Bob's value, which she had found, was taken back meanwhile.
    assert_eq!(values().await, [json!(1), json!(null), json!("k")]);
}
