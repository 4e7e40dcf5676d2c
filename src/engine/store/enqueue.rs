//! Writing a new run with its items.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, Set};

use super::rescue::queue_in_op;
use super::row;
use crate::engine::{EndedItem, NewItem, NewRun, RunStatus};
use crate::storage::bulk::{Column, Rows};
use crate::storage::entity::run;

/// How many items one statement writes.
const CHUNK: usize = 5_000;

/// Writes a run to which items can be added.
pub(crate) async fn begin_in_op(
    tx: &DatabaseTransaction,
    new: NewRun,
    now: DateTime<Utc>,
) -> Result<run::Model, DbErr> {
    let run = run::ActiveModel {
        id: Set(new.id),
        kind: Set(new.kind.to_owned()),
        priority: Set(new.priority),
        status: Set(RunStatus::Pending.as_str().to_owned()),
        generation: Set(1),
        concurrency: Set(i32::try_from(new.concurrency).unwrap_or(i32::MAX)),
        max_attempts: Set(i32::try_from(new.max_attempts).unwrap_or(i32::MAX)),
        context: Set(new.context),
        total: Set(0),
        succeeded: Set(0),
        failed: Set(0),
        ignored: Set(0),
        cancelled: Set(0),
        in_flight: Set(0),
        revision: Set(0),
        span: Set(0),
        head: Set(0),
        tail: Set(0),
        next_due_at: Set(None),
        served_at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
        started_at: Set(None),
        finished_at: Set(None),
    };
    run.insert(tx).await
}

/// Adds items behind those that a run of the same transaction has. The run's own row is written by
/// [`row::save_new_in_op`] when all are there.
pub(crate) async fn add_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    items: Vec<NewItem>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let too_many = |_| DbErr::Custom("too many items".to_owned());
    let mut first = i32::try_from(run.total).map_err(too_many)?;
    let mut items = items.into_iter().peekable();
    while items.peek().is_some() {
        let some: Vec<_> = items.by_ref().take(CHUNK).collect();
        let next = i32::try_from(some.len()).ok().and_then(|count| first.checked_add(count));
        let next = next.ok_or_else(|| DbErr::Custom("too many items".to_owned()))?;
        add_chunk_in_op(tx, run, first, some, now).await?;
        first = next;
        run.total = i64::from(next);
    }
    Ok(())
}

async fn add_chunk_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    first: i32,
    items: Vec<NewItem>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (mut open, mut ended): ((Vec<_>, Vec<_>), Vec<_>) = ((Vec::new(), Vec::new()), Vec::new());
    let mut queued = Vec::new();
    for (idx, item) in (first..).zip(items) {
        if let Some(end) = item.ended {
            ended.push((idx, item.input, end));
            continue;
        }
        // The first ones stand in line by their indexes. Behind one that has ended already, an
        // index is no place in line any more.
        if run.span == i64::from(idx) {
            run.span += 1;
            run.tail += 1;
        } else {
            queued.push(idx);
        }
        open.0.push(idx);
        open.1.push(item.input);
    }
    let rows = Rows::new([("idx", Column::Integers(open.0)), ("input", Column::Texts(open.1))]);
    let text = |rows: &str| {
        format!("INSERT INTO engine_item (run_id, idx, input) SELECT x.run_id, x.idx, x.input FROM {rows}")
    };
    rows.each_with("run_id", run.id).execute_in_op(tx, text).await?;
    add_ended_in_op(tx, run, ended, now).await?;
    queue_in_op(tx, run, queued, now).await
}

async fn add_ended_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    items: Vec<(i32, String, EndedItem)>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ignored = items.iter().filter(|(_, _, end)| end.is_ignored).count();
    run.ignored += row::count(ignored as u64)?;
    run.failed += row::count((items.len() - ignored) as u64)?;
    let texts =
        |text: fn(&(i32, String, EndedItem)) -> String| Column::Texts(items.iter().map(text).collect());
    let rows = Rows::new([
        ("idx", Column::Integers(items.iter().map(|(idx, ..)| *idx).collect())),
        ("input", texts(|(_, input, _)| input.clone())),
        ("status", texts(|(_, _, end)| end.status().as_str().to_owned())),
        ("error_code", texts(|(_, _, end)| end.code.to_string())),
        ("error_message", texts(|(_, _, end)| end.message.clone())),
        ("details", texts(|(_, _, end)| end.details.clone().unwrap_or_default())),
    ])
    .each_with("run_id", run.id)
    .each_with("finished_at", now);
    let text = |rows: &str| {
        format!(
            "INSERT INTO engine_item (run_id, idx, input, status, result, error_code, error_message, \
             finished_at) SELECT x.run_id, x.idx, x.input, x.status, nullif(x.details, ''), x.error_code, \
             x.error_message, x.finished_at FROM {rows}"
        )
    };
    rows.execute_in_op(tx, text).await.map(drop)
}
