//! Sequence flows.

use super::super::expressions;
use super::super::fault::{FaultCode, Faults};
use super::super::reading::Reading;
use super::super::vendor::{self, Vocabulary};
use super::super::xml::{Element, Space};
use crate::workflow::expression::Expression;
use crate::workflow::model::{ElementId, Flow};

/// The languages in which conditions are written like everything else.
const LANGUAGES: &[&str] = &["juel", "uel", "http://www.w3.org/1999/xpath"];

/// Reads a sequence flow; it is a fault where it does not say what it connects.
pub(super) fn read(reading: &mut Reading, element: &Element, faults: &mut Faults) {
    // Nothing but a default flow has to be referred to; an id that no element of a document can have.
    let place = format!("flow at {}:{}", element.line, element.column);
    let id: ElementId = element.id().unwrap_or(&place).into();
    vendor::check(element, &Vocabulary::BARE, element.spot(), faults);
    let condition = element.all("conditionExpression").next().filter(|text| !is_empty(text)).map(|text| {
        let condition = condition(text, element, faults);
        if condition.is_none() {
            reading.unread.insert(id.clone());
        }
        condition
    });
    let end = |name: &str, faults: &mut Faults| {
        let reference = element.attribute(name).filter(|reference| !reference.trim().is_empty());
        if reference.is_none() {
            faults.add(FaultCode::DanglingFlow, element, format!("the flow has no {name}"));
        }
        reference
    };
    let (source, target) = (end("sourceRef", faults), end("targetRef", faults));
    let (Some(source), Some(target)) = (source, target) else {
        reading.loose.extend(source.into_iter().chain(target).map(Into::into));
        return;
    };
    reading.flows.push(Flow {
        id,
        name: element.label().map(str::to_owned),
        line: element.line,
        column: element.column,
        source: source.into(),
        target: target.into(),
        condition: condition.flatten(),
    });
}

/// A condition that is empty is none: designers leave it behind, and a gateway that needs one says so.
fn is_empty(condition: &Element) -> bool {
    condition.text.trim().is_empty() && condition.attribute_of(Space::Camunda, "resource").is_none()
}

/// A condition, of a flow or of an event.
pub(super) fn condition(element: &Element, owner: &Element, faults: &mut Faults) -> Option<Expression> {
    let spot = owner.spot().of_child(element);
    vendor::check(element, &Vocabulary::BARE, spot, faults);
    if let Some(language) =
        element.attribute("language").map(str::trim).filter(|language| !language.is_empty())
        && !LANGUAGES.contains(&language.to_lowercase().as_str())
    {
        let message = format!("conditions are not read in the language {language}: write ${{…}}");
        faults.add(FaultCode::UnsupportedAttribute, spot, message);
        return None;
    }
    expressions::expression(&element.text, "the condition", spot, faults)
}
