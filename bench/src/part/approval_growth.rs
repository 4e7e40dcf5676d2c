//! A batch of approvals as it grows: how fast, and how much memory the program has at its peak.

use std::time::Instant;

use serde_json::json;

use super::DOCKET;
use crate::approvals::Approvals;
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::program::{self, Place, text_at};
use crate::stage::{Database, Stage};

/// The large batch has so many times the tasks.
const LARGER: usize = 100;
/// Flat is what stays below this part of the small batch's memory, for 100 times the tasks.
const FLAT: f64 = 1.3;
/// And of its rate it keeps at least this.
const KEPT: f64 = 0.8;

/// A batch of 1,000 beside one of 100,000, on PostgreSQL, each in a program of its own.
pub fn comparison(stage: &Stage) -> Comparison {
    let tasks = usize::try_from(stage.scale.items).unwrap_or(0);
    let [small, large] = [tasks / LARGER, tasks].map(|tasks| Batch { tasks });
    let goal = |figure, bound| Goal {
        of: large.name(),
        figure,
        against: Against::BestOf(vec![small.name()]),
        bound,
    };
    let goals = vec![goal(Some("peak memory MB"), Bound::AtMost(FLAT)), goal(None, Bound::AtLeast(KEPT))];
    Comparison {
        title: "Approvals in batches as they grow".to_owned(),
        unit: "approvals/s",
        goals,
        sides: vec![Box::new(small), Box::new(large)],
    }
}

struct Batch {
    tasks: usize,
}

#[async_trait::async_trait]
impl Side for Batch {
    fn name(&self) -> String {
        format!("{DOCKET}, a batch of {}", self.tasks)
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let url = stage.migrated(Database::Postgres, "bench_docket").await?;
        let approvals = Approvals::open(&url).await?;
        approvals.start_as(self.tasks, |_| "alice".to_owned()).await?;
        let place =
            Place { folder: stage.empty_folder("approvals")?, database: Some(url), settings: Vec::new() };
        let docket = program::Docket::start(&place).await?;
        let query = "mutation ($input: CreateApprovalBatchInput!) { createApprovalBatch(input: $input) { batch { id total } } }";
        let input = json!({ "filter": { "definitionKey": "one-step" }, "decision": "APPROVE" });
        docket.server.forget_peak()?;
        let started = Instant::now();
        let answer = docket.ask("alice", query, json!({ "input": input })).await?;
        if answer["createApprovalBatch"]["batch"]["total"] != json!(self.tasks) {
            return Err(format!("not created: {answer}").into());
        }
        docket.until_success("alice", &text_at(&answer, "/createApprovalBatch/batch/id")?).await?;
        let seconds = started.elapsed().as_secs_f64();
        let peak = docket.server.peak_memory()?;
        docket.server.stop().await?;
        approvals.check(self.tasks).await?;
        Ok(Measured::of(self.tasks as f64 / seconds).with("peak memory MB", peak))
    }
}
