//! Steps of the instances in hand, until nothing is left to be done.

use std::collections::VecDeque;

use serde_json::Value;
use uuid::Uuid;

use super::Case;
use crate::kernel::Fault;
use crate::storage::entity::variable_history;
use crate::workflow::asking::{self, Position};
use crate::workflow::execution::{Command, Novelty, Step, StepError};

/// The most instances that one operation may touch: a process that calls itself without end stops
/// here.
const INSTANCES: usize = 64;
/// The most bytes that people may make of an instance's variables, as JSON.
const VARIABLES: usize = 256 * 1024;
/// The most bytes that a process makes of them by itself: what those give back that it has called.
const VARIABLES_OF_PROCESS: usize = 4 * VARIABLES;

/// What is left to be done.
pub(super) enum Due {
    /// A step of an instance.
    Step(Uuid, Command),
    /// An instance is not wanted any longer.
    Abandon(Uuid),
}

/// New ids, and luck as the service has it.
struct Fresh(fn(usize) -> usize);

impl Novelty for Fresh {
    fn id(&mut self) -> Uuid {
        Uuid::now_v7()
    }

    fn draw(&mut self, bound: usize) -> usize {
        (self.0)(bound)
    }
}

impl Case {
    /// Takes a step of an instance, and all that follow from it.
    ///
    /// # Errors
    /// `CONFLICT` where the process cannot go on, naming the element; nothing of it is then kept.
    pub async fn command(&mut self, instance: Uuid, command: Command) -> Result<(), Fault> {
        let mut due = VecDeque::from([Due::Step(instance, command)]);
        while let Some(next) = due.pop_front() {
            if self.hands.len() > INSTANCES {
                return Err(Fault::conflict(format!(
                    "the process calls itself again and again: more than {INSTANCES} instances at once"
                )));
            }
            match next {
                Due::Step(instance, command) => self.step(instance, &command, &mut due).await?,
                Due::Abandon(instance) => self.abandon(instance, &mut due).await?,
            }
        }
        Ok(())
    }

    async fn step(
        &mut self,
        instance: Uuid,
        command: &Command,
        due: &mut VecDeque<Due>,
    ) -> Result<(), Fault> {
        let place = self.load(instance).await?;
        // Whoever has called it may have stopped waiting for it in this very operation.
        if let Command::ChildEnded { instance: child, .. } = command
            && !self.hands[place].state.waits_for(*child)
        {
            return Ok(());
        }
        let step = self.executed(place, command).await?;
        let hand = &mut self.hands[place];
        hand.state = step.state;
        hand.is_changed = true;
        if size(&step.variables) > VARIABLES_OF_PROCESS {
            return Err(Fault::conflict(format!(
                "the process cannot go on: its variables would take more than {VARIABLES_OF_PROCESS} bytes as \
                 JSON; nothing was changed"
            )));
        }
        self.set_variables(place, step.variables, None);
        for change in step.changes {
            self.apply(place, change, due).await?;
        }
        if let Some(ending) = step.ending {
            self.end(place, &ending)?;
            let row = &self.hands[place].row;
            if let Some(parent) = row.parent_id {
                let (instance, variables) = (row.id, self.hands[place].variables.clone());
                due.push_back(Due::Step(parent, Command::ChildEnded { instance, ending, variables }));
            }
        }
        Ok(())
    }

    /// The step, after everything that it asks for was found out.
    async fn executed(&self, place: usize, command: &Command) -> Result<Step, Fault> {
        let hand = &self.hands[place];
        let position = Position {
            model: &hand.definition.model,
            state: &hand.state,
            variables: &hand.variables,
            starter: hand.row.started_by.as_deref(),
            business_key: hand.row.business_key.as_deref(),
        };
        let mut fresh = Fresh(self.inner.draw);
        let directory = &self.inner.directory;
        let step = asking::step(directory, self.now, position, command, &mut Vec::new(), &mut fresh).await?;
        step.map_err(|error| fault(&error))
    }

    /// Gives variables new values, and writes down which have changed: with `task`, where somebody did
    /// so with one.
    pub(super) fn set_variables(
        &mut self,
        place: usize,
        variables: serde_json::Map<String, Value>,
        task: Option<Uuid>,
    ) {
        let hand = &mut self.hands[place];
        let changed: Vec<_> = variables
            .iter()
            .filter(|(name, value)| hand.variables.get(*name) != Some(value))
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect();
        if changed.is_empty() {
            return;
        }
        hand.is_changed = true;
        hand.variables = variables;
        let (instance_id, revision) = (hand.row.id, self.tree_revision);
        for (name, value) in changed {
            // Within a revision the last value counts.
            self.variables.retain(|old| old.instance_id != instance_id || old.name != name);
            let changed_by = self.actor.clone();
            let (task_id, at) = (task, self.now);
            self.variables.push(variable_history::Model {
                instance_id,
                name,
                revision,
                value,
                changed_by,
                task_id,
                at,
            });
        }
    }

    async fn abandon(&mut self, instance: Uuid, due: &mut VecDeque<Due>) -> Result<(), Fault> {
        let place = self.load(instance).await?;
        if !self.is_running(place) {
            return Ok(());
        }
        let reason = "the process that called it no longer waits for it".to_owned();
        self.stop(place, Some(reason), due).await
    }

    /// Cancels an instance with all that it has called.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancel(&mut self, instance: Uuid, reason: Option<String>) -> Result<(), Fault> {
        let place = self.load(instance).await?;
        let mut due = VecDeque::new();
        self.stop(place, reason, &mut due).await?;
        while let Some(next) = due.pop_front() {
            if let Due::Abandon(child) = next {
                self.abandon(child, &mut due).await?;
            }
        }
        Ok(())
    }

    /// Ends everything that is open in an instance, and the instance with it.
    async fn stop(
        &mut self,
        place: usize,
        reason: Option<String>,
        due: &mut VecDeque<Due>,
    ) -> Result<(), Fault> {
        let step = self.executed(place, &Command::Cancel).await?;
        self.hands[place].state = step.state;
        for change in step.changes {
            self.apply(place, change, due).await?;
        }
        self.cancelled(place, reason)
    }
}

/// How many bytes variables take as JSON, about.
fn size(variables: &serde_json::Map<String, Value>) -> usize {
    variables.iter().map(|(name, value)| name.len() + value.to_string().len() + 6).sum()
}

/// Whether people may make that of an instance's variables.
///
/// # Errors
/// `BAD_INPUT` where it is too much.
pub(super) fn check_size(variables: &serde_json::Map<String, Value>) -> Result<(), Fault> {
    if size(variables) > VARIABLES {
        let message = format!("the variables of an instance take at most {VARIABLES} bytes as JSON");
        return Err(Fault::bad_input("variables", message));
    }
    Ok(())
}

/// Why a process cannot go on, for whoever has just decided.
fn fault(error: &StepError) -> Fault {
    match error {
        StepError::NoReturn(_) => Fault::bad_input("nodeId", error.to_string()),
        StepError::NotWaiting | StepError::NoTakeBack(_) => Fault::conflict(error.to_string()),
        StepError::Expression { .. }
        | StepError::NoFlow(_)
        | StepError::Restless(_)
        | StepError::Crowded(_)
        | StepError::Repetition { .. }
        | StepError::UnknownElement(_) => {
            Fault::conflict(format!("the process cannot go on: {error}; nothing was changed"))
        }
    }
}
