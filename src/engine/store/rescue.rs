//! Taking items back from leases that ran out, or that their holder gives up.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, FromQueryResult, QueryFilter,
};
use uuid::Uuid;

use super::{lease, record, row};
use crate::engine::handler::{Handler, without_panic};
use crate::engine::{Accepted, ItemStatus, rules};
use crate::events::Signal;
use crate::storage::Db;
use crate::storage::bulk::{Column, Rows};
use crate::storage::dialect::sql;
use crate::storage::entity::{attempt, lease as lease_entity, run};

/// Which leases of a run to take back, and whether their items' attempts count.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TakeBack<'a> {
    /// Those that have run out. Whoever held them may have done anything: the attempt counts.
    Expired,
    /// Those of a holder that stops in good order: nothing has been attempted.
    GivenUp { holder: &'a str },
    /// The one that a turn made whose answer was lost: nothing of it has been started.
    Unheard { lease: Uuid },
}

#[derive(Debug, FromQueryResult)]
struct Open {
    idx: i32,
    attempt: i32,
    spent: i32,
}

/// Takes back what `which` says of one run; answers the run where that changed anything, and whom else
/// to tell. A run that somebody holds locked is passed over by a rescue, which comes again.
pub(crate) async fn take_back(
    db: &Db,
    handler: &dyn Handler,
    run: Uuid,
    which: TakeBack<'_>,
    now: DateTime<Utc>,
) -> Result<Option<(run::Model, Vec<Signal>)>, DbErr> {
    let tx = db.begin().await?;
    let locked = match which {
        TakeBack::Expired => row::lock_if_free_in_op(&tx, run).await?,
        TakeBack::GivenUp { .. } | TakeBack::Unheard { .. } => row::lock_in_op(&tx, run).await?,
    };
    let Some(mut run) = locked else { return Ok(None) };
    let was = run.revision;
    let leases = leases_in_op(&tx, run.id, which, now).await?;
    if leases.is_empty() {
        return Ok(None);
    }
    let mut open = Vec::new();
    for lease in &leases {
        open.extend(open_items_in_op(&tx, &run, lease).await?);
    }
    let gone = lease::delete_in_op(&tx, &leases.iter().map(|lease| lease.id).collect::<Vec<_>>()).await?;
    row::expect_rows(run.id, "leases", gone, leases.len())?;
    run.in_flight -= row::count(open.len() as u64)?;
    let counted = matches!(which, TakeBack::Expired);
    let (back, exhausted): (Vec<_>, Vec<_>) =
        open.into_iter().partition(|item| !counted || item.spent + 1 < run.max_attempts);
    if counted {
        count_attempts_in_op(&tx, &mut run, &back, &exhausted, now).await?;
        let failed = |item: &Open| Accepted { index: item.idx, status: ItemStatus::Failed, result: None };
        let failed: Vec<_> = exhausted.iter().map(failed).collect();
        if !failed.is_empty() {
            without_panic(handler.record_in_op(&tx, &run, &failed)).await?;
        }
    }
    queue_in_op(&tx, &mut run, back.iter().map(|item| item.idx).collect(), now).await?;
    let signals = match row::end_if_complete(&mut run, now) {
        true => without_panic(handler.finish_in_op(&tx, &run)).await?,
        false => Vec::new(),
    };
    row::save_in_op(&tx, &mut run, was, now).await?;
    tx.commit().await?;
    Ok(Some((run, signals)))
}

async fn leases_in_op(
    tx: &DatabaseTransaction,
    run: Uuid,
    which: TakeBack<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<lease_entity::Model>, DbErr> {
    let of_run = lease_entity::Entity::find().filter(lease_entity::Column::RunId.eq(run));
    match which {
        TakeBack::Expired => of_run.filter(lease_entity::Column::ExpiresAt.lt(now)).all(tx).await,
        TakeBack::GivenUp { holder } => of_run.filter(lease_entity::Column::Holder.eq(holder)).all(tx).await,
        TakeBack::Unheard { lease } => of_run.filter(lease_entity::Column::Id.eq(lease)).all(tx).await,
    }
}

/// The items of a lease whose attempt has not been recorded. An index that has moved to the
/// queue is not the lease's any more.
async fn open_items_in_op(
    tx: &DatabaseTransaction,
    run: &run::Model,
    lease: &lease_entity::Model,
) -> Result<Vec<Open>, DbErr> {
    let text = if lease.lo >= run.span {
        "SELECT i.idx, i.attempt, i.spent FROM engine_requeue q \
         JOIN engine_item i ON i.run_id = q.run_id AND i.idx = q.idx \
         WHERE q.run_id = $1 AND q.position >= $2 AND q.position < $3 AND i.status = 'PENDING' ORDER BY i.idx"
    } else {
        "SELECT i.idx, i.attempt, i.spent FROM engine_item i \
         WHERE i.run_id = $1 AND i.idx >= $2 AND i.idx < $3 AND i.status = 'PENDING' AND NOT EXISTS \
         (SELECT 1 FROM engine_requeue q WHERE q.run_id = i.run_id AND q.idx = i.idx) ORDER BY i.idx"
    };
    let values = [run.id.into(), lease.lo.into(), lease.hi.into()];
    Open::find_by_statement(sql(tx.get_database_backend(), text, values)).all(tx).await
}

/// Counts the lost attempts; items that have none left fail.
async fn count_attempts_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    back: &[Open],
    exhausted: &[Open],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use sea_orm::ActiveValue::Set;
    const MESSAGE: &str = "the replica that worked on it disappeared";
    let first_revision = run.revision + 1;
    let (mut indexes, mut statuses) = (Vec::new(), Vec::new());
    for (items, status) in [(back, ItemStatus::Pending), (exhausted, ItemStatus::Failed)] {
        for item in items {
            run.revision += 1;
            indexes.push(item.idx);
            statuses.push(status.as_str().to_owned());
        }
    }
    let count = indexes.len();
    run.failed += row::count(exhausted.len() as u64)?;
    let attempts = back.iter().chain(exhausted).map(|item| attempt::ActiveModel {
        run_id: Set(run.id),
        idx: Set(item.idx),
        number: Set(item.attempt + 1),
        generation: Set(run.generation),
        error_code: Set(rules::LEASE_EXPIRED.to_owned()),
        error_message: Set(MESSAGE.to_owned()),
        started_at: Set(None),
        finished_at: Set(now),
    });
    record::insert_attempts_in_op(tx, attempts.collect()).await?;
    record::leave_queue_in_op(tx, run.id, exhausted.iter().map(|item| item.idx).collect()).await?;
    let rows = Rows::new([
        ("idx", Column::Integers(indexes)),
        ("status", Column::Texts(statuses)),
        ("revision", Column::BigIntegers((first_revision..=run.revision).collect())),
    ])
    .each_with("run_id", run.id)
    .each_with("error_code", rules::LEASE_EXPIRED)
    .each_with("error_message", MESSAGE)
    .each_with("finished_at", now);
    // Only updates, looked up row by row: see `record`.
    let written = rows
        .execute_in_op(tx, |rows| {
            format!(
                "INSERT INTO engine_item (run_id, idx, input, status, revision, error_code, error_message, \
                 finished_at) SELECT x.run_id, x.idx, '', x.status, x.revision, x.error_code, x.error_message, \
                 CASE WHEN x.status <> 'PENDING' THEN x.finished_at END FROM {rows} WHERE true \
                 ON CONFLICT (run_id, idx) DO UPDATE SET status = excluded.status, \
                 attempt = engine_item.attempt + 1, spent = engine_item.spent + 1, \
                 revision = excluded.revision, error_code = excluded.error_code, \
                 error_message = excluded.error_message, finished_at = excluded.finished_at \
                 WHERE engine_item.status = 'PENDING'"
            )
        })
        .await?;
    row::expect_rows(run.id, "lost attempts", written, count)
}

/// Puts items at the end of the line.
pub(crate) async fn queue_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    items: Vec<i32>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if items.is_empty() {
        return Ok(());
    }
    let (first, count) = (run.tail, items.len());
    run.tail += row::count(count as u64)?;
    let rows = Rows::new([
        ("idx", Column::Integers(items)),
        ("position", Column::BigIntegers((first..run.tail).collect())),
    ])
    .each_with("run_id", run.id)
    .each_with("due_at", now);
    let written = rows
        .execute_in_op(tx, |rows| {
            format!(
                "INSERT INTO engine_requeue (run_id, idx, position, due_at) \
                 SELECT x.run_id, x.idx, x.position, x.due_at FROM {rows} WHERE true \
                 ON CONFLICT (run_id, idx) DO UPDATE SET position = excluded.position, \
                 due_at = excluded.due_at"
            )
        })
        .await?;
    row::expect_rows(run.id, "places in line", written, count)
}
