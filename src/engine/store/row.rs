//! Reading and writing a run's own row.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QuerySelect};
use uuid::Uuid;

use crate::engine::{EngineError, RunStatus, rules};
use crate::storage::dialect::sql;
use crate::storage::entity::run;

/// Reads the run and holds its row until the transaction ends.
pub(crate) async fn lock_in_op(tx: &DatabaseTransaction, id: Uuid) -> Result<Option<run::Model>, DbErr> {
    run::Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// The same where the run has to be there.
pub(crate) async fn locked_in_op(tx: &DatabaseTransaction, id: Uuid) -> Result<run::Model, EngineError> {
    lock_in_op(tx, id).await?.ok_or(EngineError::NotFound)
}

/// The status of a run whose row we have.
pub(crate) fn status_of(run: &run::Model) -> Result<RunStatus, DbErr> {
    Ok(run.status.parse::<RunStatus>()?)
}

/// The same without waiting: none where somebody else holds the row, as where there is no such
/// run. (On SQLite whoever writes has the whole file already.)
pub(crate) async fn lock_if_free_in_op(
    tx: &DatabaseTransaction,
    id: Uuid,
) -> Result<Option<run::Model>, DbErr> {
    run::Entity::find_by_id(id).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).one(tx).await
}

/// A number of rows as the run's counters take it.
pub(crate) fn count(rows: u64) -> Result<i64, DbErr> {
    i64::try_from(rows).map_err(|_| DbErr::Custom(format!("{rows} rows are too many")))
}

/// Under the run's lock, what is written is what was read; where it is not, the whole
/// transaction must not count.
pub(crate) fn expect_rows(run: Uuid, what: &str, written: u64, expected: usize) -> Result<(), DbErr> {
    if usize::try_from(written) == Ok(expected) {
        Ok(())
    } else {
        Err(DbErr::Custom(format!("run {run}: {expected} {what} were to be written, {written} were")))
    }
}

/// Ends the run where every item has ended; says whether it did.
pub(crate) fn end_if_complete(run: &mut run::Model, now: DateTime<Utc>) -> bool {
    let ends = run.finished_at.is_none() && rules::is_complete(run);
    if ends {
        rules::end_state(run).as_str().clone_into(&mut run.status);
        run.finished_at = Some(now);
        run.next_due_at = None;
    }
    ends
}

/// Writes down how many items were added to a run of the same transaction, and where they stand.
pub(crate) async fn save_new_in_op(tx: &DatabaseTransaction, run: &run::Model) -> Result<(), DbErr> {
    let statement = sql(
        tx.get_database_backend(),
        "UPDATE engine_run SET total = $2, failed = $3, ignored = $4, span = $5, tail = $6 \
         WHERE id = $1 AND revision = 0",
        [
            run.id.into(),
            run.total.into(),
            run.failed.into(),
            run.ignored.into(),
            run.span.into(),
            run.tail.into(),
        ],
    );
    expect_rows(run.id, "runs", tx.execute_raw(statement).await?.rows_affected(), 1)
}

/// Writes the row back. `was` is the revision under which it was read: under the row's lock it
/// cannot have moved, and where it did, the whole transaction must not count.
pub(crate) async fn save_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    was: i64,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    run.updated_at = now;
    let statement = sql(
        tx.get_database_backend(),
        "UPDATE engine_run SET status = $1, generation = $2, succeeded = $3, failed = $4, ignored = $5, \
         cancelled = $6, in_flight = $7, revision = $8, head = $9, tail = $10, next_due_at = $11, \
         served_at = $12, updated_at = $13, started_at = $14, finished_at = $15 \
         WHERE id = $16 AND revision = $17",
        [
            run.status.clone().into(),
            run.generation.into(),
            run.succeeded.into(),
            run.failed.into(),
            run.ignored.into(),
            run.cancelled.into(),
            run.in_flight.into(),
            run.revision.into(),
            run.head.into(),
            run.tail.into(),
            run.next_due_at.into(),
            run.served_at.into(),
            run.updated_at.into(),
            run.started_at.into(),
            run.finished_at.into(),
            run.id.into(),
            was.into(),
        ],
    );
    match tx.execute_raw(statement).await?.rows_affected() {
        1 => Ok(()),
        rows => Err(DbErr::Custom(format!("run {} moved under its own lock ({rows} rows)", run.id))),
    }
}
