//! Steps of the instances in hand, until nothing is left to be done.

use std::collections::VecDeque;

use uuid::Uuid;

use super::Case;
use super::own::check_size_of_own;
use super::variables::check_size_of_process;
use crate::kernel::Fault;
use crate::workflow::asking::{self, Position};
use crate::workflow::execution::{Command, Novelty, Step, StepError};

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
        self.work_off(VecDeque::from([Due::Step(instance, command)])).await
    }

    /// Does what is due, and what follows from it.
    async fn work_off(&mut self, mut due: VecDeque<Due>) -> Result<(), Fault> {
        while let Some(next) = due.pop_front() {
            match next {
                Due::Step(instance, command) => self.step(instance, &command, &mut due).await?,
                Due::Abandon(first) => {
                    let mut instances = vec![first];
                    while let Some(Due::Abandon(next)) = due.front() {
                        instances.push(*next);
                        due.pop_front();
                    }
                    self.abandon(&instances, &mut due).await?;
                }
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
        check_size_of_own(&hand.state, &hand.definition.model)?;
        // Most steps leave them as they are: measuring and writing them would be for nothing.
        if step.variables != hand.variables {
            check_size_of_process(&step.variables)?;
            self.set_variables(place, step.variables, None);
        }
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

    /// The step, after everything that it asks for was found out. What was found out for one step of an
    /// operation is good for all.
    async fn executed(&mut self, place: usize, command: &Command) -> Result<Step, Fault> {
        let hand = &self.hands[place];
        let position = Position {
            model: &hand.definition.model,
            state: &hand.state,
            variables: &hand.variables,
            starter: hand.row.started_by.as_deref(),
            business_key: hand.row.business_key.as_deref(),
        };
        let mut fresh = Fresh(self.inner.draw);
        let (directory, answers) = (&self.inner.directory, &mut self.answers);
        let step = asking::step(directory, self.now, position, command, answers, &mut fresh).await?;
        step.map_err(|error| fault(&error))
    }

    /// Ends instances that nobody waits for any longer, with what they need read for all at once.
    async fn abandon(&mut self, instances: &[Uuid], due: &mut VecDeque<Due>) -> Result<(), Fault> {
        self.load_all(instances).await?;
        let mut places = Vec::with_capacity(instances.len());
        for instance in instances {
            places.push(self.place_of(*instance)?);
        }
        places.retain(|place| self.is_running(*place));
        let activities: Vec<_> = places.iter().flat_map(|place| self.hands[*place].state.asked()).collect();
        self.read_siblings(&activities).await?;
        for place in places {
            let reason = "the process that called it no longer waits for it".to_owned();
            self.stop(place, Some(reason), due).await?;
        }
        Ok(())
    }

    /// Cancels an instance with all that it has called.
    ///
    /// # Errors
    /// The database's.
    pub async fn cancel(&mut self, instance: Uuid, reason: Option<String>) -> Result<(), Fault> {
        let place = self.load(instance).await?;
        let row = &self.hands[place].row;
        if row.suspended {
            // A call that nobody waits for is made all the same.
            self.suspend_jobs(row.root_id, false).await?;
        }
        let mut due = VecDeque::new();
        self.stop(place, reason, &mut due).await?;
        self.work_off(due).await
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
        | StepError::Timer { .. }
        | StepError::Nameless(_)
        | StepError::Script { .. }
        | StepError::TooMuch(_)
        | StepError::NoStart(_)
        | StepError::NoCondition(_)
        | StepError::UnknownElement(_) => {
            Fault::conflict(format!("the process cannot go on: {error}; nothing was changed"))
        }
    }
}
