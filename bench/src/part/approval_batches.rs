//! One decision over many tasks, by a batch: beside the same decisions one by one, and beside their statements
//! alone.

use std::time::{Duration, Instant};

use docket::batch::{BulkPapers, CreateApprovalBatch, TaskChoice};
use docket::workflow::BulkVerdict;

use super::DOCKET;
use crate::approvals::{Approvals, person};
use crate::bare::deciding::Statements;
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::stage::{Database, Stage};

/// How many decide one by one at once: no more do any good.
const CALLERS: usize = 8;
/// How long creating the batch may take, in seconds.
const CREATING: f64 = 2.0;
/// How often to look whether the batch has ended.
const LOOK: Duration = Duration::from_millis(10);
/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(600);

/// A batch of 10,000, and a quarter of them one by one.
pub fn comparison(database: Database, stage: &Stage) -> Comparison {
    let decisions = usize::try_from(stage.scale.items / 10).unwrap_or(0);
    let batch = Batch { database, decisions };
    let one_by_one = OneByOne { database, decisions: decisions / 4 };
    let bare = Statements { database, callers: CALLERS, decisions: decisions / 4, behind: 0 };
    let goals = vec![
        Goal::at_least(3.0, batch.name(), vec![one_by_one.name()]),
        Goal::at_least(0.5, batch.name(), vec![bare.name()]),
        Goal {
            of: batch.name(),
            figure: Some("creating s"),
            against: Against::Itself,
            bound: Bound::AtMost(CREATING),
        },
    ];
    let sides: Vec<Box<dyn Side>> = vec![Box::new(batch), Box::new(one_by_one), Box::new(bare)];
    let title = format!("Approvals in a batch on {}", database.name());
    Comparison { title, unit: "approvals/s", sides, goals }
}

struct Batch {
    database: Database,
    decisions: usize,
}

#[async_trait::async_trait]
impl Side for Batch {
    fn name(&self) -> String {
        format!("{DOCKET}, a batch")
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let approvals = Approvals::open(&stage.migrated(self.database, "bench_docket").await?).await?;
        let waiting = approvals.start_for(self.decisions, 1).await?;
        let app = approvals.app();
        let create = CreateApprovalBatch {
            tasks: TaskChoice::Tasks(waiting.iter().map(|one| one.task).collect()),
            verdict: BulkVerdict::Approve,
            comment: None,
            form_data: serde_json::Map::new(),
            papers: BulkPapers::default(),
        };
        let started = Instant::now();
        let batch = app.batches.create_approvals(&person(0), create).await?.batch;
        let creating = started.elapsed();
        let engine = app.engine.clone();
        let started = Instant::now();
        let working = tokio::spawn(async move { engine.work().await });
        loop {
            let found = app.batches.find(&person(0), batch.id()).await?.ok_or("no batch")?;
            if found.run.finished_at.is_some() {
                break;
            }
            if started.elapsed() > HANGS {
                return Err("the batch does not end".into());
            }
            tokio::time::sleep(LOOK).await;
        }
        let took = started.elapsed();
        app.stopping.cancel();
        working.await?;
        approvals.check(waiting.len()).await?;
        let rate = waiting.len() as f64 / took.as_secs_f64();
        Ok(Measured::of(rate).with("creating s", creating.as_secs_f64()))
    }
}

struct OneByOne {
    database: Database,
    decisions: usize,
}

#[async_trait::async_trait]
impl Side for OneByOne {
    fn name(&self) -> String {
        format!("{DOCKET}, one by one, {CALLERS} at once")
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let approvals = Approvals::open(&stage.migrated(self.database, "bench_docket").await?).await?;
        let waiting = approvals.start(self.decisions).await?;
        let rate = approvals.approve(&waiting, CALLERS).await?;
        approvals.check(waiting.len()).await?;
        Ok(Measured::of(rate))
    }
}
