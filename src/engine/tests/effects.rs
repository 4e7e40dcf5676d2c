//! An owner of runs whose handler's effects in the database can be counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::engine::testing::{Owner, Seen};
use crate::engine::{
    Accepted, Attempt, Engine, EngineConfig, EngineError, EngineParts, Handler, ItemError, NewRun, Outcome,
    Run, RunStatus,
};
use crate::events::{LocalBus, Signal};
use crate::kernel::Clock;
use crate::storage::Db;
use crate::storage::dialect::sql;

const KIND: &str = "counting";

/// Leaves a row for each accepted success, and a row for each end of a generation.
struct Counting;

#[async_trait]
impl Handler for Counting {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn capacity(&self) -> usize {
        64
    }

    async fn execute(&self, _attempt: Attempt) -> Result<Outcome, ItemError> {
        Ok(Outcome::Success { result: None })
    }

    async fn record_in_op(
        &self,
        tx: &DatabaseTransaction,
        run: &Run,
        accepted: &[Accepted<'_>],
    ) -> Result<(), DbErr> {
        for accepted in accepted.iter().filter(|accepted| accepted.result.is_some()) {
            let values = [run.id.into(), accepted.index.into(), run.generation.into()];
            let text = "INSERT INTO test_effect (run_id, idx, generation) VALUES ($1, $2, $3)";
            tx.execute_raw(sql(tx.get_database_backend(), text, values)).await?;
        }
        Ok(())
    }

    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &Run) -> Result<Vec<Signal>, DbErr> {
        let values = [run.id.into(), run.generation.into(), run.succeeded.into()];
        let text = "INSERT INTO test_end (run_id, generation, succeeded) VALUES ($1, $2, $3)";
        tx.execute_raw(sql(tx.get_database_backend(), text, values)).await?;
        Ok(Vec::new())
    }
}

/// Owns runs that nothing but the engine knows of.
#[derive(Clone)]
pub(crate) struct Effects {
    pub(crate) engine: Engine,
    db: Db,
}

impl Effects {
    /// Makes the tables that effects are left in.
    pub(crate) async fn over(db: Db, clock: Arc<dyn Clock>) -> Self {
        let uuid = if db.backend() == sea_orm::DbBackend::Postgres { "uuid" } else { "blob" };
        for table in [
            format!(
                "CREATE TABLE test_effect (run_id {uuid} NOT NULL, idx integer NOT NULL, generation integer NOT NULL)"
            ),
            format!(
                "CREATE TABLE test_end (run_id {uuid} NOT NULL, generation integer NOT NULL, \
                 succeeded bigint NOT NULL, PRIMARY KEY (run_id, generation))"
            ),
        ] {
            db.writer().execute_unprepared(&table).await.unwrap();
        }
        let engine = Engine::new(EngineParts {
            db: db.clone(),
            clock,
            bus: Arc::new(LocalBus::default()),
            handlers: vec![Arc::new(Counting)],
            config: EngineConfig::default(),
            holder: "nobody".to_owned(),
            jitter: || 0.5,
            stopping: CancellationToken::new(),
        });
        Self { engine, db }
    }

    pub(crate) async fn enqueue(&self, items: usize, concurrency: u32, max_attempts: u32) -> Run {
        let id = Uuid::now_v7();
        let new = NewRun { id, kind: KIND, priority: 0, concurrency, max_attempts, context: "{}".to_owned() };
        let inputs = (0..items).map(|n| n.to_string()).collect();
        let tx = self.db.begin().await.unwrap();
        let run = self.engine.enqueue_in_op(&tx, new, inputs).await.unwrap();
        tx.commit().await.unwrap();
        run
    }

    /// Invariant 5: what the end promises is there with the end, once a generation.
    async fn check_ends(&self, run: &Run) {
        let text = "SELECT generation, succeeded FROM test_end WHERE run_id = $1 ORDER BY generation";
        let ends =
            self.db.reader().query_all_raw(sql(self.db.backend(), text, [run.id.into()])).await.unwrap();
        let generations: Vec<i32> = ends.iter().map(|row| row.try_get("", "generation").unwrap()).collect();
        let is_final = run.status.parse::<RunStatus>().unwrap().is_final();
        let ended = if is_final { run.generation } else { run.generation - 1 };
        assert_eq!(generations, (1..=ended).collect::<Vec<_>>(), "each generation ends once");
        if let Some(row) = ends.last().filter(|_| is_final) {
            assert_eq!(row.try_get::<i64>("", "succeeded").unwrap(), run.succeeded);
        }
    }

    /// Invariant 2: an effect in the database for each item that succeeded, exactly one.
    async fn check_effects(&self, seen: &Seen<'_>) {
        let text = "SELECT idx, count(*) AS n FROM test_effect WHERE run_id = $1 GROUP BY idx";
        let statement = sql(self.db.backend(), text, [seen.run.id.into()]);
        let rows = self.db.reader().query_all_raw(statement).await.unwrap();
        let effects: BTreeMap<i32, i64> =
            rows.iter().map(|row| (row.try_get("", "idx").unwrap(), row.try_get("", "n").unwrap())).collect();
        let succeeded = seen.items.iter().filter(|item| item.status == "SUCCESS").map(|item| (item.idx, 1));
        assert_eq!(effects, succeeded.collect());
        let counted: BTreeMap<i32, i64> =
            seen.counted.iter().map(|(idx, n)| (*idx, i64::try_from(*n).unwrap())).collect();
        assert_eq!(effects, counted, "what replicas were told against what is there");
    }
}

#[async_trait]
impl Owner for Effects {
    fn result(&self, _run: Uuid, _index: i32, _number: i32) -> String {
        "1".to_owned()
    }

    async fn cancel(&self, before: &Run) {
        let tx = self.db.begin().await.unwrap();
        let cancelled = self.engine.cancel_in_op(&tx, before.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(cancelled.already_final, before.finished_at.is_some());
        assert!(cancelled.run.finished_at.is_some(), "a cancelled run has ended");
    }

    async fn retry(&self, before: &Run) {
        let tx = self.db.begin().await.unwrap();
        match self.engine.retry_failed_in_op(&tx, before.id).await {
            Ok(retried) => {
                tx.commit().await.unwrap();
                assert_eq!(retried.retried, before.failed, "exactly the failed items are queued");
            }
            Err(EngineError::StillRunning(_)) => assert!(before.finished_at.is_none()),
            Err(EngineError::NothingFailed) => assert_eq!(before.failed, 0),
            Err(error) => panic!("{error}"),
        }
    }

    async fn check(&self, seen: &Seen<'_>) {
        self.check_ends(seen.run).await;
        self.check_effects(seen).await;
    }
}
