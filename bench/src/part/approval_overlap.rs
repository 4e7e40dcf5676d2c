//! Many people decide the same tasks in batches of their own: all at once, beside one after another.

use std::time::{Duration, Instant};

use docket::batch::{BulkPapers, CreateApprovalBatch, TaskChoice};
use docket::workflow::BulkVerdict;
use uuid::Uuid;

use super::DOCKET;
use crate::approvals::{Approvals, person};
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::stage::{Database, Stage};

/// How many people there are, each with all the tasks.
const PEOPLE: usize = 20;
/// At once, it takes at most so many times as long.
const LONGER: f64 = 1.5;
/// How often to look whether a batch has ended.
const LOOK: Duration = Duration::from_millis(5);

/// 20 people and 2,000 tasks, on PostgreSQL.
pub fn comparison(stage: &Stage) -> Comparison {
    let tasks = usize::try_from(stage.scale.items / 50).unwrap_or(0);
    let [at_once, in_turn] = [true, false].map(|is_at_once| Overlap { tasks, is_at_once });
    let goal = Goal {
        of: at_once.name(),
        figure: None,
        against: Against::BestOf(vec![in_turn.name()]),
        bound: Bound::AtMost(LONGER),
    };
    Comparison {
        title: format!("{PEOPLE} batches of approvals over the same {tasks} tasks"),
        unit: "seconds",
        goals: vec![goal],
        sides: vec![Box::new(at_once), Box::new(in_turn)],
    }
}

#[derive(Clone, Copy)]
struct Overlap {
    tasks: usize,
    is_at_once: bool,
}

/// Creates a batch over all tasks, each in another order, and waits for its end; how many it has decided.
async fn decide(approvals: &Approvals, tasks: &[Uuid], who: usize) -> Outcome<i64> {
    let mut tasks = tasks.to_vec();
    let turn = who * tasks.len() / PEOPLE;
    tasks.rotate_left(turn);
    let create = CreateApprovalBatch {
        tasks: TaskChoice::Tasks(tasks),
        verdict: BulkVerdict::Approve,
        comment: None,
        form_data: serde_json::Map::new(),
        papers: BulkPapers::default(),
    };
    let batches = &approvals.app().batches;
    let batch = batches.create_approvals(&person(who), create).await?.batch;
    loop {
        let run = batches.find(&person(who), batch.id()).await?.ok_or("no batch")?.run;
        if run.finished_at.is_some() {
            return if run.failed == 0 { Ok(run.succeeded) } else { Err(format!("{run:?}").into()) };
        }
        tokio::time::sleep(LOOK).await;
    }
}

#[async_trait::async_trait]
impl Side for Overlap {
    fn name(&self) -> String {
        format!("{DOCKET}, {}", if self.is_at_once { "all at once" } else { "one after another" })
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let approvals = Approvals::open(&stage.migrated(Database::Postgres, "bench_docket").await?).await?;
        let people: Vec<_> = (0..PEOPLE).map(|n| person(n).user_id).collect();
        let tasks = approvals.start_shared(self.tasks, &people).await?;
        let engine = approvals.app().engine.clone();
        let working = tokio::spawn(async move { engine.work().await });
        let started = Instant::now();
        let mut decided = 0;
        if self.is_at_once {
            let all = (0..PEOPLE).map(|who| decide(&approvals, &tasks, who));
            for one in futures::future::join_all(all).await {
                decided += one?;
            }
        } else {
            for who in 0..PEOPLE {
                decided += decide(&approvals, &tasks, who).await?;
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        approvals.app().stopping.cancel();
        working.await?;
        if decided != i64::try_from(self.tasks)? {
            return Err(format!("{decided} of {} tasks were decided", self.tasks).into());
        }
        approvals.check(self.tasks).await?;
        Ok(Measured::of(seconds))
    }
}
