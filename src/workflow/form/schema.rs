//! Whether a schema keeps to a form's bounds, told before it is compiled.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::Value;

use super::path::quote;
use super::{FormError, MAX_DEPTH, MAX_FIELDS, MAX_PARTS, MAX_PATTERNS, MAX_SCHEMA};

/// How deep the schema may nest as JSON: twice for each schema in another, and some for constants.
const MAX_JSON_DEPTH: usize = 4 * MAX_DEPTH;
/// The draft that forms are written in.
const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Keywords that change what a reference means.
const UNSUPPORTED: [&str; 6] =
    ["$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveAnchor", "$recursiveRef", "$vocabulary"];

/// Keywords that hold a schema.
const ONE: [&str; 12] = [
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "additionalItems",
];
/// Keywords that hold a list of schemas.
const LIST: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords that hold schemas by names.
const NAMED: [&str; 5] = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"];

/// Whether it keeps to the bounds of a form.
///
/// # Errors
/// With the first bound that it does not keep to.
pub(super) fn check(schema: &Value) -> Result<(), FormError> {
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err(FormError::NotAnObject);
    }
    if !is_shallow(schema, MAX_JSON_DEPTH) {
        return Err(FormError::TooDeep);
    }
    size(schema, MAX_SCHEMA).ok_or(FormError::TooLarge)?;
    if let Some(draft) = schema.get("$schema")
        && draft.as_str().map(|draft| draft.trim_end_matches('#')) != Some(DRAFT)
    {
        return Err(FormError::Draft(quote(draft.as_str().unwrap_or("another"))));
    }
    let fields = schema.get("properties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
    if fields > MAX_FIELDS {
        return Err(FormError::TooManyFields);
    }
    let mut walk = Walk { root: schema, measured: HashMap::new(), patterns: 0 };
    walk.measure(schema, 1)?;
    Ok(())
}

/// How many bytes a value has as JSON, where those are not more than `most`.
pub(super) fn size(value: &impl serde::Serialize, most: usize) -> Option<usize> {
    let mut counter = Counter { written: 0, most };
    serde_json::to_writer(&mut counter, value).ok().map(|()| counter.written)
}

/// How many references are followed to a field's own schema: no form nests deeper.
const MAX_REFERENCES: usize = MAX_DEPTH;

/// The schema of a field of a form, where it stands in another part of it.
pub fn own_schema<'a>(form: &'a Value, declared: &'a Value) -> &'a Value {
    let mut own = declared;
    for _ in 0..MAX_REFERENCES {
        let reference = own.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
        match reference.and_then(|pointer| form.pointer(pointer)) {
            Some(target) => own = target,
            None => break,
        }
    }
    own
}

/// Counts what is written, and fails beyond a bound.
struct Counter {
    written: usize,
    most: usize,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written += bytes.len();
        if self.written > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_shallow(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_shallow(item, levels - 1)),
        Value::Object(members) => levels > 0 && members.values().all(|member| is_shallow(member, levels - 1)),
        _ => true,
    }
}

/// What a schema amounts to with all that it refers to.
#[derive(Debug, Clone, Copy)]
struct Measure {
    levels: usize,
    parts: usize,
}

/// A walk through a schema that follows each reference once.
struct Walk<'a> {
    root: &'a Value,
    /// What each reference leads to; none while it is being followed.
    measured: HashMap<&'a str, Option<Measure>>,
    patterns: usize,
}

impl<'a> Walk<'a> {
    fn measure(&mut self, schema: &'a Value, level: usize) -> Result<Measure, FormError> {
        if level > MAX_DEPTH {
            return Err(FormError::TooDeep);
        }
        if let Some(keyword) = UNSUPPORTED.into_iter().find(|keyword| schema.get(keyword).is_some()) {
            return Err(FormError::Unsupported(keyword));
        }
        if level > 1 && schema.get("$id").is_some() {
            return Err(FormError::Unsupported("$id"));
        }
        let by_name =
            schema.get("patternProperties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
        self.patterns += by_name + usize::from(schema.get("pattern").is_some());
        if self.patterns > MAX_PATTERNS {
            return Err(FormError::TooManyPatterns);
        }
        let mut whole = Measure { levels: 1, parts: 1 };
        for part in parts(schema) {
            let part = self.measure(part, level + 1)?;
            whole.add(part);
        }
        if let Some(reference) = schema.get("$ref") {
            let part = self.follow(reference, level + 1)?;
            whole.add(part);
        }
        if whole.parts > MAX_PARTS {
            return Err(FormError::TooManyParts);
        }
        if level - 1 + whole.levels > MAX_DEPTH { Err(FormError::TooDeep) } else { Ok(whole) }
    }

    fn follow(&mut self, reference: &'a Value, level: usize) -> Result<Measure, FormError> {
        let refused = || FormError::Reference {
            reference: reference.as_str().map_or_else(|| "$ref".to_owned(), quote),
        };
        let pointer = reference.as_str().and_then(|text| text.strip_prefix('#')).ok_or_else(refused)?;
        match self.measured.get(pointer) {
            Some(Some(measure)) => return Ok(*measure),
            // It is within itself.
            Some(None) => return Err(refused()),
            None => {}
        }
        // The whole form, which every reference lies in, has an empty pointer.
        let target = self.root.pointer(pointer).filter(|_| !pointer.is_empty()).ok_or_else(refused)?;
        self.measured.insert(pointer, None);
        let measure = self.measure(target, level)?;
        self.measured.insert(pointer, Some(measure));
        Ok(measure)
    }
}

impl Measure {
    fn add(&mut self, part: Self) {
        self.levels = self.levels.max(1 + part.levels);
        self.parts = self.parts.saturating_add(part.parts);
    }
}

/// The schemas that stand in a schema.
fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
    let one = ONE.into_iter().filter_map(|keyword| schema.get(keyword));
    let list = LIST.into_iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    let named = NAMED.into_iter().filter_map(|keyword| schema.get(keyword)?.as_object());
    one.chain(list).chain(named.flat_map(|schemas| schemas.values()))
}
