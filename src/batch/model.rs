//! A batch as it is read, and what its items carry.

use std::str::FromStr as _;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::engine::{RunStatus, UnknownStatus};
use crate::events::cursor;
use crate::files::StoredFile;
use crate::storage::entity::{batch, item, run};

/// What a batch is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchKind {
    /// Pictures through a feature's pipeline.
    Pipeline,
    /// One decision over many tasks.
    Approval,
}

impl BatchKind {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pipeline => "PIPELINE",
            Self::Approval => "APPROVAL",
        }
    }
}

/// A batch: its own row, and the run that has its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What was asked for and what it cost.
    pub row: batch::Model,
    /// How it stands.
    pub run: run::Progress,
}

impl Batch {
    /// Its id, which is its run's.
    pub fn id(&self) -> Uuid {
        self.row.id
    }

    /// What it is made of.
    pub fn kind(&self) -> BatchKind {
        if self.row.kind == BatchKind::Approval.as_str() { BatchKind::Approval } else { BatchKind::Pipeline }
    }

    /// Its state.
    ///
    /// # Errors
    /// Where the database holds a state that it should have refused.
    pub fn status(&self) -> Result<RunStatus, UnknownStatus> {
        RunStatus::from_str(&self.run.status)
    }

    /// How many items wait.
    pub fn pending(&self) -> i64 {
        let run = &self.run;
        run.total - run.succeeded - run.failed - run.ignored - run.cancelled - run.in_flight
    }

    /// How many items are in hand.
    pub fn running(&self) -> i64 {
        self.run.in_flight
    }

    /// Whether an error sheet has anything to tell.
    pub fn has_errors(&self) -> bool {
        self.run.failed > 0 || self.run.ignored > 0
    }

    /// Where a subscriber stands who has seen all of it.
    pub fn cursor(&self) -> String {
        cursor::encode(self.run.id, self.run.revision)
    }

    /// What the caller set of the steps' parameters.
    pub fn input_data(&self) -> Option<serde_json::Value> {
        self.row.input_data.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }
}

/// What an item is to work on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemInput {
    /// The picture's address, as the caller gave it.
    pub url: String,
    /// Our own file that the address names, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Uuid>,
}

impl ItemInput {
    /// The input of a pipeline batch's item.
    pub fn of(item: &item::Model) -> Option<Self> {
        Self::parse(&item.input)
    }

    /// The same from its text.
    pub fn parse(input: &str) -> Option<Self> {
        serde_json::from_str(input).ok()
    }
}

/// What came of an item that succeeded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemResult {
    /// The file with the picture.
    pub file: Uuid,
    /// Where its bytes are in the object storage.
    pub storage_key: String,
    /// The picture's type.
    pub content_type: String,
    /// The ending of that type, without the dot.
    pub extension: String,
    /// Its size in bytes.
    pub size: i64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How long each step took, in order.
    pub steps: Vec<StepTime>,
}

impl ItemResult {
    /// The result of a pipeline batch's item, where it has one.
    pub fn of(item: &item::Model) -> Option<Self> {
        item.result.as_deref().and_then(Self::parse)
    }

    /// The same from its text.
    pub fn parse(result: &str) -> Option<Self> {
        serde_json::from_str(result).ok()
    }

    /// The file with the picture, whose bytes can be read without asking the database again.
    pub(super) fn stored_file(&self, owner: &str, created_at: DateTime<Utc>) -> StoredFile {
        StoredFile {
            id: self.file,
            owner: owner.to_owned(),
            name: String::new(),
            content_type: self.content_type.clone(),
            size: u64::try_from(self.size).unwrap_or_default(),
            storage_key: self.storage_key.clone(),
            created_at,
        }
    }
}

/// How long a step took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepTime {
    /// The step's name.
    pub name: String,
    /// How long it took.
    pub milliseconds: f64,
}
