//! Expressions as process models write them (`${amount > 1000 && dept eq 'hr'}`), translated to CEL
//! and evaluated without any effect and within bounds.
//!
//! A text goes through [`lexer`] and [`parser`], which know JUEL, to an [`ast`]; [`translate`] makes
//! CEL's tree of it once, which consists of calls of our own [`functions`]; [`program`] evaluates it.

mod ast;
mod calls;
mod functions;
mod lexer;
mod methods;
mod number;
mod operators;
mod parser;
mod precedence;
mod program;
mod script;
mod template;
mod translate;
mod value;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::Value;

use self::lexer::error_at;
use self::operators::Answer;
pub use self::operators::kind_of;
pub(super) use self::operators::same;
use self::program::Program;
pub use self::script::{Language, Script};
pub use self::template::Template;

/// The most bytes of a text with expressions.
pub const MAX_SOURCE: usize = 4096;
/// The most parts of an expression: each literal, variable, operator and call is one.
pub const MAX_NODES: usize = 256;
/// How deep an expression may nest. A sum of 32 summands is as deep as that; what `&&` and `||`
/// join is not deeper for being more.
pub const MAX_DEPTH: usize = 32;
/// The most bytes of a text that an expression or a template results in.
pub const MAX_RESULT: usize = 64 << 10;

/// Where an expression finds its variables.
pub trait Variables {
    /// The value of a variable; none where there is no such variable, which reads as null. It is
    /// asked once for each variable of an expression before that is evaluated.
    fn get(&self, name: &str) -> Option<Cow<'_, Value>>;
}

/// An expression that is all of its text: `${…}` or `#{…}`.
#[derive(Debug)]
pub struct Expression {
    source: String,
    program: Program,
}

/// Why a text is no expression of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExpressionError(pub String);

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expression}: {reason}")]
pub struct EvaluationError {
    /// The expression as the model has it.
    pub expression: String,
    /// What is wrong.
    pub reason: String,
}

impl Expression {
    /// Reads an expression; what stands in no braces is refused.
    ///
    /// # Errors
    /// Where it cannot be read, is longer than [`MAX_SOURCE`], has more than [`MAX_NODES`] parts or
    /// [`MAX_DEPTH`] levels, or calls what there is not.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        bounded_source(text)?;
        let start = text.len() - text.trim_start().len();
        if !template::begins_expression(&text[start..]) {
            return Err(ExpressionError("an expression stands in braces: ${…}".to_owned()));
        }
        let (program, end) = Program::parse(text, start + 2)?;
        if !text[end..].trim().is_empty() {
            return Err(error_at(text, end, "the expression has ended, and more follows"));
        }
        Ok(Self { source: text.to_owned(), program })
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of the variables that it reads, in their order.
    pub fn names(&self) -> Vec<&str> {
        self.program.names().collect()
    }

    /// Its value. A text is at most [`MAX_RESULT`] bytes long; a decimal is never infinite.
    ///
    /// # Errors
    /// Where it has none: what it does cannot be done with these values.
    pub fn evaluate(&self, variables: &dyn Variables) -> Result<Value, EvaluationError> {
        self.told(self.program.run(variables))
    }

    /// Whether it is true. Null is not.
    ///
    /// # Errors
    /// Where it has no value, or one that is neither true nor false nor null.
    pub fn is_true(&self, variables: &dyn Variables) -> Result<bool, EvaluationError> {
        match self.evaluate(variables)? {
            Value::Bool(flag) => Ok(flag),
            Value::Null => Ok(false),
            value => self.told(Err(format!("{} is neither true nor false", kind_of(&value)))),
        }
    }

    fn told<T>(&self, answer: Answer<T>) -> Result<T, EvaluationError> {
        answer.map_err(|reason| EvaluationError { expression: self.source.trim().to_owned(), reason })
    }
}

fn bounded_source(text: &str) -> Result<(), ExpressionError> {
    if text.len() > MAX_SOURCE {
        return Err(ExpressionError(format!("a text with expressions is at most {MAX_SOURCE} bytes long")));
    }
    Ok(())
}
