//! BPMN's own words for who does a user task: `potentialOwner`, `humanPerformer` and `performer`.
//!
//! A potential owner is a candidate: `user(…)`, `group(…)` or a bare group, several between commas, as
//! Java engines read it; or the group that is called like the resource that it refers to. A performer is
//! the assignee.

use super::super::declared::Declared;
use super::super::expressions;
use super::super::fault::{FaultCode, Faults, Spot};
use super::super::xml::Element;
use crate::workflow::expression::Template;

/// Who does a user task.
#[derive(Debug, Default)]
pub(super) struct Roles {
    /// Who has it.
    pub(super) assignee: Option<Template>,
    /// Who may claim it.
    pub(super) users: Vec<Template>,
    /// Whose members may claim it.
    pub(super) groups: Vec<Template>,
}

/// Reads what a user task says of it.
pub(super) fn read(task: &Element, declared: &Declared<'_>, faults: &mut Faults) -> Roles {
    let mut roles = Roles::default();
    for role in &task.children {
        let spot = task.spot().of_child(role);
        let is_owner = role.is("potentialOwner");
        if !is_owner && !role.is("humanPerformer") && !role.is("performer") {
            continue;
        }
        for (name, is_user) in named(role, is_owner, declared, spot, faults) {
            let Some(who) = expressions::template(&name, &role.name, spot, faults) else { continue };
            match (is_owner, is_user) {
                (true, true) => roles.users.push(who),
                (true, false) => roles.groups.push(who),
                (false, _) if roles.assignee.is_none() => roles.assignee = Some(who),
                (false, _) => {
                    faults.add(FaultCode::Contradiction, spot, "a task has one who performs it, not several");
                }
            }
        }
    }
    roles
}

/// Those whom a role names, and whether each is a user.
fn named(
    role: &Element,
    is_owner: bool,
    declared: &Declared<'_>,
    spot: Spot<'_>,
    faults: &mut Faults,
) -> Vec<(String, bool)> {
    let said = role.all("resourceAssignmentExpression").flat_map(|said| &said.children);
    let texts: Vec<_> = said.map(|said| said.text.trim()).filter(|text| !text.is_empty()).collect();
    if let [text] = texts[..] {
        if !is_owner {
            return checked(text, true, spot, faults).into_iter().collect();
        }
        let entries = expressions::entries(text, "the potential owners", spot, faults);
        return entries.into_iter().filter_map(|entry| owner(entry, spot, faults)).collect();
    }
    let resource = role.all("resourceRef").next().map(|reference| reference.text.trim());
    let Some(resource) = resource.filter(|reference| !reference.is_empty()) else {
        faults.add(
            FaultCode::Missing,
            spot,
            format!("whom does the {} name? No expression is in it", role.name),
        );
        return Vec::new();
    };
    if role.all("resourceParameterBinding").next().is_some() {
        let message = "a resourceParameterBinding is not supported: name the group";
        faults.add(FaultCode::Unsupported, spot, message);
        return Vec::new();
    }
    match declared.resource(resource).and_then(Element::label) {
        Some(name) => vec![(name.to_owned(), !is_owner)],
        None => {
            let message =
                format!("resourceRef is {resource}, and there is no such resource, or it has no name");
            faults.add(FaultCode::BadReference, spot, message);
            Vec::new()
        }
    }
}

/// `user(…)`, `group(…)`, or a group.
fn owner(entry: &str, spot: Spot<'_>, faults: &mut Faults) -> Option<(String, bool)> {
    let inner = |kind: &str| entry.strip_prefix(kind)?.trim_start().strip_prefix('(')?.strip_suffix(')');
    match (inner("user"), inner("group")) {
        (Some(user), _) => checked(user, true, spot, faults),
        (_, Some(group)) => checked(group, false, spot, faults),
        _ => checked(entry, false, spot, faults),
    }
}

/// A name: no call of something, such as XPath's.
fn checked(name: &str, is_user: bool, spot: Spot<'_>, faults: &mut Faults) -> Option<(String, bool)> {
    let name = name.trim();
    if !expressions::holds_expression(name) && name.contains(['(', ')', '\'', '"']) {
        let message = format!("“{name}” is neither a name, nor user(…), group(…) or an expression ${{…}}");
        faults.add(FaultCode::BadExpression, spot, message);
        return None;
    }
    (!name.is_empty()).then(|| (name.to_owned(), is_user))
}
