//! Where a process or subprocess begins: at one start event, and a process also at those that something
//! triggers.

use std::collections::BTreeMap;

use super::super::fault::{FaultCode, Faults};
use super::super::reading::Reading;
use super::super::xml::Element;
use super::is_start;
use super::scope::Scope;
use crate::workflow::model::{Node, NodeKind, Trigger};

/// The most start events of a process that something triggers.
const MAX_TRIGGERED: usize = 50;

/// Whether a scope has the start events that it needs; what is wrong with them is a fault.
pub(super) fn check(scope: &Scope<'_>, reading: &Reading, process: &Element, faults: &mut Faults) -> bool {
    let mut starts: Vec<_> = scope.nodes.iter().copied().filter(|node| is_start(node)).collect();
    starts.sort_by_key(|node| (node.line, &node.id));
    let (triggered, plain): (Vec<_>, Vec<_>) =
        starts.into_iter().partition(|node| trigger_of(node).is_some());
    for other in plain.iter().skip(1) {
        let message = format!("there is a start event already: {}", plain[0].id);
        faults.add(FaultCode::SeveralStarts, *other, message);
    }
    let are_apart = check_triggered(&triggered, faults);
    // A start event of a kind that is not supported is told as that.
    let has_placeholder = scope.nodes.iter().any(|node| reading.placeholders.contains(&node.id));
    if plain.is_empty() && triggered.is_empty() && !has_placeholder {
        let message = "there is no start event";
        match scope.owner {
            Some(owner) => faults.add(FaultCode::NoStart, owner, message),
            None => faults.add(FaultCode::NoStart, process, message),
        }
    }
    are_apart && plain.len() <= 1 && plain.len() + triggered.len() > 0
}

/// Two of a process that wait for the same: neither could be told to be the one.
fn check_triggered(triggered: &[&Node], faults: &mut Faults) -> bool {
    if let Some(first_too_many) = triggered.get(MAX_TRIGGERED) {
        let message = format!("a process begins by at most {MAX_TRIGGERED} events");
        faults.add(FaultCode::SeveralStarts, *first_too_many, message);
        return false;
    }
    let (mut seen, mut are_apart) = (BTreeMap::new(), true);
    for node in triggered {
        let told = match trigger_of(node) {
            Some(Trigger::Message(name)) => ("message", name.source()),
            Some(Trigger::Signal(name)) => ("signal", name.source()),
            _ => continue,
        };
        if let Some(first) = seen.insert(told, &node.id) {
            are_apart = false;
            let message = format!("{first} begins by the {} {} already", told.0, told.1);
            faults.add(FaultCode::Contradiction, *node, message);
        }
    }
    are_apart
}

fn trigger_of(node: &Node) -> Option<&Trigger> {
    match &node.kind {
        NodeKind::Start { trigger, .. } => trigger.as_ref(),
        _ => None,
    }
}
