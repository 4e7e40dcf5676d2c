//! How often an activity is executed.

use crate::workflow::expression::Expression;

/// The most times that an activity is executed, at once or one after the other.
pub const MAX_TIMES: u32 = 1_000;

/// How often an activity is executed, where not once.
#[derive(Debug)]
pub enum Repetition {
    /// So many times, at once or one after the other.
    MultiInstance(MultiInstance),
    /// As long as a condition holds.
    Loop(Loop),
}

/// `multiInstanceLoopCharacteristics`.
#[derive(Debug)]
pub struct MultiInstance {
    /// One after the other.
    pub is_sequential: bool,
    /// How many times.
    pub times: Times,
    /// The variable that holds each one's element.
    pub element_variable: Option<String>,
    /// True when what has been executed is enough; asked whenever one has been. It may read
    /// `nrOfInstances`, `nrOfActiveInstances`, `nrOfCompletedInstances` and `loopCounter`.
    pub completion: Option<Expression>,
}

/// How many times.
#[derive(Debug)]
pub enum Times {
    /// Once for each element of a list.
    Collection(Expression),
    /// This many times.
    Cardinality(Expression),
}

/// `standardLoopCharacteristics`.
#[derive(Debug)]
pub struct Loop {
    /// It goes on as long as this is true; for ever (up to the maximum) where it is none. It may
    /// read `loopCounter`.
    pub condition: Option<Expression>,
    /// Asked before the first execution already.
    pub test_before: bool,
    /// The most executions.
    pub maximum: Option<u32>,
}
