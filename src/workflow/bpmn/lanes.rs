//! Lanes as candidate groups.
//!
//! A user task that names nobody itself is for the group of its lane: that of the lane's attribute
//! `docket:candidateGroup`, or without it the lane's name. Of lanes in one another the innermost
//! counts, and what lies in a subprocess lies in the subprocess's lane unless it has one of its own.

use std::collections::BTreeMap;

use super::approval::values;
use super::expressions;
use super::fault::{FaultCode, Faults};
use super::reading::Reading;
use super::vendor::{self, Vocabulary};
use super::xml::Element;
use crate::workflow::expression::Template;
use crate::workflow::model::{ElementId, NodeKind, NodeType, UserTask};

/// A lane with what lies in it.
#[derive(Debug)]
pub(super) struct Lane {
    id: Option<String>,
    /// The number of the first lane in it; those up to its own number are in it.
    first_inner: usize,
    group: Option<Template>,
    nodes: Vec<(ElementId, (u32, u32))>,
}

/// Reads the lanes of a `laneSet`, innermost ones first.
pub(super) fn read(set: &Element, lanes: &mut Vec<Lane>, faults: &mut Faults) {
    for element in set.all("lane") {
        let spot = element.spot();
        vendor::check(element, &Vocabulary::LANE, spot, faults);
        let first_inner = lanes.len();
        for inner in element.all("childLaneSet") {
            read(inner, lanes, faults);
        }
        let group = values::text(element, "candidateGroup").or(element.label());
        lanes.push(Lane {
            id: element.id().map(str::to_owned),
            first_inner,
            group: group.and_then(|group| expressions::template(group, "the lane's group", spot, faults)),
            nodes: element
                .all("flowNodeRef")
                .map(|node| (node.text.trim().into(), (node.line, node.column)))
                .collect(),
        });
    }
}

/// Gives each user task that names nobody the group of its lane.
pub(super) fn assign(reading: &mut Reading, faults: &mut Faults) {
    let groups = by_node(reading, faults);
    let mut found = Vec::new();
    for node in reading.nodes.values() {
        let NodeKind::User(task) = &node.kind else {
            continue;
        };
        if !names_nobody(task) {
            continue;
        }
        let mut around = Some(node);
        while let Some(inner) = around {
            if let Some(group) = groups.get(&inner.id) {
                found.push((node.id.clone(), group.clone()));
                break;
            }
            around = inner.parent.as_ref().and_then(|parent| reading.nodes.get(parent));
        }
    }
    for (id, group) in found {
        if let Some(NodeKind::User(task)) = reading.nodes.get_mut(&id).map(|node| &mut node.kind) {
            task.candidate_groups.extend(group);
        }
    }
}

fn names_nobody(task: &UserTask) -> bool {
    task.assignee.is_none()
        && task.candidate_users.is_empty()
        && task.candidate_groups.is_empty()
        && task.approval.strategy.is_none()
        && task.approval.node_type == NodeType::User
}

/// The group of each node that lies in a lane, also of a lane that names none.
fn by_node(reading: &Reading, faults: &mut Faults) -> BTreeMap<ElementId, Option<Template>> {
    let mut groups: BTreeMap<ElementId, (usize, Option<Template>)> = BTreeMap::new();
    for (number, lane) in reading.lanes.iter().enumerate() {
        for (node, place) in &lane.nodes {
            if !reading.nodes.contains_key(node) {
                let message = format!("the lane holds {node}, and there is no such node");
                faults.add_at(FaultCode::BadReference, lane.id.as_deref(), *place, message);
                continue;
            }
            match groups.get(node) {
                // The lane around another names that one's nodes again.
                Some((other, _)) if (lane.first_inner..=number).contains(other) => {}
                Some(_) => {
                    let message = format!("{node} lies in two lanes");
                    faults.add_at(FaultCode::Contradiction, lane.id.as_deref(), *place, message);
                }
                None => {
                    groups.insert(node.clone(), (number, lane.group.clone()));
                }
            }
        }
    }
    groups.into_iter().map(|(node, (_, group))| (node, group)).collect()
}
