//! Cancelling a run: everything that has not ended ends now.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::row;
use crate::engine::{Cancelled, EngineError, Handler};
use crate::storage::dialect::sql;
use crate::storage::entity::{lease, requeue, run};

/// Leases go with it, so that no outcome of a running item counts any more: whoever works on
/// one stops at the next step, and there is one truth whatever races.
pub(crate) async fn cancel_in_op(
    tx: &DatabaseTransaction,
    mut run: run::Model,
    handler: &dyn Handler,
    now: DateTime<Utc>,
) -> Result<Cancelled, EngineError> {
    if run.finished_at.is_some() {
        return Ok(Cancelled { run, cancelled: 0, already_final: true, signals: Vec::new() });
    }
    let was = run.revision;
    lease::Entity::delete_many().filter(lease::Column::RunId.eq(run.id)).exec(tx).await?;
    requeue::Entity::delete_many().filter(requeue::Column::RunId.eq(run.id)).exec(tx).await?;
    let ended = tx
        .execute_raw(sql(
            tx.get_database_backend(),
            "UPDATE engine_item SET status = 'CANCELLED', revision = $2 + open.place, finished_at = $3 \
             FROM (SELECT idx, row_number() OVER (ORDER BY idx) AS place FROM engine_item \
                   WHERE run_id = $1 AND status = 'PENDING') AS open \
             WHERE engine_item.run_id = $1 AND engine_item.idx = open.idx",
            [run.id.into(), run.revision.into(), now.into()],
        ))
        .await?
        .rows_affected();
    let cancelled = i64::try_from(ended).unwrap_or(i64::MAX);
    run.cancelled += cancelled;
    run.revision += cancelled;
    run.in_flight = 0;
    run.head = run.tail;
    row::end_if_complete(&mut run, now);
    if run.finished_at.is_none() {
        return Err(sea_orm::DbErr::Custom(format!("run {} did not end when cancelled", run.id)).into());
    }
    let signals = handler.finish_in_op(tx, &run).await?;
    row::save_in_op(tx, &mut run, was, now).await?;
    Ok(Cancelled { run, cancelled, already_final: false, signals })
}
