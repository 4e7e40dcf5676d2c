//! How often an activity is executed.

use super::super::expressions;
use super::super::fault::{FaultCode, Faults, Spot};
use super::super::vendor::{self, Vocabulary};
use super::super::xml::Element;
use super::is_true;
use crate::workflow::expression::Expression;
use crate::workflow::model::{Loop, MAX_TIMES, MultiInstance, Repetition, Times};

/// What gathers the instances' results, or throws events as they end.
const REFUSED: &[&str] = &["complexBehaviorDefinition", "loopDataOutputRef", "outputDataItem"];

/// How often an activity is executed, where it says so.
pub(super) fn read(activity: &Element, faults: &mut Faults) -> Option<Repetition> {
    let several = activity.all("multiInstanceLoopCharacteristics").next();
    let again = activity.all("standardLoopCharacteristics").next();
    match (several, again) {
        (None, None) => None,
        (Some(several), None) => multi_instance(several, activity, faults).map(Repetition::MultiInstance),
        (None, Some(again)) => Some(Repetition::Loop(standard_loop(again, activity, faults))),
        (Some(_), Some(_)) => {
            let message = "either a loop or multi-instance, not both";
            faults.add(FaultCode::Contradiction, activity, message);
            None
        }
    }
}

fn standard_loop(element: &Element, activity: &Element, faults: &mut Faults) -> Loop {
    let spot = activity.spot().of_child(element);
    vendor::check(element, &Vocabulary::BARE, spot, faults);
    let maximum = element.attribute("loopMaximum").map(str::trim).and_then(|text| {
        let maximum = text.parse().ok().filter(|maximum| (1..=MAX_TIMES).contains(maximum));
        if maximum.is_none() {
            faults.add(FaultCode::BadValue, spot, format!("loopMaximum is a number from 1 to {MAX_TIMES}"));
        }
        maximum
    });
    let condition = inner(element, "loopCondition", activity, faults);
    if condition.is_none() && maximum.is_none() {
        faults.add(
            FaultCode::Missing,
            spot,
            "a loop needs a loopCondition or a loopMaximum, or it never ends",
        );
    }
    Loop { condition, test_before: element.attribute("testBefore").is_some_and(is_true), maximum }
}

fn multi_instance(element: &Element, activity: &Element, faults: &mut Faults) -> Option<MultiInstance> {
    let spot = activity.spot().of_child(element);
    vendor::check(element, &Vocabulary::REPETITION, spot, faults);
    if element.attribute("behavior").is_some_and(|behavior| behavior != "All") {
        let message = "behavior, which throws events, is not supported, but for \"All\"";
        faults.add(FaultCode::UnsupportedAttribute, spot, message);
    }
    for child in element.children.iter().filter(|child| REFUSED.iter().any(|name| child.is(name))) {
        let message = format!("a {} is not supported", child.name);
        faults.add(FaultCode::Unsupported, spot.of_child(child), message);
    }
    let completion = inner(element, "completionCondition", activity, faults);
    Some(MultiInstance {
        is_sequential: element.attribute("isSequential").is_some_and(is_true),
        element_variable: element_variable(element, spot, faults),
        completion,
        times: times(element, activity, faults)?,
    })
}

fn times(element: &Element, activity: &Element, faults: &mut Faults) -> Option<Times> {
    let spot = activity.spot().of_child(element);
    let vendors = vendor::value(element, "collection", spot, faults);
    let plain = element.all("loopDataInputRef").next().map(|list| list.text.trim());
    let cardinality = element.all("loopCardinality").next().map(|number| number.text.trim());
    match (vendors, plain, cardinality) {
        (Some(one), Some(other), _) if one != other => {
            faults.add(
                FaultCode::Contradiction,
                spot,
                "collection and loopDataInputRef say different things",
            );
            None
        }
        (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
            faults.add(FaultCode::Contradiction, spot, "either a collection or a loopCardinality, not both");
            None
        }
        (None, None, None) => {
            let message = "how many instances? collection, loopDataInputRef or loopCardinality is missing";
            faults.add(FaultCode::Missing, spot, message);
            None
        }
        (Some(list), _, None) | (None, Some(list), None) => {
            let list = if expressions::is_variable(list) { format!("${{{list}}}") } else { list.to_owned() };
            expressions::expression(&list, "the collection", spot, faults).map(Times::Collection)
        }
        (None, None, Some(number)) => cardinality_of(number, spot, faults).map(Times::Cardinality),
    }
}

fn cardinality_of(number: &str, spot: Spot<'_>, faults: &mut Faults) -> Option<Expression> {
    if expressions::holds_expression(number) {
        return expressions::expression(number, "loopCardinality", spot, faults);
    }
    if !number.parse().is_ok_and(|times: u32| (1..=MAX_TIMES).contains(&times)) {
        let message = format!("loopCardinality is a number from 1 to {MAX_TIMES}, or an expression for one");
        faults.add(FaultCode::BadValue, spot, message);
        return None;
    }
    expressions::expression(&format!("${{{number}}}"), "loopCardinality", spot, faults)
}

fn element_variable(element: &Element, spot: Spot<'_>, faults: &mut Faults) -> Option<String> {
    let vendors = vendor::value(element, "elementVariable", spot, faults);
    let item = element.all("inputDataItem").next();
    let plain = item.and_then(|item| item.label().or(item.id()));
    if vendors.is_some() && plain.is_some() && vendors != plain {
        let message = "elementVariable and inputDataItem say different things";
        faults.add(FaultCode::Contradiction, spot, message);
    }
    let name = vendors.or(plain)?;
    if !expressions::is_variable(name) {
        faults.add(FaultCode::BadValue, spot, format!("elementVariable “{name}” is no name of a variable"));
    }
    Some(name.to_owned())
}

/// An expression that is the text of a child.
fn inner(element: &Element, name: &str, activity: &Element, faults: &mut Faults) -> Option<Expression> {
    let child = element.all(name).next()?;
    let spot = activity.spot().of_child(child);
    vendor::check(child, &Vocabulary::BARE, spot, faults);
    expressions::expression(&child.text, name, spot, faults)
}
