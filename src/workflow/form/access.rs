//! What one may do with the fields of a form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::workflow::model::FieldAccess;

/// What one may do with the fields of a form.
#[derive(Debug, Clone, Copy)]
pub enum Access<'a> {
    /// Everything may be written: the form with which a process is started.
    All,
    /// As a node says; what it does not name may be read.
    Fields(&'a BTreeMap<String, FieldAccess>),
}

/// Keywords whose schemas describe the same object as the one that they stand in.
const ALONGSIDE: [&str; 4] = ["else", "if", "not", "then"];
const ALONGSIDE_LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

impl Access<'_> {
    /// What one may do with a field.
    pub fn to(self, field: &str) -> FieldAccess {
        match self {
            Self::All => FieldAccess::Write,
            Self::Fields(fields) => fields.get(field).copied().unwrap_or(FieldAccess::Read),
        }
    }

    fn sees(self, field: &str) -> bool {
        self.to(field) != FieldAccess::None
    }

    /// The data without the fields that one may not see; null where it is no object.
    pub fn visible(self, data: &Value) -> Value {
        let Value::Object(fields) = data else { return Value::Null };
        let seen = fields.iter().filter(|(name, _)| self.sees(name));
        Value::Object(seen.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// The schema of what one may see: without the fields that one may not, with `readOnly` at
    /// those that one may not write, and with no more required than what one may write. Parts that
    /// others refer to (`$defs`) stay as they are.
    pub fn visible_schema(self, schema: &Value) -> Value {
        let Value::Object(keywords) = schema else { return schema.clone() };
        let visible =
            keywords.iter().map(|(keyword, value)| (keyword.clone(), self.visible_keyword(keyword, value)));
        Value::Object(visible.collect())
    }

    fn visible_keyword(self, keyword: &str, value: &Value) -> Value {
        match (keyword, value) {
            ("properties", Value::Object(fields)) => {
                let seen = fields.iter().filter(|(name, _)| self.sees(name));
                let marked = seen.map(|(name, schema)| (name.clone(), self.marked(name, schema)));
                Value::Object(marked.collect())
            }
            ("required", Value::Array(_)) => self.only(value, |access| access == FieldAccess::Write),
            ("dependentRequired", Value::Object(fields)) => {
                let seen = fields.iter().filter(|(name, _)| self.sees(name));
                let required = seen.map(|(name, names)| {
                    (name.clone(), self.only(names, |access| access == FieldAccess::Write))
                });
                Value::Object(required.collect())
            }
            ("dependentSchemas", Value::Object(fields)) => {
                let seen = fields.iter().filter(|(name, _)| self.sees(name));
                Value::Object(
                    seen.map(|(name, schema)| (name.clone(), self.visible_schema(schema))).collect(),
                )
            }
            ("default", Value::Object(_)) => self.visible(value),
            ("examples", Value::Array(examples)) => {
                examples.iter().map(|example| self.visible(example)).collect()
            }
            (_, Value::Array(schemas)) if ALONGSIDE_LISTS.contains(&keyword) => {
                schemas.iter().map(|schema| self.visible_schema(schema)).collect()
            }
            _ if ALONGSIDE.contains(&keyword) => self.visible_schema(value),
            _ => value.clone(),
        }
    }

    fn only(self, names: &Value, wanted: fn(FieldAccess) -> bool) -> Value {
        let names = names.as_array().into_iter().flatten();
        names.filter(|name| name.as_str().is_some_and(|name| wanted(self.to(name)))).cloned().collect()
    }

    fn marked(self, name: &str, schema: &Value) -> Value {
        if self.to(name) == FieldAccess::Write {
            return schema.clone();
        }
        match schema {
            Value::Object(keywords) => {
                let mut keywords: Map<String, Value> = keywords.clone();
                keywords.insert("readOnly".to_owned(), Value::Bool(true));
                Value::Object(keywords)
            }
            // A schema that takes anything.
            Value::Bool(true) => json!({ "readOnly": true }),
            other => other.clone(),
        }
    }
}
