//! What reading items costs, asked of both databases' planners with many of them there.

use super::*;
use crate::storage::plans::{Meter, rows_read};
use crate::storage::scratch::Scratch;

/// How many items there are: half in one run, the rest in runs of 100.
const ITEMS: i32 = 40_000;

fn id(run: i32) -> Uuid {
    Uuid::from_u128(u128::from(run.unsigned_abs()))
}

/// Runs that have ended well, but for every tenth item of the large one, which failed twice.
async fn fill(db: &Db) {
    let of_large = (0..ITEMS / 2).map(|idx| (id(0), idx));
    let of_small = (0..ITEMS / 2).map(|n| (id(1 + n / 100), n % 100));
    let keys: Vec<_> = of_large.chain(of_small).collect();
    let now = DateTime::<Utc>::from_timestamp(1_700_000_000, 0).unwrap();
    let tx = db.begin().await.unwrap();
    let totals: Vec<_> =
        (0..=ITEMS / 200).map(|run| if run == 0 { i64::from(ITEMS / 2) } else { 100 }).collect();
    let runs = Rows::new([
        ("id", Column::Ids((0..=ITEMS / 200).map(id).collect())),
        ("total", Column::BigIntegers(totals)),
    ])
    .each_with("now", now);
    let text = |runs: &str| {
        format!(
            "INSERT INTO engine_run (id, kind, status, concurrency, max_attempts, context, total, succeeded, \
             revision, span, head, tail, served_at, created_at, updated_at, finished_at) SELECT id, 'test', \
             'SUCCESS', 5, 3, '{{}}', total, total, total, total, total, total, now, now, now, now FROM {runs}"
        )
    };
    runs.execute_in_op(&tx, text).await.unwrap();
    let rows = keyed(&keys).each_with("now", now);
    let text = |rows: &str| {
        format!(
            "INSERT INTO engine_item (run_id, idx, status, attempt, spent, revision, input, result, finished_at) \
             SELECT run_id, idx, 'SUCCESS', 1, 1, idx + 1, '{{}}', '{{}}', now FROM {rows}"
        )
    };
    rows.execute_in_op(&tx, text).await.unwrap();
    let failed: Vec<_> = keys.into_iter().filter(|(run, idx)| *run == id(0) && idx % 10 == 0).collect();
    for number in 1..=2 {
        let rows = keyed(&failed).each_with("number", number).each_with("now", now);
        let text = |rows: &str| {
            format!(
                "INSERT INTO engine_attempt (run_id, idx, number, generation, error_code, error_message, finished_at) \
                 SELECT run_id, idx, number, 1, 'WHY', 'because', now FROM {rows}"
            )
        };
        rows.execute_in_op(&tx, text).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Everything that is read of many items, with the most rows that it may look at.
fn cases(backend: DbBackend) -> Vec<(&'static str, Statement, f64)> {
    let scattered: Vec<_> = (0..500).map(|n| (id(0), n * 40)).collect();
    let of_many: Vec<_> = (0..100).map(|n| (id(1 + n), n)).collect();
    let runs: Vec<_> = (0..50).map(id).collect();
    vec![
        ("items of one run", items_by_key_statement(backend, &scattered), 500.0),
        ("items of many runs", items_by_key_statement(backend, &of_many), 100.0),
        ("the first items of runs", first_items_statement::<item::Model>(backend, &runs, 10), 500.0),
        ("attempts at many items", attempts_statement(backend, &scattered), 1_000.0),
        // Of a short stretch all may be read, so as to be sorted; of a long one, not.
        ("a run's last changes", changes_statement(backend, id(0), 19_000, 20_000, 500), 1_000.0),
        ("a run's first changes", changes_statement(backend, id(0), 0, 20_000, 500), 500.0),
        ("what has not changed", changes_statement(backend, id(0), 20_000, 20_000, 500), 0.0),
    ]
}

#[tokio::test]
async fn no_more_is_read_than_is_told_on_postgres() {
    let scratch = Scratch::postgres().await;
    fill(&scratch.db).await;
    // What is known of the tables makes no difference: nothing at first, and then all.
    for known in [false, true] {
        if known {
            let analyze = "ANALYZE engine_run, engine_item, engine_attempt";
            scratch.db.writer().execute_unprepared(analyze).await.unwrap();
        }
        for (name, statement, most) in cases(scratch.db.backend()) {
            let text = statement.sql.clone();
            let read = rows_read(&scratch.db, statement).await;
            assert!(read <= most, "{name} (analysed: {known}): {read} rows read by {text}");
        }
    }
}

#[tokio::test]
async fn no_more_is_read_than_is_told_on_sqlite() {
    let scratch = Scratch::sqlite().await;
    fill(&scratch.db).await;
    let meter = Meter::over(&scratch).await;
    for (name, statement, _) in cases(scratch.db.backend()) {
        let text = statement.sql.clone();
        let (instructions, rows) = meter.instructions(statement).await;
        // For each row its columns and what finds it; a walk takes several for each that it passes.
        let most = 1_000 + 100 * rows as u64;
        assert!(instructions <= most, "{name}: {instructions} instructions for {rows} rows by {text}");
    }
}
