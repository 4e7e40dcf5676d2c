//! Events that come from outside or from other instances, and what may go wrong with them.

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::draft::Draft;
use super::happening::{replica, sent};
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{InstanceStatus, Sent};

on_both_databases!(
    a_message_finds_the_one_who_waits,
    who_may_tell_what,
    a_message_that_was_thrown_finds_its_key,
    two_messages_reach_two_who_wait,
    a_signal_that_was_thrown_reaches_all,
    a_suspended_instance_hears_later,
    a_signal_for_a_suspended_instance_is_an_incident,
    what_cannot_go_on_is_an_incident,
    what_nobody_waits_for_is_no_incident,
    an_approval_taken_back_waits_again,
    sent_back_nobody_waits_for_what_was_left,
    two_replicas_hand_out_each_timer_once,
);

const ANN: &str = r#"flowable:assignee="ann""#;
const BOB: &str = r#"flowable:assignee="bob""#;
const SHIPPED: &str = r#"<message id="m" name="shipped"/><signal id="s" name="alarm"/>"#;
const HOUR: &str = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";

/// Waits for a message, then asks Bob.
fn waiting(key: &str) -> Draft {
    Draft::new(key)
        .node("startEvent", "start", "")
        .holding("intermediateCatchEvent", "wait", "", r#"<messageEventDefinition messageRef="m"/>"#)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .beside(SHIPPED)
        .flows("start > wait > review > end")
}

async fn a_message_finds_the_one_who_waits(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&waiting("p")).await;
    let [one, other] = [office.starts_about("p", "K1").await, office.starts_about("p", "K2").await];
    refused(office.messages("shipped", "K3", json!({})).await, ErrorCode::NotFound);
    refused(office.messages("paid", "K1", json!({})).await, ErrorCode::NotFound);
    assert_eq!(office.messages("shipped", "K1", json!({"parcel": 7})).await.unwrap(), one);
    assert_eq!(office.tasks(one).await, ["review bob RUNNING"]);
    assert_eq!(office.variables(one).await["parcel"], 7);
    assert!(office.tasks(other).await.is_empty());
    assert_eq!(office.history(one).await, ["START alice", "TRIGGER olivia", "CREATE -"]);
    // Once.
    refused(office.messages("shipped", "K1", json!({})).await, ErrorCode::NotFound);
    // Of several with a key, one must be named.
    let third = office.starts_about("p", "K2").await;
    refused(office.messages("shipped", "K2", json!({})).await, ErrorCode::Conflict);
    let named = Sent { instance: Some(third), ..sent("shipped", json!({})) };
    office.deed(office.workflow.send_message(&actor("olivia"), named).await).await.unwrap();
    assert_eq!(office.tasks(third).await, ["review bob RUNNING"]);
    assert!(office.tasks(other).await.is_empty());
}

async fn who_may_tell_what(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&waiting("p")).await;
    let id = office.starts_about("p", "K1").await;
    let flow = &office.workflow;
    let message = |variables| Sent { business_key: Some("K1".into()), ..sent("shipped", variables) };
    for user in ["alice", "bob"] {
        refused(flow.send_message(&actor(user), message(json!({}))).await, ErrorCode::Forbidden);
        refused(flow.send_signal(&actor(user), sent("alarm", json!({}))).await, ErrorCode::Forbidden);
    }
    let olivia = actor("olivia");
    for wrong in [
        sent("shipped", json!({})),
        Sent { name: String::new(), ..message(json!({})) },
        Sent { name: "n".repeat(256), ..message(json!({})) },
        message(json!({"initiator": "bob"})),
        message(json!({"PROCESS_STATUS": 2})),
        message(json!({"x": "y".repeat(64 * 1024)})),
    ] {
        refused(flow.send_message(&olivia, wrong).await, ErrorCode::BadInput);
    }
    assert_eq!(office.history(id).await, ["START alice"]);
}

async fn a_message_that_was_thrown_finds_its_key(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&waiting("p")).await;
    let thrower = Draft::new("thrower")
        .node("startEvent", "start", "")
        .holding("intermediateThrowEvent", "tell", "", r#"<messageEventDefinition messageRef="m"/>"#)
        .node("endEvent", "end", "")
        .beside(SHIPPED)
        .flows("start > tell > end");
    office.deploys(&thrower).await;
    let [one, other] = [office.starts_about("p", "K1").await, office.starts_about("p", "K2").await];
    let told = office.starts_about("thrower", "K2").await;
    assert_eq!(office.status(told).await, InstanceStatus::Approve);
    office.happens().await;
    assert!(office.tasks(one).await.is_empty());
    assert_eq!(office.tasks(other).await, ["review bob RUNNING"]);
}

async fn two_messages_reach_two_who_wait(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&waiting("p")).await;
    let tell = r#"<messageEventDefinition messageRef="m"/>"#;
    let thrower = Draft::new("thrower")
        .node("startEvent", "start", "")
        .holding("intermediateThrowEvent", "tell", "", tell)
        .holding("intermediateThrowEvent", "again", "", tell)
        .node("endEvent", "end", "")
        .beside(SHIPPED)
        .flows("start > tell > again > end");
    office.deploys(&thrower).await;
    let [one, other] = [office.starts_about("p", "K1").await, office.starts_about("p", "K1").await];
    // Both are handed out before either has arrived: the second finds its subscriber gone.
    office.starts_about("thrower", "K1").await;
    office.happens().await;
    for id in [one, other] {
        assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    }
}

async fn a_signal_that_was_thrown_reaches_all(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hears = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", BOB)
        .xml(r#"<boundaryEvent id="event" attachedToRef="review" cancelActivity="false"><signalEventDefinition signalRef="s"/></boundaryEvent>"#)
        .user("alarmed", ANN)
        .node("endEvent", "end", "")
        .beside(SHIPPED)
        .flows("start > review > end, event > alarmed > end");
    office.deploys(&hears).await;
    let thrower = Draft::new("thrower")
        .node("startEvent", "start", "")
        .holding("endEvent", "end", "", r#"<signalEventDefinition signalRef="s"/>"#)
        .beside(SHIPPED)
        .flows("start > end");
    office.deploys(&thrower).await;
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(office.starts("alice", "p", json!({})).await);
    }
    for _ in 0..2 {
        office.starts("alice", "thrower", json!({})).await;
    }
    office.happens().await;
    for id in all {
        let alarmed = office.tasks(id).await.iter().filter(|task| task.starts_with("alarmed")).count();
        assert_eq!(alarmed, 2, "each signal once");
    }
}

/// Bob reviews for an hour, else Ann is asked.
fn hurried() -> Draft {
    let border = format!(r#"<boundaryEvent id="event" attachedToRef="review">{HOUR}</boundaryEvent>"#);
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("before", ANN)
        .user("review", BOB)
        .xml(&border)
        .user("late", ANN)
        .node("endEvent", "end", "")
        .flows("start > before > review > end, event > late > end")
}

async fn a_suspended_instance_hears_later(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&hurried()).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "before").await.unwrap();
    let (flow, admin) = (&office.workflow, actor("admin"));
    office.deed(flow.suspend(&admin, id, None).await).await.unwrap();
    office.passes("PT2H").await;
    assert_eq!(office.tasks(id).await.last().unwrap(), "review bob RUNNING");
    office.deed(flow.resume(&admin, id, None).await).await.unwrap();
    office.happens().await;
    assert_eq!(office.tasks(id).await.last().unwrap(), "late ann RUNNING");
}

async fn a_signal_for_a_suspended_instance_is_an_incident(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hears = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("intermediateCatchEvent", "wait", "", r#"<signalEventDefinition signalRef="s"/>"#)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .beside(SHIPPED)
        .flows("start > wait > review > end");
    office.deploys(&hears).await;
    let id = office.starts("alice", "p", json!({})).await;
    let (flow, admin) = (&office.workflow, actor("admin"));
    office.deed(flow.suspend(&admin, id, None).await).await.unwrap();
    office.signals("alarm", json!({"x": 1})).await;
    let incidents = office.incidents(id).await;
    assert_eq!((incidents.len(), incidents[0].message.as_str()), (1, "the instance is suspended"));
    office.deed(flow.resume(&admin, id, None).await).await.unwrap();
    refused(flow.resolve_incident(&actor("bob"), incidents[0].id).await, ErrorCode::Forbidden);
    let resolved = flow.resolve_incident(&actor("olivia"), incidents[0].id).await.unwrap();
    assert_eq!(resolved.resolved_by.as_deref(), Some("olivia"));
    refused(flow.resolve_incident(&actor("olivia"), incidents[0].id).await, ErrorCode::Conflict);
    office.happens().await;
    // Nothing of what came with it is lost.
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert_eq!(office.variables(id).await["x"], 1);
    assert!(office.incidents(id).await.is_empty());
}

async fn what_cannot_go_on_is_an_incident(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .holding("intermediateCatchEvent", "wait", "", HOUR)
        .node("exclusiveGateway", "which", "")
        .user("small", BOB)
        .user("large", BOB)
        .holding("intermediateCatchEvent", "told", "", r#"<messageEventDefinition messageRef="m"/>"#)
        .node("endEvent", "end", "")
        .beside(SHIPPED)
        .flows("start > fork > wait > which, fork > told > end, small > end, large > end")
        .flows("which > small [${sum == 1}]")
        .flows("which > large [${sum == 2}]");
    office.deploys(&draft).await;
    let id = office.starts_about("p", "K1").await;
    let begun = office.instance(id).await.revision;
    office.passes("PT1H").await;
    let incidents = office.incidents(id).await;
    assert_eq!(incidents.len(), 1);
    assert_eq!((incidents[0].node_id.as_str(), incidents[0].code.as_str()), ("wait", "CONFLICT"));
    assert!(incidents[0].message.contains("no condition of its flows holds"), "{}", incidents[0].message);
    // Who watches the instance is told of it.
    assert_eq!(office.history(id).await.last().map(String::as_str), Some("INCIDENT -"));
    assert!(office.instance(id).await.revision > begun);
    // Nothing of it was done, and the timer is not fired again and again.
    assert!(office.waits_for(id).await.contains(&"wait TIMER".to_owned()));
    office.passes("P1D").await;
    assert_eq!(office.incidents(id).await.len(), 1);
    // It is tried again when it is resumed, and that is the same incident.
    office.workflow.suspend(&actor("admin"), id, None).await.unwrap();
    office.workflow.resume(&actor("admin"), id, None).await.unwrap();
    office.happens().await;
    assert_eq!(office.incidents(id).await.len(), 1);
    office.messages("shipped", "K1", json!({"sum": 2})).await.unwrap();
    office.workflow.resolve_incident(&actor("olivia"), incidents[0].id).await.unwrap();
    office.happens().await;
    assert_eq!(office.tasks(id).await, ["large bob RUNNING"]);
}

async fn what_nobody_waits_for_is_no_incident(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hears = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", BOB)
        .xml(r#"<boundaryEvent id="event" attachedToRef="review"><signalEventDefinition signalRef="s"/></boundaryEvent>"#)
        .node("endEvent", "end", "")
        .node("endEvent", "end2", "")
        .beside(SHIPPED)
        .flows("start > review > end, event > end2");
    office.deploys(&hears).await;
    let (flow, admin) = (&office.workflow, actor("admin"));
    for is_approved in [true, false] {
        let id = office.starts("alice", "p", json!({})).await;
        flow.suspend(&admin, id, None).await.unwrap();
        office.signals("alarm", json!({})).await;
        assert_eq!(office.incidents(id).await.len(), 1);
        flow.resume(&admin, id, None).await.unwrap();
        // In any way but by the event.
        if is_approved {
            office.approves("bob", id, "review").await.unwrap();
        } else {
            office.deed(flow.cancel(&actor("alice"), id, None).await).await.unwrap();
        }
        assert!(office.incidents(id).await.is_empty(), "there is nothing left to be seen to");
    }
}

async fn an_approval_taken_back_waits_again(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let border = format!(r#"<boundaryEvent id="event" attachedToRef="review">{HOUR}</boundaryEvent>"#);
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", r#"flowable:assignee="bob" docket:allowWithdraw="true""#)
        .xml(&border)
        .user("late", ANN)
        .user("after", ANN)
        .node("endEvent", "end", "")
        .flows("start > review > after > end, event > late > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.approves("bob", id, "review").await.unwrap().id;
    assert!(office.waits_for(id).await.is_empty());
    office.deed(office.workflow.withdraw(&actor("bob"), task, None).await).await.unwrap();
    assert_eq!(office.waits_for(id).await, ["event TIMER"]);
    // From when it was waited for first.
    office.passes("PT1H").await;
    assert_eq!(office.tasks(id).await.last().unwrap(), "late ann RUNNING");
}

async fn sent_back_nobody_waits_for_what_was_left(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&hurried()).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "before").await.unwrap();
    assert_eq!(office.waits_for(id).await, ["event TIMER"]);
    office.sends_back("bob", id, "review", Some("before")).await.unwrap();
    assert!(office.waits_for(id).await.is_empty());
    office.approves("ann", id, "before").await.unwrap();
    office.passes("PT2H").await;
    // From behind the event, too.
    office.sends_back("ann", id, "late", Some("before")).await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "before ann RUNNING");
    assert!(office.waits_for(id).await.is_empty());
}

async fn two_replicas_hand_out_each_timer_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&hurried()).await;
    let mut all = Vec::new();
    for _ in 0..40 {
        let id = office.starts("alice", "p", json!({})).await;
        let task = office.open(id, "before", "ann").await.id;
        office.workflow.approve(&actor("ann"), task, crate::workflow::Decide::default()).await.unwrap();
        all.push(id);
    }
    office.clock.advance(std::time::Duration::from_secs(3_700));
    let stopping = CancellationToken::new();
    let replicas: Vec<_> = (0..3).map(|_| replica(&office, &stopping)).collect();
    let handing = replicas.iter().map(|(_, events)| events.hand_out());
    futures::future::try_join_all(handing).await.unwrap();
    office.happens().await;
    for id in all {
        let history = office.history(id).await;
        assert_eq!(history.iter().filter(|line| line.starts_with("TRIGGER")).count(), 1, "{history:?}");
        assert_eq!(office.tasks(id).await.last().unwrap(), "late ann RUNNING");
    }
}
