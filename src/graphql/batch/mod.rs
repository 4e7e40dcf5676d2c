//! Batches.

mod approval;
mod filter;
mod mutation;
mod query;
mod sheet;

use std::collections::HashMap;
use std::sync::Arc;

use approval::ApprovalBatchNode;
pub use approval::BatchDecision;
pub use approval::{ApprovalBatchMutation, ApprovalBatchQuery};
use async_graphql::{Context, Enum, ID, Result, SelectionField};
pub use filter::OrderDirection;
pub use mutation::BatchMutation;
pub use query::BatchQuery;
pub use sheet::ApprovalSheetMutation;
use uuid::Uuid;

use super::at_hand::{One, Rows, object_at_hand, plain_enum};
use super::connection::{Connection, connection, page};
use super::context::Services;
use super::feature::{Feature, FeatureList};
use super::item::{BatchItem, BatchItemConnection, BatchItemStatus, ItemList, TEXT_FIELDS};
use super::loaders::{ListLoader, ListLoaders};
use super::scalars::{DateTime, Int, Json};
use super::viewer::{User, UserList};
use crate::batch as domain;
use crate::engine::{ItemFilter, ItemRow, ItemView, RunStatus};
use crate::events::cursor;
use crate::kernel::{Actor, Edge, Fault, GlobalId, NodeKind, Page, PageRequest, Place};

/// What a batch is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BatchKind {
    /// Pictures through a feature's pipeline.
    Pipeline,
    /// One decision over many tasks, or many decisions of a sheet.
    Approval,
}

/// The state of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BatchStatus {
    /// Created or retried; no item has been begun.
    Pending,
    /// Items are being worked on.
    Processing,
    /// Ended: every item succeeded.
    Success,
    /// Ended: some items succeeded and some failed, which can be retried.
    PartialSuccess,
    /// Ended: no item succeeded; they can be retried.
    Failed,
    /// Ended: cancelled before every item had ended.
    Cancelled,
}

plain_enum!(BatchKind, BatchStatus);

impl From<domain::BatchKind> for BatchKind {
    fn from(kind: domain::BatchKind) -> Self {
        match kind {
            domain::BatchKind::Pipeline => Self::Pipeline,
            domain::BatchKind::Approval => Self::Approval,
        }
    }
}

impl From<RunStatus> for BatchStatus {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Pending => Self::Pending,
            RunStatus::Processing => Self::Processing,
            RunStatus::Success => Self::Success,
            RunStatus::PartialSuccess => Self::PartialSuccess,
            RunStatus::Failed => Self::Failed,
            RunStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<BatchStatus> for RunStatus {
    fn from(status: BatchStatus) -> Self {
        match status {
            BatchStatus::Pending => Self::Pending,
            BatchStatus::Processing => Self::Processing,
            BatchStatus::Success => Self::Success,
            BatchStatus::PartialSuccess => Self::PartialSuccess,
            BatchStatus::Failed => Self::Failed,
            BatchStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// How much of the items is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Detail {
    Whole,
    /// None of the [`TEXT_FIELDS`].
    Brief,
}

impl Detail {
    /// What the selection on a connection of items asks for.
    fn asked(ctx: &Context<'_>) -> Self {
        let of_item =
            |item: SelectionField<'_>| item.selection_set().any(|field| TEXT_FIELDS.contains(&field.name()));
        let asked = ctx.field().selection_set().any(|field| match field.name() {
            "nodes" => of_item(field),
            "edges" => field.selection_set().any(|edge| edge.name() == "node" && of_item(edge)),
            _ => false,
        });
        if asked { Self::Whole } else { Self::Brief }
    }
}

/// What batches that were read together share.
pub struct BatchList {
    services: Arc<Services>,
    features: ListLoader<String, Arc<Feature>>,
    creators: Arc<UserList>,
    approvals: ListLoader<Uuid, Arc<domain::ApprovalDetail>>,
    first_items: ListLoaders<(u64, Detail), Uuid, Vec<Arc<BatchItem>>>,
}

impl BatchList {
    /// For batches that were read together.
    pub fn new(services: &Arc<Services>, batches: &[&domain::Batch]) -> Arc<Self> {
        let keys = batches.iter().filter_map(|batch| batch.row.feature_key.clone());
        let approvals = batches.iter().filter(|batch| batch.kind() == domain::BatchKind::Approval);
        Arc::new(Self {
            services: Arc::clone(services),
            features: ListLoader::new(keys),
            creators: UserList::new(services, batches.iter().map(|batch| batch.row.created_by.clone())),
            approvals: ListLoader::new(approvals.map(|batch| batch.id())),
            first_items: ListLoaders::new(batches.iter().map(|batch| batch.id())),
        })
    }

    /// Those of the batches `ids` that `actor` may see.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load(
        services: &Arc<Services>,
        actor: &Actor,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<Batch>>, Fault> {
        let found = services.batches.by_ids(actor, ids).await?;
        let list = Self::new(services, &found.values().collect::<Vec<_>>());
        let wrap = |(id, batch)| Ok((id, Arc::new(Batch::new(batch, &list)?)));
        found.into_iter().map(wrap).collect()
    }

    /// The first items of `batch`, read for the whole list at once.
    async fn first_items(
        &self,
        batch: Uuid,
        limit: u64,
        detail: Detail,
    ) -> Result<Vec<Arc<BatchItem>>, Arc<Fault>> {
        let load = async |ids: &[Uuid]| match detail {
            Detail::Whole => self.load_first_items(ids, limit, BatchItem::new).await,
            Detail::Brief => self.load_first_items(ids, limit, BatchItem::brief).await,
        };
        let loaded = self.first_items.with((limit, detail)).get(&batch, load).await?;
        Ok(loaded.unwrap_or_default())
    }

    async fn load_first_items<T: ItemRow>(
        &self,
        ids: &[Uuid],
        limit: u64,
        wrap: impl Fn(ItemView<T>, &Arc<ItemList>) -> BatchItem,
    ) -> Result<HashMap<Uuid, Vec<Arc<BatchItem>>>, Fault> {
        let found = self.services.batches.first_items::<T>(ids, limit).await?;
        let list = ItemList::new(&self.services, found.values().flatten().map(|view| view.item.key()));
        let wrap =
            |views: Vec<ItemView<T>>| views.into_iter().map(|view| Arc::new(wrap(view, &list))).collect();
        Ok(found.into_iter().map(|(id, views)| (id, wrap(views))).collect())
    }
}

/// A batch that the actor may see.
pub struct Batch {
    batch: domain::Batch,
    status: RunStatus,
    list: Arc<BatchList>,
}

impl Batch {
    /// A batch of `list`.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds a state that it should have refused.
    pub fn new(batch: domain::Batch, list: &Arc<BatchList>) -> Result<Self, Fault> {
        let status = batch.status().map_err(Fault::internal)?;
        Ok(Self { batch, status, list: Arc::clone(list) })
    }

    /// A batch that was read alone.
    ///
    /// # Errors
    /// As [`Batch::new`].
    pub fn alone(services: &Arc<Services>, batch: domain::Batch) -> Result<Arc<Self>, Fault> {
        let list = BatchList::new(services, &[&batch]);
        Self::new(batch, &list).map(Arc::new)
    }

    /// What it has beside what all batches have; none of a batch of pictures.
    async fn approval(&self) -> Result<Option<Arc<domain::ApprovalDetail>>, Arc<Fault>> {
        if self.batch.kind() != domain::BatchKind::Approval {
            return Ok(None);
        }
        let services = &self.list.services;
        let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
            let found = services.batches.approvals(ids).await?;
            Ok(found.into_iter().map(|(id, detail)| (id, Arc::new(detail))).collect())
        };
        self.list.approvals.get(&self.batch.id(), load).await
    }

    async fn items_page(
        &self,
        statuses: Option<Vec<BatchItemStatus>>,
        page: PageRequest,
        detail: Detail,
    ) -> Result<One<BatchItemConnection>> {
        let (services, id) = (Arc::clone(&self.list.services), self.batch.id());
        let from_start = !page.backwards && page.after.is_none() && page.before.is_none();
        let total = self.batch.run.total;
        let statuses = statuses.map(|all| all.into_iter().map(Into::into).collect());
        let filter = ItemFilter { statuses };
        if from_start && filter.statuses.is_none() {
            let items = self.list.first_items(id, page.limit, detail).await?;
            let has_next = i64::try_from(items.len()).is_ok_and(|shown| shown < total);
            let edges = items
                .into_iter()
                .map(|node| Edge { place: Place::Number(node.index_in_batch().into()), node });
            let page = Page { edges: edges.collect(), has_previous: false, has_next };
            let count = move || -> super::connection::Count { Box::pin(async move { Ok(total) }) };
            return Ok(One(BatchItemConnection(Connection::of_shared(page, count))));
        }
        let found = services.batches.items(id, &filter, &page).await?;
        let list = ItemList::new(&services, found.edges.iter().map(|edge| edge.node.item.key()));
        let wrap = |view| BatchItem::new(view, &list);
        let filter = Arc::new(filter);
        let count = move || -> super::connection::Count {
            let (services, filter) = (Arc::clone(&services), Arc::clone(&filter));
            Box::pin(async move {
                if filter.statuses.is_none() {
                    return Ok(total);
                }
                services.batches.count_items(id, &filter).await
            })
        };
        Ok(One(BatchItemConnection(Connection::new(found, wrap, count))))
    }
}

object_at_hand! {
    /// What a person asked for: a feature's pipeline over many pictures, with its progress.
    Batch |batch| {
        /// The global id.
        id "id": ID = batch_id(batch.batch.id());
        /// What it is made of.
        kind "kind": BatchKind = batch.batch.kind().into();
        /// Its state.
        status "status": BatchStatus = batch.status.into();
        /// How many items it has: 1 to 100,000.
        total "total": Int = Int(batch.batch.run.total);
        /// How many items wait.
        pending "pending": Int = Int(batch.batch.pending());
        /// How many items are being worked on.
        running "running": Int = Int(batch.batch.running());
        /// How many items ended well.
        succeeded "succeeded": Int = Int(batch.batch.run.succeeded);
        /// How many items failed for good.
        failed "failed": Int = Int(batch.batch.run.failed);
        /// How many items had nothing to do any more.
        ignored "ignored": Int = Int(batch.batch.run.ignored);
        /// How many items were cancelled.
        cancelled "cancelled": Int = Int(batch.batch.run.cancelled);
        /// Quota charged for it, over all retries: at most 2,147,483,647, or a retry is refused.
        quota_cost "quotaCost": Int = Int(batch.batch.row.quota_cost);
        /// Quota given back for items that did not succeed, over all retries: never more than it cost.
        quota_refunded "quotaRefunded": Int = Int(batch.batch.row.quota_refunded);
        /// Its number for people, growing; over all users, so that there are gaps between one's own.
        number "number": Int = Int(batch.batch.row.number);
        /// What the caller set of the steps' parameters.
        input_data "inputData": Option<Json> = batch.batch.input_data().map(Json);
        /// Who created it.
        created_by "createdBy": One<User> =
            One(User::new(&batch.batch.row.created_by, &batch.list.creators));
        /// When it was created.
        created_at "createdAt": DateTime = DateTime(batch.batch.row.created_at);
        /// When it last changed.
        updated_at "updatedAt": DateTime = DateTime(batch.batch.run.updated_at);
        /// When its first item was begun.
        started_at "startedAt": Option<DateTime> = batch.batch.run.started_at.map(DateTime);
        /// When it ended; null while it has not, again after a retry.
        finished_at "finishedAt": Option<DateTime> = batch.batch.run.finished_at.map(DateTime);
        /// Where the items that failed or were ignored can be downloaded as a spreadsheet (xlsx),
        /// with their inputs and why: a path with a short-lived signature, good for `<a>`, for
        /// batches of every kind. The same path without it works with a bearer token. Null while
        /// nothing failed.
        error_sheet_url "errorSheetUrl": Option<String> =
            batch.batch.has_errors().then(|| batch.list.services.error_sheet_link(batch.batch.id()));
        /// Where its progress stands: good for `batchProgress(after)`, which then tells what has
        /// changed since.
        cursor "cursor": String = cursor::encode(batch.batch.id(), batch.batch.run.revision);
    }
    more {
        /// The feature it was created with, though that may have been deleted since.
        async fn feature(&self) -> Option<Result<One<Arc<Feature>>>> {
            let key = self.batch.row.feature_key.as_ref()?;
            let services = &self.list.services;
            let load = async |keys: &[String]| FeatureList::load(services, keys).await;
            let found = self.list.features.get(key, load).await;
            found.map(|feature| feature.map(One)).map_err(Into::into).transpose()
        }

        /// What is decided of its tasks; null of a batch of pictures, and where a sheet says it row by row
        /// (`BatchItem.decision`).
        async fn decision(&self) -> Result<Option<BatchDecision>> {
            Ok(self.approval().await?.and_then(|detail| detail.decision.as_deref().and_then(BatchDecision::of)))
        }

        /// Why that is decided; null where nothing was said.
        async fn comment(&self) -> Result<Option<String>> {
            Ok(self.approval().await?.and_then(|detail| detail.comment.clone()))
        }

        /// What goes into the forms of all its tasks; null of a batch of pictures.
        async fn form_data(&self) -> Result<Option<Json>> {
            Ok(self.approval().await?.map(|detail| Json(detail.form_data.clone().into())))
        }

        /// The nodes of its tasks; empty of a batch of pictures.
        async fn nodes(&self) -> Result<Rows<ApprovalBatchNode>> {
            let detail = self.approval().await?;
            let nodes = detail.iter().flat_map(|detail| detail.nodes.iter().cloned());
            Ok(Rows(nodes.map(ApprovalBatchNode).collect()))
        }

        /// Its items in index order.
        async fn items(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "Only items in one of these states.")] status: Option<Vec<BatchItemStatus>>,
            #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
            #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
            #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
            #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        ) -> Result<One<BatchItemConnection>> {
            self.items_page(status, page(ctx, first, after, last, before)?, Detail::asked(ctx)).await
        }

        /// Where its outputs can be downloaded as one ZIP: a path with a short-lived signature, good
        /// for `<a>`. The same path without it works with a bearer token. Null while there is
        /// nothing to download, and of a batch of approvals.
        async fn archive_url(
            &self,
            #[graphql(
                desc = "Only what succeeded; else every other item that has an output, too.",
                default_with = "Some(true)"
            )]
            success_only: Option<bool>,
        ) -> Option<String> {
            let anything = self.batch.run.succeeded > 0 && self.batch.kind() == domain::BatchKind::Pipeline;
            let success_only = success_only.unwrap_or(true);
            anything.then(|| self.list.services.archive_link(self.batch.id(), success_only))
        }
    }
}

connection! {
    /// A page of batches.
    BatchConnection,
    /// A batch in its place.
    BatchEdge,
    Batch
}

/// A batch's global id.
pub fn batch_id(id: Uuid) -> ID {
    ID(GlobalId::encode(NodeKind::Batch, id))
}
