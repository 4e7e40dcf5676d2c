//! Sending again what was told, under the ids that it had.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, Value};
use uuid::Uuid;

use super::given::check_admin;
use super::known::WebhookMode;
use crate::events::Signal;
use crate::kernel::{Actor, Fault};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::is_storable;
use crate::storage::dialect::{for_no_key_update, sql};
use crate::storage::entity::webhook;
use crate::workflow::Workflow;

/// The most that one call sends again.
const MOST: usize = 10_000;

/// What is to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay {
    /// One delivery, by its number.
    Delivery(i64),
    /// All whose event has happened then or later.
    Since(DateTime<Utc>),
}

impl Workflow {
    /// Sends deliveries to a webhook again, each under the id of its event, those of one instance in their
    /// order; how many. For ADMIN. What is on its way is sent at once.
    ///
    /// # Errors
    /// `FORBIDDEN` below ADMIN; `NOT_FOUND`; `CONFLICT` where the webhook is disabled; `BAD_INPUT` at
    /// `since` where that are more than 10,000, and for a webhook that is not told of events.
    pub async fn replay_webhook(
        &self,
        actor: &Actor,
        id: Uuid,
        replay: Replay,
    ) -> Result<(webhook::Model, u64), Fault> {
        check_admin(actor)?;
        let (which, value, missing): (_, Value, _) = match replay {
            Replay::Delivery(number) => ("d.number = $2", number.into(), "webhook delivery"),
            Replay::Since(since) if !is_storable(&since) => {
                return Err(Fault::bad_input("since", "the year must be between 1 and 9999"));
            }
            Replay::Since(since) => ("d.created_at >= $2", since.into(), ""),
        };
        let (db, now) = (&self.inner.db, self.inner.clock.now());
        let backend = db.backend();
        let tx = db.begin().await?;
        // Of two at once for one webhook the second waits.
        let text = format!(
            "SELECT {} FROM webhook w WHERE w.id = $1 AND w.deleted_at IS NULL{}",
            webhook::Model::columns("w"),
            for_no_key_update(backend)
        );
        let row = webhook::Model::all(&tx, sql(backend, text, [id.into()])).await?.pop();
        let row = row.ok_or_else(|| Fault::not_found("webhook"))?;
        if row.mode != WebhookMode::Notify.as_str() {
            return Err(Fault::bad_input("webhookId", "this webhook is not told of events"));
        }
        if !row.enabled {
            return Err(Fault::conflict("the webhook is disabled: enable it first"));
        }
        let values = || [id.into(), value.clone()];
        let text = format!(
            "SELECT count(*) FROM (SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = $1 AND {which} LIMIT {}) n",
            MOST + 1
        );
        let found = tx.query_one_raw(sql(backend, text, values())).await?;
        let found: i64 = found.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        if found == 0 && !missing.is_empty() {
            return Err(Fault::not_found(missing));
        }
        if found > MOST as i64 {
            return Err(Fault::bad_input(
                "since",
                format!("these are more than {MOST}: choose a later time"),
            ));
        }
        // The streams first, as whoever records does. What is being sent at the moment goes on as it is, and then with what is new.
        let text = format!(
            "INSERT INTO webhook_stream (webhook_id, instance_id, due_at) \
             SELECT DISTINCT d.webhook_id, d.instance_id, $3 FROM webhook_delivery d \
             WHERE d.webhook_id = $1 AND {which} ORDER BY d.webhook_id, d.instance_id \
             ON CONFLICT (webhook_id, instance_id) DO UPDATE SET due_at = \
             CASE WHEN webhook_stream.lease_id IS NULL THEN excluded.due_at ELSE webhook_stream.due_at END"
        );
        let with_time = values().into_iter().chain([now.into()]);
        tx.execute_raw(sql(backend, text, with_time)).await?;
        let text = format!(
            "UPDATE webhook_delivery SET status = 'PENDING', finished_at = NULL, tries = 0 WHERE number IN \
             (SELECT d.number FROM webhook_delivery d WHERE d.webhook_id = $1 AND {which})"
        );
        let count = tx.execute_raw(sql(backend, text, values())).await?.rows_affected();
        tx.commit().await?;
        self.inner.bus.publish(Signal::Told);
        tracing::info!(webhook = %id, by = actor.user_id, count, "a webhook is told again");
        Ok((row, count))
    }
}
