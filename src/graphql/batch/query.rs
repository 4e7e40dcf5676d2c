//! Reading batches.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::filter::{BatchFilter, BatchOrder};
use super::{Batch, BatchConnection, BatchList};
use crate::batch as domain;
use crate::graphql::at_hand::One;
use crate::graphql::connection::{Connection, Count, page};
use crate::graphql::context::{actor, services};
use crate::kernel::{GlobalId, NodeKind, PageRequest};

/// Reading batches.
#[derive(Default)]
pub struct BatchQuery;

#[Object]
impl BatchQuery {
    /// A batch; null where there is none, or it is not yours to see.
    async fn batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The batch's id.")] id: ID,
    ) -> Option<Result<One<Arc<Batch>>>> {
        find(ctx, &id).await.transpose()
    }

    /// Your batches (an ADMIN's: everybody's), newest first unless ordered otherwise.
    #[expect(clippy::too_many_arguments, reason = "they are the field's in the schema")]
    async fn batches(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which to list; all where it is not given.")] filter: Option<BatchFilter>,
        #[graphql(desc = "How to sort them; newest first where it is not given.")] order_by: Option<
            BatchOrder,
        >,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<BatchConnection>> {
        let filter = domain::BatchFilter::try_from(filter.unwrap_or_default())?;
        let order = order_by.map(Into::into).unwrap_or_default();
        list(ctx, filter, order, &page(ctx, first, after, last, before)?).await
    }
}

async fn find(ctx: &Context<'_>, id: &str) -> Result<Option<One<Arc<Batch>>>> {
    let services = services(ctx)?;
    let id = GlobalId::uuid_of(NodeKind::Batch, "id", id)?;
    let found = services.batches.find(actor(ctx)?, id).await?;
    Ok(found.map(|batch| Batch::alone(services, batch)).transpose()?.map(One))
}

async fn list(
    ctx: &Context<'_>,
    filter: domain::BatchFilter,
    order: domain::BatchOrder,
    page: &PageRequest,
) -> Result<One<BatchConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.batches.list(actor, &filter, order, page).await?;
    let list = BatchList::new(services, &found.edges.iter().map(|edge| &edge.node).collect::<Vec<_>>());
    let wrapped = found.map(|batch| Batch::new(batch, &list)).transpose()?;
    let (services, actor, filter) = (Arc::clone(services), actor.clone(), Arc::new(filter));
    let count = move || -> Count {
        let (services, actor, filter) = (Arc::clone(&services), actor.clone(), Arc::clone(&filter));
        Box::pin(async move { services.batches.count(&actor, &filter).await })
    };
    Ok(One(BatchConnection(Connection::new(wrapped, |batch| batch, count))))
}
