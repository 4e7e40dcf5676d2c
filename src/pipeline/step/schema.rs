//! Holding parameters against a kind's JSON Schema, with messages that are short and name the place.

use jsonschema::Validator;
use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind};
use serde_json::{Map, Value};

use super::Refusal;

/// The most characters of anything of the caller's that a message repeats.
const MAX_QUOTE: usize = 40;

/// Checks `parameters`, reporting the first thing that is wrong.
pub(super) fn check(validator: &Validator, parameters: &Map<String, Value>) -> Result<(), Refusal> {
    let value = Value::Object(parameters.clone());
    let result = validator.validate(&value);
    result.map_err(|error| refusal(&error))
}

fn refusal(error: &ValidationError<'_>) -> Refusal {
    let parameter = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            unexpected.first().map(|name| quote(name))
        }
        ValidationErrorKind::Required { property } => property.as_str().map(str::to_owned),
        _ => error.instance_path().as_str().split('/').nth(1).map(quote),
    };
    Refusal { parameter, message: message(error.kind()) }
}

fn message(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::AdditionalProperties { .. } => "there is no such parameter".to_owned(),
        ValidationErrorKind::Required { .. } => "this parameter is required".to_owned(),
        ValidationErrorKind::Minimum { limit } => format!("must be at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("must be at most {limit}"),
        ValidationErrorKind::MinLength { limit } => format!("must have at least {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("must have at most {limit} characters"),
        ValidationErrorKind::Enum { options } => {
            let names: Vec<_> = options.as_array().into_iter().flatten().map(Value::to_string).collect();
            match names.as_slice() {
                [] => "there is nothing to choose from: none is configured".to_owned(),
                names => format!("must be one of {}", names.join(", ")),
            }
        }
        ValidationErrorKind::Type { kind: TypeKind::Single(expected) } => {
            format!("must be of type {expected}")
        }
        ValidationErrorKind::Pattern { .. } => "does not have the form described".to_owned(),
        _ => "does not fit the parameter's schema".to_owned(),
    }
}

/// A name of the caller's, cut to what a message may repeat.
pub(crate) fn quote(name: &str) -> String {
    let mut short: String = name.chars().filter(|letter| !letter.is_control()).take(MAX_QUOTE).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    short
}
