//! What the databases' planners make of a statement, for tests of its cost.

use sea_orm::{ConnectionTrait as _, JsonValue, Statement};

use super::Db;

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

/// The steps of SQLite's plan for the statement.
pub(crate) async fn steps(db: &Db, mut statement: Statement) -> Vec<String> {
    statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
    let rows = db.reader().query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect()
}
