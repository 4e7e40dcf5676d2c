//! The columns that a form's fields make: which they are, and what may stand in them. Pure.

use serde_json::{Map, Value};

use super::FORM;
use crate::workflow::{is_of_signatures, own_schema};

/// A field of a form that whoever decides may write, as a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// Its name.
    pub name: String,
    /// What it is called, where the form says so.
    pub title: Option<String>,
    /// What it is for, where the form says so.
    pub description: Option<String>,
    /// Whether it has to be filled in.
    pub is_required: bool,
    /// What may stand in it.
    pub kind: FieldKind,
}

impl Field {
    /// What its column is called.
    pub fn column(&self) -> String {
        format!("{FORM}{}", self.name)
    }
}

/// What may stand in a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FieldKind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// TRUE or FALSE.
    Boolean,
    /// A day.
    Date,
    /// A time, in UTC.
    DateTime,
    /// One of these.
    Choice(Vec<Choice>),
    /// Anything else, as JSON.
    Json,
}

/// One of the choices of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// What it is called: unlike all others of its field.
    pub label: String,
    /// What it is.
    pub value: Value,
}

/// The fields of a form that whoever decides may write, in the form's order; but for those of signatures.
pub(super) fn fields_of(schema: &Value) -> Vec<Field> {
    let required: Vec<_> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut fields = Vec::new();
    for (name, declared) in properties.into_iter().flatten() {
        let own = own_schema(schema, declared);
        let text = |key: &str| {
            [declared, own].into_iter().find_map(|schema| schema.get(key)?.as_str()).map(str::to_owned)
        };
        let is_read_only =
            [declared, own].iter().any(|schema| schema.get("readOnly") == Some(&Value::Bool(true)));
        if is_read_only || is_of_signatures(schema, declared) {
            continue;
        }
        fields.push(Field {
            name: name.clone(),
            title: text("title"),
            description: text("description"),
            is_required: required.contains(&name.as_str()),
            kind: kind_of(own),
        });
    }
    fields
}

fn kind_of(schema: &Value) -> FieldKind {
    if let Some(choices) = choices_of(schema) {
        return FieldKind::Choice(choices);
    }
    let types: Vec<_> = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let types: Vec<_> = types.into_iter().filter(|kind| *kind != "null").collect();
    match (types.as_slice(), schema.get("format").and_then(Value::as_str)) {
        (["string"], Some("date")) => FieldKind::Date,
        (["string"], Some("date-time")) => FieldKind::DateTime,
        (["string"], _) => FieldKind::Text,
        (["number"], _) => FieldKind::Number,
        (["integer"], _) => FieldKind::Integer,
        (["boolean"], _) => FieldKind::Boolean,
        _ => FieldKind::Json,
    }
}

/// The choices of a field that has nothing but choices: `enum`, or constants with titles.
fn choices_of(schema: &Value) -> Option<Vec<Choice>> {
    let named = |choice: &Map<String, Value>| {
        let value = choice.get("const")?.clone();
        let label = choice.get("title").and_then(Value::as_str).map(str::to_owned);
        Some(Choice { label: label.or_else(|| plain(&value))?, value })
    };
    let listed = |value: &Value| Some(Choice { label: plain(value)?, value: value.clone() });
    let of = |key: &str| schema.get(key).and_then(Value::as_array).filter(|choices| !choices.is_empty());
    let choices: Vec<Choice> = match (of("enum"), of("oneOf").or_else(|| of("anyOf"))) {
        (Some(values), _) => {
            values.iter().filter(|value| !value.is_null()).map(listed).collect::<Option<_>>()?
        }
        (None, Some(schemas)) => schemas.iter().map(|one| named(one.as_object()?)).collect::<Option<_>>()?,
        (None, None) => return None,
    };
    let mut labels: Vec<_> = choices.iter().map(|choice| &choice.label).collect();
    labels.sort_unstable();
    labels.dedup();
    (labels.len() == choices.len()).then_some(choices)
}

/// A value that reads as one word in a cell.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
