//! What holds for events at the border of activities, in event subprocesses, and behind event-based
//! gateways.

use std::collections::{BTreeMap, HashMap};

use super::super::fault::{FaultCode, Faults};
use super::super::reading::Reading;
use crate::workflow::model::{Boundary, ElementId, Flow, Node, NodeKind, Trigger};

/// Faults of boundary events at what has no border; how they are come to is not known then.
pub(super) fn attach(reading: &mut Reading, faults: &mut Faults) {
    let mut loose = Vec::new();
    for node in reading.nodes.values() {
        let NodeKind::Boundary(boundary) = &node.kind else { continue };
        if let Some(reason) = misplaced(node, boundary, reading) {
            let message = format!("attachedToRef is {}: {reason}", boundary.host);
            faults.add(FaultCode::BadReference, node, message);
            loose.push(node.id.clone());
        }
    }
    reading.loose.extend(loose);
}

fn misplaced(node: &Node, boundary: &Boundary, reading: &Reading) -> Option<&'static str> {
    let Some(host) = reading.nodes.get(&boundary.host) else {
        return Some("there is no such activity");
    };
    if host.parent != node.parent {
        return Some("that lies in another process or subprocess");
    }
    let is_known = !reading.placeholders.contains(&host.id);
    (is_known && !host.kind.is_activity()).then_some("that is no activity")
}

/// Faults of events that contradict others.
pub(super) fn check(reading: &Reading, flows: &HashMap<&str, &Flow>, faults: &mut Faults) {
    check_codes(reading, faults);
    for node in reading.nodes.values() {
        if matches!(node.kind, NodeKind::EventBased) {
            check_choice(node, reading, flows, faults);
        }
    }
}

/// Two that catch the same at the same place: neither could be told to be the one.
fn check_codes(reading: &Reading, faults: &mut Faults) {
    let mut seen = BTreeMap::new();
    let mut nodes: Vec<_> = reading.nodes.values().collect();
    nodes.sort_by_key(|node| (node.line, &node.id));
    for node in nodes {
        let (place, trigger) = match &node.kind {
            NodeKind::Boundary(boundary) => (Some(boundary.host.clone()), &boundary.trigger),
            NodeKind::EventStart(start) => (around(node, reading), &start.trigger),
            _ => continue,
        };
        let (what, code) = match trigger {
            Trigger::Error(code) => ("error", code),
            Trigger::Escalation(code) => ("escalation", code),
            _ => continue,
        };
        let is_start = matches!(node.kind, NodeKind::EventStart(_));
        if let Some(first) = seen.insert((place, is_start, what, code), &node.id) {
            let code = code.as_ref().map_or("any code".to_owned(), |code| format!("the code {code}"));
            let message = format!("{first} catches the {what} of {code} at the same place");
            faults.add(FaultCode::Contradiction, node, message);
        }
    }
}

/// What an event subprocess lies in, by its start event.
fn around(start: &Node, reading: &Reading) -> Option<ElementId> {
    let owner = start.parent.as_ref().and_then(|owner| reading.nodes.get(owner))?;
    owner.parent.clone()
}

/// An event-based gateway: two events or more, each of which waits behind it alone.
fn check_choice(node: &Node, reading: &Reading, flows: &HashMap<&str, &Flow>, faults: &mut Faults) {
    if node.outgoing.len() < 2 && !reading.loose.contains(&node.id) {
        let message = "an event-based gateway chooses among two events or more";
        faults.add(FaultCode::BadFlow, node, message);
    }
    for flow in node.outgoing.iter().filter_map(|id| flows.get(&**id)) {
        let Some(target) = reading.nodes.get(&flow.target) else { continue };
        if reading.placeholders.contains(&target.id) {
            continue;
        }
        if !matches!(target.kind, NodeKind::Catch(_)) {
            let message = format!(
                "behind an event-based gateway comes an event that waits, and {} is none",
                flow.target
            );
            faults.add(FaultCode::BadFlow, *flow, message);
        } else if target.incoming.len() > 1 {
            let message =
                format!("it waits behind the event-based gateway {}: no other flow leads to it", node.id);
            faults.add(FaultCode::BadFlow, target, message);
        }
    }
}
