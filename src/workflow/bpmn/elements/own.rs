//! Variables of an activity's own, as Camunda's `inputOutput` has them.

use super::super::expressions;
use super::super::fault::{FaultCode, Faults, Spot};
use super::super::vendor;
use super::super::xml::Element;
use super::call::MAX_MAPPINGS;
use crate::workflow::expression::{Language, Script};
use crate::workflow::model::{Mapping, Own, Source};
use crate::workflow::variable;

/// What an activity says that it has for itself, and what it leaves behind.
pub(super) fn read(element: &Element, faults: &mut Faults) -> Own {
    let own = parameters(element, faults);
    for Mapping { target, .. } in own.inputs.iter().chain(&own.outputs) {
        if !expressions::is_variable(target) || variable::is_reserved(target) {
            let message = format!("“{target}” is no name of a variable that can be written");
            faults.add(FaultCode::BadValue, element, message);
        }
    }
    check_places(element, &own, faults);
    own
}

/// What work for outside is handed and what is taken of its answer, in the same words: the names are
/// whatever those outside call it.
pub(super) fn parameters(element: &Element, faults: &mut Faults) -> Own {
    let mut own = Own::default();
    let mut left = MAX_MAPPINGS;
    for both in vendor::extensions(element, "inputOutput") {
        for parameter in &both.children {
            let spot = element.spot().of_child(parameter);
            let list = match &*parameter.name {
                "inputParameter" => &mut own.inputs,
                "outputParameter" => &mut own.outputs,
                _ => continue,
            };
            list.extend(self::parameter(parameter, spot, &mut left, faults));
        }
    }
    own
}

fn check_places(element: &Element, own: &Own, faults: &mut Faults) {
    let repeated = element.all("multiInstanceLoopCharacteristics").next();
    if repeated.is_some() && !own.outputs.is_empty() && element.is("userTask") {
        let message = "an outputParameter is not supported where an activity is multi-instance: each would \
                       overwrite the others'";
        faults.add(FaultCode::Unsupported, element, message);
    }
    // Nothing happens at a start that could see it, and nothing comes behind an end.
    for (tag, way, parameters) in
        [("startEvent", "inputParameter", &own.inputs), ("endEvent", "outputParameter", &own.outputs)]
    {
        if element.is(tag) && !parameters.is_empty() {
            faults.add(FaultCode::Unsupported, element, format!("an {way} has no effect at a {tag}"));
        }
    }
}

fn parameter(parameter: &Element, spot: Spot<'_>, left: &mut usize, faults: &mut Faults) -> Option<Mapping> {
    let Some(target) = parameter.label() else {
        faults.add(FaultCode::Missing, spot, "name is missing");
        return None;
    };
    let source = inner(parameter, target, spot, left, faults)?;
    Some(Mapping { source, target: target.to_owned() })
}

/// What stands in a parameter, an entry or a member of a list: one element, or a text.
fn inner(
    holder: &Element,
    name: &str,
    spot: Spot<'_>,
    left: &mut usize,
    faults: &mut Faults,
) -> Option<Source> {
    match &holder.children[..] {
        [] => text(holder, name, spot, left, faults),
        [only] => value(only, name, spot.of_child(only), left, faults),
        [_, second, ..] => {
            let message = format!("{name} has one value, and not several");
            faults.add(FaultCode::Contradiction, spot.of_child(second), message);
            None
        }
    }
}

fn text(
    holder: &Element,
    name: &str,
    spot: Spot<'_>,
    left: &mut usize,
    faults: &mut Faults,
) -> Option<Source> {
    if *left == 0 {
        let message = format!("more than {MAX_MAPPINGS} values in its inputOutput");
        faults.add(FaultCode::TooLarge, spot, message);
        return None;
    }
    *left -= 1;
    expressions::template(&holder.text, name, spot, faults).map(Source::Template)
}

fn value(
    element: &Element,
    name: &str,
    spot: Spot<'_>,
    left: &mut usize,
    faults: &mut Faults,
) -> Option<Source> {
    match &*element.name {
        "value" => text(element, name, spot, left, faults),
        "script" => script(element, spot, faults).map(Source::Script),
        "list" => {
            let members = element.children.iter();
            let members = members.map(|member| value(member, name, spot.of_child(member), left, faults));
            members.collect::<Option<_>>().map(Source::List)
        }
        "map" => {
            let mut members = Vec::with_capacity(element.children.len());
            for entry in &element.children {
                let spot = spot.of_child(entry);
                let Some(key) = entry.attribute("key").filter(|key| !key.is_empty()) else {
                    faults.add(FaultCode::Missing, spot, "an entry of a map needs a key");
                    return None;
                };
                members.push((key.to_owned(), inner(entry, name, spot, left, faults)?));
            }
            Some(Source::Map(members))
        }
        other => {
            let message =
                format!("a {other} of a parameter is not supported: write a text, a list, a map or a script");
            faults.add(FaultCode::UnsupportedAttribute, spot, message);
            None
        }
    }
}

fn script(element: &Element, spot: Spot<'_>, faults: &mut Faults) -> Option<Script> {
    if element.attribute("resource").is_some() {
        faults.add(
            FaultCode::UnsupportedAttribute,
            spot,
            "a script stands in the document, not in a resource",
        );
        return None;
    }
    let format = element.attribute("scriptFormat").map(str::trim).unwrap_or_default();
    let Some(language) = Language::of(format) else {
        let message = format!("scripts in {format} are not supported: write cel, or juel for ${{…}}");
        faults.add(FaultCode::Unsupported, spot, message);
        return None;
    };
    match Script::parse(language, element.text.trim()) {
        Ok(script) => Some(script),
        Err(error) => {
            faults.add(FaultCode::BadExpression, spot, format!("the script: {error}"));
            None
        }
    }
}
