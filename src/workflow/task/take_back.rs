//! Taking an approval back: by who gave it, or by an outside system.

use uuid::Uuid;

use super::acting::said;
use super::rules::Action;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::task;
use crate::workflow::Workflow;
use crate::workflow::case::{HistoryKind, Note};
use crate::workflow::execution::Command;

impl Workflow {
    /// Takes one's own approval back, as long as nobody has decided what came of it: that is
    /// cancelled, and a task like the one that was approved is open again. It is what is answered. The
    /// variables that the approval has written, and nobody since, are as they were before it.
    ///
    /// # Errors
    /// `NOT_FOUND`; `FORBIDDEN` where it is another's, or its node does not allow it; `CONFLICT`
    /// where others have gone on.
    pub async fn withdraw(
        &self,
        actor: &Actor,
        id: Uuid,
        comment: Option<String>,
    ) -> Result<task::Model, Fault> {
        self.take_back(actor, id, comment, Action::Withdraw).await
    }

    /// The same by an outside system, whoever has approved and whatever its node says. For ADMIN.
    ///
    /// # Errors
    /// As [`withdraw`](Self::withdraw).
    pub async fn recall(
        &self,
        actor: &Actor,
        id: Uuid,
        comment: Option<String>,
    ) -> Result<task::Model, Fault> {
        self.take_back(actor, id, comment, Action::Recall).await
    }

    async fn take_back(
        &self,
        actor: &Actor,
        id: Uuid,
        comment: Option<String>,
        action: Action,
    ) -> Result<task::Model, Fault> {
        let reason = said("comment", comment)?;
        let mut acting = self.act(actor, id, action).await?;
        let row = acting.task_row()?.clone();
        let kind = if action == Action::Withdraw { HistoryKind::Withdraw } else { HistoryKind::Recall };
        acting.case.note_task(id, kind, Note { reason, ..Note::default() })?;
        let command = Command::TakeBack { activity: row.activity_id, task: id, by: row.decided_by.clone() };
        acting.case.command(acting.instance, command).await?;
        acting.case.restore_variables(acting.instance, id).await?;
        let siblings = acting.case.siblings(row.activity_id).await?;
        let again = siblings
            .iter()
            .filter(|task| task.row.ordinal == row.ordinal && task.row.parent_id.is_none())
            .max_by_key(|task| task.row.id)
            .map_or(id, |task| task.row.id);
        self.done(acting.case, again).await
    }
}
