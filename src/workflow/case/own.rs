//! The variables that activities have for themselves, as whoever works there sees and writes them.

use std::borrow::Cow;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Case;
use super::variables::{check_bytes_of_process, check_size};
use crate::kernel::Fault;
use crate::storage::entity::task;
use crate::workflow::execution::State;
use crate::workflow::model::Model;

/// Whether activities may have that for themselves, beside the variables of their process.
///
/// # Errors
/// `CONFLICT` where it is too much.
pub(super) fn check_size_of_own(state: &State, model: &Model) -> Result<(), Fault> {
    check_bytes_of_process(state.own_bytes(model))
}

impl Case {
    /// The variables of an instance as they are seen at one of its activities: that one's own go first.
    ///
    /// # Errors
    /// As [`instance`](Self::instance).
    pub fn seen_at(&self, instance: Uuid, activity: Uuid) -> Result<Cow<'_, Map<String, Value>>, Fault> {
        let hand = &self.hands[self.place_of(instance)?];
        let own = hand.state.own_at(&hand.definition.model, activity);
        if own.is_empty() {
            return Ok(Cow::Borrowed(&hand.variables));
        }
        let mut seen = hand.variables.clone();
        seen.extend(own);
        Ok(Cow::Owned(seen))
    }

    /// Gives variables new values, on behalf of whoever decides a task: those that its activity has for
    /// itself stay its own, the others are the instance's.
    ///
    /// # Errors
    /// `BAD_INPUT` where they become too large.
    pub fn bring(&mut self, task: &task::Model, values: Map<String, Value>) -> Result<(), Fault> {
        let place = self.place_of(task.instance_id)?;
        let hand = &mut self.hands[place];
        let mut variables = hand.variables.clone();
        let mut state = hand.state.clone();
        let model = &hand.definition.model;
        let token = state.waiting_at(task.activity_id).map(|token| token.id);
        for (name, value) in values {
            match token.and_then(|token| state.own_mut(model, token, &name)) {
                Some(own) => *own = value,
                None => drop(variables.insert(name, value)),
            }
        }
        check_size(&variables)?;
        check_size(&state.own_at(model, task.activity_id))?;
        if state != hand.state {
            hand.state = state;
            hand.is_changed = true;
        }
        self.set_variables(place, variables, Some(task.id));
        Ok(())
    }
}
