//! Runs watched live: cursor, replay, live, end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::{Stream, StreamExt};
use sea_orm::DbErr;
use uuid::Uuid;

use super::gate::{Replicas, Settings, inputs};
use super::on_both_databases;
use crate::engine::{ItemError, RunJournal};
use crate::events::{Bus as _, Feed, FeedError, InHand, Journal, Progress, Running, Signal, Steps, cursor};
use crate::storage::entity::{item, run};
use crate::storage::scratch::Scratch;

type Message = Result<Progress<run::Model, item::Model>, FeedError>;

async fn next(stream: &mut (impl Stream<Item = Message> + Unpin)) -> Option<Message> {
    tokio::time::timeout(Duration::from_secs(20), stream.next()).await.expect("a message comes")
}

/// Reads to the end; the last state of each item that was told, and how it ended.
async fn to_the_end(
    stream: impl Stream<Item = Message>,
) -> (BTreeMap<i32, String>, Progress<run::Model, item::Model>) {
    let mut stream = std::pin::pin!(stream);
    let mut told = BTreeMap::new();
    let mut last = None;
    while let Some(message) = next(&mut stream).await {
        let message = message.unwrap();
        if let Some(change) = &message.change {
            told.insert(change.idx, change.status.clone());
        }
        last = Some(message);
    }
    (told, last.unwrap())
}

fn feed(replicas: &Replicas) -> Arc<Feed<RunJournal>> {
    Feed::new(RunJournal::new(replicas.db.clone(), Steps::default()), &replicas.bus)
}

async fn a_watcher_sees_the_start_each_item_and_the_end(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let run = replica.enqueue(&scratch.db, inputs(3), 1, 0).await;
    let feed = feed(&replicas);
    let mut watching = Box::pin(feed.subscribe(run, None));
    let first = next(&mut watching).await.unwrap().unwrap();
    assert!(first.change.is_none() && first.head.finished_at.is_none());
    let mut indexes = Vec::new();
    for _ in 0..3 {
        replicas.begun().await.succeed();
        loop {
            let message = next(&mut watching).await.unwrap().unwrap();
            if let Some(change) = message.change {
                assert_eq!(message.cursor, cursor::encode(run, change.revision));
                indexes.push(change.idx);
                break;
            }
            assert!(message.running.is_some(), "an announcement or a change");
        }
    }
    assert_eq!(indexes, [0, 1, 2]);
    let last = next(&mut watching).await.unwrap().unwrap();
    assert_eq!((last.change.is_none(), last.head.status.as_str()), (true, "SUCCESS"));
    assert!(next(&mut watching).await.is_none(), "the subscription completes");
    replica.stop().await;
}

async fn who_returns_with_a_cursor_misses_nothing(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { gated: false, ..Settings::default() });
    let feed = feed(&replicas);
    let run = replica.enqueue(&scratch.db, inputs(3_000), 50, 0).await;
    let mut told = BTreeMap::new();
    let mut after = None;
    loop {
        // A flaky client: it reads a few messages and drops the connection.
        let mut watching = Box::pin(feed.subscribe(run, after.clone()));
        let mut ended = false;
        for _ in 0..700 {
            let Some(message) = next(&mut watching).await else {
                ended = true;
                break;
            };
            let message = message.unwrap();
            if let Some(change) = &message.change {
                told.insert(change.idx, change.status.clone());
            }
            after = Some(message.cursor);
        }
        if ended {
            break;
        }
    }
    // Where it began without a cursor it was told where things stood; the rest is what changed.
    let (all, _) = to_the_end(feed.subscribe(run, Some(cursor::encode(run, 0)))).await;
    assert_eq!(all.len(), 3_000);
    assert!(all.values().all(|status| status == "SUCCESS"));
    assert!(told.iter().all(|(index, status)| all[index] == *status));
    replica.stop().await;
}

/// Each item changes twice; who reads only after the end is told of far fewer changes than there
/// were, and of each final state.
async fn a_slow_watcher_skips_to_the_latest_states(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { gated: false, ..Settings::default() });
    let feed = feed(&replicas);
    let run = replica.enqueue(&scratch.db, vec!["twice".to_owned(); 6_000], 2_000, 0).await;
    let mut watching = Box::pin(feed.subscribe(run, Some(cursor::encode(run, 0))));
    let first = next(&mut watching).await.unwrap().unwrap();
    let ended = replicas.ended(run).await;
    assert_eq!((ended.succeeded, ended.revision), (6_000, 12_000));
    let (mut told, mut changes) = (BTreeMap::new(), 0);
    let mut last = first;
    loop {
        if let Some(change) = &last.change {
            told.insert(change.idx, change.status.clone());
            changes += 1;
        }
        match next(&mut watching).await {
            Some(message) => last = message.unwrap(),
            None => break,
        }
    }
    assert_eq!(told.len(), 6_000, "every item");
    assert!(told.values().all(|status| status == "SUCCESS"), "its final state, however late");
    assert!(changes < 9_000, "{changes} messages: nothing was skipped");
    assert_eq!(last.head.status, "SUCCESS");
    replica.stop().await;
}

/// Counts what is read of changes.
struct Counted {
    journal: RunJournal,
    reads: Arc<AtomicUsize>,
}

#[async_trait]
impl Journal for Counted {
    type Head = run::Model;
    type Change = item::Model;

    async fn head(&self, stream: Uuid) -> Result<Option<run::Model>, DbErr> {
        self.journal.head(stream).await
    }

    async fn changes(
        &self,
        stream: Uuid,
        after: i64,
        until: i64,
        limit: u64,
    ) -> Result<Vec<item::Model>, DbErr> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.journal.changes(stream, after, until, limit).await
    }

    async fn in_hand(
        &self,
        stream: Uuid,
        parts: Option<&[i32]>,
        limit: u64,
    ) -> Result<Vec<InHand<item::Model>>, DbErr> {
        self.journal.in_hand(stream, parts, limit).await
    }

    fn head_revision(head: &run::Model) -> i64 {
        RunJournal::head_revision(head)
    }

    fn is_final(head: &run::Model) -> bool {
        RunJournal::is_final(head)
    }

    fn change_revision(change: &item::Model) -> i64 {
        RunJournal::change_revision(change)
    }

    fn change_attempt(change: &item::Model) -> i32 {
        RunJournal::change_attempt(change)
    }

    fn change_index(change: &item::Model) -> i32 {
        RunJournal::change_index(change)
    }
}

async fn one_reader_feeds_all_watchers(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let reads = Arc::new(AtomicUsize::new(0));
    let journal =
        Counted { journal: RunJournal::new(scratch.db.clone(), Steps::default()), reads: reads.clone() };
    let feed = Feed::new(journal, &replicas.bus);
    let run = replica.enqueue(&scratch.db, inputs(5), 1, 0).await;
    let mut watchers: Vec<_> = (0..30).map(|_| Box::pin(feed.subscribe(run, None))).collect();
    for watcher in &mut watchers {
        assert!(next(watcher).await.unwrap().unwrap().change.is_none());
    }
    for index in 0..5 {
        replicas.begun().await.succeed();
        for watcher in &mut watchers {
            let change = loop {
                if let Some(change) = next(watcher).await.unwrap().unwrap().change {
                    break change;
                }
            };
            assert_eq!((change.idx, change.status.as_str()), (index, "SUCCESS"));
        }
    }
    let reads = reads.load(Ordering::SeqCst);
    assert!(reads < 60, "{reads} reads for 5 changes and 30 watchers");
    replica.stop().await;
}

async fn an_ended_run_completes_at_once(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { gated: false, ..Settings::default() });
    let run = replica.enqueue(&scratch.db, inputs(5), 5, 0).await;
    let ended = replicas.ended(run).await;
    let feed = feed(&replicas);
    for after in [None, Some(cursor::encode(run, ended.revision))] {
        let mut watching = Box::pin(feed.subscribe(run, after));
        let only = next(&mut watching).await.unwrap().unwrap();
        assert_eq!((only.change.is_none(), only.head.status.as_str()), (true, "SUCCESS"));
        assert!(next(&mut watching).await.is_none());
    }
    replica.stop().await;
}

async fn a_retry_reopens_and_cursors_stay_good(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let run = replica.enqueue(&scratch.db, inputs(2), 2, 0).await;
    for _ in 0..2 {
        replicas.begun().await.fail(ItemError::last("BROKEN", "broken"));
    }
    let ended = replicas.ended(run).await;
    let feed = feed(&replicas);
    replica.retry(&scratch.db, run).await;
    let watching = feed.subscribe(run, Some(cursor::encode(run, ended.revision)));
    for _ in 0..2 {
        replicas.begun().await.succeed();
    }
    let (told, last) = to_the_end(watching).await;
    assert_eq!(told.into_values().collect::<Vec<_>>(), ["SUCCESS", "SUCCESS"]);
    assert_eq!(last.head.status, "SUCCESS");
    replica.stop().await;
}

async fn who_joins_is_told_what_is_running(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let feed = feed(&replicas);
    let run = replica.enqueue(&scratch.db, inputs(5), 3, 0).await;
    let mut begun = vec![replicas.begun().await, replicas.begun().await, replicas.begun().await];
    // One has ended, and another has taken its place.
    begun.remove(0).succeed();
    begun.push(replicas.begun().await);
    let mut in_hand: Vec<_> = begun.iter().map(|begun| begun.index).collect();
    in_hand.sort_unstable();
    let revision = replicas.until(run, |run| run.succeeded == 1).await.revision;
    for after in [None, Some(cursor::encode(run, 0)), Some(cursor::encode(run, revision))] {
        let mut watching = Box::pin(feed.subscribe(run, after.clone()));
        let mut running = Vec::new();
        while running.len() < 3 {
            let message = next(&mut watching).await.unwrap().unwrap();
            if let Some(in_hand) = message.running {
                assert_eq!(message.cursor, cursor::encode(run, revision), "of what was told before");
                assert_eq!((in_hand.part.idx, in_hand.running.attempt), (in_hand.running.index, 1));
                running.push(in_hand.running.index);
            } else {
                assert!(running.is_empty(), "what is in hand comes behind what has changed: {after:?}");
            }
        }
        assert_eq!(running, in_hand, "{after:?}");
    }
    begun.into_iter().for_each(super::gate::Begun::succeed);
    replicas.begun().await.succeed();
    replicas.ended(run).await;
    replica.stop().await;
}

async fn a_late_announcement_is_not_told_behind_the_end(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings::default());
    let feed = feed(&replicas);
    let run = replica.enqueue(&scratch.db, inputs(2), 2, 0).await;
    let (first, second) = (replicas.begun().await, replicas.begun().await);
    let (ended, other) = (first.index, second.index);
    let mut watching = Box::pin(feed.subscribe(run, None));
    first.succeed();
    loop {
        let message = next(&mut watching).await.unwrap().unwrap();
        if message.change.is_some_and(|change| change.idx == ended) {
            break;
        }
    }
    // Of the second step of its first attempt, by way of a slow network.
    let late = |index| Running { index, attempt: 1, step: Some("late".to_owned()) };
    replicas.bus.publish(Signal::Running { stream: run, items: Arc::new([late(ended), late(other)]) });
    loop {
        let message = next(&mut watching).await.unwrap().unwrap();
        let in_hand = message.running.expect("nothing else happens");
        assert_eq!(in_hand.running.index, other, "the first has ended, and that was told");
        if in_hand.running.step.is_some() {
            break;
        }
    }
    second.succeed();
    replicas.bus.publish(Signal::Running { stream: run, items: Arc::new([late(ended), late(other)]) });
    while let Some(message) = next(&mut watching).await {
        let running = message.unwrap().running.map(|in_hand| in_hand.running.index);
        assert_ne!(running, Some(ended));
    }
    replica.stop().await;
}

/// What a client has been told of an item: the attempt that runs, the attempts that have ended,
/// and whether that was the end.
#[derive(Default)]
struct Told {
    running: i32,
    ended: i32,
    is_final: bool,
}

async fn running_never_overtakes_an_outcome(scratch: Scratch) {
    let replicas = Arc::new(Replicas::over(scratch.db.clone()));
    let replica = replicas.start(Settings { capacity: 20, ..Settings::default() });
    let feed = feed(&replicas);
    let run = replica.enqueue(&scratch.db, inputs(300), 20, 0).await;
    let working = tokio::spawn({
        let replicas = replicas.clone();
        async move {
            // Every third item takes two attempts.
            for _ in 0..400 {
                let begun = replicas.begun().await;
                if begun.index % 3 == 0 && begun.number == 1 {
                    begun.fail(ItemError::transient("BUSY", "busy"));
                } else {
                    begun.succeed();
                }
            }
        }
    });
    // A client that drops off all the time, and comes back with its cursor or without.
    let mut told: BTreeMap<i32, Told> = BTreeMap::new();
    let mut after = Some(cursor::encode(run, 0));
    let mut seen_running = 0;
    'connections: for connection in 1_usize.. {
        let mut watching = Box::pin(feed.subscribe(run, after.clone()));
        for _ in 0..(connection % 7) * 11 + 1 {
            let Some(message) = next(&mut watching).await else { break 'connections };
            let message = message.unwrap();
            after = Some(message.cursor);
            if let Some(change) = message.change {
                let told = told.entry(change.idx).or_default();
                assert!(change.attempt >= told.running, "an older state behind a running attempt");
                told.ended = change.attempt;
                told.is_final = change.finished_at.is_some();
            } else if let Some(in_hand) = message.running {
                let told = told.entry(in_hand.running.index).or_default();
                assert!(!told.is_final, "running behind the end");
                assert!(in_hand.running.attempt > told.ended, "running behind its outcome");
                told.running = in_hand.running.attempt;
                seen_running += 1;
            }
        }
    }
    assert!(told.len() == 300 && told.values().all(|told| told.is_final), "every end was told");
    assert!(seen_running > 0);
    working.await.unwrap();
    replica.stop().await;
}

async fn a_bad_cursor_is_refused(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { gated: false, ..Settings::default() });
    let run = replica.enqueue(&scratch.db, inputs(1), 1, 0).await;
    let ended = replicas.ended(run).await;
    let feed = feed(&replicas);
    let of_another = cursor::encode(Uuid::now_v7(), 0);
    let from_the_future = cursor::encode(run, ended.revision + 1);
    for bad in ["nonsense".to_owned(), of_another, from_the_future] {
        let mut watching = Box::pin(feed.subscribe(run, Some(bad)));
        assert!(matches!(next(&mut watching).await, Some(Err(FeedError::BadCursor))));
        assert!(next(&mut watching).await.is_none());
    }
    let mut watching = Box::pin(feed.subscribe(Uuid::now_v7(), None));
    assert!(matches!(next(&mut watching).await, Some(Err(FeedError::NotFound))));
    replica.stop().await;
}

on_both_databases!(
    a_watcher_sees_the_start_each_item_and_the_end,
    who_returns_with_a_cursor_misses_nothing,
    a_slow_watcher_skips_to_the_latest_states,
    one_reader_feeds_all_watchers,
    an_ended_run_completes_at_once,
    a_retry_reopens_and_cursors_stay_good,
    who_joins_is_told_what_is_running,
    a_late_announcement_is_not_told_behind_the_end,
    running_never_overtakes_an_outcome,
    a_bad_cursor_is_refused,
);
