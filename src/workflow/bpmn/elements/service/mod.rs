//! Tasks of machines: service, send, business rule, receive and script tasks.

mod http;
mod mapped;
mod retry;

use super::super::declared::{Declaration, Declared};
use super::super::expressions;
use super::super::fault::{FaultCode, Faults};
use super::super::vendor::{self, Vocabulary};
use super::super::xml::{Element, Space};
use super::own;
use crate::workflow::expression::{Expression, Language, Script, Template};
use crate::workflow::model::{External, Mapping, NodeKind, ScriptTask, Service, Work};

/// The attributes that name work for outside, as designers for Java engines have it: what those would
/// load is the topic here.
const TOPICS: [&str; 3] = ["class", "delegateExpression", "decisionRef"];

/// A service, send or business rule task; none, with a fault, where it does not say what is done.
pub(super) fn read(element: &Element, declared: &Declared<'_>, faults: &mut Faults) -> Option<NodeKind> {
    let work = work(element, Some(declared), faults);
    let (mut inputs, mut outputs) = mapped::read(element, faults);
    let name = match &*element.name {
        "sendTask" => "sendTask",
        "businessRuleTask" => "businessRuleTask",
        _ => "serviceTask",
    };
    let work = work?;
    if matches!(work, Work::External(_) | Work::Http(_)) {
        let said = own::parameters(element, faults);
        inputs.extend(said.inputs);
        outputs.extend(said.outputs);
    } else {
        check_unused(element, &inputs, &outputs, faults);
    }
    Some(NodeKind::Service(Box::new(Service { element: name, work, inputs, outputs })))
}

/// Whether the message of an event is one that designers for Java engines have sent by work of outside.
pub(super) fn is_work(definition: &Element) -> bool {
    let says = |name: &&str| {
        definition.attributes.iter().any(|one| vendor::is_vendors(one.space) && *one.name == **name)
    };
    definition.is("messageEventDefinition")
        && ["class", "delegateExpression", "expression", "topic", "type"].iter().any(says)
}

/// An event that sends its message by work of outside; none, with a fault, where it does not say which.
pub(super) fn event(definition: &Element, event: &Element, faults: &mut Faults) -> Option<NodeKind> {
    vendor::check(definition, &Vocabulary::SERVICE, event.spot().of_child(definition), faults);
    let work = work(definition, None, faults);
    let (mut inputs, mut outputs) = mapped::read(definition, faults);
    let said = own::parameters(definition, faults);
    inputs.extend(said.inputs);
    outputs.extend(said.outputs);
    let name = if event.is("endEvent") { "endEvent" } else { "throwEvent" };
    Some(NodeKind::Service(Box::new(Service { element: name, work: work?, inputs, outputs })))
}

/// A receive task: its message, or else one that is named like it.
pub(super) fn receive(element: &Element, declared: &Declared<'_>, faults: &mut Faults) -> Option<NodeKind> {
    check_instantiate(element, faults);
    if element.attribute("messageRef").is_some_and(|reference| !reference.trim().is_empty()) {
        return declared
            .name(Declaration::Message, element, element.spot(), faults)
            .ok()
            .map(NodeKind::Receive);
    }
    let id = element.id()?;
    expressions::template(id, "the id", element.spot(), faults).map(NodeKind::Receive)
}

/// A script task; none, with a fault, where its script is none.
pub(super) fn script(element: &Element, faults: &mut Faults) -> Option<NodeKind> {
    let spot = element.spot();
    let result = result(element, faults);
    let Some(text) = element.all("script").next() else {
        // A script that stands elsewhere is refused as that.
        if vendor::value(element, "resource", spot, faults).is_some() {
            return None;
        }
        faults.add(FaultCode::Missing, spot, "script is missing: what is worked out?");
        return None;
    };
    let spot = spot.of_child(text);
    let format = element.attribute("scriptFormat").map(str::trim).filter(|format| !format.is_empty());
    let Some(format) = format else {
        faults.add(FaultCode::Missing, spot, "scriptFormat is missing: cel, or juel for ${…}");
        return None;
    };
    let Some(language) = Language::of(format) else {
        let message = format!("scripts in {format} are not supported: write cel, or juel for ${{…}}");
        faults.add(FaultCode::Unsupported, spot, message);
        return None;
    };
    match Script::parse(language, text.text.trim()) {
        Ok(script) => Some(NodeKind::Script(Box::new(ScriptTask { script, result }))),
        Err(error) => {
            faults.add(FaultCode::BadExpression, spot, format!("the script: {error}"));
            None
        }
    }
}

/// What is done, which only one of its attributes says.
fn work(element: &Element, declared: Option<&Declared<'_>>, faults: &mut Faults) -> Option<Work> {
    let spot = element.spot();
    let mut found: Vec<(&str, Option<Work>)> = Vec::new();
    if let Some(said) = vendor::own(element, "http").next() {
        found.push(("http", http::read(said, element, faults).map(|call| Work::Http(Box::new(call)))));
    }
    if let Some(topic) = topic(element, faults) {
        found.push(("topic", external(element, topic, faults)));
    }
    for name in TOPICS {
        if let Some(text) = vendor::value(element, name, spot, faults) {
            found.push((name, external(element, text, faults)));
        }
    }
    if let Some(text) = vendor::value(element, "expression", spot, faults) {
        found.push(("expression", value_or_work(element, text, faults)));
    }
    if let Some(definition) = element.extensions().find(|child| is_zeebe(child, "taskDefinition")) {
        let kind = definition.attribute("type").map(str::trim).filter(|kind| !kind.is_empty());
        let fits = kind.filter(|kind| !kind.starts_with('='));
        if fits.is_none() {
            let message = "type is missing, or is an expression in FEEL, which is not read: name a topic";
            faults.add(FaultCode::BadValue, spot.of_child(definition), message);
        }
        found.push(("taskDefinition", fits.and_then(|kind| external(element, kind, faults))));
    }
    if let Some(declared) = declared.filter(|_| element.is("sendTask"))
        && element.attribute("messageRef").is_some_and(|text| !text.trim().is_empty())
    {
        let name = declared.name(Declaration::Message, element, spot, faults).ok();
        found.push(("messageRef", name.map(Work::Message)));
    }
    if found.len() > 1 {
        let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
        let message = format!("one of these says what is done, not several: {}", names.join(", "));
        faults.add(FaultCode::Contradiction, spot, message);
        return None;
    }
    let Some((_, work)) = found.pop() else {
        // What a connector would do is refused as that.
        if vendor::extensions(element, "connector").next().is_some() {
            return None;
        }
        let message =
            format!("what does the {} do? Give it a docket:topic, for workers that ask for it", element.name);
        faults.add(FaultCode::Missing, spot, message);
        return None;
    };
    work
}

/// The topic of a task that says what kind of task it is: `topic`, or a type that workers know.
fn topic<'x>(element: &'x Element, faults: &mut Faults) -> Option<&'x str> {
    let spot = element.spot();
    let topic = vendor::value(element, "topic", spot, faults);
    let kind = vendor::value(element, "type", spot, faults);
    match (topic, kind) {
        (None, Some("external" | "external-worker")) => {
            faults.add(FaultCode::Missing, spot, "topic is missing: which workers are asked?");
            None
        }
        (Some(topic), None | Some("external" | "external-worker")) => Some(topic),
        (Some(topic), Some(_)) => {
            faults.add(FaultCode::Contradiction, spot, "of a task with a topic the type is external");
            Some(topic)
        }
        (None, kind) => kind,
    }
}

/// What an expression says: a value, or, where it calls what is elsewhere, work for outside under the
/// text of the expression.
fn value_or_work(element: &Element, text: &str, faults: &mut Faults) -> Option<Work> {
    match Expression::parse(text) {
        Ok(expression) => Some(Work::Value { expression, result: result(element, faults) }),
        Err(_) => external(element, text, faults),
    }
}

fn external(element: &Element, topic: &str, faults: &mut Faults) -> Option<Work> {
    let (attempts, retry_after) = retry::read(element, faults);
    let priority = match vendor::value(element, "taskPriority", element.spot(), faults).map(str::parse) {
        Some(Ok(priority)) => priority,
        Some(Err(_)) => {
            faults.add(FaultCode::BadValue, element, "taskPriority is a whole number");
            0
        }
        None => 0,
    };
    Some(Work::External(External { topic: named(topic), attempts, retry_after, priority }))
}

/// A topic as it stands; what would be evaluated elsewhere is its name here, braces and all.
fn named(topic: &str) -> Template {
    Template::plain(topic)
}

fn result(element: &Element, faults: &mut Faults) -> Option<String> {
    let spot = element.spot();
    let short = vendor::value(element, "resultVariable", spot, faults);
    let name = short.or_else(|| vendor::value(element, "resultVariableName", spot, faults))?;
    if !expressions::is_variable(name) {
        faults.add(FaultCode::BadValue, spot, format!("resultVariable “{name}” is no name of a variable"));
        return None;
    }
    Some(name.to_owned())
}

/// What is handed over where nobody works with it.
fn check_unused(element: &Element, inputs: &[Mapping], outputs: &[Mapping], faults: &mut Faults) {
    if !(inputs.is_empty() && outputs.is_empty()) {
        let message = "in, out and field have no effect here: they are for work outside";
        faults.add(FaultCode::UnsupportedAttribute, element, message);
    }
}

fn check_instantiate(element: &Element, faults: &mut Faults) {
    if super::flag(element, "instantiate", false, faults) {
        let message = "a receive task that starts a process (instantiate) is not supported";
        faults.add(FaultCode::Unsupported, element, message);
    }
}

fn is_zeebe(child: &Element, name: &str) -> bool {
    child.space == Space::Zeebe && &*child.name == name
}
