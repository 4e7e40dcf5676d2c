//! Values that are handed over: to and from what is called, and to and from an activity itself.

use serde_json::Value;

use crate::workflow::expression::{EvaluationError, Script, Template, Variables};

/// A value that is handed over.
#[derive(Debug)]
pub struct Mapping {
    /// What is evaluated where it comes from.
    pub source: Source,
    /// The variable's name where it goes to.
    pub target: String,
}

/// What a value that is handed over is made of.
#[derive(Debug)]
pub enum Source {
    /// A text that may hold expressions.
    Template(Template),
    /// A script.
    Script(Script),
    /// A list of such values.
    List(Vec<Self>),
    /// An object of such values, by their names.
    Map(Vec<(String, Self)>),
}

impl Source {
    /// The text that it was read from, where it is one.
    #[cfg(test)]
    pub fn source(&self) -> &str {
        match self {
            Self::Template(template) => template.source(),
            other => panic!("{other:?} is no text"),
        }
    }

    /// Its value.
    ///
    /// # Errors
    /// Where an expression in it has none.
    pub fn evaluate(&self, variables: &dyn Variables) -> Result<Value, EvaluationError> {
        match self {
            Self::Template(template) => template.evaluate(variables),
            Self::Script(script) => script.evaluate(variables),
            Self::List(members) => members.iter().map(|member| member.evaluate(variables)).collect(),
            Self::Map(members) => {
                let member =
                    |(name, member): &(String, Self)| Ok((name.clone(), member.evaluate(variables)?));
                Ok(Value::Object(members.iter().map(member).collect::<Result<_, _>>()?))
            }
        }
    }
}

/// The variables that an activity has for itself for as long as it is under way.
#[derive(Debug, Default)]
pub struct Own {
    /// What they are as it begins, each seeing those before it.
    pub inputs: Vec<Mapping>,
    /// What the instance is given of them when it is done, in order.
    pub outputs: Vec<Mapping>,
}
