//! A process begins: where whoever wants to begins it, or at a start event that something has triggered.

use serde_json::{Map, Value};

use super::machine::Machine;
use super::state::{ROOT, State};
use super::variables::Scoped;
use super::{Facts, Halt, StepError};
use crate::workflow::model::{ElementId, Model, Node};

/// Where a process begins that somebody starts with these variables: at the start event that waits for
/// nothing, else at the first whose condition holds.
///
/// # Errors
/// Where it begins by events alone, or under conditions none of which holds; where one has no value.
pub fn beginning<'m>(
    model: &'m Model,
    variables: &Map<String, Value>,
    facts: Facts<'_>,
) -> Result<&'m Node, StepError> {
    if let Some(start) = model.start_of(None) {
        return Ok(start);
    }
    let conditional = model.conditional_starts();
    if conditional.is_empty() {
        return Err(StepError::NoStart(model.key.clone()));
    }
    let state = State::new();
    let initiator = model.settings.initiator.as_deref();
    let seen = Scoped { state: &state, variables, facts, from: ROOT, extra: &[], initiator };
    for (start, condition) in conditional {
        let holds = condition.is_true(&seen);
        if holds.map_err(|error| StepError::Expression { node: start.id.to_string(), error })? {
            return Ok(start);
        }
    }
    Err(StepError::NoCondition(model.key.clone()))
}

impl Machine<'_> {
    pub(super) fn begin_by_hand(&mut self) -> Result<(), Halt> {
        let start = beginning(self.model, &self.variables, self.facts)?;
        if self.model.start_of(None).is_none() {
            self.state.begun_at = Some(start.id.clone());
        }
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
