//! A process begins: where whoever wants to begins it, or at a start event that something has triggered.

use super::machine::Machine;
use super::state::ROOT;
use super::{Halt, StepError};
use crate::workflow::model::ElementId;

impl Machine<'_> {
    pub(super) fn begin_by_hand(&mut self) -> Result<(), Halt> {
        let start = self.model.start_of(None);
        let start = start.ok_or_else(|| StepError::NoStart(self.model.key.clone()))?;
        self.begin(start.id.clone())
    }

    pub(super) fn begin_at(&mut self, node: &ElementId) -> Result<(), Halt> {
        if !self.model.triggered_starts().any(|(start, _)| start.id == *node) {
            return Err(StepError::UnknownElement(node.to_string()).into());
        }
        self.state.begun_at = Some(node.clone());
        self.begin(node.clone())
    }

    fn begin(&mut self, start: ElementId) -> Result<(), Halt> {
        self.attach_to_scope(ROOT, None)?;
        self.place(ROOT, start, None, false);
        Ok(())
    }
}
