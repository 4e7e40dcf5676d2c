//! A run ends: what did not succeed is given back, exactly once.

use docket::account::LedgerKind;
use docket::engine::{ItemStatus, RunStatus};

use crate::support::{Database, World};

on_both_databases!(five_bad_of_ten_are_refunded, none_good_refunds_all, all_good_refunds_nothing);

async fn five_bad_of_ten_are_refunded(database: Database) {
    let world = World::working(database).await;
    let (alice, pictures) = (world.alice(), &world.pictures);
    alice.is_given(100).await;
    let images = [pictures.good(5), pictures.missing(2), pictures.texts(2), pictures.huge(1)].concat();
    let batch = alice.creates(images).await.batch;
    let batch = alice.waits_for(&batch).await;
    assert_eq!(batch.status().unwrap(), RunStatus::PartialSuccess);
    assert_eq!((batch.run.succeeded, batch.run.failed), (5, 5));
    assert_eq!((batch.row.quota_cost, batch.row.quota_refunded), (10, 5));
    assert_eq!(alice.balance().await, 95);
    let ledger = alice.ledger().await;
    assert_eq!((ledger[0].kind, ledger[0].amount), (LedgerKind::Refund, 5));
    let items = alice.items(&batch).await;
    let codes: Vec<_> = items.iter().map(|view| view.item.error_code.clone().unwrap_or_default()).collect();
    assert_eq!(codes[..5], ["", "", "", "", ""]);
    assert!(codes[5..7].iter().all(|code| code == "FETCH_FAILED"), "{codes:?}");
    assert_eq!(codes[7..], ["NOT_AN_IMAGE", "NOT_AN_IMAGE", "TOO_LARGE"]);
    let attempts = world.engine.attempts(&[(batch.id(), 5)]).await.unwrap();
    assert_eq!(attempts[&(batch.id(), 5)].len(), 1, "a final failure is not tried again");
    assert!(items[5].item.error_message.as_deref().unwrap().contains("404"));
}

async fn none_good_refunds_all(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let batch = alice.creates(world.pictures.missing(10)).await.batch;
    let batch = alice.waits_for(&batch).await;
    assert_eq!(batch.status().unwrap(), RunStatus::Failed);
    assert_eq!((batch.row.quota_refunded, alice.balance().await), (10, 10));
    assert_eq!(alice.ledger().await.len(), 3);
}

async fn all_good_refunds_nothing(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    let batch = alice.creates(world.pictures.good(4)).await.batch;
    let batch = alice.waits_for(&batch).await;
    assert_eq!((batch.row.quota_refunded, alice.balance().await), (0, 6));
    for view in alice.items(&batch).await {
        assert_eq!(view.status, ItemStatus::Success);
        let result = docket::batch::ItemResult::of(&view.item).unwrap();
        assert_eq!((result.width, result.height, result.extension.as_str()), (48, 32, "jpg"));
        let steps: Vec<_> = result.steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!((steps[0], steps[steps.len() - 1]), ("fetch", "store"));
        let file = world.files.find(&alice.actor, result.file).await.unwrap();
        let bytes = world.files.read_all(&file, 1 << 20).await.unwrap();
        assert_eq!((i64::try_from(bytes.len()).unwrap(), file.owner.as_str()), (result.size, "alice"));
        assert!(world.files.find(&world.bob().actor, result.file).await.is_err());
    }
}
