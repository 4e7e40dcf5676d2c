//! The program is killed while timers, signals and messages are handed out and happen.

use std::time::Duration;

use futures::future::join_all;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, TransactionTrait as _};
use serde_json::{Value, json};

use crate::support::{Person, Place, Server, count, until};

/// Where a program dies that is about to hand out what is due; nothing of it is kept.
const HANDING_OUT: &str = "events.before_commit";
/// The places between any two writes while something is handed out and happens, in their order.
const PLACES: [&str; 14] = [
    HANDING_OUT,
    "events.after_commit",
    "case.before_writing",
    "case.after_instances",
    "case.after_activities",
    "case.after_tasks",
    "case.after_history",
    "case.after_records",
    "case.after_outbox",
    "case.after_events",
    "case.after_jobs",
    "case.before_commit",
    "case.after_commit",
    "event.after_commit",
];
/// Those of them where it matters what it is that happens: around each transaction.
pub(super) const AROUND: [&str; 6] = [
    HANDING_OUT,
    "events.after_commit",
    "case.before_writing",
    "case.before_commit",
    "case.after_commit",
    "event.after_commit",
];
/// How often one that is due is tried.
pub(super) const ATTEMPTS: usize = 5;

/// Bob reviews for so long, then Alice is asked instead.
fn hurried(duration: &str) -> String {
    process(
        "hurried",
        &format!(
            r#"<userTask id="review" flowable:assignee="bob"/>
            <boundaryEvent id="event" attachedToRef="review"><timerEventDefinition>
              <timeDuration>{duration}</timeDuration></timerEventDefinition></boundaryEvent>
            <userTask id="asked" flowable:assignee="alice"/>
            <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
            <sequenceFlow id="b" sourceRef="review" targetRef="end"/>
            <sequenceFlow id="c" sourceRef="event" targetRef="asked"/>
            <sequenceFlow id="d" sourceRef="asked" targetRef="end"/>"#
        ),
    )
}

/// Bob reviews, and at each signal of its business key Alice is asked beside it.
fn hearing() -> String {
    process(
        "hearing",
        r#"<userTask id="review" flowable:assignee="bob"/>
        <boundaryEvent id="event" attachedToRef="review" cancelActivity="false">
          <signalEventDefinition signalRef="s"/></boundaryEvent>
        <userTask id="asked" flowable:assignee="alice"/>
        <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
        <sequenceFlow id="b" sourceRef="review" targetRef="end"/>
        <sequenceFlow id="c" sourceRef="event" targetRef="asked"/>
        <sequenceFlow id="d" sourceRef="asked" targetRef="end"/>"#,
    )
}

/// Waits for a message, and then asks Alice.
fn waiting() -> String {
    process(
        "waiting",
        r#"<intermediateCatchEvent id="event"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
        <userTask id="asked" flowable:assignee="alice"/>
        <sequenceFlow id="a" sourceRef="start" targetRef="event"/>
        <sequenceFlow id="b" sourceRef="event" targetRef="asked"/>
        <sequenceFlow id="c" sourceRef="asked" targetRef="end"/>"#,
    )
}

/// Tells that message to the instance with its own business key.
fn telling() -> String {
    process(
        "telling",
        r#"<intermediateThrowEvent id="tell"><messageEventDefinition messageRef="m"/></intermediateThrowEvent>
        <sequenceFlow id="a" sourceRef="start" targetRef="tell"/>
        <sequenceFlow id="b" sourceRef="tell" targetRef="end"/>"#,
    )
}

fn process(key: &str, inner: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"
  targetNamespace="tests">
<message id="m" name="shipped"/><signal id="s" name="alarm ${{businessKey}}"/>
<process id="{key}" name="{key}"><startEvent id="start"/>{inner}<endEvent id="end"/></process></definitions>"#
    )
}

const START: &str =
    "mutation ($input: StartProcessInput!) { startProcess(input: $input) { instance { id } } }";
pub(super) const SIGNAL: &str = "mutation ($input: SendSignalInput!) { sendSignal(input: $input) { name } }";

fn start(process: &str, key: &str) -> Value {
    let once = format!("{process} {key}");
    json!({"input": {"definitionKey": process, "businessKey": key, "idempotencyKey": once}})
}

/// An instance as Alice sees it, who has started it.
#[derive(Debug, PartialEq)]
struct Seen {
    /// The nodes at which what was waited for has happened.
    happened: Vec<String>,
    /// Nodes and statuses of its tasks.
    tasks: Vec<String>,
    waits_for: Vec<String>,
    /// The codes of what could not be done.
    incidents: Vec<String>,
}

impl Seen {
    /// What is seen where everything goes well.
    fn well(happened: usize, tasks: &[&str], waits_for: &[&str]) -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let happened = vec!["event".to_owned(); happened];
        Self { happened, tasks: owned(tasks), waits_for: owned(waits_for), incidents: Vec::new() }
    }
}

impl Person<'_> {
    async fn starts(&self, process: &str, key: &str) {
        self.asks(START, start(process, key)).await.data();
    }

    async fn instance_about(&self, process: &str, key: &str) -> Value {
        let query = "query ($process: String, $key: String) { \
            processInstances(filter: {definitionKey: $process, businessKey: $key}) { nodes { \
            history(first: 100) { nodes { kind nodeId } } waitsFor { kind } incidents { id code } \
            tasks { nodes { nodeId status } } } } }";
        let found = self.asks(query, json!({"process": process, "key": key})).await.data();
        let nodes = found["processInstances"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 1, "{key}: {found}");
        nodes[0].clone()
    }

    async fn sees_instance(&self, process: &str, key: &str) -> Seen {
        let instance = self.instance_about(process, key).await;
        let rows = |rows: &Value| rows.as_array().unwrap().clone();
        let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
        let history = rows(&instance["history"]["nodes"]);
        Seen {
            happened: history
                .iter()
                .filter(|row| row["kind"] == "TRIGGER")
                .map(|row| text(row, "nodeId"))
                .collect(),
            tasks: rows(&instance["tasks"]["nodes"])
                .iter()
                .map(|row| format!("{} {}", text(row, "nodeId"), text(row, "status")))
                .collect(),
            waits_for: rows(&instance["waitsFor"]).iter().map(|row| text(row, "kind")).collect(),
            incidents: rows(&instance["incidents"]).iter().map(|row| text(row, "code")).collect(),
        }
    }
}

/// How much is still to be handed out or to happen.
const OPEN: &str = "SELECT (SELECT count(*) FROM event_thrown) \
    + (SELECT count(*) FROM event_subscription WHERE due_at IS NOT NULL AND run_id IS NULL) \
    + (SELECT count(*) FROM engine_run WHERE kind = 'process-event' AND finished_at IS NULL)";
/// How much has happened to anybody.
pub(super) const HAPPENED: &str = "SELECT count(*) FROM process_history WHERE kind = 'TRIGGER'";

async fn until_nothing_is_open(database: &DatabaseConnection) {
    until(database, OPEN, |open| open == 0).await;
}

/// A place where the dead are soon known, and whose workers know the servers' secret.
pub(super) fn prepared(place: Place) -> Place {
    place
        .with("DOCKET_ENGINE__LEASE_SECONDS", "2")
        .with("DOCKET_JWT_SECRET", &"of all who start here ".repeat(3))
}

/// Somebody asks for all of this, of which something comes due: the program dies as it hands that out.
pub(super) async fn comes_due(place: &mut Place, who: &str, asked: &[(&str, Value)]) {
    place.dies_at(Some(HANDING_OUT));
    let server = place.start().await;
    for (query, variables) in asked {
        server.person(who).asks_at_risk(query, variables.clone()).await;
    }
    server.until_killed().await;
}

/// What is due kills another program at this place; and then one lives.
async fn killed_at(place: &mut Place, database: &DatabaseConnection, at: &str) -> Server {
    let before = count(database, HAPPENED).await;
    place.dies_at(Some(at));
    place.worker().until_killed().await;
    let is_kept = ["case.after_commit", "event.after_commit"].contains(&at);
    assert_eq!(count(database, HAPPENED).await - before, i64::from(is_kept), "{at}");
    place.dies_at(None);
    let server = place.start().await;
    until_nothing_is_open(database).await;
    assert_eq!(count(database, HAPPENED).await - before, 1, "{at}");
    server
}

async fn killed_between_any_two_writes_a_timer_fires_once(place: Place) {
    let mut place = prepared(place);
    let server = place.start().await;
    server.olivia().deploys(&hurried("PT1S")).await;
    assert!(server.stop().await);
    let database = place.books().await;
    for at in PLACES {
        comes_due(&mut place, "alice", &[(START, start("hurried", at))]).await;
        let server = killed_at(&mut place, &database, at).await;
        let fired = Seen::well(1, &["review CANCEL", "asked RUNNING"], &[]);
        assert_eq!(server.alice().sees_instance("hurried", at).await, fired, "{at}");
        assert!(server.stop().await);
    }
}

async fn killed_around_any_transaction_a_signal_is_heard_once(place: Place) {
    let mut place = prepared(place);
    let server = place.start().await;
    server.olivia().deploys(&hearing()).await;
    for at in AROUND {
        server.alice().starts("hearing", at).await;
    }
    assert!(server.stop().await);
    let database = place.books().await;
    for at in AROUND {
        let alarm = json!({"input": {"name": format!("alarm {at}")}});
        comes_due(&mut place, "olivia", &[(SIGNAL, alarm.clone())]).await;
        let server = killed_at(&mut place, &database, at).await;
        let mut tasks = vec!["review RUNNING", "asked RUNNING"];
        let heard = Seen::well(1, &tasks, &["SIGNAL"]);
        assert_eq!(server.alice().sees_instance("hearing", at).await, heard, "{at}");
        // Another one is not taken for the first.
        server.olivia().asks(SIGNAL, alarm).await.data();
        until_nothing_is_open(&database).await;
        tasks.push("asked RUNNING");
        let heard = Seen::well(2, &tasks, &["SIGNAL"]);
        assert_eq!(server.alice().sees_instance("hearing", at).await, heard, "{at}");
        assert!(server.stop().await);
    }
}

async fn killed_around_any_transaction_a_thrown_message_arrives_once(place: Place) {
    let mut place = prepared(place);
    let server = place.start().await;
    for xml in [waiting(), telling()] {
        server.olivia().deploys(&xml).await;
    }
    assert!(server.stop().await);
    let database = place.books().await;
    for at in AROUND {
        let asked = ["waiting", "telling"].map(|process| (START, start(process, at)));
        comes_due(&mut place, "alice", &asked).await;
        let server = killed_at(&mut place, &database, at).await;
        let arrived = Seen::well(1, &["asked RUNNING"], &[]);
        assert_eq!(server.alice().sees_instance("waiting", at).await, arrived, "{at}");
        let told = Seen::well(0, &[], &[]);
        assert_eq!(server.alice().sees_instance("telling", at).await, told, "{at}");
        assert!(server.stop().await);
    }
}

/// Whatever kills each program that tries it is an incident, and not lost.
async fn what_kills_all_who_try_it_is_an_incident(place: Place) {
    let mut place = prepared(place);
    let server = place.start().await;
    server.olivia().deploys(&hurried("PT1S")).await;
    assert!(server.stop().await);
    let database = place.books().await;
    comes_due(&mut place, "alice", &[(START, start("hurried", "K1"))]).await;
    place.dies_at(Some("case.before_commit"));
    for _ in 0..ATTEMPTS {
        place.worker().until_killed().await;
    }
    place.dies_at(None);
    let server = place.start().await;
    until_nothing_is_open(&database).await;
    let seen = server.alice().sees_instance("hurried", "K1").await;
    let mut kept = Seen::well(0, &["review RUNNING"], &["TIMER"]);
    kept.incidents.push("LEASE_EXPIRED".to_owned());
    assert_eq!(seen, kept);
    let incident = server.alice().instance_about("hurried", "K1").await["incidents"][0]["id"].clone();
    let query =
        "mutation ($input: ResolveIncidentInput!) { resolveIncident(input: $input) { incident { id } } }";
    server.olivia().asks(query, json!({"input": {"incidentId": incident}})).await.data();
    until_nothing_is_open(&database).await;
    let fired = Seen::well(1, &["review CANCEL", "asked RUNNING"], &[]);
    assert_eq!(server.alice().sees_instance("hurried", "K1").await, fired);
}

/// What has arrived with the last attempt is no incident, though nobody could say so any more: it would
/// arrive again.
async fn what_has_arrived_before_the_last_one_died_is_no_incident(place: Place) {
    let mut place = prepared(place);
    let server = place.start().await;
    server.olivia().deploys(&hearing()).await;
    server.alice().starts("hearing", "K1").await;
    assert!(server.stop().await);
    let database = place.books().await;
    comes_due(&mut place, "olivia", &[(SIGNAL, json!({"input": {"name": "alarm K1"}}))]).await;
    for number in 1..=ATTEMPTS {
        let at = if number < ATTEMPTS { "case.before_commit" } else { "event.after_commit" };
        place.dies_at(Some(at));
        place.worker().until_killed().await;
    }
    place.dies_at(None);
    let server = place.start().await;
    until_nothing_is_open(&database).await;
    let lost = "SELECT failed FROM engine_run WHERE kind = 'process-event'";
    assert_eq!(count(&database, lost).await, 1, "its last attempt was not recorded");
    let heard = Seen::well(1, &["review RUNNING", "asked RUNNING"], &["SIGNAL"]);
    assert_eq!(server.alice().sees_instance("hearing", "K1").await, heard);
}

async fn what_became_due_while_nothing_ran_fires_then(place: Place) {
    let place = prepared(place).with("DOCKET_ENGINE__POLL_SECONDS", "60");
    let server = place.start().await;
    server.olivia().deploys(&hurried("PT3S")).await;
    server.alice().starts("hurried", "K1").await;
    server.kill();
    let database = place.books().await;
    assert_eq!(count(&database, HAPPENED).await, 0, "killed before");
    // Longer than what is left of it.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let server = place.start().await;
    until_nothing_is_open(&database).await;
    let fired = Seen::well(1, &["review CANCEL", "asked RUNNING"], &[]);
    assert_eq!(server.alice().sees_instance("hurried", "K1").await, fired);
}

/// Two replicas fire 1,250 timers, which are more than one takes in hand. Of what each has then nothing can
/// go on, and one is killed: the other fires the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_fire_each_timer_once_and_one_takes_over_from_the_killed() {
    // More timers than one replica has in hand; each has room for what waits for a lock, and for the engine
    // beside it.
    let place = prepared(Place::postgres().await).with("DOCKET_DATABASE__CONNECTIONS", "24");
    let (one, other) = (place.start().await, place.another().await);
    one.olivia().deploys(&hurried("PT1H")).await;
    for (kind, numbers) in [("free", 0..50), ("held", 50..1_250)] {
        let keys: Vec<String> = numbers.map(|number| format!("{kind} {number}")).collect();
        for keys in keys.chunks(20) {
            join_all(keys.iter().map(|key| async { one.alice().starts("hurried", key).await })).await;
        }
    }
    let database = place.books().await;
    let holding = database.begin().await.unwrap();
    holding
        .execute_unprepared("SELECT 1 FROM process_instance WHERE business_key LIKE 'held%' FOR UPDATE")
        .await
        .unwrap();
    // The hour has passed. A signal for nobody lets a replica look at once.
    database.execute_unprepared("UPDATE event_subscription SET due_at = created_at").await.unwrap();
    one.olivia().asks(SIGNAL, json!({"input": {"name": "for nobody"}})).await.data();
    until(&database, HAPPENED, |happened| happened == 50).await;
    let holders = "SELECT count(DISTINCT l.holder) FROM engine_lease l JOIN engine_item i \
        ON i.run_id = l.run_id AND i.idx >= l.lo AND i.idx < l.hi WHERE i.status = 'PENDING'";
    until(&database, holders, |holders| holders == 2).await;
    one.kill();
    assert_eq!(count(&database, HAPPENED).await, 50, "killed in the middle");
    holding.rollback().await.unwrap();
    until_nothing_is_open(&database).await;
    for (what, expected) in [
        ("SELECT count(*) FROM process_instance", 1_250),
        (HAPPENED, 1_250),
        ("SELECT count(DISTINCT instance_id) FROM process_history WHERE kind = 'TRIGGER'", 1_250),
        ("SELECT count(*) FROM task WHERE node_id = 'asked' AND status = 1", 1_250),
        ("SELECT count(DISTINCT instance_id) FROM task WHERE node_id = 'asked'", 1_250),
        ("SELECT count(*) FROM task WHERE node_id = 'review' AND status = 4", 1_250),
        ("SELECT count(*) FROM event_subscription", 0),
        ("SELECT count(*) FROM incident", 0),
    ] {
        assert_eq!(count(&database, what).await, expected, "{what}");
    }
    let fired = Seen::well(1, &["review CANCEL", "asked RUNNING"], &[]);
    assert_eq!(other.alice().sees_instance("hurried", "held 1249").await, fired);
}

on_both_databases!(
    killed_between_any_two_writes_a_timer_fires_once,
    killed_around_any_transaction_a_signal_is_heard_once,
    killed_around_any_transaction_a_thrown_message_arrives_once,
    what_kills_all_who_try_it_is_an_incident,
    what_has_arrived_before_the_last_one_died_is_no_incident,
    what_became_due_while_nothing_ran_fires_then,
);
