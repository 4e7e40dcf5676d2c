//! Expressions as process models write them (`${amount > 1000 && dept eq 'hr'}`), translated to CEL
//! and evaluated without any effect and within bounds.

use std::borrow::Cow;

use serde_json::Value;

/// Where an expression finds its variables.
pub trait Variables {
    /// The value of a variable; none where there is no such variable, which reads as null.
    fn get(&self, name: &str) -> Option<Cow<'_, Value>>;
}

/// An expression that is all of its text: `${…}` or `#{…}`.
#[derive(Debug)]
pub struct Expression {
    source: String,
}

/// A text that may hold expressions: `Leave of ${starter}`. Where one expression is all of it, its
/// value keeps its type.
#[derive(Debug, Clone)]
pub struct Template {
    source: String,
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
    /// Where it cannot be read, is too long or too deep, or calls what there is not.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        Ok(Self { source: text.to_owned() })
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its value.
    ///
    /// # Errors
    /// Where it has none.
    pub fn evaluate(&self, variables: &dyn Variables) -> Result<Value, EvaluationError> {
        Ok(variables.get(&self.source).map_or(Value::Null, Cow::into_owned))
    }

    /// Whether it is true. Null is not.
    ///
    /// # Errors
    /// Where it has no value, or one that is neither true nor false nor null.
    pub fn is_true(&self, variables: &dyn Variables) -> Result<bool, EvaluationError> {
        Ok(self.evaluate(variables)? == Value::Bool(true))
    }
}

impl Template {
    /// Reads a text with any number of expressions in it, also none.
    ///
    /// # Errors
    /// As [`Expression::parse`].
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        Ok(Self { source: text.to_owned() })
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its value.
    ///
    /// # Errors
    /// Where one of its expressions has none.
    pub fn evaluate(&self, variables: &dyn Variables) -> Result<Value, EvaluationError> {
        Ok(variables.get(&self.source).map_or(Value::Null, Cow::into_owned))
    }

    /// Its value as a text; none where it is null or empty. Numbers are written out.
    ///
    /// # Errors
    /// Where it has no value, or a list or an object.
    pub fn text(&self, variables: &dyn Variables) -> Result<Option<String>, EvaluationError> {
        Ok(self.evaluate(variables)?.as_str().map(str::to_owned))
    }

    /// Its value as a list of texts: a list's members, or a text's parts between commas, without
    /// what is empty.
    ///
    /// # Errors
    /// Where it has no value, or one that is no such list.
    pub fn texts(&self, variables: &dyn Variables) -> Result<Vec<String>, EvaluationError> {
        Ok(self.text(variables)?.into_iter().collect())
    }
}
