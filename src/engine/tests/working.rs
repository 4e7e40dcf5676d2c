//! The engine at work: replicas that run by themselves.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::gate::{Begun, Replicas, Settings, inputs, until};
use super::on_both_databases;
use crate::engine::{ItemError, ItemFilter, ItemStatus};
use crate::storage::scratch::Scratch;

async fn a_run_ends_by_itself(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { gated: false, ..Settings::default() });
    let run = replica.enqueue(&scratch.db, inputs(2_500), 40, 0).await;
    let ended = replicas.ended(run).await;
    assert_eq!((ended.status.as_str(), ended.succeeded, ended.in_flight), ("SUCCESS", 2_500, 0));
    assert_eq!(ended.revision, 2_500, "one revision an item");
    replica.stop().await;
}

async fn an_empty_run_finishes(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let run = replica.enqueue(&scratch.db, inputs(0), 1, 0).await;
    assert_eq!(replicas.ended(run).await.status, "SUCCESS");
    replica.stop().await;
}

async fn the_concurrency_holds_across_replicas(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let (one, other) = (replicas.start(Settings::default()), replicas.start(Settings::default()));
    let run = one.enqueue(&scratch.db, inputs(30), 3, 0).await;
    for _ in 0..30 {
        replicas.begun().await.succeed();
    }
    assert_eq!(replicas.ended(run).await.succeeded, 30);
    assert!(replicas.most.load(Ordering::SeqCst) <= 3, "more than 3 at once");
    one.stop().await;
    other.stop().await;
}

async fn a_more_urgent_run_goes_first(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { capacity: 1, ..Settings::default() });
    let slow = replica.enqueue(&scratch.db, inputs(5), 5, 0).await;
    let first = replicas.begun().await;
    assert_eq!(first.run, slow);
    let urgent = replica.enqueue(&scratch.db, inputs(2), 5, 10).await;
    // The next look at the queue sees it; until then the old run may take one more.
    let mut order = Vec::new();
    first.succeed();
    for _ in 0..6 {
        let begun = replicas.begun().await;
        order.push(begun.run);
        begun.succeed();
    }
    let last_urgent = order.iter().rposition(|run| *run == urgent).unwrap();
    assert!(last_urgent <= 3, "the urgent run waited behind {last_urgent} others");
    replicas.ended(slow).await;
    replica.stop().await;
}

async fn a_long_run_does_not_starve_others(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { capacity: 4, ..Settings::default() });
    let long = replica.enqueue(&scratch.db, inputs(200), 100, 0).await;
    let mut in_hand = Vec::new();
    for _ in 0..4 {
        in_hand.push(replicas.begun().await);
    }
    assert!(in_hand.iter().all(|begun| begun.run == long));
    let short = replica.enqueue(&scratch.db, inputs(2), 5, 0).await;
    let mut before = 0;
    let mut begun_of_short = 0;
    for begun in in_hand {
        begun.succeed();
    }
    while begun_of_short < 2 {
        let begun = replicas.begun().await;
        if begun.run == short {
            begun_of_short += 1;
        } else {
            before += 1;
        }
        begun.succeed();
        assert!(before <= 16, "the short run waits behind the long one");
    }
    replicas.ended(short).await;
    assert!(replicas.row(long).await.finished_at.is_none());
    replica.cancel(&scratch.db, long).await;
    replica.stop().await;
}

async fn a_panic_is_a_failed_item_and_nothing_else(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { gated: false, ..Settings::default() });
    let run = replica.enqueue(&scratch.db, vec!["1".into(), "panic".into(), "3".into()], 3, 0).await;
    let ended = replicas.ended(run).await;
    assert_eq!((ended.status.as_str(), ended.succeeded, ended.failed), ("PARTIAL_SUCCESS", 2, 1));
    assert_eq!(replicas.item(run, 1).await.error_code.as_deref(), Some("PANICKED"));
    replica.stop().await;
}

async fn an_attempt_that_hangs_runs_into_its_time(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let timeout = Duration::from_millis(20);
    let replica = replicas.start(Settings { gated: false, timeout, ..Settings::default() });
    let run = replica.enqueue(&scratch.db, vec!["hang".into()], 1, 0).await;
    let ended = replicas.ended(run).await;
    let item = replicas.item(run, 0).await;
    assert_eq!((ended.status.as_str(), item.error_code.as_deref()), ("FAILED", Some("TIMEOUT")));
    assert_eq!(item.attempt, 3, "tried as often as allowed");
    replica.stop().await;
}

async fn whether_to_retry_is_the_errors_word(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let run = replica.enqueue(&scratch.db, inputs(2), 2, 0).await;
    for _ in 0..2 {
        let begun = replicas.begun().await;
        let error = if begun.index == 0 {
            ItemError::last("BROKEN", "broken")
        } else {
            ItemError::transient("BUSY", "busy")
        };
        begun.fail(error);
    }
    let again = replicas.begun().await;
    assert_eq!((again.index, again.number), (1, 2), "only the transient failure comes again");
    again.succeed();
    let ended = replicas.ended(run).await;
    assert_eq!(ended.status, "PARTIAL_SUCCESS");
    let attempts = replica.engine.attempts(&[(run, 0), (run, 1)]).await.unwrap();
    assert_eq!(attempts[&(run, 0)][0].error_code, "BROKEN");
    assert_eq!(attempts[&(run, 1)][0].error_code, "BUSY");
    replica.stop().await;
}

async fn a_shutdown_finishes_what_it_can_and_gives_back_the_rest(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let run = replica.enqueue(&scratch.db, inputs(3), 2, 0).await;
    let (one, other) = (replicas.begun().await, replicas.begun().await);
    let left = other.index;
    replica.stopping.cancel();
    one.succeed();
    replica.stop().await;
    assert!(other.cancelled.is_cancelled(), "told to stop when the grace was over");
    let row = replicas.row(run).await;
    assert_eq!((row.succeeded, row.in_flight), (1, 0), "one finished, nothing leased, nothing begun");
    assert_eq!(replicas.item(run, left).await.attempt, 0, "a given-back attempt does not count");
    let next = replicas.start(Settings { gated: false, ..Settings::default() });
    assert_eq!(replicas.ended(run).await.succeeded, 3);
    other.succeed();
    next.stop().await;
}

async fn what_a_dead_replica_held_is_taken_up_again(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let settings = || Settings {
        lease_ttl: Duration::from_secs(1),
        poll: Duration::from_millis(100),
        ..Settings::default()
    };
    let dying = replicas.start(settings());
    let run = dying.enqueue(&scratch.db, inputs(2), 2, 0).await;
    let (one, other) = (replicas.begun().await, replicas.begun().await);
    let zombie = dying.die();
    let heir = replicas.start(settings());
    let again = [replicas.begun().await, replicas.begun().await];
    assert!(again.iter().all(|begun| begun.number == 2), "the lost attempt counts");
    // The dead one was only asleep: it records what it had in hand, and none of it counts.
    one.succeed();
    other.fail(ItemError::last("ASLEEP", "too late"));
    until(|| zombie.inner.leases.lock().is_empty()).await;
    let row = replicas.row(run).await;
    assert_eq!((row.succeeded, row.failed, row.in_flight), (0, 0, 2), "the zombie has no voice");
    again.into_iter().for_each(Begun::succeed);
    let ended = replicas.ended(run).await;
    assert_eq!((ended.succeeded, ended.in_flight), (2, 0));
    let attempts = heir.engine.attempts(&[(run, 0), (run, 1)]).await.unwrap();
    for index in 0..2 {
        assert_eq!(replicas.item(run, index).await.attempt, 2);
        let codes: Vec<_> = attempts[&(run, index)].iter().map(|past| past.error_code.as_str()).collect();
        assert_eq!(codes, ["LEASE_EXPIRED"]);
    }
    heir.stop().await;
}

async fn a_cancellation_reaches_what_runs_and_lends_it_no_voice(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let run = replica.enqueue(&scratch.db, inputs(5), 2, 0).await;
    let (one, other) = (replicas.begun().await, replicas.begun().await);
    let filter = ItemFilter { statuses: Some(vec![ItemStatus::Running]) };
    assert_eq!(replica.engine.count_items(run, &filter).await.unwrap(), 2);
    let cancelled = replica.cancel(&scratch.db, run).await;
    assert_eq!((cancelled.cancelled, cancelled.run.status.as_str()), (5, "CANCELLED"));
    tokio::time::timeout(Duration::from_secs(20), one.cancelled.cancelled()).await.unwrap();
    one.succeed();
    other.succeed();
    assert!(replica.cancel(&scratch.db, run).await.already_final, "the second one finds it done");
    replica.stop().await;
    let row = replicas.row(run).await;
    assert_eq!((row.succeeded, row.cancelled), (0, 5), "an outcome after the cancellation does not count");
}

async fn a_retry_takes_exactly_the_failed_items(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let run = replica.enqueue(&scratch.db, inputs(6), 6, 0).await;
    for _ in 0..6 {
        let begun = replicas.begun().await;
        if begun.index % 2 == 0 { begun.succeed() } else { begun.fail(ItemError::last("BROKEN", "broken")) }
    }
    replicas.ended(run).await;
    assert_eq!(replica.retry(&scratch.db, run).await.retried, 3);
    for _ in 0..3 {
        let begun = replicas.begun().await;
        assert_eq!((begun.index % 2, begun.number), (1, 2));
        begun.succeed();
    }
    let ended = replicas.ended(run).await;
    assert_eq!((ended.status.as_str(), ended.generation, ended.succeeded), ("SUCCESS", 2, 6));
    replica.stop().await;
}

on_both_databases!(
    a_run_ends_by_itself,
    an_empty_run_finishes,
    the_concurrency_holds_across_replicas,
    a_more_urgent_run_goes_first,
    a_long_run_does_not_starve_others,
    a_panic_is_a_failed_item_and_nothing_else,
    an_attempt_that_hangs_runs_into_its_time,
    whether_to_retry_is_the_errors_word,
    a_shutdown_finishes_what_it_can_and_gives_back_the_rest,
    what_a_dead_replica_held_is_taken_up_again,
    a_cancellation_reaches_what_runs_and_lends_it_no_voice,
    a_retry_takes_exactly_the_failed_items,
);
