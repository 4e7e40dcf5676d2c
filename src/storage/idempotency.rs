//! Idempotency keys: a repeated call answers what the first one did. A key belongs to a user and a
//! mutation.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use sha2::{Digest as _, Sha256};

use super::dialect::sql;
use crate::kernel::Fault;

/// A user's key, and what stands for the input it came with.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Whose key.
    pub user_id: &'a str,
    /// The mutation's name.
    pub mutation: &'a str,
    /// The key: 1 to 255 characters.
    pub key: &'a str,
    /// See [`hash`].
    pub input_hash: &'a str,
}

/// What stands for an input: equal for equal parts, and for no others.
pub fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// What the key answered before, if it was used.
///
/// # Errors
/// `CONFLICT` where it came with another input.
pub async fn find(connection: &impl ConnectionTrait, key: Key<'_>) -> Result<Option<String>, Fault> {
    let statement = sql(
        connection.get_database_backend(),
        "SELECT input_hash, result FROM idempotency_key WHERE user_id = $1 AND mutation = $2 AND key = $3",
        [key.user_id.into(), key.mutation.into(), key.key.into()],
    );
    let Some(row) = connection.query_one_raw(statement).await? else { return Ok(None) };
    if row.try_get::<String>("", "input_hash")? != key.input_hash {
        return Err(Fault::conflict("this idempotency key was used with another input")
            .with("field", "idempotencyKey".into()));
    }
    Ok(Some(row.try_get("", "result")?))
}

/// Remembers what the key answers from now on; whether nobody was first. Who comes second waits
/// until the first has committed.
///
/// # Errors
/// The database's.
pub async fn remember_in_op(
    tx: &DatabaseTransaction,
    key: Key<'_>,
    result: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let statement = sql(
        tx.get_database_backend(),
        "INSERT INTO idempotency_key (user_id, mutation, key, input_hash, result, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id, mutation, key) DO NOTHING",
        [
            key.user_id.into(),
            key.mutation.into(),
            key.key.into(),
            key.input_hash.into(),
            result.into(),
            now.into(),
        ],
    );
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_eq!(hash(&["a", "bc"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["a", "bc"]), hash(&["ab", "c"]));
        assert_ne!(hash(&["a", ""]), hash(&["a"]));
    }
}
