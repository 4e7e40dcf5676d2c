//! Replicas of the engine over a handler whose every attempt waits for the test's word.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::EntityTrait;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::engine::{
    Attempt, Backoff, Engine, EngineConfig, EngineParts, Handler, ItemError, NewRun, Outcome,
};
use crate::events::LocalBus;
use crate::kernel::{Clock, SystemClock};
use crate::storage::Db;
use crate::storage::entity::{item, run};

/// Nothing takes so long; where it does, the test has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// An attempt that has begun and waits.
pub(crate) struct Begun {
    pub(crate) run: Uuid,
    pub(crate) index: i32,
    pub(crate) number: i32,
    pub(crate) cancelled: CancellationToken,
    word: oneshot::Sender<Result<Outcome, ItemError>>,
}

impl Begun {
    pub(crate) fn succeed(self) {
        let _ = self.word.send(Ok(Outcome::Success { result: Some("1".to_owned()) }));
    }

    pub(crate) fn fail(self, error: ItemError) {
        let _ = self.word.send(Err(error));
    }
}

/// The handler. Without a gate it succeeds at once; an input of `"panic"` panics, `"hang"` hangs,
/// `"twice"` succeeds at the second attempt.
pub(crate) struct Gated {
    begun: Option<mpsc::UnboundedSender<Begun>>,
    capacity: usize,
    timeout: Duration,
    heeds: bool,
    executing: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

#[async_trait]
impl Handler for Gated {
    fn kind(&self) -> &'static str {
        "gated"
    }

    fn capacity(&self) -> usize {
        self.capacity
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    async fn execute(&self, attempt: Attempt) -> Result<Outcome, ItemError> {
        let now = self.executing.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let ended = match (attempt.input.as_str(), &self.begun) {
            ("panic", _) => {
                self.executing.fetch_sub(1, Ordering::SeqCst);
                panic!("as the test asked");
            }
            ("hang", _) => std::future::pending().await,
            ("twice", _) if attempt.number == 1 => Err(ItemError::transient("BUSY", "busy")),
            (_, None) => Ok(Outcome::Success { result: None }),
            (_, Some(begun)) => {
                let (word, said) = oneshot::channel();
                let begun_now = Begun {
                    run: attempt.run.id,
                    index: attempt.index,
                    number: attempt.number,
                    cancelled: attempt.cancelled.clone(),
                    word,
                };
                begun.send(begun_now).ok();
                tokio::select! {
                    () = attempt.cancelled.cancelled(), if self.heeds => {
                        Err(ItemError::last("CANCELLED", "stopped before it was done"))
                    }
                    said = said => {
                        said.unwrap_or_else(|_| Err(ItemError::last("FORGOTTEN", "the test let it go")))
                    }
                }
            }
        };
        self.executing.fetch_sub(1, Ordering::SeqCst);
        ended
    }
}

/// Some replicas over one database and one bus, and the gate.
pub(crate) struct Replicas {
    pub(crate) db: Db,
    pub(crate) bus: LocalBus,
    begun: Mutex<mpsc::UnboundedReceiver<Begun>>,
    gate: mpsc::UnboundedSender<Begun>,
    /// The most attempts that were executing at once.
    pub(crate) most: Arc<AtomicUsize>,
    executing: Arc<AtomicUsize>,
}

/// One replica at work.
pub(crate) struct Replica {
    pub(crate) engine: Engine,
    pub(crate) stopping: CancellationToken,
    work: JoinHandle<()>,
}

impl Replica {
    /// It is silent from now on; what it has in hand goes on and may speak later.
    pub(crate) fn die(self) -> Engine {
        self.work.abort();
        self.engine
    }

    /// It stops in good order.
    pub(crate) async fn stop(self) {
        self.stopping.cancel();
        tokio::time::timeout(PATIENCE, self.work).await.expect("a replica stops").unwrap();
    }
}

pub(crate) struct Settings {
    pub(crate) gated: bool,
    pub(crate) capacity: usize,
    pub(crate) timeout: Duration,
    pub(crate) lease_ttl: Duration,
    pub(crate) grace: Duration,
    /// An hour, so that nothing happens but by a signal; whoever tests the slow poll says so.
    pub(crate) poll: Duration,
    /// Whether attempts stop with an error when they are told to.
    pub(crate) heeds: bool,
    pub(crate) clock: Arc<dyn Clock>,
    /// Does not work at all: only for enqueueing.
    pub(crate) idle: bool,
    /// Handlers of further kinds.
    pub(crate) others: Vec<Arc<dyn Handler>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gated: true,
            capacity: 100,
            timeout: PATIENCE,
            lease_ttl: PATIENCE,
            grace: Duration::from_millis(300),
            poll: Duration::from_secs(3_600),
            heeds: false,
            clock: Arc::new(SystemClock),
            idle: false,
            others: Vec::new(),
        }
    }
}

impl Replicas {
    pub(crate) fn over(db: Db) -> Self {
        let (gate, begun) = mpsc::unbounded_channel();
        Self {
            db,
            bus: LocalBus::default(),
            begun: Mutex::new(begun),
            gate,
            most: Arc::default(),
            executing: Arc::default(),
        }
    }

    pub(crate) fn start(&self, settings: Settings) -> Replica {
        let stopping = CancellationToken::new();
        let handler = Gated {
            begun: settings.gated.then(|| self.gate.clone()),
            capacity: settings.capacity,
            timeout: settings.timeout,
            heeds: settings.heeds,
            executing: self.executing.clone(),
            most: self.most.clone(),
        };
        let mut handlers: Vec<Arc<dyn Handler>> = vec![Arc::new(handler)];
        handlers.extend(settings.others);
        let engine = Engine::new(EngineParts {
            db: self.db.clone(),
            clock: settings.clock,
            bus: Arc::new(self.bus.clone()),
            handlers,
            config: EngineConfig {
                lease_ttl: settings.lease_ttl,
                poll: settings.poll,
                backoff: Backoff { base: Duration::from_millis(1), most: Duration::from_millis(5) },
                grace: settings.grace,
            },
            holder: Uuid::now_v7().to_string(),
            jitter: || 0.5,
            stopping: stopping.clone(),
        });
        let working = engine.clone();
        let work = tokio::spawn(async move {
            if !settings.idle {
                working.work().await;
            }
        });
        Replica { engine, stopping, work }
    }

    /// The next attempt that begins.
    pub(crate) async fn begun(&self) -> Begun {
        let mut begun = self.begun.lock().await;
        tokio::time::timeout(PATIENCE, begun.recv()).await.expect("an attempt begins").unwrap()
    }

    pub(crate) async fn row(&self, run: Uuid) -> run::Model {
        run::Entity::find_by_id(run).one(self.db.reader()).await.unwrap().unwrap()
    }

    pub(crate) async fn item(&self, run: Uuid, index: i32) -> item::Model {
        item::Entity::find_by_id((run, index)).one(self.db.reader()).await.unwrap().unwrap()
    }

    /// The run once `seen` holds of it.
    pub(crate) async fn until(&self, run: Uuid, seen: impl Fn(&run::Model) -> bool) -> run::Model {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let row = self.row(run).await;
            if seen(&row) {
                return row;
            }
            assert!(tokio::time::Instant::now() < deadline, "never came: {row:?}");
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn ended(&self, run: Uuid) -> run::Model {
        self.until(run, |run| run.finished_at.is_some()).await
    }
}

impl Replica {
    pub(crate) async fn enqueue(
        &self,
        db: &Db,
        inputs: Vec<String>,
        concurrency: u32,
        priority: i16,
    ) -> Uuid {
        let id = Uuid::now_v7();
        let new =
            NewRun { id, kind: "gated", priority, concurrency, max_attempts: 3, context: "{}".to_owned() };
        let tx = db.begin().await.unwrap();
        self.engine.enqueue_in_op(&tx, new, inputs).await.unwrap();
        tx.commit().await.unwrap();
        self.engine.announce_work();
        id
    }

    pub(crate) async fn cancel(&self, db: &Db, run: Uuid) -> crate::engine::Cancelled {
        let tx = db.begin().await.unwrap();
        let cancelled = self.engine.cancel_in_op(&tx, run).await.unwrap();
        tx.commit().await.unwrap();
        self.engine.cancelled(cancelled.clone());
        cancelled
    }

    pub(crate) async fn retry(&self, db: &Db, run: Uuid) -> crate::engine::Retried {
        let tx = db.begin().await.unwrap();
        let retried = self.engine.retry_failed_in_op(&tx, run).await.unwrap();
        tx.commit().await.unwrap();
        self.engine.committed(&retried.run);
        retried
    }
}

/// `n` inputs that mean nothing.
pub(crate) fn inputs(n: usize) -> Vec<String> {
    (0..n).map(|n| n.to_string()).collect()
}

/// Waits until `seen` holds.
pub(crate) async fn until(seen: impl Fn() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !seen() {
        assert!(tokio::time::Instant::now() < deadline, "never came");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
