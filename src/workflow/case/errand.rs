//! What a process does by itself on its way, as it is written down.

use serde_json::json;
use uuid::Uuid;

use super::Case;
use super::history::{HistoryKind, Note};
use crate::kernel::Fault;
use crate::workflow::model::ElementId;
use crate::workflow::status::TaskStatus;

/// In whose name a process shows itself that nobody has started by name.
const NOBODY: &str = "";

impl Case {
    /// Shows the instance to people: a task that nobody has to decide is in their inboxes.
    pub(super) fn show(
        &mut self,
        place: usize,
        activity: Uuid,
        node: &ElementId,
        to: &[String],
    ) -> Result<(), Fault> {
        let mut row = self.blank(place, activity, node, TaskStatus::Skip);
        row.reason = Some("it is only shown: nobody decides here".to_owned());
        let (id, reason) = (row.id, row.reason.clone());
        let by = self.hands[place].row.started_by.clone().unwrap_or_else(|| NOBODY.to_owned());
        self.add_task(row, Vec::new(), Note { reason, ..Note::automatic() })?;
        if to.is_empty() {
            return Ok(());
        }
        self.note_task(
            id,
            HistoryKind::Copy,
            Note { data: Some(json!({ "userIds": to })), ..Note::automatic() },
        )?;
        self.copy(id, to, &by);
        Ok(())
    }
}
