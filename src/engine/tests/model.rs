//! A world in which the engine is driven step by step: replicas that claim, record, crash and
//! come back, a clock moved by hand, and a check of every invariant after each step.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use crate::engine::handler::{Accepted, Attempt, Handler, ItemError, Outcome};
use crate::engine::rules::{self, Verdict};
use crate::engine::store::lease::{self, Lease, Leased};
use crate::engine::store::record::Settled;
use crate::engine::store::rescue::{TakeBack, take_back};
use crate::engine::store::turn::{Turn, TurnRequest, turn};
use crate::engine::store::{cancel, enqueue, read, retry};
use crate::engine::{EngineError, ItemStatus, NewRun, RunStatus};
use crate::kernel::{Clock, ManualClock};
use crate::storage::Db;
use crate::storage::dialect::sql;
use crate::storage::entity::{attempt, item, lease as lease_rows, requeue, run};

pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// A handler whose effects in the database can be counted: a row for each accepted success, a
/// row for each end of a generation with what it leaves to refund.
pub(crate) struct Counting;

impl Counting {
    pub(crate) async fn tables(db: &Db) {
        let uuid = if db.backend() == sea_orm::DbBackend::Postgres { "uuid" } else { "blob" };
        for table in [
            format!(
                "CREATE TABLE test_effect (run_id {uuid} NOT NULL, idx integer NOT NULL, generation integer NOT NULL)"
            ),
            format!(
                "CREATE TABLE test_end (run_id {uuid} NOT NULL, generation integer NOT NULL, \
                 succeeded bigint NOT NULL, PRIMARY KEY (run_id, generation))"
            ),
        ] {
            db.writer().execute_unprepared(&table).await.unwrap();
        }
    }
}

#[async_trait]
impl Handler for Counting {
    fn kind(&self) -> &'static str {
        "counting"
    }

    fn capacity(&self) -> usize {
        64
    }

    async fn execute(&self, _attempt: Attempt) -> Result<Outcome, ItemError> {
        Ok(Outcome::Success { result: None })
    }

    async fn record_in_op(
        &self,
        tx: &DatabaseTransaction,
        run: &run::Model,
        accepted: &[Accepted<'_>],
    ) -> Result<(), DbErr> {
        for accepted in accepted.iter().filter(|accepted| accepted.result.is_some()) {
            let values = [run.id.into(), accepted.index.into(), run.generation.into()];
            let text = "INSERT INTO test_effect (run_id, idx, generation) VALUES ($1, $2, $3)";
            tx.execute_raw(sql(tx.get_database_backend(), text, values)).await?;
        }
        Ok(())
    }

    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<(), DbErr> {
        let values = [run.id.into(), run.generation.into(), run.succeeded.into()];
        let text = "INSERT INTO test_end (run_id, generation, succeeded) VALUES ($1, $2, $3)";
        tx.execute_raw(sql(tx.get_database_backend(), text, values)).await?;
        Ok(())
    }
}

/// How an attempt ends in this world.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ending {
    Succeeds,
    Fails,
    FailsForNow,
    Ignores,
}

/// What happens next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A replica records how up to `settle` of its attempts ended, and claims up to `want`.
    Turn {
        replica: usize,
        settle: usize,
        ending: Ending,
        want: usize,
    },
    /// A replica forgets everything; its leases stay until they run out.
    Crash {
        replica: usize,
    },
    /// A replica that was given up for dead records what it had in hand after all.
    Zombie {
        replica: usize,
    },
    /// A replica keeps its leases.
    Heartbeat {
        replica: usize,
    },
    /// A replica stops in good order.
    GiveBack {
        replica: usize,
    },
    /// Leases that ran out are taken back.
    Rescue,
    /// Time passes.
    Wait {
        seconds: u64,
    },
    Cancel,
    Retry,
}

#[derive(Default)]
struct Replica {
    held: Vec<(Lease, Leased)>,
    /// What it held when it crashed.
    ghost: Vec<(Lease, Leased)>,
}

/// See the module.
pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) clock: ManualClock,
    pub(crate) run: Uuid,
    replicas: Vec<Replica>,
    seen: HashMap<i32, item::Model>,
    last: Option<run::Model>,
    /// Successes, over all generations, that a replica was told had counted.
    counted: BTreeMap<i32, usize>,
}

impl World {
    pub(crate) async fn new(db: Db, items: usize, concurrency: u32, max_attempts: u32) -> Self {
        let clock = ManualClock::new(DateTime::<Utc>::from_timestamp(1_700_000_000, 0).unwrap());
        let id = Uuid::now_v7();
        let new =
            NewRun { id, kind: "counting", priority: 0, concurrency, max_attempts, context: "{}".to_owned() };
        let tx = db.begin().await.unwrap();
        let inputs: Vec<_> = (0..items).map(|n| n.to_string()).collect();
        enqueue::enqueue_in_op(&tx, new, &inputs, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let replicas = (0..3).map(|_| Replica::default()).collect();
        let mut world =
            Self { db, clock, run: id, replicas, seen: HashMap::new(), last: None, counted: BTreeMap::new() };
        world.check().await;
        world
    }

    pub(crate) async fn run(&self) -> run::Model {
        read::run(&self.db, self.run).await.unwrap().unwrap()
    }

    /// Takes one step and checks everything.
    pub(crate) async fn step(&mut self, step: &Step) {
        match *step {
            Step::Turn { replica, settle, ending, want } => self.turn(replica, settle, ending, want).await,
            Step::Crash { replica } => {
                let replica = &mut self.replicas[replica];
                replica.ghost = std::mem::take(&mut replica.held);
            }
            Step::Zombie { replica } => {
                let ghost = std::mem::take(&mut self.replicas[replica].ghost);
                let settled = ghost.iter().map(|held| self.settled(held, Ending::Succeeds)).collect();
                self.take_turn(replica, settled, Vec::new(), 0).await;
            }
            Step::Heartbeat { replica } => self.heartbeat(replica).await,
            Step::GiveBack { replica } => {
                self.replicas[replica].held.clear();
                let holder = format!("replica-{replica}");
                let which = TakeBack::GivenUp { holder: &holder };
                take_back(&self.db, &Counting, self.run, which, self.clock.now()).await.unwrap();
            }
            Step::Rescue => {
                take_back(&self.db, &Counting, self.run, TakeBack::Expired, self.clock.now()).await.unwrap();
            }
            Step::Wait { seconds } => self.clock.advance(Duration::from_secs(seconds)),
            Step::Cancel => self.cancel().await,
            Step::Retry => self.retry().await,
        }
        self.check().await;
    }

    async fn turn(&mut self, replica: usize, settle: usize, ending: Ending, want: usize) {
        let held = &mut self.replicas[replica].held;
        let settled: Vec<_> = held.drain(..settle.min(held.len())).collect();
        let settled: Vec<_> = settled.iter().map(|held| self.settled(held, ending)).collect();
        let left: HashSet<_> = self.replicas[replica].held.iter().map(|(lease, _)| lease.id).collect();
        let done = settled.iter().map(|settled| settled.lease).filter(|id| !left.contains(id));
        let done: Vec<_> = done.collect::<HashSet<_>>().into_iter().collect();
        self.take_turn(replica, settled, done, want).await;
    }

    fn settled(&self, (lease, item): &(Lease, Leased), ending: Ending) -> Settled {
        let ended = match ending {
            Ending::Succeeds => Ok(Outcome::Success { result: Some("1".to_owned()) }),
            Ending::Fails => Err(ItemError::last("BROKEN", "broken")),
            Ending::FailsForNow => Err(ItemError::transient("BUSY", "busy")),
            Ending::Ignores => Ok(Outcome::Ignored { code: "DONE".into(), message: "done".to_owned() }),
        };
        let now = self.clock.now();
        let backoff = rules::Backoff { base: Duration::from_secs(10), most: Duration::from_secs(60) };
        let max_attempts = self.last.as_ref().map_or(1, |run| run.max_attempts);
        Settled {
            lease: lease.id,
            requeued: lease.requeued,
            idx: item.idx,
            number: item.attempt + 1,
            started_at: now,
            finished_at: now,
            verdict: rules::judge(ended, item.spent + 1, max_attempts, now, backoff, 0.5),
        }
    }

    async fn take_turn(&mut self, replica: usize, settled: Vec<Settled>, done: Vec<Uuid>, want: usize) {
        let taken = self.try_turn(replica, &settled, &done, want, false).await;
        let rejected: HashSet<_> = taken.rejected.iter().copied().collect();
        assert_eq!(taken.accepted + rejected.len(), settled.len());
        for settled in settled.iter().filter(|settled| !rejected.contains(&(settled.lease, settled.idx))) {
            if matches!(settled.verdict, Verdict::Success { .. }) {
                *self.counted.entry(settled.idx).or_default() += 1;
            }
        }
        if let Some(lease) = taken.claimed {
            let items = lease::leased_items(&self.db, &lease).await.unwrap();
            assert_eq!(i64::try_from(items.len()).unwrap(), lease.hi - lease.lo, "a lease is all open items");
            let held = items.into_iter().map(|item| (lease.clone(), item));
            self.replicas[replica].held.extend(held);
        }
    }

    /// A turn as it is, for tests that look at its answer.
    pub(crate) async fn try_turn(
        &self,
        replica: usize,
        settled: &[Settled],
        done: &[Uuid],
        want: usize,
        again: bool,
    ) -> Turn {
        let request = TurnRequest {
            run: self.run,
            settled,
            done,
            want,
            lease: Uuid::now_v7(),
            holder: &format!("replica-{replica}"),
            now: self.clock.now(),
            lease_ttl: LEASE,
            again,
        };
        turn(&self.db, &Counting, &request).await.unwrap()
    }

    async fn heartbeat(&mut self, replica: usize) {
        let ours: HashSet<_> = self.replicas[replica].held.iter().map(|(lease, _)| lease.id).collect();
        let ours: Vec<_> = ours.into_iter().collect();
        let standing = lease::keep(&self.db, &ours, self.clock.now() + LEASE).await.unwrap();
        self.replicas[replica].held.retain(|(lease, _)| standing.contains(&lease.id));
    }

    async fn cancel(&mut self) {
        let tx = self.db.begin().await.unwrap();
        let run = cancel::locked_in_op(&tx, self.run).await.unwrap();
        let was_final = run.finished_at.is_some();
        let cancelled = cancel::cancel_in_op(&tx, run, &Counting, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(cancelled.already_final, was_final);
        if !was_final {
            assert!(cancelled.run.finished_at.is_some(), "a cancelled run has ended");
        }
    }

    async fn retry(&mut self) {
        let tx = self.db.begin().await.unwrap();
        let before = cancel::locked_in_op(&tx, self.run).await.unwrap();
        match retry::retry_failed_in_op(&tx, before.clone(), self.clock.now()).await {
            Ok(retried) => {
                tx.commit().await.unwrap();
                assert_eq!(retried.retried, before.failed, "exactly the failed items are queued");
            }
            Err(EngineError::StillRunning(_)) => assert!(before.finished_at.is_none()),
            Err(EngineError::NothingFailed) => assert_eq!(before.failed, 0),
            Err(error) => panic!("{error}"),
        }
    }

    /// Holds the database against every invariant.
    pub(crate) async fn check(&mut self) {
        let run = self.run().await;
        let items = self.items().await;
        let leased = self.leased_items(&run).await;
        Self::check_counters(&run, &items, &leased);
        self.check_revisions(&run, &items);
        self.check_end(&run).await;
        self.check_effects(&items).await;
        self.check_attempts(&run, &items).await;
        self.check_queue(&items).await;
        self.seen = items.into_iter().map(|item| (item.idx, item)).collect();
        self.last = Some(run);
    }

    async fn items(&self) -> Vec<item::Model> {
        item::Entity::find()
            .filter(item::Column::RunId.eq(self.run))
            .order_by_asc(item::Column::Idx)
            .all(self.db.reader())
            .await
            .unwrap()
    }

    /// Invariants 1 and 6: leases are disjoint ranges of what was handed out, each open item in
    /// them once, within the concurrency.
    async fn leased_items(&self, run: &run::Model) -> HashSet<i32> {
        let mut leases = lease_rows::Entity::find()
            .filter(lease_rows::Column::RunId.eq(self.run))
            .order_by_asc(lease_rows::Column::Lo)
            .all(self.db.reader())
            .await
            .unwrap();
        leases.sort_by_key(|lease| lease.lo);
        for pair in leases.windows(2) {
            assert!(pair[0].hi <= pair[1].lo, "leases overlap: {pair:?}");
        }
        assert!(leases.iter().all(|lease| lease.hi <= run.head), "a lease on what was not handed out");
        let filter = crate::engine::ItemFilter { statuses: Some(vec![ItemStatus::Running]) };
        let page = crate::kernel::PageArgs { first: Some(100), ..Default::default() }.check().unwrap();
        let views = read::items(&self.db, self.run, &filter, &page, (None, None)).await.unwrap();
        assert!(views.iter().all(|view| view.status == ItemStatus::Running));
        let running: HashSet<_> = views.iter().map(|view| view.item.idx).collect();
        assert_eq!(running.len(), views.len());
        assert!(running.len() <= usize::try_from(run.concurrency).unwrap(), "beyond the concurrency");
        running
    }

    /// Invariant 3.
    fn check_counters(run: &run::Model, items: &[item::Model], leased: &HashSet<i32>) {
        let recount =
            |status: &str| i64::try_from(items.iter().filter(|item| item.status == status).count()).unwrap();
        assert_eq!(run.total, i64::try_from(items.len()).unwrap());
        assert_eq!(
            (run.succeeded, run.failed, run.ignored, run.cancelled),
            (recount("SUCCESS"), recount("FAILED"), recount("IGNORED"), recount("CANCELLED")),
            "counters against a recount"
        );
        assert_eq!(run.in_flight, i64::try_from(leased.len()).unwrap(), "what runs against the leases");
    }

    /// Invariant 4.
    fn check_revisions(&self, run: &run::Model, items: &[item::Model]) {
        if let Some(last) = &self.last {
            assert!(run.revision >= last.revision, "the revision went back");
        }
        let mut given = HashSet::new();
        for item in items {
            assert!(item.revision <= run.revision, "an item is ahead of its run");
            assert!(item.revision == 0 || given.insert(item.revision), "a revision was given twice");
            if let Some(seen) = self.seen.get(&item.idx) {
                let last = self.last.as_ref().map_or(0, |last| last.revision);
                assert!(seen == item || item.revision > last, "a change without a new revision: {item:?}");
                assert!(item.revision >= seen.revision);
            }
        }
    }

    /// Invariants 5 and 8: what the end promises is there with the end, once a generation.
    async fn check_end(&self, run: &run::Model) {
        let complete = rules::is_complete(run);
        assert_eq!(run.finished_at.is_some(), complete && (run.total > 0 || run.finished_at.is_some()));
        let status: RunStatus = run.status.parse().unwrap();
        assert_eq!(status.is_final(), run.finished_at.is_some());
        if status.is_final() {
            assert_eq!(status, rules::end_state(run));
        }
        let text = "SELECT generation, succeeded FROM test_end WHERE run_id = $1 ORDER BY generation";
        let ends =
            self.db.reader().query_all_raw(sql(self.db.backend(), text, [self.run.into()])).await.unwrap();
        let generations: Vec<i32> = ends.iter().map(|row| row.try_get("", "generation").unwrap()).collect();
        let ended = if status.is_final() { run.generation } else { run.generation - 1 };
        assert_eq!(generations, (1..=ended).collect::<Vec<_>>(), "each generation ends once");
        if let Some(row) = ends.last().filter(|_| status.is_final()) {
            assert_eq!(row.try_get::<i64>("", "succeeded").unwrap(), run.succeeded);
        }
    }

    /// Only open items are queued.
    async fn check_queue(&self, items: &[item::Model]) {
        let queued = requeue::Entity::find()
            .filter(requeue::Column::RunId.eq(self.run))
            .all(self.db.reader())
            .await
            .unwrap();
        for queued in queued {
            let item = items.iter().find(|item| item.idx == queued.idx).unwrap();
            assert_eq!(item.status, "PENDING", "an ended item is still queued");
        }
    }

    /// Invariant 2: an effect in the database for each item that succeeded, exactly one.
    async fn check_effects(&self, items: &[item::Model]) {
        let text = "SELECT idx, count(*) AS n FROM test_effect WHERE run_id = $1 GROUP BY idx";
        let rows =
            self.db.reader().query_all_raw(sql(self.db.backend(), text, [self.run.into()])).await.unwrap();
        let effects: BTreeMap<i32, i64> =
            rows.iter().map(|row| (row.try_get("", "idx").unwrap(), row.try_get("", "n").unwrap())).collect();
        let succeeded = items.iter().filter(|item| item.status == "SUCCESS").map(|item| (item.idx, 1));
        assert_eq!(effects, succeeded.collect());
        let counted: BTreeMap<i32, i64> =
            self.counted.iter().map(|(idx, n)| (*idx, i64::try_from(*n).unwrap())).collect();
        assert_eq!(effects, counted, "what replicas were told against what is there");
    }

    /// Invariant 7: every attempt that did not succeed is kept, and no item has more than its share.
    async fn check_attempts(&self, run: &run::Model, items: &[item::Model]) {
        let attempts = attempt::Entity::find()
            .filter(attempt::Column::RunId.eq(self.run))
            .order_by_asc(attempt::Column::Number)
            .all(self.db.reader())
            .await
            .unwrap();
        for item in items {
            let kept = attempts.iter().filter(|attempt| attempt.idx == item.idx).count();
            let kept = i32::try_from(kept).unwrap();
            let without_trace = i32::from(matches!(item.status.as_str(), "SUCCESS" | "IGNORED"));
            assert_eq!(item.attempt, kept + without_trace, "attempts of {item:?}");
            assert!(item.spent <= run.max_attempts);
        }
    }
}
