//! What failed is tried again: exactly that, paid for once.

use docket::engine::{ItemStatus, RunStatus};
use docket::kernel::ErrorCode;
use futures::future::join_all;
use serde_json::json;

use crate::support::{Database, World, refusal};

on_both_databases!(
    exactly_the_failed_ones_are_retried_and_paid_for,
    retries_racing_charge_once,
    nothing_failed_is_nothing_to_retry,
    what_still_runs_cannot_be_retried,
    too_little_quota_retries_nothing,
    the_creator_pays_for_an_admins_retry,
    generations_balance_to_the_unit,
);

async fn exactly_the_failed_ones_are_retried_and_paid_for(database: Database) {
    let world = World::working(database).await;
    let (alice, pictures) = (world.alice(), &world.pictures);
    alice.is_given(100).await;
    let batch = alice.creates([pictures.good(4), pictures.broken(3)].concat()).await.batch;
    let batch = alice.waits_for(&batch).await;
    assert_eq!((batch.run.failed, alice.balance().await), (3, 96));
    pictures.mend();
    let retried = alice.retries(&batch).await.unwrap();
    assert_eq!((retried.retried_count, retried.quota_cost), (3, 3));
    assert_eq!((retried.batch.row.quota_cost, retried.batch.row.quota_refunded), (10, 3));
    assert_eq!(retried.batch.status().unwrap(), RunStatus::Pending);
    let batch = alice.waits_for(&batch).await;
    assert_eq!((batch.status().unwrap(), batch.run.succeeded), (RunStatus::Success, 7));
    assert_eq!((batch.row.quota_cost, batch.row.quota_refunded), (10, 3));
    assert_eq!(alice.balance().await, 93);
    assert_eq!(alice.ledger().await.len(), 4);
    let attempts = world.engine.attempts(&[(batch.id(), 0), (batch.id(), 4)]).await.unwrap();
    assert_eq!(attempts.get(&(batch.id(), 0)), None);
    assert_eq!(attempts[&(batch.id(), 4)][0].error_code, "FETCH_FAILED", "the earlier error stays readable");
    assert_eq!(alice.items(&batch).await[4].item.attempt, 2);
}

async fn retries_racing_charge_once(database: Database) {
    let mut world = World::idle(database).await;
    world.alice().is_given(100).await;
    let batch = world.alice().creates(world.pictures.broken(5)).await.batch;
    world.work();
    let batch = world.alice().waits_for(&batch).await;
    world.pictures.mend();
    let alice = world.alice();
    let answers = join_all((0..6).map(|_| alice.retries(&batch))).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    // One may come so late that the retry has ended well; then nothing is left to retry.
    assert_eq!(won.len(), 1);
    for lost in lost {
        let (code, _) = refusal(lost);
        assert!(matches!(code, ErrorCode::Conflict | ErrorCode::BadInput), "{code:?}");
    }
    let batch = alice.waits_for(&batch).await;
    assert_eq!((batch.run.generation, batch.run.succeeded), (2, 5));
    assert_eq!((batch.row.quota_cost, batch.row.quota_refunded, alice.balance().await), (10, 5, 95));
    assert_eq!(alice.ledger().await.len(), 4);
}

async fn nothing_failed_is_nothing_to_retry(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(100).await;
    let batch = alice.creates(world.pictures.good(2)).await.batch;
    let batch = alice.waits_for(&batch).await;
    let refused = refusal(alice.retries(&batch).await);
    assert_eq!(refused, (ErrorCode::BadInput, Some("batchId".to_owned())));
    assert_eq!(alice.sees(&batch).await.unwrap(), batch);
}

async fn what_still_runs_cannot_be_retried(database: Database) {
    let mut world = World::idle(database).await;
    world.alice().is_given(100).await;
    let batch = world.alice().creates(world.pictures.gated(2)).await.batch;
    let fault = world.alice().retries(&batch).await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["status"]), (ErrorCode::Conflict, &json!("PENDING")));
    world.work();
    world.pictures.asked_for(2).await;
    let fault = world.alice().retries(&batch).await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["status"]), (ErrorCode::Conflict, &json!("PROCESSING")));
    world.pictures.let_through(2);
    world.alice().waits_for(&batch).await;
    assert_eq!(world.alice().balance().await, 98);
}

async fn too_little_quota_retries_nothing(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(5).await;
    let batch = alice.creates(world.pictures.broken(5)).await.batch;
    let batch = alice.waits_for(&batch).await;
    alice.creates(world.pictures.good(3)).await;
    let fault = alice.retries(&batch).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::QuotaExceeded);
    assert_eq!((&fault.details()["required"], &fault.details()["balance"]), (&json!(5), &json!(2)));
    assert_eq!(alice.sees(&batch).await.unwrap(), batch, "nothing was queued or charged");
    assert_eq!(alice.balance().await, 2);
    let items = alice.items(&batch).await;
    assert!(items.iter().all(|view| view.status == ItemStatus::Failed));
}

async fn the_creator_pays_for_an_admins_retry(database: Database) {
    let world = World::working(database).await;
    let (alice, admin) = (world.alice(), world.admin());
    alice.is_given(5).await;
    let batch = alice.creates(world.pictures.broken(5)).await.batch;
    let batch = alice.waits_for(&batch).await;
    world.pictures.mend();
    admin.retries(&batch).await.unwrap();
    alice.waits_for(&batch).await;
    assert_eq!((alice.balance().await, admin.ledger().await.len()), (0, 0));
}

async fn generations_balance_to_the_unit(database: Database) {
    let world = World::working(database).await;
    let (alice, pictures) = (world.alice(), &world.pictures);
    alice.is_given(100).await;
    let images = [pictures.good(2), pictures.broken(3), pictures.missing(2)].concat();
    let batch = alice.creates(images).await.batch;
    let mut batch = alice.waits_for(&batch).await;
    for generation in 2..=4 {
        if generation == 3 {
            pictures.mend();
        }
        alice.retries(&batch).await.unwrap();
        batch = alice.waits_for(&batch).await;
        assert_eq!(batch.run.generation, generation);
        assert_eq!(batch.row.quota_cost - batch.row.quota_refunded, batch.run.succeeded);
        assert_eq!(alice.balance().await, 100 - batch.run.succeeded);
    }
    // 7, then 5, 5 and 2 again; what is left of it is what succeeded.
    assert_eq!((batch.row.quota_cost, batch.row.quota_refunded, batch.run.succeeded), (19, 14, 5));
    assert_eq!(alice.ledger().await.len(), 1 + 4 + 4);
}
