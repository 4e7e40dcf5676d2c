//! Making, changing and deleting webhooks, and telling them again.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::Webhook;
use super::words::{HookAction, WebhookEventType, WebhookFailurePolicy, WebhookMode, into_all};
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::context::{actor, services};
use crate::graphql::scalars::{DateTime, Int};
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow as domain;

/// What `createWebhook` takes.
#[derive(Debug, InputObject)]
pub struct CreateWebhookInput {
    /// Where it is: http or https, at most 2,048 bytes, and not an address inside our network.
    url: String,
    /// What it is for; NOTIFY where it is not given.
    mode: Option<WebhookMode>,
    /// What it is for, in words: at most 1,000 characters.
    description: Option<String>,
    /// Of instances of this process alone; of all where it is not given.
    definition_key: Option<String>,
    /// Of what it is told: at least one. All where it is not given, those that come later among them.
    event_types: Option<Vec<WebhookEventType>>,
    /// What it is asked before: needed for BEFORE_ACTION, and only there.
    actions: Option<Vec<HookAction>>,
    /// What becomes of a decision where it does not answer: REFUSE where it is not given. Only for
    /// BEFORE_ACTION.
    on_failure: Option<WebhookFailurePolicy>,
    /// How long it may take to answer, 1 to 30 seconds; 20 where it is not given, and 10 for BEFORE_ACTION.
    timeout_seconds: Option<i32>,
    /// Whether it is told or asked from now on; true where it is not given.
    enabled: Option<bool>,
}

impl From<CreateWebhookInput> for domain::NewWebhook {
    fn from(input: CreateWebhookInput) -> Self {
        Self {
            mode: input.mode.unwrap_or(WebhookMode::Notify).into(),
            url: input.url,
            description: input.description.unwrap_or_default(),
            definition_key: input.definition_key,
            event_types: input.event_types.map(into_all),
            actions: input.actions.map(into_all),
            on_failure: input.on_failure.map(Into::into),
            timeout_seconds: input.timeout_seconds,
            enabled: input.enabled.unwrap_or(true),
        }
    }
}

/// What `updateWebhook` takes. What is not mentioned stays.
#[derive(Debug, InputObject)]
pub struct UpdateWebhookInput {
    /// The webhook.
    webhook_id: ID,
    /// Where it is.
    url: Option<String>,
    /// What it is for, in words.
    description: Option<String>,
    /// Of instances of this process alone; null: of all.
    definition_key: MaybeUndefined<String>,
    /// Of what it is told; null: of everything.
    event_types: MaybeUndefined<Vec<WebhookEventType>>,
    /// What it is asked before.
    actions: Option<Vec<HookAction>>,
    /// What becomes of a decision where it does not answer.
    on_failure: Option<WebhookFailurePolicy>,
    /// How long it may take to answer, 1 to 30 seconds.
    timeout_seconds: Option<i32>,
    /// Whether it is told or asked. What is on its way stays while it is disabled, and is sent at once when
    /// it is enabled again; what happens meanwhile it is not told.
    enabled: Option<bool>,
    /// Gives it a new secret.
    rotate_secret: Option<bool>,
    /// For how many seconds the secret before it signs too, 0 to 604,800; a day where it is not given.
    overlap_seconds: Option<i32>,
    /// What is on its way to it is not sent any more.
    discard_pending: Option<bool>,
}

/// What was mentioned, be it null.
fn mentioned<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

impl From<UpdateWebhookInput> for domain::WebhookPatch {
    fn from(input: UpdateWebhookInput) -> Self {
        Self {
            url: input.url,
            description: input.description,
            definition_key: mentioned(input.definition_key),
            event_types: mentioned(input.event_types).map(|types| types.map(into_all)),
            actions: input.actions.map(into_all),
            on_failure: input.on_failure.map(Into::into),
            timeout_seconds: input.timeout_seconds,
            enabled: input.enabled,
            rotate_secret: input.rotate_secret.unwrap_or_default(),
            overlap_seconds: input.overlap_seconds,
            discard_pending: input.discard_pending.unwrap_or_default(),
        }
    }
}

/// What `deleteWebhook` takes.
#[derive(Debug, InputObject)]
pub struct DeleteWebhookInput {
    /// The webhook.
    webhook_id: ID,
}

/// What `replayWebhook` takes: either a delivery or a time.
#[derive(Debug, InputObject)]
pub struct ReplayWebhookInput {
    /// The webhook.
    webhook_id: ID,
    /// This delivery.
    delivery_id: Option<ID>,
    /// All whose event has happened then or later; at most 10,000.
    since: Option<DateTime>,
}

impl ReplayWebhookInput {
    fn replay(&self) -> Result<domain::Replay, Fault> {
        match (&self.delivery_id, self.since) {
            (Some(id), None) => {
                let raw = GlobalId::raw_of(NodeKind::WebhookDelivery, "deliveryId", id)?;
                let bad = |_| Fault::bad_input("deliveryId", "this is not the id of a WebhookDelivery");
                Ok(domain::Replay::Delivery(raw.parse().map_err(bad)?))
            }
            (None, Some(DateTime(since))) => Ok(domain::Replay::Since(since)),
            _ => Err(Fault::bad_input("deliveryId", "give either a deliveryId or since")),
        }
    }
}

/// What `createWebhook` answers.
pub struct CreateWebhookPayload {
    webhook: Arc<Webhook>,
    secret: String,
}

object_at_hand! {
    /// What `createWebhook` answers.
    CreateWebhookPayload |payload| {
        /// The webhook.
        webhook "webhook": One<Arc<Webhook>> = One(Arc::clone(&payload.webhook));
        /// What messages to it are signed with. It is told this once: keep it.
        secret "secret": String = payload.secret.clone();
    }
}

/// What `updateWebhook` answers.
pub struct UpdateWebhookPayload {
    webhook: Arc<Webhook>,
    secret: Option<String>,
}

object_at_hand! {
    /// What `updateWebhook` answers.
    UpdateWebhookPayload |payload| {
        /// The webhook as it stands now.
        webhook "webhook": One<Arc<Webhook>> = One(Arc::clone(&payload.webhook));
        /// The new secret, where it has one. It is told this once: keep it.
        secret "secret": Option<String> = payload.secret.clone();
    }
}

/// What `deleteWebhook` answers.
pub struct DeleteWebhookPayload {
    webhook_id: ID,
}

object_at_hand! {
    /// What `deleteWebhook` answers.
    DeleteWebhookPayload |payload| {
        /// The webhook that was.
        webhook_id "webhookId": ID = payload.webhook_id.clone();
    }
}

/// What `replayWebhook` answers.
pub struct ReplayWebhookPayload {
    webhook: Arc<Webhook>,
    count: i64,
}

object_at_hand! {
    /// What `replayWebhook` answers.
    ReplayWebhookPayload |payload| {
        /// The webhook.
        webhook "webhook": One<Arc<Webhook>> = One(Arc::clone(&payload.webhook));
        /// How many deliveries are on their way again.
        replayed_count "replayedCount": Int = Int(payload.count);
    }
}

/// Managing webhooks.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Makes a webhook; there may be 100, and ten of them may be asked before decisions. For ADMIN.
    async fn create_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and for what.")] input: CreateWebhookInput,
    ) -> Option<Result<One<CreateWebhookPayload>>> {
        let done = async {
            let services = services(ctx)?;
            let (row, secret) = services.workflow.create_webhook(actor(ctx)?, input.into()).await?;
            Ok(CreateWebhookPayload { webhook: Webhook::alone(services, row)?, secret })
        };
        Some(done.await.map(One))
    }

    /// Changes a webhook. For ADMIN.
    async fn update_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what.")] input: UpdateWebhookInput,
    ) -> Option<Result<One<UpdateWebhookPayload>>> {
        let done = async {
            let services = services(ctx)?;
            let id = GlobalId::uuid_of(NodeKind::Webhook, "webhookId", &input.webhook_id)?;
            let (row, secret) = services.workflow.update_webhook(actor(ctx)?, id, input.into()).await?;
            Ok(UpdateWebhookPayload { webhook: Webhook::alone(services, row)?, secret })
        };
        Some(done.await.map(One))
    }

    /// Deletes a webhook with all that is on its way to it, and the log of what was. For ADMIN.
    async fn delete_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteWebhookInput,
    ) -> Option<Result<One<DeleteWebhookPayload>>> {
        let done = async {
            let id = GlobalId::uuid_of(NodeKind::Webhook, "webhookId", &input.webhook_id)?;
            services(ctx)?.workflow.delete_webhook(actor(ctx)?, id).await?;
            Ok(DeleteWebhookPayload { webhook_id: ID(GlobalId::encode(NodeKind::Webhook, id)) })
        };
        Some(done.await.map(One))
    }

    /// Sends deliveries to a webhook again, each under the id that it had; those of one instance in their
    /// order. For ADMIN.
    async fn replay_webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ReplayWebhookInput,
    ) -> Option<Result<One<ReplayWebhookPayload>>> {
        let done = async {
            let (services, actor) = (services(ctx)?, actor(ctx)?);
            let id = GlobalId::uuid_of(NodeKind::Webhook, "webhookId", &input.webhook_id)?;
            let replay = input.replay()?;
            let (row, count) = services.workflow.replay_webhook(actor, id, replay).await?;
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            Ok(ReplayWebhookPayload { webhook: Webhook::alone(services, row)?, count })
        };
        Some(done.await.map(One))
    }
}
