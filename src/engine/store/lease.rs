//! Leases: taking, keeping, finding them.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Value,
};
use uuid::Uuid;

use super::row;
use super::turn::TurnRequest;
use crate::engine::{RunContext, RunStatus, rules};
use crate::storage::Db;
use crate::storage::by_place::{ByPlace as _, by_place};
use crate::storage::dialect::{for_update, sql};
use crate::storage::entity::{lease, run};

/// How many due items one transaction puts in line.
const PROMOTED: i64 = 5_000;
/// How many runs with leases that ran out are read at once.
pub(crate) const EXPIRED_PAGE: u64 = 100;

/// A range of positions that is ours until it expires.
#[derive(Debug, Clone)]
pub(crate) struct Lease {
    pub(crate) id: Uuid,
    pub(crate) lo: i64,
    pub(crate) hi: i64,
    /// The positions are found in `engine_requeue`.
    pub(crate) requeued: bool,
    pub(crate) run: Arc<RunContext>,
}

/// A leased item, ready to be executed.
#[derive(Debug, Clone)]
pub(crate) struct Leased {
    pub(crate) idx: i32,
    pub(crate) input: String,
    pub(crate) attempt: i32,
    pub(crate) spent: i32,
}

by_place!(Leased { idx, input, attempt, spent });

/// Which of `ids` still stand.
pub(crate) async fn standing_in_op(
    tx: &DatabaseTransaction,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashSet<Uuid>, DbErr> {
    let ids: HashSet<_> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(ids);
    }
    let standing: Vec<Uuid> = lease::Entity::find()
        .select_only()
        .column(lease::Column::Id)
        .filter(lease::Column::Id.is_in(ids))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(standing.into_iter().collect())
}

/// Puts items whose next attempt is due at the end of the line.
pub(crate) async fn promote_due_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if run.next_due_at.is_none_or(|due| due > now) {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    let promoted = tx
        .execute_raw(sql(
            backend,
            "WITH due AS (SELECT idx, row_number() OVER (ORDER BY due_at, idx) - 1 AS place FROM engine_requeue \
             WHERE run_id = $1 AND position IS NULL AND due_at <= $2 ORDER BY due_at, idx LIMIT $4) \
             UPDATE engine_requeue SET position = $3 + due.place FROM due \
             WHERE engine_requeue.run_id = $1 AND engine_requeue.idx = due.idx",
            [run.id.into(), now.into(), run.tail.into(), PROMOTED.into()],
        ))
        .await?
        .rows_affected();
    run.tail += row::count(promoted)?;
    run.next_due_at = next_due_in_op(tx, run.id).await?;
    Ok(())
}

/// When the next waiting item of a run is due.
pub(crate) async fn next_due_in_op(
    tx: &DatabaseTransaction,
    run: Uuid,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let statement = sql(
        tx.get_database_backend(),
        "SELECT due_at FROM engine_requeue WHERE run_id = $1 AND position IS NULL ORDER BY due_at LIMIT 1",
        [run.into()],
    );
    tx.query_one_raw(statement).await?.map(|row| row.try_get("", "due_at")).transpose()
}

/// Leases the next positions, as many as the request wants and the run's concurrency allows.
pub(crate) async fn claim_in_op(
    tx: &DatabaseTransaction,
    run: &mut run::Model,
    request: &TurnRequest<'_>,
) -> Result<Option<Lease>, DbErr> {
    let size = rules::claim_size(run, request.want);
    if size == 0 {
        return Ok(None);
    }
    let lease = Lease {
        id: request.lease,
        lo: run.head,
        hi: run.head + size,
        requeued: run.head >= run.span,
        run: Arc::new(RunContext { id: run.id, generation: run.generation, context: run.context.clone() }),
    };
    let expires_at = request.now + request.lease_ttl;
    let (lo, hi, holder) = (lease.lo.into(), lease.hi.into(), request.holder.into());
    tx.execute_raw(sql(
        tx.get_database_backend(),
        "INSERT INTO engine_lease (id, run_id, lo, hi, holder, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        [lease.id.into(), run.id.into(), lo, hi, holder, expires_at.into()],
    ))
    .await?;
    run.head = lease.hi;
    run.in_flight += size;
    run.served_at = request.now;
    run.started_at.get_or_insert(request.now);
    RunStatus::Processing.as_str().clone_into(&mut run.status);
    Ok(Some(lease))
}

/// Reads the items of a lease just taken: none where it has been taken away meanwhile.
pub(crate) async fn leased_items(db: &Db, lease: &Lease) -> Result<Vec<Leased>, DbErr> {
    let source = if lease.requeued {
        "engine_requeue q JOIN engine_item i ON i.run_id = q.run_id AND i.idx = q.idx \
         WHERE q.run_id = $1 AND q.position >= $2 AND q.position < $3 AND i.status = 'PENDING' \
         AND EXISTS (SELECT 1 FROM engine_lease WHERE id = $4) ORDER BY q.position"
    } else {
        "engine_item i WHERE i.run_id = $1 AND i.idx >= $2 AND i.idx < $3 AND i.status = 'PENDING' \
         AND EXISTS (SELECT 1 FROM engine_lease WHERE id = $4) ORDER BY i.idx"
    };
    let text = format!("SELECT {} FROM {source}", Leased::columns("i"));
    let values = [lease.run.id.into(), lease.lo.into(), lease.hi.into(), lease.id.into()];
    Leased::all(db.reader(), sql(db.backend(), text, values)).await
}

/// Takes away leases; their fencing tokens are void from here on. Answers how many stood.
pub(crate) async fn delete_in_op(tx: &DatabaseTransaction, ids: &[Uuid]) -> Result<u64, DbErr> {
    if ids.is_empty() {
        return Ok(0);
    }
    let of_ids = lease::Column::Id.is_in(ids.iter().copied());
    Ok(lease::Entity::delete_many().filter(of_ids).exec(tx).await?.rows_affected)
}

/// Keeps leases for longer, and says which of them still stand. Those that a turn has in hand at
/// this moment are passed over (they are about to go, and waiting for them here while it waits
/// there would be a deadlock); the next heartbeat, well before the expiry, finds them again.
pub(crate) async fn keep(
    db: &Db,
    leases: &[Uuid],
    expires_at: DateTime<Utc>,
) -> Result<HashSet<Uuid>, DbErr> {
    let backend = db.backend();
    let lock = for_update(backend);
    let skip = if lock.is_empty() { "" } else { " SKIP LOCKED" };
    let mut standing = HashSet::new();
    for leases in leases.chunks(1_000) {
        let places: Vec<_> = (2..leases.len() + 2).map(|n| format!("${n}")).collect();
        let text = format!(
            "UPDATE engine_lease SET expires_at = $1 \
             WHERE id IN (SELECT id FROM engine_lease WHERE id IN ({}) ORDER BY id{lock}{skip})",
            places.join(", ")
        );
        let ids = leases.iter().map(|id| Value::from(*id));
        let values = std::iter::once(expires_at.into()).chain(ids);
        db.writer().execute_raw(sql(backend, text, values)).await?;
        let found: Vec<Uuid> = lease::Entity::find()
            .select_only()
            .column(lease::Column::Id)
            .filter(lease::Column::Id.is_in(leases.iter().copied()))
            .into_tuple()
            .all(db.reader())
            .await?;
        standing.extend(found);
    }
    Ok(standing)
}

/// The runs in which a holder has leases.
pub(crate) async fn runs_of(db: &Db, holder: &str) -> Result<Vec<Uuid>, DbErr> {
    lease::Entity::find()
        .select_only()
        .column(lease::Column::RunId)
        .distinct()
        .filter(lease::Column::Holder.eq(holder))
        .into_tuple()
        .all(db.reader())
        .await
}

/// The runs behind `after` of leases that have run out, a page of at most [`EXPIRED_PAGE`].
pub(crate) async fn runs_with_expired(db: &Db, now: DateTime<Utc>, after: Uuid) -> Result<Vec<Uuid>, DbErr> {
    lease::Entity::find()
        .select_only()
        .column(lease::Column::RunId)
        .distinct()
        .filter(lease::Column::ExpiresAt.lt(now))
        .filter(lease::Column::RunId.gt(after))
        .order_by_asc(lease::Column::RunId)
        .limit(EXPIRED_PAGE)
        .into_tuple()
        .all(db.reader())
        .await
}
