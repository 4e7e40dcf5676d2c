//! What the engine calls for batches of pictures: reads an item's picture, runs the pipeline, keeps
//! what came of it; and settles the bill when a run ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};
use url::Url;

use super::failure::{cancelled, input_error, step_error};
use super::{ItemInput, ItemResult, StepTime, archive, rules, store};
use crate::account::{Accounts, Booking, Refunded};
use crate::engine::{Accepted, Attempt, Handler, ItemError, Outcome};
use crate::events::Signal;
use crate::files::{Files, InputSource, Inputs, NewFile, OutputKey, PICTURES, StoredObject};
use crate::kernel::{Actor, Fault, Role, causes};
use crate::pipeline::{FETCH, Job, Output, Processor, ResolvedPipeline, STORE};
use crate::storage::entity::run;

/// The kind of run that executes a batch of pictures.
pub const PIPELINE_KIND: &str = "pipeline";

/// What a run of pictures knows: whose it is and what to do, as it was when it was created.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct BatchContext {
    /// The creator's user id.
    pub created_by: String,
    /// The creator's role then, which decides which files of ours may be read.
    pub role: Role,
    /// What is to be done to each picture.
    pub pipeline: ResolvedPipeline,
}

/// How much a process takes on.
#[derive(Debug, Clone)]
pub struct PipelineHandlerConfig {
    /// The most items in hand at once, at least 1: they wait for the network as well as for
    /// processors, so twice the processors and a few more is a good number.
    pub capacity: usize,
    /// How long one attempt may take.
    pub timeout: Duration,
}

impl Default for PipelineHandlerConfig {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { capacity: 2 * processors + 2, timeout: Duration::from_secs(600) }
    }
}

/// What the handler is made of.
pub struct PipelineHandlerParts {
    /// Refunds.
    pub accounts: Accounts,
    /// Where pictures come from.
    pub inputs: Inputs,
    /// Where they go.
    pub files: Files,
    /// What is done to them.
    pub processor: Arc<Processor>,
    /// See [`PipelineHandlerConfig`].
    pub config: PipelineHandlerConfig,
}

/// The engine's handler for batches of pictures.
pub struct PipelineHandler {
    parts: PipelineHandlerParts,
}

impl PipelineHandler {
    /// The handler.
    pub fn new(parts: PipelineHandlerParts) -> Self {
        Self { parts }
    }

    async fn produce(
        &self,
        attempt: &Attempt,
        context: &BatchContext,
        steps: &mut Vec<StepTime>,
    ) -> Result<Output, ItemError> {
        let input: ItemInput = attempt.parse_input()?;
        let source = source_of(&input)?;
        // Only what decides whose files may be read matters here.
        let creator = Actor {
            user_id: context.created_by.clone(),
            name: context.created_by.clone(),
            role: context.role,
            plan: None,
        };
        attempt.announcer.step(FETCH);
        let begun = Instant::now();
        let read = self.parts.inputs.read(&creator, &source, &attempt.cancelled).await;
        let picture = read.map_err(input_error)?;
        steps.push(timed(FETCH, begun));
        let operation_key = attempt.operation_key();
        let job = Job { pipeline: &context.pipeline, input: picture, operation_key: &operation_key };
        let mut tell = |step: &str| attempt.announcer.step(step);
        let output = self.parts.processor.run(job, &mut tell, &attempt.cancelled).await;
        output.map_err(|error| step_error(&error))
    }

    /// Keeps the output; what nobody will record is taken away again.
    async fn keep(&self, attempt: &Attempt, output: &Output) -> Result<StoredObject, ItemError> {
        let media = PICTURES.iter().find(|media| media.content_type == output.content_type);
        let media =
            media.ok_or_else(|| ItemError::last("STORE_FAILED", "the picture's type cannot be kept"))?;
        let number = |number: i32| u32::try_from(number).unwrap_or_default();
        let key = OutputKey {
            run: attempt.run.id,
            index: number(attempt.index),
            attempt: number(attempt.number),
            execution: attempt.lease,
        };
        if attempt.cancelled.is_cancelled() {
            return Err(cancelled());
        }
        attempt.announcer.step(STORE);
        let written = self.parts.files.write_output(key, output.bytes.clone(), media).await;
        let object = written.map_err(|error| {
            tracing::warn!(%error, "an output cannot be kept");
            let message = "what came of the picture could not be kept";
            if error.is_transient() {
                ItemError::transient("STORE_FAILED", message)
            } else {
                ItemError::last("STORE_FAILED", message)
            }
        })?;
        if !attempt.cancelled.is_cancelled() {
            return Ok(object);
        }
        // The key is this execution's alone, so nobody will ever name this object.
        if let Err(error) = self.parts.files.delete_object(&object.storage_key).await {
            tracing::warn!(%error, "an output that does not count is left to the sweep");
        }
        Err(cancelled())
    }
}

#[async_trait]
impl Handler for PipelineHandler {
    fn kind(&self) -> &'static str {
        PIPELINE_KIND
    }

    fn capacity(&self) -> usize {
        self.parts.config.capacity.max(1)
    }

    fn timeout(&self) -> Duration {
        self.parts.config.timeout
    }

    async fn execute(&self, attempt: Attempt) -> Result<Outcome, ItemError> {
        let context: BatchContext = serde_json::from_str(&attempt.run.context).map_err(|error| {
            tracing::error!(%error, "a run's context cannot be read");
            ItemError::last("BAD_ITEM", "this batch cannot be read by this version of the program")
        })?;
        let mut steps = Vec::new();
        let output = self.produce(&attempt, &context, &mut steps).await?;
        let begun = Instant::now();
        let object = self.keep(&attempt, &output).await?;
        steps.extend(
            output
                .steps
                .iter()
                .map(|step| StepTime { name: step.name.clone(), milliseconds: step.milliseconds }),
        );
        steps.push(timed(STORE, begun));
        for step in &mut steps {
            step.milliseconds = (step.milliseconds * 1_000.0).round() / 1_000.0;
        }
        let result = ItemResult {
            file: self.parts.files.new_id(),
            storage_key: object.storage_key,
            content_type: object.content_type,
            extension: output.extension.to_owned(),
            size: i64::try_from(object.size).unwrap_or(i64::MAX),
            width: output.width,
            height: output.height,
            steps,
        };
        let result = serde_json::to_string(&result).map_err(|error| {
            ItemError::last("STORE_FAILED", format!("the result cannot be written: {error}"))
        })?;
        Ok(Outcome::Success { result: Some(result) })
    }

    async fn record_in_op(
        &self,
        tx: &DatabaseTransaction,
        run: &run::Model,
        accepted: &[Accepted<'_>],
    ) -> Result<(), DbErr> {
        let made: Vec<_> = accepted.iter().filter_map(|item| Some((item.index, item.result?))).collect();
        if made.is_empty() {
            return Ok(());
        }
        let context: BatchContext = serde_json::from_str(&run.context).map_err(unreadable)?;
        let mut files = Vec::with_capacity(made.len());
        for (index, result) in made {
            let result: ItemResult = serde_json::from_str(result).map_err(unreadable)?;
            files.push(new_file(index, run.total, result, &context.created_by));
        }
        self.parts.files.register_in_op(tx, &files).await.map_err(|fault| recording_error(&fault))
    }

    /// Gives back what was paid and not earned. The run's lock is held; the batch's and then the
    /// account's are taken.
    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        let Some(row) = store::lock_in_op(tx, run.id).await? else {
            return Err(DbErr::RecordNotFound(format!("the batch of run {}", run.id)));
        };
        let due = rules::refund_due(row.quota_cost, row.quota_refunded, row.item_cost, run.succeeded);
        let key = rules::refund_key(run.id, run.generation);
        let reason = format!(
            "{} of {} items of batch {} did not succeed",
            run.total - run.succeeded,
            run.total,
            row.number
        );
        let booking = Booking {
            user_id: &row.created_by,
            amount: due,
            operation_key: &key,
            reason: &reason,
            batch_id: run.id,
        };
        match self.parts.accounts.refund_in_op(tx, booking).await? {
            Refunded::Executed { .. } => store::add_refund_in_op(tx, &row, due).await?,
            Refunded::NothingDue => {}
            // Booking and counting are one transaction, so this cannot be; the ledger has the last word.
            Refunded::AlreadyApplied => {
                tracing::error!(batch = %run.id, due, %key, "a refund is due that was booked before");
            }
        }
        Ok(Vec::new())
    }
}

/// Why files could not be registered: the database's own error where that is what lies behind,
/// for whether the item is to blame is read from it.
fn recording_error(fault: &Fault) -> DbErr {
    let source = std::error::Error::source(fault).and_then(|source| source.downcast_ref::<DbErr>());
    source.cloned().unwrap_or_else(|| DbErr::Custom(causes(fault)))
}

fn source_of(input: &ItemInput) -> Result<InputSource, ItemError> {
    match input.file {
        Some(id) => Ok(InputSource::File(id)),
        None => Url::parse(&input.url)
            .map(InputSource::Outside)
            .map_err(|error| ItemError::last("BAD_ITEM", format!("this is not an address: {error}"))),
    }
}

fn new_file(index: i32, total: i64, result: ItemResult, owner: &str) -> NewFile {
    NewFile {
        id: result.file,
        owner: owner.to_owned(),
        name: archive::entry_name(index, usize::try_from(total).unwrap_or_default(), &result.extension),
        object: StoredObject {
            storage_key: result.storage_key,
            content_type: result.content_type,
            size: u64::try_from(result.size).unwrap_or_default(),
        },
    }
}

fn timed(name: &str, begun: Instant) -> StepTime {
    StepTime { name: name.to_owned(), milliseconds: begun.elapsed().as_secs_f64() * 1_000.0 }
}

fn unreadable(error: serde_json::Error) -> DbErr {
    DbErr::Custom(format!("what the engine keeps for a batch cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnAcquireErr;

    use super::*;

    #[test]
    fn a_database_that_cannot_work_is_told_from_one_that_refuses() {
        let busy = Fault::from(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        assert!(matches!(recording_error(&busy), DbErr::ConnectionAcquire(_)));
        assert!(matches!(recording_error(&Fault::not_found("file")), DbErr::Custom(_)));
    }
}
