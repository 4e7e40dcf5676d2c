//! Events, element by element: what happens to instances that wait for something.

use serde_json::json;

use super::draft::Draft;
use super::office::Office;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;

on_both_databases!(
    a_timer_at_the_border_interrupts,
    a_timer_at_the_border_does_not_interrupt,
    what_a_cycle_has_missed_is_made_up_once,
    a_cycle_keeps_its_times,
    a_cycle_on_the_way_comes_once,
    a_timer_is_caught,
    a_date_that_has_passed_is_due,
    who_is_done_first_lets_nobody_wait,
    a_gateway_takes_the_first_event,
    errors_are_caught_where_they_belong,
    an_error_that_nobody_catches_rejects,
    an_error_of_a_called_process,
    escalations_rise,
    an_event_subprocess_interrupts,
    out_of_an_event_subprocess_it_is_sent_back_to_the_starter,
    an_event_subprocess_runs_beside,
    an_event_subprocess_ends_with_its_scope,
    a_condition_becomes_true,
    links_lead_on,
    each_body_of_a_repeated_subprocess_has_its_own_timers,
);

const ANN: &str = r#"flowable:assignee="ann""#;
const BOB: &str = r#"flowable:assignee="bob""#;

/// The definition of a timer.
fn timer(kind: &str, text: &str) -> String {
    format!("<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>")
}

/// An event at the border of `host`.
fn border(id: &str, host: &str, is_interrupting: bool, definition: &str) -> String {
    format!(
        r#"<boundaryEvent id="{id}" attachedToRef="{host}" cancelActivity="{is_interrupting}">{definition}</boundaryEvent>"#
    )
}

/// A subprocess.
fn subprocess(id: &str, attributes: &str, inner: Draft) -> String {
    format!(r#"<subProcess id="{id}" {attributes}>{}</subProcess>"#, inner.inner())
}

/// Bob reviews, and Ann is asked when something happens at the border of that.
fn reviewed(event: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", BOB)
        .xml(event)
        .user("late", ANN)
        .node("endEvent", "end", "")
        .node("endEvent", "late_end", "")
        .flows("start > review > end, event > late > late_end")
}

async fn a_timer_at_the_border_interrupts(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&reviewed(&border("event", "review", true, &timer("timeDuration", "PT2H")))).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.waits_for(id).await, ["event TIMER"]);
    office.passes("PT1H59M").await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    office.passes("PT2M").await;
    assert_eq!(office.tasks(id).await, ["review bob CANCEL", "late ann RUNNING"]);
    assert_eq!(office.history(id).await, ["START alice", "CREATE -", "TRIGGER -", "CANCEL -", "CREATE -"]);
    assert!(office.waits_for(id).await.is_empty());
    office.approves("ann", id, "late").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(office.way(id, false).await, ["start", "review", "event", "late", "late_end"]);
}

async fn a_timer_at_the_border_does_not_interrupt(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&reviewed(&border("event", "review", false, &timer("timeCycle", "R2/PT1H")))).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.passes("PT1H").await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING", "late ann RUNNING"]);
    office.passes("PT1H").await;
    office.passes("PT1H").await;
    // Twice, and not a third time.
    assert_eq!(office.tasks(id).await.len(), 3);
    assert!(office.waits_for(id).await.is_empty());
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.approves("ann", id, "late").await.unwrap();
    office.approves("ann", id, "late").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn what_a_cycle_has_missed_is_made_up_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    // Every minute; as cron has it, at its beginning.
    for every in ["R/PT1M", "0 * * * * ?", "* * * * *"] {
        office.deploys(&reviewed(&border("event", "review", false, &timer("timeCycle", every)))).await;
        let id = office.starts("alice", "p", json!({})).await;
        // Nobody has looked for a week: or the clock has jumped.
        office.passes("P7D").await;
        assert_eq!(office.tasks(id).await, ["review bob RUNNING", "late ann RUNNING"], "{every}");
        office.passes("PT61S").await;
        assert_eq!(office.tasks(id).await.len(), 3, "{every}");
        office.approves("bob", id, "review").await.unwrap();
        office.passes("P7D").await;
        assert_eq!(office.tasks(id).await.len(), 3, "nobody waits any more");
    }
}

async fn a_cycle_keeps_its_times(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&reviewed(&border("event", "review", false, &timer("timeCycle", "R/PT1H")))).await;
    let id = office.starts("alice", "p", json!({})).await;
    // Nobody has looked until ten minutes past a full hour.
    for (passes, asked) in [("P1DT10M", 2), ("PT49M", 2), ("PT1M", 3), ("PT59M", 3), ("PT1M", 4)] {
        office.passes(passes).await;
        assert_eq!(office.tasks(id).await.len(), asked, "after another {passes}");
    }
}

async fn a_cycle_on_the_way_comes_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&delayed("timeCycle", "R3/PT1H")).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.passes("PT1H").await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert!(office.waits_for(id).await.is_empty());
    office.passes("P1D").await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
}

fn delayed(kind: &str, text: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .holding("intermediateCatchEvent", "delay", "", &timer(kind, text))
        .user("review", BOB)
        .node("endEvent", "end", "")
        .flows("start > delay > review > end")
}

async fn a_timer_is_caught(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&delayed("timeDuration", "${wait}")).await;
    let id = office.starts("alice", "p", json!({"wait": "P1D"})).await;
    assert_eq!(office.way(id, true).await, ["delay"]);
    office.passes("PT23H").await;
    assert!(office.tasks(id).await.is_empty());
    office.passes("PT2H").await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    let fault = office.tries_to_start("alice", "p", json!({"wait": "tomorrow"})).await.unwrap_err();
    assert!(fault.to_string().contains("delay: "), "{fault}");
    let fault = office.tries_to_start("alice", "p", json!({})).await.unwrap_err();
    assert!(fault.to_string().contains("its timer has no value"), "{fault}");
}

async fn a_date_that_has_passed_is_due(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&delayed("timeDate", "2020-01-01T00:00:00Z")).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.happens().await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
}

async fn who_is_done_first_lets_nobody_wait(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&reviewed(&border("event", "review", true, &timer("timeDuration", "PT2H")))).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "review").await.unwrap();
    assert!(office.waits_for(id).await.is_empty());
    office.passes("P1D").await;
    assert_eq!(office.tasks(id).await, ["review bob APPROVE"]);
    let id = office.starts("alice", "p", json!({})).await;
    office.deed(office.workflow.cancel(&super::office::actor("alice"), id, None).await).await.unwrap();
    assert!(office.waits_for(id).await.is_empty());
}

async fn a_gateway_takes_the_first_event(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("eventBasedGateway", "either", "")
        .holding("intermediateCatchEvent", "paid", "", r#"<signalEventDefinition signalRef="s"/>"#)
        .holding("intermediateCatchEvent", "late", "", &timer("timeDuration", "P3D"))
        .user("thank", BOB)
        .user("remind", ANN)
        .node("endEvent", "end", "")
        .node("endEvent", "end2", "")
        .flows("start > either > paid > thank > end, either > late > remind > end2")
        .beside(r#"<signal id="s" name="paid ${businessKey}"/>"#);
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.waits_for(id).await, ["paid SIGNAL", "late TIMER"]);
    office.signals("paid ", json!({"sum": 7})).await;
    assert_eq!(office.tasks(id).await, ["thank bob RUNNING"]);
    assert!(office.waits_for(id).await.is_empty());
    assert_eq!(office.variables(id).await["sum"], 7);
    assert_eq!(office.way(id, false).await, ["start", "either", "paid", "thank"]);
    let id = office.starts("alice", "p", json!({})).await;
    office.passes("P4D").await;
    assert_eq!(office.tasks(id).await, ["remind ann RUNNING"]);
    office.signals("paid ", json!({})).await;
    assert_eq!(office.tasks(id).await, ["remind ann RUNNING"]);
}

/// Bob checks in a subprocess, which throws an error of the code that he is given.
fn checked(ends: &str, borders: &str) -> Draft {
    let inner = Draft::default()
        .node("startEvent", "inner", "")
        .user("check", BOB)
        .node("parallelGateway", "fork", "")
        .user("beside", ANN)
        .xml(ends)
        .node("endEvent", "beside_end", "")
        .flows("inner > check > fork > thrown, fork > beside > beside_end");
    Draft::new("p")
        .node("startEvent", "start", "")
        .xml(&subprocess("sub", "", inner))
        .xml(borders)
        .user("after", ANN)
        .user("named", ANN)
        .user("any", ANN)
        .node("endEvent", "end", "")
        .beside(r#"<error id="e" errorCode="E1"/><error id="other" errorCode="E2"/><escalation id="c" escalationCode="C1"/>"#)
        .flows("start > sub > after > end, at_named > named > end, at_any > any > end")
}

async fn errors_are_caught_where_they_belong(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let named = border("at_named", "sub", true, r#"<errorEventDefinition errorRef="e"/>"#);
    let any = border("at_any", "sub", true, r#"<errorEventDefinition flowable:errorCodeVariable="code"/>"#);
    for (thrown, expected) in [("e", "named"), ("other", "any")] {
        let thrown =
            format!(r#"<endEvent id="thrown"><errorEventDefinition errorRef="{thrown}"/></endEvent>"#);
        office.deploys(&checked(&thrown, &format!("{any}{named}"))).await;
        let id = office.starts("alice", "p", json!({})).await;
        office.approves("bob", id, "check").await.unwrap();
        let tasks = office.tasks(id).await;
        // What went on beside it in the subprocess goes.
        assert_eq!(tasks, ["check bob APPROVE", &format!("{expected} ann RUNNING")], "{tasks:?}");
        // Who catches any code learns which it was.
        let code = (expected == "any").then(|| json!("E2"));
        assert_eq!(office.variables(id).await.get("code").cloned(), code);
        office.approves("ann", id, expected).await.unwrap();
        assert_eq!(office.status(id).await, InstanceStatus::Approve);
    }
}

async fn an_error_that_nobody_catches_rejects(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let thrown = r#"<endEvent id="thrown"><errorEventDefinition errorRef="other"/></endEvent>"#;
    let named = border("at_named", "sub", true, r#"<errorEventDefinition errorRef="e"/>"#);
    let also = border("at_any", "sub", true, r#"<escalationEventDefinition escalationRef="c"/>"#);
    office.deploys(&checked(thrown, &format!("{named}{also}"))).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "check").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
    let reason = office.instance(id).await.reason;
    assert_eq!(reason.as_deref(), Some("the error E2 was caught by nothing"));
}

async fn an_error_of_a_called_process(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let child = Draft::new("child")
        .node("startEvent", "start", "")
        .user("check", BOB)
        .holding("endEvent", "end", "", r#"<errorEventDefinition errorRef="e"/>"#)
        .beside(r#"<error id="e" errorCode="E1"/>"#)
        .flows("start > check > end");
    office.deploys(&child).await;
    let parent = Draft::new("p")
        .node("startEvent", "start", "")
        .node("callActivity", "call", r#"calledElement="child""#)
        .xml(&border("failed", "call", true, r#"<errorEventDefinition errorRef="e"/>"#))
        .user("mend", ANN)
        .node("endEvent", "end", "")
        .node("endEvent", "end2", "")
        .beside(r#"<error id="e" errorCode="E1"/>"#)
        .flows("start > call > end, failed > mend > end2");
    office.deploys(&parent).await;
    let id = office.starts("alice", "p", json!({})).await;
    let child = office.child(id).await;
    office.approves("bob", child, "check").await.unwrap();
    assert_eq!(office.status(child).await, InstanceStatus::Reject);
    assert_eq!(office.tasks(id).await, ["mend ann RUNNING"]);
}

async fn escalations_rise(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let named = |interrupts| {
        border("at_named", "sub", interrupts, r#"<escalationEventDefinition escalationRef="c"/>"#)
    };
    let any = border("at_any", "sub", true, "<errorEventDefinition/>");
    let thrown = r#"<endEvent id="thrown"><escalationEventDefinition escalationRef="c"/></endEvent>"#;
    office.deploys(&checked(thrown, &format!("{any}{}", named(false)))).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "check").await.unwrap();
    // What is beside goes on.
    assert_eq!(office.tasks(id).await, ["check bob APPROVE", "beside ann RUNNING", "named ann RUNNING"]);
    office.approves("ann", id, "beside").await.unwrap();
    office.approves("ann", id, "after").await.unwrap();
    office.approves("ann", id, "named").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    office.deploys(&checked(thrown, &format!("{any}{}", named(true)))).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "check").await.unwrap();
    assert_eq!(office.tasks(id).await, ["check bob APPROVE", "named ann RUNNING"]);
}

/// Bob reviews, and an event subprocess asks Ann.
fn watched(is_interrupting: bool, definition: &str) -> Draft {
    let start =
        format!(r#"<startEvent id="event" isInterrupting="{is_interrupting}">{definition}</startEvent>"#);
    let inner = Draft::default().xml(&start).user("handle", ANN).node("endEvent", "handled", "");
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", BOB)
        .node("endEvent", "end", "")
        .xml(&subprocess("watch", r#"triggeredByEvent="true""#, inner.flows("event > handle > handled")))
        .beside(r#"<signal id="s" name="alarm"/>"#)
        .flows("start > review > end")
}

async fn an_event_subprocess_interrupts(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&watched(true, r#"<signalEventDefinition signalRef="s"/>"#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.signals("alarm", json!({})).await;
    assert_eq!(office.tasks(id).await, ["review bob CANCEL", "handle ann RUNNING"]);
    office.signals("alarm", json!({})).await;
    assert_eq!(office.tasks(id).await.len(), 2, "once");
    office.approves("ann", id, "handle").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn out_of_an_event_subprocess_it_is_sent_back_to_the_starter(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for is_interrupting in [true, false] {
        let definition = r#"<signalEventDefinition signalRef="s"/>"#;
        office.deploys(&watched(is_interrupting, definition)).await;
        let id = office.starts("alice", "p", json!({})).await;
        office.signals("alarm", json!({})).await;
        office.sends_back("ann", id, "handle", None).await.unwrap();
        assert_eq!(office.tasks(id).await.last().unwrap(), "start alice RUNNING");
        office.approves("alice", id, "start").await.unwrap();
        assert_eq!(office.tasks(id).await.last().unwrap(), "review bob RUNNING");
        // It may happen again.
        assert_eq!(office.waits_for(id).await, ["event SIGNAL"]);
        office.signals("alarm", json!({})).await;
        assert_eq!(office.tasks(id).await.last().unwrap(), "handle ann RUNNING");
    }
}

async fn an_event_subprocess_runs_beside(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&watched(false, r#"<signalEventDefinition signalRef="s"/>"#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.signals("alarm", json!({})).await;
    office.signals("alarm", json!({})).await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING", "handle ann RUNNING", "handle ann RUNNING"]);
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.approves("ann", id, "handle").await.unwrap();
    office.approves("ann", id, "handle").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    // Nobody waits for it any more.
    assert!(office.waits_for(id).await.is_empty());
}

async fn an_event_subprocess_ends_with_its_scope(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let handler = Draft::default()
        .xml(&format!(r#"<startEvent id="event">{}</startEvent>"#, timer("timeDuration", "PT1H")))
        .user("handle", ANN)
        .node("endEvent", "handled", "")
        .flows("event > handle > handled");
    let inner = Draft::default()
        .node("startEvent", "inner", "")
        .user("review", BOB)
        .node("endEvent", "inner_end", "")
        .xml(&subprocess("watch", r#"triggeredByEvent="true""#, handler))
        .flows("inner > review > inner_end");
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .xml(&subprocess("sub", "", inner))
        .user("after", BOB)
        .node("endEvent", "end", "")
        .flows("start > sub > after > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.waits_for(id).await, ["event TIMER"]);
    office.approves("bob", id, "review").await.unwrap();
    assert!(office.waits_for(id).await.is_empty());
    let id = office.starts("alice", "p", json!({})).await;
    office.passes("PT1H").await;
    assert_eq!(office.tasks(id).await, ["review bob CANCEL", "handle ann RUNNING"]);
    office.approves("ann", id, "handle").await.unwrap();
    // The subprocess is done, and the process goes on behind it.
    assert_eq!(office.tasks(id).await.last().unwrap(), "after bob RUNNING");
}

async fn a_condition_becomes_true(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let condition =
        "<conditionalEventDefinition><condition>${sum > 10}</condition></conditionalEventDefinition>";
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("review", BOB)
        .xml(&border("event", "review", false, condition))
        .user("change", ANN)
        .user("more", ANN)
        .user("large", ANN)
        .node("endEvent", "end", "")
        .flows("start > fork > review > end, fork > change > more > end, event > large > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"sum": 3})).await;
    let with = |sum: i64| crate::workflow::Decide {
        form_data: json!({"sum": sum}).as_object().unwrap().clone(),
        ..crate::workflow::Decide::default()
    };
    let flow = &office.workflow;
    let ann = super::office::actor("ann");
    let task = office.open(id, "change", "ann").await.id;
    office.deed(flow.approve(&ann, task, with(11)).await).await.unwrap();
    assert!(office.tasks(id).await.contains(&"large ann RUNNING".to_owned()));
    let task = office.open(id, "more", "ann").await.id;
    office.deed(flow.approve(&ann, task, with(12)).await).await.unwrap();
    let large = office.tasks(id).await.into_iter().filter(|task| task.starts_with("large")).count();
    assert_eq!(large, 1, "it was true before");
    // True from the beginning, it happens at once.
    let id = office.starts("alice", "p", json!({"sum": 30})).await;
    assert!(office.tasks(id).await.contains(&"large ann RUNNING".to_owned()));
}

async fn links_lead_on(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("intermediateThrowEvent", "away", "", r#"<linkEventDefinition name="L"/>"#)
        .holding("intermediateCatchEvent", "here", "", r#"<linkEventDefinition name="L"/>"#)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .flows("start > away, here > review > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.way(id, false).await, ["start", "away", "here", "review"]);
}

async fn each_body_of_a_repeated_subprocess_has_its_own_timers(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let inner = Draft::default()
        .node("startEvent", "inner", "")
        .user("review", r#"flowable:assignee="${who}""#)
        .xml(&border("event", "review", true, &timer("timeDuration", "${wait[loopCounter]}")))
        .user("late", ANN)
        .node("endEvent", "inner_end", "")
        .node("endEvent", "late_end", "")
        .flows("inner > review > inner_end, event > late > late_end");
    let many =
        r#"<multiInstanceLoopCharacteristics flowable:collection="people" flowable:elementVariable="who"/>"#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .xml(&format!(r#"<subProcess id="sub">{many}{}</subProcess>"#, inner.inner()))
        .node("endEvent", "end", "")
        .flows("start > sub > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"people": ["bob", "cat"], "wait": ["PT1H", "PT5H"]})).await;
    assert_eq!(office.waits_for(id).await.len(), 2);
    office.passes("PT1H").await;
    assert_eq!(office.tasks(id).await, ["review bob CANCEL", "review cat RUNNING", "late ann RUNNING"]);
}
