//! The limit of PostgreSQL: range leases.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use docket::kernel::{Clock as _, SystemClock};
use sea_orm::sqlx::{self, Connection as _, PgConnection};
use uuid::Uuid;

use crate::comparison::{Measured, Outcome, Side};
use crate::stage::Stage;

/// One lease row holds a run of positions. One statement writes the outcomes of those, gives them
/// their revisions, counts them on the run, and moves the lease on: so an item is written once, and
/// a statement is a transaction.
pub struct RangeLeases {
    /// How many outcomes a statement records.
    pub chunk: i32,
}

#[async_trait::async_trait]
impl Side for RangeLeases {
    fn name(&self) -> String {
        format!("limit: range leases, {} a statement", self.chunk)
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let total = stage.scale.items;
        let url = stage.migrated_postgres("bench_limit").await?;
        let mut connection = PgConnection::connect(&url).await?;
        let now = now();
        let run = insert_run(&mut connection, total, now).await?;
        let lease = Uuid::now_v7();
        sqlx::query(
            "INSERT INTO engine_lease (id, run_id, lo, hi, holder, expires_at) VALUES ($1, $2, 0, $3, 'bench', $4)",
        )
        .bind(lease)
        .bind(run)
        .bind(i64::from(self.chunk.min(total)))
        .bind(now + TimeDelta::seconds(30))
        .execute(&mut connection)
        .await?;
        sqlx::query("VACUUM ANALYZE").execute(&mut connection).await?;
        sqlx::query("CHECKPOINT").execute(&mut connection).await?;

        let started = Instant::now();
        let mut lo = 0;
        while lo < total {
            let hi = (lo + self.chunk).min(total);
            self.record(&mut connection, run, lease, lo..hi, total).await?;
            lo = hi;
        }
        let seconds = started.elapsed().as_secs_f64();

        check(&mut connection, run, total).await?;
        connection.close().await?;
        Ok(Measured::of(f64::from(total) / seconds))
    }
}

impl RangeLeases {
    async fn record(
        &self,
        connection: &mut PgConnection,
        run: Uuid,
        lease: Uuid,
        chunk: std::ops::Range<i32>,
        total: i32,
    ) -> Outcome<()> {
        let now = now();
        let indexes: Vec<i32> = chunk.clone().collect();
        let results: Vec<String> = chunk.clone().map(|index| format!(r#"{{"index":{index}}}"#)).collect();
        let next = (chunk.end + self.chunk).min(total);
        let (items, leases): (i64, i64) = sqlx::query_as(if chunk.end < total { MOVE_ON } else { FINISH })
            .bind(run)
            .bind(i64::try_from(indexes.len())?)
            .bind(now)
            .bind(&indexes)
            .bind(&results)
            .bind(lease)
            .bind(i64::from(chunk.start))
            .bind(i64::from(chunk.end))
            .bind(i64::from(next))
            .bind(now + TimeDelta::seconds(30))
            .fetch_one(connection)
            .await?;
        if items != i64::from(chunk.end - chunk.start) || leases != 1 {
            return Err(format!("{items} of the items {chunk:?} and {leases} leases were written").into());
        }
        Ok(())
    }
}

/// The outcomes, and the lease on to the next positions.
const MOVE_ON: &str = "WITH held AS (
  UPDATE engine_lease SET lo = $8, hi = $9, expires_at = $10 WHERE id = $6 AND lo = $7 RETURNING 1
), run AS (
  UPDATE engine_run SET status = 'PROCESSING', succeeded = succeeded + $2, revision = revision + $2,
    head = $8, started_at = coalesce(started_at, $3), updated_at = $3
  WHERE id = $1 RETURNING revision - $2 AS base
), done AS (
  UPDATE engine_item AS item SET status = 'SUCCESS', attempt = attempt + 1, spent = spent + 1,
    revision = run.base + outcome.n, result = outcome.result, started_at = $3, finished_at = $3
  FROM run, unnest($4::int[], $5::text[]) WITH ORDINALITY AS outcome(idx, result, n)
  WHERE item.run_id = $1 AND item.idx = outcome.idx AND item.status = 'PENDING' RETURNING 1
)
SELECT (SELECT count(*) FROM done), (SELECT count(*) FROM held)";

/// The last outcomes: the lease goes, and the run ends. It takes the same values, so as to be bound
/// the same.
const FINISH: &str = "WITH held AS (
  DELETE FROM engine_lease WHERE id = $6 AND lo = $7 AND $9::bigint IS NOT NULL AND $10::timestamptz IS NOT NULL
  RETURNING 1
), run AS (
  UPDATE engine_run SET status = 'SUCCESS', succeeded = succeeded + $2, revision = revision + $2,
    head = $8, started_at = coalesce(started_at, $3), updated_at = $3, finished_at = $3
  WHERE id = $1 RETURNING revision - $2 AS base
), done AS (
  UPDATE engine_item AS item SET status = 'SUCCESS', attempt = attempt + 1, spent = spent + 1,
    revision = run.base + outcome.n, result = outcome.result, started_at = $3, finished_at = $3
  FROM run, unnest($4::int[], $5::text[]) WITH ORDINALITY AS outcome(idx, result, n)
  WHERE item.run_id = $1 AND item.idx = outcome.idx AND item.status = 'PENDING' RETURNING 1
)
SELECT (SELECT count(*) FROM done), (SELECT count(*) FROM held)";

async fn insert_run(connection: &mut PgConnection, total: i32, now: DateTime<Utc>) -> Outcome<Uuid> {
    let run = Uuid::now_v7();
    sqlx::query(
        "INSERT INTO engine_run (id, kind, concurrency, max_attempts, context, total, span, tail,
           served_at, created_at, updated_at)
         VALUES ($1, 'noop', 1000, 3, '{}', $2, $2, $2, $3, $3, $3)",
    )
    .bind(run)
    .bind(i64::from(total))
    .bind(now)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO engine_item (run_id, idx, input)
         SELECT $1, n, '{\"n\":' || n || '}' FROM generate_series(0, $2 - 1) AS n",
    )
    .bind(run)
    .bind(total)
    .execute(connection)
    .await?;
    Ok(run)
}

/// The limit only counts where everything came out exact.
async fn check(connection: &mut PgConnection, run: Uuid, total: i32) -> Outcome<()> {
    let (succeeded, revision, done, last): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT succeeded, run.revision, count(result), max(item.revision)
         FROM engine_run AS run JOIN engine_item AS item ON item.run_id = run.id
         WHERE run.id = $1 AND run.status = 'SUCCESS' AND item.status = 'SUCCESS'
         GROUP BY succeeded, run.revision",
    )
    .bind(run)
    .fetch_one(connection)
    .await
    .map_err(|error| format!("the run did not end: {error}"))?;
    if [succeeded, revision, done, last] == [i64::from(total); 4] {
        return Ok(());
    }
    Err(format!("of {total} items {succeeded} are counted and {done} done, up to revision {revision}/{last}")
        .into())
}

fn now() -> DateTime<Utc> {
    SystemClock.now()
}
