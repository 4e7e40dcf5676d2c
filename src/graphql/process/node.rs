//! The nodes of processes, and the stays of tokens at them.

use async_graphql::ID;

use super::approval::NodeApproval;
use super::instance::instance_id;
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::scalars::DateTime;
use crate::workflow as domain;

/// A node of a process.
#[derive(Clone)]
pub struct ProcessNode {
    id: String,
    /// Its name; the id where it has none.
    pub(super) name: String,
    /// The element's name in BPMN.
    pub(super) kind: &'static str,
    parent: Option<String>,
    approval: Option<NodeApproval>,
}

impl ProcessNode {
    /// The node of a definition; by its id alone where there is no such node.
    pub fn new(definition: &domain::Definition, id: &str) -> Self {
        let node = definition.model.node(id);
        Self {
            id: id.to_owned(),
            name: node.map_or(id, |node| &node.name).to_owned(),
            kind: node.map_or("task", |node| node.kind.as_str()),
            parent: node.and_then(|node| node.parent.as_deref()).map(str::to_owned),
            approval: NodeApproval::of(definition, id),
        }
    }
}

object_at_hand! {
    /// A node of a process.
    ProcessNode |node| {
        /// Its id in the document.
        id "id": String = node.id.clone();
        /// Its name; the id where it has none.
        name "name": String = node.name.clone();
        /// The element's name in BPMN, such as `userTask` or `exclusiveGateway`.
        kind "kind": String = node.kind.to_owned();
        /// The id of the subprocess that it lies in; null at the top.
        parent_id "parentId": Option<String> = node.parent.clone();
        /// How it is decided; null where it is no user task.
        approval "approval": Option<One<NodeApproval>> = node.approval.clone().map(One);
    }
}

/// A token's stay at a node.
pub struct ProcessActivity {
    row: domain::Activity,
    node: ProcessNode,
}

impl ProcessActivity {
    /// A stay in an instance of this definition.
    pub fn new(row: domain::Activity, definition: &domain::Definition) -> Self {
        let node = ProcessNode::new(definition, &row.node_id);
        Self { row, node }
    }
}

object_at_hand! {
    /// A token's stay at a node.
    ProcessActivity |activity| {
        /// The instance: one that was called, where it is there.
        instance_id "instanceId": ID = instance_id(activity.row.instance_id);
        /// The node.
        node "node": One<ProcessNode> = One(activity.node.clone());
        /// The node's id in the document.
        node_id "nodeId": String = activity.row.node_id.clone();
        /// The node's name.
        name "name": String = activity.node.name.clone();
        /// The element's name in BPMN, such as `userTask`.
        kind "kind": String = activity.node.kind.to_owned();
        /// The token.
        token "token": i32 = activity.row.token;
        /// The flow by which it came; null where it was put there.
        came_by "cameBy": Option<String> = activity.row.came_by.clone();
        /// When it came.
        entered_at "enteredAt": DateTime = DateTime(activity.row.entered_at);
        /// When it went; null while it is there.
        left_at "leftAt": Option<DateTime> = activity.row.left_at.map(DateTime);
        /// How it went: COMPLETED, SKIPPED (its condition let it be left at once), JOINED (it waited
        /// for others and they went on as one), REJECTED, RETURNED, WITHDRAWN or CANCELLED.
        outcome "outcome": Option<String> = activity.row.outcome.clone();
    }
}
