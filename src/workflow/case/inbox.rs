//! Inboxes: what tasks are to whom, kept up to date in the transaction that changes the tasks.
//!
//! An inbox is a principal's: a person's or a group's. Its revision is given out under its row's
//! lock, which is taken last and in the order of the names, so that changes are numbered in the
//! order of commits and nobody waits crosswise.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use uuid::Uuid;

use super::tasks::TaskInHand;
use super::{Case, store};
use crate::events::Signal;
use crate::workflow::service::user_principal;
use crate::workflow::status::TaskStatus;

/// What a task has become to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryState {
    /// Theirs to do.
    Todo,
    /// They have decided it.
    Done,
    /// Theirs no more.
    Gone,
}

impl EntryState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "TODO",
            Self::Done => "DONE",
            Self::Gone => "GONE",
        }
    }
}

/// A task that is shown to somebody.
#[derive(Debug, Clone)]
pub(super) struct Copied {
    pub principal: String,
    pub task: Uuid,
    pub by: String,
    pub at: DateTime<Utc>,
}

/// One entry to be written.
#[derive(Debug)]
pub(super) enum Entry {
    State(EntryState),
    Copy { by: String, at: DateTime<Utc> },
}

impl Case {
    /// Shows a task to people.
    pub fn copy(&mut self, task: Uuid, users: &[String], by: &str) {
        let at = self.now;
        self.copies.extend(users.iter().map(|to| Copied {
            principal: user_principal(to),
            task,
            by: by.to_owned(),
            at,
        }));
    }

    /// Writes what has changed for whom; the signals that tell of it.
    pub(super) async fn write_inboxes(&mut self) -> Result<Vec<Signal>, DbErr> {
        let mut changes: BTreeMap<String, Vec<(Uuid, Entry)>> = BTreeMap::new();
        for task in self.tasks.values().filter(|task| task.is_changed) {
            for (principal, state) in changes_of(task) {
                changes.entry(principal).or_default().push((task.row.id, Entry::State(state)));
            }
        }
        for Copied { principal, task, by, at } in self.copies.drain(..) {
            changes.entry(principal).or_default().push((task, Entry::Copy { by, at }));
        }
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let counts: Vec<_> = changes
            .iter()
            .map(|(principal, entries)| (principal.clone(), i64::try_from(entries.len()).unwrap_or(i64::MAX)))
            .collect();
        let advanced = store::advance_inboxes(&self.tx, &counts).await?;
        let mut written = Vec::new();
        for (principal, entries) in changes {
            let Some((_, revision)) = advanced.get(&principal) else {
                return Err(DbErr::RecordNotUpdated);
            };
            let first = revision - i64::try_from(entries.len()).unwrap_or(0) + 1;
            for (revision, (task, entry)) in (first..).zip(entries) {
                written.push(store::NewEntry { principal: principal.clone(), task, entry, revision });
            }
        }
        store::write_entries(&self.tx, written).await?;
        let changed = |(stream, revision): (Uuid, i64)| Signal::Changed { stream, revision };
        Ok(advanced.into_values().map(changed).collect())
    }
}

/// What a task's change is to those whom it concerns.
fn changes_of(task: &TaskInHand) -> BTreeMap<String, EntryState> {
    let mut found = BTreeMap::new();
    let before = task.stored.as_ref().map_or(&[][..], |(_, before)| before);
    for principal in before {
        found.insert(principal.clone(), EntryState::Gone);
    }
    for principal in task.todo() {
        found.insert(principal, EntryState::Todo);
    }
    // What a rule has approved in somebody's place was never theirs to do.
    if let (None, Some(assignee), Some(_)) = (&task.stored, &task.row.assignee, task.row.finished_at) {
        found.insert(user_principal(assignee), EntryState::Gone);
    }
    let status = task.row.status;
    let decided = [TaskStatus::Approve, TaskStatus::Reject, TaskStatus::Return, TaskStatus::Approving];
    if let Some(by) = &task.row.decided_by
        && decided.iter().any(|decided| decided.code() == status)
    {
        found.insert(user_principal(by), EntryState::Done);
    }
    found
}
