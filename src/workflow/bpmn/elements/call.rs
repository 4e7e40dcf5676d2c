//! Call activities.

use super::super::expressions;
use super::super::fault::{FaultCode, Faults};
use super::super::vendor;
use super::super::xml::Element;
use super::user_task::template;
use crate::workflow::expression::Template;
use crate::workflow::model::{Call, Mapping, Source};

/// The most values that are handed over in one direction.
pub(super) const MAX_MAPPINGS: usize = 500;

/// How Camunda Modeler says that the child has the caller's business key, which it has anyway.
const OWN_BUSINESS_KEY: &[&str] = &["#{execution.processBusinessKey}", "${execution.processBusinessKey}"];

/// A call activity; none, with a fault, where it does not say what it calls.
pub(super) fn read(element: &Element, faults: &mut Faults) -> Option<Call> {
    let spot = element.spot();
    let mut call = Call {
        process: called(element, faults)?,
        business_key: template(element, "businessKey", spot, faults),
        inherits: vendor::flag(element, "inheritVariables", spot, faults),
        inputs: Vec::new(),
        returns_all: false,
        outputs: Vec::new(),
    };
    check_binding(element, faults);
    for input in vendor::extensions(element, "in") {
        read_input(input, element, &mut call, faults);
    }
    for output in vendor::extensions(element, "out") {
        if let Some(variables) = output.attribute("variables") {
            if variables.trim() != "all" {
                let message = "variables is \"all\", or is left out";
                faults.add(FaultCode::BadValue, spot.of_child(output), message);
            }
            call.returns_all = true;
        } else {
            call.outputs.extend(mapping(output, element, faults));
        }
    }
    for (what, mappings) in [("in", &call.inputs), ("out", &call.outputs)] {
        if mappings.len() > MAX_MAPPINGS {
            faults.add(FaultCode::TooLarge, spot, format!("more than {MAX_MAPPINGS} <{what}> elements"));
        }
    }
    Some(call)
}

/// Which version is called: here always the newest.
fn check_binding(element: &Element, faults: &mut Faults) {
    let spot = element.spot();
    match vendor::value(element, "calledElementBinding", spot, faults) {
        None | Some("latest") => {}
        Some("deployment") => {
            let message = "calledElementBinding=\"deployment\" is kept: the newest version is called, \
                           whichever was deployed together with this one";
            faults.note(FaultCode::NotExecuted, spot.at("calledElementBinding"), message);
        }
        Some(binding) => {
            let message =
                format!("calledElementBinding={binding} is not supported: the newest version is called");
            faults.add(FaultCode::UnsupportedAttribute, spot.at("calledElementBinding"), message);
        }
    }
}

fn called(element: &Element, faults: &mut Faults) -> Option<Template> {
    let spot = element.spot();
    let plain = element.attribute("calledElement").map(str::trim).filter(|key| !key.is_empty());
    let vendors = vendor::value(element, "calledElement", spot, faults);
    if plain.is_some() && vendors.is_some() && plain != vendors {
        faults.add(FaultCode::Contradiction, spot, "calledElement is said twice, and differently");
    }
    let Some(key) = plain.or(vendors) else {
        // What calls a case is refused as that.
        if vendor::value(element, "caseRef", spot, faults).is_some() {
            return None;
        }
        faults.add(FaultCode::Missing, spot, "calledElement is missing: which process is called?");
        return None;
    };
    expressions::template(key, "calledElement", spot, faults)
}

/// `<in variables="all"/>`, `<in businessKey="…"/>`, or one value; Camunda has them in one element.
fn read_input(input: &Element, element: &Element, call: &mut Call, faults: &mut Faults) {
    let spot = element.spot().of_child(input);
    let mut is_told = false;
    if let Some(variables) = input.attribute("variables") {
        is_told = true;
        if variables.trim() == "all" {
            call.inherits = true;
        } else {
            faults.add(FaultCode::BadValue, spot, "variables is \"all\", or is left out");
        }
    }
    if let Some(key) = input.attribute("businessKey") {
        is_told = true;
        let is_callers = OWN_BUSINESS_KEY.contains(&key.trim());
        let key = expressions::template(key, "businessKey", spot, faults).filter(|_| !is_callers);
        if let (Some(one), Some(other)) = (&call.business_key, &key)
            && one.source() != other.source()
        {
            faults.add(FaultCode::Contradiction, spot, "the business key is said twice, and differently");
        }
        call.business_key = key.or(call.business_key.take());
    }
    if input.attribute("local").is_some_and(|local| local.trim() == "true") {
        faults.add(FaultCode::UnsupportedAttribute, spot, "local=\"true\" is not supported");
    }
    if !is_told || ["source", "sourceExpression", "target"].iter().any(|name| input.attribute(name).is_some())
    {
        call.inputs.extend(mapping(input, element, faults));
    }
}

/// One value that is handed over; none, with a fault, where it is none.
pub(super) fn mapping(mapped: &Element, element: &Element, faults: &mut Faults) -> Option<Mapping> {
    let spot = element.spot().of_child(mapped);
    let said = |name: &str| mapped.attribute(name).map(str::trim).filter(|text| !text.is_empty());
    let source = match (said("source"), said("sourceExpression")) {
        (Some(_), Some(_)) => {
            faults.add(FaultCode::Contradiction, spot, "either source or sourceExpression, not both");
            return None;
        }
        (Some(variable), None) if expressions::is_variable(variable) => format!("${{{variable}}}"),
        (Some(other), None) => {
            let message =
                format!("source “{other}” is no variable: an expression stands in sourceExpression");
            faults.add(FaultCode::BadExpression, spot, message);
            return None;
        }
        (None, Some(expression)) => expression.to_owned(),
        (None, None) => {
            faults.add(FaultCode::Missing, spot, "either source or sourceExpression is missing");
            return None;
        }
    };
    let Some(target) = said("target") else {
        faults.add(FaultCode::Missing, spot, "target is missing");
        return None;
    };
    if !expressions::is_variable(target) {
        faults.add(FaultCode::BadValue, spot, format!("target “{target}” is no name of a variable"));
        return None;
    }
    let source = Source::Template(expressions::template(&source, "the source", spot, faults)?);
    Some(Mapping { source, target: target.to_owned() })
}
