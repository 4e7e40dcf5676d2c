//! A batch is watched: where it stands, what changes, and its end; and one comes back by cursor.

use std::collections::{BTreeSet, HashMap};

use docket::engine::{ItemStatus, RunStatus};
use docket::kernel::ErrorCode;

use crate::support::{Database, World, refusal};

on_both_databases!(
    items_change_live_and_the_stream_ends,
    who_comes_back_sees_every_final_state,
    an_ended_batch_says_so_at_once,
    a_retry_reopens_the_stream,
    a_strange_cursor_is_bad_input,
    running_items_are_told_with_their_steps,
);

async fn items_change_live_and_the_stream_ends(database: Database) {
    let mut world = World::idle(database).await;
    world.alice().is_given(100).await;
    let images = [world.pictures.good(8), world.pictures.missing(4)].concat();
    let batch = world.alice().creates(images).await.batch;
    let told = {
        let actor = world.alice().actor;
        let progress = world.batches.progress(&actor, batch.id(), None).await.unwrap();
        world.work();
        let told: Vec<_> = futures::StreamExt::collect::<Vec<_>>(progress).await;
        told.into_iter().map(Result::unwrap).collect::<Vec<_>>()
    };
    let alice = world.alice();
    assert!(told[0].item.is_none(), "first, where things stand");
    let last = told.last().unwrap();
    assert!(last.item.is_none());
    assert_eq!(last.batch, alice.sees(&batch).await.unwrap());
    assert_eq!((last.batch.status().unwrap(), last.batch.row.quota_refunded), (RunStatus::PartialSuccess, 4));
    let mut ended = HashMap::new();
    for view in told.iter().filter_map(|message| message.item.as_ref()) {
        let before = ended.insert(view.item.idx, view.status);
        assert!(
            !matches!(before, Some(ItemStatus::Success | ItemStatus::Failed)),
            "nothing is told of an item behind its end"
        );
    }
    for view in alice.items(&batch).await {
        assert_eq!(ended[&view.item.idx], view.status);
    }
}

async fn who_comes_back_sees_every_final_state(database: Database) {
    let mut world = World::idle(database).await;
    world.alice().is_given(100).await;
    let batch = world.alice().creates([world.pictures.good(6), world.pictures.gated(3)].concat()).await.batch;
    let cursor = batch.cursor();
    world.work();
    let alice = world.alice();
    world.pictures.asked_for(3).await;
    let told = alice.follows_until(&batch, |told| told.batch.run.succeeded == 6).await;
    let half_way = told.last().unwrap().cursor.clone();
    world.pictures.let_through(3);
    alice.waits_for(&batch).await;
    for (after, least) in [(cursor, 9), (half_way, 3)] {
        let told = alice.follows(&batch, Some(after)).await.unwrap();
        let states: HashMap<_, _> = told
            .iter()
            .filter_map(|message| message.item.as_ref())
            .map(|view| (view.item.idx, view.item.clone()))
            .collect();
        assert!(states.len() >= least);
        for view in alice.items(&batch).await.iter().filter(|view| states.contains_key(&view.item.idx)) {
            assert_eq!(states[&view.item.idx], view.item, "exactly as the database has it");
        }
        assert!(told.last().unwrap().item.is_none());
    }
}

async fn an_ended_batch_says_so_at_once(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let batch = alice.creates(world.pictures.good(2)).await.batch;
    let batch = alice.waits_for(&batch).await;
    for after in [None, Some(batch.cursor())] {
        let told = alice.follows(&batch, after).await.unwrap();
        assert_eq!(told.len(), 1);
        assert!(told[0].item.is_none());
        assert_eq!((&told[0].batch, &told[0].cursor), (&batch, &batch.cursor()));
    }
}

async fn a_retry_reopens_the_stream(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let batch = alice.creates(world.pictures.broken(2)).await.batch;
    let ended = alice.waits_for(&batch).await;
    world.pictures.mend();
    alice.retries(&batch).await.unwrap();
    let told = alice.follows(&batch, Some(ended.cursor())).await.unwrap();
    let last = told.last().unwrap();
    assert_eq!((last.batch.status().unwrap(), last.batch.row.quota_cost), (RunStatus::Success, 4));
    let ended: Vec<_> =
        told.iter().filter_map(|message| message.item.as_ref()).map(|view| view.status).collect();
    assert_eq!(ended.iter().filter(|status| **status == ItemStatus::Success).count(), 2);
}

async fn a_strange_cursor_is_bad_input(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let one = alice.creates(world.pictures.good(1)).await.batch;
    let other = alice.creates(world.pictures.good(1)).await.batch;
    for cursor in ["", "zzz", other.cursor().as_str()] {
        let refused = refusal(alice.follows(&one, Some(cursor.to_owned())).await);
        assert_eq!(refused, (ErrorCode::BadInput, Some("after".to_owned())), "{cursor:?}");
    }
}

async fn running_items_are_told_with_their_steps(database: Database) {
    let mut world = World::idle(database).await;
    world.alice().is_given(10).await;
    let batch = world.alice().creates(world.pictures.gated(2)).await.batch;
    let progress = world.batches.progress(&world.alice().actor, batch.id(), None).await.unwrap();
    let mut progress = Box::pin(progress);
    let first = futures::StreamExt::next(&mut progress).await.unwrap().unwrap();
    assert!(first.item.is_none());
    world.work();
    // Who joins is told what is in hand, and may then hear the announcement of the same once more.
    let mut fetching = BTreeSet::new();
    while fetching.len() < 2 {
        let told = futures::StreamExt::next(&mut progress).await.unwrap().unwrap();
        if let Some(view) = told.item.filter(|view| view.step.as_deref() == Some("fetch")) {
            assert_eq!((view.status, view.item.attempt), (ItemStatus::Running, 0));
            assert_eq!(told.cursor, first.cursor, "an announcement moves no cursor");
            fetching.insert(view.item.idx);
        }
    }
    assert_eq!(fetching, BTreeSet::from([0, 1]));
    world.pictures.let_through(2);
    world.alice().waits_for(&batch).await;
}
