//! Batches of the kind APPROVAL: one decision over many tasks, or many in a sheet.

mod create;
mod handler;
mod item;
mod store;
mod writing;

pub use create::{BulkPapers, CreateApprovalBatch, CreateApprovalBatchFromSheet, TaskChoice};
pub use handler::{APPROVAL_KIND, ApprovalHandler};
pub(super) use item::{ApprovalInput, LISTED_TWICE, Wanted};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
pub(super) use store::{hold_failed_in_op, of_batches};

/// What an approval batch has beside what all batches have.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalDetail {
    /// APPROVE or REJECT; none where a sheet says it row by row.
    pub decision: Option<String>,
    /// Why.
    pub comment: Option<String>,
    /// What goes into the forms of all its tasks.
    pub form_data: Map<String, Value>,
    /// The nodes of its tasks.
    pub nodes: Vec<ApprovalNode>,
}

/// A node some of whose tasks are in a batch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalNode {
    /// The key of its process.
    pub definition_key: String,
    /// The node.
    pub node_id: String,
    /// What it is called.
    pub name: String,
}
