//! What the engine calls for batches of approvals.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::engine::{Attempt, Handler, ItemError, Outcome};
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
}

impl ApprovalHandler {
    /// The handler.
    pub fn new(workflow: Workflow) -> Self {
        Self { decider: BulkDecider::new(workflow.clone()), workflow }
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
        let decision: Result<BulkDecision, _> = serde_json::from_str(&attempt.run.context);
        let decision = decision.map_err(|error| ItemError::last("BAD_ITEM", error.to_string()))?;
        self.decider.decide(Arc::new(decision), item).await
    }

    /// Whatever has become of its items: a batch that has ended holds nothing.
    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        self.workflow.let_go_in_op(tx, run.id).await?;
        Ok(Vec::new())
    }
}
