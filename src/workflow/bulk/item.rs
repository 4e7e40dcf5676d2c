//! What an item of a batch of approvals is about.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{BulkAnswer, BulkDecision};

/// A task of a batch: where it is found, and what is decided of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkItem {
    /// The task.
    pub task: Uuid,
    /// Its instance; none of what nobody may see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Uuid>,
    /// The topmost instance of its tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Uuid>,
    /// What is decided of it; none: what is decided of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Arc<BulkAnswer>>,
    /// Stands for the form that was answered; none where nobody has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// It could not be held as the batch was made, for somebody was changing it: whoever holds it by its turn
    /// decides it, and where nobody does, this batch.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unheld: bool,
}

impl BulkItem {
    /// A task of which the same is decided as of all others.
    pub fn of(task: Uuid) -> Self {
        Self { task, instance: None, root: None, answer: None, seen: None, unheld: false }
    }

    /// The same from its text; none where it is about no task.
    pub fn parse(input: &str) -> Option<Self> {
        serde_json::from_str(input).ok()
    }

    /// What is decided of it; none where what was said of it could not be read.
    pub fn answer<'a>(&'a self, decision: &'a BulkDecision) -> Option<&'a Arc<BulkAnswer>> {
        self.answer.as_ref().or(decision.answer.as_ref())
    }
}
