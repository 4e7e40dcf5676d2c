//! The program is killed while workers claim jobs and report what has become of them.

use serde_json::{Value, json};

use crate::support::machines::{Claimed, Standing, claim, process, resolve, then_alice};
use crate::support::{Answer, Person, Place, Server, count, until};

/// The places between any two writes of a report, in their order. Behind the last two it is kept.
const PLACES: [&str; 12] = [
    "case.before_writing",
    "case.after_instances",
    "case.after_activities",
    "case.after_tasks",
    "case.after_outbox",
    "case.after_history",
    "case.after_records",
    "case.after_events",
    "case.after_jobs",
    "case.before_commit",
    "case.after_commit",
    "job.after_commit",
];
/// Those around the transaction.
const AROUND: [&str; 3] = ["case.before_commit", "case.after_commit", "job.after_commit"];

fn is_kept(at: &str) -> bool {
    at.contains("after_commit") || at.contains("after_change") || at.contains("after_resolved")
}

const COMPLETE: &str =
    "mutation ($input: CompleteJobInput!) { completeJob(input: $input) { job { status } } }";
const FAIL: &str = "mutation ($input: FailJobInput!) { failJob(input: $input) { job { status } } }";
const THROW: &str =
    "mutation ($input: ThrowJobErrorInput!) { throwJobError(input: $input) { job { status } } }";
const EXTEND: &str =
    "mutation ($input: ExtendJobInput!) { extendJob(input: $input) { job { status dueAt } } }";

/// A report about a job, with what it says.
fn report(job: &Claimed, more: Value) -> Value {
    let mut input = json!({"jobId": job.job, "lock": job.lock});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "input": input })
}

/// A server where jobs of the topic of each of these keys wait, and this process about each.
async fn opened(place: &Place, document: impl Fn(&str) -> String, keys: &[&str]) -> Server {
    let server = place.start().await;
    for at in keys {
        server.olivia().deploys(&document(at)).await;
        server.alice().sets_going("packing", at).await;
    }
    server
}

/// The job's topic is the key, so that each place has its own.
fn packing(at: &str) -> String {
    then_alice("packing", &format!(r#"docket:topic="{at}""#), "")
}

impl Server {
    async fn standing(&self, key: &str) -> Standing {
        self.admin().standing_of("packing", key).await
    }
}

impl Person<'_> {
    /// Claims what waits, or will be given back soon.
    async fn claims_soon(&self, place: &Place, topic: &str) -> Claimed {
        let waits = format!("SELECT count(*) FROM job WHERE topic = '{topic}' AND status = 'PENDING'");
        until(&place.books().await, &waits, |count| count == 1).await;
        self.claims_one(topic, 3_600).await.expect("one waits")
    }

    async fn completes(&self, job: &Claimed, parcel: &str) -> Answer {
        self.asks(COMPLETE, report(job, json!({"variables": {"parcel": parcel}}))).await
    }
}

/// A program dies there while somebody asks for this; the next one lives.
async fn killed_at(place: &mut Place, at: &str, (query, variables): (&str, Value)) -> Server {
    place.dies_at(Some(at));
    let server = place.start().await;
    server.olivia().asks_in_vain(query, variables).await;
    server.until_killed().await;
    place.dies_at(None);
    place.start().await
}

async fn killed_around_a_claim_the_job_is_claimed_again(mut place: Place) {
    let places = ["job.before_claimed", "job.after_claimed"];
    assert!(opened(&place, packing, &places).await.stop().await);
    let database = place.books().await;
    for at in places {
        let server = killed_at(&mut place, at, claim(at, 1)).await;
        let olivia = server.olivia();
        let is_lost = at == "job.after_claimed";
        let again = olivia.claims_soon(&place, at).await;
        // Nobody knows the lock that was lost; who claimed it has failed once.
        let expected = if is_lost { "RUNNING 2 LEASE_EXPIRED" } else { "RUNNING 1 -" };
        assert_eq!(server.standing(at).await, Standing::of(&[], expected, &[], &[]), "{at}");
        let failures = format!("SELECT CAST(failures AS bigint) FROM job WHERE topic = '{at}'");
        assert_eq!(count(&database, &failures).await, i64::from(is_lost), "{at}");
        assert!(olivia.claims_one(at, 60).await.is_none(), "{at}: it is claimed by one");
        olivia.completes(&again, at).await.data();
        let attempts = if is_lost { "SUCCESS 2 -" } else { "SUCCESS 1 -" };
        let done = Standing::of(&["COMPLETE_JOB"], attempts, &["review RUNNING"], &[]);
        assert_eq!(server.standing(at).await, done, "{at}");
        assert!(server.stop().await);
    }
}

async fn killed_between_any_two_writes_a_job_is_completed_once(mut place: Place) {
    let server = opened(&place, packing, &PLACES).await;
    let mut jobs = Vec::new();
    for at in PLACES {
        jobs.push((at, server.olivia().claims_one(at, 3_600).await.unwrap()));
    }
    assert!(server.stop().await);
    for (at, job) in jobs {
        let first = report(&job, json!({"variables": {"parcel": "first"}}));
        let server = killed_at(&mut place, at, (COMPLETE, first)).await;
        let done = Standing::of(&["COMPLETE_JOB"], "SUCCESS 1 -", &["review RUNNING"], &[]);
        let held = Standing::of(&[], "RUNNING 1 -", &[], &[]);
        assert_eq!(server.standing(at).await, if is_kept(at) { done.clone() } else { held }, "{at}");
        // The worker has heard nothing, and reports until it does; once, it is done.
        for _ in 0..2 {
            let told = server.olivia().completes(&job, "second").await.data();
            assert_eq!(told["completeJob"]["job"]["status"], "SUCCESS", "{at}");
            assert_eq!(server.standing(at).await, done, "{at}");
        }
        let parcel = server.admin().instance_of("packing", at).await["variables"]["parcel"].clone();
        assert_eq!(parcel, if is_kept(at) { "first" } else { "second" }, "{at}: the one that was kept");
        assert!(server.olivia().claims_one(at, 60).await.is_none(), "{at}: what is done is not given out");
        assert!(server.stop().await);
    }
}

/// What fails for now, and what fails for good, until somebody sees to it: everything once.
async fn killed_while_a_job_fails_it_fails_once(mut place: Place) {
    let server = opened(&place, packing, &AROUND).await;
    for at in AROUND {
        let job = server.olivia().claims_one(at, 3_600).await.unwrap();
        server.olivia().asks(FAIL, report(&job, json!({"retryAfterSeconds": 0}))).await.data();
    }
    let mut jobs = Vec::new();
    for at in AROUND {
        jobs.push((at, server.olivia().claims_soon(&place, at).await));
    }
    assert!(server.stop().await);
    for (at, job) in jobs {
        let kept = report(&job, json!({"code": "NO_BOX", "final": true}));
        let server = killed_at(&mut place, at, (FAIL, kept.clone())).await;
        let failed = Standing::of(&["INCIDENT"], "FAILED 2 NO_BOX", &[], &["NO_BOX"]);
        let held = Standing::of(&[], "RUNNING 2 FAILED", &[], &[]);
        assert_eq!(server.standing(at).await, if is_kept(at) { failed.clone() } else { held }, "{at}");
        let again = server.olivia().asks(FAIL, kept).await;
        if is_kept(at) {
            assert_eq!(
                (again.code(), &again.error()["extensions"]["status"]),
                ("CONFLICT", &json!("FAILED"))
            );
        } else {
            again.data();
        }
        assert_eq!(server.standing(at).await, failed, "{at}: one incident, neither lost nor doubled");
        assert!(server.stop().await);

        // Who resolves it dies, too.
        let resolving = if at == "job.after_commit" { "incident.after_resolved" } else { at };
        let server = place.start().await;
        let incident = server.admin().instance_of("packing", at).await["incidents"][0]["id"].clone();
        assert!(server.stop().await);
        let server = killed_at(&mut place, resolving, resolve(&incident)).await;
        let pending = Standing::of(&["INCIDENT", "RESOLVE_INCIDENT"], "PENDING 2 NO_BOX", &[], &[]);
        if is_kept(resolving) {
            let (query, variables) = resolve(&incident);
            assert_eq!(server.olivia().asks(query, variables).await.code(), "CONFLICT", "{resolving}");
        } else {
            assert_eq!(server.standing(at).await, failed, "{resolving}");
            server.admin().resolves_the_incident_of("packing", at).await.data();
        }
        assert_eq!(server.standing(at).await, pending, "{resolving}");
        let again = server.olivia().claims_one(at, 3_600).await.expect("it is given out again");
        assert_eq!(server.olivia().completes(&job, "late").await.code(), "CONFLICT", "the lock is gone");
        server.olivia().completes(&again, "x").await.data();
        let history = ["INCIDENT", "RESOLVE_INCIDENT", "COMPLETE_JOB"];
        let done = Standing::of(&history, "SUCCESS 3 -", &["review RUNNING"], &[]);
        assert_eq!(server.standing(at).await, done, "{at}");
        assert!(server.stop().await);
    }
}

async fn killed_after_a_failure_for_now_it_counts_once(mut place: Place) {
    let at = "job.after_change";
    let server = opened(&place, packing, &[at]).await;
    let job = server.olivia().claims_one(at, 3_600).await.unwrap();
    assert!(server.stop().await);
    let server = killed_at(&mut place, at, (EXTEND, report(&job, json!({"lockSeconds": 7_200})))).await;
    let due = server.admin().instance_of("packing", at).await["jobs"][0]["dueAt"].clone();
    let failure = json!({"code": "NO_BOX", "retryAfterSeconds": 0});
    assert!(server.stop().await);
    let server = killed_at(&mut place, at, (FAIL, report(&job, failure.clone()))).await;
    assert_eq!(server.olivia().asks(FAIL, report(&job, failure)).await.code(), "CONFLICT");
    let again = server.olivia().claims_soon(&place, at).await;
    let instance = server.admin().instance_of("packing", at).await;
    assert_eq!((&instance["jobs"][0]["attempt"], &instance["jobs"][0]["retries"]), (&json!(2), &json!(2)));
    assert_ne!(instance["jobs"][0]["dueAt"], due);
    server.olivia().completes(&again, "x").await.data();
    let done = Standing::of(&["COMPLETE_JOB"], "SUCCESS 2 -", &["review RUNNING"], &[]);
    assert_eq!(server.standing(at).await, done);
}

/// A job that fails with an error of the process, which is caught at its border.
fn guarded(at: &str) -> String {
    process(
        "packing",
        &format!(
            r#"<serviceTask id="work" docket:topic="{at}"/>
            <boundaryEvent id="caught" attachedToRef="work"><errorEventDefinition errorRef="e"/></boundaryEvent>
            <userTask id="buy" flowable:assignee="alice"/>
            <sequenceFlow id="a" sourceRef="start" targetRef="work"/>
            <sequenceFlow id="b" sourceRef="work" targetRef="end"/>
            <sequenceFlow id="c" sourceRef="caught" targetRef="buy"/>
            <sequenceFlow id="d" sourceRef="buy" targetRef="end"/>"#
        ),
    )
}

async fn killed_while_a_job_throws_an_error_it_is_caught_once(mut place: Place) {
    let server = opened(&place, guarded, &AROUND).await;
    let mut jobs = Vec::new();
    for at in AROUND {
        jobs.push((at, server.olivia().claims_one(at, 3_600).await.unwrap()));
    }
    assert!(server.stop().await);
    for (at, job) in jobs {
        let error = report(&job, json!({"errorCode": "NO_BOX"}));
        let server = killed_at(&mut place, at, (THROW, error.clone())).await;
        let thrown = Standing::of(&["ERROR_JOB"], "SUCCESS 1 NO_BOX", &["buy RUNNING"], &[]);
        let held = Standing::of(&[], "RUNNING 1 -", &[], &[]);
        assert_eq!(server.standing(at).await, if is_kept(at) { thrown.clone() } else { held }, "{at}");
        // Reported again, it is the same end.
        server.olivia().asks(THROW, error).await.data();
        assert_eq!(server.standing(at).await, thrown, "{at}");
        assert!(server.stop().await);
    }
}

/// Who sees that a worker says nothing dies over it.
async fn killed_while_a_job_is_taken_back_that_counts_once(mut place: Place) {
    let once = |at: &str| then_alice("packing", &format!(r#"docket:topic="{at}" docket:retries="1""#), "");
    let (last, again) =
        (["case.after_jobs", "case.before_commit", "case.after_commit"], "job.after_given_back");
    let server = opened(&place, once, &last).await;
    assert!(server.stop().await);
    for at in last {
        place.dies_at(Some(at));
        let server = place.start().await;
        server.olivia().claims_one(at, 1).await.unwrap();
        server.until_killed().await;
        place.dies_at(None);
        let server = place.start().await;
        let running = format!("SELECT count(*) FROM job WHERE topic = '{at}' AND status = 'RUNNING'");
        until(&place.books().await, &running, |count| count == 0).await;
        let failed = Standing::of(&["INCIDENT"], "FAILED 1 LEASE_EXPIRED", &[], &["LEASE_EXPIRED"]);
        assert_eq!(server.standing(at).await, failed, "{at}");
        assert!(server.stop().await);
    }
    assert!(opened(&place, packing, &[again]).await.stop().await);
    place.dies_at(Some(again));
    let server = place.start().await;
    let lost = server.olivia().claims_one(again, 1).await.unwrap();
    server.until_killed().await;
    place.dies_at(None);
    let server = place.start().await;
    let job = server.olivia().claims_soon(&place, again).await;
    let standing = Standing::of(&[], "RUNNING 2 LEASE_EXPIRED", &[], &[]);
    assert_eq!(server.standing(again).await, standing, "given back once");
    assert_eq!(server.olivia().completes(&lost, "late").await.code(), "CONFLICT");
    server.olivia().completes(&job, "x").await.data();
    let done = Standing::of(&["COMPLETE_JOB"], "SUCCESS 2 -", &["review RUNNING"], &[]);
    assert_eq!(server.standing(again).await, done);
}

on_both_databases!(
    killed_around_a_claim_the_job_is_claimed_again,
    killed_between_any_two_writes_a_job_is_completed_once,
    killed_while_a_job_fails_it_fails_once,
    killed_after_a_failure_for_now_it_counts_once,
    killed_while_a_job_throws_an_error_it_is_caught_once,
    killed_while_a_job_is_taken_back_that_counts_once,
);
