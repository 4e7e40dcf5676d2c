//! When a timer fires.

use chrono::DateTime;

use super::super::super::expressions;
use super::super::super::fault::{FaultCode, Faults};
use super::super::super::vendor::{self, Vocabulary};
use super::super::super::xml::Element;
use crate::workflow::cycle::Cycle;
use crate::workflow::due;
use crate::workflow::model::Timer;

/// The elements that say it.
const KINDS: [&str; 3] = ["timeDate", "timeDuration", "timeCycle"];

/// Reads a timer's definition; none, with a fault, where it is none. A cycle of an event that happens but
/// once is over when it has come for the first time.
pub(super) fn read(definition: &Element, event: &Element, faults: &mut Faults) -> Option<Timer> {
    let spot = event.spot().of_child(definition);
    let said: Vec<_> =
        definition.children.iter().filter(|child| KINDS.iter().any(|kind| child.is(kind))).collect();
    let [said] = said[..] else {
        let code = if said.is_empty() { FaultCode::Missing } else { FaultCode::Contradiction };
        faults.add(code, spot, "a timer has one of timeDate, timeDuration and timeCycle");
        return None;
    };
    let spot = event.spot().of_child(said);
    vendor::check(said, &Vocabulary::BARE, spot, faults);
    let (kind, text) = (&*said.name, said.text.trim());
    if text.is_empty() {
        faults.add(FaultCode::Missing, spot, format!("{kind} is empty"));
        return None;
    }
    let template = expressions::template(text, kind, spot, faults)?;
    if !expressions::holds_expression(text)
        && let Err(message) = check_literal(kind, text)
    {
        faults.add(FaultCode::BadValue, spot, message);
        return None;
    }
    Some(match kind {
        "timeDate" => Timer::Date(template),
        "timeDuration" => Timer::Duration(template),
        _ => Timer::Cycle(template),
    })
}

fn check_literal(kind: &str, text: &str) -> Result<(), String> {
    // From when on a duration counts does not matter here.
    let is_time = || due::parse(text, DateTime::UNIX_EPOCH).is_ok();
    match kind {
        "timeDate" if text.starts_with('P') || !is_time() => {
            Err("timeDate is a date, or a date and time, of ISO 8601, or an expression for one".to_owned())
        }
        "timeDuration" if !text.starts_with('P') || !is_time() => {
            Err("timeDuration is a duration of ISO 8601, such as PT10M, or an expression for one".to_owned())
        }
        "timeCycle" => Cycle::parse(text).map(drop).map_err(|error| format!("timeCycle {error}")),
        _ => Ok(()),
    }
}
