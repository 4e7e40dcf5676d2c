//! Two processes on one PostgreSQL, with Redis between them and without.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::{Person, Place, Process, Server, Watching};

/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(60);
/// How many items a replica has in hand at once; the feature allows more than twice as many.
const HANDS: usize = 3;

/// Two replicas in one place: signals go between them by Redis, or not at all.
struct Replicas {
    place: Place,
    by_redis: bool,
}

/// What a subscriber has been told.
#[derive(Default)]
struct Told {
    cursor: String,
    batch: Value,
    ended: BTreeMap<i64, String>,
    running: BTreeSet<i64>,
}

impl Told {
    /// Takes in the next message; false where there is none any more.
    async fn next(&mut self, watching: &mut Watching) -> bool {
        let Some(message) = watching.next().await else { return false };
        message["cursor"].as_str().unwrap().clone_into(&mut self.cursor);
        self.batch = message["batch"].clone();
        let item = &message["item"];
        if let Some(index) = item["index"].as_i64() {
            match item["status"].as_str().unwrap() {
                "RUNNING" => drop(self.running.insert(index)),
                "PENDING" => {}
                ended => {
                    let before = self.ended.insert(index, ended.to_owned());
                    assert_eq!(before, None, "item {index} is told to have ended once");
                }
            }
        }
        true
    }

    fn count(&self) -> i64 {
        ["succeeded", "failed"].map(|key| self.batch[key].as_i64().unwrap()).iter().sum()
    }
}

impl Replicas {
    async fn new(by_redis: bool) -> Self {
        let mut place = Place::postgres()
            .await
            .with("DOCKET_PIPELINE__CAPACITY", &HANDS.to_string())
            // Long enough that only the dead are taken for dead, however busy the machine is.
            .with("DOCKET_ENGINE__LEASE_SECONDS", "6")
            .with("DOCKET_JWT_SECRET", &"of both replicas ".repeat(3));
        if by_redis {
            let redis = std::env::var("DOCKET_TEST_REDIS")
                .expect("DOCKET_TEST_REDIS names the test server; `make test` starts one");
            place = place.with("REDIS_URL", &redis);
        }
        Self { place, by_redis }
    }

    /// Who has which open items in hand.
    async fn in_hand(&self) -> BTreeMap<String, BTreeSet<i64>> {
        let text = "SELECT l.holder, i.idx FROM engine_lease l JOIN engine_item i \
                    ON i.run_id = l.run_id AND i.idx >= l.lo AND i.idx < l.hi WHERE i.status = 'PENDING'";
        let database = self.place.database().await;
        let backend = database.get_database_backend();
        let rows = database.query_all_raw(sea_orm::Statement::from_string(backend, text)).await.unwrap();
        let mut held: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for row in rows {
            let index: i32 = row.try_get("", "idx").unwrap();
            held.entry(row.try_get("", "holder").unwrap()).or_default().insert(index.into());
        }
        database.close().await.unwrap();
        held
    }

    /// Waits until so many gated pictures have been asked for in all.
    async fn asked_for(&self, count: usize) {
        let asked = self.place.pictures().asked_for(count);
        tokio::time::timeout(HANGS, asked).await.expect("nobody asks for the pictures");
    }

    /// Opens the place and lets Alice make a batch there, which begins with pictures that are held
    /// back; its id, and the name under which the server holds leases.
    async fn begin(&mut self, images: impl FnOnce(&Self) -> Vec<String>) -> (Server, String, String) {
        let server = self.place.open().await;
        server.olivia().makes_feature("bulk", 1_000, 2).await;
        server.admin().grants("alice", 1_000).await;
        let batch = server.alice().creates("bulk", &images(self)).await;
        self.asked_for(HANDS).await;
        let held = self.in_hand().await;
        assert_eq!(held.len(), 1, "there is one replica yet");
        let (name, items) = held.into_iter().next().unwrap();
        assert_eq!(items, (0..3).collect(), "it has its hands full");
        (server, batch, name)
    }
}

/// What was made at one replica is worked on by both. Who watches there sees what the other does.
/// Then it is killed with its hands full: who watched comes back at the other, which takes over
/// what the dead one held, counts those attempts and no others, and settles the bill once.
async fn both_work_on_a_batch_and_one_takes_over_from_the_killed(mut replicas: Replicas) {
    let (one, batch, name) = replicas
        .begin(|replicas| {
            let pictures = replicas.place.pictures();
            let first = [pictures.gated(6), pictures.good(104), pictures.texts(40)].concat();
            [first, pictures.gated(6), pictures.good(124), pictures.missing(20)].concat()
        })
        .await;
    let mut watching = one.alice().watches(&batch, None).await;
    let mut told = Told::default();
    assert!(told.next(&mut watching).await && told.count() == 0);
    let other = replicas.place.another().await;
    replicas.asked_for(2 * HANDS).await;
    let held = replicas.in_hand().await;
    assert_eq!((held.len(), held[&name].len()), (2, HANDS), "each replica has its hands full: {held:?}");
    let of_other: BTreeSet<_> =
        held.iter().filter(|(holder, _)| **holder != name).flat_map(|(_, items)| items.clone()).collect();
    assert_eq!(of_other.len(), HANDS);

    replicas.place.pictures().let_through(6);
    while told.count() < 150 {
        assert!(told.next(&mut watching).await, "it stops in the middle, at what is held back");
    }
    assert!(of_other.iter().all(|index| told.ended[index] == "SUCCESS"), "seen here, done there");
    // Everything before is recorded, and all hands are full again.
    replicas.asked_for(4 * HANDS).await;
    let held = replicas.in_hand().await;
    let lost = held[&name].clone();
    let kept: BTreeSet<_> = (150..156).filter(|index| !lost.contains(index)).collect();
    assert_eq!((lost.len(), held.len()), (HANDS, 2), "{held:?}");
    if replicas.by_redis {
        // That an item is in hand is not written anywhere: only a signal brings it here.
        while !told.running.is_superset(&kept) {
            assert!(told.next(&mut watching).await);
        }
    }
    assert!(told.batch["finishedAt"].is_null(), "killed in the middle");
    one.kill();
    drop(watching);
    replicas.place.pictures().let_through(20);

    let alice = other.alice();
    let mut watching = alice.watches(&batch, Some(&told.cursor)).await;
    while told.next(&mut watching).await {}
    let end = &told.batch;
    assert_eq!(
        (&end["status"], &end["succeeded"], &end["failed"], &end["pending"], &end["running"]),
        (&json!("PARTIAL_SUCCESS"), &json!(240), &json!(60), &json!(0), &json!(0))
    );
    assert_eq!((&end["quotaCost"], &end["quotaRefunded"]), (&json!(600), &json!(120)));
    assert_eq!(alice.balance().await, 620);
    assert_eq!(alice.ledger().await, [120, -600, 1_000, 100], "charged once, refunded once");
    check_items(&alice, &batch, &told, &lost).await;
    let archive = alice.gets(&format!("/batches/{batch}/archive.zip?successOnly=true")).await;
    assert_eq!(archive.status(), 200);
    assert!(archive.bytes().await.unwrap().len() > 240 * 100, "what both have made is there");
}

/// Each item was told as it is stored; those that were `lost` have lost one attempt, the others
/// none.
async fn check_items(alice: &Person<'_>, batch: &str, told: &Told, lost: &BTreeSet<i64>) {
    let items = alice.items(batch).await;
    let stored: BTreeMap<i64, String> = items
        .iter()
        .map(|item| (item["index"].as_i64().unwrap(), item["status"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!((stored.len(), &stored), (300, &told.ended), "each item is told, as it is");
    let recount = |status: &str| stored.values().filter(|stored| *stored == status).count();
    assert_eq!((recount("SUCCESS"), recount("FAILED")), (240, 60));
    for item in &items {
        let attempts = if lost.contains(&item["index"].as_i64().unwrap()) {
            json!([{"number": 1, "errorCode": "LEASE_EXPIRED"}])
        } else if item["status"] == "FAILED" {
            json!([{"number": 1, "errorCode": item["errorCode"]}])
        } else {
            json!([])
        };
        assert_eq!(item["attempts"], attempts, "{item}");
        let number = if attempts[0]["errorCode"] == "LEASE_EXPIRED" { 2 } else { 1 };
        assert_eq!(item["attempt"], number, "{item}");
    }
}

/// A cancellation at the server ends what runs there and what runs in a worker, whose hands are
/// free again for the next batch.
async fn a_cancellation_at_one_stops_what_runs_in_the_other(mut replicas: Replicas) {
    let (server, batch, name) = replicas.begin(|replicas| replicas.place.pictures().gated(20)).await;
    let worker: Process = replicas.place.worker();
    replicas.asked_for(2 * HANDS).await;
    let held = replicas.in_hand().await;
    assert_eq!((held.len(), held[&name].len()), (2, HANDS), "each replica has its hands full: {held:?}");

    let alice = server.alice();
    let cancelled = alice.cancels(&batch).await.data()["cancelBatch"].clone();
    assert_eq!(
        (&cancelled["refundAmount"], &cancelled["batch"]["status"]),
        (&json!(40), &json!("CANCELLED"))
    );
    let given_up = replicas.place.pictures().given_up(2 * HANDS);
    tokio::time::timeout(HANGS, given_up).await.expect("what is cancelled goes on somewhere");
    assert_eq!(replicas.in_hand().await, BTreeMap::new());
    assert!(alice.items(&batch).await.iter().all(|item| item["status"] == "CANCELLED"));

    let next = alice.creates("bulk", &replicas.place.pictures().gated(2 * HANDS)).await;
    replicas.asked_for(4 * HANDS).await;
    let held = replicas.in_hand().await;
    assert_eq!((held.len(), held[&name].len()), (2, HANDS), "both work on the next: {held:?}");
    replicas.place.pictures().let_through(2 * HANDS);
    let end = alice.sees_the_end_of(&next).await;
    assert_eq!((&end["status"], &end["succeeded"]), (&json!("SUCCESS"), &json!(6)));
    assert_eq!(alice.sees(&batch).await["cancelled"], 20, "nothing came of it afterwards");
    assert_eq!(alice.ledger().await, [-12, 40, -40, 1_000, 100]);
    assert!(worker.stop().await, "SIGTERM ends it well");
}

/// Makes each test a test with Redis and one without, where replicas find out by looking.
macro_rules! by_redis_and_without {
    ($($name:ident),+ $(,)?) => {
        mod by_redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name(super::Replicas::new(true).await)).await; })+
        }
        mod without_redis {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name(super::Replicas::new(false).await)).await; })+
        }
    };
}

by_redis_and_without!(
    both_work_on_a_batch_and_one_takes_over_from_the_killed,
    a_cancellation_at_one_stops_what_runs_in_the_other,
);
