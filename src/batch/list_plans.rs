//! What a page of batches reads, asked of both databases' planners with many batches there.

use super::*;
use crate::storage::Db;
use crate::storage::plans::{Meter, rows_read};
use crate::storage::scratch::Scratch;

/// How many batches there are: every tenth is alice's, every 20th of her feature `b`.
const BATCHES: i64 = 20_000;
/// The size of the pages that are asked for.
const PAGE: u64 = 20;

fn actor(user_id: &str, role: Role) -> Actor {
    Actor { user_id: user_id.into(), name: user_id.into(), role, plan: None }
}

/// Batches that were created a second apart, some still open.
async fn fill(db: &Db) {
    let postgres = db.backend() == DbBackend::Postgres;
    let (id, time) = if postgres {
        ("lpad(to_hex(n), 32, '0')::uuid", "timestamptz '2026-01-01T00:00:00Z' + n * interval '1 second'")
    } else {
        ("unhex(format('%032x', n))", "strftime('%Y-%m-%dT%H:%M:%S+00:00', 1767225600 + n, 'unixepoch')")
    };
    let numbers =
        format!("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < {BATCHES})");
    let features = ["a", "b"].map(|key| {
        format!(
            "INSERT INTO feature (key, name, quota_cost, is_enabled, allowed_roles, concurrency, max_items, steps, \
             created_at, updated_at) VALUES ('{key}', '{key}', 1, true, '[]', 5, 50, '[]', \
             '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00+00:00')"
        )
    });
    let accounts = ["alice", "bob"].map(|user| {
        format!(
            "INSERT INTO account (user_id, balance, created_at) VALUES ('{user}', 0, '2026-01-01T00:00:00+00:00')"
        )
    });
    let runs = format!(
        "INSERT INTO engine_run (id, kind, status, concurrency, max_attempts, context, total, succeeded, span, \
         head, tail, served_at, created_at, updated_at, finished_at) {numbers} \
         SELECT {id}, 'pipeline', CASE WHEN n % 1000 = 0 THEN 'PENDING' ELSE 'SUCCESS' END, 5, 3, '{{}}', 1, \
         CASE WHEN n % 1000 = 0 THEN 0 ELSE 1 END, 1, 0, 1, {time}, {time}, {time}, \
         CASE WHEN n % 1000 = 0 THEN NULL ELSE {time} END FROM t"
    );
    let batches = format!(
        "INSERT INTO batch (id, kind, created_by, feature_key, item_cost, created_at) {numbers} \
         SELECT {id}, 'PIPELINE', CASE WHEN n % 10 = 0 THEN 'alice' ELSE 'bob' END, \
         CASE WHEN n % 20 = 0 THEN 'b' ELSE 'a' END, 1, {time} FROM t"
    );
    for statement in features.into_iter().chain(accounts).chain([runs, batches]) {
        db.writer().execute_unprepared(&statement).await.unwrap();
    }
    if postgres {
        db.writer().execute_unprepared("ANALYZE batch, engine_run").await.unwrap();
    }
}

/// Every page that must be read without looking at the rest: whoever asks, in either direction,
/// from the start and from the middle.
async fn cases(db: &Db) -> Vec<(String, Statement)> {
    let mut cases = Vec::new();
    let filters = [
        ("all", BatchFilter::default()),
        ("a feature's", BatchFilter { feature: Some("b".into()), ..BatchFilter::default() }),
        (
            "the open ones",
            BatchFilter {
                statuses: Some(vec![RunStatus::Pending, RunStatus::Processing]),
                ..BatchFilter::default()
            },
        ),
    ];
    for (name, filter) in filters {
        for actor in [actor("alice", Role::User), actor("admin", Role::Admin)] {
            for field in [BatchOrderField::CreatedAt, BatchOrderField::Number] {
                for direction in [Direction::Asc, Direction::Desc] {
                    let order = BatchOrder { field, direction };
                    let first = PageRequest { limit: PAGE, backwards: false, after: None, before: None };
                    let read = page(db.reader(), &actor, &filter, order, &first).await.unwrap();
                    assert!(!read.edges.is_empty(), "{name}");
                    let middle = PageRequest {
                        after: read.edges.last().map(|edge| field.place(&edge.node)),
                        ..first.clone()
                    };
                    for (place, request) in [("the first page", first), ("behind it", middle)] {
                        let statement =
                            page_statement(db.backend(), &actor, &filter, order, &request).unwrap();
                        cases
                            .push((format!("{name} for {} by {order:?}, {place}", actor.user_id), statement));
                    }
                }
            }
        }
    }
    cases
}

#[tokio::test]
async fn a_page_reads_little_more_than_itself_on_postgres() {
    let scratch = Scratch::postgres().await;
    fill(&scratch.db).await;
    for (name, statement) in cases(&scratch.db).await {
        let text = statement.sql.clone();
        let read = rows_read(&scratch.db, statement).await;
        // A batch and its run each, the one that tells of a next page, and for a rare feature or
        // state some others in between.
        let most = if name.starts_with("all") { 2.0 * (PAGE as f64 + 1.0) } else { 1_000.0 };
        assert!(read <= most, "{name}: {read} rows read by {text}");
    }
}

#[tokio::test]
async fn a_page_reads_little_more_than_itself_on_sqlite() {
    let scratch = Scratch::sqlite().await;
    fill(&scratch.db).await;
    let meter = Meter::over(&scratch).await;
    for (name, statement) in cases(&scratch.db).await {
        let text = statement.sql.clone();
        let (instructions, rows) = meter.instructions(statement).await;
        assert!(rows > 0 || name.ends_with("behind it"), "{name}");
        // As many rows as on PostgreSQL, at some hundred instructions each.
        let most = if name.starts_with("all") { 100 * 2 * (PAGE + 1) } else { 100_000 };
        assert!(instructions <= most, "{name}: {instructions} instructions by {text}");
    }
}
