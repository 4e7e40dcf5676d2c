//! A driver: the one task of this replica that works on a run. It starts what it leases,
//! gathers how the attempts end, and takes turns with the database.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use sea_orm::DbErr;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::handler::{Attempt, Handler, ItemError, Outcome};
use super::rules::{self, Verdict};
use super::store::lease::{self, Lease, Leased};
use super::store::record::Settled;
use super::store::turn::{Turn, TurnRequest, turn};
use super::{Inner, RunContext};
use crate::events::{Announcer, Running, Signal};

/// Outcomes are recorded at the latest this long after the first of them …
const LINGER: Duration = Duration::from_millis(5);
/// … or when there are so many.
const FLUSH: usize = 1_000;
/// How often a recording is tried whole before its outcomes are recorded one by one.
const WHOLE_TRIES: u32 = 3;

/// What a driver is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// There may be something to claim, or the run has changed under us.
    Look,
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
    failures: u32,
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
            failures: 0,
        };
        tokio::spawn(async move { driver.drive(attempts).await });
    }

    async fn drive(&mut self, mut attempts: mpsc::UnboundedReceiver<Message>) {
        loop {
            let Some(message) = next(&mut self.inbox, &mut attempts).await else { return };
            let mut look = self.take(message);
            // Gather what else has ended, as long as something may still end soon.
            let deadline = Instant::now() + LINGER;
            loop {
                while let Ok(message) = attempts.try_recv() {
                    look |= self.take(message);
                }
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
            if self.in_hand == 0 && self.settled.is_empty() && self.engine.desk.leave(self.run, &self.inbox) {
                return;
            }
        }
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
            Message::Lost(lost) => {
                let lost: Vec<_> = self.leases.keys().filter(|id| lost.contains(id)).copied().collect();
                self.let_go(&lost);
                false
            }
        }
    }

    /// Stops working for leases that are not ours any more.
    fn let_go(&mut self, lost: &[Uuid]) {
        for id in lost {
            if let Some(held) = self.leases.remove(id) {
                held.token.cancel();
                self.engine.leases.lock().remove(id);
                self.in_hand -= held.left;
                tracing::info!(run = %self.run, lease = %id, items = held.left, "let go of a lost lease");
            }
        }
        self.settled.retain(|settled| self.leases.contains_key(&settled.lease));
    }

    async fn take_turn(&mut self) {
        let kind = self.handler.kind();
        let settled = std::mem::take(&mut self.settled);
        let part = if self.failures > WHOLE_TRIES { settled.len().min(1) } else { settled.len() };
        let want = self.engine.desk.allowance(self.run, kind, self.priority);
        let mut now_settled: HashMap<Uuid, usize> = HashMap::new();
        for settled in &settled[..part] {
            *now_settled.entry(settled.lease).or_default() += 1;
        }
        let done: Vec<_> = now_settled
            .iter()
            .filter(|(id, n)| self.leases.get(id).is_some_and(|held| held.left == **n))
            .map(|(id, _)| *id)
            .collect();
        let request = TurnRequest {
            run: self.run,
            settled: &settled[..part],
            done: &done,
            want,
            holder: &self.engine.holder,
            now: self.engine.clock.now(),
            lease_ttl: self.engine.config.lease_ttl,
            again: self.failures > 0,
        };
        let taken = turn(&self.engine.db, self.handler.as_ref(), &request).await;
        match taken {
            Ok(turn) => {
                self.failures = 0;
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
            Err(error) => self.after_failure(error, settled, part).await,
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
        let claimed =
            turn.claimed.as_ref().map_or(0, |lease| usize::try_from(lease.hi - lease.lo).unwrap_or(0));
        if claimed < want {
            self.engine.desk.no_longer_waiting(self.run);
        }
        if turn.accepted > claimed {
            self.engine.desk.freed.notify_one();
        }
        if let Some(lease) = turn.claimed {
            self.start_items(lease).await;
        } else if !self.settled.is_empty() {
            // One by one: the rest has its turn next.
            let _ = self.outbox.send(Message::Look);
        }
    }

    fn let_go_of_all(&mut self) {
        let all: Vec<_> = self.leases.keys().copied().collect();
        self.let_go(&all);
    }

    /// Nothing was recorded. Tries again, ever more slowly; the leases are the limit. Where the
    /// database lives and yet refuses an outcome that is tried alone, the outcome is at fault.
    async fn after_failure(&mut self, error: DbErr, mut settled: Vec<Settled>, part: usize) {
        self.failures += 1;
        tracing::warn!(run = %self.run, items = part, tries = self.failures, %error, "a turn failed");
        let alone = self.failures > 2 * WHOLE_TRIES && part == 1;
        if alone && self.engine.db.ping().await.is_ok() {
            if let Some(first) = settled.first_mut() {
                first.verdict = Verdict::Failed {
                    code: rules::NOT_RECORDED.into(),
                    message: "what this item produced could not be saved".to_owned(),
                };
            }
            self.failures = WHOLE_TRIES + 1;
        }
        self.settled = settled;
        let wait = Duration::from_millis(20 << self.failures.min(6));
        let outbox = self.outbox.clone();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            let _ = outbox.send(Message::Look);
        });
    }

    async fn start_items(&mut self, lease: Lease) {
        let size = usize::try_from(lease.hi - lease.lo).unwrap_or(0);
        let items = loop {
            match lease::leased_items(&self.engine.db, &lease).await {
                Ok(items) => break items,
                Err(error) => {
                    tracing::warn!(run = %self.run, %error, "leased items cannot be read yet");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    if self.engine.stopping.is_cancelled() {
                        return;
                    }
                }
            }
        };
        let token = self.engine.stopping_now.child_token();
        let id = lease.id;
        self.leases.insert(id, Held { token: token.clone(), left: size });
        self.engine.leases.lock().insert(id);
        self.in_hand += size;
        self.engine.desk.set_in_hand(self.run, self.in_hand);
        if items.len() < size {
            // Cancelled between the claim and now: the lease has gone with it.
            return self.let_go(&[id]);
        }
        let running: Vec<_> = items
            .iter()
            .map(|item| Running { index: item.idx, attempt: item.attempt + 1, step: None })
            .collect();
        self.engine.bus.publish(Signal::Running { stream: self.run, items: running.into() });
        for item in items {
            self.start_item(id, lease.requeued, lease.run.clone(), item, token.clone());
        }
    }

    fn start_item(
        &self,
        lease: Uuid,
        requeued: bool,
        run: Arc<RunContext>,
        item: Leased,
        cancelled: CancellationToken,
    ) {
        let (engine, handler) = (self.engine.clone(), self.handler.clone());
        let (outbox, max_attempts) = (self.outbox.clone(), self.max_attempts);
        let span = tracing::info_span!("item", run = %run.id, index = item.idx, attempt = item.attempt + 1);
        let work = async move {
            let started_at = engine.clock.now();
            let number = item.attempt + 1;
            let announcer = Announcer::new(engine.bus.clone(), run.id, item.idx, number);
            let input = item.input;
            let attempt = Attempt { run, index: item.idx, number, lease, input, cancelled, announcer };
            let ended = execute(handler.as_ref(), attempt).await;
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

/// Executes an attempt within its time; a panic is a failed item and nothing else.
async fn execute(handler: &dyn Handler, attempt: Attempt) -> Result<Outcome, ItemError> {
    let timeout = handler.timeout();
    let guarded = AssertUnwindSafe(handler.execute(attempt)).catch_unwind();
    match tokio::time::timeout(timeout, guarded).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(_)) => Err(ItemError::last(rules::PANICKED, "the program failed on this item")),
        Err(_) => Err(ItemError::transient(
            rules::TIMEOUT,
            format!("took longer than {} seconds", timeout.as_secs()),
        )),
    }
}
