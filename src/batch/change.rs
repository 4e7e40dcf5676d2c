//! Retrying what failed and cancelling what has not ended.

use uuid::Uuid;

use super::create::charge_fault;
use super::{Batch, BatchKind, Batches, approval, rules, store};
use crate::account::Booking;
use crate::engine::{EngineError, RunStatus};
use crate::kernel::{Actor, Fault};
use crate::storage::entity::run;

/// What [`Batches::retry_failed`] answers.
#[derive(Debug, Clone)]
pub struct Retried {
    /// The batch, open again.
    pub batch: Batch,
    /// How many items were queued again.
    pub retried_count: i64,
    /// What was charged for them.
    pub quota_cost: i64,
}

/// What [`Batches::cancel`] answers.
#[derive(Debug, Clone)]
pub struct Cancelled {
    /// The batch, at its end.
    pub batch: Batch,
    /// What this call gave back; 0 where the batch was cancelled before.
    pub refund_amount: i64,
}

impl Batches {
    /// Queues exactly the failed items of a batch that has ended again, and charges its creator for
    /// them, in one transaction.
    ///
    /// # Errors
    /// `NOT_FOUND` where the batch is not the actor's to see; `CONFLICT` naming the state where it
    /// has not ended, also where somebody else has just retried it; `FORBIDDEN` where it is to decide
    /// tasks in a role that the actor does not have; `BAD_INPUT` where nothing
    /// failed, or it would have cost more over all retries than can be told; `QUOTA_EXCEEDED` with `required` and `balance`, and then nothing is queued.
    pub async fn retry_failed(&self, actor: &Actor, id: Uuid) -> Result<Retried, Fault> {
        let seen = self.find(actor, id).await?.ok_or_else(|| Fault::not_found("batch"))?;
        let tx = self.inner.db.begin().await?;
        let retried = self.inner.engine.retry_failed_in_op(&tx, id).await.map_err(engine_fault)?;
        if seen.kind() == BatchKind::Approval {
            approval::hold_failed_in_op(&tx, &self.inner.workflow, actor, &retried.run).await?;
        }
        // Read under the run's lock: what it has cost does not change from here on.
        let mut row = store::row(&tx, id).await?.ok_or_else(|| Fault::not_found("batch"))?;
        let quota_cost = rules::cost(row.item_cost, retried.retried);
        row.quota_cost = rules::cost_after(row.quota_cost, quota_cost)?;
        store::add_cost_in_op(&tx, id, quota_cost).await?;
        let key = rules::charge_key(id, retried.run.generation);
        let reason = format!("retry of {} items of batch {}", retried.retried, seen.row.number);
        let booking = Booking {
            user_id: &seen.row.created_by,
            amount: quota_cost,
            operation_key: &key,
            reason: &reason,
            batch_id: id,
        };
        self.inner.accounts.charge_in_op(&tx, booking).await.map_err(charge_fault)?;
        tx.commit().await?;
        self.inner.engine.committed(&retried.run);
        tracing::info!(batch = %id, items = retried.retried, generation = retried.run.generation, "batch retried");
        let batch = Batch { row, run: retried.run.into() };
        Ok(Retried { batch, retried_count: retried.retried, quota_cost })
    }

    /// Cancels everything of a batch that has not ended, and gives back what did not succeed, in
    /// one transaction. Cancelling again changes nothing and answers 0.
    ///
    /// # Errors
    /// `NOT_FOUND` where the batch is not the actor's to see; `CONFLICT` naming the state where it
    /// ended otherwise, and where some approvals of it have begun.
    pub async fn cancel(&self, actor: &Actor, id: Uuid) -> Result<Cancelled, Fault> {
        let seen = self.find(actor, id).await?.ok_or_else(|| Fault::not_found("batch"))?;
        let tx = self.inner.db.begin().await?;
        if seen.kind() == BatchKind::Approval
            && self.inner.engine.is_under_way_in_op(&tx, id).await.map_err(engine_fault)?
        {
            let message = "its decisions are being carried out: it can no longer be cancelled";
            return Err(conflict(message.to_owned(), RunStatus::Processing));
        }
        let cancelled = self.inner.engine.cancel_in_op(&tx, id).await.map_err(engine_fault)?;
        let row = store::row(&tx, id).await?.ok_or_else(|| Fault::not_found("batch"))?;
        if cancelled.already_final {
            tx.rollback().await?;
            let status = status(&cancelled.run)?;
            if status != RunStatus::Cancelled {
                return Err(conflict(format!("the batch has already ended as {}", status.as_str()), status));
            }
            return Ok(Cancelled { batch: Batch { row, run: cancelled.run.into() }, refund_amount: 0 });
        }
        let key = rules::refund_key(id, cancelled.run.generation);
        let refund_amount = self.inner.accounts.booked_in_op(&tx, &key).await?.unwrap_or(0);
        tx.commit().await?;
        tracing::info!(batch = %id, items = cancelled.cancelled, refund_amount, "batch cancelled");
        let run = self.inner.engine.cancelled(cancelled);
        Ok(Cancelled { batch: Batch { row, run: run.into() }, refund_amount })
    }
}

fn engine_fault(error: EngineError) -> Fault {
    match error {
        EngineError::NotFound => Fault::not_found("batch"),
        EngineError::StillRunning(status) => {
            conflict(format!("the batch has not ended: it is {}", status.as_str()), status)
        }
        EngineError::NothingFailed => {
            Fault::bad_input("batchId", "nothing to retry: no item of this batch has failed")
        }
        EngineError::UnknownKind(_) => Fault::internal(error),
        EngineError::Db(error) => error.into(),
    }
}

fn conflict(message: String, status: RunStatus) -> Fault {
    Fault::conflict(message).with("status", status.as_str().into())
}

fn status(run: &run::Model) -> Result<RunStatus, Fault> {
    run.status.parse().map_err(|error: crate::engine::UnknownStatus| Fault::internal(error))
}
