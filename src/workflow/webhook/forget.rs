//! Forgetting what was told long ago, and what is left of webhooks that were deleted: in portions.

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, Value};
use uuid::Uuid;

use super::dispatch::Deliveries;
use crate::storage::dialect::{for_update_skip_locked, sql};

/// How long it is kept what has become of a delivery.
pub const KEPT: TimeDelta = TimeDelta::days(7);
/// Whoever decides as a webhook is deleted may still add to what it is told; after so long nobody does.
const SETTLED: TimeDelta = TimeDelta::minutes(1);
/// How many deliveries one transaction forgets.
const PORTION: usize = 500;
/// How many portions at a time.
const PORTIONS: usize = 20;

impl Deliveries {
    /// Forgets what is not kept any longer; what fails is tried the next time.
    pub(super) async fn forget(&self) {
        for _ in 0..PORTIONS {
            match self.forget_some().await {
                Ok(count) if count == PORTION => {}
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(%error, "what webhooks were told could not be forgotten");
                    return;
                }
            }
        }
    }

    /// Forgets a portion; how many deliveries.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::workflow) async fn forget_some(&self) -> Result<usize, DbErr> {
        let inner = &self.workflow.inner;
        let (backend, now) = (inner.db.backend(), inner.clock.now());
        // Looked for outside of a transaction: mostly there is nothing.
        let text = "SELECT id FROM webhook WHERE deleted_at < $1 ORDER BY id LIMIT 1";
        let gone = inner.db.reader().query_one_raw(sql(backend, text, [(now - SETTLED).into()])).await?;
        let old = "finished_at IS NOT NULL AND finished_at < $1";
        let text = format!("SELECT 1 FROM webhook_delivery WHERE {old} LIMIT 1");
        let is_old = inner.db.reader().query_one_raw(sql(backend, text, [(now - KEPT).into()])).await?;
        if gone.is_none() && is_old.is_none() {
            return Ok(0);
        }
        let tx = inner.db.begin().await?;
        let mut count = 0;
        if is_old.is_some() {
            count = forget_in_op(&tx, &format!("{old} ORDER BY finished_at"), (now - KEPT).into()).await?;
        }
        if let Some(row) = gone {
            let webhook: Uuid = row.try_get_by_index(0)?;
            count = count.max(bury_in_op(&tx, webhook).await?);
        }
        tx.commit().await?;
        Ok(count)
    }
}

/// Forgets a portion of the deliveries that a condition with one value means, and the events that nobody
/// else is told of; how many.
async fn forget_in_op(tx: &DatabaseTransaction, which: &str, value: Value) -> Result<usize, DbErr> {
    let backend = tx.get_database_backend();
    let text = format!(
        "SELECT number, event_id FROM webhook_delivery WHERE {which} LIMIT {PORTION}{}",
        for_update_skip_locked(backend)
    );
    let rows = tx.query_all_raw(sql(backend, text, [value])).await?;
    let mut numbers: Vec<Value> = Vec::with_capacity(rows.len());
    let mut events: Vec<Value> = Vec::with_capacity(rows.len());
    for row in &rows {
        numbers.push(row.try_get_by_index::<i64>(0)?.into());
        events.push(row.try_get_by_index::<Uuid>(1)?.into());
    }
    if numbers.is_empty() {
        return Ok(0);
    }
    let places: Vec<_> = (1..=numbers.len()).map(|place| format!("${place}")).collect();
    let places = places.join(", ");
    // With their attempts.
    let text = format!("DELETE FROM webhook_delivery WHERE number IN ({places})");
    tx.execute_raw(sql(backend, text, numbers)).await?;
    let text = format!(
        "DELETE FROM outbox WHERE id IN ({places}) \
         AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.event_id = outbox.id)"
    );
    tx.execute_raw(sql(backend, text, events)).await?;
    Ok(rows.len())
}

/// Takes away a portion of what is left of a webhook that was deleted, and at last itself.
async fn bury_in_op(tx: &DatabaseTransaction, webhook: Uuid) -> Result<usize, DbErr> {
    let backend = tx.get_database_backend();
    let text = format!(
        "DELETE FROM webhook_stream WHERE webhook_id = $1 AND instance_id IN \
         (SELECT s.instance_id FROM webhook_stream s WHERE s.webhook_id = $1 LIMIT {PORTION})"
    );
    let streams = tx.execute_raw(sql(backend, text, [webhook.into()])).await?.rows_affected();
    let count = forget_in_op(tx, "webhook_id = $1 ORDER BY number", webhook.into()).await?;
    if count == 0 && streams == 0 {
        let text = "DELETE FROM webhook WHERE id = $1 AND deleted_at IS NOT NULL \
                    AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = webhook.id)";
        tx.execute_raw(sql(backend, text, [webhook.into()])).await?;
    }
    Ok(count)
}
