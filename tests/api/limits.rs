//! What is refused, and how it says so.

use serde_json::json;

use crate::support::Place;

async fn none_and_too_many_pictures_are_refused_by_name(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let none = alice.tries_to_create("basic_clean", &[], None).await;
    assert_eq!(none.code(), "BAD_INPUT");
    assert!(none.message().contains("at least 1 image"), "{}", none.message());
    let many = alice.tries_to_create("basic_clean", &place.pictures().good(51), None).await;
    assert_eq!((many.code(), &many.error()["extensions"]["errorCode"]), ("BAD_INPUT", &json!(4001)));
    assert!(many.message().contains("at most 50 images"), "{}", many.message());
    assert_eq!(alice.balance().await, 100);
}

async fn too_little_quota_is_refused_at_create_and_at_retry(mut place: Place) {
    let server = place.open().await;
    let (alice, olivia) = (server.alice(), server.olivia());
    olivia.makes_feature("dear", 50, 40).await;
    let refused = alice.tries_to_create("dear", &place.pictures().good(3), None).await;
    let extensions = &refused.error()["extensions"];
    assert_eq!(
        (refused.code(), &extensions["errorCode"], &extensions["required"], &extensions["balance"]),
        ("QUOTA_EXCEEDED", &json!(1003), &json!(120), &json!(100))
    );
    let batch = alice.creates("dear", &place.pictures().texts(2)).await;
    alice.sees_the_end_of(&batch).await;
    assert_eq!(alice.balance().await, 100, "refunded");
    let spent = alice.creates("dear", &place.pictures().good(2)).await;
    alice.sees_the_end_of(&spent).await;
    let refused = alice.retries(&batch).await;
    assert_eq!((refused.code(), &refused.error()["extensions"]["required"]), ("QUOTA_EXCEEDED", &json!(80)));
    assert_eq!(alice.sees(&batch).await["status"], "FAILED", "a refused retry leaves it as it was");
    assert_eq!(alice.balance().await, 20);
}

async fn the_eleventh_batch_in_a_minute_is_refused(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    for _ in 0..10 {
        alice.creates("basic_clean", &place.pictures().good(1)).await;
    }
    let refused = alice.tries_to_create("basic_clean", &place.pictures().good(1), None).await;
    let extensions = &refused.error()["extensions"];
    assert_eq!((refused.code(), &extensions["errorCode"]), ("RATE_LIMITED", &json!(4029)));
    let reset_at = chrono::DateTime::parse_from_rfc3339(extensions["resetAt"].as_str().unwrap()).unwrap();
    assert!(reset_at.to_utc() > chrono::DateTime::UNIX_EPOCH);
    assert_eq!(extensions["remaining"], 0);
    assert_eq!(alice.balance().await, 90);
    let other = server.bob().tries_to_create("basic_clean", &place.pictures().good(1), None).await;
    other.data();
}

async fn the_same_key_answers_the_same_batch(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let images = place.pictures().good(3);
    let first = alice.tries_to_create("basic_clean", &images, Some("k")).await.data();
    let second = alice.tries_to_create("basic_clean", &images, Some("k")).await.data();
    assert_eq!(first["createBatch"]["batch"]["id"], second["createBatch"]["batch"]["id"]);
    assert_eq!(alice.balance().await, 97, "charged once");
    let other = alice.tries_to_create("basic_clean", &images[..2], Some("k")).await;
    assert_eq!(other.code(), "CONFLICT");
    let bobs = server.bob().tries_to_create("basic_clean", &images, Some("k")).await.data();
    assert_ne!(first["createBatch"]["batch"]["id"], bobs["createBatch"]["batch"]["id"]);
}

async fn what_is_malformed_names_its_field(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    for (image, field) in [
        ("file:///etc/passwd", "inputImages[0]"),
        ("http://", "inputImages[0]"),
        ("nonsense", "inputImages[0]"),
        ("http://user:secret@example.org/1.jpg", "inputImages[0]"),
    ] {
        let refused = alice.tries_to_create("basic_clean", &[image.to_owned()], None).await;
        assert_eq!(refused.code(), "BAD_INPUT", "{image}: {}", refused.0);
        assert_eq!(refused.error()["extensions"]["field"], field, "{image}");
    }
    let unknown = alice.tries_to_create("no_such_feature", &place.pictures().good(1), None).await;
    assert_eq!(unknown.code(), "NOT_FOUND");
    let query = "mutation ($input: CreateBatchInput!) { createBatch(input: $input) { quotaCost } }";
    for (data, field) in [
        (json!({"brightness": 101}), "inputData.brightness"),
        (json!({"sharpness": 1}), "inputData.sharpness"),
    ] {
        let input =
            json!({"featureId": "basic_clean", "inputImages": place.pictures().good(1), "inputData": data});
        let refused = alice.asks(query, json!({"input": input})).await;
        assert_eq!((refused.code(), &refused.error()["extensions"]["field"]), ("BAD_INPUT", &json!(field)));
    }
    assert_eq!(alice.balance().await, 100, "nothing was charged");
}

async fn a_private_address_is_not_fetched(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let own = format!("http://{}/healthz", server.address);
    let images = [
        own.as_str(),
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/1.jpg",
        "http://0x7f.1/1.jpg",
    ];
    let batch = alice.creates("basic_clean", &images.map(str::to_owned)).await;
    assert_eq!(alice.sees_the_end_of(&batch).await["status"], "FAILED");
    for item in alice.items(&batch).await {
        assert_eq!(item["errorCode"], "FETCH_FORBIDDEN", "{item}");
    }
    assert_eq!(alice.balance().await, 100);
}

async fn a_request_that_is_too_large_says_which_setting_to_raise(mut place: Place) {
    let images: Vec<_> =
        (0..100_000).map(|n| format!("http://pictures.invalid/{n:06}/{}.jpg", "x".repeat(120))).collect();
    let server = place.open().await;
    server.olivia().makes_feature("many", 100_000, 0).await;
    let refused = server.alice().tries_to_create("many", &images, None).await;
    assert_eq!(refused.code(), "TOO_COMPLEX");
    assert!(refused.message().contains("DOCKET_HTTP__MAX_BODY_BYTES"), "{}", refused.message());
    assert_eq!(refused.error()["extensions"]["limit"], 1_048_576);
    server.kill();
    let place = place.with("DOCKET_HTTP__MAX_BODY_BYTES", "33554432");
    let server = place.start().await;
    let created = server.alice().tries_to_create("many", &images, None).await.data();
    let batch = &created["createBatch"]["batch"];
    assert_eq!(batch["total"], 100_000);
    server.alice().cancels(batch["id"].as_str().unwrap()).await.data();
}

on_both_databases!(
    a_request_that_is_too_large_says_which_setting_to_raise,
    none_and_too_many_pictures_are_refused_by_name,
    too_little_quota_is_refused_at_create_and_at_retry,
    the_eleventh_batch_in_a_minute_is_refused,
    the_same_key_answers_the_same_batch,
    what_is_malformed_names_its_field,
    a_private_address_is_not_fetched,
);
