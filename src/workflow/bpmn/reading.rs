//! What has been read of a process so far.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fault::{FaultCode, Faults};
use super::lanes::Lane;
use super::links::Link;
use super::xml::Element;
use crate::workflow::model::{ElementId, Flow, Node};

/// The parts of a process, before they are put together and checked.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The nodes; they do not know their flows yet.
    pub(super) nodes: BTreeMap<ElementId, Node>,
    /// The flows in the order of the document.
    pub(super) flows: Vec<Flow>,
    /// Flows whose conditions could not be read, which is told where they stand.
    pub(super) unread: BTreeSet<ElementId>,
    /// Nodes that stand for what is not supported, so that what is around them can be checked.
    pub(super) placeholders: BTreeSet<ElementId>,
    /// Nodes at flows that lead nowhere: whether they can be reached or left nobody knows.
    pub(super) loose: BTreeSet<ElementId>,
    /// The lanes, inner ones before those around them.
    pub(super) lanes: Vec<Lane>,
    /// The ends of flows that are drawn in pieces.
    pub(super) links: Vec<Link>,
    /// The end events: no flow leaves them.
    pub(super) ends: BTreeSet<ElementId>,
    /// The initial values of data objects.
    pub(super) data: BTreeMap<String, Value>,
    /// The variable for the starter, as the start event has it.
    pub(super) initiator: Option<String>,
}

/// The id of an element that needs one; where it has none, a fault, and an id that no element of a
/// document can have, so that the rest can be checked.
pub(super) fn id_of(element: &Element, faults: &mut Faults) -> ElementId {
    match element.id() {
        Some(id) => id.into(),
        None => {
            faults.add(FaultCode::MissingId, element, format!("a {} needs an id", element.name));
            format!("{} in line {}", element.name, element.line).into()
        }
    }
}
