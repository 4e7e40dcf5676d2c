//! Idempotency keys: a repeated call answers what the first one did.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::Fault;
use crate::storage::dialect::sql;

/// The mutation whose keys these are.
const MUTATION: &str = "createBatch";

/// What the first call created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub batch: Uuid,
    #[serde(rename = "quotaCost")]
    pub quota_cost: i64,
}

/// A user's key, and what stands for the input it came with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a> {
    pub user_id: &'a str,
    pub key: &'a str,
    pub input_hash: &'a str,
}

/// What the key answered before, if it was used.
///
/// # Errors
/// `CONFLICT` where it came with another input.
pub(super) async fn find(
    connection: &impl ConnectionTrait,
    key: Key<'_>,
) -> Result<Option<Remembered>, Fault> {
    let statement = sql(
        connection.get_database_backend(),
        "SELECT input_hash, result FROM idempotency_key WHERE user_id = $1 AND mutation = $2 AND key = $3",
        [key.user_id.into(), MUTATION.into(), key.key.into()],
    );
    let Some(row) = connection.query_one_raw(statement).await? else { return Ok(None) };
    if row.try_get::<String>("", "input_hash")? != key.input_hash {
        return Err(Fault::conflict("this idempotency key was used with another input")
            .with("field", "idempotencyKey".into()));
    }
    let result: String = row.try_get("", "result")?;
    serde_json::from_str(&result).map(Some).map_err(Fault::internal)
}

/// Remembers what the key answers from now on. The caller holds the user's account and has found
/// the key unused.
pub(super) async fn remember_in_op(
    tx: &DatabaseTransaction,
    key: Key<'_>,
    remembered: Remembered,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let result = serde_json::to_string(&remembered).map_err(|error| DbErr::Custom(error.to_string()))?;
    let statement = sql(
        tx.get_database_backend(),
        "INSERT INTO idempotency_key (user_id, mutation, key, input_hash, result, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        [
            key.user_id.into(),
            MUTATION.into(),
            key.key.into(),
            key.input_hash.into(),
            result.into(),
            now.into(),
        ],
    );
    tx.execute_raw(statement).await?;
    Ok(())
}
