//! What a process does by itself on its way: it shows itself to people, and writes variables.

use std::collections::HashSet;

use serde_json::Value;

use super::approvers::Question;
use super::change::{Change, Left};
use super::machine::Machine;
use super::{Halt, StepError};
use crate::workflow::model::{Assignment, Node, Strategy};

impl Machine<'_> {
    /// Shows the instance to whom the strategy finds; to nobody where it finds nobody.
    pub(super) fn show(&mut self, id: u32, node: &Node, strategy: &Strategy) -> Result<(), Halt> {
        let source = self.source(strategy, node, id)?;
        let starter = self.facts.starter.map(str::to_owned);
        let question = Question { source, starter, needs_leader: false, fallback: Vec::new() };
        let Some(answer) = self.answer(question) else { return Ok(()) };
        let mut seen = HashSet::new();
        let found = answer.found.into_iter().filter_map(|found| found.assignee);
        let to: Vec<_> = found.map(|one| one.user).filter(|user| seen.insert(user.clone())).collect();
        // Each of them has an entry in their inbox, as whoever is asked has.
        self.count_asked(node, to.len())?;
        let activity = self.token(id)?.activity;
        self.changes.extend(activity.map(|activity| Change::Shown { activity, node: node.id.clone(), to }));
        self.leave(id, Left::Completed)
    }

    /// Gives variables their values, each seeing what those before it have written.
    pub(super) fn write(&mut self, id: u32, node: &Node, writes: &[Assignment]) -> Result<(), Halt> {
        for Assignment { variable, value } in writes {
            let value = match value {
                Some(value) => value.evaluate(&self.scoped(id, &[])),
                None => Ok(Value::Null),
            };
            let value = value.map_err(|error| StepError::Expression { node: node.id.to_string(), error })?;
            self.assign(id, variable.clone(), value);
        }
        self.leave(id, Left::Completed)
    }
}
