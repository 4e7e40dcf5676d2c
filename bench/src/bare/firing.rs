//! The limit of timers: the rows that one which fires leaves behind, written by hand, hundreds a transaction.

use std::time::Instant;

use chrono::{DateTime, Utc};
use docket::kernel::{Clock as _, SystemClock};
use sea_orm::sqlx::{self, Connection as _, PgConnection};
use uuid::Uuid;

use crate::approvals::Approvals;
use crate::comparison::{Measured, Outcome, Side};
use crate::stage::{Database, Stage};

/// More only stand in each other's way on a few cores.
const CONNECTIONS: usize = 2;
/// How many fire in one transaction.
const AT_ONCE: usize = 500;

/// What firing a timer writes, with as few statements as there are tables: nothing is leased, read or decided.
/// The item of the engine, the instance under its lock, the token's way, history, variables; and nobody waits
/// any more.
pub struct Statements;

#[async_trait::async_trait]
impl Side for Statements {
    fn name(&self) -> String {
        "limit: the statements alone".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let url = stage.migrated(Database::Postgres, "bench_limit").await?;
        let approvals = Approvals::open(&url).await?;
        let count = approvals.all_due(usize::try_from(stage.scale.items)?).await?;
        let mut reader = PgConnection::connect(&url).await?;
        let due: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
            "SELECT s.id, s.instance_id, a.id FROM event_subscription s JOIN process_activity a \
             ON a.instance_id = s.instance_id AND a.left_at IS NULL ORDER BY s.due_at, s.id",
        )
        .fetch_all(&mut reader)
        .await?;
        let run = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO engine_run (id, kind, total, concurrency, max_attempts, context, span, tail, served_at, \
             created_at, updated_at) SELECT $1, 'bench', $2, 1, 1, '{}', $2, $2, now(), now(), now()",
        )
        .bind(run)
        .bind(i64::try_from(count)?)
        .execute(&mut reader)
        .await?;
        let mut firing = Vec::new();
        let started = Instant::now();
        let share = due.len().div_ceil(CONNECTIONS);
        for (place, share) in due.chunks(share).enumerate() {
            let (share, first) = (share.to_vec(), place * share.len());
            let connection = PgConnection::connect(&url).await?;
            firing.push(tokio::spawn(fire(connection, run, i32::try_from(first)?, share)));
        }
        for one in firing {
            one.await??;
        }
        let took = started.elapsed();
        approvals.check(count).await?;
        Ok(Measured::of(count as f64 / took.as_secs_f64()))
    }
}

const ITEM: &str = "INSERT INTO engine_item (run_id, idx, status, attempt, spent, revision, input, started_at, \
    finished_at) SELECT $1, n, 'SUCCESS', 1, 1, n + 1, '{\"subscription\":\"' || x || '\",\"variables\":{}}', $3, $3 \
    FROM unnest($2::int[], $4::uuid[]) AS y(n, x)";
const LOCK: &str = "SELECT * FROM process_instance WHERE id = ANY($1) ORDER BY id FOR UPDATE";
const INSTANCE: &str = "UPDATE process_instance SET status = 2, revision = revision + 1, ended_at = $2, \
    state = '{\"next\":2,\"tokens\":[],\"approvers\":[],\"lastApprovers\":[]}', variables = variables \
    WHERE id = ANY($1) AND status = 1";
const LEAVE: &str = "UPDATE process_activity SET left_at = $2, outcome = 'COMPLETED' WHERE id = ANY($1) \
    AND left_at IS NULL";
const ENTER: &str = "INSERT INTO process_activity (id, instance_id, root_id, revision, ordinal, node_id, token, \
    came_by, entered_at, left_at, outcome) \
    SELECT i, x, x, 2, 1, 'end', 1, 'b', $3, $3, 'COMPLETED' FROM unnest($1::uuid[], $2::uuid[]) AS y(i, x)";
const HISTORY: &str = "INSERT INTO process_history (root_id, instance_id, revision, ordinal, kind, node_id, \
    from_status, to_status, at) SELECT x, x, 2, place, kind, node, before, after, $2 FROM unnest($1::uuid[]) AS y(x), \
    (VALUES (0, 'TRIGGER', 'later', NULL::smallint, NULL::smallint), (2, 'END', NULL, 1, 2)) \
    AS z(place, kind, node, before, after)";
const VARIABLES: &str = "INSERT INTO variable_history (instance_id, name, revision, value, at) \
    SELECT x, name, 2, value, $2 FROM unnest($1::uuid[]) AS y(x), \
    (VALUES ('PROCESS_STATUS', '2'), ('PROCESS_REASON', 'null')) AS z(name, value)";
const NO_MORE: &str = "DELETE FROM event_subscription WHERE id = ANY($1)";

/// Fires them, one portion after the other.
async fn fire(mut to: PgConnection, run: Uuid, first: i32, due: Vec<(Uuid, Uuid, Uuid)>) -> Outcome<()> {
    let mut next = first;
    for portion in due.chunks(AT_ONCE) {
        let now: DateTime<Utc> = SystemClock.now();
        let subscriptions: Vec<_> = portion.iter().map(|one| one.0).collect();
        let instances: Vec<_> = portion.iter().map(|one| one.1).collect();
        let activities: Vec<_> = portion.iter().map(|one| one.2).collect();
        let entered: Vec<_> = portion.iter().map(|_| Uuid::now_v7()).collect();
        let numbers: Vec<_> = (next..).take(portion.len()).collect();
        next += i32::try_from(portion.len())?;
        let mut tx = to.begin().await?;
        sqlx::query(LOCK).bind(&instances).fetch_all(&mut *tx).await?;
        sqlx::query(INSTANCE).bind(&instances).bind(now).execute(&mut *tx).await?;
        sqlx::query(LEAVE).bind(&activities).bind(now).execute(&mut *tx).await?;
        sqlx::query(ENTER).bind(&entered).bind(&instances).bind(now).execute(&mut *tx).await?;
        sqlx::query(HISTORY).bind(&instances).bind(now).execute(&mut *tx).await?;
        sqlx::query(VARIABLES).bind(&instances).bind(now).execute(&mut *tx).await?;
        sqlx::query(NO_MORE).bind(&subscriptions).execute(&mut *tx).await?;
        let item = sqlx::query(ITEM).bind(run).bind(&numbers).bind(now).bind(&subscriptions);
        item.execute(&mut *tx).await?;
        tx.commit().await?;
    }
    Ok(())
}
