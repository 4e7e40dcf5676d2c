//! Webhooks: who is told of events or asked before decisions, and what became of that.

mod delivery;
mod mutation;
mod query;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use delivery::{DeliveryList, WebhookDelivery, WebhookDeliveryConnection};
pub use mutation::WebhookMutation;
pub use query::WebhookQuery;
use uuid::Uuid;
use words::{HookAction, WebhookDeliveryStatus, WebhookEventType, WebhookFailurePolicy, WebhookMode, all_of};

use super::at_hand::{One, object_at_hand};
use super::connection::{Connection, Count, connection, page};
use super::context::Services;
use super::loaders::ListLoaders;
use super::scalars::DateTime;
use super::viewer::{User, UserList};
use crate::kernel::{Fault, GlobalId, NodeKind, Page, PageRequest};
use crate::workflow as domain;

/// Which page of which deliveries.
type Asked = (Option<domain::DeliveryStatus>, u64, bool, Option<String>, Option<String>);
/// What was told to each of the webhooks that were read together: a page, and what its deliveries share.
type Told = Arc<(Page<domain::DeliveryView>, Arc<DeliveryList>)>;

/// What webhooks that were read together share.
pub struct WebhookList {
    services: Arc<Services>,
    users: Arc<UserList>,
    deliveries: ListLoaders<Asked, Uuid, Told>,
    counts: ListLoaders<Option<domain::DeliveryStatus>, Uuid, i64>,
}

impl WebhookList {
    /// For webhooks that were read together, by somebody who may.
    pub fn new(services: &Arc<Services>, rows: &[&domain::Webhook]) -> Arc<Self> {
        Arc::new(Self {
            services: Arc::clone(services),
            users: UserList::new(services, rows.iter().map(|row| row.created_by.clone())),
            deliveries: ListLoaders::new(rows.iter().map(|row| row.id)),
            counts: ListLoaders::new(rows.iter().map(|row| row.id)),
        })
    }
}

/// Who is told of events, or asked before somebody decides.
pub struct Webhook {
    row: domain::Webhook,
    mode: WebhookMode,
    event_types: Option<Vec<WebhookEventType>>,
    actions: Option<Vec<HookAction>>,
    on_failure: Option<WebhookFailurePolicy>,
    list: Arc<WebhookList>,
}

impl Webhook {
    /// A webhook of `list`.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds what it should have refused.
    pub fn new(row: domain::Webhook, list: &Arc<WebhookList>) -> Result<Self, Fault> {
        let mode =
            domain::WebhookMode::of(&row.mode).ok_or_else(|| Fault::internal("a webhook without a mode"))?;
        let of_type = |word: &str| domain::EventType::of(word).map(Into::into);
        let event_types = row.event_types.as_deref().map(|text| all_of(text, of_type)).transpose()?;
        let of_action = |word: &str| domain::HookAction::of(word).map(Into::into);
        let actions = row.actions.as_deref().map(|text| all_of(text, of_action)).transpose()?;
        let on_failure = row.on_failure.as_deref().and_then(domain::OnFailure::of).map(Into::into);
        Ok(Self { mode: mode.into(), event_types, actions, on_failure, list: Arc::clone(list), row })
    }

    /// A webhook that was read alone.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn alone(services: &Arc<Services>, row: domain::Webhook) -> Result<Arc<Self>, Fault> {
        let list = WebhookList::new(services, &[&row]);
        Self::new(row, &list).map(Arc::new)
    }
}

object_at_hand! {
    /// Who is told of events, or asked before somebody decides. For ADMIN.
    Webhook |webhook| {
        /// The global id.
        id "id": ID = ID(GlobalId::encode(NodeKind::Webhook, webhook.row.id));
        /// What it is for.
        mode "mode": WebhookMode = webhook.mode;
        /// Where it is.
        url "url": String = webhook.row.url.clone();
        /// What it is for, in words.
        description "description": String = webhook.row.description.clone();
        /// Of instances of this process alone; null: of all.
        definition_key "definitionKey": Option<String> = webhook.row.definition_key.clone();
        /// Of what it is told; null: of everything, or nothing where it is asked.
        event_types "eventTypes": Option<Vec<WebhookEventType>> = webhook.event_types.clone();
        /// What it is asked before; null where it is told.
        actions "actions": Option<Vec<HookAction>> = webhook.actions.clone();
        /// What becomes of a decision where it does not answer; null where it is told.
        on_failure "onFailure": Option<WebhookFailurePolicy> = webhook.on_failure;
        /// How long it may take to answer, in seconds.
        timeout_seconds "timeoutSeconds": i32 = webhook.row.timeout_seconds;
        /// Whether it is told or asked.
        enabled "enabled": bool = webhook.row.enabled;
        /// Why the server has disabled it; null where it has not.
        disabled_reason "disabledReason": Option<String> = webhook.row.disabled_reason.clone();
        /// When it has.
        disabled_at "disabledAt": Option<DateTime> = webhook.row.disabled_at.map(DateTime);
        /// Since when nothing has arrived; null where the last has.
        failing_since "failingSince": Option<DateTime> = webhook.row.failing_since.map(DateTime);
        /// Until when the secret before the last change signs too.
        previous_secret_until "previousSecretUntil": Option<DateTime> =
            webhook.row.previous_secret_until.map(DateTime);
        /// Who has made it.
        created_by "createdBy": One<User> = One(User::new(&webhook.row.created_by, &webhook.list.users));
        /// When it was made.
        created_at "createdAt": DateTime = DateTime(webhook.row.created_at);
        /// When somebody last changed it.
        updated_at "updatedAt": DateTime = DateTime(webhook.row.updated_at);
    }
    more {
        /// What it was told in the last seven days, or is still to be told: newest first.
        async fn deliveries(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "Only those that stand so.")] status: Option<WebhookDeliveryStatus>,
            #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
            #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
            #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
            #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        ) -> Result<One<WebhookDeliveryConnection>> {
            let page = page(ctx, first, after, last, before)?;
            Ok(One(deliveries(&self.list, self.row.id, status.map(Into::into), page).await?))
        }
    }
}

async fn deliveries(
    list: &Arc<WebhookList>,
    webhook: Uuid,
    status: Option<domain::DeliveryStatus>,
    page: PageRequest,
) -> Result<WebhookDeliveryConnection> {
    let asked = (status, page.limit, page.backwards, page.after.clone(), page.before.clone());
    let load = async |ids: &[Uuid]| -> Result<HashMap<Uuid, Told>, Fault> {
        let pages = list.services.workflow.deliveries(ids, status, &page).await?;
        let numbers = pages.values().flat_map(|page| page.edges.iter().map(|edge| edge.node.number));
        let shared = DeliveryList::new(&list.services, numbers);
        Ok(pages.into_iter().map(|(id, page)| (id, Arc::new((page, Arc::clone(&shared))))).collect())
    };
    let told = list.deliveries.with(asked).get(&webhook, load).await?;
    let told = told.ok_or_else(|| Fault::not_found("webhook"))?;
    let (page, shared) = (&told.0, Arc::clone(&told.1));
    let counting = Arc::clone(list);
    let count = move || -> Count {
        let list = Arc::clone(&counting);
        Box::pin(async move {
            let load = async |ids: &[Uuid]| list.services.workflow.delivery_counts(ids, status).await;
            let found = list.counts.with(status).get(&webhook, load).await;
            found.map(Option::unwrap_or_default).map_err(|fault| (*fault).clone())
        })
    };
    let page = page.clone().map(|row| WebhookDelivery::new(row, &shared)).transpose()?;
    Ok(WebhookDeliveryConnection(Connection::new(page, |delivery| delivery, count)))
}

connection! {
    /// A page of webhooks, oldest first.
    WebhookConnection,
    /// A webhook in its place.
    WebhookEdge,
    Webhook
}
