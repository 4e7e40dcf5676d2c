//! What work is done with, and what is taken of its answer.
//!
//! Three ways to say it: `in` and `out` as call activities have them, the `field`s that Flowable and
//! Activiti inject, and Camunda's `inputOutput`, which [`own`](super::super::own) reads.

use super::super::super::expressions;
use super::super::super::fault::{FaultCode, Faults, Spot};
use super::super::super::vendor;
use super::super::super::xml::Element;
use super::super::call::{MAX_MAPPINGS, mapping};
use crate::workflow::model::{Mapping, Source};

/// What goes in, and what comes out.
pub(super) fn read(element: &Element, faults: &mut Faults) -> (Vec<Mapping>, Vec<Mapping>) {
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    for input in vendor::extensions(element, "in") {
        inputs.extend(mapping(input, element, faults));
    }
    for output in vendor::extensions(element, "out") {
        outputs.extend(mapping(output, element, faults));
    }
    for field in vendor::extensions(element, "field") {
        inputs.extend(named(field, field_value(field), element.spot().of_child(field), faults));
    }
    for (what, mappings) in [("in", &inputs), ("out", &outputs)] {
        if mappings.len() > MAX_MAPPINGS {
            let message = format!("more than {MAX_MAPPINGS} values go {what}");
            faults.add(FaultCode::TooLarge, element, message);
        }
    }
    (inputs, outputs)
}

/// `stringValue`, `expression`, or one of these as an element with a text.
fn field_value(field: &Element) -> Option<&str> {
    let attribute = ["stringValue", "expression"].iter().find_map(|name| field.attribute(name));
    let child = || {
        let is_one = |child: &&Element| {
            vendor::is_vendors(child.space) && ["string", "expression"].contains(&&*child.name)
        };
        field.children.iter().find(is_one).map(|child| child.text.trim())
    };
    attribute.or_else(child)
}

fn named(element: &Element, value: Option<&str>, spot: Spot<'_>, faults: &mut Faults) -> Option<Mapping> {
    let Some(target) = element.label() else {
        faults.add(FaultCode::Missing, spot, "name is missing");
        return None;
    };
    let Some(value) = value else {
        faults.add(FaultCode::Missing, spot, format!("{target} has no value"));
        return None;
    };
    let source = Source::Template(expressions::template(value, target, spot, faults)?);
    Some(Mapping { source, target: target.to_owned() })
}
