//! Link events: a flow that is drawn in two pieces, from where it is thrown to where the same name
//! is caught.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{FaultCode, Faults};
use super::reading::Reading;
use crate::workflow::model::{ElementId, Flow};

/// One piece's end.
#[derive(Debug)]
pub(super) struct Link {
    /// Its event.
    pub(super) node: ElementId,
    /// The subprocess in which it lies; none at the top.
    pub(super) scope: Option<ElementId>,
    /// What joins the pieces.
    pub(super) name: String,
    /// The line and the column of the event.
    pub(super) place: (u32, u32),
    /// Whether the flow comes to it, and goes on elsewhere.
    pub(super) is_throw: bool,
}

/// Joins the pieces, each by a flow of an id that no element can have.
pub(super) fn join(reading: &mut Reading, faults: &mut Faults) {
    let (throws, catches): (Vec<_>, Vec<_>) =
        std::mem::take(&mut reading.links).into_iter().partition(|link| link.is_throw);
    let mut by_name: BTreeMap<(Option<&str>, &str), &Link> = BTreeMap::new();
    for catch in &catches {
        if let Some(first) = by_name.get(&(catch.scope.as_deref(), &catch.name)) {
            let message = format!("the link {} is caught already, by {}", catch.name, first.node);
            faults.add_at(FaultCode::Contradiction, Some(&catch.node), catch.place, message);
            reading.loose.insert(catch.node.clone());
        } else {
            by_name.insert((catch.scope.as_deref(), &catch.name), catch);
        }
    }
    let thrown: BTreeSet<(Option<&str>, &str)> =
        throws.iter().map(|throw| (throw.scope.as_deref(), &*throw.name)).collect();
    for (key, catch) in &by_name {
        if !thrown.contains(key) {
            let message = format!("nothing throws the link {} in the same process or subprocess", catch.name);
            faults.add_at(FaultCode::BadReference, Some(&catch.node), catch.place, message);
            reading.loose.insert(catch.node.clone());
        }
    }
    check_flows(reading, &throws, &catches, faults);
    let taken: BTreeSet<_> = reading.flows.iter().map(|flow| flow.id.clone()).collect();
    for throw in &throws {
        let id: ElementId = format!("link {}", throw.node).into();
        let spot = (Some(&*throw.node), throw.place);
        if taken.contains(&id) || reading.nodes.contains_key(&id) {
            let message = format!("the id “{id}” is that of the flow to where this link is caught");
            faults.add_at(FaultCode::DuplicateId, spot.0, spot.1, message);
        }
        let Some(catch) = by_name.get(&(throw.scope.as_deref(), &throw.name)) else {
            let message =
                format!("nothing catches the link {} in the same process or subprocess", throw.name);
            faults.add_at(FaultCode::BadReference, spot.0, spot.1, message);
            reading.loose.insert(throw.node.clone());
            continue;
        };
        reading.flows.push(Flow {
            id,
            name: None,
            line: throw.place.0,
            column: throw.place.1,
            source: throw.node.clone(),
            target: catch.node.clone(),
            condition: None,
        });
    }
}

fn check_flows(reading: &Reading, throws: &[Link], catches: &[Link], faults: &mut Faults) {
    let nodes = |links: &[Link]| links.iter().map(|link| link.node.clone()).collect::<BTreeSet<_>>();
    let (throws, catches) = (nodes(throws), nodes(catches));
    for flow in &reading.flows {
        if throws.contains(&flow.source) {
            faults.add(FaultCode::BadFlow, flow, "a flow out of a link that goes on where it is caught");
        }
        if catches.contains(&flow.target) {
            faults.add(FaultCode::BadFlow, flow, "a flow into a link that comes from where it is thrown");
        }
    }
}
