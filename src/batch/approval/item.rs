//! What is kept with an item of a batch of approvals.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::engine::{EndedItem, NewItem};
use crate::kernel::Fault;
use crate::workflow::BulkItem;

/// What an item is about: a task, or a row of a sheet of which not even that is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::batch) struct ApprovalInput {
    /// The task, and what is decided of it.
    #[serde(flatten)]
    pub item: Option<BulkItem>,
    /// Its row of a sheet as it was sent, by column, where it could not be read.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub cells: Map<String, Value>,
}

/// An item of a batch to be.
#[derive(Debug, Clone)]
pub(in crate::batch) struct Wanted {
    /// What it is about.
    pub input: ApprovalInput,
    /// Why there is nothing to hold for it.
    pub refused: Option<EndedItem>,
}

impl ApprovalInput {
    /// The same from its text.
    pub fn parse(input: &str) -> Self {
        serde_json::from_str(input).unwrap_or_default()
    }
}

impl Wanted {
    /// A task.
    pub fn task(item: BulkItem) -> Self {
        Self { input: ApprovalInput { item: Some(item), cells: Map::new() }, refused: None }
    }

    pub(super) fn into_item(self) -> Result<NewItem, Fault> {
        let input = serde_json::to_string(&self.input).map_err(Fault::internal)?;
        Ok(NewItem { input, ended: self.refused })
    }
}
