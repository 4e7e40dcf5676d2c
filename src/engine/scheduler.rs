//! The scheduler: finds runs with something to do, keeps our leases, takes back those of others
//! that ran out. Woken by signals, with a slow poll behind them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::driver::{Driver, Message};
use super::store::rescue::{TakeBack, take_back};
use super::store::{lease, read};
use super::{Engine, Inner};
use crate::events::Signal;

/// How many runs one look at the queue takes in.
const LOOK: i64 = 64;
/// Two looks are at least so far apart.
const PAUSE: Duration = Duration::from_millis(2);

impl Engine {
    /// Works until the token is cancelled; then claims nothing more, lets what is in hand finish
    /// within the grace, and gives back the rest.
    pub async fn work(&self) {
        let working = async {
            look_for_work(&self.inner).await;
            self.inner.desk.close();
            self.drain().await;
        };
        // All in one task: whoever drops it has a replica that is silent at once.
        tokio::select! {
            () = working => {}
            () = heartbeats(&self.inner) => {}
            () = rescues(&self.inner) => {}
        }
        self.give_back().await;
    }

    async fn drain(&self) {
        let deadline = tokio::time::Instant::now() + self.inner.config.grace;
        while self.inner.desk.in_hand() > 0 && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.inner.stopping_now.cancel();
    }

    async fn give_back(&self) {
        let inner = &self.inner;
        let runs = match lease::runs_of(&inner.db, &inner.holder).await {
            Ok(runs) => runs,
            Err(error) => return tracing::warn!(%error, "leases could not be given back; they will run out"),
        };
        for run in runs {
            if let Err(error) = inner.take_back(run, TakeBack::GivenUp { holder: &inner.holder }).await {
                tracing::warn!(%run, %error, "leases could not be given back; they will run out");
            }
        }
    }
}

impl Inner {
    /// One look at the queue: every run that may take more is told so.
    pub(crate) async fn look(self: &Arc<Self>) -> Result<(), DbErr> {
        let kinds: Vec<_> = self.handlers.keys().copied().collect();
        if kinds.is_empty() {
            return Ok(());
        }
        let found = read::claimable(&self.db, &kinds, self.clock.now(), LOOK).await?;
        self.desk.set_waiting(found.clone());
        for run in found {
            let Some((kind, handler)) = self.handlers.get_key_value(run.kind.as_str()) else { continue };
            if self.desk.allowance(run.id, kind, run.priority) > 0 {
                self.desk.tell(run.id, kind, Message::Look, |inbox| {
                    Driver::start(self.clone(), handler.clone(), run.id, run.priority, inbox);
                });
            }
        }
        Ok(())
    }

    /// Takes back leases of one run and tells everybody.
    pub(crate) async fn take_back(&self, run: Uuid, which: TakeBack<'_>) -> Result<(), DbErr> {
        let Some(found) = read::run(&self.db, run).await? else { return Ok(()) };
        let Some(handler) = self.handlers.get(found.kind.as_str()) else { return Ok(()) };
        if let Some(run) = take_back(&self.db, handler.as_ref(), run, which, self.clock.now()).await? {
            self.bus.publish(Signal::Changed { stream: run.id, revision: run.revision });
            self.bus.publish(Signal::Work);
        }
        Ok(())
    }

    /// Takes back every lease that has run out.
    pub(crate) async fn rescue(&self) -> Result<(), DbErr> {
        for run in lease::runs_with_expired(&self.db, self.clock.now()).await? {
            tracing::warn!(%run, "taking back leases that ran out");
            self.take_back(run, TakeBack::Expired).await?;
        }
        Ok(())
    }

    /// Keeps our leases; what is not ours any more is let go.
    async fn heartbeat(&self) -> Result<(), DbErr> {
        let ours: Vec<_> = self.leases.lock().iter().copied().collect();
        let expires_at = self.clock.now() + self.config.lease_ttl;
        let standing = lease::keep(&self.db, &ours, expires_at).await?;
        let lost: HashSet<_> = ours.into_iter().filter(|id| !standing.contains(id)).collect();
        // What has ended meanwhile is gone from both; the drivers know the difference.
        if !lost.is_empty() {
            let lost = Arc::new(lost);
            self.desk.tell_all(|| Message::Lost(lost.clone()));
        }
        Ok(())
    }
}

async fn look_for_work(inner: &Arc<Inner>) {
    let mut signals = inner.bus.subscribe();
    loop {
        if let Err(error) = inner.look().await {
            tracing::warn!(%error, "the queue cannot be read");
        }
        let wait = match read::next_due(&inner.db).await {
            Ok(Some(due)) => {
                let until = (due - inner.clock.now()).to_std().unwrap_or_default();
                until.min(inner.config.poll)
            }
            _ => inner.config.poll,
        };
        let idle = tokio::time::sleep(wait.max(PAUSE));
        tokio::pin!(idle);
        loop {
            tokio::select! {
                () = inner.stopping.cancelled() => return,
                () = &mut idle => break,
                () = inner.desk.freed.notified() => break,
                signal = signals.recv() => match signal {
                    Ok(Signal::Work) | Err(RecvError::Lagged(_)) => break,
                    Ok(Signal::Stopped { stream }) => inner.desk.tell_open(stream, Message::Look),
                    Ok(_) => {}
                    Err(RecvError::Closed) => return,
                },
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn heartbeats(inner: &Inner) {
    let mut every = tokio::time::interval(inner.config.lease_ttl / 3);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        if let Err(error) = inner.heartbeat().await {
            tracing::warn!(%error, "leases could not be kept");
        }
    }
}

async fn rescues(inner: &Inner) {
    let mut every = tokio::time::interval(inner.config.poll.max(Duration::from_millis(100)));
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        if let Err(error) = inner.rescue().await {
            tracing::warn!(%error, "leases that ran out could not be taken back");
        }
    }
}
