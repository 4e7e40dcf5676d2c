//! The graph that the elements make: its flows, and what is wrong with it.

mod events;
mod reach;
mod returns;
mod rules;
mod scope;
mod soundness;
mod starts;

use std::collections::BTreeSet;

use super::fault::{FaultCode, Faults};
use super::reading::Reading;
use super::xml::Element;
use crate::workflow::model::{ElementId, Flow, Node, NodeKind};
use scope::scopes;

/// Tells each node its flows. A flow that connects nothing is a fault, and is left out; a boundary
/// event at no activity is one too.
pub(super) fn connect(reading: &mut Reading, faults: &mut Faults) {
    let flows = std::mem::take(&mut reading.flows);
    let mut seen = BTreeSet::new();
    for flow in flows {
        // The first of two with one id stays; that there are two is a fault already.
        if !is_whole(&flow, reading, faults) || !seen.insert(flow.id.clone()) {
            reading.loose.extend([flow.source, flow.target]);
            continue;
        }
        if let Some(source) = reading.nodes.get_mut(&flow.source) {
            source.outgoing.push(flow.id.clone());
        }
        if let Some(target) = reading.nodes.get_mut(&flow.target) {
            target.incoming.push(flow.id.clone());
        }
        reading.flows.push(flow);
    }
    events::attach(reading, faults);
    rules::assume_defaults(reading, faults);
}

fn is_whole(flow: &Flow, reading: &Reading, faults: &mut Faults) -> bool {
    let ends = [("sourceRef", &flow.source), ("targetRef", &flow.target)];
    let mut found = Vec::new();
    for (name, id) in ends {
        match reading.nodes.get(id) {
            Some(node) => found.push(node),
            None => {
                let message = format!("{name} is {id}, and there is no such node");
                faults.add(FaultCode::DanglingFlow, flow, message);
            }
        }
    }
    let [source, target] = found[..] else {
        return false;
    };
    if source.parent != target.parent {
        let place = |parent: &Option<ElementId>| parent.as_deref().unwrap_or("the process").to_owned();
        let message = format!(
            "the flow goes from {} to {}: over the border of a subprocess",
            place(&source.parent),
            place(&target.parent)
        );
        faults.add(FaultCode::FlowCrossesBorder, flow, message);
        return false;
    }
    true
}

/// Checks the graph of the process and of each subprocess. Those, the process being none, of which it
/// could not be proved that their gateways join.
pub(super) fn graph(reading: &Reading, process: &Element, faults: &mut Faults) -> Vec<Option<ElementId>> {
    rules::check(reading, faults);
    returns::check(reading, faults);
    let mut unproved = Vec::new();
    for scope in scopes(reading) {
        let are_right = starts::check(&scope, reading, process, faults);
        let is_clear = reach::check(&scope, reading, faults);
        let is_known = scope.nodes.iter().all(|node| !is_unclear(reading, &node.id));
        if are_right && is_clear && is_known && !soundness::check(&scope, faults) {
            unproved.push(scope.owner.map(|owner| owner.id.clone()));
        }
    }
    unproved
}

/// Whether what comes into a node and leaves it is not known.
fn is_unclear(reading: &Reading, id: &ElementId) -> bool {
    reading.placeholders.contains(id) || reading.loose.contains(id)
}

/// Whether a process or subprocess begins at a node.
fn is_start(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Start { .. } | NodeKind::EventStart(_))
}
