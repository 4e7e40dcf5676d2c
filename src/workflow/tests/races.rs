//! Fifty who decide the same thing at once, under each way of counting, and the last two before a
//! join: one outcome, and everybody is told what it is.

use serde_json::json;
use uuid::Uuid;

use super::at_once::{approves, at_once, both, rejects, winners};
use super::draft::{Draft, one_step};
use super::office::Office;
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;

on_both_databases!(
    the_first_of_fifty_decides,
    one_of_fifty_candidates_decides,
    the_drawn_one_of_fifty_decides_once,
    sixty_percent_of_fifty_decide,
    fifty_decide_one_after_the_other,
    ten_of_fifty_are_enough,
    the_last_two_before_a_join,
);

const FIFTY: usize = 50;
/// How often two race.
const ROUNDS: usize = 8;

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
