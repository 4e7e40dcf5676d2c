//! The scheduler: finds runs with something to do, keeps our leases, takes back those of others
//! that ran out. Woken by signals, with a slow poll behind them.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use sea_orm::DbErr;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::driver::{Driver, Message};
use super::store::rescue::{TakeBack, take_back};
use super::store::{lease, read};
use super::{Engine, Inner};
use crate::events::Signal;

/// How many runs of each kind one look at the queue takes in.
const LOOK: i64 = 64;
/// Two looks are at least so far apart.
const PAUSE: Duration = Duration::from_millis(2);
/// After a look that failed, the next is at the latest so far away.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How many failing runs a look leaves out.
const FAILING: usize = 500;
/// A shutdown waits at most so long for turns that are under way, and as long for giving back.
const GIVING_BACK: Duration = Duration::from_secs(5);
/// How often a shutdown looks whether it is over.
const SHUTDOWN_PAUSE: Duration = Duration::from_millis(20);

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
        // A turn that began before may still claim: what it leases is to be given back too.
        let claimed = async {
            while self.inner.desk.is_claiming() {
                tokio::time::sleep(SHUTDOWN_PAUSE).await;
            }
        };
        let claimed = tokio::time::timeout(GIVING_BACK, claimed).await;
        let given_back = tokio::time::timeout(GIVING_BACK, self.give_back()).await;
        if claimed.is_err() || given_back.is_err() {
            tracing::warn!("not all leases could be given back in time; they will run out");
        }
    }

    async fn drain(&self) {
        let deadline = tokio::time::Instant::now() + self.inner.config.grace;
        while self.inner.desk.is_busy() && tokio::time::Instant::now() < deadline {
            tokio::time::sleep(SHUTDOWN_PAUSE).await;
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
    /// One look at the queue: every run that may take more is told so. Kind by kind, so that a
    /// kind with much to do does not hide another.
    pub(crate) async fn look(self: &Arc<Self>, now: DateTime<Utc>) -> Result<(), DbErr> {
        #[cfg(test)]
        self.probe.look_begins();
        let failing = self.desk.failing(FAILING);
        let mut found = Vec::new();
        for kind in self.handlers.keys() {
            found.extend(read::claimable(&self.db, kind, now, &failing, LOOK).await?);
        }
        self.desk.set_waiting(found.clone());
        for run in found {
            let Some((kind, handler)) = self.handlers.get_key_value(run.kind.as_str()) else { continue };
            if self.desk.allowance(run.id, kind, run.priority) > 0 {
                self.desk.tell(run.id, kind, Message::Look, |inbox| {
                    Driver::start(self.clone(), handler.clone(), run.id, run.priority, inbox);
                });
            }
        }
        #[cfg(test)]
        self.probe.look_ended();
        Ok(())
    }

    /// Takes back leases of one run and tells everybody.
    pub(crate) async fn take_back(&self, run: Uuid, which: TakeBack<'_>) -> Result<(), DbErr> {
        let Some(found) = read::run(&self.db, run).await? else { return Ok(()) };
        let Some(handler) = self.handlers.get(found.kind.as_str()) else { return Ok(()) };
        let taken = take_back(&self.db, handler.as_ref(), run, which, self.clock.now()).await?;
        if let Some((run, signals)) = taken {
            let changed = Signal::Changed { stream: run.id, revision: run.revision };
            for signal in [changed, Signal::Work].into_iter().chain(signals) {
                self.bus.publish(signal);
            }
        }
        Ok(())
    }

    /// Takes back every lease that has run out. A run that cannot be taken back holds up no other.
    pub(crate) async fn rescue(&self) -> Result<(), DbErr> {
        if lease::runs_with_expired(&self.db, self.clock.now(), Uuid::nil()).await?.is_empty() {
            return Ok(());
        }
        // Where the clock jumped (a laptop that slept), our own have run out without our fault.
        self.heartbeat().await?;
        let now = self.clock.now();
        let mut after = Uuid::nil();
        loop {
            let runs = lease::runs_with_expired(&self.db, now, after).await?;
            for run in &runs {
                tracing::warn!(%run, "taking back leases that ran out");
                if let Err(error) = self.take_back(*run, TakeBack::Expired).await {
                    tracing::error!(%run, %error, "leases that ran out could not be taken back");
                }
            }
            match runs.last() {
                Some(last) if runs.len() as u64 == lease::EXPIRED_PAGE => after = *last,
                _ => return Ok(()),
            }
        }
    }

    /// Keeps our leases; what is not ours any more is let go.
    pub(crate) async fn heartbeat(&self) -> Result<(), DbErr> {
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
    let kinds: Vec<_> = inner.handlers.keys().copied().collect();
    let mut signals = inner.bus.subscribe();
    loop {
        // One time for both: what comes due in between is found by the second.
        let now = inner.clock.now();
        let looked = async {
            inner.look(now).await?;
            read::next_due(&inner.db, &kinds, now).await
        };
        let wait = match step("looking for work", looked).await {
            Some(Some(due)) => (due - inner.clock.now()).to_std().unwrap_or_default().min(inner.config.poll),
            Some(None) => inner.config.poll,
            None => inner.config.poll.min(AFTER_FAILURE),
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
                    Ok(Signal::Stopped { stream }) => inner.desk.tell_open(stream, Message::Changed),
                    Ok(_) => {}
                    Err(RecvError::Closed) => return,
                },
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// One step of a loop that goes on whatever happens: an error or a panic in it is logged.
async fn step<T>(what: &'static str, step: impl Future<Output = Result<T, DbErr>>) -> Option<T> {
    match AssertUnwindSafe(step).catch_unwind().await {
        Ok(Ok(done)) => Some(done),
        Ok(Err(error)) => {
            tracing::warn!(%error, "{what} failed");
            None
        }
        Err(_) => {
            tracing::error!("{what} panicked");
            None
        }
    }
}

async fn heartbeats(inner: &Inner) {
    let mut every = tokio::time::interval(inner.config.lease_ttl / 3);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        step("keeping leases", inner.heartbeat()).await;
    }
}

async fn rescues(inner: &Inner) {
    let mut every = tokio::time::interval(inner.config.poll.max(Duration::from_millis(100)));
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        step("taking back leases that ran out", inner.rescue()).await;
    }
}
