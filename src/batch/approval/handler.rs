//! What the engine calls for batches of approvals.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use crate::engine::{Attempt, Handler, ItemError, Outcome, RunContext};
use crate::events::Signal;
use crate::storage::entity::run;
use crate::workflow::{BulkDecider, BulkDecision, BulkItem, Workflow};

/// The kind of runs that decide tasks.
pub const APPROVAL_KIND: &str = "approval";
/// How many a process has in hand at once: more than are at work, so that transactions are shared by many.
const CAPACITY: usize = 512;
/// How long one may take, with its wait for its turn and for webhooks that are asked.
const TIMEOUT: Duration = Duration::from_secs(300);

/// The engine's handler for batches of approvals.
pub struct ApprovalHandler {
    workflow: Workflow,
    decider: BulkDecider,
    /// What the runs in hand decide, by run: read once, however many items share it.
    decisions: Mutex<HashMap<Uuid, Weak<BulkDecision>>>,
}

impl ApprovalHandler {
    /// The handler.
    pub fn new(workflow: Workflow) -> Self {
        Self { decider: BulkDecider::new(workflow.clone()), workflow, decisions: Mutex::default() }
    }

    fn decision_of(&self, run: &RunContext) -> Result<Arc<BulkDecision>, ItemError> {
        let mut decisions = self.decisions.lock();
        if let Some(known) = decisions.get(&run.id).and_then(Weak::upgrade) {
            return Ok(known);
        }
        let read: Result<BulkDecision, _> = serde_json::from_str(&run.context);
        let read = Arc::new(read.map_err(|error| ItemError::last("BAD_ITEM", error.to_string()))?);
        decisions.retain(|_, decision| decision.strong_count() > 0);
        decisions.insert(run.id, Arc::downgrade(&read));
        Ok(read)
    }
}

#[async_trait]
impl Handler for ApprovalHandler {
    fn kind(&self) -> &'static str {
        APPROVAL_KIND
    }

    fn capacity(&self) -> usize {
        CAPACITY
    }

    fn timeout(&self) -> Duration {
        TIMEOUT
    }

    async fn execute(&self, attempt: Attempt) -> Result<Outcome, ItemError> {
        let item: BulkItem = attempt.parse_input()?;
        self.decider.decide(self.decision_of(&attempt.run)?, item).await
    }

    /// Whatever has become of its items: a batch that has ended holds nothing.
    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        self.workflow.let_go_in_op(tx, run.id).await?;
        Ok(Vec::new())
    }
}
