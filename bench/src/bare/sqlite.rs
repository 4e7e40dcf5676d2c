//! The limit of SQLite: 100 items a transaction, each with a claim.

use std::time::Instant;

use docket::kernel::{Clock as _, SystemClock};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, SqliteConnection};
use uuid::Uuid;

use crate::comparison::{Measured, Outcome, Side};
use crate::stage::Stage;

/// Each transaction claims its items by moving the lease on, writes their outcomes in one statement,
/// and counts them on the run. WAL and synchronous FULL, as Docket has it.
pub struct Transactions {
    /// How many items each claims and records.
    pub chunk: i32,
}

#[async_trait::async_trait]
impl Side for Transactions {
    fn name(&self) -> String {
        format!("limit: {} a transaction, with a claim", self.chunk)
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let total = stage.scale.items;
        let url = stage.migrated_sqlite("bench_limit").await?;
        let mut connection = url
            .parse::<SqliteConnectOptions>()?
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory")
            .connect()
            .await?;
        let run = Uuid::now_v7();
        let lease = Uuid::now_v7();
        insert_run(&mut connection, run, lease, total).await?;

        let started = Instant::now();
        let mut lo = 0;
        while lo < total {
            let hi = (lo + self.chunk).min(total);
            transaction(&mut connection, run, lease, lo..hi).await?;
            lo = hi;
        }
        let seconds = started.elapsed().as_secs_f64();

        check(&mut connection, run, total).await?;
        connection.close().await?;
        Ok(Measured::of(f64::from(total) / seconds))
    }
}

async fn transaction(
    connection: &mut SqliteConnection,
    run: Uuid,
    lease: Uuid,
    chunk: std::ops::Range<i32>,
) -> Outcome<()> {
    let now = now();
    let count = i64::from(chunk.end - chunk.start);
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let claimed =
        sqlx::query("UPDATE engine_lease SET lo = $3, hi = $4, expires_at = $5 WHERE id = $1 AND lo = $2")
            .bind(lease)
            .bind(chunk.start)
            .bind(chunk.end)
            .bind(chunk.end + (chunk.end - chunk.start))
            .bind(&now)
            .execute(&mut *connection)
            .await?;
    let base: i64 = sqlx::query_scalar(
        "UPDATE engine_run SET status = 'PROCESSING', succeeded = succeeded + $2, revision = revision + $2,
           head = $3, started_at = coalesce(started_at, $4), updated_at = $4
         WHERE id = $1 RETURNING revision - $2",
    )
    .bind(run)
    .bind(count)
    .bind(chunk.end)
    .bind(&now)
    .fetch_one(&mut *connection)
    .await?;
    let results: Vec<_> = chunk.clone().map(|index| serde_json::json!({ "index": index })).collect();
    // By range and not joined with the results: SQLite would go through the whole run for that.
    let done = sqlx::query(
        "UPDATE engine_item SET status = 'SUCCESS', attempt = attempt + 1, spent = spent + 1,
           revision = $5 + idx - $2 + 1, result = json_extract($4, '$[' || (idx - $2) || ']'),
           started_at = $6, finished_at = $6
         WHERE run_id = $1 AND idx >= $2 AND idx < $3 AND status = 'PENDING'",
    )
    .bind(run)
    .bind(chunk.start)
    .bind(chunk.end)
    .bind(serde_json::to_string(&results)?)
    .bind(base)
    .bind(&now)
    .execute(&mut *connection)
    .await?;
    sqlx::query("COMMIT").execute(connection).await?;
    if claimed.rows_affected() != 1 || i64::try_from(done.rows_affected())? != count {
        return Err(format!("{} of the items {chunk:?} were written", done.rows_affected()).into());
    }
    Ok(())
}

async fn insert_run(connection: &mut SqliteConnection, run: Uuid, lease: Uuid, total: i32) -> Outcome<()> {
    let now = now();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    sqlx::query(
        "INSERT INTO engine_run (id, kind, concurrency, max_attempts, context, total, span, tail,
           served_at, created_at, updated_at)
         VALUES ($1, 'noop', 1000, 3, '{}', $2, $2, $2, $3, $3, $3)",
    )
    .bind(run)
    .bind(total)
    .bind(&now)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < $2)
         INSERT INTO engine_item (run_id, idx, input) SELECT $1, n, '{\"n\":' || n || '}' FROM series",
    )
    .bind(run)
    .bind(total)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO engine_lease (id, run_id, lo, hi, holder, expires_at) VALUES ($1, $2, 0, 1, 'bench', $3)",
    )
    .bind(lease)
    .bind(run)
    .bind(&now)
    .execute(&mut *connection)
    .await?;
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(connection).await?;
    Ok(())
}

async fn check(connection: &mut SqliteConnection, run: Uuid, total: i32) -> Outcome<()> {
    let (succeeded, done, last): (i64, i64, i64) = sqlx::query_as(
        "SELECT run.succeeded, count(item.result), max(item.revision)
         FROM engine_run AS run JOIN engine_item AS item ON item.run_id = run.id
         WHERE run.id = $1 AND item.status = 'SUCCESS'",
    )
    .bind(run)
    .fetch_one(connection)
    .await?;
    if [succeeded, done, last] == [i64::from(total); 3] {
        return Ok(());
    }
    Err(format!("of {total} items {succeeded} are counted and {done} done, up to revision {last}").into())
}

/// The machine's time, as the columns hold it.
fn now() -> String {
    SystemClock.now().to_rfc3339()
}
