//! The values of Docket's own attributes.

use std::ops::RangeInclusive;

use super::super::fault::{FaultCode, Faults};
use super::super::xml::{Element, Space};

/// The text of an attribute; none where it is missing or blank.
pub(in crate::workflow::bpmn) fn text<'x>(element: &'x Element, name: &str) -> Option<&'x str> {
    element.attribute_of(Space::Docket, name).map(str::trim).filter(|text| !text.is_empty())
}

/// One of several values, by its name in any case or by its number; none where it is missing, or,
/// with a fault, where it is another.
pub(in crate::workflow::bpmn) fn choice<T: Clone>(
    element: &Element,
    name: &str,
    choices: &[(&str, u32, T)],
    faults: &mut Faults,
) -> Option<T> {
    let text = text(element, name)?;
    let found = chosen(text, choices);
    if found.is_none() {
        faults.add(FaultCode::BadValue, element, format!("{name} is one of {}", names(choices)));
    }
    found
}

/// The value that a text names.
pub(super) fn chosen<T: Clone>(text: &str, choices: &[(&str, u32, T)]) -> Option<T> {
    let number = text.parse::<u32>().ok();
    let found =
        choices.iter().find(|(known, code, _)| known.eq_ignore_ascii_case(text) || number == Some(*code));
    found.map(|(_, _, value)| value.clone())
}

/// The values' names, for people.
pub(super) fn names<T>(choices: &[(&str, u32, T)]) -> String {
    choices.iter().map(|(name, _, _)| *name).collect::<Vec<_>>().join(", ")
}

/// A whole number within bounds.
pub(in crate::workflow::bpmn) fn number(
    element: &Element,
    name: &str,
    bounds: RangeInclusive<u32>,
    faults: &mut Faults,
) -> Option<u32> {
    let found = text(element, name)?.parse().ok().filter(|number| bounds.contains(number));
    if found.is_none() {
        let message = format!("{name} is a whole number from {} to {}", bounds.start(), bounds.end());
        faults.add(FaultCode::BadValue, element, message);
    }
    found
}

/// True or false.
pub(in crate::workflow::bpmn) fn flag(element: &Element, name: &str, faults: &mut Faults) -> Option<bool> {
    match &*text(element, name)?.to_lowercase() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => {
            faults.add(FaultCode::BadValue, element, format!("{name} is either true or false"));
            None
        }
    }
}
