//! What connections promise, on the databases themselves.

use sea_orm::{ConnectionTrait as _, DatabaseConnection};

use crate::kernel::{ErrorCode, Fault};

use super::Db;
use super::scratch::Scratch;

/// How many rows everybody sees in the table of [`with_a_table`].
async fn seen(connection: &DatabaseConnection) -> i64 {
    let row = connection.query_one_raw(super::dialect::sql(
        connection.get_database_backend(),
        "SELECT count(*) AS n FROM written",
        [],
    ));
    row.await.unwrap().unwrap().try_get("", "n").unwrap()
}

async fn with_a_table(scratch: &Scratch) {
    scratch.db.writer().execute_unprepared("CREATE TABLE written (n INTEGER NOT NULL)").await.unwrap();
}

/// Begins a transaction and gives it up, each time after another number of steps, so that some are
/// given up while the database has not answered yet. What is written next must be there for others.
async fn abandoned_begins_hide_no_write(scratch: Scratch, connections: u32) {
    with_a_table(&scratch).await;
    let db = Db::connect(&scratch.url, connections).await.unwrap();
    for round in 0..100_i64 {
        let abandoned: Vec<_> = (0..=connections)
            .map(|_| {
                let db = db.clone();
                async move {
                    let mut begin = Box::pin(db.begin());
                    for _ in 0..=round % 5 {
                        if futures::poll!(&mut begin).is_ready() {
                            break;
                        }
                        tokio::task::yield_now().await;
                    }
                }
            })
            .collect();
        futures::future::join_all(abandoned).await;
        let aborted = tokio::spawn({
            let db = db.clone();
            async move { db.begin().await.map(drop) }
        });
        tokio::task::yield_now().await;
        aborted.abort();
        db.writer().execute_unprepared("INSERT INTO written (n) VALUES (1)").await.unwrap();
        assert_eq!(seen(scratch.db.reader()).await, round + 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abandoned_begin_hides_no_later_write_on_postgresql() {
    abandoned_begins_hide_no_write(Scratch::postgres().await, 1).await;
    abandoned_begins_hide_no_write(Scratch::postgres().await, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_abandoned_begin_hides_no_later_write_on_sqlite() {
    abandoned_begins_hide_no_write(Scratch::sqlite().await, 2).await;
}

/// A replica that freezes in the middle of a transaction must not hold its locks for ever, and who
/// waits for a lock must not wait for ever.
#[tokio::test]
async fn every_connection_to_postgresql_has_its_time_limits() {
    let scratch = Scratch::postgres().await;
    // Three of them for transactions.
    let db = Db::connect(&scratch.url, 6).await.unwrap();
    let mut open = Vec::new();
    for _ in 0..3 {
        let tx = db.begin().await.unwrap();
        for (setting, expected) in [
            ("idle_in_transaction_session_timeout", "10s"),
            ("lock_timeout", "10s"),
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
            ("tcp_user_timeout", "25000"),
            ("jit", "off"),
        ] {
            let row = tx.query_one_raw(super::dialect::sql(
                db.backend(),
                format!("SELECT current_setting('{setting}') AS value"),
                [],
            ));
            let value: String = row.await.unwrap().unwrap().try_get("", "value").unwrap();
            assert_eq!(value, expected, "{setting}");
        }
        open.push(tx);
    }
}

#[tokio::test]
async fn who_waits_too_long_for_a_lock_is_told_to_try_again() {
    let scratch = Scratch::postgres().await;
    with_a_table(&scratch).await;
    let holder = scratch.db.begin().await.unwrap();
    holder.execute_unprepared("LOCK TABLE written").await.unwrap();
    let waiter = scratch.db.begin().await.unwrap();
    waiter.execute_unprepared("SET LOCAL lock_timeout = '20ms'").await.unwrap();
    let error = waiter.execute_unprepared("INSERT INTO written (n) VALUES (1)").await.unwrap_err();
    let fault = Fault::from(error);
    assert_eq!(fault.code(), ErrorCode::Conflict);
    assert_eq!(fault.details()["retryable"], true);
    // Everything else stays our own fault.
    drop(waiter);
    let error = scratch.db.writer().execute_unprepared("INSERT INTO nowhere VALUES (1)").await.unwrap_err();
    assert_eq!(Fault::from(error).code(), ErrorCode::Internal);
}
