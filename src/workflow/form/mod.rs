//! Forms: a JSON Schema that says what a form holds, and for each field whether one may see it and
//! write it. Pure: data comes in and goes out.

mod access;
mod check;
mod of_task;
mod path;
mod schema;
mod signature;

#[cfg(test)]
mod tests;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value, json};

pub use self::access::Access;
pub use self::of_task::{
    Filling, TaskForm, Written, data_of, filled, form_of, mark_of, schema_of, start_form,
};
use self::path::quote;
pub use self::schema::own_schema;
pub use self::signature::is_of_signatures;
use crate::kernel::Fault;
use crate::workflow::expression::same;
use crate::workflow::model::FieldAccess;

/// The most bytes of a form's schema as JSON.
pub const MAX_SCHEMA: usize = 64 << 10;
/// The most fields of a form.
pub const MAX_FIELDS: usize = 200;
/// How deep the schemas of a form may nest; a reference is a level too.
pub const MAX_DEPTH: usize = 16;
/// The most schemas in a form, each counted as often as it is referred to.
pub const MAX_PARTS: usize = 10_000;
/// The most regular expressions of a form.
pub const MAX_PATTERNS: usize = 100;
/// The most bytes of a form's data as JSON.
pub const MAX_DATA: usize = 256 << 10;
/// The most faults that are told at once.
pub const MAX_FAULTS: usize = 50;

/// The most bytes that a compiled regular expression takes.
const MAX_PATTERN_SIZE: usize = 256 << 10;

/// A form that data can be held against.
#[derive(Debug)]
pub struct Form {
    schema: Value,
    validator: Validator,
}

/// Why a schema is no form's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It does not describe an object.
    #[error("a form is a JSON Schema with \"type\": \"object\"")]
    NotAnObject,
    /// It names another draft.
    #[error("a form is a JSON Schema of the draft 2020-12, and not of {0}")]
    Draft(String),
    /// It is too large.
    #[error("a form is at most {MAX_SCHEMA} bytes of JSON")]
    TooLarge,
    /// It has too many properties at the top.
    #[error("a form has at most {MAX_FIELDS} fields")]
    TooManyFields,
    /// It nests too deep.
    #[error("a form nests at most {MAX_DEPTH} levels deep")]
    TooDeep,
    /// It consists of too many schemas, once its references are followed.
    #[error("a form has at most {MAX_PARTS} parts, those it refers to counted each time")]
    TooManyParts,
    /// It has too many regular expressions.
    #[error("a form has at most {MAX_PATTERNS} patterns")]
    TooManyPatterns,
    /// A reference leads out of it, nowhere, or back to where it stands.
    #[error("{reference}: a form refers to its own parts alone (#/…), and never in a circle")]
    Reference {
        /// What is referred to.
        reference: String,
    },
    /// It uses a keyword that has no place in a form.
    #[error("{0} is not supported in a form")]
    Unsupported(&'static str),
    /// It is no valid schema; also where a pattern needs more than a linear search.
    #[error("{path}: {message}")]
    Invalid {
        /// Where in the schema, as a JSON Pointer.
        path: String,
        /// What is wrong.
        message: String,
    },
}

/// What of the fields that somebody writes they may write, and what is wrong with the others.
#[derive(Default)]
struct Changes {
    allowed: Map<String, Value>,
    faults: Vec<FieldFault>,
}

/// What is wrong with a field of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Where, as `items[2].amount`; empty where it is the data as a whole.
    pub path: String,
    /// What, for people. It repeats none of the data.
    pub message: String,
}

impl FieldFault {
    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }

    /// All faults as one: `BAD_INPUT` at the first of them below `field`, with all of them as the
    /// detail `faults`.
    pub fn into_fault(field: &str, faults: &[Self]) -> Fault {
        let place = |fault: &Self| match &fault.path {
            path if path.is_empty() => field.to_owned(),
            path if path.starts_with('[') => format!("{field}{path}"),
            path => format!("{field}.{path}"),
        };
        let first = faults.first();
        let message = first.map_or("the form is not filled in as it must be", |fault| &fault.message);
        let all: Vec<_> =
            faults.iter().map(|fault| json!({ "field": place(fault), "message": fault.message })).collect();
        Fault::bad_input(first.map_or_else(|| field.to_owned(), place), message).with("faults", all.into())
    }
}

impl Form {
    /// Reads a form.
    ///
    /// # Errors
    /// Where it is no schema of an object, too large, too deep, or refers to anything outside.
    pub fn parse(schema: &Value) -> Result<Self, FormError> {
        schema::check(schema)?;
        let patterns = PatternOptions::regex().size_limit(MAX_PATTERN_SIZE).dfa_size_limit(MAX_PATTERN_SIZE);
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .with_pattern_options(patterns)
            .should_validate_formats(true)
            .offline()
            .build(schema)
            .map_err(|error| FormError::Invalid {
                path: quote(error.instance_path().as_str()),
                message: quote(&error.to_string()),
            })?;
        Ok(Self { schema: schema.clone(), validator })
    }

    /// The schema it was read from.
    pub fn schema(&self) -> &Value {
        &self.schema
    }

    /// What `written` makes of `current`: each of its fields in place of the one before. Null
    /// takes a field away that may not be null. What one may not write may be sent back as it was.
    ///
    /// # Errors
    /// Where a field is not known or not to be written, with its name; else where the whole does
    /// not fit the schema. What is wrong with fields that one may not write stays without mention.
    pub fn merge(
        &self,
        current: &Value,
        written: &Value,
        access: Access<'_>,
    ) -> Result<Value, Vec<FieldFault>> {
        self.merge_checked(current, written, access, &|name| self.may_fix(name, access))
    }

    /// The same for who need not fill in everything: what is written must be right, and what is
    /// missing beside it is no fault.
    ///
    /// # Errors
    /// As [`merge`](Self::merge), for the fields of `written` alone.
    pub fn amend(
        &self,
        current: &Value,
        written: &Value,
        access: Access<'_>,
    ) -> Result<Value, Vec<FieldFault>> {
        let is_written = |name: &str| {
            written.get(name).is_some_and(|value| !same(value, current.get(name).unwrap_or(&Value::Null)))
        };
        self.merge_checked(current, written, access, &|name| is_written(name) && self.may_fix(name, access))
    }

    fn merge_checked(
        &self,
        current: &Value,
        written: &Value,
        access: Access<'_>,
        matters: &dyn Fn(&str) -> bool,
    ) -> Result<Value, Vec<FieldFault>> {
        let changes = self.changes(current, written, access)?;
        let mut merged = current.as_object().cloned().unwrap_or_default();
        for (name, value) in changes.allowed {
            if value.is_null() && !self.takes_null(&name) {
                merged.shift_remove(&name);
            } else {
                merged.insert(name, value);
            }
        }
        let merged = Value::Object(merged);
        bounded(&merged)?;
        let mut faults = changes.faults;
        faults.extend(check::faults(&self.validator, &merged, matters));
        faults.truncate(MAX_FAULTS);
        if faults.is_empty() { Ok(merged) } else { Err(faults) }
    }

    /// What of `written` is worth keeping as a draft: the fields that one may write. Whether they
    /// are complete or fit the schema does not matter yet.
    ///
    /// # Errors
    /// Where a field is not known or not to be written, with its name; where it is too large.
    pub fn check_draft(
        &self,
        current: &Value,
        written: &Value,
        access: Access<'_>,
    ) -> Result<Value, Vec<FieldFault>> {
        let changes = self.changes(current, written, access)?;
        if changes.faults.is_empty() { Ok(Value::Object(changes.allowed)) } else { Err(changes.faults) }
    }

    fn changes(
        &self,
        current: &Value,
        written: &Value,
        access: Access<'_>,
    ) -> Result<Changes, Vec<FieldFault>> {
        let Value::Object(fields) = written else {
            return Err(vec![FieldFault::new("", "the data of a form is an object of its fields")]);
        };
        bounded(written)?;
        let Changes { mut allowed, mut faults } = Changes::default();
        for (name, value) in fields {
            match access.to(name) {
                _ if !self.knows(name) => faults.push(FieldFault::new(path::of(name), NO_SUCH_FIELD)),
                // Whether there is such a field is not for everybody to know.
                FieldAccess::None => faults.push(FieldFault::new(path::of(name), NO_SUCH_FIELD)),
                FieldAccess::Write => {
                    allowed.insert(name.clone(), value.clone());
                }
                FieldAccess::Read if same(value, current.get(name).unwrap_or(&Value::Null)) => {}
                FieldAccess::Read => {
                    faults.push(FieldFault::new(path::of(name), "this field may be read only"));
                }
            }
            if faults.len() == MAX_FAULTS {
                break;
            }
        }
        Ok(Changes { allowed, faults })
    }

    fn properties(&self) -> Option<&Map<String, Value>> {
        self.schema.get("properties")?.as_object().filter(|properties| !properties.is_empty())
    }

    /// Whether the form names such a field.
    pub fn names(&self, field: &str) -> bool {
        self.properties().is_some_and(|properties| properties.contains_key(field))
    }

    /// Whether the form has such a field. One that names none takes any, unless it says that there
    /// are no others.
    fn knows(&self, name: &str) -> bool {
        match self.properties() {
            Some(properties) => properties.contains_key(name),
            None => self.schema.get("additionalProperties") != Some(&Value::Bool(false)),
        }
    }

    /// Whether who writes could mend what is wrong with a field.
    fn may_fix(&self, name: &str, access: Access<'_>) -> bool {
        self.knows(name) && access.to(name) == FieldAccess::Write
    }

    /// Whether a field's own schema lets it be null, or does not say.
    fn takes_null(&self, name: &str) -> bool {
        match self.properties().and_then(|properties| properties.get(name)?.get("type")) {
            Some(Value::Array(types)) => types.iter().any(|kind| kind == "null"),
            Some(kind) => kind == "null",
            None => true,
        }
    }
}

const NO_SUCH_FIELD: &str = "there is no such field, or you may not write it";

/// Whether the data of a form is small enough, before it is known of which.
///
/// # Errors
/// `BAD_INPUT` at `field`.
pub fn check_size(field: &str, data: &Map<String, Value>) -> Result<(), Fault> {
    let fits = schema::size(data, MAX_DATA).is_some();
    fits.then_some(()).ok_or_else(|| Fault::bad_input(field, too_large()))
}

fn too_large() -> String {
    format!("the data of a form is at most {MAX_DATA} bytes of JSON")
}

/// Whether data is small enough.
fn bounded(data: &Value) -> Result<(), Vec<FieldFault>> {
    if schema::size(data, MAX_DATA).is_none() {
        return Err(vec![FieldFault::new("", too_large())]);
    }
    Ok(())
}
