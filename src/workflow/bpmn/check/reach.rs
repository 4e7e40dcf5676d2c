//! Whether each node can be come to, and can be left for an end.
//!
//! A process ends at its end events: an activity without a flow out of it is a fault, and no end.

use super::super::fault::{FaultCode, Faults};
use super::super::reading::Reading;
use super::is_unclear;
use super::scope::Scope;
use crate::workflow::model::NodeKind;

/// Whether all is well; what is not is a fault.
pub(super) fn check(scope: &Scope<'_>, reading: &Reading, faults: &mut Faults) -> bool {
    let unclear = |place: &usize| is_unclear(reading, &scope.nodes[*place].id);
    let all = || 0..scope.nodes.len();
    let mut is_clear = true;

    let is_start = |place: &usize| matches!(scope.nodes[*place].kind, NodeKind::Start { .. });
    let roots: Vec<_> = all().filter(|place| is_start(place) || unclear(place)).collect();
    // Without any start all would be out of reach, and there is a fault already.
    if !roots.is_empty() {
        let reached = scope.reached(roots, false);
        for place in all().filter(|place| !reached[*place]) {
            is_clear = false;
            let node = scope.nodes[place];
            let message = format!("no token can come to this {}", node.kind.as_str());
            faults.add(FaultCode::Unreachable, node, message);
        }
    }

    let is_end = |place: &usize| matches!(scope.nodes[*place].kind, NodeKind::End | NodeKind::Terminate);
    let is_dead_end = |place: &usize| scope.outgoing[*place].is_empty() && !is_end(place) && !unclear(place);
    for place in all().filter(is_dead_end) {
        is_clear = false;
        let node = scope.nodes[place];
        let message = format!("no flow leaves this {}, and it is no end event", node.kind.as_str());
        faults.add(FaultCode::NoWayOut, node, message);
    }
    let left =
        scope.reached(all().filter(|place| is_end(place) || is_dead_end(place) || unclear(place)), true);
    for place in all().filter(|place| !left[*place]) {
        is_clear = false;
        let node = scope.nodes[place];
        let message = format!("no end can be reached from this {}", node.kind.as_str());
        faults.add(FaultCode::NoWayOut, node, message);
    }
    is_clear
}
