//! How often work is tried again, and when.

use super::super::super::approval::values;
use super::super::super::fault::{FaultCode, Faults};
use super::super::super::vendor;
use super::super::super::xml::Element;
use super::is_zeebe;
use crate::workflow::cycle::Cycle;
use crate::workflow::model::{DEFAULT_ATTEMPTS, MAX_ATTEMPTS};

/// The attempts of a task's work, and the wait before another one where the document says it:
/// `docket:retries`, `failedJobRetryTimeCycle` (`R3/PT10M`), or the retries of a `zeebe:taskDefinition`.
pub(super) fn read(element: &Element, faults: &mut Faults) -> (u32, Option<String>) {
    if let Some(attempts) = values::number(element, "retries", 1..=MAX_ATTEMPTS, faults) {
        return (attempts, None);
    }
    if let Some(cycle) = vendor::extensions(element, "failedJobRetryTimeCycle").next() {
        let spot = element.spot().of_child(cycle);
        match Cycle::parse(&cycle.text) {
            Ok(Cycle { times: Some(times), start: None, interval }) if times <= MAX_ATTEMPTS => {
                return (times, Some(interval));
            }
            Ok(_) => {
                let message =
                    format!("retries are counted: R3/PT10M, of at most {MAX_ATTEMPTS}, and begin at once");
                faults.add(FaultCode::BadValue, spot, message);
            }
            Err(error) => faults.add(FaultCode::BadValue, spot, format!("failedJobRetryTimeCycle {error}")),
        }
    }
    let zeebe = element.extensions().find(|child| is_zeebe(child, "taskDefinition"));
    let Some(retries) = zeebe.and_then(|zeebe| zeebe.attribute("retries")) else {
        return (DEFAULT_ATTEMPTS, None);
    };
    let attempts = retries.trim().parse().ok().filter(|number| (1..=MAX_ATTEMPTS).contains(number));
    if attempts.is_none() {
        let message = format!("retries is a whole number from 1 to {MAX_ATTEMPTS}");
        faults.add(FaultCode::BadValue, element, message);
    }
    (attempts.unwrap_or(DEFAULT_ATTEMPTS), None)
}
