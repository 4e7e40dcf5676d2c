//! The SQL of batches. A batch is read together with its run, which has the same id.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _,
    QueryResult, QuerySelect as _, QueryTrait as _, Value,
};
use uuid::Uuid;

use super::Batch;
use crate::account::rate::Limit;
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;
use crate::storage::entity::{batch, run};

/// The columns of a batch `b` and of its run `r`.
pub(super) fn columns() -> String {
    format!("{}, {}", batch::Model::columns("b"), run::Progress::columns("r"))
}

/// A row of [`columns`].
pub(super) fn read(row: &QueryResult) -> Result<Batch, DbErr> {
    Ok(Batch { row: batch::Model::at(row, 0)?, run: run::Progress::at(row, batch::Model::COLUMNS.len())? })
}

/// Batches by id; those that do not exist are left out.
pub(super) async fn by_ids(connection: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Batch>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<_> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let text = format!(
        "SELECT {} FROM batch b JOIN engine_run r ON r.id = b.id WHERE b.id IN ({})",
        columns(),
        places.join(", ")
    );
    let statement = sql(connection.get_database_backend(), text, ids.iter().map(|id| Value::from(*id)));
    connection.query_all_raw(statement).await?.iter().map(read).collect()
}

/// A batch's own row.
pub(super) async fn row(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<batch::Model>, DbErr> {
    batch::Entity::find().filter(batch::Column::Id.eq(id)).one(connection).await
}

/// A batch's own row, locked until the transaction ends. Its run is locked before it.
pub(super) async fn lock_in_op(tx: &DatabaseTransaction, id: Uuid) -> Result<Option<batch::Model>, DbErr> {
    batch::Entity::find().filter(batch::Column::Id.eq(id)).lock_exclusive().one(tx).await
}

/// When the user's latest batches with the feature were created, as far as `limit` counts them.
/// Exact while the user's account is locked, under which alone batches are created.
pub(super) async fn created_in_window(
    tx: &DatabaseTransaction,
    user_id: &str,
    feature: &str,
    limit: Limit,
    now: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>, DbErr> {
    use sea_orm::QueryOrder as _;
    batch::Entity::find()
        .select_only()
        .column(batch::Column::CreatedAt)
        .filter(batch::Column::CreatedBy.eq(user_id))
        .filter(batch::Column::FeatureKey.eq(feature))
        .apply_if(reaches_back(limit, now), |query, start| query.filter(batch::Column::CreatedAt.gt(start)))
        .order_by_desc(batch::Column::CreatedAt)
        .limit(u64::from(limit.max))
        .into_tuple()
        .all(tx)
        .await
}

/// The start of the window, where it is a time that databases know.
fn reaches_back(limit: Limit, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    (limit.per < CENTURY).then(|| limit.window_start(now))
}

/// Adds to what a batch has been charged.
pub(super) async fn add_cost_in_op(tx: &DatabaseTransaction, id: Uuid, cost: i64) -> Result<(), DbErr> {
    let statement = sql(
        tx.get_database_backend(),
        "UPDATE batch SET quota_cost = quota_cost + $2 WHERE id = $1",
        [id.into(), cost.into()],
    );
    one_row(tx.execute_raw(statement).await?.rows_affected(), id)
}

/// Adds to what a locked batch has been given back.
pub(super) async fn add_refund_in_op(
    tx: &DatabaseTransaction,
    locked: &batch::Model,
    refund: i64,
) -> Result<(), DbErr> {
    let statement = sql(
        tx.get_database_backend(),
        "UPDATE batch SET quota_refunded = quota_refunded + $2 WHERE id = $1 AND quota_refunded = $3",
        [locked.id.into(), refund.into(), locked.quota_refunded.into()],
    );
    one_row(tx.execute_raw(statement).await?.rows_affected(), locked.id)
}

fn one_row(rows: u64, id: Uuid) -> Result<(), DbErr> {
    if rows == 1 { Ok(()) } else { Err(DbErr::Custom(format!("batch {id} is {rows} rows"))) }
}
