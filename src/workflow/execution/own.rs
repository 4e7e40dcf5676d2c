//! Variables of an activity's own: what it begins with, and what it leaves to its instance.

use serde_json::{Map, Value};

use super::StepError;
use super::machine::Machine;
use super::state::ROOT;
use crate::workflow::model::{Mapping, Node};

/// The most bytes, as JSON, that one step makes of variables of activities' own.
const MAX_BYTES: usize = 1024 * 1024;

impl Machine<'_> {
    /// A token begins an activity: the activity gets what it has for itself.
    pub(super) fn take_own(&mut self, id: u32, node: &Node) -> Result<(), StepError> {
        let own = self.own_of(id, node, &Map::new())?;
        if let Some(token) = self.state.token_mut(id) {
            token.locals = own;
        }
        Ok(())
    }

    /// What an activity at which a token is has for itself, each value seeing those before it, and what
    /// one of those who are asked there has beside.
    pub(super) fn own_of(
        &mut self,
        id: u32,
        node: &Node,
        beside: &Map<String, Value>,
    ) -> Result<Map<String, Value>, StepError> {
        let mut own = Map::new();
        for Mapping { source, target } in &node.own.inputs {
            let value = {
                let seen: Vec<_> = own.iter().chain(beside).map(as_extra).collect();
                source.evaluate(&self.scoped(id, &seen))
            };
            let value = value.map_err(|error| StepError::Expression { node: node.id.to_string(), error })?;
            self.own_bytes += target.len() + value.to_string().len();
            if self.own_bytes > MAX_BYTES {
                return Err(StepError::TooMuch(node.id.to_string()));
            }
            own.insert(target.clone(), value);
        }
        Ok(own)
    }

    /// An activity is done: its instance is given what that says.
    pub(super) fn give_own(&mut self, id: u32, node: &Node) -> Result<(), StepError> {
        for Mapping { source, target } in &node.own.outputs {
            let value = source.evaluate(&self.scoped(id, &[]));
            let value = value.map_err(|error| StepError::Expression { node: node.id.to_string(), error })?;
            self.variables.insert(target.clone(), value);
        }
        Ok(())
    }

    /// Gives a variable a value, as something that a token's activity has come to: its own one where it has
    /// one of that name.
    pub(super) fn assign(&mut self, id: u32, name: String, value: Value) {
        let own = self.state.token_mut(id).and_then(|token| token.locals.get_mut(&name));
        match own {
            Some(own) => *own = value,
            None => drop(self.variables.insert(name, value)),
        }
    }

    /// The variables of the activity at which a token is, and of the scopes around it, the inner ones
    /// before those around them. `from` is a token or a scope.
    pub(super) fn locals(&self, from: u32) -> Map<String, Value> {
        let mut around = Vec::new();
        let mut scope = from;
        if let Some(token) = self.state.token(from) {
            around.push(&token.locals);
            scope = token.scope;
        }
        while scope != ROOT
            && let Some(inner) = self.state.scope(scope)
        {
            around.push(&inner.locals);
            scope = inner.outer;
        }
        let mut found = Map::new();
        for locals in around.into_iter().rev() {
            found.extend(locals.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        found
    }
}

fn as_extra<'v>((name, value): (&'v String, &Value)) -> (&'v str, Value) {
    (name, value.clone())
}
