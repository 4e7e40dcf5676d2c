//! Many who decide the same thing at once, and decisions that cross one another: one truth comes of
//! it, and everybody is told what it is.

use std::future::Future;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::Barrier;
use uuid::Uuid;

use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor};
use crate::kernel::{ErrorCode, Fault};
use crate::storage::entity::task;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::Decide;
use crate::workflow::{InstanceStatus, Workflow};

on_both_databases!(
    the_first_of_fifty_decides,
    one_of_fifty_candidates_decides,
    the_drawn_one_of_fifty_decides_once,
    sixty_percent_of_fifty_decide,
    fifty_decide_one_after_the_other,
    ten_of_fifty_are_enough,
    the_last_two_before_a_join,
    a_decision_and_a_cancellation,
    a_childs_decision_and_a_cancellation,
    a_decision_and_a_suspension,
    a_decision_and_a_withdrawal,
    a_decision_and_a_return,
    an_approval_and_a_rejection,
    two_claims,
    a_decision_twice,
);

const FIFTY: usize = 50;
/// How often two race.
const ROUNDS: usize = 8;

type Answer = Result<task::Model, Fault>;

fn person(number: usize) -> String {
    format!("p{number:02}")
}

fn people() -> String {
    (0..FIFTY).map(person).collect::<Vec<_>>().join(",")
}

/// A process whose one step is decided by fifty people.
fn by_fifty(key: &str, counting: &str) -> Draft {
    let people = people();
    one_step(key, &format!(r#"docket:approverStrategy="USER" docket:approvers="{people}" {counting}"#))
}

/// All do it in the same moment; what each is answered, in their order.
async fn at_once<T, D>(deeds: impl IntoIterator<Item = D>) -> Vec<T>
where
    T: Send + 'static,
    D: Future<Output = T> + Send + 'static,
{
    let deeds: Vec<_> = deeds.into_iter().collect();
    let start = Arc::new(Barrier::new(deeds.len()));
    let begun: Vec<_> = deeds
        .into_iter()
        .map(|deed| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                deed.await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(begun.len());
    for one in begun {
        answers.push(one.await.unwrap());
    }
    answers
}

/// Two in the same moment.
async fn both<A, B>(
    one: impl Future<Output = A> + Send + 'static,
    other: impl Future<Output = B> + Send + 'static,
) -> (A, B)
where
    A: Send + 'static,
    B: Send + 'static,
{
    let start = Arc::new(Barrier::new(2));
    let begin = Arc::clone(&start);
    let one = tokio::spawn(async move {
        begin.wait().await;
        one.await
    });
    let other = tokio::spawn(async move {
        start.wait().await;
        other.await
    });
    (one.await.unwrap(), other.await.unwrap())
}

fn approves(flow: &Workflow, user: &str, task: Uuid) -> impl Future<Output = Answer> + Send + use<> {
    let (flow, user) = (flow.clone(), actor(user));
    async move { Box::pin(flow.approve(&user, task, Decide::default())).await }
}

fn rejects(flow: &Workflow, user: &str, task: Uuid) -> impl Future<Output = Answer> + Send + use<> {
    let (flow, user) = (flow.clone(), actor(user));
    async move { Box::pin(flow.reject(&user, task, Decide::default())).await }
}

/// Whose answers say that it was done; all others must say what happened instead.
fn winners<T>(answers: &[Result<T, Fault>]) -> Vec<usize> {
    for fault in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        lost(fault);
    }
    (0..answers.len()).filter(|place| answers[*place].is_ok()).collect()
}

/// Whoever comes too late is told how it stands, and not to try again.
fn lost(fault: &Fault) {
    assert_eq!(fault.code(), ErrorCode::Conflict, "{fault}");
    assert!(fault.details().contains_key("status"), "{fault} {:?}", fault.details());
    assert!(!fault.details().contains_key("retryable"), "{fault}");
}

async fn tasks_by_person(office: &Office, id: Uuid) -> Vec<(String, Uuid)> {
    let rows = office.rows(id).await;
    rows.into_iter().map(|row| (row.assignee.unwrap(), row.id)).collect()
}

async fn the_first_of_fifty_decides(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&by_fifty("p", r#"docket:counting="ANY""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let tasks = tasks_by_person(&office, id).await;
    let flow = &office.workflow;
    // Half of them for, half against.
    let decide = |(place, (user, task)): (usize, &(String, Uuid))| {
        let (for_it, against) = (approves(flow, user, *task), rejects(flow, user, *task));
        async move { if place % 2 == 0 { for_it.await } else { against.await } }
    };
    let answers = at_once(tasks.iter().enumerate().map(decide).collect::<Vec<_>>()).await;
    office.audit().await;
    let [winner] = winners(&answers)[..] else { panic!("one decides") };
    let expected = if winner % 2 == 0 { InstanceStatus::Approve } else { InstanceStatus::Reject };
    assert_eq!(office.status(id).await, expected);
}

async fn one_of_fifty_candidates_decides(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", &format!(r#"flowable:candidateUsers="{}""#, people()))).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.rows(id).await[0].id;
    let answers = at_once((0..FIFTY).map(|number| approves(&office.workflow, &person(number), task))).await;
    office.audit().await;
    let [winner] = winners(&answers)[..] else { panic!("one decides") };
    for fault in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!(fault.details()["decidedBy"], person(winner), "{fault}");
    }
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn the_drawn_one_of_fifty_decides_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&by_fifty("p", r#"docket:counting="RANDOM""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let [(drawn, task)] = &tasks_by_person(&office, id).await[..] else { panic!("one is drawn") };
    // All the others try too, and the one who was drawn as often as they.
    let others = (0..FIFTY).map(person).filter(|user| user != drawn);
    let all = others.chain(std::iter::repeat_n(drawn.clone(), FIFTY));
    let answers = at_once(all.map(|user| approves(&office.workflow, &user, *task))).await;
    office.audit().await;
    let (others, own) = answers.split_at(FIFTY - 1);
    assert!(others.iter().all(|answer| answer.as_ref().unwrap_err().code() == ErrorCode::NotFound));
    assert_eq!(winners(own).len(), 1);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn sixty_percent_of_fifty_decide(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&by_fifty("p", r#"docket:counting="RATIO" docket:ratio="60""#)).await;
    let flow = &office.workflow;
    let id = office.starts("alice", "p", json!({})).await;
    let tasks = tasks_by_person(&office, id).await;
    let answers = at_once(tasks.iter().map(|(user, task)| approves(flow, user, *task))).await;
    office.audit().await;
    assert_eq!(winners(&answers).len(), 30, "thirty of fifty are enough");
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    // Every second one against: whatever comes first decides, and no vote behind that counts.
    let id = office.starts("alice", "p", json!({})).await;
    let tasks = tasks_by_person(&office, id).await;
    let decide = |(place, (user, task)): (usize, &(String, Uuid))| {
        let (for_it, against) = (approves(flow, user, *task), rejects(flow, user, *task));
        async move { if place % 2 == 0 { for_it.await } else { against.await } }
    };
    let answers = at_once(tasks.iter().enumerate().map(decide).collect::<Vec<_>>()).await;
    office.audit().await;
    let counted = winners(&answers);
    // Twenty-five cannot be enough: with the twenty-first against it is over.
    assert_eq!(counted.iter().filter(|place| **place % 2 == 1).count(), 21);
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
}

async fn fifty_decide_one_after_the_other(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&by_fifty("p", r#"docket:counting="SEQUENTIAL""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let mut waiting = tasks_by_person(&office, id).await;
    let mut heard = Vec::new();
    while !waiting.is_empty() {
        let answers =
            at_once(waiting.iter().map(|(user, task)| approves(&office.workflow, user, *task))).await;
        let now = winners(&answers);
        assert!(!now.is_empty(), "whose turn it is is heard");
        heard.extend(now.iter().map(|place| waiting[*place].0.clone()));
        let mut place = 0;
        waiting.retain(|_| {
            place += 1;
            !now.contains(&(place - 1))
        });
        office.audit().await;
    }
    assert_eq!(heard.len(), FIFTY);
    let mut rows = office.rows(id).await;
    rows.sort_by_key(|row| (row.finished_at, row.revision));
    let by_time: Vec<_> = rows.iter().map(|row| row.ordinal).collect();
    assert!(by_time.is_sorted(), "each in their turn: {by_time:?}");
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn ten_of_fifty_are_enough(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let enough = r#"<multiInstanceLoopCharacteristics flowable:collection="people" flowable:elementVariable="one">
        <completionCondition>${nrOfCompletedInstances >= 10}</completionCondition></multiInstanceLoopCharacteristics>"#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("userTask", "round", r#"flowable:assignee="${one}""#, enough)
        .user("after", r#"flowable:assignee="bob""#)
        .node("endEvent", "end", "")
        .flows("start > round > after > end");
    office.deploys(&draft).await;
    let all: Vec<_> = (0..FIFTY).map(person).collect();
    let id = office.starts("alice", "p", json!({ "people": all })).await;
    let tasks = tasks_by_person(&office, id).await;
    let answers = at_once(tasks.iter().map(|(user, task)| approves(&office.workflow, user, *task))).await;
    office.audit().await;
    assert_eq!(winners(&answers).len(), 10);
    let after: Vec<_> = office.tasks(id).await.split_off(FIFTY);
    assert_eq!(after, ["after bob RUNNING"], "the token goes on once");
    office.approves("bob", id, "after").await.unwrap();
}

fn two_branches() -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .node("parallelGateway", "join", "")
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > fork > a > join, fork > b > join, join > c > end")
}

async fn the_last_two_before_a_join(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&two_branches()).await;
    for _ in 0..ROUNDS {
        let id = office.starts("alice", "p", json!({})).await;
        let (a, b) = (office.open(id, "a", "ann").await.id, office.open(id, "b", "ben").await.id);
        let flow = &office.workflow;
        let (one, other) = both(approves(flow, "ann", a), approves(flow, "ben", b)).await;
        one.unwrap();
        other.unwrap();
        office.audit().await;
        assert_eq!(office.tasks(id).await, ["a ann APPROVE", "b ben APPROVE", "c cat RUNNING"]);
        office.approves("cat", id, "c").await.unwrap();
        assert_eq!(office.status(id).await, InstanceStatus::Approve);
    }
}

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
        let child = office.workflow.children(id).await.unwrap()[0].id;
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
