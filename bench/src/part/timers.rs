//! Timers that are all due at once, beside the engine's items that do nothing.

use std::time::{Duration, Instant};

use docket::storage::Db;
use sea_orm::{ConnectionTrait as _, Statement};

use super::{DOCKET, engine};
use crate::approvals::Approvals;
use crate::bare::firing::Statements;
use crate::comparison::{Comparison, Goal, Measured, Outcome, Side};
use crate::stage::{Database, Stage};

/// How often to look whether all have fired.
const LOOK: Duration = Duration::from_millis(20);
/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(600);

/// As many timers as items.
pub fn comparison(database: Database) -> Comparison {
    let mut goals = vec![Goal::at_least(0.5, DOCKET.to_owned(), vec![NoOp(database).name()])];
    let mut sides: Vec<Box<dyn Side>> = vec![Box::new(Docket(database)), Box::new(NoOp(database))];
    if database == Database::Postgres {
        goals.push(Goal::at_least(0.5, DOCKET.to_owned(), vec![Statements.name()]));
        sides.push(Box::new(Statements));
    }
    Comparison { title: format!("Timers due at once on {}", database.name()), unit: "a second", sides, goals }
}

struct Docket(Database);

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        DOCKET.to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let approvals = Approvals::open(&stage.migrated(self.0, "bench_docket").await?).await?;
        let waiting = approvals.all_due(usize::try_from(stage.scale.items)?).await?;
        let (db, app) = (approvals.db(), approvals.app());
        let (engine, events) = (app.engine.clone(), app.events.clone());
        let started = Instant::now();
        let working = tokio::spawn(async move { tokio::join!(engine.work(), events.work()) });
        while fired(db).await? < i64::try_from(waiting)? {
            if started.elapsed() > HANGS {
                return Err("not every timer has fired".into());
            }
            tokio::time::sleep(LOOK).await;
        }
        let took = started.elapsed();
        app.stopping.cancel();
        working.await?;
        approvals.check(waiting).await?;
        Ok(Measured::of(waiting as f64 / took.as_secs_f64()))
    }
}

/// How many have fired, as the engine has counted them.
async fn fired(db: &Db) -> Outcome<i64> {
    let text = "SELECT CAST(coalesce(sum(succeeded), 0) AS bigint) AS fired FROM engine_run \
                WHERE kind = 'process-event'";
    let statement = Statement::from_string(db.backend(), text);
    let row = db.reader().query_one_raw(statement).await?.ok_or("no row")?;
    Ok(row.try_get("", "fired")?)
}

/// The engine with items that do nothing.
pub struct NoOp(pub Database);

#[async_trait::async_trait]
impl Side for NoOp {
    fn name(&self) -> String {
        "the engine's items that do nothing".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        engine::Docket(self.0).measure(stage).await
    }
}
