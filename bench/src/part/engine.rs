//! The engine: no-op items to the end, each result kept, counters and revisions exact.

use super::DOCKET;
use crate::bare::postgres::RangeLeases;
use crate::bare::sqlite::Transactions;
use crate::comparison::{Comparison, Goal, Measured, Outcome, Side};
use crate::noop::NoOps;
use crate::peer::{JobQueue, Program};
use crate::stage::{Database, Stage};

/// On PostgreSQL, beside its limit and job queues that keep their results.
pub fn postgres() -> Comparison {
    let limit = RangeLeases { chunk: 500 };
    let peers = [
        JobQueue { name: "pg-boss, 500 a fetch, output kept", program: Program::Node("pg-boss.mjs") },
        JobQueue {
            name: "graphile-worker, tuned, a result row a job",
            program: Program::Node("graphile-worker.mjs"),
        },
        JobQueue { name: "River's Rust client, tuned, output recorded", program: Program::River },
    ];
    let goals =
        vec![at_least(0.5, vec![limit.name()]), at_least(2.5, peers.iter().map(JobQueue::name).collect())];
    let mut sides: Vec<Box<dyn Side>> = vec![Box::new(Docket(Database::Postgres)), Box::new(limit)];
    sides.extend(peers.map(|peer| Box::new(peer) as Box<dyn Side>));
    Comparison { title: "Engine on PostgreSQL".to_owned(), unit: "items/s", sides, goals }
}

/// On SQLite, beside its limit.
pub fn sqlite() -> Comparison {
    let limit = Transactions { chunk: 100 };
    let goals = vec![at_least(0.5, vec![limit.name()])];
    let sides: Vec<Box<dyn Side>> = vec![Box::new(Docket(Database::Sqlite)), Box::new(limit)];
    Comparison { title: "Engine on SQLite".to_owned(), unit: "items/s", sides, goals }
}

/// One replica with one subscriber connected.
pub struct Docket(pub Database);

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        DOCKET.to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let mut replica = NoOps::open(&stage.migrated(self.0, "bench_docket").await?).await?;
        let items = stage.scale.items;
        let worked_off = replica.work_off(&[items], 0).await?;
        replica.stop().await?;
        let told = f64::from(items) / worked_off.told_seconds;
        Ok(Measured::of(f64::from(items) / worked_off.seconds).with("told/s", told))
    }
}

fn at_least(times: f64, others: Vec<String>) -> Goal {
    Goal::at_least(times, DOCKET.to_owned(), others)
}
