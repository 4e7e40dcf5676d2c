//! Inboxes of people with several names: their own and those of their groups.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::json;
use uuid::Uuid;

use super::draft::one_step;
use super::office::{Office, actor};
use crate::kernel::Fault;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::Decide;
use crate::workflow::{InboxKind, InboxMessage};

on_both_databases!(what_a_group_loses_may_be_ones_own, who_has_left_a_group_is_told_no_more);

/// Longer than anything takes.
const HANGS: Duration = Duration::from_secs(20);
type Inbox = BoxStream<'static, Result<InboxMessage, Fault>>;

const DEPARTMENTS: &str = "id,parent_id,name,leader\nD0,,House,\n";

/// Bob and Carol are in the department, and Dave is not.
async fn department(office: &Office) {
    let people = "id,name,dept_id\nbob,Bob,D0\ncarol,Carol,D0\n";
    office.people(DEPARTMENTS, people).await;
    office.deploys(&one_step("p", r#"flowable:candidateGroups="department:D0""#)).await;
}

async fn follows(office: &Office, user: &str) -> Inbox {
    let mut inbox = office.workflow.follow_inbox(&actor(user), None).await.unwrap();
    let first = tokio::time::timeout(HANGS, inbox.next()).await.unwrap().unwrap().unwrap();
    assert!(first.change.is_none(), "the first message is where things stand");
    inbox
}

/// The next so many messages: what a task has become, and which instance it is of.
async fn told(inbox: &mut Inbox, count: usize) -> Vec<(InboxKind, Uuid)> {
    let mut found = Vec::with_capacity(count);
    while found.len() < count {
        let message = tokio::time::timeout(HANGS, inbox.next()).await.unwrap().unwrap().unwrap();
        found.extend(message.change.map(|(kind, change)| (kind, change.task.instance_id)));
    }
    found
}

async fn what_a_group_loses_may_be_ones_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    department(&office).await;
    let (mut bob, mut carol) = (follows(&office, "bob").await, follows(&office, "carol").await);
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(told(&mut bob, 1).await, [(InboxKind::Todo, id)]);
    assert_eq!(told(&mut carol, 1).await, [(InboxKind::Todo, id)]);
    let task = office.open(id, "review", "bob").await.id;
    office.workflow.claim(&actor("bob"), task).await.unwrap();
    // His group has lost it and he has it: in whichever order he hears of both.
    assert_eq!(told(&mut bob, 2).await, [(InboxKind::Todo, id); 2]);
    assert_eq!(told(&mut carol, 1).await, [(InboxKind::Gone, id)]);
    office.workflow.unclaim(&actor("bob"), task).await.unwrap();
    assert_eq!(told(&mut bob, 2).await, [(InboxKind::Todo, id); 2]);
    assert_eq!(told(&mut carol, 1).await, [(InboxKind::Todo, id)]);
    // Who decides without having claimed it has done it.
    office.deed(office.workflow.approve(&actor("bob"), task, Decide::default()).await).await.unwrap();
    assert_eq!(told(&mut bob, 2).await, [(InboxKind::Done, id); 2]);
    assert_eq!(told(&mut carol, 1).await, [(InboxKind::Gone, id)]);
}

async fn who_has_left_a_group_is_told_no_more(scratch: Scratch) {
    let office = Office::over(scratch).await;
    department(&office).await;
    office.deploys(&one_step("own", r#"flowable:assignee="carol""#)).await;
    let (mut bob, mut carol) = (follows(&office, "bob").await, follows(&office, "carol").await);
    office.people(DEPARTMENTS, "id,name,dept_id\nbob,Bob,D0\ncarol,Carol,\n").await;
    office.clock.advance(Duration::from_secs(61));
    let of_group = office.starts("alice", "p", json!({})).await;
    assert_eq!(told(&mut bob, 1).await, [(InboxKind::Todo, of_group)]);
    // One reader feeds both: what Carol hears next would be the group's, were it told to her.
    let own = office.starts("alice", "own", json!({})).await;
    assert_eq!(told(&mut carol, 1).await, [(InboxKind::Todo, own)]);
}
