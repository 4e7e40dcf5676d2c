//! The page of batches by hand: axum, two statements of sqlx, and serde.

use std::collections::HashMap;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use sea_orm::sqlx::postgres::{PgPoolOptions, PgRow};
use sea_orm::sqlx::{self, FromRow, PgPool, Row as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::comparison::Outcome;

/// Serves the page at `/batches?owner=…&first=…&items=…` from `DATABASE_URL`, on a free port that it
/// prints, until it is ended.
///
/// # Errors
/// Where the database or the port is not to be had.
pub async fn serve() -> Outcome<()> {
    let url = std::env::var("DATABASE_URL")?;
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .connect(&url)
        .await?;
    let app = Router::new().route("/batches", get(page)).with_state(pool);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    crate::report::listening(listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

#[derive(Deserialize)]
struct Arguments {
    owner: String,
    first: i64,
    items: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    #[serde(flatten)]
    row: BatchRow,
    items: Vec<Item>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchRow {
    id: Uuid,
    number: i64,
    kind: String,
    status: String,
    total: i64,
    succeeded: i64,
    failed: i64,
    quota_cost: i64,
    created_at: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(skip)]
    run_id: Uuid,
    #[serde(rename = "index")]
    idx: i32,
    status: String,
    attempt: i32,
    error_code: Option<String>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl FromRow<'_, PgRow> for BatchRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get(0)?,
            number: row.try_get(1)?,
            kind: row.try_get(2)?,
            status: row.try_get(3)?,
            total: row.try_get(4)?,
            succeeded: row.try_get(5)?,
            failed: row.try_get(6)?,
            quota_cost: row.try_get(7)?,
            created_at: row.try_get(8)?,
        })
    }
}

impl FromRow<'_, PgRow> for Item {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            run_id: row.try_get(0)?,
            idx: row.try_get(1)?,
            status: row.try_get(2)?,
            attempt: row.try_get(3)?,
            error_code: row.try_get(4)?,
            started_at: row.try_get(5)?,
            finished_at: row.try_get(6)?,
        })
    }
}

async fn page(
    State(pool): State<PgPool>,
    Query(arguments): Query<Arguments>,
) -> Result<Json<Vec<Batch>>, StatusCode> {
    read(&pool, &arguments).await.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn read(pool: &PgPool, arguments: &Arguments) -> Result<Vec<Batch>, sqlx::Error> {
    let rows: Vec<BatchRow> = sqlx::query_as(
        "SELECT batch.id, number, batch.kind, status, total, succeeded, failed, quota_cost, batch.created_at
         FROM batch JOIN engine_run AS run ON run.id = batch.id
         WHERE created_by = $1 ORDER BY number DESC LIMIT $2",
    )
    .bind(&arguments.owner)
    .bind(arguments.first)
    .fetch_all(pool)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let items: Vec<Item> = sqlx::query_as(
        "SELECT item.* FROM unnest($1::uuid[]) AS page(id) CROSS JOIN LATERAL (
           SELECT run_id, idx, status, attempt, error_code, started_at, finished_at
           FROM engine_item WHERE run_id = page.id ORDER BY idx LIMIT $2
         ) AS item",
    )
    .bind(&ids)
    .bind(arguments.items)
    .fetch_all(pool)
    .await?;
    let mut of_batch: HashMap<Uuid, Vec<Item>> = HashMap::with_capacity(ids.len());
    for item in items {
        of_batch.entry(item.run_id).or_default().push(item);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let items = of_batch.remove(&row.id).unwrap_or_default();
            Batch { row, items }
        })
        .collect())
}
