//! A clock that jumps, as on a machine that slept or is set right: nothing is early, lost or doubled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::calls_out::{CALLBACK, calling};
use super::draft::Draft;
use super::happening::replica;
use super::jobs::{broken, packing};
use super::office::{Office, actor, refused};
use super::servers::answers;
use crate::kernel::{Clock as _, ErrorCode};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{FailJob, InstanceStatus};

on_both_databases!(
    set_back_a_timer_is_not_early_and_fires_once,
    set_back_a_cycle_goes_on_where_it_was,
    set_back_what_was_handed_out_happens_once,
    set_forward_everything_that_is_due_happens_once,
    set_back_a_job_stays_its_workers,
    set_forward_and_right_again_a_job_is_done_once,
    a_retry_waits_through_jumps,
    a_call_is_answered_through_jumps,
    set_forward_a_callback_is_late_and_counts_all_the_same,
    set_forward_people_are_reminded_once,
);

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const PACK: &str = r#"docket:topic="pack""#;

/// Bob reviews, and Ann is asked when it is time.
fn timed(is_interrupting: bool, timer: &str) -> Draft {
    let event = format!(
        r#"<boundaryEvent id="event" attachedToRef="review" cancelActivity="{is_interrupting}">
        <timerEventDefinition>{timer}</timerEventDefinition></boundaryEvent>"#
    );
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", r#"flowable:assignee="bob""#)
        .xml(&event)
        .user("late", r#"flowable:assignee="ann""#)
        .node("endEvent", "end", "")
        .flows("start > review > end, event > late > end")
}

impl Office {
    /// How often something has happened to an instance by itself.
    async fn fired(&self, instance: Uuid) -> usize {
        self.history(instance).await.iter().filter(|line| *line == "TRIGGER -").count()
    }
}

async fn set_back_a_timer_is_not_early_and_fires_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&timed(true, "<timeDuration>PT1H</timeDuration>")).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.passes("PT30M").await;
    office.clock.set_back(2 * HOUR);
    office.happens().await;
    // It is due at the time that was said first.
    office.passes("PT2H29M").await;
    assert_eq!(office.fired(id).await, 0);
    office.passes("PT1M").await;
    assert_eq!(office.fired(id).await, 1);
    assert_eq!(office.tasks(id).await, ["review bob CANCEL", "late ann RUNNING"]);
    office.clock.set_back(DAY);
    office.happens().await;
    office.passes("P2D").await;
    assert_eq!(office.fired(id).await, 1, "its time comes again, and it does not");
    office.approves("ann", id, "late").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn set_back_a_cycle_goes_on_where_it_was(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&timed(false, "<timeCycle>R3/PT1H</timeCycle>")).await;
    let id = office.starts("alice", "p", json!({})).await;
    for fired in 1..=3 {
        office.passes("PT1H").await;
        assert_eq!(office.fired(id).await, fired);
        office.clock.set_back(HOUR);
        office.happens().await;
        office.passes("PT59M").await;
        assert_eq!(office.fired(id).await, fired, "the same hour does not count twice");
        office.passes("PT1M").await;
    }
    office.passes("P1D").await;
    assert_eq!(office.fired(id).await, 3);
    assert!(office.waits_for(id).await.is_empty());
}

async fn set_back_what_was_handed_out_happens_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&timed(false, "<timeCycle>R2/PT1H</timeCycle>")).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.clock.advance(HOUR);
    let (_, events) = replica(&office, &CancellationToken::new());
    events.hand_out().await.unwrap();
    office.clock.set_back(DAY);
    // It is under way already, whatever the clock says now.
    events.hand_out().await.unwrap();
    office.happens().await;
    assert_eq!(office.fired(id).await, 1);
    office.passes("P1D").await;
    assert_eq!(office.fired(id).await, 1, "the second is due when that was to be");
    office.passes("PT1H").await;
    assert_eq!(office.fired(id).await, 2);
}

async fn set_forward_everything_that_is_due_happens_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&timed(false, "<timeCycle>R3/PT1H</timeCycle>")).await;
    let cycling = office.starts("alice", "p", json!({})).await;
    office.deploys(&timed(true, "<timeDuration>P30D</timeDuration>")).await;
    let waiting = office.starts("alice", "p", json!({})).await;
    office.passes("P3650D").await;
    assert_eq!((office.fired(cycling).await, office.fired(waiting).await), (1, 1));
    // Right again: what has happened stays, and nothing happens a second time.
    office.clock.set_back(3_650 * DAY);
    office.happens().await;
    office.passes("P31D").await;
    assert_eq!((office.fired(cycling).await, office.fired(waiting).await), (1, 1));
}

async fn set_back_a_job_stays_its_workers(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let claimed = office.claims_one().await;
    office.clock.set_back(DAY);
    office.happens().await;
    assert!(office.claims(&["pack"]).await.is_empty(), "nobody else gets it");
    office.passes("P1D").await;
    assert_eq!(office.stands(claimed.row.id).await, "RUNNING 0/3 ", "its time is what was said");
    office.clock.set_back(DAY);
    office.completes(&claimed, json!({})).await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    office.passes("P2D").await;
    assert_eq!(office.stands(claimed.row.id).await, "SUCCESS 0/3 ");
}

async fn set_forward_and_right_again_a_job_is_done_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let lost = office.claims_one().await;
    office.passes("P1D").await;
    office.clock.set_back(DAY);
    office.happens().await;
    assert_eq!(office.stands(lost.row.id).await, "PENDING 1/3 LEASE_EXPIRED", "it is lost once");
    refused(office.completes(&lost, json!({"by": "the first"})).await, ErrorCode::Conflict);
    let claimed = office.claims_one().await;
    assert_eq!(claimed.row.due_at, Some(office.clock.now() + TimeDelta::seconds(60)));
    refused(office.extends(&lost, 60).await, ErrorCode::Conflict);
    office.completes(&claimed, json!({"by": "the second"})).await.unwrap();
    refused(office.completes(&lost, json!({"by": "the first"})).await, ErrorCode::Conflict);
    assert_eq!(office.variables(id).await["by"], "the second");
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert_eq!(office.history(id).await, ["START alice", "COMPLETE_JOB olivia", "CREATE -"]);
}

async fn a_retry_waits_through_jumps(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&packing(PACK, "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let first = office.claims_one().await;
    office.fails(&first, FailJob { retry_after: Some(TimeDelta::hours(1)), ..broken() }).await.unwrap();
    office.clock.set_back(HOUR);
    office.passes("PT1H59M").await;
    assert!(office.claims(&["pack"]).await.is_empty(), "until the time that was said");
    office.passes("PT1M").await;
    let second = office.claims_one().await;
    assert_eq!((second.row.attempt, second.row.failures), (2, 1));
    office.fails(&second, FailJob { retry_after: Some(TimeDelta::days(7)), ..broken() }).await.unwrap();
    office.passes("P3650D").await;
    office.clock.set_back(3_650 * DAY);
    let third = office.claims_one().await;
    assert_eq!((third.row.attempt, third.row.failures), (3, 2), "no attempt is lost to a jump");
    office.completes(&third, json!({})).await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
}

async fn a_call_is_answered_through_jumps(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling("", "")).await;
    for (jump, is_back) in [(DAY, true), (DAY, false)] {
        let (clock, has_jumped) = (Arc::clone(&office.clock), AtomicBool::new(false));
        office.servers.behave(move |_, _| {
            if has_jumped.swap(true, Ordering::SeqCst) {
                return answers(200, &Value::Null);
            }
            // While the call is under way.
            if is_back {
                clock.set_back(jump);
            } else {
                clock.advance(jump);
            }
            answers(503, &Value::Null)
        });
        let before = office.servers.got().len();
        let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
        office.happens().await;
        assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
        assert_eq!(office.servers.got().len() - before, 2);
        let job = office.call_of(id).await;
        assert_eq!((job.status.as_str(), job.failures), ("SUCCESS", 1));
    }
}

async fn set_forward_a_callback_is_late_and_counts_all_the_same(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling(CALLBACK, "")).await;
    let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    office.happens().await;
    let job = office.call_of(id).await;
    office.clock.set_back(DAY);
    office.passes("PT2H").await;
    assert_eq!(office.call_of(id).await.due_at, job.due_at, "it is waited for as long as was said");
    assert!(office.incidents(id).await.is_empty());
    office.passes("P3D").await;
    assert_eq!(office.incidents(id).await[0].code, "CALLBACK_TIMEOUT");
    office.clock.set_back(3 * DAY);
    office.is_called_back(job.id, json!({"ok": true})).await.unwrap();
    assert!(office.incidents(id).await.is_empty());
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert_eq!(office.servers.got().len(), 1);
}

async fn set_forward_people_are_reminded_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let reminding =
        r#"flowable:assignee="bob" docket:timeout="PT1H" docket:timeoutAction="REMIND" docket:reminders="3""#;
    office.deploys(&super::draft::one_step("p", reminding)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let reminded = async || office.history(id).await.iter().filter(|line| line.starts_with("URGE")).count();
    office.passes("P365D").await;
    assert_eq!(reminded().await, 1, "what was missed is made up once");
    office.clock.set_back(365 * DAY);
    office.passes("PT1H").await;
    assert_eq!(reminded().await, 1);
    office.passes("P365D").await;
    let reminders = reminded().await;
    assert!((2..=3).contains(&reminders), "{reminders}");
    let task = office.open(id, "review", "bob").await.id;
    office
        .deed(office.workflow.approve(&actor("bob"), task, crate::workflow::Decide::default()).await)
        .await
        .unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}
