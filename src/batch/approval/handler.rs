//! What the engine calls for batches of approvals.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::Mutex;
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::item::ApprovalInput;
use super::store;
use crate::engine::{Accepted, Attempt, Handler, ItemError, ItemStatus, Outcome, RunContext};
use crate::events::Signal;
use crate::storage::entity::run;
use crate::workflow::{BulkDecider, BulkDecision, Workflow};

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
        let decision = self.decision_of(&attempt.run)?;
        let input = ApprovalInput::parse(&attempt.input);
        if let Some(wrong) = input.wrong {
            return Err(wrong.into_ended().into());
        }
        let Some(item) = input.item else {
            return Err(ItemError::last(
                "BAD_INPUT",
                "its row of the sheet names no task: correct it, and send it again",
            ));
        };
        self.decider.decide(decision, item, attempt.cancelled).await
    }

    /// A task that is not decided is free again with the outcome that says so.
    async fn record_in_op(
        &self,
        tx: &DatabaseTransaction,
        run: &run::Model,
        accepted: &[Accepted<'_>],
    ) -> Result<(), DbErr> {
        let is_left = |one: &&Accepted<'_>| [ItemStatus::Failed, ItemStatus::Ignored].contains(&one.status);
        let left: Vec<_> = accepted.iter().filter(is_left).map(|one| one.index).collect();
        if left.is_empty() {
            return Ok(());
        }
        let tasks = store::tasks_of(tx, run.id, left).await?;
        self.workflow.let_go_of_in_op(tx, run.id, tasks).await
    }

    /// Whatever has become of its items: a batch that has ended holds nothing.
    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        self.workflow.let_go_in_op(tx, run.id).await?;
        Ok(Vec::new())
    }
}
