//! What has arrived is written down, where nothing else tells that it has: by the item of the engine that
//! brought it.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

use crate::storage::dialect::sql;

/// Whether this is the first time that an item arrives.
pub(in crate::workflow) async fn deliver_in_op(
    tx: &DatabaseTransaction,
    run: Uuid,
    index: i32,
) -> Result<bool, DbErr> {
    let text =
        "INSERT INTO event_delivery (run_id, idx) VALUES ($1, $2) ON CONFLICT (run_id, idx) DO NOTHING";
    let done = tx.execute_raw(sql(tx.get_database_backend(), text, [run.into(), index.into()])).await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets what has arrived of runs that were made before a time and have ended. Their ids grow with it (RFC 9562, version
/// 7). So long after no replica is left that would wake up and bring it again.
pub(super) async fn forget_deliveries(
    writer: &impl ConnectionTrait,
    before: DateTime<Utc>,
) -> Result<(), DbErr> {
    let millis = u64::try_from(before.timestamp_millis()).unwrap_or_default();
    let first = uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
    let text = "DELETE FROM event_delivery WHERE run_id < $1 AND NOT EXISTS \
                (SELECT 1 FROM engine_run r WHERE r.id = event_delivery.run_id AND r.finished_at IS NULL)";
    writer.execute_raw(sql(writer.get_database_backend(), text, [first.into()])).await.map(drop)
}
