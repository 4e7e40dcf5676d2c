//! Work that machines do: service, send, business rule and script tasks.

use super::{HttpCall, Mapping};
use crate::workflow::expression::{Expression, Script, Template};

/// The most attempts that a document may demand of a job.
pub const MAX_ATTEMPTS: u32 = 100;
/// How many a job has where its document does not say.
pub const DEFAULT_ATTEMPTS: u32 = 3;

/// A service, send or business rule task.
#[derive(Debug)]
pub struct Service {
    /// The element's name in BPMN.
    pub element: &'static str,
    /// What is done.
    pub work: Work,
    /// What it is done with, beside the variables.
    pub inputs: Vec<Mapping>,
    /// What is taken of its answer. Empty: of a worker's all of it, of a server's nothing.
    pub outputs: Vec<Mapping>,
}

/// What a service task does.
#[derive(Debug)]
pub enum Work {
    /// Workers outside do it, who ask for its topic.
    External(External),
    /// We call a server over HTTP.
    Http(Box<HttpCall>),
    /// A value is found out.
    Value {
        /// How.
        expression: Expression,
        /// The variable that takes it; none: nobody wants it.
        result: Option<String>,
    },
    /// A message is told, by its name, to whoever of the instances with the same business key waits for
    /// it.
    Message(Template),
}

/// Work for workers outside.
#[derive(Debug)]
pub struct External {
    /// What kind of work it is: 1 to 255 characters.
    pub topic: Template,
    /// How often it is tried before it is an incident: 1 to 100.
    pub attempts: u32,
    /// The wait before another attempt, a duration of ISO 8601; none: it grows with each attempt.
    pub retry_after: Option<String>,
    /// Which of two goes first: the higher one.
    pub priority: i32,
}

/// A script task.
#[derive(Debug)]
pub struct ScriptTask {
    /// What is evaluated.
    pub script: Script,
    /// The variable that takes its value; none: it is an object, whose members become variables.
    pub result: Option<String>,
}
