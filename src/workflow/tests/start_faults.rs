//! What cannot begin, and what begins with nobody who has started it.

use serde_json::json;

use super::draft::{Draft, caller};
use super::happening::sent;
use super::office::{Office, actor, refused};
use super::start_events::{BOB, DECLARED, MESSAGE, SIGNAL, begun_by, timer};
use crate::kernel::{ErrorCode, Fault, PageRequest};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{InstanceStatus, Sent, StartIncident};

on_both_databases!(
    nobody_is_the_starter,
    what_needs_the_starter_to_go_on_says_so,
    what_cannot_begin_is_an_incident,
    a_timer_that_cannot_begin_waits_for_somebody,
    another_version_lets_an_incident_of_a_timer_be,
    a_record_that_is_being_decided_begins_no_other,
    what_begins_by_events_alone_is_not_called,
    who_sees_what_could_not_begin,
);

impl Office {
    async fn start_incidents(&self) -> Vec<StartIncident> {
        let page = PageRequest { limit: 100, backwards: false, after: None, before: None };
        let page = self.workflow.open_start_incidents(&actor("olivia"), &page).await.unwrap();
        let rows: Vec<_> = page.edges.into_iter().map(|edge| edge.node).collect();
        let count = self.workflow.count_open_start_incidents(&actor("olivia")).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), rows.len());
        rows
    }

    async fn resolves(&self, incident: &StartIncident) -> Result<StartIncident, Fault> {
        let resolved = self.workflow.resolve_start_incident(&actor("olivia"), incident.id).await?;
        self.happens().await;
        Ok(resolved)
    }
}

async fn nobody_is_the_starter(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.people("id,name\nd,Dept\n", "id,name,departments\nbob,Bob,d\n").await;
    for (key, attributes) in [
        ("expression", r#"flowable:assignee="${initiator}""#),
        ("strategy", r#"docket:approverStrategy="STARTER""#),
        ("leader", r#"docket:approverStrategy="STARTER_LEADER""#),
        ("leaders", r#"docket:approverStrategy="STARTER_MULTI_LEVEL_LEADER" docket:levels="2""#),
        ("choice", r#"docket:approverStrategy="STARTER_CHOICE""#),
    ] {
        let asking = |more: &str| {
            Draft::new(key)
                .holding("startEvent", "begun", "", SIGNAL)
                .user("review", &format!("{attributes} {more}"))
                .node("endEvent", "end", "")
                .beside(DECLARED)
                .flows("begun > review > end")
        };
        // As where nobody is found: the administrators, or what the node says.
        office.deploys(&asking("")).await;
        office.signals("alarm", json!({})).await;
        let first = office.instances_of(key).await.pop().unwrap().id;
        assert_eq!(office.tasks(first).await, ["review ? RUNNING"], "{key}");
        let task = office.open(first, "review", "admin").await;
        office.workflow.claim(&actor("admin"), task.id).await.unwrap();
        office.deploys(&asking(r#"docket:nobody="APPROVE""#)).await;
        office.signals("alarm", json!({})).await;
        let second = office.instances_of(key).await.pop().unwrap().id;
        assert_eq!(office.status(second).await, InstanceStatus::Approve, "{key}");
        office.deploys(&super::draft::one_step(key, BOB)).await;
    }
}

async fn what_needs_the_starter_to_go_on_says_so(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("p", &timer("timeDuration", "PT1H"))).await;
    office.passes("PT1H").await;
    let id = office.instances_of("p").await[0].id;
    let fault = refused(office.sends_back("bob", id, "review", None).await, ErrorCode::BadInput);
    assert!(fault.to_string().contains("there is nobody to return to"), "{fault}");
    // Only an ADMIN cancels what nobody has started.
    refused(office.workflow.cancel(&actor("bob"), id, Some("no".into())).await, ErrorCode::Forbidden);
    let cancelled = office.workflow.cancel(&actor("admin"), id, Some("not needed".into())).await;
    office.deed(cancelled).await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Cancel);
}

/// Begins by something, and goes on only where the sum is known, or `more` says otherwise.
fn choosy(key: &str, definition: &str, more: &str) -> Draft {
    let is_large = if more.is_empty() { "which > large [${sum == 2}]" } else { "which > large" };
    Draft::new(key)
        .holding("startEvent", "begun", "", definition)
        .node("exclusiveGateway", "which", more)
        .user("small", BOB)
        .user("large", BOB)
        .node("endEvent", "end", "")
        .beside(DECLARED)
        .flows("begun > which, small > end, large > end")
        .flows("which > small [${sum == 1}]")
        .flows(is_large)
}

async fn what_cannot_begin_is_an_incident(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&choosy("p", SIGNAL, "")).await;
    office.signals("alarm", json!({"sum": 3})).await;
    assert!(office.instances_of("p").await.is_empty());
    let incidents = office.start_incidents().await;
    assert_eq!(incidents.len(), 1);
    assert_eq!((incidents[0].node_id.as_str(), incidents[0].code.as_str()), ("begun", "CONFLICT"));
    assert!(incidents[0].message.contains("no condition of its flows holds"), "{}", incidents[0].message);
    // Tried again it fails again.
    let resolved = office.resolves(&incidents[0]).await.unwrap();
    assert_eq!(resolved.resolved_by.as_deref(), Some("olivia"));
    refused(office.resolves(&incidents[0]).await, ErrorCode::Conflict);
    let incidents = office.start_incidents().await;
    assert_eq!(incidents.len(), 1);
    // Of a version that is mended it begins, with all that came with it, and once.
    office.deploys(&choosy("p", SIGNAL, r#"default="which_large""#)).await;
    assert_eq!(office.start_incidents().await.len(), 1, "what was told is not forgotten");
    office.resolves(&incidents[0]).await.unwrap();
    office.happens().await;
    let begun = office.instances_of("p").await;
    assert_eq!(begun.len(), 1);
    assert_eq!(office.variables(begun[0].id).await["sum"], 3);
    assert!(office.start_incidents().await.is_empty());
    // Who sends a message is told at once, and it is nobody else's matter.
    office.deploys(&choosy("q", MESSAGE, "")).await;
    let message = Sent { business_key: Some("K1".into()), ..sent("ordered", json!({})) };
    refused(office.workflow.send_message(&actor("olivia"), message).await, ErrorCode::Conflict);
    assert!(office.start_incidents().await.is_empty() && office.instances_of("q").await.is_empty());
}

async fn a_timer_that_cannot_begin_waits_for_somebody(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&caller("p", "child")).await;
    let calling = Draft::new("p")
        .holding("startEvent", "begun", "", &timer("timeCycle", "R2/PT1H"))
        .node("callActivity", "call", r#"calledElement="child""#)
        .node("endEvent", "end", "")
        .flows("begun > call > end");
    office.deploys(&calling).await;
    office.passes("PT1H").await;
    let incidents = office.start_incidents().await;
    assert_eq!(incidents.len(), 1);
    assert!(incidents[0].message.contains("no process child"), "{}", incidents[0].message);
    // It is not begun again and again, nor does it pile up.
    office.passes("P1D").await;
    assert_eq!(office.start_incidents().await.len(), 1);
    assert_eq!(office.begins_by("p").await, ["begun TIMER"]);
    office.deploys(&super::draft::one_step("child", BOB)).await;
    office.resolves(&incidents[0]).await.unwrap();
    assert_eq!(office.instances_of("p").await.len(), 1);
    assert!(office.start_incidents().await.is_empty());
    office.passes("PT1H").await;
    assert_eq!(office.instances_of("p").await.len(), 2);
    assert!(office.begins_by("p").await.is_empty());
}

async fn another_version_lets_an_incident_of_a_timer_be(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&choosy("p", &timer("timeDuration", "PT1H"), "")).await;
    office.passes("PT1H").await;
    let incidents = office.start_incidents().await;
    assert_eq!(incidents.len(), 1);
    office.deploys(&choosy("p", &timer("timeDuration", "PT1H"), r#"default="which_large""#)).await;
    assert!(office.start_incidents().await.is_empty());
    refused(office.resolves(&incidents[0]).await, ErrorCode::Conflict);
    office.passes("PT1H").await;
    assert_eq!(office.instances_of("p").await.len(), 1);
}

async fn a_record_that_is_being_decided_begins_no_other(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("p", MESSAGE).with(r#"docket:businessType="order""#)).await;
    let message = || Sent { business_key: Some("K1".into()), ..sent("ordered", json!({})) };
    let flow = &office.workflow;
    let keyless = flow.send_message(&actor("olivia"), sent("ordered", json!({}))).await;
    assert_eq!(refused(keyless, ErrorCode::BadInput).details()["field"], "businessKey");
    let olivia = actor("olivia");
    let (one, other) =
        futures::join!(flow.send_message(&olivia, message()), flow.send_message(&olivia, message()));
    let (begun, refusal) = if one.is_ok() { (one, other) } else { (other, one) };
    begun.unwrap();
    refused(refusal, ErrorCode::Conflict);
    office.audit().await;
    assert_eq!(office.instances_of("p").await.len(), 1);
}

async fn what_begins_by_events_alone_is_not_called(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("child", SIGNAL)).await;
    office.deploys(&caller("p", "child")).await;
    let fault = refused(office.tries_to_start("alice", "p", json!({})).await, ErrorCode::Conflict);
    assert!(fault.to_string().contains("child begins by events alone"), "{fault}");
}

async fn who_sees_what_could_not_begin(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&choosy("p", SIGNAL, "")).await;
    office.signals("alarm", json!({})).await;
    let incident = &office.start_incidents().await[0];
    let flow = &office.workflow;
    let page = PageRequest { limit: 1, backwards: false, after: None, before: None };
    for user in ["alice", "bob"] {
        refused(flow.open_start_incidents(&actor(user), &page).await, ErrorCode::Forbidden);
        refused(flow.count_open_start_incidents(&actor(user)).await, ErrorCode::Forbidden);
        refused(flow.resolve_start_incident(&actor(user), incident.id).await, ErrorCode::Forbidden);
    }
    let unknown = uuid::Uuid::now_v7();
    refused(flow.resolve_start_incident(&actor("olivia"), unknown).await, ErrorCode::NotFound);
    let astray = PageRequest { after: Some("x".into()), ..page };
    refused(flow.open_start_incidents(&actor("olivia"), &astray).await, ErrorCode::BadInput);
}
