//! Starts without a name: so many a minute, for nobody can be asked to be moderate.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr};
use serde_json::json;
use uuid::Uuid;

use crate::kernel::{ErrorCode, Fault};
use crate::storage::dialect::{for_no_key_update, sql};

/// How often a version of a process is started without a name within [`WINDOW`].
const MOST: u32 = 60;
/// The time in which they are counted.
const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// Lets somebody without a name start a process, under a lock that lets such starts in one by one.
///
/// # Errors
/// `RATE_LIMITED` with `resetAt` where there were too many within a minute.
pub(super) async fn admit(
    tx: &DatabaseTransaction,
    definition: Uuid,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let Some(earlier) = earlier(tx, definition).await? else { return Ok(()) };
    let again = earlier + WINDOW;
    if again <= now {
        return Ok(());
    }
    let message =
        format!("{MOST} starts without a name within a minute are the most: sign in, or try again later");
    Err(Fault::new(ErrorCode::RateLimited, message).with("resetAt", json!(again)).with("remaining", 0.into()))
}

/// When the first of the last so many was started.
async fn earlier(tx: &DatabaseTransaction, definition: Uuid) -> Result<Option<DateTime<Utc>>, DbErr> {
    let backend = tx.get_database_backend();
    let lock = format!("SELECT id FROM process_definition WHERE id = $1{}", for_no_key_update(backend));
    tx.query_one_raw(sql(backend, lock, [definition.into()])).await?;
    let text = format!(
        "SELECT started_at FROM process_instance WHERE definition_id = $1 AND started_by IS NULL \
         ORDER BY id DESC LIMIT 1 OFFSET {}",
        MOST - 1
    );
    let row = tx.query_one_raw(sql(backend, text, [definition.into()])).await?;
    row.map(|row| row.try_get_by_index(0)).transpose()
}
