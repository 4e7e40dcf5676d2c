//! Whether each node can be come to, and can be left for an end.
//!
//! A process ends at its end events, and where no flow leads on; that is noted, as it may be an oversight.
//! A gateway that chooses has to have something to choose from. A boundary event is come to from its
//! activity; an event subprocess needs no flow.

use super::super::fault::{FaultCode, Faults};
use super::super::reading::Reading;
use super::scope::Scope;
use super::{is_start, is_unclear};
use crate::workflow::model::{NodeKind, Throw};

/// Whether all is well; what is not is a fault.
pub(super) fn check(scope: &Scope<'_>, reading: &Reading, faults: &mut Faults) -> bool {
    let unclear = |place: &usize| is_unclear(reading, &scope.nodes[*place].id);
    let all = || 0..scope.nodes.len();
    let stands_alone = |place: &usize| matches!(scope.nodes[*place].kind, NodeKind::EventSubprocess);
    let chooses = |place: &usize| {
        matches!(scope.nodes[*place].kind, NodeKind::Exclusive | NodeKind::Inclusive | NodeKind::EventBased)
    };
    let roots: Vec<_> = all().filter(|place| is_start(scope.nodes[*place]) || unclear(place)).collect();
    // Without any start all would be out of reach, and there is a fault already.
    let reached = if roots.is_empty() { vec![true; scope.nodes.len()] } else { scope.reached(roots, false) };
    let is_end = |place: &usize| {
        let kind = &scope.nodes[*place].kind;
        matches!(kind, NodeKind::End | NodeKind::Terminate | NodeKind::Throw(Throw::Error(_)))
            || (scope.outgoing[*place].is_empty() && !chooses(place))
    };
    let is_silent = |place: &usize| {
        let node = scope.nodes[*place];
        let is_said = matches!(node.kind, NodeKind::End | NodeKind::Terminate | NodeKind::Throw(_))
            || reading.ends.contains(&node.id);
        is_end(place) && !is_said && reached[*place] && !unclear(place) && !stands_alone(place)
    };
    let silent: Vec<_> = all().filter(is_silent).collect();
    for place in &silent {
        let node = scope.nodes[*place];
        let message = format!("it ends here: no flow leaves this {}", node.kind.as_str());
        faults.note(FaultCode::NoWayOut, node, message);
    }
    let mut is_clear = true;
    // What stands apart does no harm; but a gateway waits for what leads to it, and where something ends
    // without having said so, a flow between the two has been forgotten.
    let leads_in = scope.reached(all().filter(|place| reached[*place]), true);
    for place in all().filter(|place| !reached[*place] && !stands_alone(place)) {
        let node = scope.nodes[place];
        let message = format!("no token can come to this {}", node.kind.as_str());
        if leads_in[place] || !silent.is_empty() {
            is_clear = false;
            faults.add(FaultCode::Unreachable, node, message);
        } else {
            faults.note(FaultCode::Unreachable, node, message);
        }
    }

    let is_left_out = |place: &usize| !reached[*place] || unclear(place) || stands_alone(place);
    let is_dead_end =
        |place: &usize| scope.outgoing[*place].is_empty() && !is_end(place) && !is_left_out(place);
    for place in all().filter(is_dead_end) {
        is_clear = false;
        let node = scope.nodes[place];
        let message = format!("no flow leaves this {}, and it is no end event", node.kind.as_str());
        faults.add(FaultCode::NoWayOut, node, message);
    }
    let ends = all().filter(|place| is_end(place) || is_dead_end(place) || unclear(place));
    let left = scope.reached(ends, true);
    for place in all().filter(|place| !left[*place] && !is_left_out(place)) {
        is_clear = false;
        let node = scope.nodes[place];
        let message = format!("no end can be reached from this {}", node.kind.as_str());
        faults.add(FaultCode::NoWayOut, node, message);
    }
    is_clear
}
