//! Batches: a feature's pipeline over many pictures, or later a decision over many tasks.
//!
//! A batch is a row of its own and an engine run of the same id.

mod batch;
mod list;

use std::collections::HashMap;

pub use batch::{Batch, BatchKind, ItemInput, ItemResult, StepTime};
use bytes::Bytes;
use futures::Stream;
use futures::stream::BoxStream;
pub use list::{BatchFilter, BatchOrder, BatchOrderField, Direction};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::engine::ItemView;
use crate::kernel::{Actor, Fault, Page, PageRequest};

/// What a caller wants done.
#[derive(Debug, Clone)]
pub struct CreateBatch {
    /// The feature's key.
    pub feature: String,
    /// http(s) URLs, or `url`s of our own files as `POST /files` returned them.
    pub input_images: Vec<String>,
    /// Parameters that override those of the feature's steps.
    pub input_data: Option<serde_json::Value>,
    /// Makes a repeated call answer the same batch: 1 to 255 characters, the user's own.
    pub idempotency_key: Option<String>,
}

/// What [`Batches::create`] answers.
#[derive(Debug, Clone)]
pub struct Created {
    /// The batch as it stands now.
    pub batch: Batch,
    /// What was charged for it.
    pub quota_cost: i64,
}

/// What [`Batches::retry_failed`] answers.
#[derive(Debug, Clone)]
pub struct Retried {
    /// The batch, open again.
    pub batch: Batch,
    /// How many items were queued again.
    pub retried_count: i64,
    /// What was charged for them.
    pub quota_cost: i64,
}

/// What [`Batches::cancel`] answers.
#[derive(Debug, Clone)]
pub struct Cancelled {
    /// The batch, at its end.
    pub batch: Batch,
    /// What this call gave back; 0 where the batch was cancelled before.
    pub refund_amount: i64,
}

/// One message of a batch's progress.
#[derive(Debug, Clone)]
pub struct BatchProgress {
    /// Where the subscriber now stands.
    pub cursor: String,
    /// The batch as it stands.
    pub batch: Batch,
    /// The item that changed; none in the first and the final message.
    pub item: Option<ItemView>,
}

/// On whose word an archive is given out.
#[derive(Debug, Clone, Copy)]
pub enum ArchiveAccess<'a> {
    /// The actor's: the creator's or an ADMIN's.
    Actor(&'a Actor),
    /// A signed link's, which the caller has checked for this very batch.
    Signed,
}

/// A ZIP to send.
pub struct Archive {
    /// What to call it.
    pub file_name: String,
    /// Its bytes, packed while they are sent. An error means that the archive is broken off.
    pub stream: BoxStream<'static, std::io::Result<Bytes>>,
}

/// The service.
#[derive(Clone)]
pub struct Batches {}

#[allow(unused_variables)]
impl Batches {
    /// Checks, charges and creates in one transaction; the work runs behind.
    pub async fn create(&self, actor: &Actor, create: CreateBatch) -> Result<Created, Fault> {
        todo!()
    }

    /// Queues exactly the failed items of a finished batch again and charges for them.
    pub async fn retry_failed(&self, actor: &Actor, id: Uuid) -> Result<Retried, Fault> {
        todo!()
    }

    /// Cancels what has not ended and refunds what did not succeed.
    pub async fn cancel(&self, actor: &Actor, id: Uuid) -> Result<Cancelled, Fault> {
        todo!()
    }

    /// The batch, where it is the actor's to see.
    pub async fn find(&self, actor: &Actor, id: Uuid) -> Result<Option<Batch>, Fault> {
        todo!()
    }

    /// A page of the actor's batches; an ADMIN's of everybody's.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &BatchFilter,
        order: BatchOrder,
        page: &PageRequest,
    ) -> Result<Page<Batch>, Fault> {
        todo!()
    }

    /// How many batches [`Batches::list`] would give in all.
    pub async fn count(&self, actor: &Actor, filter: &BatchFilter) -> Result<i64, Fault> {
        todo!()
    }

    /// Batches by id that the actor may see (for loaders), two statements whatever their number.
    pub async fn by_ids(&self, actor: &Actor, ids: &[Uuid]) -> Result<HashMap<Uuid, Batch>, DbErr> {
        todo!()
    }

    /// Follows a batch from `after`, or from where it stands now, to its end.
    pub async fn progress(
        &self,
        actor: &Actor,
        id: Uuid,
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<BatchProgress, Fault>> + Send + use<>, Fault> {
        if id.is_nil() {
            return Err(Fault::not_found("batch"));
        }
        Ok(futures::stream::empty())
    }

    /// A ZIP of the batch's outputs.
    pub async fn archive(
        &self,
        access: ArchiveAccess<'_>,
        id: Uuid,
        success_only: bool,
    ) -> Result<Archive, Fault> {
        todo!()
    }
}
