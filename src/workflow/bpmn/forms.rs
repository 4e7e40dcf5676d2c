//! Forms: `<docket:form key="…">` in the process's `extensionElements`, a JSON Schema each, best in a
//! CDATA section. A form key that names none of them is of a form elsewhere.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{FaultCode, Faults};
use super::vendor;
use super::xml::Element;
use crate::workflow::form::Form;
use crate::workflow::model::{ElementId, Node, NodeKind};

/// The most forms of a process.
pub(super) const MAX_FORMS: usize = 100;
/// The longest key, in characters.
const MAX_KEY: usize = 128;

/// The forms of a process by their keys.
pub(super) fn read(process: &Element, faults: &mut Faults) -> BTreeMap<String, Form> {
    let mut forms = BTreeMap::new();
    for form in vendor::own(process, "form") {
        let spot = process.spot().of_child(form);
        let key = form.attribute("key").map(str::trim);
        let Some(key) = key.filter(|key| !key.is_empty() && key.chars().nth(MAX_KEY).is_none()) else {
            faults.add(
                FaultCode::Missing,
                spot,
                format!("a form needs a key of at most {MAX_KEY} characters"),
            );
            continue;
        };
        let schema = serde_json::from_str(&form.text).map_err(|error| format!("no JSON: {error}"));
        match schema.and_then(|schema: Value| Form::parse(&schema).map_err(|error| error.to_string())) {
            Ok(form) => {
                if forms.insert(key.to_owned(), form).is_some() {
                    faults.add(FaultCode::Contradiction, spot, format!("two forms have the key {key}"));
                }
            }
            Err(message) => faults.add(FaultCode::BadForm, spot, format!("the form {key}: {message}")),
        }
    }
    if forms.len() > MAX_FORMS {
        faults.add(FaultCode::TooLarge, process, format!("a process has at most {MAX_FORMS} forms"));
    }
    forms
}

/// Faults of user tasks that name fields which their form does not have.
pub(super) fn check_fields(
    nodes: &BTreeMap<ElementId, Node>,
    forms: &BTreeMap<String, Form>,
    faults: &mut Faults,
) {
    for node in nodes.values() {
        let NodeKind::User(task) = &node.kind else {
            continue;
        };
        let Some((key, form)) = task.form.as_ref().and_then(|key| forms.get_key_value(key)) else {
            continue;
        };
        for field in task.approval.fields.keys() {
            if form.schema().get("properties").and_then(|properties| properties.get(field)).is_none() {
                faults.add(FaultCode::UnknownField, node, format!("the form {key} has no field {field}"));
            }
        }
    }
}
