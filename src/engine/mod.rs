//! The durable engine: runs of items, claimed, executed, recorded, retried, rescued.
//!
//! Knows nothing of what an item does; a [`Handler`] does.

mod error;
mod handler;
mod status;

use std::collections::HashMap;

pub use error::EngineError;
pub use handler::{Accepted, Attempt, Handler, ItemError, MAX_MESSAGE_CHARS, Outcome, Retry, RunContext};
use sea_orm::{DatabaseTransaction, DbErr};
pub use status::{ItemStatus, RunStatus, UnknownStatus};
use uuid::Uuid;

use crate::kernel::{Fault, Page, PageRequest};
use crate::storage::entity::{attempt, item, run};

/// A run to be.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Its id.
    pub id: Uuid,
    /// Which handler executes its items.
    pub kind: &'static str,
    /// Higher goes first; 0 is usual.
    pub priority: i16,
    /// The most items in hand at once, over all replicas; at least 1.
    pub concurrency: u32,
    /// The most attempts at an item in a generation; at least 1.
    pub max_attempts: u32,
    /// What the handler needs to know of the whole run, as JSON.
    pub context: String,
}

/// An item as it stands, with what follows from the leases.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// The row.
    pub item: item::Model,
    /// Its status; RUNNING where it is leased.
    pub status: ItemStatus,
    /// The step it is at, where this replica has heard of it.
    pub step: Option<String>,
}

/// Which items to read.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    /// Only these; every item where none is given.
    pub statuses: Option<Vec<ItemStatus>>,
}

/// What a cancellation did.
#[derive(Debug, Clone)]
pub struct Cancelled {
    /// The run after it.
    pub run: run::Model,
    /// How many items it cancelled.
    pub cancelled: i64,
    /// The run had ended before: nothing was done.
    pub already_final: bool,
}

/// What a retry did.
#[derive(Debug, Clone)]
pub struct Retried {
    /// The run after it.
    pub run: run::Model,
    /// How many items it queued again.
    pub retried: i64,
}

/// The engine.
#[derive(Clone)]
pub struct Engine {}

#[allow(unused_variables)]
impl Engine {
    pub async fn enqueue_in_op(&self, tx: &DatabaseTransaction, run: NewRun, inputs: Vec<String>) -> Result<(), DbErr> {
        todo!()
    }
    pub async fn cancel_in_op(&self, tx: &DatabaseTransaction, run: Uuid) -> Result<Cancelled, EngineError> {
        todo!()
    }
    pub async fn retry_failed_in_op(&self, tx: &DatabaseTransaction, run: Uuid) -> Result<Retried, EngineError> {
        todo!()
    }
    pub fn announce_work(&self) {
        todo!()
    }
    pub fn committed(&self, run: &run::Model) {
        todo!()
    }
    pub async fn runs(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, run::Model>, DbErr> {
        todo!()
    }
    pub async fn items(&self, run: Uuid, filter: &ItemFilter, page: &PageRequest) -> Result<Page<ItemView>, Fault> {
        todo!()
    }
    pub async fn first_items(&self, runs: &[Uuid], limit: u64) -> Result<HashMap<Uuid, Vec<ItemView>>, DbErr> {
        todo!()
    }
    pub async fn count_items(&self, run: Uuid, filter: &ItemFilter) -> Result<i64, DbErr> {
        todo!()
    }
    pub async fn items_by_key(&self, keys: &[(Uuid, i32)]) -> Result<HashMap<(Uuid, i32), ItemView>, DbErr> {
        todo!()
    }
    pub async fn attempts(&self, keys: &[(Uuid, i32)]) -> Result<HashMap<(Uuid, i32), Vec<attempt::Model>>, DbErr> {
        todo!()
    }
    pub fn stream_items(&self, run: Uuid) -> impl futures::Stream<Item = Result<item::Model, DbErr>> + Send + use<> {
        futures::stream::empty()
    }
}
