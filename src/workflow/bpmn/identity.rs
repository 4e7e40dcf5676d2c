//! Ids and names over the whole document: one of a kind, and not too long.

use std::collections::HashMap;

use super::fault::{FaultCode, Faults};
use super::xml::{Element, Space};

/// The longest id, in characters.
const MAX_ID: usize = 128;
/// The longest name, in characters.
const MAX_NAME: usize = 255;

/// Faults of BPMN's elements; those of vendors and of the diagram count their ids themselves.
pub(super) fn check(root: &Element, faults: &mut Faults) {
    let mut seen = HashMap::new();
    visit(root, &mut seen, faults);
}

fn visit<'x>(element: &'x Element, seen: &mut HashMap<&'x str, u32>, faults: &mut Faults) {
    if element.space != Space::Bpmn || element.is("extensionElements") {
        return;
    }
    if let Some(id) = element.id() {
        if let Some(first) = seen.get(id) {
            let message = format!("the id belongs to the element in line {first} already");
            faults.add(FaultCode::DuplicateId, element, message);
        } else {
            seen.insert(id, element.line);
        }
        if id.chars().nth(MAX_ID).is_some() {
            faults.add(FaultCode::IdTooLong, element, format!("an id has at most {MAX_ID} characters"));
        }
    }
    if element.label().is_some_and(|name| name.chars().nth(MAX_NAME).is_some()) {
        faults.add(FaultCode::NameTooLong, element, format!("a name has at most {MAX_NAME} characters"));
    }
    for child in &element.children {
        visit(child, seen, faults);
    }
}
