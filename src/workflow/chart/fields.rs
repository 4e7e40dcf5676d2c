//! A node's fields, each read with its type and its faults; what nobody has read at the end is not known.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Faults, Source};
use crate::workflow::bpmn::{FaultCode, chosen, names};

/// What designers keep for themselves.
const LET_BE: &[&str] = &["showText", "ui"];

/// The fields of an object.
pub(super) struct Fields<'v> {
    object: &'v Map<String, Value>,
    /// Where it is.
    pub(super) source: Source,
    read: Vec<&'static str>,
}

impl<'v> Fields<'v> {
    /// Of an object; none, with a fault, where it is none.
    pub(super) fn of(value: &'v Value, source: Source, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::Object(object) => Some(Self { object, source, read: Vec::new() }),
            _ => {
                faults.add(FaultCode::BadValue, &source, "this is no object");
                None
            }
        }
    }

    /// The place of a field.
    pub(super) fn place(&self, name: &str) -> Source {
        Source { path: format!("{}.{name}", self.source.path), id: self.source.id.clone() }
    }

    /// A field as it is; none where it is missing or null.
    pub(super) fn raw(&mut self, name: &'static str) -> Option<&'v Value> {
        self.read.push(name);
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A field of a type; none where it is missing, or, with a fault, where it is of another.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &'static str, faults: &mut Faults) -> Option<T> {
        let value = self.raw(name)?;
        let read = T::deserialize(value);
        read.map_err(|error| faults.add(FaultCode::BadValue, &self.place(name), error.to_string())).ok()
    }

    /// A text that is not blank, without the blanks around.
    pub(super) fn text(&mut self, name: &'static str, faults: &mut Faults) -> Option<String> {
        let text: String = self.take(name, faults)?;
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }

    /// A field that has to be there.
    pub(super) fn needed<T>(&self, name: &str, found: Option<T>, faults: &mut Faults) -> Option<T> {
        if found.is_none() && self.object.get(name).is_none_or(Value::is_null) {
            faults.add(FaultCode::Missing, &self.source, format!("{name} is missing"));
        }
        found
    }

    /// What an attribute of the document says: a text, a number, true or false, or a list of texts.
    pub(super) fn word(&mut self, name: &'static str, faults: &mut Faults) -> Option<String> {
        let value = self.raw(name)?;
        let said = word(value);
        if said.is_none() {
            let message = "this must be a text, a number, true or false, or a list of texts without commas";
            faults.add(FaultCode::BadValue, &self.place(name), message);
        }
        said.filter(|said| !said.trim().is_empty())
    }

    /// Those of several attributes that are there.
    pub(super) fn words(
        &mut self,
        known: &[(&'static str, &'static str)],
        faults: &mut Faults,
    ) -> Vec<(&'static str, String)> {
        known.iter().filter_map(|(name, attribute)| Some((*attribute, self.word(name, faults)?))).collect()
    }

    /// One of several values, by its name in any case or by its number.
    pub(super) fn choice<T: Clone>(
        &mut self,
        name: &'static str,
        choices: &[(&str, u32, T)],
        faults: &mut Faults,
    ) -> Option<T> {
        let value = self.raw(name)?;
        let found = word(value).and_then(|text| chosen(text.trim(), choices));
        if found.is_none() {
            let message = format!("{name} is one of {}", names(choices));
            faults.add(FaultCode::BadValue, &self.place(name), message);
        }
        found
    }

    /// Faults for what is not known: it would be lost without a word.
    pub(super) fn finish(self, what: &str, faults: &mut Faults) {
        for name in self.object.keys() {
            if !self.read.contains(&name.as_str()) && !LET_BE.contains(&name.as_str()) {
                let shown: String = name.chars().take(80).collect();
                let message = format!("there is no {shown} at {what}");
                faults.add(FaultCode::UnsupportedAttribute, &self.source, message);
            }
        }
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(members) => {
            let entry = |member: &Value| match member {
                Value::Array(_) | Value::Object(_) | Value::Null => None,
                // Between the commas of a list it would be two.
                other => word(other).filter(|text| !text.contains(',')),
            };
            Some(members.iter().map(entry).collect::<Option<Vec<_>>>()?.join(","))
        }
        Value::Null | Value::Object(_) => None,
    }
}
