//! What holds for each node and its flows.

use std::collections::HashMap;

use super::super::fault::{FaultCode, Faults};
use super::super::reading::Reading;
use super::events;
use crate::workflow::model::{ElementId, Flow, Node, NodeKind};

/// Takes the only flow without a condition of an exclusive gateway that names no default flow for its default
/// flow, as Java engines do.
pub(super) fn assume_defaults(reading: &mut Reading, faults: &mut Faults) {
    let mut bare: HashMap<ElementId, Vec<&Flow>> = HashMap::new();
    for flow in
        reading.flows.iter().filter(|flow| flow.condition.is_none() && !reading.unread.contains(&flow.id))
    {
        bare.entry(flow.source.clone()).or_default().push(flow);
    }
    for node in reading.nodes.values_mut() {
        let chooses = matches!(node.kind, NodeKind::Exclusive) && node.outgoing.len() > 1;
        if let Some([flow]) = bare.get(&node.id).map(Vec::as_slice)
            && chooses
            && node.default.is_none()
        {
            let message =
                format!("the flow has no condition: it is taken for the default flow of {}", node.id);
            faults.note(FaultCode::MissingCondition, *flow, message);
            node.default = Some(flow.id.clone());
        }
    }
}

/// Faults of nodes whose flows cannot be as they are.
pub(super) fn check(reading: &Reading, faults: &mut Faults) {
    let flows: HashMap<&str, &Flow> = reading.flows.iter().map(|flow| (&*flow.id, flow)).collect();
    for node in reading.nodes.values().filter(|node| !reading.placeholders.contains(&node.id)) {
        let incoming: Vec<_> = node.incoming.iter().filter_map(|id| flows.get(&**id).copied()).collect();
        let outgoing: Vec<_> = node.outgoing.iter().filter_map(|id| flows.get(&**id).copied()).collect();
        check_ends(node, &incoming, &outgoing, reading, faults);
        check_default(node, &outgoing, reading, faults);
        check_conditions(node, &outgoing, reading, faults);
    }
    events::check(reading, &flows, faults);
}

fn check_ends(node: &Node, incoming: &[&Flow], outgoing: &[&Flow], reading: &Reading, faults: &mut Faults) {
    let no_flow_into = match node.kind {
        NodeKind::Start { .. } | NodeKind::EventStart(_) => Some("a flow into a start event"),
        NodeKind::Boundary(_) => Some("a flow into a boundary event"),
        NodeKind::EventSubprocess => Some("a flow into an event subprocess"),
        _ => None,
    };
    let no_flow_out = match node.kind {
        _ if reading.ends.contains(&node.id) => Some("a flow out of an end event"),
        NodeKind::EventSubprocess => Some("a flow out of an event subprocess"),
        _ => None,
    };
    for (wrong, message) in [(incoming, no_flow_into), (outgoing, no_flow_out)] {
        let Some(message) = message else { continue };
        for flow in wrong {
            faults.add(FaultCode::BadFlow, *flow, message);
        }
    }
}

fn check_default(node: &Node, outgoing: &[&Flow], reading: &Reading, faults: &mut Faults) {
    let Some(default) = &node.default else {
        return;
    };
    let may_have_one =
        matches!(node.kind, NodeKind::Exclusive | NodeKind::Inclusive) || node.kind.is_activity();
    if !may_have_one {
        let message = format!("a {} has no default flow", node.kind.as_str());
        faults.add(FaultCode::BadDefault, node, message);
        return;
    }
    match outgoing.iter().find(|flow| flow.id == *default) {
        Some(flow) if flow.condition.is_some() => {
            let message = format!("the default flow of {} has a condition", node.id);
            faults.add(FaultCode::BadDefault, *flow, message);
        }
        Some(_) => {}
        // Of a flow that leads nowhere that is told already.
        None if reading.loose.contains(&node.id) => {}
        None => {
            let message = format!("the default flow {default} is none of those that leave the node");
            faults.add(FaultCode::BadDefault, node, message);
        }
    }
}

fn check_conditions(node: &Node, outgoing: &[&Flow], reading: &Reading, faults: &mut Faults) {
    match node.kind {
        NodeKind::Exclusive if outgoing.len() > 1 => {
            for flow in outgoing.iter().filter(|flow| !reading.unread.contains(&flow.id)) {
                if flow.condition.is_none() && node.default.as_ref() != Some(&flow.id) {
                    let message = format!(
                        "the flow needs a condition, or has to be the default flow of the exclusive gateway {}",
                        node.id
                    );
                    faults.add(FaultCode::MissingCondition, *flow, message);
                }
            }
        }
        NodeKind::Parallel | NodeKind::EventBased => {
            for flow in outgoing.iter().filter(|flow| flow.condition.is_some()) {
                let message = format!("nobody looks at a condition behind a {}", node.kind.as_str());
                faults.add(FaultCode::UselessCondition, *flow, message);
            }
        }
        _ => {}
    }
}
