//! Reading webhooks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{Webhook, WebhookConnection, WebhookList};
use crate::graphql::at_hand::One;
use crate::graphql::connection::{Connection, Count, page};
use crate::graphql::context::{actor, services};
use crate::kernel::{GlobalId, NodeKind, PageRequest};

/// Reading webhooks.
#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// The webhooks, oldest first. For ADMIN.
    async fn webhooks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<WebhookConnection>> {
        list(ctx, &page(ctx, first, after, last, before)?).await
    }

    /// A webhook; null where there is none. For ADMIN.
    async fn webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The webhook.")] id: ID,
    ) -> Option<Result<One<Arc<Webhook>>>> {
        find(ctx, &id).await.transpose()
    }
}

async fn list(ctx: &Context<'_>, page: &PageRequest) -> Result<One<WebhookConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.workflow.webhooks(actor, page).await?;
    let rows: Vec<_> = found.edges.iter().map(|edge| &edge.node).collect();
    let list = WebhookList::new(services, &rows);
    let (services, actor) = (Arc::clone(services), actor.clone());
    let count = move || -> Count {
        let (services, actor) = (Arc::clone(&services), actor.clone());
        Box::pin(async move { services.workflow.count_webhooks(&actor).await })
    };
    let found = found.map(|row| Webhook::new(row, &list)).transpose()?;
    Ok(One(WebhookConnection(Connection::new(found, |webhook| webhook, count))))
}

async fn find(ctx: &Context<'_>, id: &str) -> Result<Option<One<Arc<Webhook>>>> {
    let services = services(ctx)?;
    let id = GlobalId::uuid_of(NodeKind::Webhook, "id", id)?;
    let found = services.workflow.webhook(actor(ctx)?, id).await?;
    Ok(found.map(|row| Webhook::alone(services, row)).transpose()?.map(One))
}
