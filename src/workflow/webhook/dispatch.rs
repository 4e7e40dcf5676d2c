//! Sends what is due. Any number of replicas do; each stream is one's at a time.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures::FutureExt as _;
use sea_orm::DbErr;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::claim::{Claimed, Schedule, claim_in_op, give_back_in_op, schedule};
use super::hands::{Back, Came, Hands};
use super::port::WebhookMessage;
use super::record::{Made, healths, record_health, record_in_op};
use super::rules;
use crate::events::Signal;
use crate::workflow::Workflow;

/// How often to look where no signal comes, and the longest that a clock which has jumped goes unseen.
const POLL: Duration = Duration::from_secs(10);
/// After a look that failed, the next.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Two looks are at least so far apart: what is told meanwhile goes together.
const PAUSE: Duration = Duration::from_millis(5);
/// How long messages in hand may take when everything stops; the rest is given back.
const GRACE: Duration = Duration::from_secs(5);

/// What [`Deliveries`] is made of.
pub struct DeliveriesParts {
    /// Whose events.
    pub workflow: Workflow,
    /// A number from 0 to 1, by chance: lengthens the waits.
    pub chance: fn() -> f64,
    /// Cancelled to stop.
    pub stopping: CancellationToken,
}

/// Sends what webhooks are to be told. Cheap to clone.
#[derive(Clone)]
pub struct Deliveries {
    pub(super) workflow: Workflow,
    chance: fn() -> f64,
    stopping: CancellationToken,
}

/// What a look has come to.
struct Turn {
    /// How many messages were taken in hand.
    claimed: usize,
    /// When the next is due for which there is room.
    next: Option<DateTime<Utc>>,
}

impl Deliveries {
    /// One that does nothing by itself until [`Deliveries::work`] is called.
    pub fn new(parts: DeliveriesParts) -> Self {
        Self { workflow: parts.workflow, chance: parts.chance, stopping: parts.stopping }
    }

    /// Sends what is due, until it is told to stop. Woken by signals, with a slow poll behind them.
    pub async fn work(&self) {
        let mut signals = self.workflow.inner.bus.subscribe();
        let mut hands = Hands::new();
        let mut swept = Instant::now();
        while !self.stopping.is_cancelled() {
            let wait = match self.turn(&mut hands).await {
                Ok(Turn { next, .. }) => next.map_or(POLL, |at| {
                    (at - self.workflow.inner.clock.now()).to_std().unwrap_or_default().min(POLL)
                }),
                Err(error) => {
                    tracing::warn!(%error, "webhooks could not be told");
                    AFTER_FAILURE
                }
            };
            if swept.elapsed() >= POLL {
                self.forget().await;
                swept = Instant::now();
            }
            self.idle(&mut hands, &mut signals, wait).await;
        }
        self.stop(hands).await;
    }

    /// Waits until there may be something to do.
    async fn idle(&self, hands: &mut Hands, signals: &mut broadcast::Receiver<Signal>, wait: Duration) {
        let until = tokio::time::sleep(wait.max(PAUSE));
        tokio::pin!(until);
        loop {
            tokio::select! {
                () = self.stopping.cancelled() => return,
                () = &mut until => return,
                Some(back) = hands.made.recv() => {
                    hands.let_go(back);
                    return;
                }
                signal = signals.recv() => match signal {
                    Ok(Signal::Told) => {
                        let soon = tokio::time::Instant::now() + PAUSE;
                        if soon < until.deadline() {
                            until.as_mut().reset(soon);
                        }
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return,
                    // Nobody signals any more: the poll is left.
                    Err(RecvError::Closed) => return until.await,
                },
            }
        }
    }

    /// Records what has come back, takes in hand what is due, and begins to send it.
    async fn turn(&self, hands: &mut Hands) -> Result<Turn, DbErr> {
        hands.gather();
        let inner = &self.workflow.inner;
        let found = schedule(inner.db.reader()).await?;
        let now = inner.clock.now();
        let is_due = |(webhook, next): &(Uuid, DateTime<Utc>)| {
            *next <= now && hands.free(*webhook, found.webhooks) > 0
        };
        if !hands.open.is_empty() || found.next.iter().any(is_due) {
            let all = self.record_and_claim(hands, &found, now).await?;
            let claimed = all.len();
            hands.has_claimed();
            for one in all {
                let gate = hands.take(&one, found.webhooks);
                self.begin(one, gate, hands.back.clone());
            }
            // What has become due by what was recorded is seen by another look.
            return Ok(Turn { claimed, next: Some(inner.clock.now()) });
        }
        let room = |(webhook, _): &&(Uuid, DateTime<Utc>)| hands.free(*webhook, found.webhooks) > 0;
        Ok(Turn { claimed: 0, next: found.next.iter().filter(room).map(|(_, next)| *next).min() })
    }

    async fn record_and_claim(
        &self,
        hands: &mut Hands,
        found: &Schedule,
        now: DateTime<Utc>,
    ) -> Result<Vec<Claimed>, DbErr> {
        let inner = &self.workflow.inner;
        let hooks = inner.hooks.at(&inner.db, found.generation).await;
        let hooks = hooks.map_err(|fault| DbErr::Custom(fault.to_string()))?;
        let made = hands.open.clone();
        let tx = inner.db.begin().await?;
        let left = match made.is_empty() {
            true => Vec::new(),
            false => record_in_op(&tx, made.clone()).await?,
        };
        let mut claimed = Vec::new();
        for hook in hooks.told() {
            let free = hands.free(hook.id, found.webhooks);
            let is_due = found.next.iter().any(|(webhook, next)| *webhook == hook.id && *next <= now);
            if free > 0 && is_due {
                claimed.extend(claim_in_op(&tx, hook, free, now).await?);
            }
        }
        inner.failpoints.reached("webhooks.before_commit");
        tx.commit().await?;
        inner.failpoints.reached("webhooks.after_commit");
        if !made.is_empty() {
            inner.failpoints.reached("webhooks.after_record");
        }
        hands.open = left;
        for (webhook, health) in healths(&made) {
            if found.ailing.contains(&webhook) || health.is_bad() {
                // What has been claimed is sent all the same; the next outcome tells.
                if let Err(error) = record_health(inner, webhook, health).await {
                    tracing::warn!(%webhook, %error, "how a webhook fares could not be written down");
                }
            }
        }
        Ok(claimed)
    }

    /// Sends something as soon as the gate lets it.
    fn begin(&self, claimed: Claimed, gate: Arc<Semaphore>, back: mpsc::UnboundedSender<Back>) {
        let this = self.clone();
        tokio::spawn(async move {
            let sent = AssertUnwindSafe(this.send_through(&gate, claimed.clone())).catch_unwind().await;
            let came = sent.unwrap_or_else(|_| {
                tracing::error!(webhook = %claimed.hook.id, delivery = claimed.delivery, "sending it panicked");
                Came::Left
            });
            // Where nobody listens any more, the lease runs out.
            let _ = back.send((claimed, came));
        });
    }

    async fn send_through(&self, gate: &Semaphore, claimed: Claimed) -> Came {
        let permit = tokio::select! {
            biased;
            () = self.stopping.cancelled() => return Came::Stopped,
            permit = gate.acquire() => permit,
        };
        let now = self.workflow.inner.clock.now();
        match permit.is_ok() && rules::may_still_be_sent(claimed.until, claimed.hook.timeout, now) {
            true => Came::Made(self.send(claimed).await),
            false => Came::Left,
        }
    }

    async fn send(&self, claimed: Claimed) -> Made {
        let inner = &self.workflow.inner;
        let started_at = inner.clock.now();
        let message = WebhookMessage {
            url: claimed.hook.url.clone(),
            id: message_id(claimed.event),
            sent_at: started_at,
            body: claimed.body.clone(),
            secrets: claimed.hook.secrets(started_at),
            timeout: claimed.hook.timeout,
        };
        let answer = inner.sender.send(message).await;
        inner.failpoints.reached("webhooks.after_send");
        let ended_at = inner.clock.now();
        let tries = claimed.tries.unsigned_abs();
        Made {
            verdict: rules::judge(&answer, tries, (self.chance)(), ended_at),
            error: rules::reason(&answer),
            status_code: answer.as_ref().ok().map(|answer| answer.status),
            claimed,
            started_at,
            ended_at,
        }
    }

    /// Sends all that is due by now and records what has come of it, with what becomes due by that; how
    /// many messages that were. For whoever wants it done at once.
    ///
    /// # Errors
    /// The database's; what was in hand then is sent again when its lease runs out.
    pub async fn deliver(&self) -> Result<usize, DbErr> {
        let (mut hands, mut sent) = (Hands::new(), 0);
        loop {
            let turn = self.turn(&mut hands).await?;
            sent += turn.claimed;
            if !hands.is_empty() {
                if let Some(back) = hands.made.recv().await {
                    hands.let_go(back);
                }
                continue;
            }
            let is_due = turn.next.is_some_and(|next| next <= self.workflow.inner.clock.now());
            if turn.claimed == 0 && hands.open.is_empty() && !is_due {
                return Ok(sent);
            }
        }
    }

    /// Waits for what is in hand, for a while, and gives back the rest.
    async fn stop(&self, mut hands: Hands) {
        let all = async {
            while !hands.is_empty() {
                let Some(back) = hands.made.recv().await else { return };
                hands.let_go(back);
            }
        };
        // What is given back in spite of that may have arrived: it is sent again under its id.
        let _ = tokio::time::timeout(GRACE, all).await;
        let inner = &self.workflow.inner;
        hands.gather();
        let left = hands.give_up();
        let made = std::mem::take(&mut hands.open);
        let done = async {
            let tx = inner.db.begin().await?;
            record_in_op(&tx, made).await?;
            give_back_in_op(&tx, &left, inner.clock.now()).await?;
            tx.commit().await
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "what webhooks were told could not be recorded: they are told again");
        }
    }
}

/// An event's id as receivers see it.
pub fn message_id(event: Uuid) -> String {
    format!("evt_{}", event.simple())
}
