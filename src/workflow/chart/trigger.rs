//! Nodes that do something by themselves: they write the form's fields, or call another system.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::child::Handed;
use super::condition;
use super::draft::{Draft, Element, Loose};
use super::fields::Fields;
use super::read::Node;
use super::{Faults, Source};
use crate::workflow::bpmn::FaultCode;
use crate::workflow::markup::Tag;

/// What is done.
#[derive(Debug)]
pub(super) enum Trigger {
    /// Fields are written, some of them perhaps only under a condition.
    Form(Vec<Change>),
    /// An address is called.
    Http(Box<Call>),
}

/// A call of an address. What it may say is checked where the document is read.
#[derive(Debug)]
pub(super) struct Call {
    attributes: Vec<(&'static str, String)>,
    /// Of the task itself.
    of_task: Vec<(&'static str, String)>,
    headers: Vec<(String, String)>,
    inputs: Vec<Handed>,
    outputs: Vec<Handed>,
}

/// Fields that are written together.
#[derive(Debug)]
pub(super) struct Change {
    source: Source,
    condition: Option<String>,
    writes: Vec<Tag>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Http,
    HttpCallback,
    FormUpdate,
    FormDelete,
}

/// Reads `trigger`: `{"kind": "FORM_UPDATE", "changes": […]}`.
pub(super) fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Trigger> {
    let kinds = [
        ("HTTP", 1, Kind::Http),
        ("HTTP_CALLBACK", 2, Kind::HttpCallback),
        ("FORM_UPDATE", 10, Kind::FormUpdate),
        ("FORM_DELETE", 11, Kind::FormDelete),
    ];
    let value = fields.raw("trigger");
    let value = fields.needed("trigger", value, faults)?;
    let mut fields = Fields::of(value, fields.place("trigger"), faults)?;
    let kind = fields.choice("kind", &kinds, faults);
    match fields.needed("kind", kind, faults)? {
        Kind::Http => Some(http(fields, false, faults)),
        Kind::HttpCallback => Some(http(fields, true, faults)),
        kind => {
            let changes: Option<Vec<Value>> = fields.take("changes", faults);
            let changes = fields.needed("changes", changes, faults)?;
            let place = fields.place("changes");
            if changes.is_empty() {
                faults.add(FaultCode::Missing, &place, "a trigger of the form changes something");
            }
            fields.finish("a trigger of the form", faults);
            let changes = changes.iter().enumerate().filter_map(|(at, value)| {
                let source = Source { path: format!("{}[{at}]", place.path), ..place.clone() };
                change(value, kind, source, faults)
            });
            Some(Trigger::Form(changes.collect()))
        }
    }
}

/// A trigger that calls an address. With `is_called_back` it waits until it is; else it goes on at once,
/// but where something is taken of the answer.
fn http(mut fields: Fields<'_>, is_called_back: bool, faults: &mut Faults) -> Trigger {
    let url = fields.text("url", faults);
    let url = fields.needed("url", url, faults);
    let mut attributes: Vec<_> = url.map(|url| ("url", url)).into_iter().collect();
    attributes.extend(fields.words(
        &[
            ("method", "method"),
            ("timeout", "timeout"),
            ("callbackWithin", "callbackWithin"),
            ("resultVariable", "resultVariable"),
        ],
        faults,
    ));
    let headers: BTreeMap<String, String> = fields.take("headers", faults).unwrap_or_default();
    let inputs: Vec<Handed> = fields.take("in", faults).unwrap_or_default();
    let outputs: Vec<Handed> = fields.take("out", faults).unwrap_or_default();
    let takes = !outputs.is_empty() || attributes.iter().any(|(name, _)| *name == "resultVariable");
    let wait = match (is_called_back, takes) {
        (true, _) => "CALLBACK",
        (false, true) => "ANSWER",
        (false, false) => "NOTHING",
    };
    attributes.push(("wait", wait.to_owned()));
    let of_task =
        fields.words(&[("retries", "docket:retries"), ("skipExpression", "docket:skipExpression")], faults);
    fields.finish("a trigger that calls", faults);
    Trigger::Http(Box::new(Call {
        attributes,
        of_task,
        headers: headers.into_iter().collect(),
        inputs,
        outputs,
    }))
}

/// `{"condition": …, "set": {"days": 3}}`, or `{"condition": …, "remove": ["days"]}`.
fn change(value: &Value, kind: Kind, source: Source, faults: &mut Faults) -> Option<Change> {
    let mut fields = Fields::of(value, source, faults)?;
    let place = fields.place("condition");
    let condition = fields.raw("condition").map(|value| condition::read(value, place, faults));
    let (writes, count): (Vec<Tag>, usize) = if kind == Kind::FormUpdate {
        let set: Option<Map<String, Value>> = fields.take("set", faults);
        let set = fields.needed("set", set, faults).unwrap_or_default();
        let place = fields.place("set");
        (set.iter().filter_map(|(name, value)| written(name, value, &place, faults)).collect(), set.len())
    } else {
        let remove: Option<Vec<String>> = fields.take("remove", faults);
        let remove = fields.needed("remove", remove, faults).unwrap_or_default();
        let count = remove.len();
        (remove.into_iter().map(|name| Tag::new("docket:unset").with("name", name)).collect(), count)
    };
    let source = fields.source.clone();
    if count == 0 {
        faults.add(FaultCode::Missing, &source, "which fields are changed?");
    }
    fields.finish("a change", faults);
    Some(Change { source, condition: condition.flatten(), writes })
}

/// A text may hold expressions; what is no text is written as one.
fn written(name: &str, value: &Value, place: &Source, faults: &mut Faults) -> Option<Tag> {
    let said = match value {
        Value::String(text) => Some(text.clone()),
        other => condition::literal(other).map(|literal| format!("${{{literal}}}")),
    };
    if said.is_none() {
        let message = format!("{name} becomes a text, a number, true, false, null or an expression");
        faults.add(FaultCode::BadValue, place, message);
    }
    Some(Tag::new("docket:set").with("name", name).with("value", said?))
}

impl Draft {
    /// The tasks of a trigger behind flows; where the flow goes on from there.
    pub(super) fn trigger(&mut self, node: &Node, trigger: &Trigger, loose: Vec<Loose>) -> Vec<Loose> {
        match trigger {
            Trigger::Form(changes) => self.changes(node, changes, loose),
            Trigger::Http(call) => {
                self.connect(loose, &node.id);
                let mut task = Element::of(node, "bpmn:serviceTask");
                for (attribute, value) in &call.of_task {
                    task.attribute(attribute, value);
                }
                let mut http = Tag::new("docket:http");
                for (name, value) in &call.attributes {
                    http = http.with(name, value.clone());
                }
                let header = |(name, value): &(String, String)| {
                    Tag::new("docket:header").with("name", name.clone()).with("value", value.clone())
                };
                task.extensions.push(http.holding(call.headers.iter().map(header)));
                task.extensions.extend(call.inputs.iter().map(|handed| handed.tag("docket:in")));
                task.extensions.extend(call.outputs.iter().map(|handed| handed.tag("docket:out")));
                self.add(task);
                vec![Loose::from(node)]
            }
        }
    }

    /// A task for each change, one behind the other; one under a condition is passed over without it.
    fn changes(&mut self, node: &Node, changes: &[Change], mut loose: Vec<Loose>) -> Vec<Loose> {
        for (at, change) in changes.iter().enumerate() {
            let mut task = if at == 0 {
                Element::of(node, "bpmn:task")
            } else {
                let id = self.new_id(format!("{}_{}", node.id, at + 1), &change.source);
                Element::new(id, "bpmn:task")
            };
            if let Some(condition) = &change.condition {
                task.attribute("docket:skipExpression", &negated(condition));
            }
            task.extensions.extend(change.writes.iter().cloned());
            let id = task.id.clone();
            self.add(task);
            self.connect(loose, &id);
            loose = vec![Loose::of(id, change.source.clone())];
        }
        loose
    }
}

/// That an expression is not true.
fn negated(expression: &str) -> String {
    let inner = expression.strip_prefix("${").or_else(|| expression.strip_prefix("#{"));
    match inner.and_then(|inner| inner.strip_suffix('}')) {
        Some(inner) => format!("${{not ({inner})}}"),
        // What is no expression is told where the document is read.
        None => expression.to_owned(),
    }
}
