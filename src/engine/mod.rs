//! The durable engine: runs of items, claimed, executed, recorded, retried, rescued.
//!
//! Knows nothing of what an item does; a [`Handler`] does. `docs/architecture.md` tells how it
//! holds what it promises.

mod desk;
mod driver;
mod error;
mod handler;
mod journal;
mod reading;
mod rules;
mod scheduler;
mod status;
mod store;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
pub use error::EngineError;
pub use handler::{Accepted, Attempt, Handler, ItemError, MAX_MESSAGE_CHARS, Outcome, Retry, RunContext};
pub use journal::RunJournal;
use parking_lot::Mutex;
pub use reading::{ItemFilter, ItemRow, ItemView};
pub use rules::{Backoff, LEASE_EXPIRED, NOT_RECORDED, PANICKED, TIMEOUT};
use sea_orm::{DatabaseTransaction, DbErr};
pub use status::{ItemStatus, RunStatus, UnknownStatus};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::events::{Bus, Signal, Steps};
use crate::kernel::Clock;
use crate::storage::Db;
pub use crate::storage::entity::attempt::Model as PastAttempt;
pub use crate::storage::entity::item::{Head as ItemHead, Model as Item, Texts as ItemTexts};
use crate::storage::entity::run;
pub use crate::storage::entity::run::Model as Run;

/// A run to be.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Its id.
    pub id: Uuid,
    /// Which handler executes its items.
    pub kind: &'static str,
    /// Higher goes first; 0 is usual.
    pub priority: i16,
    /// The most items in hand at once, over all replicas; at least 1.
    pub concurrency: u32,
    /// The most attempts at an item in a generation; at least 1.
    pub max_attempts: u32,
    /// What the handler needs to know of the whole run, as JSON.
    pub context: String,
}

/// An item of a run to be.
#[derive(Debug, Clone)]
pub struct NewItem {
    /// What its handler is to do, as JSON.
    pub input: String,
    /// It has ended before it could begin.
    pub ended: Option<EndedItem>,
}

/// Why there is nothing to do for an item of a run to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedItem {
    /// There was nothing to do (IGNORED); otherwise it cannot be done (FAILED), and a retry tries it.
    pub is_ignored: bool,
    /// Why, for programs.
    pub code: Cow<'static, str>,
    /// Why, for people: at most [`MAX_MESSAGE_CHARS`] characters.
    pub message: String,
    /// What else is to be known of it, as JSON of at most some kilobytes.
    pub details: Option<String>,
}

impl EndedItem {
    /// There is nothing to do any more.
    pub fn ignored(code: &'static str, message: impl Into<String>) -> Self {
        Self { is_ignored: true, code: code.into(), message: message.into(), details: None }
    }

    /// It cannot be done.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self { is_ignored: false, code: code.into(), message: message.into(), details: None }
    }

    pub(crate) fn status(&self) -> ItemStatus {
        if self.is_ignored { ItemStatus::Ignored } else { ItemStatus::Failed }
    }
}

/// A run that is being written: items are added portion by portion, so that they need not all be in memory.
#[derive(Debug)]
pub struct Enqueuing {
    run: run::Model,
    now: DateTime<Utc>,
}

impl Enqueuing {
    /// Adds items behind those that it has; an item's index is its place among all of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn add_in_op(&mut self, tx: &DatabaseTransaction, items: Vec<NewItem>) -> Result<(), DbErr> {
        store::enqueue::add_in_op(tx, &mut self.run, items, self.now).await
    }

    /// All are there. A run of which nothing is left to do ends when it is looked at. Call
    /// [`Engine::announce_work`] after the commit.
    ///
    /// # Errors
    /// The database's.
    pub async fn finish_in_op(self, tx: &DatabaseTransaction) -> Result<run::Model, DbErr> {
        store::row::save_new_in_op(tx, &self.run).await?;
        Ok(self.run)
    }
}

/// What a cancellation did.
#[derive(Debug, Clone)]
pub struct Cancelled {
    /// The run after it.
    pub run: run::Model,
    /// How many items it cancelled.
    pub cancelled: i64,
    /// The run had ended before: nothing was done.
    pub already_final: bool,
    /// Whom else to tell, for [`Engine::cancelled`].
    pub signals: Vec<Signal>,
}

/// What a retry did.
#[derive(Debug, Clone)]
pub struct Retried {
    /// The run after it.
    pub run: run::Model,
    /// How many items it queued again.
    pub retried: i64,
}

/// How the engine goes about its work.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// How long a lease lasts without a sign of life. Replicas' clocks must agree to within a
    /// third of it.
    pub lease_ttl: Duration,
    /// How often to look at the queue where no signal comes.
    pub poll: Duration,
    /// The wait between attempts.
    pub backoff: Backoff,
    /// How long a shutdown waits for what is in hand.
    pub grace: Duration,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            lease_ttl: Duration::from_secs(30),
            poll: Duration::from_secs(2),
            backoff: Backoff { base: Duration::from_secs(1), most: Duration::from_secs(60) },
            grace: Duration::from_secs(20),
        }
    }
}

/// What an engine is made of.
pub struct EngineParts {
    /// Where the truth is.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Carries signals.
    pub bus: Arc<dyn Bus>,
    /// Who executes what, each kind once.
    pub handlers: Vec<Arc<dyn Handler>>,
    /// See [`EngineConfig`].
    pub config: EngineConfig,
    /// This replica's name, unlike any other's.
    pub holder: String,
    /// A random number from 0 to 1, for the waits between attempts.
    pub jitter: fn() -> f64,
    /// Cancelled when the process is to stop.
    pub stopping: CancellationToken,
}

/// The engine of one replica. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    bus: Arc<dyn Bus>,
    handlers: HashMap<&'static str, Arc<dyn Handler>>,
    config: EngineConfig,
    holder: String,
    jitter: fn() -> f64,
    stopping: CancellationToken,
    /// Cancelled when the grace is over: what is in hand is to stop at its next step.
    stopping_now: CancellationToken,
    desk: desk::Desk,
    leases: Mutex<HashSet<Uuid>>,
    steps: Steps,
    #[cfg(test)]
    probe: tests::probe::Probe,
}

impl Engine {
    /// An engine that does nothing by itself until [`Engine::work`] is called.
    pub fn new(parts: EngineParts) -> Self {
        let capacities = parts.handlers.iter().map(|handler| (handler.kind(), handler.capacity())).collect();
        let handlers = parts.handlers.into_iter().map(|handler| (handler.kind(), handler)).collect();
        let inner = Inner {
            db: parts.db,
            clock: parts.clock,
            bus: parts.bus,
            handlers,
            config: parts.config,
            holder: parts.holder,
            jitter: parts.jitter,
            stopping: parts.stopping,
            stopping_now: CancellationToken::new(),
            desk: desk::Desk::new(capacities),
            leases: Mutex::default(),
            steps: Steps::default(),
            #[cfg(test)]
            probe: tests::probe::Probe::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What feeds read the engine's runs from.
    pub fn journal(&self) -> RunJournal {
        RunJournal::new(self.inner.db.clone(), self.inner.steps.clone())
    }

    /// Writes a run and its items in the caller's transaction; an item's index is its place in
    /// `inputs` (JSON texts). A run without items ends when it is looked at. Call
    /// [`Engine::announce_work`] after the commit.
    ///
    /// # Errors
    /// The database's.
    pub async fn enqueue_in_op(
        &self,
        tx: &DatabaseTransaction,
        run: NewRun,
        inputs: Vec<String>,
    ) -> Result<run::Model, DbErr> {
        let mut new = self.begin_in_op(tx, run).await?;
        let item = |input| NewItem { input, ended: None };
        new.add_in_op(tx, inputs.into_iter().map(item).collect()).await?;
        new.finish_in_op(tx).await
    }

    /// The same portion by portion, and with items that have ended already.
    ///
    /// # Errors
    /// The database's.
    pub async fn begin_in_op(&self, tx: &DatabaseTransaction, run: NewRun) -> Result<Enqueuing, DbErr> {
        let now = self.inner.clock.now();
        Ok(Enqueuing { run: store::enqueue::begin_in_op(tx, run, now).await?, now })
    }

    /// Whether a run has begun and not ended; it does neither until the caller's transaction ends.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], or the database's.
    pub async fn is_under_way_in_op(&self, tx: &DatabaseTransaction, run: Uuid) -> Result<bool, EngineError> {
        let run = store::row::locked_in_op(tx, run).await?;
        Ok(run.started_at.is_some() && run.finished_at.is_none())
    }

    /// Cancels what has not ended, running items too (their outcomes no longer count), and ends
    /// the run, in the caller's transaction. Call [`Engine::cancelled`] after the commit.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::UnknownKind`], or the database's.
    pub async fn cancel_in_op(&self, tx: &DatabaseTransaction, run: Uuid) -> Result<Cancelled, EngineError> {
        let run = store::row::locked_in_op(tx, run).await?;
        let handler = self
            .inner
            .handlers
            .get(run.kind.as_str())
            .ok_or_else(|| EngineError::UnknownKind(run.kind.clone()))?;
        store::cancel::cancel_in_op(tx, run, handler.as_ref(), self.inner.clock.now()).await
    }

    /// Queues exactly the failed items of an ended run again, in the caller's transaction. Call
    /// [`Engine::committed`] after the commit.
    ///
    /// # Errors
    /// [`EngineError::NotFound`], [`EngineError::StillRunning`], [`EngineError::NothingFailed`],
    /// or the database's.
    pub async fn retry_failed_in_op(
        &self,
        tx: &DatabaseTransaction,
        run: Uuid,
    ) -> Result<Retried, EngineError> {
        let run = store::row::locked_in_op(tx, run).await?;
        store::retry::retry_failed_in_op(tx, run, self.inner.clock.now()).await
    }

    /// Forgets runs of a kind that ended before a time, with their items: at most so many; how many. For
    /// kinds whose runs nobody asks for once they have ended.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget(&self, kind: &str, before: DateTime<Utc>, most: u32) -> Result<u64, DbErr> {
        store::forget::forget(&self.inner.db, kind, before, most).await
    }

    /// Wakes whoever looks for work, after an enqueue has been committed.
    pub fn announce_work(&self) {
        self.inner.bus.publish(Signal::Work);
    }

    /// Tells everybody of a cancellation, after it has been committed.
    pub fn cancelled(&self, cancelled: Cancelled) -> run::Model {
        self.committed(&cancelled.run);
        for signal in cancelled.signals {
            self.inner.bus.publish(signal);
        }
        cancelled.run
    }

    /// Tells everybody of a retry, after it has been committed.
    pub fn committed(&self, run: &run::Model) {
        self.inner.bus.publish(Signal::Changed { stream: run.id, revision: run.revision });
        if run.finished_at.is_some() {
            self.inner.bus.publish(Signal::Stopped { stream: run.id });
        } else {
            self.inner.bus.publish(Signal::Work);
        }
    }
}
