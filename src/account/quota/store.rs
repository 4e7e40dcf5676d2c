//! The SQL of accounts and their ledger.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::LedgerKind;
use crate::kernel::PageRequest;
use crate::storage::dialect::sql;
use crate::storage::entity::{account, ledger_entry};

/// An entry to be written.
pub(super) struct NewEntry<'a> {
    pub user_id: &'a str,
    pub kind: LedgerKind,
    /// With its sign.
    pub amount: i64,
    pub operation_key: &'a str,
    pub reason: &'a str,
    pub batch_id: Option<Uuid>,
}

/// Locks the account, created where there is none, until the transaction ends.
pub(super) async fn lock_in_op(
    tx: &DatabaseTransaction,
    user_id: &str,
    now: DateTime<Utc>,
) -> Result<account::Model, DbErr> {
    let locked = || account::Entity::find_by_id(user_id).lock_exclusive().one(tx);
    if let Some(row) = locked().await? {
        return Ok(row);
    }
    tx.execute_raw(sql(
        tx.get_database_backend(),
        "INSERT INTO account (user_id, balance, created_at) VALUES ($1, 0, $2) ON CONFLICT (user_id) DO NOTHING",
        [user_id.into(), now.into()],
    ))
    .await?;
    locked().await?.ok_or_else(|| DbErr::RecordNotFound(format!("account of {user_id:?}")))
}

/// Writes what the user of a locked account is called.
pub(super) async fn rename_in_op(tx: &DatabaseTransaction, user_id: &str, name: &str) -> Result<(), DbErr> {
    let statement = sql(
        tx.get_database_backend(),
        "UPDATE account SET name = $2 WHERE user_id = $1",
        [user_id.into(), name.into()],
    );
    match tx.execute_raw(statement).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(DbErr::RecordNotUpdated),
    }
}

/// Books `entry` on the locked `account`, which then has the balance `after`; answers the entry's
/// number, or nothing where its operation was booked before.
pub(super) async fn book_in_op(
    tx: &DatabaseTransaction,
    account: &account::Model,
    after: i64,
    entry: &NewEntry<'_>,
    now: DateTime<Utc>,
) -> Result<Option<i64>, DbErr> {
    let backend = tx.get_database_backend();
    // The entry goes first: where it exists, nothing is to be undone.
    let inserted = tx
        .query_one_raw(sql(
            backend,
            "INSERT INTO ledger_entry \
             (user_id, kind, amount, balance_after, operation_key, reason, batch_id, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (operation_key) DO NOTHING RETURNING id",
            [
                entry.user_id.into(),
                entry.kind.as_str().into(),
                entry.amount.into(),
                after.into(),
                entry.operation_key.into(),
                entry.reason.into(),
                entry.batch_id.into(),
                now.into(),
            ],
        ))
        .await?;
    let Some(row) = inserted else { return Ok(None) };
    let id = row.try_get_by_index(0)?;
    let updated = tx
        .execute_raw(sql(
            backend,
            "UPDATE account SET balance = $1 WHERE user_id = $2 AND balance = $3",
            [after.into(), entry.user_id.into(), account.balance.into()],
        ))
        .await?;
    if updated.rows_affected() != 1 {
        return Err(DbErr::RecordNotUpdated);
    }
    Ok(Some(id))
}

/// The entry of an operation.
pub(super) async fn of_operation(
    connection: &impl ConnectionTrait,
    operation_key: &str,
) -> Result<Option<ledger_entry::Model>, DbErr> {
    ledger_entry::Entity::find()
        .filter(ledger_entry::Column::OperationKey.eq(operation_key))
        .one(connection)
        .await
}

/// The accounts of many users.
pub(super) async fn accounts(
    connection: &impl ConnectionTrait,
    users: &[String],
) -> Result<Vec<account::Model>, DbErr> {
    account::Entity::find()
        .filter(account::Column::UserId.is_in(users.iter().map(String::as_str)))
        .all(connection)
        .await
}

/// Entries by number.
pub(super) async fn entries(
    connection: &impl ConnectionTrait,
    ids: &[i64],
) -> Result<Vec<ledger_entry::Model>, DbErr> {
    ledger_entry::Entity::find()
        .filter(ledger_entry::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// Up to one more than a page of a user's ledger, newest first; `after` and `before` are numbers.
pub(super) async fn page(
    connection: &impl ConnectionTrait,
    user_id: &str,
    after: Option<i64>,
    before: Option<i64>,
    page: &PageRequest,
) -> Result<Vec<ledger_entry::Model>, DbErr> {
    let mut query = ledger_entry::Entity::find().filter(ledger_entry::Column::UserId.eq(user_id));
    if let Some(id) = after {
        query = query.filter(ledger_entry::Column::Id.lt(id));
    }
    if let Some(id) = before {
        query = query.filter(ledger_entry::Column::Id.gt(id));
    }
    query = if page.backwards {
        query.order_by_asc(ledger_entry::Column::Id)
    } else {
        query.order_by_desc(ledger_entry::Column::Id)
    };
    query.limit(page.limit + 1).all(connection).await
}

/// How many entries a user's ledger has.
pub(super) async fn count(connection: &impl ConnectionTrait, user_id: &str) -> Result<i64, DbErr> {
    let count = ledger_entry::Entity::find()
        .filter(ledger_entry::Column::UserId.eq(user_id))
        .count(connection)
        .await?;
    i64::try_from(count).map_err(|error| DbErr::Type(error.to_string()))
}
