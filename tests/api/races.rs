//! Many at once.

use futures::future::join_all;
use serde_json::json;

use crate::support::Place;

async fn ten_creates_at_once_charge_exactly(mut place: Place) {
    let server = place.open().await;
    server.olivia().makes_feature("free", 50, 1).await;
    let alice = server.alice();
    let images = place.pictures().good(15);
    let answers = join_all((0..10).map(|_| alice.tries_to_create("free", &images, None))).await;
    let (made, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.0.get("errors").is_none());
    assert_eq!(made.len(), 6, "100 buys six times 15");
    assert!(refused.iter().all(|answer| answer.code() == "QUOTA_EXCEEDED"));
    assert_eq!(alice.balance().await, 10);
    alice.ledger().await;
}

async fn creates_at_once_with_one_key_make_one_batch(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let images = place.pictures().good(5);
    let answers = join_all((0..8).map(|_| alice.tries_to_create("basic_clean", &images, Some("once")))).await;
    let mut ids: Vec<_> =
        answers.into_iter().map(|answer| answer.data()["createBatch"]["batch"]["id"].to_string()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(alice.balance().await, 95);
}

async fn retries_at_once_charge_once(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let batch = alice.creates("basic_clean", &place.pictures().broken(6)).await;
    alice.sees_the_end_of(&batch).await;
    // From here on they come out well: who comes second finds nothing that failed.
    place.pictures().mend();
    let answers = join_all((0..6).map(|_| alice.retries(&batch))).await;
    let (won, lost): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.0.get("errors").is_none());
    assert_eq!(won.len(), 1);
    for lost in lost {
        assert!(["CONFLICT", "BAD_INPUT"].contains(&lost.code()), "{}", lost.0);
    }
    assert_eq!(alice.sees_the_end_of(&batch).await["status"], "SUCCESS");
    assert_eq!(alice.ledger().await.into_iter().filter(|amount| *amount < 0).count(), 2, "created, retried");
    assert_eq!(alice.balance().await, 94);
}

async fn a_cancellation_racing_with_progress_balances_to_the_unit(mut place: Place) {
    let server = place.open().await;
    server.admin().grants("alice", 1_000).await;
    server.olivia().makes_feature("free", 50, 3).await;
    let alice = server.alice();
    for round in 0..6 {
        let before = alice.balance().await;
        let batch = alice.creates("free", &place.pictures().good(20)).await;
        let mut watching = alice.watches(&batch, None).await;
        // Let some of it happen: the more, the later the round; in the last ones it may all be over.
        for _ in 0..round * 8 {
            if watching.next().await.is_none() {
                break;
            }
        }
        let answers = join_all((0..3).map(|_| alice.cancels(&batch))).await;
        let refunds: i64 = answers
            .iter()
            .filter(|answer| answer.0.get("errors").is_none())
            .map(|answer| answer.0["data"]["cancelBatch"]["refundAmount"].as_i64().unwrap())
            .sum();
        let end = alice.sees_the_end_of(&batch).await;
        let number = |key: &str| end[key].as_i64().unwrap();
        assert_eq!(number("succeeded") + number("failed") + number("cancelled"), 20);
        assert_eq!(number("pending") + number("running"), 0);
        assert_eq!(alice.balance().await, before - 3 * number("succeeded"));
        if end["status"] == "CANCELLED" {
            assert_eq!(refunds, 3 * (20 - number("succeeded")), "one of the three gave it back, once");
        } else {
            assert!(answers.iter().all(|answer| answer.code() == "CONFLICT"));
        }
        // Whatever was under way then has nothing more to say.
        let items = alice.items(&batch).await;
        let good = items.iter().filter(|item| item["status"] == "SUCCESS").count() as i64;
        assert_eq!(good, number("succeeded"));
    }
    alice.ledger().await;
}

async fn cancelling_stops_what_waits_and_what_runs(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let batch = alice.creates("basic_clean", &place.pictures().gated(20)).await;
    place.pictures().asked_for(2).await;
    let cancelled = alice.cancels(&batch).await.data();
    assert_eq!(cancelled["cancelBatch"]["refundAmount"], 20);
    assert_eq!(cancelled["cancelBatch"]["batch"]["status"], "CANCELLED");
    let again = alice.cancels(&batch).await.data();
    assert_eq!(again["cancelBatch"]["refundAmount"], 0);
    place.pictures().let_through(20);
    assert_eq!(alice.balance().await, 100);
    let items = alice.items(&batch).await;
    assert!(items.iter().all(|item| item["status"] == "CANCELLED"));
    assert_eq!(alice.sees(&batch).await["cancelled"], json!(20));
}

on_both_databases!(
    ten_creates_at_once_charge_exactly,
    creates_at_once_with_one_key_make_one_batch,
    retries_at_once_charge_once,
    a_cancellation_racing_with_progress_balances_to_the_unit,
    cancelling_stops_what_waits_and_what_runs,
);
