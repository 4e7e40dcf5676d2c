//! Small queries while pictures are worked on.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use super::DOCKET;
use super::photographs::upload_all;
use crate::bare::photographs::write_photographs;
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::load::{Load, Question};
use crate::program::{self, Place};
use crate::stage::{Scale, Stage};

/// Batches that run at once, and pictures of each.
const BATCHES: usize = 5;
const PICTURES: usize = 50;
/// Pages that ask, and how long each waits after an answer: an attentive audience, not a flood.
const CONNECTIONS: usize = 8;
const PAUSE: Duration = Duration::from_millis(20);

/// What a page of batches asks for on opening.
const QUERY: &str =
    "{ viewer { quota { balance } } batches(first: 10) { nodes { id number status succeeded total } } }";

/// The same queries at the same server, idle and at work.
///
/// # Errors
/// Where the photographs could not be written.
pub fn comparison(stage: &Stage) -> Outcome<Comparison> {
    let photographs = write_photographs(&stage.empty_folder("busy_photographs")?, PICTURES)?;
    let idle = Docket { photographs: None };
    let goals = vec![Goal {
        of: DOCKET.to_owned(),
        figure: None,
        against: Against::BestOf(vec![idle.name()]),
        bound: Bound::AtMost(5.0),
    }];
    Ok(Comparison {
        title: format!("Small queries with {BATCHES} batches of {PICTURES} photographs running"),
        unit: "ms, 99th percentile",
        sides: vec![Box::new(Docket { photographs: Some(photographs) }), Box::new(idle)],
        goals,
    })
}

struct Docket {
    /// To work on meanwhile, where it is not idle.
    photographs: Option<Vec<PathBuf>>,
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        if self.photographs.is_some() { DOCKET.to_owned() } else { "docket, idle".to_owned() }
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let place = Place { folder: stage.empty_folder("busy")?, ..Place::default() };
        let docket = program::Docket::start(&place).await?;
        let mut running = 0;
        if let Some(photographs) = &self.photographs {
            grant(&docket, BATCHES * PICTURES).await?;
            let images = upload_all(&docket, photographs).await?;
            for _ in 0..BATCHES {
                docket.create("alice", "basic_clean", &images).await?;
                running += 1;
            }
        }
        let question = Question {
            address: docket.server.address.clone(),
            path: "/graphql",
            body: Some(Bytes::from(json!({ "query": QUERY }).to_string())),
            authorization: Some(docket.authorization("alice")?),
            expected: ("\"succeeded\":", running),
        };
        let Scale { warm_up, load: duration, .. } = stage.scale;
        let load = Load { connections: CONNECTIONS, pause: PAUSE, warm_up, duration };
        let measured = load.run(&question).await?;
        let left = left(&docket).await?;
        docket.server.stop().await?;
        if running > 0 && left == 0 {
            return Err("the batches had ended before the queries: the load was none".into());
        }
        let p99 = measured.beside.get("p99 ms").copied().ok_or("no percentile")?;
        let p50 = measured.beside.get("p50 ms").copied().ok_or("no percentile")?;
        Ok(Measured::of(p99).with("p50 ms", p50).with("requests/s", measured.value))
    }
}

/// How many items are still to be done.
async fn left(docket: &program::Docket) -> Outcome<i64> {
    let answer = docket.ask("alice", "{ batches { nodes { pending running } } }", json!({})).await?;
    let batches = answer["batches"]["nodes"].as_array().ok_or("no batches")?;
    let count = |batch: &serde_json::Value, key: &str| batch[key].as_i64().unwrap_or(0);
    Ok(batches.iter().map(|batch| count(batch, "pending") + count(batch, "running")).sum())
}

/// Gives alice quota for so many items more.
///
/// # Errors
/// Where it is refused.
pub async fn grant(docket: &program::Docket, items: usize) -> Outcome<()> {
    let query = "mutation ($input: GrantQuotaInput!) { grantQuota(input: $input) { quota { balance } } }";
    let input =
        json!({ "userId": "alice", "amount": items, "reason": "to measure", "idempotencyKey": "bench" });
    docket.ask("admin", query, json!({ "input": input })).await?;
    Ok(())
}
