//! Creating a batch of 100,000 items.

use std::time::Instant;

use sea_orm::sqlx::{self, Connection as _, PgConnection};
use serde_json::json;
use uuid::Uuid;

use super::DOCKET;
use super::busy::grant;
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::program::{self, Place, text_at};
use crate::stage::{Database, Stage};

/// The most that a feature can allow.
const ITEMS: usize = 100_000;
/// The request has every address in it.
const BODY_BYTES: usize = 16 << 20;

/// One `createBatch` over HTTP, from the request's first byte to the answer, on both databases.
pub fn comparison() -> Comparison {
    let postgres = Docket(Database::Postgres);
    let sqlite = Docket(Database::Sqlite);
    let goals = [&postgres, &sqlite].map(|side| Goal {
        of: side.name(),
        figure: None,
        against: Against::Itself,
        bound: Bound::AtMost(3.0),
    });
    Comparison {
        title: format!("Creating a batch of {ITEMS} items"),
        unit: "seconds",
        sides: vec![Box::new(postgres), Box::new(sqlite), Box::new(Insert)],
        goals: goals.into(),
    }
}

fn addresses() -> Vec<String> {
    (0..ITEMS)
        .map(|n| format!("http://127.0.0.1:9/pictures/of/a/longer/address/picture_{n:06}.jpg"))
        .collect()
}

struct Docket(Database);

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        match self.0 {
            Database::Postgres => DOCKET.to_owned(),
            Database::Sqlite => format!("{DOCKET} on SQLite"),
        }
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let database = match self.0 {
            Database::Postgres => Some(stage.migrated_postgres("bench_docket").await?),
            Database::Sqlite => None,
        };
        let settings = vec![
            ("DOCKET_HTTP__MAX_BODY_BYTES", BODY_BYTES.to_string()),
            ("DOCKET_FETCH__ALLOW", "127.0.0.1:9".to_owned()),
        ];
        let place = Place { folder: stage.empty_folder("creating")?, database, settings };
        let docket = program::Docket::start(&place).await?;
        grant(&docket, ITEMS).await?;
        let create =
            "mutation ($input: CreateFeatureInput!) { createFeature(input: $input) { feature { id } } }";
        let feature = json!({ "key": "bench", "name": "Bench", "quotaCost": 1, "maxItems": ITEMS,
            "steps": [{ "name": "strip_metadata", "kind": "strip_metadata" }] });
        docket.ask("olivia", create, json!({ "input": feature })).await?;

        let query = "mutation ($input: CreateBatchInput!) { createBatch(input: $input) { quotaCost batch { status total } } }";
        let input = json!({ "featureId": "bench", "inputImages": addresses() });
        let body = json!({ "query": query, "variables": { "input": input } }).to_string();
        docket.server.forget_peak()?;
        let before = docket.server.memory()?;
        let started = Instant::now();
        let answer = docket.ask_in_bytes("alice", body).await?;
        let seconds = started.elapsed().as_secs_f64();
        let memory = docket.server.peak_memory()? - before;
        docket.server.stop().await?;
        text_at(&answer, "/createBatch/batch/status")?;
        if answer["createBatch"]["batch"]["total"] != json!(ITEMS) {
            return Err(format!("not created: {answer}").into());
        }
        Ok(Measured::of(seconds).with("added memory MB", memory))
    }
}

/// The rows alone: 1,000 a statement, one transaction, on PostgreSQL.
struct Insert;

#[async_trait::async_trait]
impl Side for Insert {
    fn name(&self) -> String {
        "limit: the rows alone, on PostgreSQL".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let url = stage.migrated_postgres("bench_limit").await?;
        let mut connection = PgConnection::connect(&url).await?;
        let inputs: Vec<String> =
            addresses().iter().map(|address| json!({ "url": address }).to_string()).collect();
        let run = Uuid::now_v7();
        let started = Instant::now();
        let mut tx = connection.begin().await?;
        sqlx::query(
            "INSERT INTO engine_run (id, kind, concurrency, max_attempts, context, total, span, tail,
               served_at, created_at, updated_at)
             VALUES ($1, 'none', 5, 3, '{}', $2, $2, $2, now(), now(), now())",
        )
        .bind(run)
        .bind(i64::try_from(ITEMS)?)
        .execute(&mut *tx)
        .await?;
        let mut idx = 0;
        for chunk in inputs.chunks(1_000) {
            sqlx::query(
                "INSERT INTO engine_item (run_id, idx, input)
                 SELECT $1, $2 + n - 1, input FROM unnest($3::text[]) WITH ORDINALITY AS chunk(input, n)",
            )
            .bind(run)
            .bind(idx)
            .bind(chunk)
            .execute(&mut *tx)
            .await?;
            idx += i32::try_from(chunk.len())?;
        }
        tx.commit().await?;
        let seconds = started.elapsed().as_secs_f64();
        connection.close().await?;
        Ok(Measured::of(seconds))
    }
}
