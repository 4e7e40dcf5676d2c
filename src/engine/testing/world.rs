//! One run, the replicas that work on it, and whoever owns it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::DbErr;
use uuid::Uuid;

use super::invariants::{Memory, Seen};
use super::{Ending, REPLICAS, Step};
use crate::engine::handler::{Handler, ItemError, Outcome};
use crate::engine::rules::{self, Verdict};
use crate::engine::store::lease::{self, Lease, Leased};
use crate::engine::store::read;
use crate::engine::store::record::Settled;
use crate::engine::store::rescue::{TakeBack, take_back};
use crate::engine::store::turn::{Turn, TurnRequest, turn};
use crate::engine::{Engine, Run};
use crate::kernel::{Clock, ManualClock};
use crate::storage::Db;

const LEASE: Duration = Duration::from_secs(30);

/// Whose run it is: how it is cancelled and retried there, and what its handler leaves in the
/// database.
#[async_trait]
pub(crate) trait Owner: Send + Sync {
    /// The result of an item that succeeds in attempt `number`.
    fn result(&self, run: Uuid, index: i32, number: i32) -> String;

    /// Cancels the run, which stood at `before`, and checks the answer.
    async fn cancel(&self, before: &Run);

    /// Retries the run, which stood at `before`, and checks the answer.
    async fn retry(&self, before: &Run);

    /// Holds what the handler has left in the database against the run and its items.
    async fn check(&self, seen: &Seen<'_>);
}

#[derive(Default)]
struct Replica {
    held: Vec<(Lease, Leased)>,
    /// What it held when it crashed.
    ghost: Vec<(Lease, Leased)>,
}

/// See the module.
pub(crate) struct World<O> {
    db: Db,
    clock: Arc<ManualClock>,
    handler: Arc<dyn Handler>,
    run: Uuid,
    owner: O,
    replicas: Vec<Replica>,
    memory: Memory,
}

impl<O: Owner> World<O> {
    /// Replicas of `engine`, whose clock is `clock`, work on `run`, which has just been enqueued.
    pub(crate) async fn over(engine: &Engine, clock: Arc<ManualClock>, run: &Run, owner: O) -> Self {
        let mut world = Self {
            db: engine.inner.db.clone(),
            clock,
            handler: engine.inner.handlers[run.kind.as_str()].clone(),
            run: run.id,
            owner,
            replicas: std::iter::repeat_with(Replica::default).take(REPLICAS).collect(),
            memory: Memory::default(),
        };
        world.check().await;
        world
    }

    /// The run's owner.
    pub(crate) fn owner(&self) -> &O {
        &self.owner
    }

    /// The run as it stands.
    pub(crate) async fn run(&self) -> Run {
        read::run(&self.db, self.run).await.unwrap().unwrap()
    }

    /// Takes one step and checks everything.
    pub(crate) async fn step(&mut self, step: &Step) {
        self.act(step).await;
        self.check().await;
    }

    /// Takes one step.
    pub(crate) async fn act(&mut self, step: &Step) {
        match *step {
            Step::Turn { replica, settle, ending, want, answered } => {
                self.turn(replica, settle, ending, want, answered).await;
            }
            Step::WorkOff { replica, ending } => self.work_off(replica, ending).await,
            Step::Crash { replica } => {
                let replica = &mut self.replicas[replica];
                replica.ghost = std::mem::take(&mut replica.held);
            }
            Step::Zombie { replica } => {
                let ghost = std::mem::take(&mut self.replicas[replica].ghost);
                let settled: Vec<_> = ghost.iter().map(|held| self.settled(held, Ending::Succeeds)).collect();
                self.take_turn(replica, &settled, &[], 0).await;
            }
            Step::Heartbeat { replica } => self.heartbeat(replica).await,
            Step::GiveBack { replica } => {
                self.replicas[replica].held.clear();
                self.try_take_back(TakeBack::GivenUp { holder: &holder(replica) }).await.unwrap();
            }
            Step::Rescue => self.try_take_back(TakeBack::Expired).await.unwrap(),
            Step::Wait { seconds } => self.clock.advance(Duration::from_secs(seconds)),
            Step::Cancel => self.owner.cancel(&self.run().await).await,
            Step::Retry => self.owner.retry(&self.run().await).await,
        }
    }

    /// Holds the database against every invariant.
    pub(crate) async fn check(&mut self) {
        let (run, items) = self.memory.check(&self.db, self.run).await;
        let counted = &self.memory.counted;
        self.owner.check(&Seen { run: &run, items: &items, counted }).await;
        self.memory.keep(run, items);
    }

    /// Time passes, what was lost is taken back, one replica finishes the rest.
    pub(crate) async fn calm_down(&mut self) {
        let ending = Ending::Succeeds;
        for _ in 0..40 {
            if self.run().await.finished_at.is_some() {
                return;
            }
            self.step(&Step::Wait { seconds: 70 }).await;
            self.step(&Step::Rescue).await;
            self.step(&Step::WorkOff { replica: 0, ending }).await;
        }
        panic!("the run never ended: {:?}", self.run().await);
    }

    async fn work_off(&mut self, replica: usize, ending: Ending) {
        // What others hold stays with them; what fails for now waits for its time.
        loop {
            self.turn(replica, usize::MAX, ending, usize::MAX, true).await;
            self.check().await;
            if self.replicas[replica].held.is_empty() {
                return;
            }
        }
    }

    async fn turn(&mut self, replica: usize, settle: usize, ending: Ending, want: usize, answered: bool) {
        let held = &mut self.replicas[replica].held;
        let settled: Vec<_> = held.drain(..settle.min(held.len())).collect();
        let settled: Vec<_> = settled.iter().map(|held| self.settled(held, ending)).collect();
        let left: HashSet<_> = self.replicas[replica].held.iter().map(|(lease, _)| lease.id).collect();
        let done = settled.iter().map(|settled| settled.lease).filter(|id| !left.contains(id));
        let done: Vec<_> = done.collect::<HashSet<_>>().into_iter().collect();
        let taken = self.take_turn(replica, &settled, &done, want).await;
        if !answered {
            // What it leased is nobody's: not even the replica knows of it.
            self.take_again(replica, &settled, &done, &taken).await;
        } else if let Some(lease) = taken.claimed {
            let items = lease::leased_items(&self.db, &lease).await.unwrap();
            assert_eq!(i64::try_from(items.len()).unwrap(), lease.hi - lease.lo, "a lease is all open items");
            let held = items.into_iter().map(|item| (lease.clone(), item));
            self.replicas[replica].held.extend(held);
        }
    }

    fn settled(&self, (lease, item): &(Lease, Leased), ending: Ending) -> Settled {
        let number = item.attempt + 1;
        let ended = match ending {
            Ending::Succeeds => {
                Ok(Outcome::Success { result: Some(self.owner.result(self.run, item.idx, number)) })
            }
            Ending::Fails => Err(ItemError::last("BROKEN", "broken")),
            Ending::FailsForNow => Err(ItemError::transient("BUSY", "busy")),
            Ending::Ignores => Ok(Outcome::Ignored { code: "DONE".into(), message: "done".to_owned() }),
        };
        let now = self.clock.now();
        let backoff = rules::Backoff { base: Duration::from_secs(10), most: Duration::from_secs(60) };
        let max_attempts = self.memory.last().map_or(1, |run| run.max_attempts);
        Settled {
            lease: lease.id,
            requeued: lease.requeued,
            idx: item.idx,
            number,
            started_at: now,
            finished_at: now,
            verdict: rules::judge(ended, item.spent + 1, max_attempts, now, backoff, 0.5),
        }
    }

    /// A turn, whose successes are remembered as far as they counted.
    async fn take_turn(&mut self, replica: usize, settled: &[Settled], done: &[Uuid], want: usize) -> Turn {
        let taken = self.try_turn(replica, settled, done, want, false).await;
        let rejected: HashSet<_> = taken.rejected.iter().copied().collect();
        assert_eq!(taken.accepted + rejected.len(), settled.len());
        for settled in settled.iter().filter(|settled| !rejected.contains(&(settled.lease, settled.idx))) {
            if matches!(settled.verdict, Verdict::Success { .. }) {
                *self.memory.counted.entry(settled.idx).or_default() += 1;
            }
        }
        taken
    }

    /// The same turn once more, by a replica that does not know that `taken` was committed.
    async fn take_again(&self, replica: usize, settled: &[Settled], done: &[Uuid], taken: &Turn) {
        let again = self.try_turn(replica, settled, done, 0, true).await;
        assert_eq!(again.accepted, 0, "an outcome was recorded twice");
        assert!(again.rejected.iter().all(|outcome| taken.rejected.contains(outcome)), "a recorded one lost");
    }

    /// A turn by itself, of which the world takes no notice.
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
            holder: &holder(replica),
            now: self.clock.now(),
            lease_ttl: LEASE,
            again,
        };
        turn(&self.db, self.handler.as_ref(), &request).await.unwrap()
    }

    /// Takes leases back, or says why not.
    pub(crate) async fn try_take_back(&self, which: TakeBack<'_>) -> Result<(), DbErr> {
        take_back(&self.db, self.handler.as_ref(), self.run, which, self.clock.now()).await.map(drop)
    }

    async fn heartbeat(&mut self, replica: usize) {
        let ours: HashSet<_> = self.replicas[replica].held.iter().map(|(lease, _)| lease.id).collect();
        let ours: Vec<_> = ours.into_iter().collect();
        let standing = lease::keep(&self.db, &ours, self.clock.now() + LEASE).await.unwrap();
        self.replicas[replica].held.retain(|(lease, _)| standing.contains(&lease.id));
    }
}

fn holder(replica: usize) -> String {
    format!("replica-{replica}")
}
