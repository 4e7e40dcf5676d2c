//! What is written in the database, counted.

use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(60);

/// The number that a statement answers.
pub async fn count(database: &DatabaseConnection, text: &str) -> i64 {
    let statement = Statement::from_string(database.get_database_backend(), text);
    database.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Waits until the database says so.
pub async fn until(database: &DatabaseConnection, what: &str, is_so: impl Fn(i64) -> bool) {
    let since = Instant::now();
    while !is_so(count(database, what).await) {
        assert!(since.elapsed() < HANGS, "this never comes: {what}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
