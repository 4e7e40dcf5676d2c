//! Activities that are executed more than once, and the scopes in which that happens.

use serde_json::{Map, Value};

use super::change::Left;
use super::machine::Machine;
use super::state::{Repeat, Scope, Waits};
use super::{Halt, StepError};
use crate::workflow::expression::kind_of;
use crate::workflow::model::{Loop, MAX_TIMES, MultiInstance, Node, NodeKind, Repetition, Times};

impl Machine<'_> {
    /// Whether the activity is executed in bodies of its own. People of a multi-instance user task
    /// are a round instead.
    pub(super) fn is_repeated_here(node: &Node) -> bool {
        match (&node.repetition, &node.kind) {
            (None, _) | (Some(Repetition::MultiInstance(_)), NodeKind::User(_)) => false,
            (Some(_), _) => true,
        }
    }

    pub(super) fn begin_repeating(&mut self, id: u32, node: &Node) -> Result<(), Halt> {
        let scope = self.token(id)?.scope;
        let (waiting, total, at_once) = match &node.repetition {
            Some(Repetition::MultiInstance(many)) => {
                let elements = self.elements(many, node, scope)?;
                let (count, total) = (elements.len(), u32::try_from(elements.len()).unwrap_or(u32::MAX));
                (elements, Some(total), if many.is_sequential { count.min(1) } else { count })
            }
            Some(Repetition::Loop(repeated)) => {
                let goes = !repeated.test_before || self.loops_on(repeated, node, scope, 0)?;
                (Vec::new(), None, usize::from(goes))
            }
            None => return Ok(()),
        };
        if at_once == 0 {
            return self.leave(id, Left::Completed);
        }
        if let Some(token) = self.state.token_mut(id) {
            token.waits = Waits::Scopes { repeat: Some(Repeat { total, started: 0, completed: 0, waiting }) };
        }
        for _ in 0..at_once {
            self.start_body(id, node)?;
        }
        Ok(())
    }

    /// The elements of a multi-instance activity: nulls where only their number is said.
    pub(super) fn elements(
        &self,
        many: &MultiInstance,
        node: &Node,
        scope: u32,
    ) -> Result<Vec<Value>, StepError> {
        let (Times::Collection(expression) | Times::Cardinality(expression)) = &many.times;
        let found = expression.evaluate(&self.scoped(scope, &[]));
        let value = found.map_err(|error| StepError::Expression { node: node.id.to_string(), error })?;
        let wrong = |reason: String| StepError::Repetition { node: node.id.to_string(), reason };
        let elements = match (&many.times, value) {
            (Times::Collection(_), Value::Array(elements)) => elements,
            (Times::Collection(_), other) => {
                return Err(wrong(format!("{} is no list but {}", expression.source(), kind_of(&other))));
            }
            (Times::Cardinality(_), value) => {
                let count = number(&value).filter(|count| *count <= u64::from(MAX_TIMES));
                let count = count.and_then(|count| usize::try_from(count).ok());
                let wanted = || wrong(format!("{} is no number from 0 to {MAX_TIMES}", expression.source()));
                vec![Value::Null; count.ok_or_else(wanted)?]
            }
        };
        if elements.len() > MAX_TIMES as usize {
            return Err(wrong(format!("a list of {} is longer than {MAX_TIMES}", elements.len())));
        }
        Ok(elements)
    }

    /// What one body of a multi-instance activity has for itself.
    pub(super) fn locals_of(many: &MultiInstance, element: Value, index: u32) -> Map<String, Value> {
        let mut locals = Map::new();
        locals.insert("loopCounter".to_owned(), index.into());
        if let Some(name) = &many.element_variable {
            locals.insert(name.clone(), element);
        }
        locals
    }

    fn start_body(&mut self, owner: u32, node: &Node) -> Result<(), Halt> {
        let Some(token) = self.state.token_mut(owner) else { return Ok(()) };
        let Waits::Scopes { repeat: Some(repeat) } = &mut token.waits else { return Ok(()) };
        let index = repeat.started;
        repeat.started += 1;
        let element = if repeat.waiting.is_empty() { Value::Null } else { repeat.waiting.remove(0) };
        let locals = match &node.repetition {
            Some(Repetition::MultiInstance(many)) => Self::locals_of(many, element, index),
            _ => Map::from_iter([("loopCounter".to_owned(), Value::from(index))]),
        };
        if matches!(node.kind, NodeKind::Subprocess) {
            return self.open_scope(owner, node, Some(index), locals);
        }
        let scope = self.add_scope(owner, Some(index), locals)?;
        self.place(scope, node.id.clone(), None, true);
        Ok(())
    }

    /// Opens a subprocess, or one body of it.
    pub(super) fn open_scope(
        &mut self,
        owner: u32,
        node: &Node,
        index: Option<u32>,
        locals: Map<String, Value>,
    ) -> Result<(), Halt> {
        if index.is_none()
            && let Some(token) = self.state.token_mut(owner)
        {
            token.waits = Waits::Scopes { repeat: None };
        }
        let start = self.start_of(Some(&node.id))?;
        let locals = self.own_of_scope(owner, node, locals)?;
        let scope = self.add_scope(owner, index, locals)?;
        self.attach_to_scope(scope, Some(&node.id))?;
        self.place(scope, start, None, false);
        Ok(())
    }

    fn add_scope(
        &mut self,
        owner: u32,
        index: Option<u32>,
        locals: Map<String, Value>,
    ) -> Result<u32, StepError> {
        let outer = self.token(owner)?.scope;
        let id = self.state.number();
        self.state.scopes.push(Scope { id, owner, outer, index, locals });
        Ok(id)
    }

    /// All tokens of a scope have come to their ends.
    pub(super) fn scope_done(&mut self, scope: u32) -> Result<(), Halt> {
        let Some(owner) = self.state.scope(scope).map(|scope| scope.owner) else { return Ok(()) };
        let token = self.token(owner)?.clone();
        let node = self.node(&token.node)?;
        if matches!(node.kind, NodeKind::Subprocess) {
            self.give_own(scope, node)?;
        }
        self.close_scope(scope);
        let Some(repeat) = self.count_body(owner) else { return self.leave(owner, Left::Completed) };
        let next = match &node.repetition {
            Some(Repetition::MultiInstance(many)) => {
                let counters = counters(&repeat);
                let enough = match &many.completion {
                    Some(condition) => self.is_true(condition, &node.id, token.scope, &counters)?,
                    None => false,
                };
                if enough || Some(repeat.completed) == repeat.total {
                    self.clear_owned(owner, Left::Cancelled);
                    return self.leave(owner, Left::Completed);
                }
                many.is_sequential
            }
            Some(Repetition::Loop(repeated)) => {
                if !self.loops_on(repeated, node, token.scope, repeat.completed)? {
                    return self.leave(owner, Left::Completed);
                }
                true
            }
            None => false,
        };
        if next { self.start_body(owner, node) } else { Ok(()) }
    }

    /// Counts one more body as executed; none where the activity is not repeated.
    fn count_body(&mut self, owner: u32) -> Option<Repeat> {
        match &mut self.state.token_mut(owner)?.waits {
            Waits::Scopes { repeat: Some(repeat) } => {
                repeat.completed += 1;
                Some(repeat.clone())
            }
            _ => None,
        }
    }

    fn loops_on(&self, repeated: &Loop, node: &Node, scope: u32, completed: u32) -> Result<bool, StepError> {
        if repeated.maximum.is_some_and(|maximum| completed >= maximum) {
            return Ok(false);
        }
        if completed >= MAX_TIMES {
            let reason = format!("it was executed {MAX_TIMES} times and its condition still holds");
            return Err(StepError::Repetition { node: node.id.to_string(), reason });
        }
        match &repeated.condition {
            Some(condition) => self.is_true(condition, &node.id, scope, &[("loopCounter", completed.into())]),
            None => Ok(true),
        }
    }
}

/// What a completion condition may read.
fn counters(repeat: &Repeat) -> [(&'static str, Value); 4] {
    [
        ("nrOfInstances", repeat.total.unwrap_or(repeat.started).into()),
        ("nrOfActiveInstances", repeat.started.saturating_sub(repeat.completed).into()),
        ("nrOfCompletedInstances", repeat.completed.into()),
        ("loopCounter", repeat.completed.saturating_sub(1).into()),
    ]
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
