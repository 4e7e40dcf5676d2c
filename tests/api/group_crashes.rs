//! The program is killed while what happens to many instances is written down in one transaction.

use serde_json::{Value, json};

use crate::support::machines::{Claimed, Standing, process, start, then_alice};
use crate::support::{Place, count, until};

/// The places between the writes of a group, in their order. Behind the last ones it is kept.
const PLACES: [&str; 6] = [
    "case.before_writing",
    "case.after_tasks",
    "case.after_jobs",
    "case.before_commit",
    "case.after_commit",
    "job.after_commit",
];
/// How many there are in a group.
const MANY: usize = 3;

const COMPLETE: &str =
    "mutation ($input: CompleteJobsInput!) { completeJobs(input: $input) { jobs { status } } }";

fn keys(at: &str) -> Vec<String> {
    (0..MANY).map(|number| format!("{at} {number}")).collect()
}

async fn killed_between_any_two_writes_jobs_are_completed_together_or_not(mut place: Place) {
    let server = place.start().await;
    let mut jobs: Vec<(&str, Vec<Claimed>)> = Vec::new();
    for at in PLACES {
        let packing = then_alice("packing", &format!(r#"docket:topic="{at}""#), "");
        server.olivia().deploys(&packing).await;
        let mut claimed = Vec::new();
        for key in keys(at) {
            server.alice().sets_going("packing", &key).await;
            claimed.push(server.olivia().claims_one(at, 3_600).await.unwrap());
        }
        jobs.push((at, claimed));
    }
    assert!(server.stop().await);
    for (at, claimed) in jobs {
        let reported: Vec<Value> =
            claimed.iter().map(|job| json!({"jobId": job.job, "lock": job.lock})).collect();
        let reported = json!({"input": {"jobs": reported}});
        place.dies_at(Some(at));
        let server = place.start().await;
        server.olivia().asks_in_vain(COMPLETE, reported.clone()).await;
        server.until_killed().await;
        place.dies_at(None);
        let server = place.start().await;
        let done = Standing::of(&["COMPLETE_JOB"], "SUCCESS 1 -", &["review RUNNING"], &[]);
        let held = Standing::of(&[], "RUNNING 1 -", &[], &[]);
        let is_kept = at.contains("after_commit");
        for key in keys(at) {
            let expected = if is_kept { &done } else { &held };
            assert_eq!(&server.admin().standing_of("packing", &key).await, expected, "{key}");
        }
        for _ in 0..2 {
            let told = server.olivia().asks(COMPLETE, reported.clone()).await.data();
            assert_eq!(
                told["completeJobs"]["jobs"],
                Value::from(vec![json!({"status": "SUCCESS"}); MANY]),
                "{at}"
            );
        }
        for key in keys(at) {
            assert_eq!(server.admin().standing_of("packing", &key).await, done, "{key}");
        }
        assert!(server.stop().await);
    }
}

const HAPPENED: &str = "SELECT count(*) FROM process_history WHERE kind = 'TRIGGER'";
const OPEN: &str = "SELECT (SELECT count(*) FROM event_subscription) \
    + (SELECT count(*) FROM engine_run WHERE kind = 'process-event' AND finished_at IS NULL)";

/// Alice is asked when it is time.
fn delayed() -> String {
    process(
        "delayed",
        r#"<intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1H</timeDuration>
        </timerEventDefinition></intermediateCatchEvent><userTask id="review" flowable:assignee="alice"/>
        <sequenceFlow id="a" sourceRef="start" targetRef="wait"/>
        <sequenceFlow id="b" sourceRef="wait" targetRef="review"/>
        <sequenceFlow id="c" sourceRef="review" targetRef="end"/>"#,
    )
}

async fn killed_between_any_two_writes_timers_fire_once_each(place: Place) {
    use sea_orm::ConnectionTrait as _;
    let mut place = place
        .with("DOCKET_ENGINE__LEASE_SECONDS", "2")
        .with("DOCKET_JWT_SECRET", &"of all who start here ".repeat(3));
    let server = place.start().await;
    server.olivia().deploys(&delayed()).await;
    assert!(server.stop().await);
    let database = place.books().await;
    for at in PLACES.into_iter().filter(|at| *at != "job.after_commit").chain(["event.after_commit"]) {
        let server = place.start().await;
        for key in keys(at) {
            let (query, variables) = start("delayed", &key);
            server.alice().asks(query, variables).await.data();
        }
        assert!(server.stop().await);
        let before = count(&database, HAPPENED).await;
        // The hour has passed.
        database.execute_unprepared("UPDATE event_subscription SET due_at = created_at").await.unwrap();
        place.dies_at(Some(at));
        place.worker().until_killed().await;
        let happened = count(&database, HAPPENED).await - before;
        let is_kept = at.contains("after_commit");
        // In how many transactions is nobody's business; the program dies in the first.
        assert_eq!(happened > 0, is_kept, "{at}: {happened}");
        place.dies_at(None);
        let server = place.start().await;
        until(&database, OPEN, |open| open == 0).await;
        assert_eq!(count(&database, HAPPENED).await - before, MANY as i64, "{at}");
        for key in keys(at) {
            let standing = server.admin().standing_of("delayed", &key).await;
            assert_eq!(standing.tasks, ["review RUNNING"], "{key}");
        }
        assert!(server.stop().await);
    }
}

on_both_databases!(
    killed_between_any_two_writes_jobs_are_completed_together_or_not,
    killed_between_any_two_writes_timers_fire_once_each,
);
