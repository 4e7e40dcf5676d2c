//! Starting what has just been leased: each item a task of its own.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Driver, Held, Message};
use crate::engine::Inner;
use crate::engine::handler::{Attempt, Handler, ItemError, Outcome};
use crate::engine::rules;
use crate::engine::store::lease::{self, Lease, Leased};
use crate::engine::store::record::Settled;
use crate::events::{Announcer, Running, Signal};

/// So many items are started before others have a turn: the driver, in the middle of its own with
/// the database, need not wait for all of them.
const AT_ONCE: usize = 64;

impl Driver {
    /// Takes a lease into our hands and starts its items behind.
    pub(super) fn start_items(&mut self, lease: Lease) {
        let size = usize::try_from(lease.hi - lease.lo).unwrap_or(0);
        let token = self.engine.stopping_now.child_token();
        let id = lease.id;
        // Kept from here on, however long reading takes.
        self.leases.insert(id, Held { token: token.clone(), left: size });
        self.engine.leases.lock().insert(id);
        self.in_hand += size;
        self.engine.desk.set_in_hand(self.run, self.in_hand);
        let start = Start {
            engine: self.engine.clone(),
            handler: self.handler.clone(),
            outbox: self.outbox.clone(),
            max_attempts: self.max_attempts,
            lease,
            token,
        };
        let outbox = self.outbox.clone();
        // The driver records meanwhile what has ended.
        tokio::spawn(async move {
            let started = AssertUnwindSafe(start.run()).catch_unwind().await;
            if !started.unwrap_or(false) {
                let _ = outbox.send(Message::Lost(Arc::new(HashSet::from([id]))));
            }
        });
    }
}

/// What starting the items of a lease takes.
struct Start {
    engine: Arc<Inner>,
    handler: Arc<dyn Handler>,
    outbox: mpsc::UnboundedSender<Message>,
    max_attempts: i32,
    lease: Lease,
    token: CancellationToken,
}

impl Start {
    /// Says whether the items were started.
    async fn run(self) -> bool {
        let Some(items) = self.items().await else { return false };
        let running: Vec<_> = items
            .iter()
            .map(|item| Running { index: item.idx, attempt: item.attempt + 1, step: None })
            .collect();
        self.engine.bus.publish(Signal::Running { stream: self.lease.run.id, items: running.into() });
        for (n, item) in items.into_iter().enumerate() {
            self.start_item(item);
            if n % AT_ONCE == AT_ONCE - 1 {
                tokio::task::yield_now().await;
                if self.token.is_cancelled() {
                    break;
                }
            }
        }
        true
    }

    /// The lease's items; none where it was cancelled or taken back between the claim and now, or
    /// where the grace is over.
    async fn items(&self) -> Option<Vec<Leased>> {
        loop {
            match lease::leased_items(&self.engine.db, &self.lease).await {
                Ok(items) => {
                    let whole = i64::try_from(items.len()) == Ok(self.lease.hi - self.lease.lo);
                    return (whole && !self.token.is_cancelled()).then_some(items);
                }
                Err(error) => {
                    tracing::warn!(run = %self.lease.run.id, %error, "leased items cannot be read yet");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    if self.engine.stopping.is_cancelled() {
                        return None;
                    }
                }
            }
        }
    }

    fn start_item(&self, item: Leased) {
        let (engine, handler) = (self.engine.clone(), self.handler.clone());
        let (outbox, max_attempts) = (self.outbox.clone(), self.max_attempts);
        let (lease, requeued, run) = (self.lease.id, self.lease.requeued, self.lease.run.clone());
        let cancelled = self.token.clone();
        let span = tracing::info_span!("item", run = %run.id, index = item.idx, attempt = item.attempt + 1);
        let work = async move {
            let started_at = engine.clock.now();
            let number = item.attempt + 1;
            let _in_hand = engine.steps.hold(run.id, item.idx, number);
            let announcer =
                Announcer::new(engine.bus.clone(), engine.steps.clone(), run.id, item.idx, number);
            let told = cancelled.clone();
            let input = item.input;
            let attempt = Attempt { run, index: item.idx, number, lease, input, cancelled, announcer };
            let ended = execute(handler.as_ref(), attempt).await;
            if ended.is_err() && told.is_cancelled() {
                // It stopped because it was told to: no failure of the item. A lease that is lost
                // is not ours to speak for; at a shutdown the item is given back uncounted.
                return;
            }
            let finished_at = engine.clock.now();
            let jitter = (engine.jitter)();
            let verdict =
                rules::judge(ended, item.spent + 1, max_attempts, finished_at, engine.config.backoff, jitter);
            let settled =
                Settled { lease, requeued, idx: item.idx, number, started_at, finished_at, verdict };
            let _ = outbox.send(Message::Settled(Box::new(settled)));
        };
        tokio::spawn(tracing::Instrument::instrument(work, span));
    }
}

/// Executes an attempt within its time; a panic is a failed item and nothing else.
async fn execute(handler: &dyn Handler, attempt: Attempt) -> Result<Outcome, ItemError> {
    let in_time = async {
        let timeout = handler.timeout();
        let ended = tokio::time::timeout(timeout, handler.execute(attempt)).await;
        ended.unwrap_or_else(|_| {
            let message = format!("took longer than {} seconds", timeout.as_secs());
            Err(ItemError::transient(rules::TIMEOUT, message))
        })
    };
    match AssertUnwindSafe(in_time).catch_unwind().await {
        Ok(ended) => ended,
        Err(_) => Err(ItemError::last(rules::PANICKED, "the program failed on this item")),
    }
}
