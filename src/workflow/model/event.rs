//! Events: what a process waits for, and what it tells.

use super::ElementId;
use crate::workflow::expression::{Expression, Template};

/// What an event waits for.
#[derive(Debug)]
pub enum Trigger {
    /// A time.
    Timer(Timer),
    /// A message that is sent to one instance, by its name.
    Message(Template),
    /// A signal that is sent to all, by its name.
    Signal(Template),
    /// That this becomes true.
    Condition(Expression),
    /// An error of what it stands at; of any code where it says none.
    Error(Option<String>),
    /// An escalation of what it stands at; of any code where it says none.
    Escalation(Option<String>),
}

/// When a timer fires.
#[derive(Debug)]
pub enum Timer {
    /// At a date and time of ISO 8601.
    Date(Template),
    /// After a duration of ISO 8601.
    Duration(Template),
    /// Again and again: `R3/PT10M`, a repeating interval of ISO 8601.
    Cycle(Template),
}

/// What an event tells.
#[derive(Debug)]
pub enum Throw {
    /// Nothing.
    Nothing,
    /// A message, by its name, to whoever of the instances with the same business key waits for it.
    Message(Template),
    /// A signal, by its name, to all who wait for it.
    Signal(Template),
    /// An escalation, to whoever around it catches the code.
    Escalation(String),
    /// An error, to whoever around it catches the code. Its token ends.
    Error(String),
}

/// An event at the border of an activity.
#[derive(Debug)]
pub struct Boundary {
    /// The activity.
    pub host: ElementId,
    /// The activity ends when it happens.
    pub is_interrupting: bool,
    /// What happens.
    pub trigger: Trigger,
}

/// The start event of an event subprocess.
#[derive(Debug)]
pub struct EventStart {
    /// What is around ends when it happens.
    pub is_interrupting: bool,
    /// What happens.
    pub trigger: Trigger,
}

impl Trigger {
    /// Whether it comes from within, up from where it was thrown.
    pub fn is_thrown(&self) -> bool {
        matches!(self, Self::Error(_) | Self::Escalation(_))
    }
}
