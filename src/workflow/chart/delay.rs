//! Nodes that wait for a time.

use super::Faults;
use super::draft::{Draft, Element, Loose};
use super::fields::Fields;
use super::read::Node;
use crate::workflow::bpmn::FaultCode;
use crate::workflow::markup::Tag;

/// Until when it waits.
#[derive(Debug)]
pub(super) enum Delay {
    /// So long.
    Duration(String),
    /// Until then.
    Date(String),
}

/// Reads `delay`: `{"duration": "PT8H"}` or `{"date": "2027-01-01"}`.
pub(super) fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Delay> {
    let value = fields.raw("delay");
    let value = fields.needed("delay", value, faults)?;
    let mut fields = Fields::of(value, fields.place("delay"), faults)?;
    let (duration, date) = (fields.text("duration", faults), fields.text("date", faults));
    let source = fields.source.clone();
    fields.finish("a delay", faults);
    match (duration, date) {
        (Some(duration), None) => Some(Delay::Duration(duration)),
        (None, Some(date)) => Some(Delay::Date(date)),
        (Some(_), Some(_)) => {
            faults.add(FaultCode::Contradiction, &source, "a delay has either a duration or a date");
            None
        }
        (None, None) => {
            faults.add(FaultCode::Missing, &source, "a delay has a duration, or a date");
            None
        }
    }
}

/// The definition of a timer.
pub(super) fn timer(kind: &'static str, text: String) -> Tag {
    Tag::new("bpmn:timerEventDefinition").holding([Tag::new(kind).saying(text)])
}

impl Draft {
    /// An event that waits.
    pub(super) fn delay(&mut self, node: &Node, delay: &Delay) -> Vec<Loose> {
        let mut event = Element::of(node, "bpmn:intermediateCatchEvent");
        event.parts.push(match delay {
            Delay::Duration(text) => timer("bpmn:timeDuration", text.clone()),
            Delay::Date(text) => timer("bpmn:timeDate", text.clone()),
        });
        self.add(event);
        vec![Loose::from(node)]
    }
}
