//! What BPMN leaves to vendors: attributes and extension elements of Flowable, Camunda, Activiti and
//! Docket, which mean the same in whichever of these namespaces they stand.
//!
//! What would change the execution and is not supported is a fault, or, where a process works without it,
//! noted; what is not known is taken for a drawing and let be, but in Docket's own namespace, where it is
//! a mistake.

pub(super) mod tables;
mod vocabulary;

use super::fault::{FaultCode, Faults, Spot};
use super::xml::{Element, Space};
use tables::{ATTRIBUTES, ELEMENTS, UNDERSTOOD_SOMEWHERE, Verdict, Word, ZEEBE, find};
pub(super) use vocabulary::Vocabulary;

/// The namespaces in which the shared attributes are read.
const VENDORS: [Space; 4] = [Space::Docket, Space::Flowable, Space::Camunda, Space::Activiti];

/// Whether an element or attribute is one of the vendors whose dialects are read.
pub(super) fn is_vendors(space: Space) -> bool {
    VENDORS.contains(&space)
}

/// The value of an attribute that the vendors share; none where it is missing or blank. Where two
/// of them say different things, that is a fault.
pub(super) fn value<'x>(
    element: &'x Element,
    name: &str,
    spot: Spot<'_>,
    faults: &mut Faults,
) -> Option<&'x str> {
    let mut found: Option<(Space, &str)> = None;
    for vendor in VENDORS {
        let value = element.attribute_of(vendor, name).map(str::trim).filter(|value| !value.is_empty());
        match (found, value) {
            (None, Some(value)) => found = Some((vendor, value)),
            (Some((first, one)), Some(other)) if one != other => {
                let (first, second) = (first.prefix(), vendor.prefix());
                let message = format!("{first}{name} and {second}{name} say different things");
                faults.add(FaultCode::Contradiction, spot, message);
            }
            _ => {}
        }
    }
    found.map(|(_, value)| value)
}

/// A boolean that the vendors share; false where it is missing.
pub(super) fn flag(element: &Element, name: &str, spot: Spot<'_>, faults: &mut Faults) -> bool {
    match value(element, name, spot, faults) {
        None | Some("false" | "0") => false,
        Some("true" | "1") => true,
        Some(_) => {
            faults.add(FaultCode::BadValue, spot, format!("{name} is either true or false"));
            false
        }
    }
}

/// Docket's own extension elements of a name.
pub(super) fn own<'x>(element: &'x Element, name: &str) -> impl Iterator<Item = &'x Element> {
    element.extensions().filter(move |child| is_own(child, name))
}

/// Whether an element is Docket's own of a name.
pub(super) fn is_own(element: &Element, name: &str) -> bool {
    element.space == Space::Docket && &*element.name == name
}

/// The extension elements of a name in the vendors' namespaces.
pub(super) fn extensions<'x>(element: &'x Element, name: &str) -> impl Iterator<Item = &'x Element> {
    element.extensions().filter(move |child| is_vendors(child.space) && &*child.name == name)
}

/// Faults for what an element says that would change its execution and is not understood there.
pub(super) fn check(element: &Element, knows: &Vocabulary, spot: Spot<'_>, faults: &mut Faults) {
    check_attributes(element, knows, spot, faults);
    for child in element.extensions() {
        check_extension(child, element, knows, spot, faults);
    }
    for child in &element.children {
        if is_vendors(child.space) {
            let shown = format!("{}{}", child.space.prefix(), child.name);
            let message = format!("<{shown}> stands outside of extensionElements, where nobody reads it");
            faults.add(FaultCode::UnsupportedAttribute, spot.of_child(child), message);
        }
    }
}

fn check_attributes(element: &Element, knows: &Vocabulary, spot: Spot<'_>, faults: &mut Faults) {
    for attribute in &element.attributes {
        let name = &*attribute.name;
        let shown = format!("{}{name}", attribute.space.prefix());
        let spot = spot.at(&shown);
        let shared = knows.attributes.contains(&name);
        let message = match attribute.space {
            Space::None if (shared || knows.own.contains(&name)) && !knows.plain.contains(&name) => {
                format!("{name} stands in no namespace, where nobody reads it: write docket:{name}")
            }
            Space::Docket if !shared && !knows.own.contains(&name) => {
                format!("there is no {shown} at a {}", element.name)
            }
            Space::Flowable | Space::Camunda | Space::Activiti if !shared => {
                let value = attribute.value.trim();
                match find(ATTRIBUTES, name) {
                    Some(word) if word.harmless.contains(&value) => {}
                    Some(word) => judge(word, &shown, spot, faults),
                    None if UNDERSTOOD_SOMEWHERE.contains(&name) && !value.is_empty() => {
                        let message = format!("{shown} has no effect at a {}", element.name);
                        faults.add(FaultCode::UnsupportedAttribute, spot, message);
                    }
                    None => {}
                }
                continue;
            }
            _ => continue,
        };
        faults.add(FaultCode::UnsupportedAttribute, spot, message);
    }
}

fn check_extension(
    child: &Element,
    element: &Element,
    knows: &Vocabulary,
    spot: Spot<'_>,
    faults: &mut Faults,
) {
    let name = &*child.name;
    let shown = format!("<{}{name}>", child.space.prefix());
    let spot = spot.of_child(child);
    if knows.elements.contains(&name) {
        return;
    }
    let table = match child.space {
        Space::Docket if !knows.own_elements.contains(&name) => {
            let message = format!("there is no {shown} in a {}", element.name);
            faults.add(FaultCode::UnsupportedAttribute, spot, message);
            return;
        }
        Space::Flowable | Space::Camunda | Space::Activiti => ELEMENTS,
        Space::Zeebe => ZEEBE,
        _ => return,
    };
    if let Some(word) = find(table, name) {
        judge(word, &shown, spot, faults);
    }
}

/// What becomes of a word that is not executed.
fn judge(word: &Word, shown: &str, spot: Spot<'_>, faults: &mut Faults) {
    match word.verdict {
        Verdict::Kept => {}
        Verdict::Noted => {
            let message = format!("{shown} is kept and not executed: {}", word.why);
            faults.note(FaultCode::NotExecuted, spot, message);
        }
        Verdict::Refused => {
            let message = format!("{shown} is not supported: {}", word.why);
            faults.add(FaultCode::UnsupportedAttribute, spot, message);
        }
    }
}
