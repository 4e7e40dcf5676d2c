//! `<docket:field name="…" access="…"/>`.

use std::collections::BTreeMap;

use super::super::fault::{FaultCode, Faults};
use super::super::vendor;
use super::super::xml::Element;
use super::strategy::MAX_FIELD;
use super::values;
use crate::workflow::model::FieldAccess;

/// The most fields of a task.
const MAX_FIELDS: usize = 500;

const ACCESS: &[(&str, u32, FieldAccess)] =
    &[("READ", 1, FieldAccess::Read), ("WRITE", 2, FieldAccess::Write), ("NONE", 3, FieldAccess::None)];

/// What may be done with the fields that a user task names.
pub(super) fn read(element: &Element, faults: &mut Faults) -> BTreeMap<String, FieldAccess> {
    let mut fields = BTreeMap::new();
    for field in vendor::own(element, "field") {
        let spot = element.spot().of_child(field);
        let Some(name) = field.label().filter(|name| name.chars().nth(MAX_FIELD).is_none()) else {
            let message = format!("a field needs a name of at most {MAX_FIELD} characters");
            faults.add(FaultCode::Missing, spot, message);
            continue;
        };
        let access = field.attribute("access").and_then(|text| values::chosen(text.trim(), ACCESS));
        let Some(access) = access else {
            faults.add(FaultCode::BadValue, spot, format!("access is one of {}", values::names(ACCESS)));
            continue;
        };
        if fields.insert(name.to_owned(), access).is_some() {
            faults.add(FaultCode::Contradiction, spot, format!("the field {name} is named twice"));
        }
    }
    if fields.len() > MAX_FIELDS {
        faults.add(FaultCode::TooLarge, element, format!("a task names at most {MAX_FIELDS} fields"));
    }
    fields
}
