//! Where a process or a subprocess begins, and what begins a process.

use std::borrow::Cow;

use serde_json::Value;

use super::super::super::declared::Declared;
use super::super::super::expressions;
use super::super::super::fault::{FaultCode, Faults};
use super::super::super::vendor;
use super::super::super::xml::Element;
use super::{definition, definitions, refuse, trigger, user_task};
use crate::workflow::expression::{Template, Variables};
use crate::workflow::model::{NodeKind, Timer, Trigger};

/// The longest name of a signal, in characters.
const MAX_NAME: usize = 255;

/// A start event; none, with a fault, for one that begins by what cannot begin it.
pub(in super::super) fn start(
    element: &Element,
    is_inner: bool,
    declared: &Declared<'_>,
    initiator: &mut Option<String>,
    faults: &mut Faults,
) -> Option<NodeKind> {
    let trigger = match definitions(element).next() {
        Some(trigger) if is_inner => {
            refuse(trigger, element, faults);
            return None;
        }
        Some(_) => Some(triggered(element, declared, faults)?),
        None => None,
    };
    read_initiator(element, is_inner, initiator, faults);
    let form = user_task::form(element, faults);
    let nobody = match &trigger {
        _ if form.is_none() => None,
        _ if is_inner => Some("a subprocess is not started by anybody who could fill in a form"),
        Some(_) => Some("what is not started by hand has nobody who could fill in a form"),
        None => None,
    };
    if let Some(message) = nobody {
        faults.add(FaultCode::UnsupportedAttribute, element, message);
    }
    Some(NodeKind::Start { form, trigger })
}

fn read_initiator(element: &Element, is_inner: bool, initiator: &mut Option<String>, faults: &mut Faults) {
    let spot = element.spot();
    let Some(variable) = vendor::value(element, "initiator", spot, faults) else { return };
    if is_inner {
        let message = "initiator has a meaning only where the process starts, not a subprocess";
        faults.add(FaultCode::UnsupportedAttribute, spot, message);
    }
    if !expressions::is_variable(variable) {
        faults.add(FaultCode::BadValue, spot, format!("initiator “{variable}” is no name of a variable"));
    }
    if let Some(other) = initiator.as_deref().filter(|other| *other != variable) {
        let message = format!("initiator is {variable} here, and {other} at another start event");
        faults.add(FaultCode::Contradiction, spot, message);
    }
    *initiator = Some(variable.to_owned());
}

/// A text whose expressions read no variable: what it always is.
fn constant(text: &Template) -> Option<Template> {
    struct Nothing;
    impl Variables for Nothing {
        fn get(&self, _name: &str) -> Option<Cow<'_, Value>> {
            None
        }
    }
    match text.evaluate(&Nothing) {
        Ok(Value::String(value))
            if text.names().is_empty() && (1..=MAX_NAME).contains(&value.chars().count()) =>
        {
            Some(Template::plain(&value))
        }
        _ => None,
    }
}

/// What begins a process: a time, a message or a signal.
fn triggered(element: &Element, declared: &Declared<'_>, faults: &mut Faults) -> Option<Trigger> {
    let definition = definition(element, faults).ok()??;
    let spot = element.spot().of_child(definition);
    let found = trigger::caught(definition, element, trigger::BEGINNING, declared, faults)?;
    let text = match &found {
        Trigger::Timer(Timer::Date(text) | Timer::Duration(text) | Timer::Cycle(text))
        | Trigger::Message(text)
        | Trigger::Signal(text) => text.source(),
        Trigger::Condition(_) => {
            let message = "a conditionalEventDefinition begins no process by itself: where it has no other start \
                           event for that, startProcess begins it here if the condition holds over the variables";
            faults.note(FaultCode::NotExecuted, spot, message);
            return Some(found);
        }
        Trigger::Error(_) | Trigger::Escalation(_) => return None,
    };
    if let Trigger::Signal(name) = &found
        && let Some(name) = constant(name)
    {
        return Some(Trigger::Signal(name));
    }
    if expressions::holds_expression(text) {
        let message =
            format!("{text}: no expression is evaluated before there is an instance: write what it is");
        faults.add(FaultCode::BadValue, spot, message);
        return None;
    }
    Some(found)
}
