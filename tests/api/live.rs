//! Batches watched over websockets.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::Place;

async fn items_change_live_and_the_subscription_ends(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let batch = alice.creates("basic_clean", &place.pictures().gated(4)).await;
    let mut watching = alice.watches(&batch, None).await;
    let first = watching.next().await.unwrap();
    assert_eq!((&first["item"], &first["batch"]["total"]), (&Value::Null, &json!(4)));
    place.pictures().let_through(4);
    let mut ended = Vec::new();
    let mut last = first;
    while let Some(message) = watching.next().await {
        if message["item"]["status"] == "SUCCESS" {
            ended.push(message["item"]["index"].as_i64().unwrap());
        }
        last = message;
    }
    ended.sort_unstable();
    assert_eq!(ended, [0, 1, 2, 3], "each item is told once");
    assert_eq!((&last["item"], &last["batch"]["status"]), (&Value::Null, &json!("SUCCESS")));
}

async fn who_drops_off_and_returns_misses_nothing(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let pictures = place.pictures();
    let images = [pictures.good(30), pictures.texts(20)].concat();
    let batch = alice.creates("basic_clean", &images).await;
    let cursor_at_start = alice.watches(&batch, None).await.next().await.unwrap()["cursor"].clone();
    let mut after = cursor_at_start.as_str().unwrap().to_owned();
    let mut told: BTreeMap<i64, Value> = BTreeMap::new();
    'connections: loop {
        let mut watching = alice.watches(&batch, Some(&after)).await;
        // Seven messages a connection, then it drops.
        for _ in 0..7 {
            let Some(message) = watching.next().await else { break 'connections };
            after = message["cursor"].as_str().unwrap().to_owned();
            if let Some(index) = message["item"]["index"].as_i64() {
                told.insert(index, message["item"]["status"].clone());
            }
        }
    }
    let stored = alice.items(&batch).await;
    let stored: BTreeMap<i64, Value> =
        stored.iter().map(|item| (item["index"].as_i64().unwrap(), item["status"].clone())).collect();
    for (index, status) in &told {
        assert_eq!(stored[index], *status, "item {index} as the database has it");
    }
    let end = alice.sees(&batch).await;
    assert_eq!((&end["succeeded"], &end["failed"]), (&json!(30), &json!(20)));
    // Behind the first cursor nothing was left out.
    let mut watching = alice.watches(&batch, cursor_at_start.as_str()).await;
    let mut replayed = BTreeMap::new();
    while let Some(message) = watching.next().await {
        if let Some(index) = message["item"]["index"].as_i64() {
            replayed.insert(index, message["item"]["status"].clone());
        }
    }
    assert!(replayed.len() >= told.len());
    assert!(replayed.iter().all(|(index, status)| stored[index] == *status));
}

async fn who_joins_late_sees_what_is_running_and_at_which_step(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let images = [place.pictures().good(1), place.pictures().gated(3)].concat();
    let batch = alice.creates("basic_clean", &images).await;
    place.pictures().asked_for(3).await;
    let mut watching = alice.watches(&batch, None).await;
    while watching.next().await.unwrap()["batch"]["succeeded"] != 1 {}
    let stands = alice.sees(&batch).await["cursor"].as_str().unwrap().to_owned();
    for after in [None, Some(stands.as_str())] {
        let mut watching = alice.watches(&batch, after).await;
        let mut running = BTreeMap::new();
        while running.len() < 3 {
            let message = watching.next().await.unwrap();
            assert_eq!(message["cursor"], stands.as_str(), "it moves no cursor");
            let item = &message["item"];
            if let Some(index) = item["index"].as_i64() {
                running.insert(index, (item["status"].clone(), item["step"].clone()));
            } else {
                assert_eq!(after, None, "only who brings no cursor is told where things stand");
            }
        }
        let (status, step) = (json!("RUNNING"), json!("fetch"));
        assert!(
            running.keys().eq(&[1, 2, 3])
                && running.values().all(|told| *told == (status.clone(), step.clone()))
        );
    }
    let items = alice.items(&batch).await;
    let steps: Vec<_> = items.iter().map(|item| (&item["status"], &item["step"])).collect();
    assert_eq!(steps[0], (&json!("SUCCESS"), &Value::Null));
    assert!(steps[1..].iter().all(|told| *told == (&json!("RUNNING"), &json!("fetch"))), "{steps:?}");
    place.pictures().let_through(3);
    assert_eq!(alice.sees_the_end_of(&batch).await["succeeded"], 4);
}

on_both_databases!(
    who_joins_late_sees_what_is_running_and_at_which_step,
    items_change_live_and_the_subscription_ends,
    who_drops_off_and_returns_misses_nothing,
);
