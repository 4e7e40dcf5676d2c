//! Writing a new run with its items.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, Set};

use crate::engine::{NewRun, RunStatus};
use crate::storage::bulk::{Column, Rows};
use crate::storage::entity::run;

/// How many items one statement writes.
const CHUNK: usize = 5_000;

pub(crate) async fn enqueue_in_op(
    tx: &DatabaseTransaction,
    new: NewRun,
    inputs: &[String],
    now: DateTime<Utc>,
) -> Result<run::Model, DbErr> {
    let total = i64::try_from(inputs.len()).map_err(|_| DbErr::Custom("too many items".to_owned()))?;
    let run = run::ActiveModel {
        id: Set(new.id),
        kind: Set(new.kind.to_owned()),
        priority: Set(new.priority),
        status: Set(RunStatus::Pending.as_str().to_owned()),
        generation: Set(1),
        concurrency: Set(i32::try_from(new.concurrency).unwrap_or(i32::MAX)),
        max_attempts: Set(i32::try_from(new.max_attempts).unwrap_or(i32::MAX)),
        context: Set(new.context),
        total: Set(total),
        succeeded: Set(0),
        failed: Set(0),
        ignored: Set(0),
        cancelled: Set(0),
        in_flight: Set(0),
        revision: Set(0),
        span: Set(total),
        head: Set(0),
        tail: Set(total),
        next_due_at: Set(None),
        served_at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
        started_at: Set(None),
        finished_at: Set(None),
    }
    .insert(tx)
    .await?;
    let mut idx = 0..;
    for inputs in inputs.chunks(CHUNK) {
        let rows = Rows::new([
            ("idx", Column::Integers(idx.by_ref().take(inputs.len()).collect())),
            ("input", Column::Texts(inputs.to_vec())),
        ])
        .each_with("run_id", run.id);
        rows.execute_in_op(tx, |rows| {
            format!(
                "INSERT INTO engine_item (run_id, idx, input) SELECT x.run_id, x.idx, x.input FROM {rows}"
            )
        })
        .await?;
    }
    Ok(run)
}
