//! User tasks.

use chrono::DateTime;

use super::super::declared::Declared;
use super::super::fault::{FaultCode, Faults, Spot};
use super::super::xml::Element;
use super::super::{approval, expressions, vendor};
use super::roles;
use crate::workflow::due;
use crate::workflow::expression::Template;
use crate::workflow::model::UserTask;

/// The longest key of a form, in characters.
const MAX_FORM_KEY: usize = 128;

/// A user task; what is wrong in it is a fault.
pub(super) fn read(element: &Element, declared: &Declared<'_>, faults: &mut Faults) -> UserTask {
    let spot = element.spot();
    let list = |name: &str, faults: &mut Faults| {
        vendor::value(element, name, spot, faults)
            .map(|text| expressions::templates(text, name, spot, faults))
            .unwrap_or_default()
    };
    let said = roles::read(element, declared, faults);
    let task = UserTask {
        assignee: template(element, "assignee", spot, faults).or(said.assignee),
        candidate_users: list("candidateUsers", faults).into_iter().chain(said.users).collect(),
        candidate_groups: list("candidateGroups", faults).into_iter().chain(said.groups).collect(),
        due: template(element, "dueDate", spot, faults),
        form: form(element, faults),
        approval: approval::read(element, faults),
    };
    if let Some(due) = &task.due
        && !expressions::holds_expression(due.source())
        // From when on a duration counts does not matter here.
        && due::parse(due.source(), DateTime::UNIX_EPOCH).is_err()
    {
        let message =
            "dueDate is a date, a date and time, or a duration of ISO 8601, or an expression for one";
        faults.add(FaultCode::BadValue, spot, message);
    }
    approval::check(&task, element, faults);
    task
}

/// The key of the form of a user task or a start event.
pub(super) fn form(element: &Element, faults: &mut Faults) -> Option<String> {
    let spot = element.spot();
    let key = vendor::value(element, "formKey", spot, faults);
    let reference = vendor::value(element, "formRef", spot, faults);
    if key.is_some() && reference.is_some() && key != reference {
        faults.add(FaultCode::Contradiction, spot, "formKey and formRef say different things");
    }
    let key = key.or(reference)?;
    if key.chars().nth(MAX_FORM_KEY).is_some() {
        faults.add(FaultCode::BadValue, spot, format!("a form's key has at most {MAX_FORM_KEY} characters"));
    }
    if expressions::holds_expression(key) {
        faults.add(FaultCode::BadValue, spot, "a form's key is no expression");
    }
    Some(key.to_owned())
}

/// A text of the vendors' that may hold expressions.
pub(super) fn template(
    element: &Element,
    name: &str,
    spot: Spot<'_>,
    faults: &mut Faults,
) -> Option<Template> {
    let text = vendor::value(element, name, spot, faults)?;
    expressions::template(text, name, spot, faults)
}
