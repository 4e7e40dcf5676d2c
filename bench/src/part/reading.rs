//! Reading: a page of 50 batches with 10 items each, asked for by 32 connections.

use std::time::Duration;

use bytes::Bytes;
use sea_orm::sqlx::{self, Connection as _, PgConnection};
use serde_json::json;
use tokio::process::Command;

use super::DOCKET;
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::load::{Load, Question};
use crate::peer::node;
use crate::program::{self, Place};
use crate::server::Server;
use crate::stage::{Scale, Stage};

/// Who owns the batches.
pub const OWNER: &str = "alice";
/// Batches on the page, and items of each.
const BATCHES: usize = 50;
const ITEMS: usize = 10;
const CONNECTIONS: usize = 32;

/// Docket's GraphQL beside a hand-written handler and PostGraphile, all on one seeded database.
///
/// # Errors
/// Where the database could not be filled.
pub async fn comparison(stage: &Stage) -> Outcome<Comparison> {
    let url = seeded_database(stage).await?;
    let docket = Docket { url: url.clone() };
    let by_hand = ByHand { url: url.clone() };
    let postgraphile = PostGraphile { url };
    let goal = |times, other: &dyn Side| Goal {
        of: DOCKET.to_owned(),
        figure: None,
        against: Against::BestOf(vec![other.name()]),
        bound: Bound::AtLeast(times),
    };
    let goals = vec![goal(0.7, &by_hand), goal(3.0, &postgraphile)];
    Ok(Comparison {
        title: format!("A page of {BATCHES} batches with {ITEMS} items each, {CONNECTIONS} connections"),
        unit: "requests/s",
        sides: vec![Box::new(docket), Box::new(by_hand), Box::new(postgraphile)],
        goals,
    })
}

/// Loads a server with one question, and ends it.
///
/// # Errors
/// Where an answer is not right.
pub async fn load(stage: &Stage, server: Server, question: Question) -> Outcome<Measured> {
    let Scale { warm_up, load: duration, .. } = stage.scale;
    let measured =
        Load { connections: CONNECTIONS, pause: Duration::ZERO, warm_up, duration }.run(&question).await?;
    server.stop().await?;
    Ok(measured)
}

struct Docket {
    url: String,
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        DOCKET.to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let folder = stage.empty_folder("reading")?;
        let place = Place { folder, database: Some(self.url.clone()), ..Place::default() };
        let docket = program::Docket::start(&place).await?;
        let query = "query Page($first: Int!, $items: Int!) {
          batches(first: $first) {
            nodes {
              id number kind status total succeeded failed quotaCost createdAt
              items(first: $items) {
                nodes { index status attempt errorCode startedAt finishedAt }
              }
            }
          }
        }";
        let variables = json!({ "first": BATCHES, "items": ITEMS });
        let body = serde_json::to_vec(&json!({ "query": query, "variables": variables }))?;
        let question = Question {
            address: docket.server.address.clone(),
            path: "/graphql",
            body: Some(Bytes::from(body)),
            authorization: Some(docket.authorization(OWNER)?),
            expected: ("\"attempt\":", BATCHES * ITEMS),
        };
        load(stage, docket.server, question).await
    }
}

struct ByHand {
    url: String,
}

#[async_trait::async_trait]
impl Side for ByHand {
    fn name(&self) -> String {
        "axum and sqlx by hand".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--serve-bare").env("DATABASE_URL", &self.url);
        let server = Server::start(command).await?;
        let question = Question {
            address: server.address.clone(),
            path: "/batches?owner=alice&first=50&items=10",
            body: None,
            authorization: None,
            expected: ("\"attempt\":", BATCHES * ITEMS),
        };
        load(stage, server, question).await
    }
}

struct PostGraphile {
    url: String,
}

#[async_trait::async_trait]
impl Side for PostGraphile {
    fn name(&self) -> String {
        "PostGraphile 5".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let mut command = node("postgraphile.mjs");
        command.env("DATABASE_URL", &self.url);
        let server = Server::start(command).await?;
        let query = "query Page($owner: String!, $first: Int!, $items: Int!) {
          allBatches(first: $first, orderBy: NUMBER_DESC, condition: {createdBy: $owner}) {
            nodes {
              id number kind quotaCost createdAt
              engineRunByRowId {
                status total succeeded failed
                engineItemsByRunId(first: $items) {
                  nodes { idx status attempt errorCode startedAt finishedAt }
                }
              }
            }
          }
        }";
        let variables = json!({ "owner": OWNER, "first": BATCHES, "items": ITEMS });
        let body = serde_json::to_vec(&json!({ "query": query, "variables": variables }))?;
        let question = Question {
            address: server.address.clone(),
            path: "/graphql",
            body: Some(Bytes::from(body)),
            authorization: None,
            expected: ("\"attempt\":", BATCHES * ITEMS),
        };
        load(stage, server, question).await
    }
}

/// A database of finished batches: one item in ten failed, so none of the columns is always null.
async fn seeded_database(stage: &Stage) -> Outcome<String> {
    let url = stage.migrated_postgres("bench_reading").await?;
    let mut connection = PgConnection::connect(&url).await?;
    let script = SEED
        .replace("{batches}", &stage.scale.batches.to_string())
        .replace("{items}", &Scale::BATCH_ITEMS.to_string())
        .replace("{owner}", OWNER);
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut connection).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await?;
    connection.close().await?;
    Ok(url)
}

const SEED: &str = "
INSERT INTO account (user_id, balance, created_at) VALUES ('{owner}', 100, now());
INSERT INTO feature (key, name, quota_cost, is_enabled, allowed_roles, concurrency, max_items, steps,
  created_at, updated_at)
VALUES ('bench', 'Bench', 1, true, '[\"USER\"]', 5, 50, '[]', now(), now());
INSERT INTO engine_run (id, kind, status, concurrency, max_attempts, context, total, succeeded, failed,
  revision, span, head, tail, served_at, created_at, updated_at, started_at, finished_at)
SELECT md5('run' || n)::uuid, 'pipeline', 'PARTIAL_SUCCESS', 5, 3, '{}', {items}, {items} - {items} / 10,
  {items} / 10, {items}, {items}, {items}, {items}, now(), now(), now(), now(), now()
FROM generate_series(1, {batches}) AS n;
INSERT INTO engine_item (run_id, idx, status, attempt, spent, revision, input, result, error_code,
  error_message, started_at, finished_at)
SELECT md5('run' || n)::uuid, i, CASE WHEN fails THEN 'FAILED' ELSE 'SUCCESS' END, 1, 1, i + 1,
  '{\"url\":\"https://pictures.example/' || n || '/' || i || '.jpg\"}',
  CASE WHEN NOT fails THEN '{\"size\":1000}' END, CASE WHEN fails THEN 'FETCH_FAILED' END,
  CASE WHEN fails THEN 'not found' END, now(), now()
FROM generate_series(1, {batches}) AS n, generate_series(0, {items} - 1) AS i,
  LATERAL (SELECT i % 10 = 9 AS fails) AS outcome;
INSERT INTO batch (id, kind, created_by, feature_key, item_cost, quota_cost, created_at)
SELECT md5('run' || n)::uuid, 'PIPELINE', '{owner}', 'bench', 1, {items}, now()
FROM generate_series(1, {batches}) AS n ORDER BY n";
