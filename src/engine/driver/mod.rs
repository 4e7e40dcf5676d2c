//! A driver: the one task of this replica that works on a run. It starts what it leases,
//! gathers how the attempts end, and takes turns with the database.

mod recovery;
mod starting;

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Inner;
use super::desk::CHUNK;
use super::handler::Handler;
use super::store::record::Settled;
use super::store::turn::{Turn, TurnRequest, turn};
use crate::events::Signal;

/// Outcomes are recorded at the latest this long after the first of them …
const LINGER: Duration = Duration::from_millis(5);
/// … or when there are so many.
const FLUSH: usize = 1_000;

/// What a driver is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// There may be something to claim.
    Look,
    /// The run has changed under us.
    Changed,
    /// An attempt has ended.
    Settled(Box<Settled>),
    /// These leases are not ours any more.
    Lost(Arc<HashSet<Uuid>>),
}

struct Held {
    token: CancellationToken,
    left: usize,
}

/// See the module.
pub(crate) struct Driver {
    engine: Arc<Inner>,
    handler: Arc<dyn Handler>,
    run: Uuid,
    priority: i16,
    max_attempts: i32,
    inbox: mpsc::UnboundedReceiver<Message>,
    outbox: mpsc::UnboundedSender<Message>,
    settled: Vec<Settled>,
    leases: HashMap<Uuid, Held>,
    in_hand: usize,
    /// The run has changed under us, and no turn has seen it yet.
    changed: bool,
    /// Hands are free that somebody else may need.
    freed: bool,
    /// Turns that failed one after another.
    failures: u32,
    /// The most outcomes that are recorded in one turn.
    at_once: usize,
    /// What a failed turn would have leased. It may stand: perhaps only the answer was lost.
    unheard: Option<Uuid>,
}

impl Driver {
    pub(crate) fn start(
        engine: Arc<Inner>,
        handler: Arc<dyn Handler>,
        run: Uuid,
        priority: i16,
        inbox: mpsc::UnboundedReceiver<Message>,
    ) {
        let (outbox, attempts) = mpsc::unbounded_channel();
        let mut driver = Self {
            engine,
            handler,
            run,
            priority,
            max_attempts: 1,
            inbox,
            outbox,
            settled: Vec::new(),
            leases: HashMap::new(),
            in_hand: 0,
            changed: false,
            freed: false,
            failures: 0,
            at_once: CHUNK,
            unheard: None,
        };
        tokio::spawn(async move {
            if AssertUnwindSafe(driver.drive(attempts)).catch_unwind().await.is_err() {
                driver.fall().await;
            }
        });
    }

    async fn drive(&mut self, mut attempts: mpsc::UnboundedReceiver<Message>) {
        loop {
            let Some(message) = next(&mut self.inbox, &mut attempts).await else { return };
            let mut look = self.take(message);
            // Gather what else has ended, as long as something may still end soon.
            let deadline = Instant::now() + LINGER;
            loop {
                look |= self.take_waiting(&mut attempts);
                let executing = self.in_hand > self.settled.len();
                if look || !executing || self.settled.is_empty() || self.settled.len() >= FLUSH {
                    break;
                }
                match tokio::time::timeout_at(deadline, next(&mut self.inbox, &mut attempts)).await {
                    Ok(Some(message)) => look |= self.take(message),
                    Ok(None) => return,
                    Err(_) => break,
                }
            }
            if look || !self.settled.is_empty() {
                self.take_turn().await;
            }
            self.engine.desk.set_in_hand(self.run, self.in_hand);
            if std::mem::take(&mut self.freed) {
                self.engine.desk.freed.notify_one();
            }
            let idle = self.in_hand == 0 && self.settled.is_empty() && self.failures == 0;
            if idle && self.engine.desk.leave(self.run, &self.inbox) {
                return;
            }
        }
    }

    /// Takes in all that waits, so that a heap of hints costs one turn; says whether it asks for one.
    fn take_waiting(&mut self, attempts: &mut mpsc::UnboundedReceiver<Message>) -> bool {
        let mut look = false;
        while let Ok(message) = attempts.try_recv() {
            look |= self.take(message);
        }
        while let Ok(message) = self.inbox.try_recv() {
            look |= self.take(message);
        }
        look
    }

    /// Takes a message in; says whether it asks for a turn by itself.
    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Settled(settled) => {
                // What belongs to a lease that is lost was let go with it.
                if self.leases.contains_key(&settled.lease) {
                    self.settled.push(*settled);
                }
                false
            }
            Message::Look => true,
            Message::Changed => {
                self.changed = true;
                true
            }
            Message::Lost(lost) => {
                let lost: Vec<_> = self.leases.keys().filter(|id| lost.contains(id)).copied().collect();
                self.let_go(&lost);
                false
            }
        }
    }

    /// Stops working for leases that are not ours any more; their hands are free.
    fn let_go(&mut self, lost: &[Uuid]) {
        for id in lost {
            if let Some(held) = self.leases.remove(id) {
                held.token.cancel();
                self.engine.leases.lock().remove(id);
                self.in_hand = self.in_hand.saturating_sub(held.left);
                self.freed = true;
                tracing::info!(run = %self.run, lease = %id, items = held.left, "let go of a lost lease");
            }
        }
        self.settled.retain(|settled| self.leases.contains_key(&settled.lease));
    }

    fn let_go_of_all(&mut self) {
        let all: Vec<_> = self.leases.keys().copied().collect();
        self.let_go(&all);
    }

    async fn take_turn(&mut self) {
        if !self.resolve_unheard().await {
            return;
        }
        let want = self.engine.desk.reserve(self.run, self.handler.kind(), self.priority);
        let part = self.settled.len().min(self.at_once);
        if part == 0 && want == 0 && !self.changed {
            return self.recovered();
        }
        let settled = std::mem::take(&mut self.settled);
        let mut now_settled: HashMap<Uuid, usize> = HashMap::new();
        for settled in &settled[..part] {
            *now_settled.entry(settled.lease).or_default() += 1;
        }
        let done: Vec<_> = now_settled
            .iter()
            .filter(|(id, n)| self.leases.get(id).is_some_and(|held| held.left == **n))
            .map(|(id, _)| *id)
            .collect();
        let lease = Uuid::now_v7();
        let request = TurnRequest {
            run: self.run,
            settled: &settled[..part],
            done: &done,
            want,
            lease,
            holder: &self.engine.holder,
            now: self.engine.clock.now(),
            lease_ttl: self.engine.config.lease_ttl,
            again: self.failures > 0,
        };
        #[cfg(test)]
        self.engine.probe.turn_begins();
        let taken = turn(&self.engine.db, self.handler.as_ref(), &request).await;
        #[cfg(test)]
        let taken = self.engine.probe.turn_answers(taken);
        match taken {
            Ok(turn) => {
                self.recovered();
                self.changed = false;
                for (id, n) in now_settled {
                    if let Some(held) = self.leases.get_mut(&id) {
                        held.left -= n;
                        if held.left == 0 {
                            self.leases.remove(&id);
                            self.engine.leases.lock().remove(&id);
                        }
                    }
                }
                self.in_hand -= part;
                self.settled.extend(settled.into_iter().skip(part));
                self.after(turn, want).await;
            }
            Err(error) => {
                self.unheard = (want > 0).then_some(lease);
                self.after_failure(&error, settled, part);
            }
        }
    }

    async fn after(&mut self, turn: Turn, want: usize) {
        if !turn.rejected.is_empty() {
            tracing::info!(run = %self.run, items = turn.rejected.len(), "outcomes did not count: their leases were gone");
        }
        let Some(run) = turn.run else { return self.let_go_of_all() };
        self.max_attempts = run.max_attempts;
        if run.finished_at.is_some() {
            self.let_go_of_all();
        }
        if turn.changed {
            self.engine.bus.publish(Signal::Changed { stream: run.id, revision: run.revision });
        }
        for signal in turn.signals {
            self.engine.bus.publish(signal);
        }
        let claimed =
            turn.claimed.as_ref().map_or(0, |lease| usize::try_from(lease.hi - lease.lo).unwrap_or(0));
        if claimed < want {
            self.engine.desk.no_longer_waiting(self.run);
        }
        self.freed |= turn.accepted > claimed;
        // A lease is of one kind of positions: what is tried again comes after it, in one of its own.
        let of_other_kind = 0 < claimed && claimed < want && run.head == run.span;
        if let Some(lease) = turn.claimed {
            self.start_items(lease);
        }
        // A turn leases no more than a chunk. With the next one in hand too, executing goes on
        // while outcomes are recorded.
        let of_next_chunk = claimed == CHUNK
            && run.in_flight < i64::from(run.concurrency)
            && self.engine.desk.allowance(self.run, self.handler.kind(), self.priority) > 0;
        let more = run.head < run.tail && (of_other_kind || of_next_chunk);
        if more || !self.settled.is_empty() {
            // Not all at once: the rest has its turn next.
            let _ = self.outbox.send(Message::Look);
        }
    }
}

/// The next message: from outside, or from one of our attempts.
async fn next(
    inbox: &mut mpsc::UnboundedReceiver<Message>,
    attempts: &mut mpsc::UnboundedReceiver<Message>,
) -> Option<Message> {
    tokio::select! {
        message = attempts.recv() => message,
        message = inbox.recv() => message,
    }
}
