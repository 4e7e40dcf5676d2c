//! The program is killed around calls over HTTP and their callbacks.

use sea_orm::DatabaseConnection;
use serde_json::{Value, json};

use crate::support::machines::{Called, Standing, start, then_alice};
use crate::support::{Place, Server, count, until};

/// The places at which a program dies that makes a call and waits for its answer, in their order, and how
/// often the server is called then.
const ANSWERED: [(&str, usize); 14] = [
    ("events.before_commit", 1),
    ("events.after_commit", 1),
    // Nobody knows any more that it was called.
    ("call.after_answer", 2),
    ("case.before_writing", 2),
    ("case.after_instances", 2),
    ("case.after_activities", 2),
    ("case.after_tasks", 2),
    ("case.after_outbox", 2),
    ("case.after_history", 2),
    ("case.after_events", 2),
    ("case.after_jobs", 2),
    ("case.before_commit", 2),
    ("case.after_commit", 1),
    ("call.after_commit", 1),
];

/// What is still to be called, or written down of it.
const OPEN: &str = "SELECT (SELECT count(*) FROM job WHERE status IN ('PENDING', 'RUNNING')) \
    + (SELECT count(*) FROM engine_run WHERE kind = 'process-call' AND finished_at IS NULL)";

/// Calls `{path}/{key}`, then asks Alice.
fn ordering(called: &Called, path: &str, more: &str) -> String {
    let url = format!("http://{}/{path}/${{businessKey}}", called.host);
    let call = format!(r#"<docket:http url="{url}" resultVariable="answer" {more}/>"#);
    then_alice("ordering", r#"docket:retries="3""#, &call)
}

/// A place that may call this server, and where the dead are soon known.
fn prepared(place: Place, called: &Called) -> Place {
    let url = place.url();
    place
        .with("DOCKET_PUBLIC_URL", &url)
        .with("DOCKET_FETCH__ALLOW", &called.host)
        .with("DOCKET_ENGINE__LEASE_SECONDS", "2")
        .with("DOCKET_JWT_SECRET", &"of all who start here ".repeat(3))
}

/// A place with this process.
async fn opened(place: Place, called: &Called, path: &str, more: &str) -> (Place, DatabaseConnection) {
    let place = prepared(place, called);
    let server = place.start().await;
    server.olivia().deploys(&ordering(called, path, more)).await;
    assert!(server.stop().await);
    let database = place.books().await;
    (place, database)
}

/// Alice starts an instance that calls: the program dies before it hands the call out, and another one at
/// this place; the third lives.
async fn killed_at(place: &mut Place, at: &str) -> Server {
    place.dies_at(Some("events.before_commit"));
    let server = place.start().await;
    let (query, variables) = start("ordering", at);
    server.alice().asks_at_risk(query, variables).await;
    server.until_killed().await;
    place.dies_at(Some(at));
    place.worker().until_killed().await;
    place.dies_at(None);
    place.start().await
}

/// All calls about this have the same key, which no other has; how many there were.
fn calls_under_one_key(called: &Called, about: &str, keys: &mut Vec<String>) -> usize {
    let calls = called.about(about);
    let key = calls[0].key.clone();
    assert!(!key.is_empty() && !keys.contains(&key), "{about}: a key of its own");
    assert!(calls.iter().all(|call| call.key == key), "{about}: {calls:?}");
    keys.push(key);
    calls.len()
}

impl Server {
    async fn stands(&self, key: &str) -> Standing {
        self.admin().standing_of("ordering", key).await
    }

    async fn answer_of(&self, key: &str) -> Value {
        self.admin().instance_of("ordering", key).await["variables"]["answer"].clone()
    }
}

fn done(attempt: u32) -> Standing {
    let job = format!("SUCCESS {attempt} -");
    Standing::of(&["COMPLETE_JOB"], &job, &["review RUNNING"], &[])
}

async fn killed_around_a_call_its_answer_counts_once(place: Place) {
    let called = Called::start().await;
    let (mut place, database) = opened(place, &called, "good", "").await;
    let mut keys = Vec::new();
    for (at, times) in ANSWERED {
        let server = killed_at(&mut place, at).await;
        until(&database, OPEN, |open| open == 0).await;
        assert_eq!(calls_under_one_key(&called, at, &mut keys), times, "{at}");
        assert_eq!(server.stands(at).await, done(1), "{at}");
        assert_eq!(server.answer_of(at).await["count"], times, "{at}: the last answer");
        assert!(server.stop().await);
    }
}

async fn killed_around_a_call_for_which_nobody_waits_it_is_made(place: Place) {
    let called = Called::start().await;
    let (mut place, database) = opened(place, &called, "good", r#"wait="NOTHING""#).await;
    let mut keys = Vec::new();
    for (at, times) in [("events.after_commit", 1), ("call.after_answer", 2), ("call.after_change", 1)] {
        let server = killed_at(&mut place, at).await;
        until(&database, OPEN, |open| open == 0).await;
        assert_eq!(calls_under_one_key(&called, at, &mut keys), times, "{at}");
        let made = Standing::of(&[], "SUCCESS 1 -", &["review RUNNING"], &[]);
        assert_eq!(server.stands(at).await, made, "{at}");
        assert!(server.stop().await);
    }
}

/// What fails for now is called again under its key, and what is refused is an incident, once.
async fn killed_while_a_call_fails_nothing_is_lost_or_doubled(place: Place) {
    let called = Called::start().await;
    let (mut place, database) = opened(place, &called, "hiccup", "").await;
    let mut keys = Vec::new();
    let server = killed_at(&mut place, "call.after_change").await;
    until(&database, OPEN, |open| open == 0).await;
    assert_eq!(calls_under_one_key(&called, "call.after_change", &mut keys), 2);
    assert_eq!(server.stands("call.after_change").await, done(2), "one failure, counted once");
    server.olivia().deploys(&ordering(&called, "refusing", "")).await;
    assert!(server.stop().await);
    for (at, times) in [("call.after_answer", 2), ("case.before_commit", 2), ("case.after_commit", 1)] {
        let server = killed_at(&mut place, at).await;
        until(&database, OPEN, |open| open == 0).await;
        assert_eq!(calls_under_one_key(&called, at, &mut keys), times, "{at}");
        let refused = Standing::of(&["INCIDENT"], "FAILED 1 CALL_REFUSED", &[], &["CALL_REFUSED"]);
        assert_eq!(server.stands(at).await, refused, "{at}");
        assert!(server.stop().await);
    }
    // What is resolved is called under its key, too.
    called.is_mended();
    let server = place.start().await;
    server.admin().resolves_the_incident_of("ordering", "case.after_commit").await.data();
    until(&database, OPEN, |open| open == 0).await;
    let calls = called.about("case.after_commit");
    assert_eq!((calls.len(), &calls[0].key), (2, &calls[1].key));
    let history = ["INCIDENT", "RESOLVE_INCIDENT", "COMPLETE_JOB"];
    let resolved = Standing::of(&history, "SUCCESS 2 -", &["review RUNNING"], &[]);
    assert_eq!(server.stands("case.after_commit").await, resolved);
}

const CALLBACK: &str = r#"wait="CALLBACK" callbackWithin="PT1H""#;

/// How often a job waits to be called back.
const WAITING: &str = "SELECT count(*) FROM job WHERE status = 'WAITING'";

async fn killed_around_a_callback_it_counts_once(place: Place) {
    let called = Called::start().await;
    let (mut place, database) = opened(place, &called, "good", CALLBACK).await;
    let mut keys = Vec::new();
    for at in [
        "case.before_writing",
        "case.after_jobs",
        "case.before_commit",
        "case.after_commit",
        "call.after_commit",
    ] {
        let server = place.start().await;
        server.alice().sets_going("ordering", at).await;
        until(&database, WAITING, |waiting| waiting == 1).await;
        assert!(server.stop().await);
        assert_eq!(calls_under_one_key(&called, at, &mut keys), 1, "{at}");
        let url = called.about(at)[0].callback.clone().unwrap();
        place.dies_at(Some(at));
        let server = place.start().await;
        let first = server.calls_back(&url, &json!("before")).await;
        assert!(first.is_err(), "{at}: it answers: {first:?}");
        server.until_killed().await;
        place.dies_at(None);
        let server = place.start().await;
        for _ in 0..2 {
            let again = server.calls_back(&url, &json!("after")).await.unwrap();
            assert_eq!(again.status(), 204, "{at}: it has arrived");
        }
        assert_eq!(server.stands(at).await, done(1), "{at}");
        let expected = if at.contains("after_commit") { "before" } else { "after" };
        assert_eq!(server.answer_of(at).await, expected, "{at}: the one that was kept");
        until(&database, OPEN, |open| open == 0).await;
        assert!(server.stop().await);
    }
}

/// The call is made again, or is not, and may be answered at whichever address was given.
async fn killed_before_a_callback_is_waited_for_it_still_counts(place: Place) {
    let called = Called::start().await;
    let (mut place, database) = opened(place, &called, "good", CALLBACK).await;
    let mut keys = Vec::new();
    for (at, times) in [("call.after_answer", 2), ("call.after_change", 1)] {
        let server = killed_at(&mut place, at).await;
        until(&database, OPEN, |open| open == 0).await;
        assert_eq!(calls_under_one_key(&called, at, &mut keys), times, "{at}");
        assert_eq!(server.stands(at).await, Standing::of(&[], "WAITING 1 -", &[], &[]), "{at}");
        let calls = called.about(at);
        for (number, call) in calls.iter().enumerate() {
            let url = call.callback.as_ref().unwrap();
            let answered = server.calls_back(url, &json!(number)).await.unwrap();
            assert_eq!(answered.status(), 204, "{at}");
        }
        assert_eq!(server.stands(at).await, done(1), "{at}");
        assert_eq!(server.answer_of(at).await, 0, "{at}: the first one");
        assert!(server.stop().await);
    }
    assert_eq!(count(&database, WAITING).await, 0);
}

on_both_databases!(
    killed_around_a_call_its_answer_counts_once,
    killed_around_a_call_for_which_nobody_waits_it_is_made,
    killed_while_a_call_fails_nothing_is_lost_or_doubled,
    killed_around_a_callback_it_counts_once,
    killed_before_a_callback_is_waited_for_it_still_counts,
);
