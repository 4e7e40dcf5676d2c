//! Recording outcomes: many in one statement, each counted in the same transaction.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{lease, row};
use crate::engine::rules::Verdict;
use crate::storage::bulk::{Column, Rows, insert_many};
use crate::storage::entity::{attempt, item, requeue, run};

/// An attempt that ended, with the lease under which it ran.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    pub(crate) lease: Uuid,
    pub(crate) requeued: bool,
    pub(crate) idx: i32,
    /// The attempt's number.
    pub(crate) number: i32,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) finished_at: DateTime<Utc>,
    pub(crate) verdict: Verdict,
}

/// Writes the outcomes and counts them in `run`, which the caller has locked and will save.
/// The caller has checked that their leases stand.
pub(crate) async fn record_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    settled: &[&Settled],
) -> Result<(), DbErr> {
    if settled.is_empty() {
        return Ok(());
    }
    write_items_in_op(tx, run, settled).await?;
    write_attempts_in_op(tx, run, settled).await?;
    write_waiting_in_op(tx, run, settled).await
}

/// Which of the attempts have been recorded already: an earlier try committed, and only its
/// answer was lost on the way.
pub(crate) async fn recorded_in_op(
    tx: &DatabaseTransaction,
    run: &run::Model,
    settled: &[Settled],
) -> Result<HashSet<(i32, i32)>, DbErr> {
    let made: Vec<(i32, i32)> = item::Entity::find()
        .select_only()
        .column(item::Column::Idx)
        .column(item::Column::Attempt)
        .filter(item::Column::RunId.eq(run.id))
        .filter(item::Column::Idx.is_in(settled.iter().map(|settled| settled.idx)))
        .into_tuple()
        .all(tx)
        .await?;
    let made: HashMap<_, _> = made.into_iter().collect();
    let recorded = settled.iter().filter(|settled| made.get(&settled.idx) >= Some(&settled.number));
    Ok(recorded.map(|settled| (settled.idx, settled.number)).collect())
}

async fn write_items_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    settled: &[&Settled],
) -> Result<(), DbErr> {
    let first_revision = run.revision + 1;
    let count = settled.len();
    let (mut statuses, mut results) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let (mut codes, mut messages) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for settled in settled {
        run.revision += 1;
        run.in_flight -= 1;
        let (result, code, message) = match &settled.verdict {
            Verdict::Success { result } => {
                run.succeeded += 1;
                (result.as_deref(), "", "")
            }
            Verdict::Ignored { code, message } => {
                run.ignored += 1;
                (None, code.as_ref(), message.as_str())
            }
            Verdict::Failed { code, message, details } => {
                run.failed += 1;
                (details.as_deref(), code.as_ref(), message.as_str())
            }
            Verdict::Again { code, message, .. } => (None, code.as_ref(), message.as_str()),
        };
        statuses.push(settled.verdict.status().as_str().to_owned());
        results.push(result.unwrap_or_default().to_owned());
        codes.push(code.to_owned());
        messages.push(message.to_owned());
    }
    let rows = Rows::new([
        ("idx", Column::Integers(settled.iter().map(|settled| settled.idx).collect())),
        ("status", Column::Texts(statuses)),
        ("revision", Column::BigIntegers((first_revision..=run.revision).collect())),
        ("result", Column::Texts(results)),
        ("error_code", Column::Texts(codes)),
        ("error_message", Column::Texts(messages)),
        ("started_at", Column::Times(settled.iter().map(|settled| settled.started_at).collect())),
        ("finished_at", Column::Times(settled.iter().map(|settled| settled.finished_at).collect())),
    ])
    .each_with("run_id", run.id);
    // Every row is there: this only updates. As an UPDATE … FROM, both planners may walk through
    // the whole run instead of looking up the few rows; this way they cannot.
    let written = rows
        .execute_in_op(tx, |rows| {
            format!(
                "INSERT INTO engine_item (run_id, idx, input, status, revision, result, error_code, \
                 error_message, started_at, finished_at) SELECT x.run_id, x.idx, '', x.status, x.revision, \
                 nullif(x.result, ''), nullif(x.error_code, ''), nullif(x.error_message, ''), x.started_at, \
                 CASE WHEN x.status <> 'PENDING' THEN x.finished_at END FROM {rows} WHERE true \
                 ON CONFLICT (run_id, idx) DO UPDATE SET status = excluded.status, \
                 attempt = engine_item.attempt + 1, spent = engine_item.spent + 1, \
                 revision = excluded.revision, result = excluded.result, error_code = excluded.error_code, \
                 error_message = excluded.error_message, started_at = excluded.started_at, \
                 finished_at = excluded.finished_at WHERE engine_item.status = 'PENDING'"
            )
        })
        .await?;
    row::expect_rows(run.id, "outcomes", written, settled.len())
}

/// Keeps the attempts that did not succeed.
async fn write_attempts_in_op(
    tx: &DatabaseTransaction,
    run: &run::Model,
    settled: &[&Settled],
) -> Result<(), DbErr> {
    use sea_orm::ActiveValue::Set;
    let rows: Vec<_> = settled
        .iter()
        .filter_map(|settled| match &settled.verdict {
            Verdict::Failed { code, message, .. } | Verdict::Again { code, message, .. } => {
                Some(attempt::ActiveModel {
                    run_id: Set(run.id),
                    idx: Set(settled.idx),
                    number: Set(settled.number),
                    generation: Set(run.generation),
                    error_code: Set(code.to_string()),
                    error_message: Set(message.clone()),
                    started_at: Set(Some(settled.started_at)),
                    finished_at: Set(settled.finished_at),
                })
            }
            _ => None,
        })
        .collect();
    insert_attempts_in_op(tx, rows).await
}

/// Writes attempts in statements of bounded size.
pub(crate) async fn insert_attempts_in_op(
    tx: &DatabaseTransaction,
    rows: Vec<attempt::ActiveModel>,
) -> Result<(), DbErr> {
    insert_many::<attempt::Entity, _>(tx, rows).await
}

/// Items that have ended leave the queue.
pub(crate) async fn leave_queue_in_op(
    tx: &DatabaseTransaction,
    run: Uuid,
    left: Vec<i32>,
) -> Result<(), DbErr> {
    if !left.is_empty() {
        requeue::Entity::delete_many()
            .filter(requeue::Column::RunId.eq(run))
            .filter(requeue::Column::Idx.is_in(left))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Items that wait for another attempt get their time; those that have ended leave the queue.
async fn write_waiting_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    settled: &[&Settled],
) -> Result<(), DbErr> {
    let (mut waiting, mut dues) = (Vec::new(), Vec::new());
    let mut left = Vec::new();
    for settled in settled {
        match &settled.verdict {
            Verdict::Again { due_at, .. } => {
                waiting.push(settled.idx);
                dues.push(*due_at);
            }
            _ if settled.requeued => left.push(settled.idx),
            _ => {}
        }
    }
    leave_queue_in_op(tx, run.id, left).await?;
    if !waiting.is_empty() {
        let rows = Rows::new([("idx", Column::Integers(waiting)), ("due_at", Column::Times(dues))])
            .each_with("run_id", run.id);
        rows.execute_in_op(tx, |rows| {
            format!(
                "INSERT INTO engine_requeue (run_id, idx, position, due_at) \
                 SELECT x.run_id, x.idx, NULL, x.due_at FROM {rows} WHERE true \
                 ON CONFLICT (run_id, idx) DO UPDATE SET position = NULL, due_at = excluded.due_at"
            )
        })
        .await?;
        run.next_due_at = lease::next_due_in_op(tx, run.id).await?;
    }
    Ok(())
}
