//! Whose a task is: claimed, given back, delegated, transferred.

use serde_json::json;
use uuid::Uuid;

use super::acting::{people, said};
use super::rules::Action;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::task;
use crate::workflow::Workflow;
use crate::workflow::case::{HistoryKind, Note};

impl Workflow {
    /// Takes a task that is nobody's yet. For its candidates.
    ///
    /// # Errors
    /// `NOT_FOUND`; `FORBIDDEN`; `CONFLICT` where somebody has it already.
    pub async fn claim(&self, actor: &Actor, id: Uuid) -> Result<task::Model, Fault> {
        let mut acting = self.act(actor, id, Action::Claim).await?;
        acting.case.change_task(id, HistoryKind::Claim, Note::default(), |row| {
            row.assignee = Some(actor.user_id.clone());
        })?;
        self.done(acting.case, id).await
    }

    /// Gives a claimed task back to its candidates.
    ///
    /// # Errors
    /// As [`claim`](Self::claim); `FORBIDDEN` where it has no candidates.
    pub async fn unclaim(&self, actor: &Actor, id: Uuid) -> Result<task::Model, Fault> {
        let mut acting = self.act(actor, id, Action::Unclaim).await?;
        acting.case.change_task(id, HistoryKind::Unclaim, Note::default(), |row| {
            row.assignee = None;
            row.owner = None;
        })?;
        self.done(acting.case, id).await
    }

    /// Lets somebody else say what they think; then the task comes back to whoever has it now.
    ///
    /// # Errors
    /// `NOT_FOUND`; `FORBIDDEN`; `CONFLICT`; `BAD_INPUT` at `userId`.
    pub async fn delegate(
        &self,
        actor: &Actor,
        id: Uuid,
        to: &str,
        comment: Option<String>,
    ) -> Result<task::Model, Fault> {
        self.hand_over(actor, id, to, comment, Action::Delegate).await
    }

    /// Lets somebody else decide in one's place. An ADMIN may do so with anybody's task.
    ///
    /// # Errors
    /// As [`delegate`](Self::delegate).
    pub async fn transfer(
        &self,
        actor: &Actor,
        id: Uuid,
        to: &str,
        comment: Option<String>,
    ) -> Result<task::Model, Fault> {
        self.hand_over(actor, id, to, comment, Action::Transfer).await
    }

    async fn hand_over(
        &self,
        actor: &Actor,
        id: Uuid,
        to: &str,
        comment: Option<String>,
        action: Action,
    ) -> Result<task::Model, Fault> {
        let reason = said("comment", comment)?;
        people("userId", &[to.to_owned()], 1).map_err(|fault| fault.with("field", "userId".into()))?;
        let mut acting = self.act(actor, id, action).await?;
        let is_delegated = action == Action::Delegate;
        let mut owner = acting.task_row()?.assignee.clone();
        if is_delegated {
            // Whoever asks somebody else about a task that is nobody's has it from then on.
            owner.get_or_insert_with(|| actor.user_id.clone());
        }
        if owner.as_deref() == Some(to) {
            return Err(Fault::bad_input("userId", format!("{to} has it already")));
        }
        self.check_can_act("userId", to).await?;
        let kind = if is_delegated { HistoryKind::Delegate } else { HistoryKind::Transfer };
        let data = Some(json!({ "from": owner, "to": to }));
        acting.case.change_task(id, kind, Note { reason, data, ..Note::default() }, |row| {
            row.owner = owner;
            row.assignee = Some(to.to_owned());
            row.delegated = is_delegated;
        })?;
        self.done(acting.case, id).await
    }

    /// Whether somebody can be given work: they have not left.
    pub(super) async fn check_can_act(&self, field: &str, user: &str) -> Result<(), Fault> {
        match self.inner.directory.person(user).await? {
            Some(person) if !person.is_active => {
                Err(Fault::bad_input(field, format!("{user} is no longer active")))
            }
            _ => Ok(()),
        }
    }
}
