//! Signers whom somebody adds to their own task, before it and behind it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::one_step;
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::{Decide, Sign};

on_both_databases!(
    signers_before,
    signers_behind,
    signers_taken_away,
    a_signer_rejects,
    signers_of_signers_go_with_them,
    who_signs_behind_rejects,
);

const BOB: &str = r#"flowable:assignee="bob""#;

async fn signers_before(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    let both = ["carol".to_owned(), "dave".to_owned()];
    refused(flow.add_signers(&actor("alice"), task, Sign::Before, &both, None).await, ErrorCode::Forbidden);
    refused(flow.add_signers(&actor("bob"), task, Sign::Before, &[], None).await, ErrorCode::BadInput);
    refused(
        flow.add_signers(&actor("bob"), task, Sign::Before, &["bob".to_owned()], None).await,
        ErrorCode::BadInput,
    );
    office.deed(flow.add_signers(&actor("bob"), task, Sign::Before, &both, None).await).await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob WAIT", "review carol RUNNING", "review dave RUNNING"]);
    refused(flow.approve(&actor("bob"), task, Decide::default()).await, ErrorCode::Conflict);
    office.approves("carol", id, "review").await.unwrap();
    office.approves("dave", id, "review").await.unwrap();
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(
        office.history(id).await,
        [
            "START alice",
            "CREATE -",
            "ADD_SIGNERS bob",
            "HOLD -",
            "CREATE -",
            "CREATE -",
            "APPROVE carol",
            "APPROVE dave",
            "OPEN -",
            "APPROVE bob",
            "END -"
        ]
    );
}

async fn signers_behind(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let carol = ["carol".to_owned()];
    let added = office.workflow.add_signers(&actor("bob"), task, Sign::After, &carol, None).await;
    office.deed(added).await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob RUNNING", "review carol WAIT"]);
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob APPROVING", "review carol RUNNING"]);
    refused(office.workflow.approve(&actor("bob"), task, Decide::default()).await, ErrorCode::Conflict);
    // Carol lets Dave sign behind her: three deep it goes up again.
    let hers = office.open(id, "review", "carol").await.id;
    let dave = ["dave".to_owned()];
    let added = office.workflow.add_signers(&actor("carol"), hers, Sign::After, &dave, None).await;
    office.deed(added).await.unwrap();
    office.approves("carol", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.approves("dave", id, "review").await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob APPROVE", "review carol APPROVE", "review dave APPROVE"]);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(
        office.lines_since(id, 2).await,
        [
            r#"ADD_SIGNERS bob #1 {"sign":"AFTER","userIds":["carol"]}"#,
            r#"CREATE - #2 >WAIT {"to":"carol"}"#,
            "APPROVE bob #1 RUNNING>APPROVING",
            "OPEN - #2 WAIT>RUNNING",
            r#"ADD_SIGNERS carol #2 {"sign":"AFTER","userIds":["dave"]}"#,
            r#"CREATE - #3 >WAIT {"to":"dave"}"#,
            "APPROVE carol #2 RUNNING>APPROVING",
            "OPEN - #3 WAIT>RUNNING",
            "APPROVE dave #3 RUNNING>APPROVE",
            "APPROVE - #2 APPROVING>APPROVE",
            "APPROVE - #1 APPROVING>APPROVE",
            "END - RUNNING>APPROVE",
        ]
    );
}

async fn signers_taken_away(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let both = ["carol".to_owned(), "dave".to_owned()];
    let flow = &office.workflow;
    let before = office.starts("alice", "p", json!({})).await;
    let task = office.open(before, "review", "bob").await.id;
    refused(flow.remove_signers(&actor("bob"), task, &both, None).await, ErrorCode::Conflict);
    office.deed(flow.add_signers(&actor("bob"), task, Sign::Before, &both, None).await).await.unwrap();
    // A signer sees their own task, and not the one that they were added to.
    refused(flow.remove_signers(&actor("carol"), task, &both, None).await, ErrorCode::NotFound);
    refused(flow.remove_signers(&actor("alice"), task, &both, None).await, ErrorCode::Forbidden);
    refused(flow.remove_signers(&actor("bob"), task, &["erin".to_owned()], None).await, ErrorCode::BadInput);
    office.deed(flow.remove_signers(&actor("bob"), task, &both[..1], None).await).await.unwrap();
    assert_eq!(office.tasks(before).await, ["review bob WAIT", "review carol CANCEL", "review dave RUNNING"]);
    office.deed(flow.remove_signers(&actor("bob"), task, &both[1..], None).await).await.unwrap();
    office.approves("bob", before, "review").await.unwrap();
    assert_eq!(
        office.lines_since(before, 6).await,
        [
            r#"REMOVE_SIGNERS bob #1 {"userIds":["carol"]}"#,
            "CANCEL - #2 RUNNING>CANCEL",
            r#"REMOVE_SIGNERS bob #1 {"userIds":["dave"]}"#,
            "CANCEL - #3 RUNNING>CANCEL",
            "OPEN - #1 WAIT>RUNNING",
            "APPROVE bob #1 RUNNING>APPROVE",
            "END - RUNNING>APPROVE",
        ]
    );
    let behind = office.starts("alice", "p", json!({})).await;
    let task = office.open(behind, "review", "bob").await.id;
    office.deed(flow.add_signers(&actor("bob"), task, Sign::After, &both, None).await).await.unwrap();
    office.approves("bob", behind, "review").await.unwrap();
    office.deed(flow.remove_signers(&actor("bob"), task, &both, None).await).await.unwrap();
    assert_eq!(
        office.tasks(behind).await,
        ["review bob APPROVE", "review carol CANCEL", "review dave CANCEL"]
    );
    assert_eq!(office.status(behind).await, InstanceStatus::Approve);
    assert_eq!(
        office.lines_since(behind, 5).await,
        [
            "APPROVE bob #1 RUNNING>APPROVING",
            "OPEN - #2 WAIT>RUNNING",
            "OPEN - #3 WAIT>RUNNING",
            r#"REMOVE_SIGNERS bob #1 {"userIds":["carol","dave"]}"#,
            "CANCEL - #2 RUNNING>CANCEL",
            "CANCEL - #3 RUNNING>CANCEL",
            "APPROVE - #1 APPROVING>APPROVE",
            "END - RUNNING>APPROVE",
        ]
    );
}

async fn a_signer_rejects(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let three = r#"docket:approverStrategy="USER" docket:approvers="a,b,c" docket:counting="RATIO" docket:ratio="50""#;
    office.deploys(&one_step("p", three)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "a").await.id;
    let both = ["carol".to_owned(), "dave".to_owned()];
    let added = office.workflow.add_signers(&actor("a"), task, Sign::Before, &both, None).await;
    office.deed(added).await.unwrap();
    office.rejects("carol", id, "review", "no").await.unwrap();
    // It counts as one of three: the others may still outvote it.
    assert_eq!(
        office.tasks(id).await,
        [
            "review a REJECT",
            "review b RUNNING",
            "review c RUNNING",
            "review carol REJECT",
            "review dave CANCEL"
        ]
    );
    office.approves("b", id, "review").await.unwrap();
    office.approves("c", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(
        office.lines_since(id, 4).await,
        [
            r#"ADD_SIGNERS a #1 {"sign":"BEFORE","userIds":["carol","dave"]}"#,
            "HOLD - #1 RUNNING>WAIT",
            r#"CREATE - #4 >RUNNING {"to":"carol"}"#,
            r#"CREATE - #5 >RUNNING {"to":"dave"}"#,
            "REJECT carol #4 RUNNING>REJECT: no",
            "CANCEL - #5 RUNNING>CANCEL",
            "REJECT - #1 WAIT>REJECT: no",
            "APPROVE b #2 RUNNING>APPROVE",
            "APPROVE c #3 RUNNING>APPROVE",
            "END - RUNNING>APPROVE",
        ]
    );
}

/// Carol signs before A, and so does Dave, who has asked Erin and she Finn.
async fn signers_three_deep(office: &Office) -> (Uuid, Uuid) {
    let three = r#"docket:approverStrategy="USER" docket:approvers="a,b,c" docket:counting="RATIO" docket:ratio="50""#;
    office.deploys(&one_step("p", three)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "a").await.id;
    let mut on = task;
    for (user, signers) in [("a", vec!["carol", "dave"]), ("dave", vec!["erin"]), ("erin", vec!["finn"])] {
        let users: Vec<_> = signers.iter().map(|user| (*user).to_owned()).collect();
        let added = office.workflow.add_signers(&actor(user), on, Sign::Before, &users, None).await;
        office.deed(added).await.unwrap();
        on = office.open(id, "review", signers.last().unwrap()).await.id;
    }
    (id, task)
}

async fn signers_of_signers_go_with_them(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let (id, _) = signers_three_deep(&office).await;
    office.rejects("carol", id, "review", "no").await.unwrap();
    let open =
        |tasks: Vec<String>| tasks.into_iter().filter(|task| task.ends_with("RUNNING")).collect::<Vec<_>>();
    assert_eq!(open(office.tasks(id).await), ["review b RUNNING", "review c RUNNING"]);
    let (id, task) = signers_three_deep(&office).await;
    let both = ["carol".to_owned(), "dave".to_owned()];
    office.deed(office.workflow.remove_signers(&actor("a"), task, &both, None).await).await.unwrap();
    let left = ["review a RUNNING", "review b RUNNING", "review c RUNNING"];
    assert_eq!(open(office.tasks(id).await), left);
}

async fn who_signs_behind_rejects(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let carol = ["carol".to_owned()];
    let added = office.workflow.add_signers(&actor("bob"), task, Sign::After, &carol, None).await;
    office.deed(added).await.unwrap();
    office.approves("bob", id, "review").await.unwrap();
    office.rejects("carol", id, "review", "no").await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob REJECT", "review carol REJECT"]);
    // Bob has approved: nobody is told that he has rejected it.
    let fault = office.workflow.approve(&actor("bob"), task, Decide::default()).await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["status"]), (ErrorCode::Conflict, &json!("REJECT")));
    assert_eq!(
        (fault.message(), &fault.details()["decidedBy"]),
        ("this task has ended as REJECT", &Value::Null)
    );
}
