//! Writing a new run with its items.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, Set};
use serde::Serialize;

use crate::engine::{NewRun, RunStatus};
use crate::storage::dialect::{self, sql};
use crate::storage::entity::run;

/// How many items one statement writes.
const CHUNK: usize = 5_000;

#[derive(Serialize)]
struct Row<'a> {
    idx: usize,
    input: &'a str,
}

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
    let backend = tx.get_database_backend();
    let rows = dialect::rows(backend, 2, "x", &[("idx", "integer"), ("input", "text")]);
    let insert =
        format!("INSERT INTO engine_item (run_id, idx, input) SELECT $1, x.idx, x.input FROM {rows}");
    for (chunk, inputs) in inputs.chunks(CHUNK).enumerate() {
        let rows: Vec<_> =
            inputs.iter().enumerate().map(|(n, input)| Row { idx: chunk * CHUNK + n, input }).collect();
        let json = dialect::to_json(&rows)?;
        tx.execute_raw(sql(backend, &insert, [run.id.into(), json.into()])).await?;
    }
    Ok(run)
}
