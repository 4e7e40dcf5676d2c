//! The variables that activities have for themselves, as whoever works there sees and writes them.

use std::borrow::Cow;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Case;
use super::variables::check_size;
use crate::kernel::Fault;
use crate::storage::entity::task;

impl Case {
    /// The variables of an instance as they are seen at one of its activities: that one's own go first.
    ///
    /// # Errors
    /// As [`instance`](Self::instance).
    pub fn seen_at(&self, instance: Uuid, activity: Uuid) -> Result<Cow<'_, Map<String, Value>>, Fault> {
        let hand = &self.hands[self.place_of(instance)?];
        let Some(own) = hand.state.own_of(activity).filter(|own| !own.is_empty()) else {
            return Ok(Cow::Borrowed(&hand.variables));
        };
        let mut seen = hand.variables.clone();
        seen.extend(own.clone());
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
        let mut own = hand.state.own_of(task.activity_id).cloned().unwrap_or_default();
        let mut has_own = false;
        for (name, value) in values {
            match own.get_mut(&name) {
                Some(mine) => {
                    *mine = value;
                    has_own = true;
                }
                None => drop(variables.insert(name, value)),
            }
        }
        check_size(&variables)?;
        check_size(&own)?;
        if has_own {
            hand.state.set_own(task.activity_id, own);
            hand.is_changed = true;
        }
        self.set_variables(place, variables, Some(task.id));
        Ok(())
    }
}
