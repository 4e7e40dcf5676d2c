//! Queueing the failed items of an ended run again.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};

use super::row;
use crate::engine::{EngineError, Retried, RunStatus};
use crate::storage::dialect::sql;
use crate::storage::entity::run;

/// Exactly the failed items form the next generation. Their errors stay as attempts.
pub(crate) async fn retry_failed_in_op(
    tx: &DatabaseTransaction,
    mut run: run::Model,
    now: DateTime<Utc>,
) -> Result<Retried, EngineError> {
    if run.finished_at.is_none() {
        return Err(EngineError::StillRunning(row::status_of(&run)?));
    }
    if run.failed == 0 {
        return Err(EngineError::NothingFailed);
    }
    let was = run.revision;
    let backend = tx.get_database_backend();
    tx.execute_raw(sql(
        backend,
        "INSERT INTO engine_requeue (run_id, idx, position, due_at) \
         SELECT run_id, idx, $2 - 1 + row_number() OVER (ORDER BY idx), $3 FROM engine_item \
         WHERE run_id = $1 AND status = 'FAILED'",
        [run.id.into(), run.tail.into(), now.into()],
    ))
    .await?;
    let queued = tx
        .execute_raw(sql(
            backend,
            "UPDATE engine_item SET status = 'PENDING', generation = $3, spent = 0, revision = $2 + again.place, \
             result = NULL, error_code = NULL, error_message = NULL, started_at = NULL, finished_at = NULL \
             FROM (SELECT idx, row_number() OVER (ORDER BY idx) AS place FROM engine_item \
                   WHERE run_id = $1 AND status = 'FAILED') AS again \
             WHERE engine_item.run_id = $1 AND engine_item.idx = again.idx",
            [run.id.into(), run.revision.into(), (run.generation + 1).into()],
        ))
        .await?
        .rows_affected();
    let retried = i64::try_from(queued).unwrap_or(i64::MAX);
    if retried != run.failed {
        return Err(
            DbErr::Custom(format!("run {} counts {} failed, has {retried}", run.id, run.failed)).into()
        );
    }
    run.failed = 0;
    run.generation += 1;
    run.revision += retried;
    run.head = run.tail;
    run.tail += retried;
    run.finished_at = None;
    run.served_at = now;
    RunStatus::Pending.as_str().clone_into(&mut run.status);
    row::save_in_op(tx, &mut run, was, now).await?;
    Ok(Retried { run, retried })
}
