//! Changing batches.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::Batch;
use crate::batch as domain;
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::context::{actor, services};
use crate::graphql::scalars::{Int, Json, Url};
use crate::kernel::{Fault, GlobalId, NodeKind};

/// The most pictures that a call may name, whatever the feature allows.
const MAX_INPUT_IMAGES: usize = 100_000;

/// What `createBatch` takes.
#[derive(Debug, InputObject)]
pub struct CreateBatchInput {
    /// The feature.
    feature_id: ID,
    /// The pictures: http(s) addresses, or `url`s that `POST /files` answered. At least 1, and at
    /// most what the feature allows.
    input_images: Vec<Url>,
    /// Parameters that go over those of the feature's steps; see `Feature.parameterSchema`.
    input_data: Option<Json>,
    /// Makes a repeated call answer the same batch: 1 to 255 characters, yours alone.
    idempotency_key: Option<String>,
}

impl TryFrom<CreateBatchInput> for domain::CreateBatch {
    type Error = Fault;

    fn try_from(input: CreateBatchInput) -> Result<Self, Fault> {
        if input.input_images.len() > MAX_INPUT_IMAGES {
            return Err(Fault::bad_input("inputImages", format!("at most {MAX_INPUT_IMAGES} images")));
        }
        Ok(Self {
            feature: GlobalId::raw_of(NodeKind::Feature, "featureId", &input.feature_id)?,
            input_images: input.input_images.into_iter().map(|url| url.0).collect(),
            input_data: input.input_data.map(|json| json.0).filter(|value| !value.is_null()),
            idempotency_key: input.idempotency_key,
        })
    }
}

/// What `createBatch` answers.
pub struct CreateBatchPayload {
    batch: Arc<Batch>,
    quota_cost: i64,
}

object_at_hand! {
    /// What `createBatch` answers.
    CreateBatchPayload |payload| {
        /// The batch; its work has begun or will shortly.
        batch "batch": One<Arc<Batch>> = One(Arc::clone(&payload.batch));
        /// What was charged for it: never more than a balance can be.
        quota_cost "quotaCost": Int = Int(payload.quota_cost);
    }
}

/// What `retryFailedItems` takes.
#[derive(Debug, InputObject)]
pub struct RetryFailedItemsInput {
    /// The batch, which must have ended.
    batch_id: ID,
}

/// What `retryFailedItems` answers.
pub struct RetryFailedItemsPayload {
    batch: Arc<Batch>,
    retried_count: i64,
    quota_cost: i64,
}

object_at_hand! {
    /// What `retryFailedItems` answers.
    RetryFailedItemsPayload |payload| {
        /// The batch, open again.
        batch "batch": One<Arc<Batch>> = One(Arc::clone(&payload.batch));
        /// How many items were queued again: exactly those that had failed.
        retried_count "retriedCount": Int = Int(payload.retried_count);
        /// What was charged for them: never more than a balance can be.
        quota_cost "quotaCost": Int = Int(payload.quota_cost);
    }
}

/// What `cancelBatch` takes.
#[derive(Debug, InputObject)]
pub struct CancelBatchInput {
    /// The batch.
    batch_id: ID,
}

/// What `cancelBatch` answers.
pub struct CancelBatchPayload {
    batch: Arc<Batch>,
    refund_amount: i64,
}

object_at_hand! {
    /// What `cancelBatch` answers.
    CancelBatchPayload |payload| {
        /// The batch, at its end.
        batch "batch": One<Arc<Batch>> = One(Arc::clone(&payload.batch));
        /// What this call gave back; 0 where it had been cancelled before.
        refund_amount "refundAmount": Int = Int(payload.refund_amount);
    }
}

/// Changing batches.
#[derive(Default)]
pub struct BatchMutation;

#[Object]
impl BatchMutation {
    /// Runs a feature over pictures: checks, charges and creates at once; the work runs behind.
    async fn create_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CreateBatchInput,
    ) -> Option<Result<One<CreateBatchPayload>>> {
        Some(create(ctx, input).await.map(One))
    }

    /// Queues exactly the failed items of a batch that has ended again, and charges for them.
    async fn retry_failed_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to retry.")] input: RetryFailedItemsInput,
    ) -> Option<Result<One<RetryFailedItemsPayload>>> {
        Some(retry(ctx, input).await.map(One))
    }

    /// Cancels what has not ended of a batch and gives back the quota of what did not succeed.
    async fn cancel_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to cancel.")] input: CancelBatchInput,
    ) -> Option<Result<One<CancelBatchPayload>>> {
        Some(cancel(ctx, input).await.map(One))
    }
}

async fn create(ctx: &Context<'_>, input: CreateBatchInput) -> Result<CreateBatchPayload> {
    let services = services(ctx)?;
    let created = services.batches.create(actor(ctx)?, input.try_into()?).await?;
    Ok(CreateBatchPayload { batch: Batch::alone(services, created.batch)?, quota_cost: created.quota_cost })
}

async fn retry(ctx: &Context<'_>, input: RetryFailedItemsInput) -> Result<RetryFailedItemsPayload> {
    let services = services(ctx)?;
    let id = GlobalId::uuid_of(NodeKind::Batch, "batchId", &input.batch_id)?;
    let retried = services.batches.retry_failed(actor(ctx)?, id).await?;
    let batch = Batch::alone(services, retried.batch)?;
    Ok(RetryFailedItemsPayload {
        batch,
        retried_count: retried.retried_count,
        quota_cost: retried.quota_cost,
    })
}

async fn cancel(ctx: &Context<'_>, input: CancelBatchInput) -> Result<CancelBatchPayload> {
    let services = services(ctx)?;
    let id = GlobalId::uuid_of(NodeKind::Batch, "batchId", &input.batch_id)?;
    let cancelled = services.batches.cancel(actor(ctx)?, id).await?;
    let batch = Batch::alone(services, cancelled.batch)?;
    Ok(CancelBatchPayload { batch, refund_amount: cancelled.refund_amount })
}
