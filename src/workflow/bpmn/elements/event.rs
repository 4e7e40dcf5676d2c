//! Start and end events.

use super::super::expressions;
use super::super::fault::{FaultCode, Faults};
use super::super::vendor;
use super::super::xml::{Element, Space};
use super::user_task;
use crate::workflow::model::NodeKind;

/// A start event without a trigger; none, with a fault, for any other.
pub(super) fn start(
    element: &Element,
    is_inner: bool,
    initiator: &mut Option<String>,
    faults: &mut Faults,
) -> Option<NodeKind> {
    if let Some(trigger) = definitions(element).next() {
        refuse(trigger, element, faults);
        return None;
    }
    let spot = element.spot();
    if let Some(variable) = vendor::value(element, "initiator", spot, faults) {
        if is_inner {
            let message = "initiator has a meaning only where the process starts, not a subprocess";
            faults.add(FaultCode::UnsupportedAttribute, spot, message);
        }
        if !expressions::is_variable(variable) {
            faults.add(FaultCode::BadValue, spot, format!("initiator “{variable}” is no name of a variable"));
        }
        *initiator = Some(variable.to_owned());
    }
    let form = user_task::form(element, faults);
    if is_inner && form.is_some() {
        let message = "a subprocess is not started by anybody who could fill in a form";
        faults.add(FaultCode::UnsupportedAttribute, spot, message);
    }
    Some(NodeKind::Start { form })
}

/// An end event that ends its token, or all of them; none, with a fault, for any other.
pub(super) fn end(element: &Element, faults: &mut Faults) -> Option<NodeKind> {
    let mut kind = Some(NodeKind::End);
    for definition in definitions(element) {
        if definition.is("terminateEventDefinition") {
            vendor::check(definition, &vendor::Vocabulary::BARE, element.spot().of_child(definition), faults);
            kind = kind.and(Some(NodeKind::Terminate));
        } else {
            refuse(definition, element, faults);
            kind = None;
        }
    }
    kind
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
