//! A handler whose part in the database's transactions goes wrong as its items ask.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, RuntimeErr};
use uuid::Uuid;

use super::gate::Replica;
use super::probe::take_one;
use crate::engine::{Accepted, Attempt, Handler, ItemError, NewRun, Outcome};
use crate::events::Signal;
use crate::storage::Db;
use crate::storage::entity::run;

pub(crate) const KIND: &str = "stubborn";
/// The context of a run whose end is always refused.
pub(crate) const STUCK: &str = "\"stuck\"";

/// Attempts succeed with their input as the result, `"hang"` alone hangs. Recording `"panic"`
/// panics, and the database refuses what recording `"refused"` writes.
#[derive(Default)]
pub(crate) struct Stubborn {
    /// So many recordings from now on fail for want of a connection.
    pub(crate) hiccups: Arc<AtomicUsize>,
}

#[async_trait]
impl Handler for Stubborn {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn capacity(&self) -> usize {
        10
    }

    async fn execute(&self, attempt: Attempt) -> Result<Outcome, ItemError> {
        if attempt.input == "hang" {
            std::future::pending::<()>().await;
        }
        Ok(Outcome::Success { result: Some(attempt.input) })
    }

    async fn record_in_op(
        &self,
        tx: &DatabaseTransaction,
        _run: &run::Model,
        accepted: &[Accepted<'_>],
    ) -> Result<(), DbErr> {
        if take_one(&self.hiccups) {
            return Err(DbErr::Exec(RuntimeErr::Internal("the connection is gone".to_owned())));
        }
        for accepted in accepted {
            assert!(accepted.result != Some("panic"), "as the test asked");
            if accepted.result == Some("refused") {
                tx.execute_unprepared("UPDATE engine_run SET total = -1").await?;
            }
        }
        Ok(())
    }

    async fn finish_in_op(&self, _tx: &DatabaseTransaction, run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        if run.context == STUCK {
            return Err(DbErr::Custom("as the test asked".to_owned()));
        }
        Ok(Vec::new())
    }
}

/// A run of this kind; one attempt an item.
pub(crate) async fn enqueue(
    replica: &Replica,
    db: &Db,
    inputs: &[&str],
    priority: i16,
    context: &str,
) -> Uuid {
    let id = Uuid::now_v7();
    let context = context.to_owned();
    let new = NewRun { id, kind: KIND, priority, concurrency: 10, max_attempts: 1, context };
    let tx = db.begin().await.unwrap();
    let inputs = inputs.iter().map(|&input| input.to_owned()).collect();
    replica.engine.enqueue_in_op(&tx, new, inputs).await.unwrap();
    tx.commit().await.unwrap();
    replica.engine.announce_work();
    id
}
