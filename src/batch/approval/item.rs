//! What is kept with an item of a batch of approvals.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::engine::{EndedItem, NewItem};
use crate::kernel::Fault;
use crate::workflow::{BulkItem, of_fault};

/// The code of items whose tasks stand before them in the batch.
pub(in crate::batch) const LISTED_TWICE: &str = "LISTED_TWICE";

/// What an item is about: a task, or a row of a sheet of which not even that is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::batch) struct ApprovalInput {
    /// The task, and what is decided of it.
    #[serde(flatten)]
    pub item: Option<BulkItem>,
    /// Its row of a sheet as it was sent, by column, where it could not be read or its task is not to be seen.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub cells: Map<String, Value>,
    /// What is wrong with that row: as long as it is not sent anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong: Option<Wrong>,
}

/// Why a row of a sheet cannot be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::batch) struct Wrong {
    /// For people.
    pub message: String,
    /// What else is to be known of it: see [`EndedItem::details`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

impl Wrong {
    /// The same as an item that has ended by it.
    pub fn into_ended(self) -> EndedItem {
        EndedItem { details: self.details, ..EndedItem::failed("BAD_INPUT", self.message) }
    }
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
        Self { input: ApprovalInput { item: Some(item), ..ApprovalInput::default() }, refused: None }
    }

    /// A row that cannot be read, with what is known of it.
    pub fn unreadable(item: Option<BulkItem>, cells: Map<String, Value>, why: &Fault) -> Self {
        let refused = of_fault(why);
        let wrong = Wrong { message: refused.message.clone(), details: refused.details.clone() };
        Self { input: ApprovalInput { item, cells, wrong: Some(wrong) }, refused: Some(refused) }
    }

    pub(super) fn into_item(self) -> Result<NewItem, Fault> {
        let input = serde_json::to_string(&self.input).map_err(Fault::internal)?;
        Ok(NewItem { input, ended: self.refused })
    }
}
