//! Variables of an activity's own: what it begins with, and what it leaves to its instance.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::StepError;
use super::machine::Machine;
use super::state::{ROOT, Scope, State};
use crate::workflow::model::{Mapping, Model, Node};

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

    /// A subprocess begins, or a body of it: what it has for itself, over what that body has.
    pub(super) fn own_of_scope(
        &mut self,
        owner: u32,
        node: &Node,
        mut locals: Map<String, Value>,
    ) -> Result<Map<String, Value>, StepError> {
        let own = self.own_of(owner, node, &locals)?;
        locals.extend(own);
        Ok(locals)
    }

    /// An activity is done: its instance is given what that says. `from` is its token, or its scope.
    pub(super) fn give_own(&mut self, from: u32, node: &Node) -> Result<(), StepError> {
        for Mapping { source, target } in &node.own.outputs {
            let value = source.evaluate(&self.scoped(from, &[]));
            let value = value.map_err(|error| StepError::Expression { node: node.id.to_string(), error })?;
            self.variables.insert(target.clone(), value);
        }
        Ok(())
    }

    /// Gives a variable a value, as something that a token's activity has come to: the one of its own, or
    /// of a subprocess's around it, where there is one of that name.
    pub(super) fn assign(&mut self, id: u32, name: String, value: Value) {
        match self.state.own_mut(self.model, id, &name) {
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

/// Whether a scope has a variable because its subprocess says so.
fn says(model: &Model, state: &State, scope: &Scope, name: &str) -> bool {
    let node = state.token(scope.owner).and_then(|owner| model.node(&owner.node));
    node.is_some_and(|node| node.own.inputs.iter().any(|input| input.target == name))
}

impl State {
    /// The variable of that name that a token's activity, or a subprocess around it, has for itself.
    pub fn own_mut(&mut self, model: &Model, id: u32, name: &str) -> Option<&mut Value> {
        let token = self.token(id)?;
        if token.locals.contains_key(name) {
            return self.token_mut(id)?.locals.get_mut(name);
        }
        let mut around = token.scope;
        loop {
            let scope = self.scope(around)?;
            if scope.locals.contains_key(name) && says(model, self, scope, name) {
                break;
            }
            around = scope.outer;
        }
        self.scopes.iter_mut().find(|scope| scope.id == around)?.locals.get_mut(name)
    }

    /// The variables that an activity, and the subprocesses around it, have for themselves; none where it
    /// has gone.
    pub fn own_at(&self, model: &Model, activity: Uuid) -> Map<String, Value> {
        let Some(token) = self.waiting_at(activity) else { return Map::new() };
        let mut found = token.locals.clone();
        let mut around = token.scope;
        while let Some(scope) = self.scope(around) {
            for (name, value) in scope.locals.iter().filter(|(name, _)| says(model, self, scope, name)) {
                found.entry(name.clone()).or_insert_with(|| value.clone());
            }
            around = scope.outer;
        }
        found
    }

    /// How many bytes all of them take as JSON, about.
    pub fn own_bytes(&self, model: &Model) -> usize {
        let of_tokens = self.tokens.iter().flat_map(|token| &token.locals);
        let of_scopes = self
            .scopes
            .iter()
            .flat_map(|scope| scope.locals.iter().filter(move |(name, _)| says(model, self, scope, name)));
        of_tokens.chain(of_scopes).map(|(name, value)| name.len() + value.to_string().len() + 6).sum()
    }
}
