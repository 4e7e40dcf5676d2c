//! Signers that somebody adds to their own task, before it or after it.

use serde_json::json;
use uuid::Uuid;

use super::acting::{people, said};
use super::decide::{approved, open_below, signers_are_done};
use super::rules::Action;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::task;
use crate::workflow::Workflow;
use crate::workflow::case::{HistoryKind, Note};
use crate::workflow::status::TaskStatus;

/// The most signers that are added at once.
const MAX_SIGNERS: usize = 50;

/// Where signers are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// The task waits until they have signed.
    Before,
    /// They have the word when the task is approved, and it is done when they are.
    After,
}

impl Sign {
    /// The word in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Before => "BEFORE",
            Self::After => "AFTER",
        }
    }

    /// The place of a word; none where there is no such place.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Before, Self::After].into_iter().find(|sign| sign.as_str() == word)
    }
}

impl Workflow {
    /// Adds signers to one's own task.
    ///
    /// # Errors
    /// `NOT_FOUND`; `FORBIDDEN`; `CONFLICT`; `BAD_INPUT` at `userIds` for nobody, too many, who
    /// signs already, and who is no longer active.
    pub async fn add_signers(
        &self,
        actor: &Actor,
        id: Uuid,
        sign: Sign,
        users: &[String],
        comment: Option<String>,
    ) -> Result<task::Model, Fault> {
        let reason = said("comment", comment)?;
        let users = people("userIds", users, MAX_SIGNERS)?;
        let known = self.inner.directory.people(&users).await?;
        for (place, user) in users.iter().enumerate() {
            if known.get(user).is_some_and(|person| !person.is_active) {
                let message = format!("{user} is no longer active");
                return Err(Fault::bad_input(format!("userIds[{place}]"), message));
            }
        }
        let mut acting = self.act(actor, id, Action::AddSigners).await?;
        let row = acting.task_row()?.clone();
        let siblings = acting.case.siblings(row.activity_id).await?;
        let open = siblings.iter().filter(|task| task.row.finished_at.is_none());
        let signing: Vec<_> = open.filter_map(|task| task.row.assignee.clone()).collect();
        if let Some(place) = users.iter().position(|user| signing.contains(user) || *user == actor.user_id) {
            let message = format!("{} signs already", users[place]);
            return Err(Fault::bad_input(format!("userIds[{place}]"), message));
        }
        let data = json!({ "sign": sign.as_str(), "userIds": users });
        let note = Note { reason, data: Some(data), ..Note::default() };
        acting.case.change_task(id, HistoryKind::AddSigners, note, |row| {
            // Who adds signers to what is nobody's takes it.
            row.assignee.get_or_insert_with(|| actor.user_id.clone());
        })?;
        if sign == Sign::Before {
            let note = Note::automatic();
            acting.case.move_task(id, TaskStatus::Wait, HistoryKind::Hold, note)?;
        }
        let status = if sign == Sign::Before { TaskStatus::Running } else { TaskStatus::Wait };
        for (place, user) in (0..).zip(users) {
            let signer = task::Model {
                id: Uuid::now_v7(),
                status: status.code(),
                ordinal: row.ordinal.saturating_add(place),
                assignee: Some(user),
                claimable: false,
                owner: None,
                delegated: false,
                instead_of: None,
                parent_id: Some(id),
                sign: Some(sign.as_str().to_owned()),
                draft: None,
                urged_at: None,
                locked_by: None,
                decided_in: None,
                created_at: acting.case.now,
                ..row.clone()
            };
            acting.case.add_task(signer, Vec::new(), Note::automatic())?;
        }
        self.done(acting.case, id).await
    }

    /// Takes added signers away who are not done.
    ///
    /// # Errors
    /// `NOT_FOUND`; `FORBIDDEN`; `CONFLICT`; `BAD_INPUT` at `userIds` for who is none of them, or
    /// has signed.
    pub async fn remove_signers(
        &self,
        actor: &Actor,
        id: Uuid,
        users: &[String],
        comment: Option<String>,
    ) -> Result<task::Model, Fault> {
        let reason = said("comment", comment)?;
        let users = people("userIds", users, MAX_SIGNERS)?;
        let mut acting = self.act(actor, id, Action::RemoveSigners).await?;
        let activity = acting.task_row()?.activity_id;
        let siblings = acting.case.siblings(activity).await?;
        let mut removed = Vec::with_capacity(users.len());
        for (place, user) in users.iter().enumerate() {
            let found = siblings.iter().find(|task| {
                task.row.parent_id == Some(id)
                    && task.row.finished_at.is_none()
                    && task.row.assignee.as_ref() == Some(user)
            });
            let message = || format!("{user} is none of the signers who are not done");
            let found = found.ok_or_else(|| Fault::bad_input(format!("userIds[{place}]"), message()))?;
            removed.push(found.row.id);
        }
        let note = Note { reason, data: Some(json!({ "userIds": users })), ..Note::default() };
        acting.case.change_task(id, HistoryKind::RemoveSigners, note, |_| ())?;
        // What was added to them goes with them.
        let below = open_below(&siblings, &removed);
        for task in below.into_iter().chain(removed) {
            let note = Note::automatic();
            acting.case.move_task(task, TaskStatus::Cancel, HistoryKind::Cancel, note)?;
        }
        let status = acting.task_row()?.status;
        if signers_are_done(&mut acting.case, id).await? {
            let note = Note::automatic();
            if status == TaskStatus::Wait.code() {
                acting.case.move_task(id, TaskStatus::Running, HistoryKind::Open, note)?;
            } else if status == TaskStatus::Approving.code() {
                acting.case.move_task(id, TaskStatus::Approve, HistoryKind::Approve, note)?;
                approved(&mut acting.case, id).await?;
            }
        }
        self.done(acting.case, id).await
    }
}
