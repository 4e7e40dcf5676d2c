//! The subscription root: live progress.

use std::sync::Arc;

use async_graphql::{Context, ID, MergedSubscription, Result, Subscription};
use futures::{Stream, StreamExt as _};

use super::at_hand::{One, object_at_hand};
use super::batch::Batch;
use super::budget::Budget;
use super::context::{Services, actor, services};
use super::item::BatchItem;
use super::process::ProcessSubscription;
use crate::batch as domain;
use crate::kernel::{Fault, GlobalId, NodeKind};

/// One message of a batch's progress.
pub struct BatchProgress {
    cursor: String,
    batch: Arc<Batch>,
    item: Option<Arc<BatchItem>>,
}

object_at_hand! {
    /// One message of a batch's progress.
    BatchProgress |progress| {
        /// Where the subscriber now stands: pass it as `after` to come back without missing anything.
        cursor "cursor": String = progress.cursor.clone();
        /// The batch as it stands.
        batch "batch": One<Arc<Batch>> = One(Arc::clone(&progress.batch));
        /// The item that changed; null in the first and in the final message.
        item "item": Option<One<Arc<BatchItem>>> = progress.item.clone().map(One);
    }
}

impl BatchProgress {
    fn new(services: &Arc<Services>, progress: domain::BatchProgress) -> Result<Self, Fault> {
        Ok(Self {
            cursor: progress.cursor,
            batch: Batch::alone(services, progress.batch)?,
            item: progress.item.map(|view| BatchItem::alone(services, view)),
        })
    }
}

/// Live progress, over websockets or as server-sent events.
#[derive(MergedSubscription, Default)]
pub struct Subscription(BatchSubscription, ProcessSubscription);

/// Batches live.
#[derive(Default)]
pub struct BatchSubscription;

#[Subscription]
impl BatchSubscription {
    /// Follows a batch to its end. The first message is where it stands (with `after`: what has
    /// changed since), then comes one changed item a message, and the last has the final status.
    async fn batch_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The batch.")] batch_id: ID,
        #[graphql(desc = "The cursor of the last message that was seen, to come back.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<One<BatchProgress>>>> {
        let services = Arc::clone(services(ctx)?);
        let id = GlobalId::uuid_of(NodeKind::Batch, "batchId", &batch_id)?;
        let progress = services.batches.progress(actor(ctx)?, id, after).await?;
        let budget = ctx.data_opt::<Budget>().cloned().unwrap_or_default();
        Ok(progress.map(move |progress| {
            budget.reset();
            Ok(One(BatchProgress::new(&services, progress?)?))
        }))
    }
}
