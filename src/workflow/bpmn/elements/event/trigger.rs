//! What an event waits for or tells, as its definition says.

use super::super::super::declared::{Declaration, Declared};
use super::super::super::expressions;
use super::super::super::fault::{FaultCode, Faults};
use super::super::super::vendor::{self, Vocabulary};
use super::super::super::xml::Element;
use super::super::flow;
use super::{refuse, timer};
use crate::workflow::model::{Throw, Trigger};
use crate::workflow::variable;

/// What can be waited for anywhere.
pub(super) const OUTSIDE: &[&str] = &[
    "timerEventDefinition",
    "messageEventDefinition",
    "signalEventDefinition",
    "conditionalEventDefinition",
];
/// What can begin a process.
pub(super) const BEGINNING: &[&str] = OUTSIDE;
/// What can be waited for where it comes from within: at a boundary, and in an event subprocess.
pub(super) const ANY: &[&str] = &[
    "timerEventDefinition",
    "messageEventDefinition",
    "signalEventDefinition",
    "conditionalEventDefinition",
    "errorEventDefinition",
    "escalationEventDefinition",
];

/// What an event waits for: one of `known`; none, with a fault, where it says nothing that can be
/// waited for there.
pub(super) fn caught(
    definition: &Element,
    event: &Element,
    known: &[&str],
    declared: &Declared<'_>,
    faults: &mut Faults,
) -> Option<Trigger> {
    if !known.iter().any(|name| definition.is(name)) {
        refuse(definition, event, faults);
        return None;
    }
    let knows = match &*definition.name {
        "errorEventDefinition" => Vocabulary::CAUGHT_ERROR,
        "escalationEventDefinition" => Vocabulary::CAUGHT_ESCALATION,
        _ => Vocabulary::BARE,
    };
    check(definition, &knows, event, faults);
    let spot = event.spot().of_child(definition);
    match &*definition.name {
        "timerEventDefinition" => timer::read(definition, event, faults).map(Trigger::Timer),
        "conditionalEventDefinition" => {
            let Some(condition) = definition.all("condition").next() else {
                faults.add(FaultCode::Missing, spot, "condition is missing: what has to be true?");
                return None;
            };
            flow::condition(condition, event, faults).map(Trigger::Condition)
        }
        "messageEventDefinition" => {
            declared.name(Declaration::Message, definition, spot, faults).ok().map(Trigger::Message)
        }
        "signalEventDefinition" => {
            declared.name(Declaration::Signal, definition, spot, faults).ok().map(Trigger::Signal)
        }
        "errorEventDefinition" => {
            declared.code(Declaration::Error, definition, spot, faults).ok().map(Trigger::Error)
        }
        _ => declared.code(Declaration::Escalation, definition, spot, faults).ok().map(Trigger::Escalation),
    }
}

/// What an event tells; an error only where `is_end`. None, with a fault, where that is nothing that
/// can be told.
pub(super) fn thrown(
    definition: &Element,
    event: &Element,
    is_end: bool,
    declared: &Declared<'_>,
    faults: &mut Faults,
) -> Option<Throw> {
    let spot = event.spot().of_child(definition);
    let code = |kind, what: &str, faults: &mut Faults| {
        check(definition, &Vocabulary::BARE, event, faults);
        let code = declared.code(kind, definition, spot, faults).ok()?;
        if code.is_none() {
            let message = format!("which {what}? {what}Ref, or the {what}Code of what it names, is missing");
            faults.add(FaultCode::Missing, spot, message);
        }
        code
    };
    match &*definition.name {
        "messageEventDefinition" => {
            check(definition, &Vocabulary::BARE, event, faults);
            declared.name(Declaration::Message, definition, spot, faults).ok().map(Throw::Message)
        }
        "signalEventDefinition" => {
            check(definition, &Vocabulary::BARE, event, faults);
            declared.name(Declaration::Signal, definition, spot, faults).ok().map(Throw::Signal)
        }
        "escalationEventDefinition" => {
            code(Declaration::Escalation, "escalation", faults).map(Throw::Escalation)
        }
        "errorEventDefinition" if is_end => code(Declaration::Error, "error", faults).map(Throw::Error),
        _ => {
            refuse(definition, event, faults);
            None
        }
    }
}

/// Faults for vendors' words at a definition. What they hand over with an event is not.
fn check(definition: &Element, knows: &Vocabulary, event: &Element, faults: &mut Faults) {
    let spot = event.spot().of_child(definition);
    vendor::check(definition, knows, spot, faults);
    for handed in ["in", "out"].into_iter().flat_map(|name| vendor::extensions(definition, name)) {
        let message = format!("<{}{}> is not supported at an event", handed.space.prefix(), handed.name);
        faults.add(FaultCode::UnsupportedAttribute, spot.of_child(handed), message);
    }
}

/// The variable that takes the code of the error or escalation that an event catches, where it says one.
pub(in super::super) fn code_variable(event: &Element, faults: &mut Faults) -> Option<String> {
    let definition = event
        .children
        .iter()
        .find(|child| child.is("errorEventDefinition") || child.is("escalationEventDefinition"))?;
    let name =
        if definition.is("errorEventDefinition") { "errorCodeVariable" } else { "escalationCodeVariable" };
    let spot = event.spot().of_child(definition);
    let variable = vendor::value(definition, name, spot, faults)?;
    if !expressions::is_variable(variable) || variable::is_reserved(variable) {
        let message = format!("{name} “{variable}” is no name of a variable that can be written");
        faults.add(FaultCode::BadValue, spot, message);
    }
    Some(variable.to_owned())
}
