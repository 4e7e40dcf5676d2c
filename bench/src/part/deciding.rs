//! Decisions: a task approved, with all that comes of it, in one transaction each.

use super::DOCKET;
use crate::approvals::Approvals;
use crate::bare::deciding::Statements;
use crate::comparison::{Comparison, Goal, Measured, Outcome, Side};
use crate::stage::{Database, Stage};

/// How many decide at once.
const CALLERS: [usize; 3] = [1, 8, 32];
/// How many instances have ended before, where that matters.
const FINISHED: usize = 25;
/// Flat is what stays above this part of the rate without them.
const FLAT: f64 = 0.8;

/// By one caller and by many, each beside the statements alone; and behind many that have ended.
pub fn comparison(database: Database, stage: &Stage) -> Comparison {
    let decisions = usize::try_from(stage.scale.items / 25).unwrap_or(0);
    let mut sides: Vec<Box<dyn Side>> = Vec::new();
    let mut goals = Vec::new();
    for callers in CALLERS {
        let docket = Docket { database, callers, decisions, behind: 0 };
        let bare = Statements { database, callers, decisions, behind: 0 };
        goals.push(at_least(0.5, &docket, bare.name()));
        sides.push(Box::new(docket));
        sides.push(Box::new(bare));
    }
    let few = Docket { database, callers: 8, decisions, behind: 0 };
    let many = Docket { database, callers: 8, decisions, behind: decisions * FINISHED };
    let bare = Statements { database, callers: 8, decisions, behind: many.behind };
    goals.push(at_least(FLAT, &many, few.name()));
    goals.push(at_least(0.5, &many, bare.name()));
    sides.push(Box::new(many));
    sides.push(Box::new(bare));
    Comparison { title: format!("Decisions on {}", database.name()), unit: "decisions/s", sides, goals }
}

struct Docket {
    database: Database,
    callers: usize,
    decisions: usize,
    /// How many have been decided before.
    behind: usize,
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        let Self { callers, behind, .. } = self;
        match behind {
            0 => format!("{DOCKET}, {callers} at once"),
            behind => format!("{DOCKET}, {callers} at once behind {behind} ended"),
        }
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let approvals = Approvals::open(&stage.migrated(self.database, "bench_docket").await?).await?;
        let behind = approvals.behind(self.behind).await?;
        let waiting = approvals.start(self.decisions).await?;
        let rate = approvals.approve(&waiting, self.callers).await?;
        approvals.check(behind + self.decisions).await?;
        Ok(Measured::of(rate))
    }
}

fn at_least(times: f64, of: &Docket, other: String) -> Goal {
    Goal::at_least(times, of.name(), vec![other])
}
