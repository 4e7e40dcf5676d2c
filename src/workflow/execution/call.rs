//! Calls of other processes.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::change::{Change, Ending, Left};
use super::machine::Machine;
use super::state::{ROOT, State, Waits};
use super::variables::Scoped;
use super::{Halt, StepError};
use crate::workflow::model::{Call, Mapping, Node, NodeKind};
use crate::workflow::variable;

impl Machine<'_> {
    pub(super) fn call(&mut self, id: u32, node: &Node, call: &Call) -> Result<(), Halt> {
        let token = self.token(id)?.clone();
        let activity = token.activity;
        let process = self.text(&call.process, &node.id, id)?;
        let process = process.ok_or_else(|| StepError::UnknownElement(call.process.source().to_owned()))?;
        let business_key = match &call.business_key {
            Some(key) => self.text(key, &node.id, id)?,
            None => self.facts.business_key.map(str::to_owned),
        };
        let mut variables = if call.inherits { self.visible(id) } else { Map::new() };
        variables.extend(self.inputs(&call.inputs, &node.id, id)?);
        let instance = self.novelty.id();
        if let Some(token) = self.state.token_mut(id) {
            token.waits = Waits::Child { instance };
        }
        self.changes.extend(activity.map(|activity| Change::Called {
            instance,
            activity,
            process,
            business_key,
            variables,
        }));
        Ok(())
    }

    /// All variables as a token sees them.
    fn visible(&self, id: u32) -> Map<String, Value> {
        let mut found = self.variables.clone();
        found.extend(self.locals(id));
        found
    }

    pub(super) fn child_ended(
        &mut self,
        instance: Uuid,
        ending: &Ending,
        variables: &Map<String, Value>,
    ) -> Result<(), Halt> {
        let waits = Waits::Child { instance };
        let found = self.state.tokens.iter().find(|token| token.waits == waits);
        let (id, node) = found.map(|token| (token.id, token.node.clone())).ok_or(StepError::NotWaiting)?;
        let node = self.node(&node)?;
        if let Ending::Rejected { reason } = ending {
            return self.rejected(id, reason.as_deref());
        }
        if let Ending::Failed { code } = ending {
            return self.fail_at(id, code);
        }
        if let NodeKind::Call(call) = &node.kind {
            if call.returns_all {
                // What every process knows of itself stays its own.
                for (name, value) in variables.iter().filter(|(name, _)| !variable::is_reserved(name)) {
                    self.assign(id, name.clone(), value.clone());
                }
            }
            self.take_outputs(id, &node.id, &call.outputs, variables)?;
        }
        self.leave(id, Left::Completed)
    }

    /// Takes back of what another has come to.
    pub(super) fn take_outputs(
        &mut self,
        id: u32,
        node: &str,
        outputs: &[Mapping],
        variables: &Map<String, Value>,
    ) -> Result<(), StepError> {
        let (state, facts) = (State::new(), self.facts);
        let of_child = Scoped { state: &state, variables, facts, from: ROOT, extra: &[], initiator: None };
        for Mapping { source, target } in outputs {
            let value = source
                .evaluate(&of_child)
                .map_err(|error| StepError::Expression { node: node.to_owned(), error })?;
            self.assign(id, target.clone(), value);
        }
        Ok(())
    }
}
