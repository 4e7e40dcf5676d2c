//! Every operation on tasks: who may, who may not, in which state, and what the history says.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::draft::{Draft, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::{Action, Decide, Sign};

on_both_databases!(
    claiming,
    delegating,
    transferring,
    transferring_what_nobody_has,
    signers_before,
    signers_behind,
    signers_taken_away,
    a_signer_rejects,
    showing_to_others,
    withdrawing,
    withdrawing_within_a_round,
    withdrawing_from_a_join,
    withdrawing_through_what_a_rule_approved,
    withdrawing_gives_variables_back,
    recalling,
    urging,
    drafts_and_comments,
);

const BOB: &str = r#"flowable:assignee="bob""#;
const GROUP: &str = r#"flowable:candidateGroups="finance""#;

async fn office(scratch: Scratch) -> Office {
    let office = Office::over(scratch).await;
    let people = "id,name,roles\nbob,Bob,\ncarol,Carol,finance\ndave,Dave,finance\nerin,Erin,\n";
    office.people("id,name\nD1,Office\n", people).await;
    office
}

async fn claiming(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", GROUP)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "carol").await;
    let flow = &office.workflow;
    refused(flow.claim(&actor("bob"), task.id).await, ErrorCode::NotFound);
    refused(flow.claim(&actor("alice"), task.id).await, ErrorCode::Forbidden);
    let claimed = office.deed(flow.claim(&actor("carol"), task.id).await).await.unwrap();
    assert_eq!(claimed.assignee.as_deref(), Some("carol"));
    refused(flow.claim(&actor("dave"), task.id).await, ErrorCode::Conflict);
    refused(flow.claim(&actor("carol"), task.id).await, ErrorCode::Conflict);
    refused(flow.approve(&actor("dave"), task.id, Decide::default()).await, ErrorCode::Forbidden);
    refused(flow.unclaim(&actor("dave"), task.id).await, ErrorCode::Forbidden);
    let free = office.deed(flow.unclaim(&actor("carol"), task.id).await).await.unwrap();
    assert_eq!(free.assignee, None);
    // Whoever decides what is nobody's has it.
    let approved = office.deed(flow.approve(&actor("dave"), task.id, Decide::default()).await).await.unwrap();
    assert_eq!((approved.assignee.as_deref(), approved.decided_by.as_deref()), (Some("dave"), Some("dave")));
    refused(flow.unclaim(&actor("dave"), task.id).await, ErrorCode::Conflict);
    assert_eq!(
        office.history(id).await,
        ["START alice", "CREATE -", "CLAIM carol", "UNCLAIM carol", "APPROVE dave", "END -"]
    );
}

async fn delegating(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    refused(flow.delegate(&actor("alice"), task, "erin", None).await, ErrorCode::Forbidden);
    let given = office.deed(flow.delegate(&actor("bob"), task, "erin", None).await).await.unwrap();
    assert_eq!((given.assignee.as_deref(), given.owner.as_deref()), (Some("erin"), Some("bob")));
    refused(flow.approve(&actor("bob"), task, Decide::default()).await, ErrorCode::Forbidden);
    refused(flow.delegate(&actor("erin"), task, "carol", None).await, ErrorCode::Conflict);
    refused(flow.send_back(&actor("erin"), task, None, Decide::default()).await, ErrorCode::Conflict);
    // What the delegate says is an opinion: the task goes back, whatever it is.
    let decide = Decide { comment: Some("rather not".into()), ..Decide::default() };
    let back = office.deed(flow.reject(&actor("erin"), task, decide).await).await.unwrap();
    assert_eq!((back.assignee.as_deref(), back.status), (Some("bob"), 1));
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(
        office.history(id).await,
        ["START alice", "CREATE -", "DELEGATE bob", "RESOLVE erin", "APPROVE bob", "END -"]
    );
}

async fn transferring(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    refused(flow.transfer(&actor("alice"), task, "erin", None).await, ErrorCode::Forbidden);
    refused(flow.transfer(&actor("bob"), task, "bob", None).await, ErrorCode::BadInput);
    office.deed(flow.transfer(&actor("bob"), task, "erin", None).await).await.unwrap();
    refused(flow.approve(&actor("bob"), task, Decide::default()).await, ErrorCode::Forbidden);
    office
        .deed(flow.transfer(&actor("admin"), task, "dave", Some("erin is ill".into())).await)
        .await
        .unwrap();
    office.approves("dave", id, "review").await.unwrap();
    refused(flow.transfer(&actor("admin"), task, "erin", None).await, ErrorCode::Conflict);
    assert_eq!(
        office.history(id).await,
        ["START alice", "CREATE -", "TRANSFER bob", "TRANSFER admin", "APPROVE dave", "END -"]
    );
}

async fn transferring_what_nobody_has(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", GROUP)).await;
    let flow = &office.workflow;
    let task_of = async |id| office.open(id, "review", "carol").await.id;
    // Nobody had it before Erin.
    let id = office.starts("alice", "p", json!({})).await;
    let given = office.deed(flow.transfer(&actor("admin"), task_of(id).await, "erin", None).await).await;
    let given = given.unwrap();
    assert_eq!((given.assignee.as_deref(), given.owner, given.delegated), (Some("erin"), None, false));
    // Nor where a candidate passes it on, who has not taken it.
    let id = office.starts("alice", "p", json!({})).await;
    let given = office.deed(flow.transfer(&actor("carol"), task_of(id).await, "erin", None).await).await;
    assert_eq!(given.unwrap().owner, None);
    // Whoever has taken it was its owner, whoever passes it on.
    let id = office.starts("alice", "p", json!({})).await;
    let task = task_of(id).await;
    office.deed(flow.claim(&actor("carol"), task).await).await.unwrap();
    let given = office.deed(flow.transfer(&actor("admin"), task, "erin", None).await).await.unwrap();
    assert_eq!(given.owner.as_deref(), Some("carol"));
    // Whoever asks for an opinion waits for it.
    let id = office.starts("alice", "p", json!({})).await;
    let given = office.deed(flow.delegate(&actor("carol"), task_of(id).await, "erin", None).await).await;
    let given = given.unwrap();
    assert_eq!((given.owner.as_deref(), given.delegated), (Some("carol"), true));
}

async fn signers_before(scratch: Scratch) {
    let office = office(scratch).await;
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
    let office = office(scratch).await;
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
}

async fn signers_taken_away(scratch: Scratch) {
    let office = office(scratch).await;
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
}

async fn a_signer_rejects(scratch: Scratch) {
    let office = office(scratch).await;
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
}

async fn showing_to_others(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    refused(flow.copy(&actor("erin"), task, &["dave".to_owned()], None).await, ErrorCode::NotFound);
    office.deed(flow.copy(&actor("bob"), task, &["erin".to_owned()], None).await).await.unwrap();
    // Whoever is shown a task may see it and talk about it, and no more.
    refused(flow.approve(&actor("erin"), task, Decide::default()).await, ErrorCode::Forbidden);
    assert!(flow.task(&actor("erin"), task).await.unwrap().is_some());
    office.deed(flow.comment(&actor("erin"), task, "fine by me".into(), &[]).await).await.unwrap();
    let seen = flow.outlook(&actor("erin"), &office.rows(id).await).await.unwrap();
    let may = seen.available(&actor("erin"), &office.rows(id).await[0], chrono::DateTime::default());
    assert_eq!(may, [Action::Copy, Action::Comment]);
    // It is theirs to do for nobody but Bob, also when it is done.
    office.approves("bob", id, "review").await.unwrap();
    refused(flow.copy(&actor("bob"), task, &["dave".to_owned()], None).await, ErrorCode::Conflict);
}

fn two_steps(first: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("first", first)
        .user("second", r#"flowable:assignee="carol""#)
        .node("endEvent", "end", "")
        .flows("start > first > second > end")
}

async fn withdrawing(scratch: Scratch) {
    let office = office(scratch).await;
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
    let fixed = format!(r#"{BOB} docket:allowWithdraw="false""#);
    office.deploys(&two_steps(&fixed)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "first", "bob").await.id;
    office.approves("bob", id, "first").await.unwrap();
    refused(flow.withdraw(&actor("bob"), task, None).await, ErrorCode::Forbidden);
}

async fn withdrawing_within_a_round(scratch: Scratch) {
    let office = office(scratch).await;
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
    }
}

async fn withdrawing_from_a_join(scratch: Scratch) {
    let office = office(scratch).await;
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
}

async fn withdrawing_through_what_a_rule_approved(scratch: Scratch) {
    let office = office(scratch).await;
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
    let office = office(scratch).await;
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

async fn recalling(scratch: Scratch) {
    let office = office(scratch).await;
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

async fn urging(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    refused(flow.urge(&actor("bob"), task, None).await, ErrorCode::Forbidden);
    office.deed(flow.urge(&actor("alice"), task, Some("please".into())).await).await.unwrap();
    refused(flow.urge(&actor("alice"), task, None).await, ErrorCode::RateLimited);
    office.clock.advance(Duration::from_secs(301));
    office.deed(flow.urge(&actor("alice"), task, None).await).await.unwrap();
    office.approves("bob", id, "review").await.unwrap();
    refused(flow.urge(&actor("alice"), task, None).await, ErrorCode::Conflict);
}

async fn drafts_and_comments(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    let fields = json!({"sum": 3}).as_object().unwrap().clone();
    refused(flow.save_draft(&actor("alice"), task, fields.clone(), None).await, ErrorCode::Forbidden);
    let kept = office.deed(flow.save_draft(&actor("bob"), task, fields, None).await).await.unwrap();
    assert_eq!(kept.draft.as_deref(), Some(r#"{"formData":{"sum":3},"comment":null}"#));
    // A draft is nobody's business but the task's.
    assert_eq!(office.variables(id).await.get("sum"), None);
    refused(flow.comment(&actor("bob"), task, "  ".into(), &[]).await, ErrorCode::BadInput);
    let foreign = [Uuid::now_v7()];
    refused(flow.comment(&actor("bob"), task, "see".into(), &foreign).await, ErrorCode::BadInput);
    office.deed(flow.comment(&actor("alice"), task, "any news?".into(), &[]).await).await.unwrap();
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.rows(id).await[0].draft, None);
    assert_eq!(office.history(id).await[2..], ["COMMENT alice", "APPROVE bob", "END -"]);
}
