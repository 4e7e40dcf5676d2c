//! Batches: a feature's pipeline over many pictures, or a decision over many tasks.
//!
//! A batch is a row of its own and an engine run of the same id. Locks are taken in one order: the
//! run's, the batch's, the creator's account; a new batch needs the account's alone. Tasks that a batch of approvals
//! is to hold are locked behind these, and those that somebody else has locked are passed over.

mod approval;
mod archive;
mod change;
mod create;
mod error_sheet;
mod failure;
mod handler;
mod idempotency;
mod items;
mod list;
mod model;
mod progress;
mod rules;
mod sheet;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

pub use approval::{
    APPROVAL_KIND, ApprovalDetail, ApprovalHandler, ApprovalNode, BulkPapers, CreateApprovalBatch,
    CreateApprovalBatchFromSheet, TaskChoice,
};
use bytes::Bytes;
pub use change::{Cancelled, Retried};
pub use create::{CreateBatch, Created};
use futures::Stream;
use futures::stream::BoxStream;
pub use handler::{PIPELINE_KIND, PipelineHandler, PipelineHandlerConfig, PipelineHandlerParts};
pub use items::ItemKey;
pub use list::{BatchFilter, BatchOrder, BatchOrderField, Direction};
pub use model::{Batch, BatchKind, ItemInput, ItemResult, StepTime};
use sea_orm::DbErr;
pub use sheet::{SheetOutcome, SheetPreviewRow};
use url::Url;
use uuid::Uuid;

use crate::account::Accounts;
use crate::engine::{Engine, ItemView, RunJournal};
use crate::events::Feed;
use crate::files::{Files, Inputs};
use crate::kernel::{Actor, Clock, Fault, Page, PageRequest};
use crate::pipeline::Features;
use crate::storage::Db;
use crate::workflow::Workflow;

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

/// On whose word an archive or an error sheet is given out.
#[derive(Debug, Clone, Copy)]
pub enum ArchiveAccess<'a> {
    /// The actor's: the creator's or an ADMIN's.
    Actor(&'a Actor),
    /// A signed link's, which the caller has checked for this very batch.
    Signed,
}

/// A ZIP to send.
pub struct Archive {
    /// What to call it; plain ASCII.
    pub file_name: String,
    /// Its bytes, packed while they are sent. An error means that the archive is broken off.
    pub stream: BoxStream<'static, std::io::Result<Bytes>>,
}

/// A spreadsheet to send.
pub struct Spreadsheet {
    /// What to call it; plain ASCII.
    pub file_name: String,
    /// All of it: an xlsx package.
    pub bytes: Bytes,
}

/// What the service is made of.
pub struct BatchesParts {
    /// Where the truth is.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Does the work; must know the [`PipelineHandler`] and the [`ApprovalHandler`].
    pub engine: Engine,
    /// Tells of it.
    pub feed: Arc<Feed<RunJournal>>,
    /// Pay for it.
    pub accounts: Accounts,
    /// What can be done.
    pub features: Features,
    /// With which pictures.
    pub inputs: Inputs,
    /// What came of it.
    pub files: Files,
    /// Whose tasks batches decide.
    pub workflow: Workflow,
    /// See [`BatchesConfig`].
    pub config: BatchesConfig,
}

/// How batches are made.
#[derive(Debug, Clone)]
pub struct BatchesConfig {
    /// Our own address: files of ours are known by it.
    pub own_base: Url,
    /// The most attempts at an item in a generation; at least 1.
    pub max_attempts: u32,
}

/// The service of batches. Cheap to clone.
#[derive(Clone)]
pub struct Batches {
    inner: Arc<BatchesParts>,
}

impl Batches {
    /// The service.
    pub fn new(parts: BatchesParts) -> Self {
        Self { inner: Arc::new(parts) }
    }

    /// The batch, where it is the actor's to see: their own, or an ADMIN's to see any.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn find(&self, actor: &Actor, id: Uuid) -> Result<Option<Batch>, Fault> {
        Ok(self.by_ids(actor, &[id]).await?.remove(&id))
    }

    /// Batches by id that the actor may see (for loaders), in one statement; the others are left
    /// out.
    ///
    /// # Errors
    /// The database's.
    pub async fn by_ids(&self, actor: &Actor, ids: &[Uuid]) -> Result<HashMap<Uuid, Batch>, DbErr> {
        let mut found = store::by_ids(self.inner.db.reader(), ids).await?;
        found.retain(|batch| actor.may_handle_things_of(&batch.row.created_by));
        Ok(found.into_iter().map(|batch| (batch.id(), batch)).collect())
    }

    /// What approval batches have beside what all have, by their ids: of batches that the caller may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn approvals(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, ApprovalDetail>, Fault> {
        approval::of_batches(self.inner.db.reader(), ids).await
    }

    /// A page of the actor's batches, or of everybody's where the actor is ADMIN.
    ///
    /// # Errors
    /// `FORBIDDEN` where the filter names another creator and the actor is not ADMIN; `BAD_INPUT`
    /// for a cursor that is none of this order's.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &BatchFilter,
        order: BatchOrder,
        page: &PageRequest,
    ) -> Result<Page<Batch>, Fault> {
        list::page(self.inner.db.reader(), actor, filter, order, page).await
    }

    /// How many batches [`Batches::list`] gives in all.
    ///
    /// # Errors
    /// As [`Batches::list`].
    pub async fn count(&self, actor: &Actor, filter: &BatchFilter) -> Result<i64, Fault> {
        list::count(self.inner.db.reader(), actor, filter).await
    }

    /// Follows a batch behind the cursor `after`, or from where it stands now. The first message
    /// without `after` and the final one have no item; the stream ends with the final message, or
    /// with the first error.
    ///
    /// # Errors
    /// `NOT_FOUND` where the batch is not the actor's to see. In the stream, `BAD_INPUT` for a
    /// cursor that is none of this batch's.
    pub async fn progress(
        &self,
        actor: &Actor,
        id: Uuid,
        after: Option<String>,
    ) -> Result<impl Stream<Item = Result<BatchProgress, Fault>> + Send + use<>, Fault> {
        let batch = self.find(actor, id).await?.ok_or_else(|| Fault::not_found("batch"))?;
        Ok(self.follow(batch, after))
    }
}
