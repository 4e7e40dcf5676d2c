//! The SQL of jobs: each arrow between their states is a statement here, guarded by the state that it leaves.
//! Those that go with a step of their instance are the case's (`case::jobs`).

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, Value,
};
use uuid::Uuid;

use super::JobStatus;
use crate::engine::LEASE_EXPIRED;
use crate::storage::bulk::{Column, Rows, by_ids};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::{for_update_skip_locked, sql};
use crate::storage::entity::job;

/// As whom we do jobs ourselves.
const OURSELVES: &str = "docket";

/// A job that somebody has: the lock proves it theirs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub id: Uuid,
    pub lock: Uuid,
}

/// Who claims jobs, and until when they have them.
pub(super) struct Claimant<'a> {
    pub user: &'a str,
    pub worker: &'a str,
    pub until: DateTime<Utc>,
}

/// What went wrong.
pub(super) struct Wrong<'a> {
    /// For programs.
    pub code: &'a str,
    /// For people.
    pub message: &'a str,
}

/// PENDING → RUNNING: claims at most `max` jobs of a topic, the most urgent ones first.
pub(super) async fn claim_in_op(
    tx: &DatabaseTransaction,
    topic: &str,
    claimant: &Claimant<'_>,
    max: usize,
) -> Result<Vec<job::Model>, DbErr> {
    let backend = tx.get_database_backend();
    // Materialized: read as a loop, more would be claimed than were asked for.
    let text = format!(
        "WITH next AS MATERIALIZED (SELECT j.id FROM job j WHERE j.topic = $1 AND j.status = 'PENDING' \
         AND NOT j.suspended AND j.kind = 'EXTERNAL' ORDER BY j.priority DESC, j.id LIMIT {max}{}) \
         UPDATE job SET status = 'RUNNING', lock_id = $2, locked_by = $3, worker = $4, due_at = $5, \
         attempt = attempt + 1 FROM next WHERE job.id = next.id RETURNING {}",
        for_update_skip_locked(backend),
        job::Model::columns("job")
    );
    let Claimant { user, worker, until } = *claimant;
    let values = [topic.into(), Uuid::now_v7().into(), user.into(), worker.into(), until.into()];
    let mut rows = job::Model::all(tx, sql(backend, text, values)).await?;
    rows.sort_unstable_by_key(|row| (std::cmp::Reverse(row.priority), row.id));
    Ok(rows)
}

/// RUNNING → PENDING, of what was claimed in the same transaction.
pub(super) async fn unclaim_in_op(tx: &DatabaseTransaction, ids: Vec<Uuid>) -> Result<(), DbErr> {
    let text = |source: &str| {
        format!(
            "UPDATE job SET status = 'PENDING', lock_id = NULL, due_at = NULL, attempt = attempt - 1 \
             FROM {source} WHERE job.id = x.id AND job.status = 'RUNNING'"
        )
    };
    Rows::new([("id", Column::Ids(ids))]).execute_in_op(tx, text).await.map(drop)
}

/// RUNNING → RUNNING, until later.
pub(super) async fn extend(
    on: &impl ConnectionTrait,
    held: Held,
    until: DateTime<Utc>,
) -> Result<bool, DbErr> {
    of_holder(on, held, "due_at = $3", [until.into()]).await
}

/// RUNNING → WAITING, to be tried again from this time on.
pub(super) async fn try_again(
    on: &impl ConnectionTrait,
    held: Held,
    at: DateTime<Utc>,
    wrong: &Wrong<'_>,
) -> Result<bool, DbErr> {
    let set = "status = 'WAITING', failures = failures + 1, due_at = $3, lock_id = NULL, error_code = $4, \
               error_message = $5";
    of_holder(on, held, set, [at.into(), wrong.code.into(), wrong.message.into()]).await
}

/// RUNNING → WAITING, to be called back until this time.
pub(super) async fn await_callback(
    on: &impl ConnectionTrait,
    held: Held,
    until: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let set = "status = 'WAITING', due_at = $3, lock_id = NULL, error_code = NULL, error_message = NULL";
    of_holder(on, held, set, [until.into()]).await
}

/// RUNNING → RUNNING: a call has failed, and is made again.
pub(super) async fn call_again(
    on: &impl ConnectionTrait,
    held: Held,
    wrong: &Wrong<'_>,
) -> Result<bool, DbErr> {
    let set = "failures = failures + 1, attempt = attempt + 1, error_code = $3, error_message = $4";
    of_holder(on, held, set, [wrong.code.into(), wrong.message.into()]).await
}

/// RUNNING → RUNNING: a call was answered, and only bringing the answer to its instance has failed.
pub(super) async fn bring_again(
    on: &impl ConnectionTrait,
    held: Held,
    answer: &str,
    wrong: &Wrong<'_>,
) -> Result<bool, DbErr> {
    let set = "answer = $3, failures = failures + 1, error_code = $4, error_message = $5";
    of_holder(on, held, set, [answer.into(), wrong.code.into(), wrong.message.into()]).await
}

/// RUNNING → RUNNING: an answer with which the instance cannot go on is worth nothing.
pub(super) async fn forget_answer(on: &impl ConnectionTrait, held: Held) -> Result<bool, DbErr> {
    of_holder(on, held, "answer = NULL", []).await
}

/// RUNNING → PENDING: handed out again when its instance is resumed, with what it was answered, if it was.
pub(super) async fn put_back(
    on: &impl ConnectionTrait,
    held: Held,
    answer: Option<&str>,
) -> Result<bool, DbErr> {
    let set = "status = 'PENDING', lock_id = NULL, answer = coalesce($3, answer)";
    of_holder(on, held, set, [answer.into()]).await
}

/// RUNNING → SUCCESS: a call whose answer nobody waits for.
pub(super) async fn end_in_op(
    tx: &DatabaseTransaction,
    held: Held,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let set = "status = 'SUCCESS', finished_at = $3, error_code = NULL, error_message = NULL";
    of_holder(tx, held, set, [now.into()]).await
}

/// FAILED → PENDING: its incident is resolved. The topic whose workers are asked; none of what we do
/// ourselves.
pub(in crate::workflow) async fn reopen_in_op(
    tx: &DatabaseTransaction,
    id: Uuid,
) -> Result<Option<String>, DbErr> {
    let text = "UPDATE job SET status = 'PENDING', failures = 0, lock_id = NULL \
                WHERE id = $1 AND status = 'FAILED' RETURNING CASE WHEN kind = 'EXTERNAL' THEN topic END";
    let row = tx.query_one_raw(sql(tx.get_database_backend(), text, [id.into()])).await?;
    row.map_or(Ok(None), |row| row.try_get_by_index(0))
}

/// WAITING or RUNNING → PENDING: those of workers whose time has come, and who may fail once more.
pub(super) async fn give_back(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<job::Model>, DbErr> {
    let backend = on.get_database_backend();
    let text = format!(
        "WITH due AS MATERIALIZED (SELECT j.id, j.status FROM job j WHERE j.due_at <= $1 AND j.due_at IS NOT NULL \
         AND NOT j.suspended AND j.kind = 'EXTERNAL' AND (j.status = 'WAITING' OR j.failures + 1 < j.max_attempts) \
         ORDER BY j.due_at, j.id LIMIT {most}{}) \
         UPDATE job SET status = 'PENDING', due_at = NULL, lock_id = NULL, \
         failures = failures + CASE WHEN due.status = 'RUNNING' THEN 1 ELSE 0 END, \
         error_code = CASE WHEN due.status = 'RUNNING' THEN $2 ELSE error_code END, \
         error_message = CASE WHEN due.status = 'RUNNING' THEN $3 ELSE error_message END \
         FROM due WHERE job.id = due.id RETURNING {}",
        for_update_skip_locked(backend),
        job::Model::columns("job")
    );
    let message = "its worker did not report in time";
    let values = [now.into(), LEASE_EXPIRED.into(), message.into()];
    job::Model::all(on, sql(backend, text, values)).await
}

/// Those whose time has come and who may not fail any more; the longest due first.
pub(super) async fn expired_for_good(
    on: &impl ConnectionTrait,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<job::Model>, DbErr> {
    let text = format!(
        "SELECT {} FROM job j WHERE j.due_at <= $1 AND j.due_at IS NOT NULL AND NOT j.suspended AND (j.kind = 'HTTP' \
         OR (j.status = 'RUNNING' AND j.failures + 1 >= j.max_attempts)) ORDER BY j.due_at, j.id LIMIT {most}",
        job::Model::columns("j")
    );
    job::Model::all(on, sql(on.get_database_backend(), text, [now.into()])).await
}

/// Looks at a job again later: it could not be given up just now, and holds up no other.
pub(super) async fn look_later(
    on: &impl ConnectionTrait,
    row: &job::Model,
    at: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = "UPDATE job SET due_at = $3 WHERE id = $1 AND due_at = $2";
    let values = [row.id.into(), row.due_at.into(), at.into()];
    on.execute_raw(sql(on.get_database_backend(), text, values)).await.map(drop)
}

/// Calls that nobody makes yet, locked.
pub(in crate::workflow) async fn calls_in_op(
    tx: &DatabaseTransaction,
    most: usize,
) -> Result<Vec<Uuid>, DbErr> {
    let backend = tx.get_database_backend();
    let text = format!(
        "SELECT j.id FROM job j WHERE j.status = 'PENDING' AND NOT j.suspended AND j.kind = 'HTTP' \
         ORDER BY j.id LIMIT {most}{}",
        for_update_skip_locked(backend)
    );
    let rows = tx.query_all_raw(sql(backend, text, [])).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// PENDING → RUNNING: calls that a run of the engine makes. One that was answered already is not made once
/// more.
pub(in crate::workflow) async fn hand_out_in_op(
    tx: &DatabaseTransaction,
    ids: &[Uuid],
    run: Uuid,
) -> Result<(), DbErr> {
    let attempt = Expr::cust("attempt + CASE WHEN answer IS NULL THEN 1 ELSE 0 END");
    job::Entity::update_many()
        .col_expr(job::Column::Status, Expr::value(JobStatus::Running.as_str()))
        .col_expr(job::Column::LockId, Expr::value(run))
        .col_expr(job::Column::LockedBy, Expr::value(OURSELVES))
        .col_expr(job::Column::Worker, Expr::value(OURSELVES))
        .col_expr(job::Column::Attempt, attempt)
        .filter(job::Column::Id.is_in(ids.iter().copied()).and(job::Column::Status.eq("PENDING")))
        .exec(tx)
        .await
        .map(drop)
}

/// The calls of a run that has ended without them.
pub(super) async fn left_behind_in_op(tx: &DatabaseTransaction, run: Uuid) -> Result<Vec<job::Model>, DbErr> {
    let text = format!(
        "SELECT {} FROM job j WHERE j.finished_at IS NULL AND j.lock_id = $1 AND j.status = 'RUNNING' \
         AND j.kind = 'HTTP' ORDER BY j.id",
        job::Model::columns("j")
    );
    job::Model::all(tx, sql(tx.get_database_backend(), text, [run.into()])).await
}

/// RUNNING → FAILED, where nobody is left to do it.
pub(super) async fn fail_in_op(
    tx: &DatabaseTransaction,
    held: Held,
    wrong: &Wrong<'_>,
) -> Result<bool, DbErr> {
    let set = "status = 'FAILED', failures = max_attempts, error_code = $3, error_message = $4";
    of_holder(tx, held, set, [wrong.code.into(), wrong.message.into()]).await
}

/// Jobs, by their ids, in no particular order; without those that there are not.
pub(super) async fn jobs(on: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<job::Model>, DbErr> {
    by_ids(on, "job", ids).await
}

/// Changes a job that is still whose it was; whether it was.
async fn of_holder<const N: usize>(
    on: &impl ConnectionTrait,
    held: Held,
    set: &str,
    values: [Value; N],
) -> Result<bool, DbErr> {
    let text = format!("UPDATE job SET {set} WHERE id = $1 AND lock_id = $2 AND status = 'RUNNING'");
    let values = [held.id.into(), held.lock.into()].into_iter().chain(values);
    let done = on.execute_raw(sql(on.get_database_backend(), text, values)).await?;
    Ok(done.rows_affected() == 1)
}
