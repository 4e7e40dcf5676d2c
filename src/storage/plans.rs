//! What the databases' planners make of a statement, for tests of its cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{ConnectionTrait as _, JsonValue, Statement};

use super::Db;
use super::scratch::Scratch;

/// How many rows of our tables PostgreSQL read for the statement, those that a
/// filter threw away too.
pub(crate) async fn rows_read(db: &Db, mut statement: Statement) -> f64 {
    fn add_up(node: &JsonValue) -> f64 {
        let number = |key: &str| node[key].as_f64().unwrap_or(0.0);
        let here = if node["Relation Name"].is_string() {
            (number("Actual Rows") + number("Rows Removed by Filter")) * number("Actual Loops")
        } else {
            0.0
        };
        here + node["Plans"].as_array().into_iter().flatten().map(add_up).sum::<f64>()
    }
    statement.sql = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {}", statement.sql);
    let row = db.reader().query_one_raw(statement).await.unwrap().unwrap();
    let plan: JsonValue = row.try_get_by_index(0).unwrap();
    add_up(&plan[0]["Plan"])
}

/// Counts the instructions of SQLite's machine: its plans do not tell how far it walks.
pub(crate) struct Meter {
    db: Db,
    instructions: Arc<AtomicU64>,
}

impl Meter {
    /// Over one connection of its own.
    pub(crate) async fn over(scratch: &Scratch) -> Self {
        const STEP: i32 = 100;
        let db = Db::connect(&scratch.url, 1).await.unwrap();
        let instructions = Arc::new(AtomicU64::new(0));
        let counted = instructions.clone();
        let mut connection = db.reader().get_sqlite_connection_pool().acquire().await.unwrap();
        connection.lock_handle().await.unwrap().set_progress_handler(STEP, move || {
            counted.fetch_add(STEP.unsigned_abs().into(), Ordering::SeqCst);
            true
        });
        drop(connection);
        Self { db, instructions }
    }

    /// How many the statement takes, to the last hundred, and how many rows it gives.
    pub(crate) async fn instructions(&self, statement: Statement) -> (u64, usize) {
        self.instructions.store(0, Ordering::SeqCst);
        let rows = self.db.reader().query_all_raw(statement).await.unwrap();
        (self.instructions.load(Ordering::SeqCst), rows.len())
    }
}
