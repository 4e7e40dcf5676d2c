//! Events: where a process begins and ends, what it waits for, and what it tells.

mod start;
mod timer;
mod trigger;

use super::super::Told;
use super::super::declared::Declared;
use super::super::fault::{FaultCode, Faults};
use super::super::links::Link;
use super::super::reading::Reading;
use super::super::vendor::{self, Vocabulary};
use super::super::xml::{Element, Space};
use super::{flag, service, user_task};
use crate::workflow::model::{Boundary, ElementId, EventStart, NodeKind, Throw, Trigger};
pub(super) use start::start;
pub(super) use trigger::code_variable;

/// The start event of an event subprocess, which says when it begins.
pub(super) fn event_start(
    element: &Element,
    declared: &Declared<'_>,
    faults: &mut Faults,
) -> Option<NodeKind> {
    let is_interrupting = flag(element, "isInterrupting", true, faults);
    let definition = needed(element, faults)?;
    let trigger = trigger::caught(definition, element, trigger::ANY, declared, faults)?;
    check_error(&trigger, is_interrupting, "isInterrupting", element, faults);
    Some(NodeKind::EventStart(EventStart { is_interrupting, trigger }))
}

/// An end event: it ends its token, or all of them, or tells something as it ends.
pub(super) fn end(element: &Element, declared: &Declared<'_>, faults: &mut Faults) -> Option<NodeKind> {
    match definition(element, faults).ok()? {
        None => Some(NodeKind::End),
        Some(definition) if definition.is("terminateEventDefinition") => {
            vendor::check(definition, &Vocabulary::BARE, element.spot().of_child(definition), faults);
            Some(NodeKind::Terminate)
        }
        Some(definition) if service::is_work(definition) => service::event(definition, element, faults),
        Some(definition) => trigger::thrown(definition, element, true, declared, faults).map(NodeKind::Throw),
    }
}

/// An event that waits on the way; a link is where a flow goes on.
pub(super) fn catch(
    reading: &mut Reading,
    element: &Element,
    parent: Option<&ElementId>,
    declared: &Declared<'_>,
    faults: &mut Faults,
) -> Option<NodeKind> {
    let definition = needed(element, faults)?;
    if definition.is("linkEventDefinition") {
        return link(reading, definition, element, parent, false, faults);
    }
    trigger::caught(definition, element, trigger::OUTSIDE, declared, faults).map(NodeKind::Catch)
}

/// An event that tells something on the way, or nothing; a link is where a flow breaks off.
pub(super) fn throw(
    reading: &mut Reading,
    element: &Element,
    parent: Option<&ElementId>,
    declared: &Declared<'_>,
    faults: &mut Faults,
) -> Option<NodeKind> {
    match definition(element, faults).ok()? {
        None => Some(NodeKind::Throw(Throw::Nothing)),
        Some(definition) if definition.is("linkEventDefinition") => {
            link(reading, definition, element, parent, true, faults)
        }
        Some(definition) if service::is_work(definition) => service::event(definition, element, faults),
        Some(definition) => {
            trigger::thrown(definition, element, false, declared, faults).map(NodeKind::Throw)
        }
    }
}

/// An event at the border of an activity.
pub(super) fn boundary(element: &Element, declared: &Declared<'_>, faults: &mut Faults) -> Option<NodeKind> {
    let is_interrupting = flag(element, "cancelActivity", true, faults);
    let host = element.attribute("attachedToRef").map(str::trim).filter(|host| !host.is_empty());
    if host.is_none() {
        faults.add(FaultCode::Missing, element, "attachedToRef is missing: which activity's border?");
    }
    let definition = needed(element, faults)?;
    let trigger = trigger::caught(definition, element, trigger::ANY, declared, faults)?;
    check_error(&trigger, is_interrupting, "cancelActivity", element, faults);
    Some(NodeKind::Boundary(Boundary { host: host?.into(), is_interrupting, trigger }))
}

fn check_error(trigger: &Trigger, is_interrupting: bool, name: &str, element: &Element, faults: &mut Faults) {
    if matches!(trigger, Trigger::Error(_)) && !is_interrupting {
        let message = format!("an error always interrupts: {name} cannot be false");
        faults.add(FaultCode::Contradiction, element, message);
    }
}

fn link(
    reading: &mut Reading,
    definition: &Element,
    element: &Element,
    parent: Option<&ElementId>,
    is_throw: bool,
    faults: &mut Faults,
) -> Option<NodeKind> {
    let spot = element.spot().of_child(definition);
    vendor::check(definition, &Vocabulary::BARE, spot, faults);
    let Some(name) = definition.label() else {
        faults.add(FaultCode::Missing, spot, "the link has no name, by which its other end is known");
        return None;
    };
    if let Some(id) = element.id() {
        let (node, name) = (id.into(), name.to_owned());
        let place = (element.line, element.column);
        reading.links.push(Link { node, scope: parent.cloned(), name, place, is_throw });
    }
    Some(NodeKind::Throw(Throw::Nothing))
}

/// The definition of an event that needs one; none, with a fault, where it has none.
fn needed<'x>(event: &'x Element, faults: &mut Faults) -> Option<&'x Element> {
    let definition = definition(event, faults).ok()?;
    if definition.is_none() {
        let message = format!("what does the {} wait for? It has no event definition", event.name);
        faults.add(FaultCode::Missing, event, message);
    }
    definition
}

/// The definition of an event, where it has one.
///
/// # Errors
/// Where it has several, or one that stands elsewhere.
fn definition<'x>(event: &'x Element, faults: &mut Faults) -> Result<Option<&'x Element>, Told> {
    let mut all = definitions(event);
    let only = all.next();
    if let Some(second) = all.next() {
        let message = format!("a {} with several event definitions is not supported", event.name);
        faults.add(FaultCode::Unsupported, event.spot().of_child(second), message);
        return Err(Told);
    }
    if flag(event, "parallelMultiple", false, faults) {
        faults.add(FaultCode::Unsupported, event, "parallelMultiple is not supported");
        return Err(Told);
    }
    if let Some(reference) = only.filter(|only| only.is("eventDefinitionRef")) {
        refuse(reference, event, faults);
        return Err(Told);
    }
    Ok(only)
}

fn definitions(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter(|child| {
        child.space == Space::Bpmn
            && (child.name.ends_with("EventDefinition") || &*child.name == "eventDefinitionRef")
    })
}

fn refuse(definition: &Element, event: &Element, faults: &mut Faults) {
    let message = format!("a {} with a {} is not supported", event.name, definition.name);
    faults.add(FaultCode::Unsupported, event.spot().of_child(definition), message);
}
