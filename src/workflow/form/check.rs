//! Holding data against a form's schema, with faults that name the place and repeat nothing of it.

use jsonschema::Validator;
use jsonschema::error::{TypeKind, ValidationError, ValidationErrorKind as Kind};
use serde_json::Value;

use super::path::{field_of, of_pointer, push_name, quote};
use super::{FieldFault, MAX_FAULTS};

/// How many choices a message lists.
const LISTED: usize = 10;

/// What does not fit the schema, as far as who writes `may_fix` the field that it is about; at
/// most [`MAX_FAULTS`].
pub(super) fn faults(validator: &Validator, data: &Value, may_fix: &dyn Fn(&str) -> bool) -> Vec<FieldFault> {
    // By far the most data fits, which is told without collecting anything.
    if validator.is_valid(data) {
        return Vec::new();
    }
    let errors = validator.iter_errors(data).filter(|error| !is_excused(error, may_fix));
    errors.flat_map(|error| told(data, &error, may_fix)).take(MAX_FAULTS).collect()
}

/// Whether it is about nothing that who writes could mend.
fn is_excused(error: &ValidationError<'_>, may_fix: &dyn Fn(&str) -> bool) -> bool {
    if let Some(field) = field_of(error.instance_path().as_str()) {
        return !may_fix(&field);
    }
    match error.kind() {
        Kind::Required { property } => property.as_str().is_some_and(|field| !may_fix(field)),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            !unexpected.iter().any(|field| may_fix(field))
        }
        // One of the choices would do, were it not for what cannot be mended.
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            context.iter().any(|choice| choice.iter().all(|error| is_excused(error, may_fix)))
        }
        _ => false,
    }
}

fn told(data: &Value, error: &ValidationError<'_>, may_fix: &dyn Fn(&str) -> bool) -> Vec<FieldFault> {
    let pointer = error.instance_path().as_str();
    let path = of_pointer(data, pointer);
    let below = |name: &str| {
        let mut path = path.clone();
        push_name(&mut path, name);
        path
    };
    match error.kind() {
        Kind::Required { property } => {
            vec![FieldFault::new(property.as_str().map_or(path.clone(), below), "this field is required")]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .filter(|name| field_of(pointer).is_some() || may_fix(name))
            .take(MAX_FAULTS)
            .map(|name| FieldFault::new(below(name), "there is no such field"))
            .collect(),
        kind => vec![FieldFault::new(path, message(kind))],
    }
}

fn message(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind: TypeKind::Single(expected) } => format!("must be of type {expected}"),
        Kind::Type { kind: TypeKind::Multiple(expected) } => {
            let names: Vec<_> = expected.iter().map(|kind| kind.to_string()).collect();
            format!("must be of type {}", names.join(" or "))
        }
        Kind::Enum { options } => choices(options),
        Kind::Constant { expected_value } => format!("must be {}", quote(&expected_value.to_string())),
        Kind::Minimum { limit } => format!("must be at least {limit}"),
        Kind::Maximum { limit } => format!("must be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("must be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("must have at least {limit} characters"),
        Kind::MaxLength { limit } => format!("must have at most {limit} characters"),
        Kind::MinItems { limit } => format!("must have at least {limit} entries"),
        Kind::MaxItems { limit } => format!("must have at most {limit} entries"),
        Kind::AdditionalItems { limit } => format!("must have at most {limit} entries"),
        Kind::UnevaluatedItems { .. } => "has more entries than it may".to_owned(),
        Kind::MinProperties { limit } => format!("must have at least {limit} fields"),
        Kind::MaxProperties { limit } => format!("must have at most {limit} fields"),
        Kind::UniqueItems => "must not have the same entry twice".to_owned(),
        Kind::Contains => "lacks an entry that it must have".to_owned(),
        Kind::Format { format } => format!("must be a valid {}", quote(format)),
        Kind::Pattern { pattern } => format!("must match the pattern {}", quote(pattern)),
        Kind::PropertyNames { .. } => "has a field with a name that is not allowed".to_owned(),
        Kind::FalseSchema => "must not be given".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "fits none of the choices that there are".to_owned()
        }
        Kind::OneOfMultipleValid { .. } => "fits more than one of the choices that there are".to_owned(),
        _ => "does not fit the form".to_owned(),
    }
}

fn choices(options: &Value) -> String {
    let all = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut listed: Vec<_> = all.iter().take(LISTED).map(|option| quote(&option.to_string())).collect();
    if all.len() > LISTED {
        listed.push("…".to_owned());
    }
    format!("must be one of {}", listed.join(", "))
}
