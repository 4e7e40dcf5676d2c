//! Making, changing and deleting webhooks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    IntoActiveModel as _, PaginatorTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::discard::{discard_in_op, discard_most};
use super::given::{NewWebhook, WebhookPatch};
use super::known::{OnFailure, WebhookMode};
use super::rules::{MAX_HOOKS, MAX_WEBHOOKS};
use super::{given, store};
use crate::events::Signal;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::webhook::{self, SigningSecret};
use crate::storage::entity::{webhook_delivery, webhook_stream};
use crate::workflow::Workflow;

/// How long a receiver may take where nobody says: told of something, and asked while somebody waits.
const TIMEOUT: (i32, i32) = (20, 10);
impl Workflow {
    /// Makes a webhook; with it its secret, which nobody is told again. For ADMIN.
    ///
    /// # Errors
    /// `FORBIDDEN` below ADMIN; `BAD_INPUT` naming the field; `CONFLICT` where there are too many.
    pub async fn create_webhook(
        &self,
        actor: &Actor,
        new: NewWebhook,
    ) -> Result<(webhook::Model, String), Fault> {
        given::check_admin(actor)?;
        let is_asked = new.mode == WebhookMode::BeforeAction;
        given::check_mode(
            is_asked,
            new.event_types.is_some(),
            new.actions.is_some(),
            new.on_failure.is_some(),
        )?;
        let default_timeout = if is_asked { TIMEOUT.1 } else { TIMEOUT.0 };
        let actions = is_asked.then(|| given::actions(new.actions.as_deref().unwrap_or_default()));
        let definition_key = match &new.definition_key {
            Some(key) => Some(self.process_key(key).await?),
            None => None,
        };
        let (secret, now) = (self.new_secret(), self.inner.clock.now());
        let row = webhook::Model {
            id: Uuid::now_v7(),
            mode: new.mode.as_str().to_owned(),
            url: self.receiver(&new.url)?,
            description: given::description(&new.description)?,
            definition_key,
            event_types: new.event_types.as_deref().map(given::event_types).transpose()?,
            actions: actions.transpose()?,
            on_failure: is_asked.then(|| new.on_failure.unwrap_or(OnFailure::Refuse).as_str().to_owned()),
            timeout_seconds: given::timeout(new.timeout_seconds.unwrap_or(default_timeout))?,
            secret: SigningSecret(secret.clone()),
            previous_secret: None,
            previous_secret_until: None,
            enabled: new.enabled,
            disabled_reason: None,
            disabled_at: None,
            failing_since: None,
            failed_at: None,
            created_by: actor.user_id.clone(),
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        let tx = self.inner.db.begin().await?;
        store::quiesce_in_op(&tx).await?;
        store::advance_in_op(&tx).await?;
        check_room(&tx, is_asked).await?;
        let row = row.into_active_model().insert(&tx).await?;
        tx.commit().await?;
        tracing::info!(webhook = %row.id, by = actor.user_id, "a webhook was created");
        Ok((row, secret))
    }

    /// Changes a webhook; where its secret is another, with that. For ADMIN. What is on its way to it stays
    /// while it is disabled, and is sent at once when it is enabled again.
    ///
    /// # Errors
    /// `FORBIDDEN` below ADMIN; `NOT_FOUND`; `BAD_INPUT` naming the field.
    pub async fn update_webhook(
        &self,
        actor: &Actor,
        id: Uuid,
        patch: WebhookPatch,
    ) -> Result<(webhook::Model, Option<String>), Fault> {
        given::check_admin(actor)?;
        let url = patch.url.as_deref().map(|url| self.receiver(url)).transpose()?;
        let description = patch.description.as_deref().map(given::description).transpose()?;
        let definition_key = match &patch.definition_key {
            Some(Some(key)) => Some(Some(self.process_key(key).await?)),
            other => other.clone().map(|_| None),
        };
        let event_types = patch.event_types.as_ref();
        let event_types =
            event_types.map(|types| types.as_deref().map(given::event_types).transpose()).transpose()?;
        let actions = patch.actions.as_deref().map(given::actions).transpose()?;
        let timeout = patch.timeout_seconds.map(given::timeout).transpose()?;
        let overlap = given::overlap(patch.rotate_secret, patch.overlap_seconds)?;
        let secret = patch.rotate_secret.then(|| self.new_secret());
        let now = self.inner.clock.now();

        if patch.discard_pending {
            check_change(&found(self.inner.db.reader(), id).await?, &patch)?;
            discard_most(&self.inner.db, id, now).await?;
        }
        let tx = self.inner.db.begin().await?;
        store::quiesce_in_op(&tx).await?;
        store::advance_in_op(&tx).await?;
        let before = found(&tx, id).await?;
        check_change(&before, &patch)?;
        let mut row = before.clone();
        row.url = url.unwrap_or(row.url);
        row.description = description.unwrap_or(row.description);
        row.definition_key = definition_key.unwrap_or(row.definition_key);
        row.event_types = event_types.unwrap_or(row.event_types);
        row.actions = actions.or(row.actions);
        row.on_failure = patch.on_failure.map(|word| word.as_str().to_owned()).or(row.on_failure);
        row.timeout_seconds = timeout.unwrap_or(row.timeout_seconds);
        row.enabled = patch.enabled.unwrap_or(row.enabled);
        row.updated_at = now;
        if let Some(secret) = &secret {
            let until = (overlap > TimeDelta::zero()).then(|| now + overlap);
            row.previous_secret = until.map(|_| row.secret);
            row.previous_secret_until = until;
            row.secret = SigningSecret(secret.clone());
        }
        if row.enabled && !before.enabled {
            (row.disabled_reason, row.disabled_at) = (None, None);
            (row.failing_since, row.failed_at) = (None, None);
        }
        webhook::Entity::update(row.clone().into_active_model().reset_all()).exec(&tx).await?;
        if patch.discard_pending {
            discard_in_op(&tx, id, now).await?;
        }
        if row.enabled && !before.enabled {
            hurry_in_op(&tx, id, now).await?;
        }
        tx.commit().await?;
        self.inner.bus.publish(Signal::Told);
        tracing::info!(webhook = %id, by = actor.user_id, "a webhook was changed");
        Ok((row, secret))
    }

    /// Deletes a webhook with all that is on its way to it, and the log of what was. For ADMIN.
    ///
    /// # Errors
    /// `FORBIDDEN` below ADMIN; `NOT_FOUND`.
    pub async fn delete_webhook(&self, actor: &Actor, id: Uuid) -> Result<(), Fault> {
        given::check_admin(actor)?;
        let tx = self.inner.db.begin().await?;
        store::advance_in_op(&tx).await?;
        let mut row = found(&tx, id).await?;
        let now = self.inner.clock.now();
        (row.enabled, row.deleted_at, row.updated_at) = (false, Some(now), now);
        (row.disabled_reason, row.disabled_at) = (None, None);
        // Nobody signs with it any more.
        row.secret = SigningSecret(String::new());
        (row.previous_secret, row.previous_secret_until) = (None, None);
        webhook::Entity::update(row.into_active_model().reset_all()).exec(&tx).await?;
        tx.commit().await?;
        tracing::info!(webhook = %id, by = actor.user_id, "a webhook was deleted");
        Ok(())
    }

    /// A secret in the form of the specification: 32 random bytes.
    fn new_secret(&self) -> String {
        format!("whsec_{}", STANDARD.encode((self.inner.random)()))
    }
}

/// Whether there is room for one more. Under the lock on the generation.
async fn check_room(tx: &DatabaseTransaction, is_asked: bool) -> Result<(), Fault> {
    let there = webhook::Entity::find().filter(webhook::Column::DeletedAt.is_null());
    if there.clone().count(tx).await? >= MAX_WEBHOOKS as u64 {
        return Err(Fault::conflict(format!("there are {MAX_WEBHOOKS} webhooks already: delete one")));
    }
    let asked = there.filter(webhook::Column::Mode.eq(WebhookMode::BeforeAction.as_str()));
    if is_asked && asked.count(tx).await? >= MAX_HOOKS as u64 {
        let message = format!("{MAX_HOOKS} webhooks are asked before actions already: delete one");
        return Err(Fault::conflict(message));
    }
    Ok(())
}

/// Whether what is to be changed goes with what the webhook is.
fn check_change(row: &webhook::Model, patch: &WebhookPatch) -> Result<(), Fault> {
    let is_asked = row.mode == WebhookMode::BeforeAction.as_str();
    let wants_some = matches!(patch.event_types, Some(Some(_)));
    given::check_mode(is_asked, wants_some, patch.actions.is_some(), patch.on_failure.is_some())
}

async fn found(on: &impl ConnectionTrait, id: Uuid) -> Result<webhook::Model, Fault> {
    let found = webhook::Entity::find_by_id(id).filter(webhook::Column::DeletedAt.is_null());
    found.one(on).await?.ok_or_else(|| Fault::not_found("webhook"))
}

/// What waits for another attempt has it now, and as many as if it were new.
async fn hurry_in_op(tx: &DatabaseTransaction, id: Uuid, now: DateTime<Utc>) -> Result<(), Fault> {
    webhook_stream::Entity::update_many()
        .col_expr(webhook_stream::Column::DueAt, Expr::value(now))
        .filter(webhook_stream::Column::WebhookId.eq(id))
        .filter(webhook_stream::Column::LeaseId.is_null())
        .exec(tx)
        .await?;
    webhook_delivery::Entity::update_many()
        .col_expr(webhook_delivery::Column::Tries, Expr::value(0))
        .filter(webhook_delivery::Column::WebhookId.eq(id))
        .filter(webhook_delivery::Column::Status.eq("PENDING"))
        .filter(webhook_delivery::Column::Tries.gt(0))
        .exec(tx)
        .await?;
    Ok(())
}
