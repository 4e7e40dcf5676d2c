//! The program is killed in the middle.

use serde_json::{Value, json};

use crate::support::{Place, Server};

/// Watches until so many items have ended; the cursor then.
async fn until_ended(server: &Server, batch: &str, count: i64) -> String {
    let mut watching = server.alice().watches(batch, None).await;
    loop {
        let message = watching.next().await.expect("the batch ended too early to be killed in the middle");
        let ended = ["succeeded", "failed"].map(|key| message["batch"][key].as_i64().unwrap());
        if ended.iter().sum::<i64>() >= count {
            assert!(message["batch"]["finishedAt"].is_null(), "killed in the middle");
            return message["cursor"].as_str().unwrap().to_owned();
        }
    }
}

async fn killed_twice_in_a_batch_of_500_everything_comes_out_exact(mut place: Place) {
    let server = place.open().await;
    server.olivia().makes_feature("bulk", 1_000, 2).await;
    server.admin().grants("alice", 1_000).await;
    let pictures = place.pictures().clone();
    let images = [pictures.good(300), pictures.texts(50), pictures.good(130), pictures.missing(20)].concat();
    let batch = server.alice().creates("bulk", &images).await;
    assert_eq!(server.alice().balance().await, 100);
    let cursor = until_ended(&server, &batch, 120).await;
    server.kill();
    let server = place.start().await;
    until_ended(&server, &batch, 260).await;
    server.kill();
    let server = place.start().await;
    let alice = server.alice();
    // The watcher of the first server comes back with its cursor.
    let mut watching = alice.watches(&batch, Some(&cursor)).await;
    let mut last = Value::Null;
    while let Some(message) = watching.next().await {
        last = message;
    }
    let end = &last["batch"];
    assert_eq!(
        (&end["status"], &end["succeeded"], &end["failed"], &end["pending"], &end["running"]),
        (&json!("PARTIAL_SUCCESS"), &json!(430), &json!(70), &json!(0), &json!(0))
    );
    assert_eq!((&end["quotaCost"], &end["quotaRefunded"]), (&json!(1_000), &json!(140)));
    assert_eq!(alice.balance().await, 240);
    assert_eq!(alice.ledger().await, [140, -1_000, 1_000, 100], "charged once, refunded once");
    let items = alice.items(&batch).await;
    let recount = |status: &str| items.iter().filter(|item| item["status"] == status).count();
    assert_eq!((items.len(), recount("SUCCESS"), recount("FAILED")), (500, 430, 70));
    for item in items.iter().filter(|item| item["status"] == "SUCCESS") {
        let lost = item["attempts"].as_array().unwrap();
        assert!(lost.iter().all(|attempt| attempt["errorCode"] == "LEASE_EXPIRED"), "{item}");
    }
    let archive = alice.gets(&format!("/batches/{batch}/archive.zip?successOnly=true")).await;
    assert_eq!(archive.status(), 200);
    assert!(archive.bytes().await.unwrap().len() > 430 * 100);
}

async fn a_stop_in_good_order_loses_no_attempt(mut place: Place) {
    let server = place.open().await;
    let batch = server.alice().creates("basic_clean", &place.pictures().good(50)).await;
    until_ended(&server, &batch, 3).await;
    assert!(server.stop().await, "SIGTERM ends it well");
    let server = place.start().await;
    let alice = server.alice();
    assert_eq!(alice.sees_the_end_of(&batch).await["status"], "SUCCESS");
    for item in alice.items(&batch).await {
        assert_eq!((&item["attempt"], &item["attempts"]), (&json!(1), &json!([])), "no attempt was lost");
    }
}

on_both_databases!(
    killed_twice_in_a_batch_of_500_everything_comes_out_exact,
    a_stop_in_good_order_loses_no_attempt,
);
