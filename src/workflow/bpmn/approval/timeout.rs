//! What happens where nobody decides in time: `timeout`, a duration of ISO 8601 or an expression for one,
//! with `timeoutAction`, `REMIND` 1 (`reminders` times, else once), `APPROVE` 2 or `REJECT` 3.

use chrono::DateTime;

use super::super::expressions;
use super::super::fault::{FaultCode, Faults};
use super::super::xml::Element;
use super::values;
use crate::workflow::due;
use crate::workflow::model::{Timeout, TimeoutAction};

/// The most reminders.
const MAX_REMINDERS: u32 = 100;

/// The timeout of a user task; none where there is none, or, with a fault, where it is none.
pub(super) fn read(element: &Element, faults: &mut Faults) -> Option<Timeout> {
    let actions = [
        ("REMIND", 1, TimeoutAction::Remind { times: 1 }),
        ("APPROVE", 2, TimeoutAction::Approve),
        ("REJECT", 3, TimeoutAction::Reject),
    ];
    let action = values::choice(element, "timeoutAction", &actions, faults);
    let reminders = values::number(element, "reminders", 1..=MAX_REMINDERS, faults);
    let Some(text) = values::text(element, "timeout") else {
        let is_said = |name: &&str| values::text(element, name).is_some();
        for name in ["timeoutAction", "reminders"].iter().filter(|name| is_said(name)) {
            faults.add(FaultCode::Contradiction, element, format!("{name} goes with a timeout alone"));
        }
        return None;
    };
    let after = expressions::template(text, "timeout", element.spot(), faults)?;
    if !expressions::holds_expression(text)
        && (!text.starts_with('P') || due::parse(text, DateTime::UNIX_EPOCH).is_err())
    {
        faults.add(
            FaultCode::BadValue,
            element,
            "timeout is a duration of ISO 8601, such as P2D, or an expression",
        );
        return None;
    }
    let Some(action) = action else {
        if values::text(element, "timeoutAction").is_none() {
            faults.add(FaultCode::Missing, element, "timeoutAction is missing: REMIND, APPROVE or REJECT");
        }
        return None;
    };
    match (action, reminders) {
        (TimeoutAction::Remind { .. }, Some(times)) => {
            Some(Timeout { after, action: TimeoutAction::Remind { times } })
        }
        (_, Some(_)) => {
            faults.add(
                FaultCode::Contradiction,
                element,
                "reminders goes with timeoutAction=\"REMIND\" alone",
            );
            None
        }
        (action, None) => Some(Timeout { after, action }),
    }
}
