//! The heart of the engine: how an instance moves from one state to the next.
//!
//! A step is a pure function: a model, a state, a command and what is known of the outside make the
//! next state and a list of [`Change`]s, which the caller writes in one transaction. What a step
//! needs to know of the outside and was not told, it asks for ([`Halt::Ask`]); the caller finds it
//! out and takes the same step again.

mod approvers;
mod back;
mod begin;
mod call;
mod change;
mod decision;
mod errand;
mod events;
mod formats;
mod gateway;
mod job;
mod machine;
mod own;
mod repeat;
mod round;
mod state;
mod thrown;
mod timeout;
mod undo;
mod user_task;
mod variables;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use approvers::{ADMINISTRATORS, Answer, Approver, Asked, Found, Named, Question, Signer, Source};
pub use back::targets;
pub use begin::beginning;
pub use change::{Change, Ending, JobRequest, Left};
use machine::Machine;
#[cfg(test)]
pub use round::Standing;
pub use round::{Round, Verdict};
#[cfg(test)]
pub use state::Token;
pub use state::{FORMAT, Holder, State, Subscription, Waits, Wake};
pub use undo::{Later, can_take_back};

use super::model::{ElementId, Model};

/// The most tasks that one step opens.
pub const MOST_ASKED: usize = 5_000;

/// The longest name of a message or a signal, in characters.
pub const MAX_NAME: usize = 255;

/// What a step is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Begin.
    Start,
    /// Begin at a start event that something has triggered.
    StartAt {
        /// The event.
        node: ElementId,
    },
    /// Somebody who was asked has decided.
    Vote {
        /// Where they were asked.
        activity: Uuid,
        /// What they say.
        verdict: Verdict,
        /// Who they are.
        by: Option<String>,
        /// Why, where they say so.
        reason: Option<String>,
    },
    /// Somebody sends the instance back.
    Return {
        /// Where they were asked.
        activity: Uuid,
        /// Where to; none: to the starter.
        to: Option<ElementId>,
    },
    /// An approval is taken back.
    TakeBack {
        /// Where it was given.
        activity: Uuid,
        /// With which task.
        task: Uuid,
        /// Who gave it.
        by: Option<String>,
    },
    /// A child has ended.
    ChildEnded {
        /// Its instance.
        instance: Uuid,
        /// How.
        ending: Ending,
        /// Its variables.
        variables: Map<String, Value>,
    },
    /// What was waited for has happened.
    Trigger {
        /// The subscription.
        subscription: Uuid,
        /// What it brings: variables.
        variables: Map<String, Value>,
    },
    /// A job is done.
    JobDone {
        /// Which.
        job: Uuid,
        /// What came of it.
        answer: Map<String, Value>,
    },
    /// A job ends with an error of the model, for whoever around it catches the code.
    JobError {
        /// Which.
        job: Uuid,
        /// The error's code.
        code: String,
        /// What it brings: variables.
        variables: Map<String, Value>,
    },
    /// Everything that is open ends.
    Cancel,
}

/// What a step knows of the outside.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Who has started the instance; none: somebody without a name.
    pub starter: Option<&'a str>,
    /// Its business key.
    pub business_key: Option<&'a str>,
    /// When the step is taken.
    pub now: DateTime<Utc>,
    /// The answers to what was asked for before.
    pub answers: &'a [(Question, Answer)],
}

/// Where a step gets what nobody can foresee: ids and luck.
pub trait Novelty {
    /// An id that nothing has.
    fn id(&mut self) -> Uuid;

    /// A number below `bound`, which is at least 1.
    fn draw(&mut self, bound: usize) -> usize;
}

/// What a step has come to.
#[derive(Debug, Clone)]
pub struct Step {
    /// The state after it.
    pub state: State,
    /// The variables after it.
    pub variables: Map<String, Value>,
    /// What has happened, in order.
    pub changes: Vec<Change>,
    /// How the instance has ended, where it has.
    pub ending: Option<Ending>,
}

/// Why a step has not come to its end.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Halt {
    /// It must be told something first: all that it can ask for by now, each once.
    #[error("questions are open")]
    Ask(Vec<Question>),
    /// It cannot be done.
    #[error(transparent)]
    Failed(#[from] StepError),
}

/// Why a step cannot be done.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StepError {
    /// An expression of the model has no value.
    #[error("{node}: {error}")]
    Expression {
        /// The node or flow it belongs to.
        node: String,
        /// What is wrong.
        error: super::expression::EvaluationError,
    },
    /// No flow of a gateway can be taken.
    #[error("{0}: no condition of its flows holds, and it has no default")]
    NoFlow(String),
    /// It goes on and on without waiting for anybody.
    #[error("{0}: the process does not come to rest")]
    Restless(String),
    /// It asks too many people at once.
    #[error("{0}: more than {MOST_ASKED} tasks at once")]
    Crowded(String),
    /// A list or a number for a repeated activity is none, or is too long.
    #[error("{node}: {reason}")]
    Repetition {
        /// The activity.
        node: String,
        /// What is wrong.
        reason: String,
    },
    /// A timer of the model says no time.
    #[error("{node}: {reason}")]
    Timer {
        /// The event.
        node: String,
        /// What is wrong.
        reason: String,
    },
    /// The name of an event, or the topic of a job, is none.
    #[error("{0}: its name is empty, or longer than {MAX_NAME} characters")]
    Nameless(String),
    /// A script's value is none that variables could take.
    #[error("{node}: its script: {reason}")]
    Script {
        /// The task.
        node: String,
        /// What is wrong.
        reason: String,
    },
    /// Activities would have too much for themselves.
    #[error("{0}: its own variables are too large, or there are too many of them at once")]
    TooMuch(String),
    /// Nobody waits where the command says.
    #[error("nobody is asked there any more")]
    NotWaiting,
    /// A node of that name cannot be returned to.
    #[error("{0}")]
    NoReturn(String),
    /// An approval can no longer be taken back.
    #[error("{0}")]
    NoTakeBack(&'static str),
    /// It does not begin unless something happens.
    #[error("{0} begins by events alone: nobody starts it, and no other process calls it")]
    NoStart(String),
    /// It begins under a condition alone.
    #[error("{0} begins where the condition of a start event holds, and none does over these variables")]
    NoCondition(String),
    /// The state names what the model does not have.
    #[error("the process has no element {0}")]
    UnknownElement(String),
}

/// Takes one step.
///
/// # Errors
/// [`Halt::Ask`] where something must be found out first; [`Halt::Failed`] where it cannot be done,
/// and then nothing has happened.
pub fn step(
    model: &Model,
    state: &State,
    variables: &Map<String, Value>,
    command: &Command,
    facts: Facts<'_>,
    source: &mut dyn Novelty,
) -> Result<Step, Halt> {
    let mut machine = Machine::new(model, state.clone(), variables.clone(), facts, source);
    machine.execute(command)?;
    Ok(machine.finish(state, command))
}
