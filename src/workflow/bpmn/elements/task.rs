//! Tasks that nobody decides: to show the instance to people, to write variables. Without any of that a
//! task does nothing in particular.

use super::super::approval::{strategy, values};
use super::super::expressions;
use super::super::fault::{FaultCode, Faults};
use super::super::vendor;
use super::super::xml::Element;
use crate::workflow::model::{Assignment, NodeKind};
use crate::workflow::variable;

/// The most variables that a task writes.
const MAX_WRITES: usize = 500;

/// What a task does.
pub(super) fn read(element: &Element, faults: &mut Faults) -> NodeKind {
    let copies = values::choice(element, "nodeType", &[("COPY", 12, ())], faults).is_some();
    let writes = writes(element, faults);
    if copies && !writes.is_empty() {
        let message = "a task does one thing: nodeType=\"COPY\", or set and unset";
        faults.add(FaultCode::Contradiction, element, message);
    }
    // Whoever is named and not shown anything is named for nothing.
    let strategy = strategy::read(element, faults);
    match (copies, strategy) {
        (true, Some(strategy)) => NodeKind::Copy(strategy),
        (true, None) => {
            if values::text(element, "approverStrategy").is_none() {
                faults.add(FaultCode::Missing, element, "nodeType=\"COPY\" needs an approverStrategy");
            }
            NodeKind::Task
        }
        (false, Some(_)) => {
            let message = "people are named, but the task shows them nothing: nodeType=\"COPY\" is missing";
            faults.add(FaultCode::Contradiction, element, message);
            NodeKind::Task
        }
        (false, None) if !writes.is_empty() => NodeKind::Write(writes),
        (false, None) => NodeKind::Task,
    }
}

/// `<docket:set name="…" value="…"/>` and `<docket:unset name="…"/>`, in their order.
fn writes(element: &Element, faults: &mut Faults) -> Vec<Assignment> {
    let mut found = Vec::new();
    for said in
        element.extensions().filter(|said| vendor::is_own(said, "set") || vendor::is_own(said, "unset"))
    {
        let spot = element.spot().of_child(said);
        let Some(name) = said.label() else {
            faults.add(FaultCode::Missing, spot, format!("which variable? A {} needs a name", said.name));
            continue;
        };
        if !expressions::is_variable(name) || variable::is_reserved(name) {
            let message = format!("“{name}” is no name of a variable that can be written");
            faults.add(FaultCode::BadValue, spot, message);
            continue;
        }
        let value = match (&*said.name, said.attribute("value")) {
            ("set", Some(value)) => expressions::template(value, name, spot, faults),
            ("unset", None) => None,
            ("set", None) => {
                faults.add(FaultCode::Missing, spot, format!("{name} is set to nothing: value is missing"));
                continue;
            }
            _ => {
                faults.add(FaultCode::Contradiction, spot, format!("{name} is unset, and has a value"));
                continue;
            }
        };
        found.push(Assignment { variable: name.to_owned(), value });
    }
    if found.len() > MAX_WRITES {
        faults.add(FaultCode::TooLarge, element, format!("a task writes at most {MAX_WRITES} variables"));
    }
    found
}
