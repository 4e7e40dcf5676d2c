//! What must work for `/readyz` to say so.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use crate::files::Files;
use crate::http::Probe;
use crate::kernel::Clock;
use crate::storage::Db;

/// How long an outcome stands. Anybody may ask, as often as they like, and a probe costs several
/// requests to a storage that may be paid by the request.
const STANDS_FOR: TimeDelta = TimeDelta::seconds(5);

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// Probes the database.
pub(super) struct DatabaseProbe(pub Db);

#[async_trait]
impl Probe for DatabaseProbe {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Outcome {
        Ok(self.0.ping().await?)
    }
}

/// Probes the object storage.
pub(super) struct StorageProbe(pub Files);

#[async_trait]
impl Probe for StorageProbe {
    fn name(&self) -> &'static str {
        "objectStore"
    }

    async fn check(&self) -> Outcome {
        Ok(self.0.check().await?)
    }
}

/// Another probe, of which one at a time is under way, and whose outcome stands for
/// [`STANDS_FOR`]: whoever asks meanwhile is told the same.
pub(super) struct Recent<P> {
    probe: Arc<P>,
    clock: Arc<dyn Clock>,
    last: Arc<Mutex<Option<Last>>>,
}

/// The last outcome, and when it was known.
struct Last {
    at: DateTime<Utc>,
    outcome: Result<(), Known>,
}

impl<P: Probe + 'static> Recent<P> {
    /// Around `probe`.
    pub(super) fn new(probe: P, clock: Arc<dyn Clock>) -> Self {
        Self { probe: Arc::new(probe), clock, last: Arc::default() }
    }
}

#[async_trait]
impl<P: Probe + 'static> Probe for Recent<P> {
    fn name(&self) -> &'static str {
        self.probe.name()
    }

    async fn check(&self) -> Outcome {
        let mut last = self.last.clone().lock_owned().await;
        let (probe, clock) = (self.probe.clone(), self.clock.clone());
        // In a task of its own: whoever gives up waiting neither breaks it off half way nor lets
        // the next one start another beside it.
        let checking = tokio::spawn(async move {
            if let Some(last) = last.as_ref().filter(|last| stands(last.at, clock.now())) {
                return last.outcome.clone();
            }
            let outcome = probe.check().await.map_err(|error| Known(error.into()));
            *last = Some(Last { at: clock.now(), outcome: outcome.clone() });
            outcome
        });
        Ok(checking.await??)
    }
}

/// Whether what was known `at` is still good. A clock that was set back makes it void.
fn stands(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (TimeDelta::zero()..STANDS_FOR).contains(&(now - at))
}

/// An error that several are told.
#[derive(Debug, Clone)]
struct Known(Arc<dyn Error + Send + Sync>);

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Known {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use futures::poll;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::kernel::ManualClock;

    /// Counts how often it is asked, and answers as it is told, once it may.
    struct Counting {
        asked: AtomicUsize,
        is_well: AtomicBool,
        may_answer: Semaphore,
    }

    #[async_trait]
    impl Probe for Arc<Counting> {
        fn name(&self) -> &'static str {
            "counting"
        }

        async fn check(&self) -> Outcome {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.may_answer.acquire().await?.forget();
            if self.is_well.load(Ordering::SeqCst) { Ok(()) } else { Err("unwell".into()) }
        }
    }

    fn recent() -> (Recent<Arc<Counting>>, Arc<Counting>, Arc<ManualClock>) {
        let counting = Arc::new(Counting {
            asked: AtomicUsize::new(0),
            is_well: AtomicBool::new(true),
            may_answer: Semaphore::new(0),
        });
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
        (Recent::new(counting.clone(), clock.clone()), counting, clock)
    }

    #[tokio::test]
    async fn an_outcome_stands_for_some_seconds_good_or_bad() {
        let (probe, counting, clock) = recent();
        counting.may_answer.add_permits(3);
        for _ in 0..10 {
            assert!(probe.check().await.is_ok());
        }
        assert_eq!(counting.asked.load(Ordering::SeqCst), 1);
        counting.is_well.store(false, Ordering::SeqCst);
        clock.advance(STANDS_FOR.to_std().unwrap());
        for _ in 0..10 {
            assert_eq!(probe.check().await.unwrap_err().to_string(), "unwell");
        }
        assert_eq!(counting.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn many_who_ask_at_once_or_give_up_waiting_share_one_probe() {
        let (probe, counting, _clock) = recent();
        for _ in 0..10 {
            let mut gives_up = probe.check();
            assert!(poll!(&mut gives_up).is_pending());
            tokio::task::yield_now().await;
        }
        let waiting = futures::future::join_all((0..10).map(|_| probe.check()));
        counting.may_answer.add_permits(1);
        assert!(waiting.await.iter().all(Result::is_ok));
        assert_eq!(counting.asked.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_clock_set_back_makes_an_outcome_void() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        assert!(stands(at, at) && stands(at, at + TimeDelta::milliseconds(4_999)));
        assert!(!stands(at, at + STANDS_FOR) && !stands(at, at - TimeDelta::milliseconds(1)));
    }
}
