//! A batch is cancelled: at once, refunded once, whatever races.

use docket::engine::{ItemStatus, RunStatus};
use docket::kernel::ErrorCode;
use futures::future::join_all;
use serde_json::json;

use crate::support::{Database, World};

on_both_databases!(
    what_has_not_begun_is_cancelled_and_refunded,
    running_ones_stop_and_what_succeeded_is_kept,
    cancelling_twice_refunds_once,
    cancelling_at_once_refunds_once,
    what_has_ended_cannot_be_cancelled,
    cancelling_races_with_progress_and_balances,
);

async fn what_has_not_begun_is_cancelled_and_refunded(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let batch = alice.creates(world.pictures.good(4)).await.batch;
    let cancelled = alice.cancels(&batch).await.unwrap();
    assert_eq!(cancelled.refund_amount, 4);
    assert_eq!(cancelled.batch.status().unwrap(), RunStatus::Cancelled);
    assert_eq!((cancelled.batch.run.cancelled, cancelled.batch.row.quota_refunded), (4, 4));
    assert_eq!(alice.sees(&batch).await.unwrap(), cancelled.batch);
    assert_eq!(alice.balance().await, 10);
    assert!(alice.items(&batch).await.iter().all(|view| view.status == ItemStatus::Cancelled));
}

async fn running_ones_stop_and_what_succeeded_is_kept(database: Database) {
    let world = World::working(database).await;
    let (alice, pictures) = (world.alice(), &world.pictures);
    alice.is_given(50).await;
    let batch = alice.creates([pictures.good(3), pictures.gated(7)].concat()).await.batch;
    pictures.asked_for(5).await;
    alice.follows_until(&batch, |told| told.batch.run.succeeded == 3).await;
    let cancelled = alice.cancels(&batch).await.unwrap();
    assert_eq!(cancelled.refund_amount, 7);
    assert_eq!((cancelled.batch.run.succeeded, cancelled.batch.run.cancelled), (3, 7));
    assert_eq!(cancelled.batch.running(), 0);
    pictures.let_through(7);
    // Work goes on, and what was in hand does not count any more.
    let other = alice.creates(pictures.good(2)).await.batch;
    alice.waits_for(&other).await;
    assert_eq!(alice.sees(&batch).await.unwrap(), cancelled.batch);
    assert_eq!(alice.balance().await, 50 - 3 - 2);
    alice.ledger().await;
}

async fn cancelling_twice_refunds_once(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let batch = alice.creates(world.pictures.good(4)).await.batch;
    alice.cancels(&batch).await.unwrap();
    let again = alice.cancels(&batch).await.unwrap();
    assert_eq!((again.refund_amount, again.batch.row.quota_refunded), (0, 4));
    assert_eq!((alice.balance().await, alice.ledger().await.len()), (10, 3));
}

async fn cancelling_at_once_refunds_once(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let batch = alice.creates(world.pictures.gated(4)).await.batch;
    world.pictures.asked_for(4).await;
    let answers = join_all((0..6).map(|_| alice.cancels(&batch))).await;
    let refunds: i64 = answers.into_iter().map(|answer| answer.unwrap().refund_amount).sum();
    assert_eq!((refunds, alice.balance().await, alice.ledger().await.len()), (4, 10, 3));
}

async fn what_has_ended_cannot_be_cancelled(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let batch = alice.creates(world.pictures.good(2)).await.batch;
    let batch = alice.waits_for(&batch).await;
    let fault = alice.cancels(&batch).await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["status"]), (ErrorCode::Conflict, &json!("SUCCESS")));
    assert!(fault.message().contains("SUCCESS"));
    assert_eq!(alice.balance().await, 8);
}

async fn cancelling_races_with_progress_and_balances(database: Database) {
    let world = World::working(database).await;
    let (alice, pictures) = (world.alice(), &world.pictures);
    alice.is_given(1_000).await;
    let mut spent = 0;
    for round in 0..8 {
        let batch = alice.creates([pictures.good(round * 2), pictures.gated(1)].concat()).await.batch;
        pictures.asked_for(round + 1).await;
        // The last item is let go while the batch is cancelled: either may win.
        let (cancelled, ()) = tokio::join!(alice.cancels(&batch), async { pictures.let_through(1) });
        let batch = alice.waits_for(&batch).await;
        let total = i64::try_from(round * 2 + 1).unwrap();
        match cancelled {
            Ok(cancelled) => {
                assert_eq!(batch.status().unwrap(), RunStatus::Cancelled);
                assert_eq!(cancelled.refund_amount, total - batch.run.succeeded);
            }
            Err(fault) => {
                assert_eq!(fault.code(), ErrorCode::Conflict);
                assert_eq!(batch.status().unwrap(), RunStatus::Success);
            }
        }
        assert_eq!(batch.row.quota_cost - batch.row.quota_refunded, batch.run.succeeded);
        spent += batch.run.succeeded;
        assert_eq!(alice.balance().await, 1_000 - spent);
    }
    alice.ledger().await;
}
