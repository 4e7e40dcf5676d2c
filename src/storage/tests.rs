//! What connections promise, on the databases themselves.

use sea_orm::{ConnectionTrait as _, DatabaseConnection};

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
