//! What a repeated `createBatch` answers.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::Fault;
use crate::storage::idempotency;
pub(super) use crate::storage::idempotency::Key;

/// The mutation whose keys these are.
pub(super) const MUTATION: &str = "createBatch";

/// What the first call created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub batch: Uuid,
    #[serde(rename = "quotaCost")]
    pub quota_cost: i64,
}

/// What the key answered before, if it was used.
///
/// # Errors
/// `CONFLICT` where it came with another input.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    key: Key<'_>,
) -> Result<Option<Remembered>, Fault> {
    let Some(answer) = idempotency::find(connection, key).await? else { return Ok(None) };
    serde_json::from_str(&answer).map(Some).map_err(Fault::internal)
}

/// Remembers what the key answers from now on. The caller holds the user's account and has found
/// the key unused.
pub(super) async fn remember_in_op(
    tx: &DatabaseTransaction,
    key: Key<'_>,
    remembered: Remembered,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let answer = serde_json::to_string(&remembered).map_err(|error| DbErr::Custom(error.to_string()))?;
    match idempotency::remember_in_op(tx, key, &answer, now).await? {
        true => Ok(()),
        false => Err(DbErr::RecordNotInserted),
    }
}
