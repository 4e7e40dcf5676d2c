//! Batches from creation to their end.

use serde_json::{Value, json};

use crate::support::{Place, json_of};

async fn ten_pictures_charge_ten_of_a_hundred_and_succeed(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    assert_eq!(alice.balance().await, 100);
    let answer = alice.tries_to_create("basic_clean", &place.pictures().good(10), None).await.data();
    assert_eq!(answer["createBatch"]["quotaCost"], 10);
    assert_eq!(answer["createBatch"]["batch"]["total"], 10);
    let batch = answer["createBatch"]["batch"]["id"].as_str().unwrap();
    assert_eq!(alice.balance().await, 90);
    let end = alice.sees_the_end_of(batch).await;
    assert_eq!((&end["status"], &end["succeeded"]), (&json!("SUCCESS"), &json!(10)));
    assert_eq!(alice.balance().await, 90);
    for item in alice.items(batch).await {
        let output = item["outputUrl"].as_str().unwrap();
        let picture = server.http.get(format!("http://{}{output}", server.address)).send().await.unwrap();
        assert_eq!(picture.headers()["content-type"], "image/jpeg");
        assert!(image::load_from_memory(&picture.bytes().await.unwrap()).is_ok());
    }
}

async fn five_bad_of_ten_are_refunded(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let pictures = place.pictures();
    let images = [pictures.good(5), pictures.missing(2), pictures.texts(2), pictures.huge(1)].concat();
    let batch = alice.creates("basic_clean", &images).await;
    let end = alice.sees_the_end_of(&batch).await;
    assert_eq!(
        (&end["status"], &end["succeeded"], &end["failed"], &end["quotaRefunded"]),
        (&json!("PARTIAL_SUCCESS"), &json!(5), &json!(5), &json!(5))
    );
    assert_eq!(alice.balance().await, 95);
    let codes: Vec<_> = alice.items(&batch).await.iter().map(|item| item["errorCode"].clone()).collect();
    let expected = ["FETCH_FAILED", "FETCH_FAILED", "NOT_AN_IMAGE", "NOT_AN_IMAGE", "TOO_LARGE"];
    assert_eq!(codes[5..], expected.map(Value::from));
    assert!(codes[..5].iter().all(Value::is_null));
    assert_eq!(alice.ledger().await, [5, -10, 100]);
}

async fn none_good_is_failed_and_costs_nothing(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let batch = alice.creates("basic_clean", &place.pictures().texts(4)).await;
    let end = alice.sees_the_end_of(&batch).await;
    assert_eq!((&end["status"], &end["quotaRefunded"]), (&json!("FAILED"), &json!(4)));
    assert_eq!(alice.balance().await, 100);
    let nothing = alice.gets(&format!("/batches/{batch}/archive.zip?successOnly=true")).await;
    assert_eq!(nothing.status(), 400);
    let body = json_of(nothing).await;
    assert_eq!((&body["code"], &body["errorCode"]), (&json!("BAD_INPUT"), &json!(4001)));
}

async fn what_failed_is_retried_once_it_can_succeed(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let pictures = place.pictures();
    let images = [pictures.good(2), pictures.broken(3)].concat();
    let batch = alice.creates("basic_clean", &images).await;
    assert_eq!(alice.sees_the_end_of(&batch).await["status"], "PARTIAL_SUCCESS");
    pictures.mend();
    let retried = alice.retries(&batch).await.data();
    assert_eq!(
        (&retried["retryFailedItems"]["retriedCount"], &retried["retryFailedItems"]["quotaCost"]),
        (&json!(3), &json!(3))
    );
    let end = alice.sees_the_end_of(&batch).await;
    assert_eq!(
        (&end["status"], &end["quotaCost"], &end["quotaRefunded"]),
        (&json!("SUCCESS"), &json!(8), &json!(3))
    );
    assert_eq!(alice.balance().await, 95);
    for item in &alice.items(&batch).await[2..] {
        assert_eq!(item["attempts"][0]["errorCode"], "FETCH_FAILED", "the earlier error stays readable");
    }
    let again = alice.retries(&batch).await;
    assert_eq!(again.code(), "BAD_INPUT", "nothing is left to retry");
}

async fn an_uploaded_picture_is_used_without_a_fetch(mut place: Place) {
    let server = place.open().await;
    let (alice, bob) = (server.alice(), server.bob());
    let (status, file) = alice.uploads(place.pictures().bytes()).await;
    assert_eq!((status, &file["contentType"]), (201, &json!("image/jpeg")));
    let url = file["url"].as_str().unwrap().to_owned();
    let refused = bob.tries_to_create("thumbnail", std::slice::from_ref(&url), None).await;
    assert_eq!(
        (refused.code(), &refused.error()["extensions"]["field"]),
        ("BAD_INPUT", &json!("inputImages[0]"))
    );
    let absolute = format!("http://{}{url}", server.address);
    let batch = alice.creates("thumbnail", &[url, absolute]).await;
    assert_eq!(alice.sees_the_end_of(&batch).await["status"], "SUCCESS");
    assert_eq!(place.pictures().served(), 0);
    // What is no picture may be attached to a decision, and is nothing to work on.
    let (status, text) = alice.uploads(b"I am no picture".to_vec()).await;
    assert_eq!((status, &text["contentType"]), (201, &json!("text/plain")));
    let no_picture = [text["url"].as_str().unwrap().to_owned()];
    let refused = alice.tries_to_create("thumbnail", &no_picture, None).await;
    assert_eq!(
        (refused.code(), &refused.error()["extensions"]["field"]),
        ("BAD_INPUT", &json!("inputImages[0]"))
    );
    let (status, refused) = alice.uploads(vec![0, 1, 2, 0xff, 0xfe]).await;
    assert_eq!((status, &refused["code"]), (400, &json!("BAD_INPUT")));
}

async fn another_users_batch_is_not_there(mut place: Place) {
    let server = place.open().await;
    let (alice, bob, admin) = (server.alice(), server.bob(), server.admin());
    let batch = alice.creates("basic_clean", &place.pictures().good(1)).await;
    alice.sees_the_end_of(&batch).await;
    assert_eq!(bob.sees(&batch).await, Value::Null);
    assert_eq!(bob.retries(&batch).await.code(), "NOT_FOUND");
    assert_eq!(bob.cancels(&batch).await.code(), "NOT_FOUND");
    assert_eq!(bob.gets(&format!("/batches/{batch}/archive.zip")).await.status(), 404);
    assert_eq!(admin.sees(&batch).await["status"], "SUCCESS");
}

async fn a_creator_goes_by_the_name_in_their_token(mut place: Place) {
    let server = place.open().await;
    let batch = server.alice().creates("basic_clean", &place.pictures().good(1)).await;
    let query = "query ($id: ID!) { batch(id: $id) { createdBy { id name } } viewer { id name } }";
    for person in [server.alice(), server.admin()] {
        let seen = person.asks(query, json!({"id": batch})).await.data();
        assert_eq!(seen["batch"]["createdBy"]["name"], "Alice");
    }
    let own = server.alice().asks(query, json!({"id": batch})).await.data();
    assert_eq!(own["batch"]["createdBy"], own["viewer"], "the same person by the same name");
}

on_both_databases!(
    a_creator_goes_by_the_name_in_their_token,
    ten_pictures_charge_ten_of_a_hundred_and_succeed,
    five_bad_of_ten_are_refunded,
    none_good_is_failed_and_costs_nothing,
    what_failed_is_retried_once_it_can_succeed,
    an_uploaded_picture_is_used_without_a_fetch,
    another_users_batch_is_not_there,
);
