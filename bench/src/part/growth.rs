//! The engine's rate as the work grows: in a run, finished beside it, and waiting beside it.

use super::DOCKET;
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::noop::NoOps;
use crate::stage::{Database, Stage};

/// The small runs: so many, one after the other, for one alone is over too soon to be measured.
const SMALL_RUNS: usize = 10;
/// Flat is what stays above this part of the small runs' rate.
const FLAT: f64 = 0.8;

/// Runs of 10,000 items beside runs in a larger world.
pub fn comparison(database: Database) -> Comparison {
    let sides = [World::Empty, World::OneLargeRun, World::Finished, World::Waiting]
        .map(|world| Docket { database, world });
    let small = sides[0].name();
    let goals = sides[1..].iter().map(|side| Goal {
        of: side.name(),
        figure: None,
        against: Against::BestOf(vec![small.clone()]),
        bound: Bound::AtLeast(FLAT),
    });
    let on = match database {
        Database::Postgres => "PostgreSQL",
        Database::Sqlite => "SQLite",
    };
    Comparison {
        title: format!("Growth on {on}"),
        unit: "items/s",
        goals: goals.collect(),
        sides: sides.map(|side| Box::new(side) as Box<dyn Side>).into(),
    }
}

/// What the runs that are measured have around them.
#[derive(Debug, Clone, Copy)]
enum World {
    Empty,
    /// One run a hundred times as large instead of the small ones.
    OneLargeRun,
    /// A hundred times the items, done.
    Finished,
    /// A hundred times the items, less urgent.
    Waiting,
}

struct Docket {
    database: Database,
    world: World,
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        match self.world {
            World::Empty => format!("{DOCKET}, runs of 10,000"),
            World::OneLargeRun => format!("{DOCKET}, a run of 1,000,000"),
            World::Finished => format!("{DOCKET}, runs of 10,000 behind 1,000,000 finished"),
            World::Waiting => format!("{DOCKET}, a run of 100,000 before 1,000,000 waiting"),
        }
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let small = stage.scale.items / 10;
        let large = small * 100;
        let mut replica = NoOps::open(&stage.migrated(self.database, "bench_docket").await?).await?;
        let runs = match self.world {
            World::OneLargeRun => vec![large],
            // Between small runs, those that wait would have their turn and be part of what is measured.
            World::Waiting => vec![stage.scale.items],
            World::Empty | World::Finished => vec![small; SMALL_RUNS],
        };
        match self.world {
            World::Empty | World::OneLargeRun => {}
            World::Finished => {
                replica.work_off(&[large / 10; 10], 0).await?;
            }
            // Less urgent, and nobody has begun yet.
            World::Waiting => {
                for _ in 0..10 {
                    replica.enqueue(large / 10, -1).await?;
                }
            }
        }
        let worked_off = replica.work_off(&runs, 1).await?;
        replica.stop().await?;
        let items: i32 = runs.iter().sum();
        Ok(Measured::of(f64::from(items) / worked_off.seconds))
    }
}
