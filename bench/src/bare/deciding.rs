//! The limit of decisions: the statements of one alone, on connections of their own.

use std::time::Instant;

use chrono::{DateTime, Utc};
use docket::kernel::{Clock as _, SystemClock};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, PgConnection, Row as _, SqliteConnection};
use uuid::Uuid;

use crate::approvals::{Approvals, Waiting, share};
use crate::comparison::{Measured, Outcome, Side};
use crate::stage::{Database, Stage};

/// More connections than these only stand in each other's way on a few cores.
const CONNECTIONS: usize = 8;

/// What one decision reads and writes, in one transaction: who may see the task, the instance under
/// its lock, the task and those of its round; the instance, the token's way, the task, history,
/// variables, result and inbox.
pub struct Statements {
    /// Where.
    pub database: Database,
    /// How many decide at once, on no more connections than do any good.
    pub callers: usize,
    /// How many decisions.
    pub decisions: usize,
    /// How many instances have ended before.
    pub behind: usize,
}

#[async_trait::async_trait]
impl Side for Statements {
    fn name(&self) -> String {
        let Self { callers, behind, .. } = self;
        match behind {
            0 => format!("limit: the statements alone, {callers} at once"),
            behind => format!("limit: the statements alone, {callers} at once behind {behind} ended"),
        }
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let url = stage.migrated(self.database, "bench_limit").await?;
        let approvals = Approvals::open(&url).await?;
        let behind = approvals.behind(self.behind).await?;
        let waiting = approvals.start(self.decisions).await?;
        let shares = share(&waiting, self.callers.min(CONNECTIONS));
        let rate = match self.database {
            Database::Postgres => {
                let mut callers = Vec::with_capacity(shares.len());
                for share in shares {
                    callers.push((PgConnection::connect(&url).await?, share));
                }
                let started = Instant::now();
                let running = callers
                    .into_iter()
                    .map(|(connection, share)| tokio::spawn(on_postgres(connection, share)));
                for caller in running.collect::<Vec<_>>() {
                    caller.await??;
                }
                waiting.len() as f64 / started.elapsed().as_secs_f64()
            }
            // It lets one writer in at a time: more would only wait for one another.
            Database::Sqlite => {
                let connection = url
                    .parse::<SqliteConnectOptions>()?
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .pragma("cache_size", "-65536")
                    .pragma("temp_store", "memory")
                    .connect()
                    .await?;
                let started = Instant::now();
                on_sqlite(connection, shares.concat()).await?;
                waiting.len() as f64 / started.elapsed().as_secs_f64()
            }
        };
        approvals.check(behind + waiting.len()).await?;
        Ok(Measured::of(rate))
    }
}

const LOCATE: &str = "SELECT t.instance_id, i.root_id, t.assignee, i.started_by FROM task t \
    JOIN process_instance i ON i.id = t.instance_id WHERE t.id = $1";
const INSTANCE: &str = "SELECT * FROM process_instance WHERE id = $1";
const TASK: &str = "SELECT * FROM task WHERE id = $1";
const ROUND: &str = "SELECT * FROM task WHERE activity_id = $1 ORDER BY ordinal, id";
const UPDATE_INSTANCE: &str = "UPDATE process_instance SET status = 2, state = $3, variables = $4, \
    revision = $5, ended_at = $6 WHERE id = $1 AND revision = $2 AND status = 1";
const LEAVE: &str =
    "UPDATE process_activity SET left_at = $2, outcome = 'COMPLETED' WHERE id = $1 AND left_at IS NULL";
const ENTER: &str = "INSERT INTO process_activity (id, instance_id, root_id, revision, ordinal, node_id, token, \
    came_by, entered_at, left_at, outcome) VALUES ($1, $2, $2, $3, 1, 'end', 1, 'b', $4, $4, 'COMPLETED')";
const UPDATE_TASK: &str = "UPDATE task SET status = 2, decided_by = $2, revision = $3, finished_at = $4 \
    WHERE id = $1 AND status = 1 AND finished_at IS NULL";
const HISTORY: &str = "INSERT INTO process_history (root_id, instance_id, revision, ordinal, kind, actor, task_id, \
    node_id, from_status, to_status, at) VALUES ($1, $1, $2, 0, 'APPROVE', $3, $4, 'review', 1, 2, $5), \
    ($1, $1, $2, 2, 'END', NULL, NULL, NULL, 1, 2, $5)";
const VARIABLES: &str = "INSERT INTO variable_history (instance_id, name, revision, value, changed_by, at) \
    VALUES ($1, 'PROCESS_STATUS', $2, '2', $3, $4), ($1, 'PROCESS_REASON', $2, 'null', $3, $4)";
const INBOX: &str = "INSERT INTO inbox (principal, stream, revision) VALUES ($1, $2, 1) \
    ON CONFLICT (principal) DO UPDATE SET revision = inbox.revision + excluded.revision RETURNING revision";
const ENTRY: &str = "INSERT INTO inbox_entry (principal, task_id, state, revision) VALUES ($1, $2, 'DONE', $3) \
    ON CONFLICT (principal, task_id) DO UPDATE SET state = excluded.state, revision = excluded.revision";

/// The decisions of one caller, one after the other.
macro_rules! decisions {
    ($name:ident, $connection:ty, $begin:literal, $lock:literal) => {
        async fn $name(mut connection: $connection, share: Vec<Waiting>) -> Outcome<()> {
            let connection = &mut connection;
            let lock = format!("{INSTANCE}{}", $lock);
            for one in share {
                let now: DateTime<Utc> = SystemClock.now();
                sqlx::query(LOCATE).bind(one.task).fetch_one(&mut *connection).await?;
                sqlx::query($begin).execute(&mut *connection).await?;
                let row = sqlx::query(sqlx::AssertSqlSafe(lock.as_str()))
                    .bind(one.instance)
                    .fetch_one(&mut *connection)
                    .await?;
                let (revision, variables): (i64, String) =
                    (row.try_get("revision")?, row.try_get("variables")?);
                let task = sqlx::query(TASK).bind(one.task).fetch_one(&mut *connection).await?;
                let activity: Uuid = task.try_get("activity_id")?;
                sqlx::query(ROUND).bind(activity).fetch_all(&mut *connection).await?;
                let next = revision + 1;
                sqlx::query(UPDATE_INSTANCE)
                    .bind(one.instance)
                    .bind(revision)
                    .bind(r#"{"next":2,"tokens":[],"approvers":["somebody"],"lastApprovers":["somebody"]}"#)
                    .bind(variables)
                    .bind(next)
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query(LEAVE).bind(activity).bind(now).execute(&mut *connection).await?;
                sqlx::query(ENTER)
                    .bind(Uuid::now_v7())
                    .bind(one.instance)
                    .bind(next)
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query(UPDATE_TASK)
                    .bind(one.task)
                    .bind(one.who.as_str())
                    .bind(next)
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query(HISTORY)
                    .bind(one.instance)
                    .bind(next)
                    .bind(one.who.as_str())
                    .bind(one.task)
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query(VARIABLES)
                    .bind(one.instance)
                    .bind(next)
                    .bind(one.who.as_str())
                    .bind(now)
                    .execute(&mut *connection)
                    .await?;
                let principal = format!("user:{}", one.who);
                let advanced = sqlx::query(INBOX)
                    .bind(principal.as_str())
                    .bind(Uuid::now_v7())
                    .fetch_one(&mut *connection)
                    .await?;
                sqlx::query(ENTRY)
                    .bind(principal.as_str())
                    .bind(one.task)
                    .bind(advanced.try_get::<i64, _>(0)?)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query("COMMIT").execute(&mut *connection).await?;
            }
            Ok(())
        }
    };
}

decisions!(on_postgres, PgConnection, "BEGIN", " FOR UPDATE");
decisions!(on_sqlite, SqliteConnection, "BEGIN IMMEDIATE", "");
