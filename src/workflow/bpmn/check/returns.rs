//! Where a rejection returns to: a user task that lies before, in the same scope or one around it.

use std::collections::BTreeSet;

use super::super::fault::{FaultCode, Faults};
use super::super::reading::Reading;
use super::scope::{Scope, scopes};
use crate::workflow::model::{Node, NodeKind, Rejection};

/// Faults of rejections that return to where they cannot.
pub(super) fn check(reading: &Reading, faults: &mut Faults) {
    let returning: Vec<_> = reading.nodes.values().filter_map(|node| Some((node, target(node)?))).collect();
    if returning.is_empty() {
        return;
    }
    let scopes = scopes(reading);
    for (node, target) in returning {
        let found = reading.nodes.get(target);
        let reason = match found {
            None => "there is no such node",
            Some(_) if node.id.as_ref() == target => "that is the task itself",
            Some(found) if !matches!(found.kind, NodeKind::User(_)) => "that is no user task",
            Some(found) if lies_before(found, node, reading, &scopes) => continue,
            Some(_) => "that does not lie before it",
        };
        faults.add(FaultCode::BadReference, node, format!("returnNode is {target}: {reason}"));
    }
}

fn target(node: &Node) -> Option<&str> {
    match &node.kind {
        NodeKind::User(task) => match &task.approval.rejection {
            Rejection::ReturnTo(target) => Some(target),
            Rejection::End => None,
        },
        _ => None,
    }
}

/// Whether there is a way from one node to another, or to a subprocess that holds it. What is not
/// supported in between is taken for such a way.
fn lies_before(first: &Node, node: &Node, reading: &Reading, scopes: &[Scope<'_>]) -> bool {
    let owner = |scope: &Scope<'_>| scope.owner.map(|owner| owner.id.clone());
    let Some(scope) = scopes.iter().find(|scope| owner(scope) == first.parent) else {
        return false;
    };
    if scope.nodes.iter().any(|other| super::is_unclear(reading, &other.id)) {
        return true;
    }
    let mut around = BTreeSet::new();
    let mut next = Some(node);
    while let Some(inner) = next {
        around.insert(&inner.id);
        next = inner.parent.as_ref().and_then(|parent| reading.nodes.get(parent));
    }
    let from = scope.nodes.iter().position(|other| other.id == first.id);
    let reached = scope.reached(from, false);
    scope.nodes.iter().zip(reached).any(|(other, is_reached)| is_reached && around.contains(&other.id))
}
