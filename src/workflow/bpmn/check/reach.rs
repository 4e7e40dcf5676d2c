//! Whether each node can be come to, and can be left for an end.
//!
//! A process ends at its end events, and where something is told and no flow leads on: an activity
//! without a flow out of it is a fault, and no end. A boundary event is come to from its activity; an
//! event subprocess needs no flow.

use super::super::fault::{FaultCode, Faults};
use super::super::reading::Reading;
use super::scope::Scope;
use super::{is_start, is_unclear};
use crate::workflow::model::{NodeKind, Throw};

/// Whether all is well; what is not is a fault.
pub(super) fn check(scope: &Scope<'_>, reading: &Reading, faults: &mut Faults) -> bool {
    let unclear = |place: &usize| is_unclear(reading, &scope.nodes[*place].id);
    let all = || 0..scope.nodes.len();
    let mut is_clear = true;

    let stands_alone = |place: &usize| matches!(scope.nodes[*place].kind, NodeKind::EventSubprocess);
    let roots: Vec<_> = all().filter(|place| is_start(scope.nodes[*place]) || unclear(place)).collect();
    // Without any start all would be out of reach, and there is a fault already.
    if !roots.is_empty() {
        let reached = scope.reached(roots, false);
        for place in all().filter(|place| !reached[*place] && !stands_alone(place)) {
            is_clear = false;
            let node = scope.nodes[place];
            let message = format!("no token can come to this {}", node.kind.as_str());
            faults.add(FaultCode::Unreachable, node, message);
        }
    }

    let is_end = |place: &usize| {
        let kind = &scope.nodes[*place].kind;
        matches!(kind, NodeKind::End | NodeKind::Terminate | NodeKind::Throw(Throw::Error(_)))
            || (matches!(kind, NodeKind::Throw(_)) && scope.outgoing[*place].is_empty())
    };
    let is_dead_end = |place: &usize| {
        scope.outgoing[*place].is_empty() && !is_end(place) && !unclear(place) && !stands_alone(place)
    };
    for place in all().filter(is_dead_end) {
        is_clear = false;
        let node = scope.nodes[place];
        let message = format!("no flow leaves this {}, and it is no end event", node.kind.as_str());
        faults.add(FaultCode::NoWayOut, node, message);
    }
    let ends = all().filter(|place| is_end(place) || is_dead_end(place) || unclear(place));
    let left = scope.reached(ends, true);
    for place in all().filter(|place| !left[*place] && !stands_alone(place)) {
        is_clear = false;
        let node = scope.nodes[place];
        let message = format!("no end can be reached from this {}", node.kind.as_str());
        faults.add(FaultCode::NoWayOut, node, message);
    }
    is_clear
}
