//! Panics, hiccups of the database, lost answers, jumping clocks, and runs that nobody can mend.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend};

use super::effects::Effects;
use super::gate::{Begun, Replicas, Settings, inputs, until};
use super::on_both_databases;
use super::stubborn::{self, Stubborn};
use crate::engine::Handler;
use crate::engine::store::lease;
use crate::engine::store::rescue::TakeBack;
use crate::engine::testing::{Step, World};
use crate::kernel::{Clock, ManualClock, SystemClock};
use crate::storage::dialect::sql;
use crate::storage::scratch::Scratch;

const SOON: Duration = Duration::from_millis(100);

fn stubborn(hiccups: usize) -> Vec<Arc<dyn Handler>> {
    vec![Arc::new(Stubborn { hiccups: Arc::new(AtomicUsize::new(hiccups)) })]
}

/// A run of three items in a world of its own, over a clock moved by hand.
async fn world(scratch: &Scratch) -> (World<Effects>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let effects = Effects::over(scratch.db.clone(), clock.clone()).await;
    let run = effects.enqueue(3, 3, 3).await;
    let engine = effects.engine.clone();
    (World::over(&engine, clock.clone(), &run, effects).await, clock)
}

/// Who reads the items of a lease only after it was taken away has none.
async fn a_lease_that_is_gone_gives_no_items(scratch: Scratch) {
    let (mut world, clock) = world(&scratch).await;
    let late = world.try_turn(0, &[], &[], 3, false).await.claimed.unwrap();
    assert_eq!(lease::leased_items(&scratch.db, &late).await.unwrap().len(), 3);
    clock.advance(Duration::from_secs(60));
    world.step(&Step::Rescue).await;
    assert_eq!(lease::leased_items(&scratch.db, &late).await.unwrap().len(), 0);
    let heir = world.try_turn(1, &[], &[], 3, false).await.claimed.unwrap();
    assert_eq!(lease::leased_items(&scratch.db, &heir).await.unwrap().len(), 3);
    assert_eq!(lease::leased_items(&scratch.db, &late).await.unwrap().len(), 0);
}

async fn a_panic_while_recording_is_a_failed_item_and_nothing_else(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { others: stubborn(0), ..Settings::default() });
    let run = stubborn::enqueue(&replica, &scratch.db, &["1", "panic", "3"], 0, "{}").await;
    let ended = replicas.ended(run).await;
    assert_eq!((ended.status.as_str(), ended.succeeded, ended.failed), ("PARTIAL_SUCCESS", 2, 1));
    assert_eq!(replicas.item(run, 1).await.error_code.as_deref(), Some("NOT_RECORDED"));
    replica.stop().await;
}

async fn an_outcome_that_is_refused_fails_alone(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { others: stubborn(0), ..Settings::default() });
    let run = stubborn::enqueue(&replica, &scratch.db, &["1", "2", "refused", "4"], 0, "{}").await;
    let ended = replicas.ended(run).await;
    assert_eq!((ended.succeeded, ended.failed), (3, 1));
    assert_eq!(replicas.item(run, 2).await.error_code.as_deref(), Some("NOT_RECORDED"));
    replica.stop().await;
}

async fn a_database_that_hiccups_fails_nothing(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { others: stubborn(7), ..Settings::default() });
    let run = stubborn::enqueue(&replica, &scratch.db, &["1"], 0, "{}").await;
    let ended = replicas.ended(run).await;
    assert_eq!((ended.succeeded, ended.failed), (1, 0));
    assert_eq!(replicas.item(run, 0).await.result.as_deref(), Some("1"));
    replica.stop().await;
}

/// The driver is gone; its items come back when their leases run out, as those of a dead replica.
async fn a_panic_in_a_turn_gives_its_items_back(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let lease_ttl = Duration::from_secs(1);
    let replica = replicas.start(Settings { lease_ttl, poll: SOON, ..Settings::default() });
    let run = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    let begun = replicas.begun().await;
    replica.engine.inner.probe.panicking_turns.store(1, Ordering::SeqCst);
    begun.succeed();
    let again = replicas.begun().await;
    assert_eq!(again.number, 2);
    again.succeed();
    assert_eq!(replicas.ended(run).await.succeeded, 1);
    replica.stop().await;
}

async fn a_panic_in_a_look_ends_nothing(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { gated: false, poll: SOON, ..Settings::default() });
    replica.engine.inner.probe.panicking_looks.store(2, Ordering::SeqCst);
    let run = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    assert_eq!(replicas.ended(run).await.succeeded, 1);
    replica.stop().await;
}

/// The turn was taken and nobody heard of it: what it claimed begins all the same, soon and for
/// the first time.
async fn a_claim_whose_answer_is_lost_costs_no_attempt(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    replica.engine.inner.probe.lost_answers.store(1, Ordering::SeqCst);
    let run = replica.enqueue(&scratch.db, inputs(3), 2, 0).await;
    // Two at once, as many as there may be, and then the third.
    let both = [replicas.begun().await, replicas.begun().await];
    assert!(both.iter().all(|begun| begun.number == 1));
    both.into_iter().for_each(Begun::succeed);
    let third = replicas.begun().await;
    assert_eq!(third.number, 1);
    third.succeed();
    let ended = replicas.ended(run).await;
    assert_eq!((ended.succeeded, ended.in_flight), (3, 0));
    assert_eq!(replicas.most.load(Ordering::SeqCst), 2, "the concurrency holds");
    for index in 0..3 {
        assert_eq!(replicas.item(run, index).await.attempt, 1);
    }
    replica.stop().await;
}

async fn an_outcome_whose_answer_is_lost_counts_once(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let run = replica.enqueue(&scratch.db, inputs(2), 1, 0).await;
    let first = replicas.begun().await;
    replica.engine.inner.probe.lost_answers.store(1, Ordering::SeqCst);
    first.succeed();
    let second = replicas.begun().await;
    assert_eq!((second.index, second.number), (1, 1));
    second.succeed();
    let ended = replicas.ended(run).await;
    assert_eq!((ended.succeeded, ended.revision), (2, 2));
    assert_eq!(replicas.item(run, 0).await.attempt, 1);
    until(|| replica.engine.inner.leases.lock().is_empty()).await;
    replica.stop().await;
}

async fn a_clock_that_jumps_takes_nothing_from_the_living(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let replica = replicas.start(Settings { clock: clock.clone(), ..Settings::default() });
    let run = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    let begun = replicas.begun().await;
    clock.advance(Duration::from_secs(3_600));
    replica.engine.inner.rescue().await.unwrap();
    assert_eq!(replicas.item(run, 0).await.attempt, 0, "taken from a replica that is well");
    begun.succeed();
    assert_eq!(replicas.ended(run).await.succeeded, 1);
    assert_eq!(replicas.item(run, 0).await.attempt, 1);
    replica.stop().await;
}

async fn a_run_that_cannot_be_taken_back_holds_up_no_other(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let settings = || Settings {
        lease_ttl: Duration::from_secs(1),
        poll: SOON,
        others: stubborn(0),
        ..Settings::default()
    };
    let dying = replicas.start(settings());
    let mut stuck = Vec::new();
    for _ in 0..4 {
        stuck.push(stubborn::enqueue(&dying, &scratch.db, &["hang"], 0, stubborn::STUCK).await);
    }
    for run in &stuck {
        replicas.until(*run, |run| run.in_flight == 1).await;
    }
    dying.enqueue(&scratch.db, inputs(1), 1, 0).await;
    let asleep = replicas.begun().await;
    let _zombie = dying.die();
    let heir = replicas.start(settings());
    let again = replicas.begun().await;
    assert_eq!((again.run, again.number), (asleep.run, 2));
    again.succeed();
    replicas.ended(asleep.run).await;
    for run in stuck {
        assert_eq!(replicas.row(run).await.in_flight, 1, "still to be taken back");
    }
    heir.stop().await;
}

/// On PostgreSQL, where rows are locked one by one: somebody froze within a transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_locked_holds_up_no_other_on_postgres() {
    let scratch = Scratch::postgres().await;
    assert_eq!(scratch.db.backend(), DbBackend::Postgres);
    let replicas = Replicas::over(scratch.db.clone());
    let settings = || Settings { lease_ttl: Duration::from_secs(1), poll: SOON, ..Settings::default() };
    let dying = replicas.start(settings());
    let mut asleep = Vec::new();
    for _ in 0..4 {
        dying.enqueue(&scratch.db, inputs(1), 1, 0).await;
        asleep.push(replicas.begun().await);
    }
    let free = asleep.pop().unwrap();
    let lock = scratch.db.begin().await.unwrap();
    for frozen in &asleep {
        let text = "SELECT id FROM engine_run WHERE id = $1 FOR UPDATE";
        lock.query_one_raw(sql(DbBackend::Postgres, text, [frozen.run.into()])).await.unwrap();
    }
    let _zombie = dying.die();
    let heir = replicas.start(settings());
    let again = replicas.begun().await;
    assert_eq!((again.run, again.number), (free.run, 2));
    again.succeed();
    lock.rollback().await.unwrap();
    for _ in &asleep {
        let again = replicas.begun().await;
        assert_eq!(again.number, 2);
        again.succeed();
    }
    for run in asleep {
        replicas.ended(run.run).await;
    }
    heir.stop().await;
}

/// What comes out of a rescue is what went in, or nothing is changed.
async fn a_rescue_that_writes_less_than_it_read_is_undone(scratch: Scratch) {
    let (world, clock) = world(&scratch).await;
    world.try_turn(0, &[], &[], 3, false).await.claimed.unwrap();
    clock.advance(Duration::from_secs(60));
    let triggers: &[&str] = match scratch.db.backend() {
        DbBackend::Postgres => &[
            "CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER skip BEFORE UPDATE ON engine_item FOR EACH ROW EXECUTE FUNCTION skip()",
        ],
        _ => &["CREATE TRIGGER skip BEFORE UPDATE ON engine_item BEGIN SELECT RAISE(IGNORE); END"],
    };
    for trigger in triggers {
        scratch.db.writer().execute_unprepared(trigger).await.unwrap();
    }
    let taken = world.try_take_back(TakeBack::Expired).await;
    assert!(taken.is_err(), "three items were to be written and none was");
    assert_eq!(world.run().await.in_flight, 3, "nothing has changed");
}

on_both_databases!(
    a_lease_that_is_gone_gives_no_items,
    a_panic_while_recording_is_a_failed_item_and_nothing_else,
    an_outcome_that_is_refused_fails_alone,
    a_database_that_hiccups_fails_nothing,
    a_panic_in_a_turn_gives_its_items_back,
    a_panic_in_a_look_ends_nothing,
    a_claim_whose_answer_is_lost_costs_no_attempt,
    an_outcome_whose_answer_is_lost_counts_once,
    a_clock_that_jumps_takes_nothing_from_the_living,
    a_run_that_cannot_be_taken_back_holds_up_no_other,
    a_rescue_that_writes_less_than_it_read_is_undone,
);
