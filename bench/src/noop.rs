//! Docket's engine with items that do nothing: leased, started as tasks, recorded with a result and
//! told to a subscriber on the same path as any other.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use docket::engine::{
    Attempt, Engine, EngineConfig, EngineParts, Handler, ItemError, NewRun, Outcome as ItemOutcome,
    RunJournal,
};
use docket::events::{Feed, LocalBus};
use docket::kernel::{Clock as _, SystemClock};
use docket::storage::Db;
use futures::{StreamExt as _, TryStreamExt as _};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::comparison::Outcome;

/// The most items in hand at once: what does nothing waits for nothing but the database.
const IN_HAND: u32 = 4_000;
/// The connections that `docket serve` opens as it comes.
const CONNECTIONS: u32 = 8;

struct NoOp;

#[async_trait::async_trait]
impl Handler for NoOp {
    fn kind(&self) -> &'static str {
        "noop"
    }

    fn capacity(&self) -> usize {
        IN_HAND as usize
    }

    async fn execute(&self, attempt: Attempt) -> Result<ItemOutcome, ItemError> {
        Ok(ItemOutcome::Success { result: Some(format!(r#"{{"index":{}}}"#, attempt.index)) })
    }
}

/// One replica at work.
pub struct NoOps {
    db: Db,
    engine: Engine,
    feed: Arc<Feed<RunJournal>>,
    stopping: CancellationToken,
    working: Option<JoinHandle<()>>,
}

/// How long it took.
#[derive(Debug, Clone, Copy)]
pub struct WorkedOff {
    /// From the word that there is work to the last run's end, as the database has it.
    pub seconds: f64,
    /// Until the subscriber of the last run had been told of that end.
    pub told_seconds: f64,
}

impl NoOps {
    /// A replica on a migrated database; it begins with the first [`NoOps::work_off`].
    ///
    /// # Errors
    /// Where the database is not to be had.
    pub async fn open(url: &str) -> Outcome<Self> {
        let db = Db::connect(url, CONNECTIONS).await?;
        let bus = Arc::new(LocalBus::default());
        let stopping = CancellationToken::new();
        let engine = Engine::new(EngineParts {
            db: db.clone(),
            clock: Arc::new(SystemClock),
            bus: bus.clone(),
            handlers: vec![Arc::new(NoOp)],
            config: EngineConfig::default(),
            holder: Uuid::new_v4().to_string(),
            jitter: rand::random::<f64>,
            stopping: stopping.clone(),
        });
        let feed = Feed::new(engine.journal(), bus.as_ref());
        Ok(Self { db, engine, feed, stopping, working: None })
    }

    /// Writes a run of `items`, which nobody is told of yet.
    ///
    /// # Errors
    /// The database's.
    pub async fn enqueue(&self, items: i32, priority: i16) -> Outcome<Uuid> {
        let id = Uuid::now_v7();
        let run = NewRun {
            id,
            kind: "noop",
            priority,
            concurrency: IN_HAND,
            max_attempts: 3,
            context: "{}".to_owned(),
        };
        let inputs = (0..items).map(|n| format!(r#"{{"n":{n}}}"#)).collect();
        let tx = self.db.begin().await?;
        self.engine.enqueue_in_op(&tx, run, inputs).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Works off runs one after the other, each enqueued just before and watched by a subscriber.
    ///
    /// # Errors
    /// Where one did not end, or did not come out exact.
    pub async fn work_off(&mut self, runs: &[i32], priority: i16) -> Outcome<WorkedOff> {
        let mut seconds = 0.0;
        let mut told_seconds = 0.0;
        for items in runs {
            let run = self.enqueue(*items, priority).await?;
            let mut messages = Box::pin(self.feed.subscribe(run, None));
            messages.next().await.ok_or("the subscriber was told nothing")??;
            let begun_at = SystemClock.now();
            let begun = Instant::now();
            let engine = self.engine.clone();
            self.working.get_or_insert_with(|| tokio::spawn(async move { engine.work().await }));
            self.engine.announce_work();
            let told = tell(messages).await?;
            told_seconds += begun.elapsed().as_secs_f64();
            let ended_at = self.check(run, *items, &told).await?;
            seconds += (ended_at - begun_at).as_seconds_f64();
        }
        Ok(WorkedOff { seconds, told_seconds })
    }

    /// Only what came out exact counts: every counter, a revision of its own for each item, every
    /// result, and every item told.
    async fn check(&self, run: Uuid, items: i32, told: &HashSet<i32>) -> Outcome<DateTime<Utc>> {
        let row = self.engine.runs(&[run]).await?.remove(&run).ok_or("the run is gone")?;
        let total = i64::from(items);
        let counted = (row.status.as_str(), row.succeeded, row.revision, row.in_flight);
        if counted != ("SUCCESS", total, total, 0) {
            return Err(format!("a run of {total} ended as {counted:?}").into());
        }
        let mut revisions = HashSet::new();
        let mut stream = pin!(self.engine.stream_items(run));
        while let Some(item) = stream.try_next().await? {
            let result = format!(r#"{{"index":{}}}"#, item.idx);
            if item.status != "SUCCESS" || item.result.as_deref() != Some(&result) || item.attempt != 1 {
                return Err(format!("item {} is {} with {:?}", item.idx, item.status, item.result).into());
            }
            revisions.insert(item.revision);
        }
        let exact = (1..=total).all(|revision| revisions.contains(&revision));
        if !exact || revisions.len() != usize::try_from(items)? || told.len() != revisions.len() {
            return Err(format!("{} revisions and {} told of {total}", revisions.len(), told.len()).into());
        }
        row.finished_at.ok_or_else(|| "the run has not ended".into())
    }

    /// Ends the replica.
    ///
    /// # Errors
    /// Where it had broken off before.
    pub async fn stop(self) -> Outcome<()> {
        self.stopping.cancel();
        if let Some(working) = self.working {
            working.await?;
        }
        Ok(())
    }
}

type Message = docket::events::Progress<docket::engine::Run, docket::engine::Item>;

/// Follows a run to its end; the items whose success was told.
async fn tell(
    mut messages: impl futures::Stream<Item = Result<Message, docket::events::FeedError>> + Unpin,
) -> Outcome<HashSet<i32>> {
    let mut told = HashSet::new();
    loop {
        let next = tokio::time::timeout(Duration::from_secs(120), messages.next()).await;
        let Some(message) = next.map_err(|_| "the subscriber waits in vain")? else { return Ok(told) };
        if let Some(change) = message?.change {
            told.insert(change.idx);
        }
    }
}
