//! What people do, and the task or the instance of which it is told.

use serde_json::json;
use uuid::Uuid;

use crate::workflow::task::Sign;
use crate::workflow::tests::draft::{Draft, caller, one_step};
use crate::workflow::tests::office::{Office, actor};

const BOB: &str = r#"flowable:assignee="bob""#;
const IN_TURN: &str =
    r#"docket:approverStrategy="USER" docket:approvers="ann,ben" docket:counting="SEQUENTIAL""#;
const FIRST: &str = r#"docket:approverStrategy="USER" docket:approvers="ann,ben" docket:counting="ANY""#;

/// An instance of one step.
async fn begun(office: &Office, attributes: &str) -> Uuid {
    office.deploys(&one_step("p", attributes)).await;
    office.starts("alice", "p", json!({})).await
}

/// An instance in which Bob decides, then Ann and Ben at once, then Carol.
async fn in_branches(office: &Office) -> Uuid {
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("first", BOB)
        .node("parallelGateway", "fork", "")
        .user("one", r#"flowable:assignee="ann""#)
        .user("other", r#"flowable:assignee="ben""#)
        .node("parallelGateway", "join", "")
        .user("last", r#"flowable:assignee="carol""#)
        .node("endEvent", "end", "")
        .flows("start > first > fork > one > join, fork > other > join, join > last > end");
    office.deploys(&draft).await;
    office.starts("alice", "p", json!({})).await
}

/// The task that was made as the so-manieth, from 0.
async fn task(office: &Office, instance: Uuid, place: usize) -> Uuid {
    office.rows(instance).await[place].id
}

/// Bob lets Carol and Dave sign; the instance.
async fn with_signers(office: &Office, sign: Sign) -> Uuid {
    let id = begun(office, BOB).await;
    let his = task(office, id, 0).await;
    let added = office.workflow.add_signers(&actor("bob"), his, sign, &both(), None).await;
    office.deed(added).await.unwrap();
    id
}

fn both() -> [String; 2] {
    ["carol".to_owned(), "dave".to_owned()]
}

async fn takes_signers_away(office: &Office, instance: Uuid) {
    let his = task(office, instance, 0).await;
    let removed = office.workflow.remove_signers(&actor("bob"), his, &both(), None).await;
    office.deed(removed).await.unwrap();
}

async fn takes_back(office: &Office, user: &str, task: Uuid) {
    office.deed(office.workflow.withdraw(&actor(user), task, None).await).await.unwrap();
}

async fn cancels(office: &Office, user: &str, instance: Uuid) {
    let cancelled = office.workflow.cancel(&actor(user), instance, Some("enough".to_owned())).await;
    office.deed(cancelled).await.unwrap();
}

pub(super) async fn a_rule_passes_it_over(office: &Office) -> Uuid {
    let id = begun(office, &format!(r#"{BOB} flowable:skipExpression="${{true}}""#)).await;
    task(office, id, 0).await
}

pub(super) async fn the_starter_is_passed_over(office: &Office) -> Uuid {
    let id = begun(office, r#"docket:approverStrategy="STARTER" docket:starterApproves="SKIP""#).await;
    task(office, id, 0).await
}

pub(super) async fn it_is_made_for_a_later_signer(office: &Office) -> Uuid {
    let id = begun(office, IN_TURN).await;
    task(office, id, 1).await
}

pub(super) async fn somebody_is_asked(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    task(office, id, 0).await
}

pub(super) async fn a_rule_approves(office: &Office) -> Uuid {
    let id = begun(office, r#"docket:nodeType="AUTO_APPROVE""#).await;
    task(office, id, 0).await
}

pub(super) async fn the_same_approver_has_approved_before(office: &Office) -> Uuid {
    let draft = Draft::new("p")
        .with(r#"docket:sameApprover="ADJACENT""#)
        .node("startEvent", "start", "")
        .user("first", BOB)
        .user("second", BOB)
        .node("endEvent", "end", "")
        .flows("start > first > second > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "first").await.unwrap();
    task(office, id, 1).await
}

pub(super) async fn a_rule_rejects(office: &Office) -> Uuid {
    let id = begun(office, r#"docket:nodeType="AUTO_REJECT""#).await;
    task(office, id, 0).await
}

pub(super) async fn its_turn_comes(office: &Office) -> Uuid {
    let id = begun(office, IN_TURN).await;
    office.approves("ann", id, "review").await.unwrap();
    task(office, id, 1).await
}

pub(super) async fn the_signers_before_it_are_done(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::Before).await;
    office.approves("dave", id, "review").await.unwrap();
    office.approves("carol", id, "review").await.unwrap();
    task(office, id, 0).await
}

pub(super) async fn the_signers_before_it_are_taken_away(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::Before).await;
    takes_signers_away(office, id).await;
    task(office, id, 0).await
}

pub(super) async fn a_signer_before_it_rejects(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::Before).await;
    office.rejects("carol", id, "review", "no").await.unwrap();
    task(office, id, 0).await
}

pub(super) async fn one_before_it_in_a_sequence_rejects(office: &Office) -> Uuid {
    let id = begun(office, IN_TURN).await;
    office.rejects("ann", id, "review", "no").await.unwrap();
    task(office, id, 1).await
}

pub(super) async fn a_signer_behind_is_taken_away(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::After).await;
    takes_signers_away(office, id).await;
    task(office, id, 2).await
}

pub(super) async fn signers_are_added_before_it(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::Before).await;
    task(office, id, 0).await
}

pub(super) async fn an_approval_before_it_is_taken_back(office: &Office) -> Uuid {
    let id = begun(office, IN_TURN).await;
    office.approves("ann", id, "review").await.unwrap();
    takes_back(office, "ann", task(office, id, 0).await).await;
    task(office, id, 1).await
}

pub(super) async fn it_is_approved(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    office.approves("bob", id, "review").await.unwrap().id
}

pub(super) async fn it_is_rejected(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    office.rejects("bob", id, "review", "no").await.unwrap().id
}

pub(super) async fn it_is_sent_back(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    office.sends_back("bob", id, "review", None).await.unwrap().id
}

pub(super) async fn it_is_approved_with_signers_behind_it(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::After).await;
    office.approves("bob", id, "review").await.unwrap().id
}

pub(super) async fn another_decides(office: &Office) -> Uuid {
    let id = begun(office, FIRST).await;
    office.approves("ann", id, "review").await.unwrap();
    task(office, id, 1).await
}

pub(super) async fn another_branch_rejects(office: &Office) -> Uuid {
    let id = in_branches(office).await;
    office.approves("bob", id, "first").await.unwrap();
    let bens = office.open(id, "other", "ben").await.id;
    office.rejects("ann", id, "one", "no").await.unwrap();
    bens
}

pub(super) async fn another_branch_is_sent_back(office: &Office) -> Uuid {
    let id = in_branches(office).await;
    office.approves("bob", id, "first").await.unwrap();
    let bens = office.open(id, "other", "ben").await.id;
    office.sends_back("ann", id, "one", Some("first")).await.unwrap();
    bens
}

pub(super) async fn the_approval_that_led_to_it_is_taken_back(office: &Office) -> Uuid {
    let id = in_branches(office).await;
    let bobs = office.approves("bob", id, "first").await.unwrap().id;
    let bens = office.open(id, "other", "ben").await.id;
    takes_back(office, "bob", bobs).await;
    bens
}

pub(super) async fn the_instance_is_cancelled(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    cancels(office, "alice", id).await;
    task(office, id, 0).await
}

pub(super) async fn another_signer_rejects(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::Before).await;
    office.rejects("carol", id, "review", "no").await.unwrap();
    task(office, id, 2).await
}

pub(super) async fn the_signer_is_taken_away(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::Before).await;
    takes_signers_away(office, id).await;
    task(office, id, 2).await
}

pub(super) async fn the_signers_behind_it_are_done(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::After).await;
    for user in ["bob", "dave", "carol"] {
        office.approves(user, id, "review").await.unwrap();
    }
    task(office, id, 0).await
}

pub(super) async fn the_signers_behind_it_are_taken_away(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::After).await;
    office.approves("bob", id, "review").await.unwrap();
    takes_signers_away(office, id).await;
    task(office, id, 0).await
}

pub(super) async fn a_signer_behind_it_rejects(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::After).await;
    office.approves("bob", id, "review").await.unwrap();
    office.rejects("dave", id, "review", "no").await.unwrap();
    task(office, id, 0).await
}

pub(super) async fn the_instance_is_cancelled_meanwhile(office: &Office) -> Uuid {
    let id = with_signers(office, Sign::After).await;
    office.approves("bob", id, "review").await.unwrap();
    cancels(office, "alice", id).await;
    task(office, id, 0).await
}

pub(super) async fn it_is_started(office: &Office) -> Uuid {
    begun(office, BOB).await
}

/// An instance that calls another one, and lets Ann decide meanwhile; the one that is called.
async fn called(office: &Office) -> (Uuid, Uuid) {
    office.deploys(&one_step("child", BOB)).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .node("callActivity", "call", r#"calledElement="child""#)
        .user("own", r#"flowable:assignee="ann""#)
        .node("parallelGateway", "join", "")
        .node("endEvent", "end", "")
        .flows("start > fork > call > join, fork > own > join, join > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    (id, office.child(id).await)
}

pub(super) async fn it_is_called(office: &Office) -> Uuid {
    office.deploys(&one_step("child", BOB)).await;
    office.deploys(&caller("p", "child")).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.child(id).await
}

pub(super) async fn it_comes_to_its_end(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    office.approves("bob", id, "review").await.unwrap();
    id
}

pub(super) async fn a_rejection_ends_it(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    office.rejects("bob", id, "review", "no").await.unwrap();
    id
}

pub(super) async fn its_starter_cancels_it(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    cancels(office, "alice", id).await;
    id
}

pub(super) async fn an_administrator_cancels_it(office: &Office) -> Uuid {
    let id = begun(office, BOB).await;
    cancels(office, "admin", id).await;
    id
}

pub(super) async fn its_caller_ends(office: &Office) -> Uuid {
    let (id, child) = called(office).await;
    office.rejects("ann", id, "own", "no").await.unwrap();
    child
}
