//! A step of the engine with everything found out that it asks for.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::approver;
use super::execution::{self, Answer, Command, Facts, Halt, Novelty, Question, State, Step, StepError};
use super::model::Model;
use crate::directory::Directory;
use crate::kernel::Fault;

/// How often one step may ask, each time for what it could not know before it was answered.
const ROUNDS: usize = 200;

/// From where a step is taken.
#[derive(Debug, Clone, Copy)]
pub struct Position<'a> {
    /// The process.
    pub model: &'a Model,
    /// Where its tokens are.
    pub state: &'a State,
    /// Its variables.
    pub variables: &'a Map<String, Value>,
    /// Who has started it; none: somebody without a name.
    pub starter: Option<&'a str>,
    /// Its business key.
    pub business_key: Option<&'a str>,
}

/// Takes a step. What was found out for it is kept in `answers`, and serves those after it.
///
/// # Errors
/// The database's; within, why the step cannot be taken.
pub async fn step(
    directory: &Directory,
    now: DateTime<Utc>,
    position: Position<'_>,
    command: &Command,
    answers: &mut Vec<(Question, Answer)>,
    novelty: &mut (dyn Novelty + Send),
) -> Result<Result<Step, StepError>, Fault> {
    let Position { model, state, variables, starter, business_key } = position;
    for _ in 0..ROUNDS {
        let facts = Facts { starter, business_key, now, answers };
        let questions = match execution::step(model, state, variables, command, facts, novelty) {
            Ok(step) => return Ok(Ok(step)),
            Err(Halt::Failed(error)) => return Ok(Err(error)),
            Err(Halt::Ask(questions)) => questions,
        };
        let found = approver::answers(directory, &questions, now).await?;
        answers.extend(questions.into_iter().zip(found));
    }
    Ok(Err(StepError::Restless(format!("{} (approvers were looked for {ROUNDS} times)", model.key))))
}
