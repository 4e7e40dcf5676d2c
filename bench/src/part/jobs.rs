//! Jobs done through the API by workers outside, beside the engine's items that do nothing.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use super::DOCKET;
use super::timers::NoOp;
use crate::approvals::Approvals;
use crate::comparison::{Comparison, Goal, Measured, Outcome, Side};
use crate::program::{self, Place};
use crate::stage::{Database, Stage};

/// Start, a job, end.
const A_JOB: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="bench">
  <process id="a-job" name="A job"><startEvent id="start"/>
  <serviceTask id="work" camunda:type="external" camunda:topic="bench"/><endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="work"/>
  <sequenceFlow id="b" sourceRef="work" targetRef="end"/></process></definitions>"#;

/// How many workers ask at once.
const WORKERS: usize = 4;
/// How many jobs each claims at a time.
const CLAIMED: usize = 100;

const CLAIM: &str =
    "mutation ($input: ClaimJobsInput!) { claimJobs(input: $input) { jobs { lock job { id } } } }";
const COMPLETE_ALL: &str =
    "mutation ($input: CompleteJobsInput!) { completeJobs(input: $input) { jobs { status } } }";
const COMPLETE_ONE: &str =
    "mutation ($input: CompleteJobInput!) { completeJob(input: $input) { job { status } } }";

/// Reported by the hundred, and one by one.
pub fn comparison() -> Comparison {
    let noop = NoOp(Database::Postgres);
    let of = Docket { one_by_one: false }.name();
    let goals = vec![Goal::at_least(1.0 / 3.0, of, vec![noop.name()])];
    let sides: Vec<Box<dyn Side>> =
        vec![Box::new(Docket { one_by_one: false }), Box::new(Docket { one_by_one: true }), Box::new(noop)];
    Comparison { title: "Jobs through the API on PostgreSQL".to_owned(), unit: "jobs/s", sides, goals }
}

struct Docket {
    one_by_one: bool,
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        let how = if self.one_by_one { "one by one" } else { "by the hundred" };
        format!("{DOCKET}, {how}")
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let url = stage.migrated(Database::Postgres, "bench_docket").await?;
        let approvals = Approvals::open(&url).await?;
        approvals.deploy(A_JOB.to_owned()).await?;
        let items = usize::try_from(stage.scale.items)?;
        let items = if self.one_by_one { items / 10 } else { items };
        let waiting = approvals.wait("a-job", items - 1).await?;
        let place = Place { folder: stage.empty_folder("jobs")?, database: Some(url), ..Place::default() };
        let docket = Arc::new(program::Docket::start(&place).await?);
        let started = Instant::now();
        let workers: Vec<_> = (0..WORKERS)
            .map(|n| tokio::spawn(work(Arc::clone(&docket), format!("worker-{n}"), self.one_by_one)))
            .collect();
        let mut done = 0;
        for worker in workers {
            done += worker.await??;
        }
        let took = started.elapsed();
        if done != waiting {
            return Err(format!("{done} of {waiting} jobs were done").into());
        }
        approvals.check(waiting).await?;
        Arc::into_inner(docket).ok_or("a worker is left")?.server.stop().await?;
        Ok(Measured::of(waiting as f64 / took.as_secs_f64()))
    }
}

/// Claims and completes until there is nothing left; how many.
async fn work(docket: Arc<program::Docket>, worker: String, one_by_one: bool) -> Outcome<usize> {
    let mut done = 0;
    loop {
        let input = json!({ "topics": ["bench"], "worker": worker, "max": CLAIMED, "variables": [] });
        let claimed = docket.ask("olivia", CLAIM, json!({ "input": input })).await?;
        let jobs = claimed["claimJobs"]["jobs"].as_array().ok_or("no jobs")?;
        if jobs.is_empty() {
            return Ok(done);
        }
        let jobs: Vec<Value> =
            jobs.iter().map(|job| json!({ "jobId": job["job"]["id"], "lock": job["lock"] })).collect();
        done += jobs.len();
        if one_by_one {
            for job in jobs {
                docket.ask("olivia", COMPLETE_ONE, json!({ "input": job })).await?;
            }
        } else {
            docket.ask("olivia", COMPLETE_ALL, json!({ "input": { "jobs": jobs } })).await?;
        }
    }
}
