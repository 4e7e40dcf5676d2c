//! Who gets this replica's hands, and what an engine does while there is nothing to take.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::gate::{Begun, Replicas, Settings, inputs, until};
use super::on_both_databases;
use super::stubborn::{self, Stubborn};
use crate::engine::ItemError;
use crate::engine::driver::Message;
use crate::kernel::{Clock, ManualClock, SystemClock};
use crate::storage::entity::lease;
use crate::storage::scratch::Scratch;

async fn more_runs_than_hands_share_them(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let idle = replicas.start(Settings { idle: true, ..Settings::default() });
    let mut runs = Vec::new();
    for _ in 0..20 {
        runs.push(idle.enqueue(&scratch.db, inputs(2), 2, 0).await);
    }
    idle.stop().await;
    let replica = replicas.start(Settings { capacity: 3, ..Settings::default() });
    let mut in_hand = Vec::new();
    for _ in 0..3 {
        in_hand.push(replicas.begun().await);
    }
    let fourth = tokio::time::timeout(Duration::from_millis(500), replicas.begun()).await;
    assert!(fourth.is_err(), "a fourth attempt begins with three hands");
    for _ in 0..37 {
        in_hand.remove(0).succeed();
        in_hand.push(replicas.begun().await);
    }
    in_hand.into_iter().for_each(Begun::succeed);
    for run in runs {
        assert_eq!(replicas.ended(run).await.succeeded, 2);
    }
    assert_eq!(replicas.most.load(Ordering::SeqCst), 3, "the capacity is a limit");
    replica.stop().await;
}

async fn hands_freed_by_a_cancellation_are_taken_at_once(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { capacity: 1, heeds: true, ..Settings::default() });
    let first = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    let _held = replicas.begun().await;
    let looks = replica.engine.inner.probe.looks();
    let second = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    until(|| replica.engine.inner.probe.looks() > looks).await;
    replica.cancel(&scratch.db, first).await;
    let begun = replicas.begun().await;
    assert_eq!(begun.run, second);
    begun.succeed();
    replicas.ended(second).await;
    replica.stop().await;
}

async fn hands_freed_by_a_lost_lease_are_taken_at_once(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { capacity: 1, ..Settings::default() });
    let first = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    let held = replicas.begun().await;
    let looks = replica.engine.inner.probe.looks();
    let second = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    until(|| replica.engine.inner.probe.looks() > looks).await;
    lease::Entity::delete_many()
        .filter(lease::Column::RunId.eq(first))
        .exec(scratch.db.writer())
        .await
        .unwrap();
    replica.engine.inner.heartbeat().await.unwrap();
    let begun = replicas.begun().await;
    assert_eq!(begun.run, second);
    assert!(held.cancelled.is_cancelled());
    begun.succeed();
    replicas.ended(second).await;
    replica.stop().await;
}

/// A retry is due, and there is no hand for it: nothing to do until one is free.
async fn nobody_asks_again_and_again_for_what_cannot_be_taken(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let replica = replicas.start(Settings { capacity: 1, clock: clock.clone(), ..Settings::default() });
    let run = replica.enqueue(&scratch.db, inputs(2), 2, 0).await;
    replicas.begun().await.fail(ItemError::transient("BUSY", "busy"));
    let held = replicas.begun().await;
    replicas.until(run, |run| run.next_due_at.is_some()).await;
    clock.advance(Duration::from_secs(1));
    let before = replica.engine.inner.probe.looks();
    until(|| replica.engine.inner.probe.looks() > before).await;
    let before = replica.engine.inner.probe.looks();
    for _ in 0..500 {
        replicas.row(run).await;
    }
    let looks = replica.engine.inner.probe.looks() - before;
    assert!(looks <= 3, "{looks} looks at a queue that gives nothing");
    held.succeed();
    let again = replicas.begun().await;
    again.succeed();
    assert_eq!(replicas.ended(run).await.succeeded, 2);
    replica.stop().await;
}

async fn a_heap_of_hints_costs_next_to_nothing(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { capacity: 1, ..Settings::default() });
    let engine = &replica.engine.inner;
    let run = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    let begun = replicas.begun().await;
    let before = engine.probe.turns();
    for _ in 0..1_000 {
        engine.desk.tell_open(run, Message::Look);
    }
    begun.succeed();
    until(|| !engine.desk.is_open(run)).await;
    let turns = engine.probe.turns() - before;
    assert_eq!(replicas.row(run).await.succeeded, 1);
    assert!(turns <= 3, "{turns} transactions for one outcome");
    replica.stop().await;
}

async fn an_engine_without_work_asks_for_nothing(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { gated: false, ..Settings::default() });
    let engine = &replica.engine.inner;
    let run = replica.enqueue(&scratch.db, inputs(50), 10, 0).await;
    replicas.ended(run).await;
    until(|| !engine.desk.is_open(run)).await;
    let before = (engine.probe.looks(), engine.probe.turns());
    for _ in 0..500 {
        replicas.row(run).await;
    }
    let (looks, turns) = (engine.probe.looks() - before.0, engine.probe.turns() - before.1);
    assert!(looks <= 2 && turns == 0, "{looks} looks and {turns} turns with nothing to do");
    replica.stop().await;
}

async fn a_busy_kind_does_not_hide_another(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let others: Vec<Arc<dyn crate::engine::Handler>> = vec![Arc::new(Stubborn::default())];
    let replica = replicas.start(Settings { capacity: 1, others, ..Settings::default() });
    replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    let held = replicas.begun().await;
    for _ in 0..70 {
        replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    }
    let other = stubborn::enqueue(&replica, &scratch.db, &["1"], 0, "{}").await;
    assert_eq!(replicas.ended(other).await.succeeded, 1);
    drop(held);
    replica.stop().await;
}

async fn a_run_that_fails_does_not_hold_up_its_kind(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let others: Vec<Arc<dyn crate::engine::Handler>> = vec![Arc::new(Stubborn::default())];
    let replica = replicas.start(Settings { others, ..Settings::default() });
    let stuck = stubborn::enqueue(&replica, &scratch.db, &[], 10, stubborn::STUCK).await;
    until(|| replica.engine.inner.probe.turns() > 0).await;
    let other = stubborn::enqueue(&replica, &scratch.db, &["1", "2"], 0, "{}").await;
    assert_eq!(replicas.ended(other).await.succeeded, 2);
    assert!(replicas.row(stuck).await.finished_at.is_none());
    replica.stop().await;
}

on_both_databases!(
    more_runs_than_hands_share_them,
    hands_freed_by_a_cancellation_are_taken_at_once,
    hands_freed_by_a_lost_lease_are_taken_at_once,
    nobody_asks_again_and_again_for_what_cannot_be_taken,
    a_heap_of_hints_costs_next_to_nothing,
    an_engine_without_work_asks_for_nothing,
    a_busy_kind_does_not_hide_another,
    a_run_that_fails_does_not_hold_up_its_kind,
);
