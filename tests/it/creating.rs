//! A batch is created: checks in their order, charges, limits, repeated calls.

use std::time::Duration;

use docket::batch::CreateBatch;
use docket::engine::RunStatus;
use docket::kernel::{ErrorCode, Role};
use docket::pipeline::{FeaturePatch, NewFeature, NewRateLimit};
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use crate::support::{Database, World, batch_of, free, refusal};

on_both_databases!(
    ten_pictures_cost_ten_of_a_hundred,
    no_pictures_and_51_are_refused_in_words,
    too_little_quota_creates_nothing,
    ten_creates_at_once_charge_exactly,
    the_eleventh_batch_in_a_minute_waits,
    many_at_once_do_not_slip_through_the_rate_limit,
    a_repeated_key_answers_the_same_batch,
    a_repeated_key_is_looked_up_before_everything_that_limits,
    the_same_key_from_many_at_once_creates_one_batch,
    checks_come_in_their_order,
    each_bad_picture_is_named,
    ones_own_uploads_are_taken_and_others_are_not,
    the_feature_as_it_was_at_creation_counts,
    a_free_feature_books_nothing,
    a_hundred_thousand_items_are_created_in_one_go,
);

async fn ten_pictures_cost_ten_of_a_hundred(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(100).await;
    let created = alice.creates(world.pictures.good(10)).await;
    assert_eq!(created.quota_cost, 10);
    assert_eq!(created.batch.status().unwrap(), RunStatus::Pending);
    assert_eq!((created.batch.run.total, created.batch.pending()), (10, 10));
    assert_eq!(alice.balance().await, 90);
    let batch = alice.waits_for(&created.batch).await;
    assert_eq!(batch.status().unwrap(), RunStatus::Success);
    assert_eq!((batch.run.succeeded, batch.row.quota_cost, batch.row.quota_refunded), (10, 10, 0));
    let amounts: Vec<_> = alice.ledger().await.iter().map(|entry| (entry.amount, entry.batch_id)).collect();
    assert_eq!(amounts, [(-10, Some(batch.id())), (100, None)]);
}

async fn no_pictures_and_51_are_refused_in_words(database: Database) {
    let world = World::idle(database).await;
    world.alice().is_given(100).await;
    for (count, words) in [(0, "at least 1 image"), (51, "at most 50 images")] {
        let fault = world.alice().tries_to_create(batch_of(world.pictures.good(count))).await.unwrap_err();
        assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &json!("inputImages")));
        assert!(fault.message().contains(words), "{}", fault.message());
    }
    assert_eq!(world.alice().ledger().await.len(), 1);
}

async fn too_little_quota_creates_nothing(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(9).await;
    let fault = alice.tries_to_create(batch_of(world.pictures.good(10))).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::QuotaExceeded);
    assert_eq!((&fault.details()["required"], &fault.details()["balance"]), (&json!(10), &json!(9)));
    assert_eq!(alice.ledger().await.len(), 1);
    assert_eq!(world.batches.count(&world.admin().actor, &Default::default()).await.unwrap(), 0);
    // Somebody who was never given anything.
    let fault = world.bob().tries_to_create(batch_of(world.pictures.good(1))).await.unwrap_err();
    assert_eq!(fault.details()["balance"], json!(0));
}

async fn ten_creates_at_once_charge_exactly(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(75).await;
    let answers = join_all((0..10).map(|_| alice.tries_to_create(batch_of(world.pictures.good(10))))).await;
    let (created, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((created.len(), refused.len()), (7, 3));
    for refused in refused {
        let fault = refused.unwrap_err();
        assert_eq!((fault.code(), &fault.details()["balance"]), (ErrorCode::QuotaExceeded, &json!(5)));
    }
    assert_eq!(alice.balance().await, 5);
    for created in created {
        let batch = alice.waits_for(&created.unwrap().batch).await;
        assert_eq!(batch.status().unwrap(), RunStatus::Success);
    }
    assert_eq!(alice.ledger().await.len(), 8);
    assert_eq!(alice.balance().await, 5);
}

fn clean(images: Vec<String>) -> CreateBatch {
    CreateBatch { feature: "basic_clean".to_owned(), ..batch_of(images) }
}

async fn the_eleventh_batch_in_a_minute_waits(database: Database) {
    let world = World::idle(database).await;
    let (alice, bob) = (world.alice(), world.bob());
    alice.is_given(100).await;
    bob.is_given(100).await;
    let first = world.now();
    for _ in 0..10 {
        alice.tries_to_create(clean(world.pictures.good(1))).await.unwrap();
        world.later(Duration::from_secs(2));
    }
    let fault = alice.tries_to_create(clean(world.pictures.good(1))).await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["remaining"]), (ErrorCode::RateLimited, &json!(0)));
    let reset_at: chrono::DateTime<chrono::Utc> =
        fault.details()["resetAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(reset_at, first + Duration::from_secs(60));
    // The limit is a user's and a feature's.
    bob.tries_to_create(clean(world.pictures.good(1))).await.unwrap();
    alice.creates(world.pictures.good(1)).await;
    assert_eq!(alice.balance().await, 89);
    world.later((reset_at - world.now()).to_std().unwrap());
    alice.tries_to_create(clean(world.pictures.good(1))).await.unwrap();
    let fault = alice.tries_to_create(clean(world.pictures.good(1))).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::RateLimited);
}

async fn many_at_once_do_not_slip_through_the_rate_limit(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(100).await;
    let answers = join_all((0..20).map(|_| alice.tries_to_create(clean(world.pictures.good(1))))).await;
    let (created, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(created.len(), 10);
    assert!(refused.into_iter().all(|refused| refusal(refused).0 == ErrorCode::RateLimited));
    assert_eq!(alice.balance().await, 90);
}

fn keyed(images: Vec<String>, key: &str) -> CreateBatch {
    CreateBatch { idempotency_key: Some(key.to_owned()), ..batch_of(images) }
}

async fn a_repeated_key_answers_the_same_batch(database: Database) {
    let world = World::idle(database).await;
    let (alice, bob) = (world.alice(), world.bob());
    alice.is_given(100).await;
    bob.is_given(100).await;
    let first = alice.tries_to_create(keyed(world.pictures.good(3), "k")).await.unwrap();
    let again = alice.tries_to_create(keyed(world.pictures.good(3), "k")).await.unwrap();
    assert_eq!((again.batch.id(), again.quota_cost), (first.batch.id(), 3));
    assert_eq!(alice.balance().await, 97);
    let refused = refusal(alice.tries_to_create(keyed(world.pictures.good(4), "k")).await);
    assert_eq!(refused, (ErrorCode::Conflict, Some("idempotencyKey".into())));
    // Another user's key is another key.
    let bobs = bob.tries_to_create(keyed(world.pictures.good(3), "k")).await.unwrap();
    assert_ne!(bobs.batch.id(), first.batch.id());
}

async fn a_repeated_key_is_looked_up_before_everything_that_limits(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(3).await;
    let first = alice.tries_to_create(keyed(world.pictures.good(3), "k")).await.unwrap();
    assert_eq!(alice.balance().await, 0);
    world.features.delete(&world.olivia().actor, "free").await.unwrap();
    let again = alice.tries_to_create(keyed(world.pictures.good(3), "k")).await.unwrap();
    assert_eq!(again.batch.id(), first.batch.id());
}

async fn the_same_key_from_many_at_once_creates_one_batch(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(100).await;
    let answers = join_all((0..8).map(|_| alice.tries_to_create(keyed(world.pictures.good(3), "k")))).await;
    let ids: std::collections::HashSet<_> =
        answers.into_iter().map(|answer| answer.unwrap().batch.id()).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(alice.balance().await, 97);
}

/// Everything is wrong; what is mended one by one shows what is looked at next.
async fn checks_come_in_their_order(database: Database) {
    let world = World::idle(database).await;
    let (alice, olivia) = (world.alice(), world.olivia().actor);
    let feature = NewFeature {
        key: "narrow".to_owned(),
        is_enabled: false,
        allowed_roles: Some(vec![Role::Operator]),
        plan: Some("pro".to_owned()),
        max_items: Some(2),
        rate_limit: Some(NewRateLimit { max: 1, per_seconds: 60 }),
        steps: vec![docket::pipeline::StepSpec {
            name: "lighten".to_owned(),
            kind: "brightness".to_owned(),
            parameters: json!({}),
        }],
        ..free()
    };
    world.add_feature(feature).await;
    let mut create = CreateBatch {
        feature: "unknown".to_owned(),
        input_images: vec![],
        input_data: Some(json!({"brightness": 1_000})),
        idempotency_key: None,
    };
    let check = async |create: &CreateBatch, code: ErrorCode, field: Option<&str>| {
        let refused = refusal(alice.tries_to_create(create.clone()).await);
        assert_eq!(refused, (code, field.map(str::to_owned)));
    };
    check(&create, ErrorCode::BadInput, Some("inputImages")).await;
    create.input_images = world.pictures.good(3);
    create.input_images[1] = "ftp://example.org/".to_owned();
    check(&create, ErrorCode::BadInput, Some("inputImages[1]")).await;
    create.input_images[1] = world.pictures.good(1).remove(0);
    check(&create, ErrorCode::NotFound, None).await;
    create.feature = "narrow".to_owned();
    check(&create, ErrorCode::BadInput, Some("inputImages")).await;
    create.input_images.truncate(2);
    create.input_images[1] = format!("/files/{}", Uuid::now_v7());
    check(&create, ErrorCode::BadInput, Some("inputData.brightness")).await;
    create.input_data = Some(json!({"brightness": 10}));
    check(&create, ErrorCode::BadInput, Some("inputImages[1]")).await;
    create.input_images.truncate(1);
    check(&create, ErrorCode::Forbidden, None).await;
    let fault = alice.tries_to_create(create.clone()).await.unwrap_err();
    assert!(fault.message().contains("disabled"));
    world.features.set_enabled(&olivia, "narrow", true).await.unwrap();
    let fault = alice.tries_to_create(create.clone()).await.unwrap_err();
    assert!(fault.message().contains("role"));
    let patch = FeaturePatch { allowed_roles: Some(vec![Role::User]), ..FeaturePatch::default() };
    world.features.update(&olivia, "narrow", patch).await.unwrap();
    let fault = alice.tries_to_create(create.clone()).await.unwrap_err();
    assert!(fault.message().contains("plan"));
    let patch = FeaturePatch { plan: Some(None), ..FeaturePatch::default() };
    world.features.update(&olivia, "narrow", patch).await.unwrap();
    check(&create, ErrorCode::QuotaExceeded, None).await;
    alice.is_given(1).await;
    alice.tries_to_create(create.clone()).await.unwrap();
    // Nothing is left, and yet the rate comes first.
    check(&create, ErrorCode::RateLimited, None).await;
    world.later(Duration::from_secs(61));
    check(&create, ErrorCode::QuotaExceeded, None).await;
}

async fn each_bad_picture_is_named(database: Database) {
    let world = World::idle(database).await;
    for bad in
        ["", "a.jpg", "file:///etc/passwd", "http://u:p@example.org/", "/files/", "//example.org/a.jpg"]
    {
        let mut images = world.pictures.good(3);
        images.push(bad.to_owned());
        let refused = refusal(world.alice().tries_to_create(batch_of(images)).await);
        assert_eq!(refused, (ErrorCode::BadInput, Some("inputImages[3]".to_owned())), "{bad:?}");
    }
}

async fn ones_own_uploads_are_taken_and_others_are_not(database: Database) {
    let world = World::working(database).await;
    let (alice, bob) = (world.alice(), world.bob());
    alice.is_given(100).await;
    let (mine, bobs) =
        (alice.uploads(world.pictures.bytes()).await, bob.uploads(world.pictures.bytes()).await);
    let images = vec![mine.clone(), bobs];
    let refused = refusal(alice.tries_to_create(batch_of(images)).await);
    assert_eq!(refused, (ErrorCode::BadInput, Some("inputImages[1]".to_owned())));
    let absolute = format!("http://docket.test{mine}?expires=1&signature=x");
    let created = alice.creates(vec![mine.clone(), absolute]).await;
    let batch = alice.waits_for(&created.batch).await;
    assert_eq!(batch.status().unwrap(), RunStatus::Success);
    assert_eq!(world.pictures.served(), 0, "our own files are not fetched");
    let input = docket::batch::ItemInput::of(&alice.items(&batch).await[0].item).unwrap();
    assert_eq!(input.url, mine);
}

async fn the_feature_as_it_was_at_creation_counts(database: Database) {
    let mut world = World::idle(database).await;
    world.alice().is_given(100).await;
    let batch = world.alice().creates(world.pictures.missing(3)).await.batch;
    let patch = FeaturePatch { quota_cost: Some(9), ..FeaturePatch::default() };
    world.features.update(&world.olivia().actor, "free", patch).await.unwrap();
    world.work();
    let batch = world.alice().waits_for(&batch).await;
    assert_eq!((batch.row.item_cost, batch.row.quota_refunded), (1, 3));
    let retried = world.alice().retries(&batch).await.unwrap();
    assert_eq!(retried.quota_cost, 3);
}

async fn a_free_feature_books_nothing(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    world.add_feature(NewFeature { key: "gratis".to_owned(), quota_cost: 0, ..free() }).await;
    let create = CreateBatch { feature: "gratis".to_owned(), ..batch_of(world.pictures.missing(2)) };
    let created = alice.tries_to_create(create).await.unwrap();
    let batch = alice.waits_for(&created.batch).await;
    assert_eq!((created.quota_cost, batch.row.quota_refunded), (0, 0));
    assert!(alice.ledger().await.is_empty());
}

async fn a_hundred_thousand_items_are_created_in_one_go(database: Database) {
    let world = World::idle(database).await;
    world.alice().is_given(100_000).await;
    world.add_feature(NewFeature { key: "vast".to_owned(), max_items: Some(100_000), ..free() }).await;
    let create = CreateBatch { feature: "vast".to_owned(), ..batch_of(world.pictures.good(100_000)) };
    let begun = std::time::Instant::now();
    let batch = world.alice().tries_to_create(create).await.unwrap().batch;
    let took = begun.elapsed();
    assert_eq!((batch.run.total, world.alice().balance().await), (100_000, 0));
    // A statement an item would take minutes; what it takes exactly is measured by `make bench`.
    assert!(took < Duration::from_secs(60), "{took:?}");
}
