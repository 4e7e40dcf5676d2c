//! Runs that nobody asks for any more.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbErr};

use crate::storage::Db;
use crate::storage::dialect::sql;

/// Deletes runs of a kind that ended before a time, the oldest first; items, leases and attempts go
/// with them.
pub(crate) async fn forget(db: &Db, kind: &str, before: DateTime<Utc>, most: u32) -> Result<u64, DbErr> {
    let writer = db.writer();
    let text = format!(
        "DELETE FROM engine_run WHERE id IN (SELECT id FROM engine_run WHERE kind = $1 \
         AND finished_at IS NOT NULL AND finished_at < $2 ORDER BY finished_at LIMIT {most})"
    );
    let statement = sql(writer.get_database_backend(), text, [kind.into(), before.into()]);
    Ok(writer.execute_raw(statement).await?.rows_affected())
}
