//! The program is killed while processes begin by themselves.

use sea_orm::DatabaseConnection;
use serde_json::{Value, json};

use crate::event_crashes::{ATTEMPTS, HAPPENED, SIGNAL, comes_due, prepared};
use crate::support::{Place, Server, count, until};

/// The places around each transaction in which something is handed out, or begins.
const PLACES: [&str; 7] = [
    "events.before_commit",
    "events.after_commit",
    "case.before_writing",
    "case.after_history",
    "case.before_commit",
    "case.after_commit",
    "start.after_commit",
];
/// How much is still to be handed out or to begin.
const OPEN: &str = "SELECT (SELECT count(*) FROM event_thrown) \
    + (SELECT count(*) FROM start_subscription WHERE due_at IS NOT NULL AND run_id IS NULL) \
    + (SELECT count(*) FROM engine_run WHERE kind = 'process-start' AND finished_at IS NULL)";
const DEPLOY: &str =
    "mutation ($input: DeployProcessInput!) { deployProcess(input: $input) { definition { id } } }";

/// Begins by something, and asks Alice.
fn begun_by(key: &str, definition: &str) -> Value {
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"
  targetNamespace="tests">
<signal id="s" name="alarm {key}"/>
<process id="{key}" name="{key}"><startEvent id="start">{definition}</startEvent>
<userTask id="asked" flowable:assignee="alice"/><endEvent id="end"/>
<sequenceFlow id="a" sourceRef="start" targetRef="asked"/>
<sequenceFlow id="b" sourceRef="asked" targetRef="end"/></process></definitions>"#
    );
    json!({"input": {"bpmnXml": xml}})
}

const SECOND: &str = "<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>";
const ALARM: &str = r#"<signalEventDefinition signalRef="s"/>"#;

fn key_of(at: &str) -> String {
    at.replace('.', "-")
}

/// What is due kills another program at this place; and then one lives.
async fn killed_at(place: &mut Place, database: &DatabaseConnection, at: &str) -> Server {
    let before = count(database, HAPPENED).await;
    place.dies_at(Some(at));
    place.worker().until_killed().await;
    let is_kept = ["case.after_commit", "start.after_commit"].contains(&at);
    assert_eq!(count(database, HAPPENED).await - before, i64::from(is_kept), "{at}");
    place.dies_at(None);
    let server = place.start().await;
    until(database, OPEN, |open| open == 0).await;
    assert_eq!(count(database, HAPPENED).await - before, 1, "{at}");
    let tasks = format!(
        "SELECT count(*) FROM task t JOIN process_instance i ON i.id = t.instance_id \
         JOIN process_definition d ON d.id = i.definition_id WHERE d.key = '{}' AND t.status = 1",
        key_of(at)
    );
    assert_eq!(count(database, &tasks).await, 1, "{at}");
    server
}

async fn killed_around_any_transaction_a_timer_begins_it_once(place: Place) {
    let mut place = prepared(place);
    assert!(place.start().await.stop().await);
    let database = place.books().await;
    for at in PLACES {
        comes_due(&mut place, "olivia", &[(DEPLOY, begun_by(&key_of(at), SECOND))]).await;
        assert!(killed_at(&mut place, &database, at).await.stop().await);
    }
}

async fn killed_around_any_transaction_a_signal_begins_it_once(place: Place) {
    let mut place = prepared(place);
    let server = place.start().await;
    for at in PLACES {
        server.olivia().asks(DEPLOY, begun_by(&key_of(at), ALARM)).await.data();
    }
    assert!(server.stop().await);
    let database = place.books().await;
    for at in PLACES {
        let alarm = json!({"input": {"name": format!("alarm {}", key_of(at))}});
        comes_due(&mut place, "olivia", &[(SIGNAL, alarm)]).await;
        assert!(killed_at(&mut place, &database, at).await.stop().await);
    }
}

/// Whatever kills each program that tries it is told to OPERATOR, and not lost.
async fn what_kills_all_who_begin_it_is_an_incident(place: Place) {
    let mut place = prepared(place);
    assert!(place.start().await.stop().await);
    let database = place.books().await;
    comes_due(&mut place, "olivia", &[(DEPLOY, begun_by("p", SECOND))]).await;
    place.dies_at(Some("case.before_commit"));
    for _ in 0..ATTEMPTS {
        place.worker().until_killed().await;
    }
    place.dies_at(None);
    let server = place.start().await;
    until(&database, OPEN, |open| open == 0).await;
    let query = "{ startIncidents { totalCount nodes { id code nodeId definition { key \
        startEvents { nodeId kind name isWaiting } } } } }";
    let found = server.olivia().asks(query, json!({})).await.data();
    let incident = &found["startIncidents"]["nodes"][0];
    assert_eq!(
        (&found["startIncidents"]["totalCount"], &incident["code"]),
        (&json!(1), &json!("LEASE_EXPIRED"))
    );
    let waiting = json!([{"nodeId": "start", "kind": "TIMER", "name": null, "isWaiting": true}]);
    assert_eq!(incident["definition"], json!({"key": "p", "startEvents": waiting}));
    let resolve = "mutation ($input: ResolveStartIncidentInput!) { resolveStartIncident(input: $input) \
        { incident { resolvedBy { id } } } }";
    let input = json!({"input": {"incidentId": incident["id"]}});
    assert_eq!(server.alice().asks(resolve, input.clone()).await.code(), "FORBIDDEN");
    server.olivia().asks(resolve, input.clone()).await.data();
    assert_eq!(server.olivia().asks(resolve, input).await.code(), "CONFLICT");
    until(&database, HAPPENED, |happened| happened == 1).await;
    until(&database, OPEN, |open| open == 0).await;
    assert_eq!(count(&database, HAPPENED).await, 1);
}

on_both_databases!(
    killed_around_any_transaction_a_timer_begins_it_once,
    killed_around_any_transaction_a_signal_begins_it_once,
    what_kills_all_who_begin_it_is_an_incident,
);
