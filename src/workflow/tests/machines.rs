//! Tasks of machines: what each of their elements does, on both databases.

use serde_json::json;

use super::draft::Draft;
use super::office::{Office, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;

on_both_databases!(
    a_script_works_something_out,
    a_script_that_fails_leaves_everything_as_it_was,
    an_expression_is_a_service,
    a_send_task_tells_a_message,
    a_receive_task_waits_for_a_message,
    a_machines_task_is_looked_ahead_through,
);

const BOB: &str = r#"flowable:assignee="bob""#;

/// One node, then Bob.
fn with(kind: &str, attributes: &str, inner: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .holding(kind, "machine", attributes, inner)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .beside(r#"<message id="m" name="shipped"/>"#)
        .flows("start > machine > review > end")
}

async fn a_script_works_something_out(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let cel = "<script>{'total': lines.map(l, l.price)[0] + 1, 'big': size(lines) > 1}</script>";
    office.deploys(&with("scriptTask", r#"scriptFormat="cel""#, cel)).await;
    let lines = json!({"lines": [{"price": 3}, {"price": 4}]});
    let id = office.starts("alice", "p", lines.clone()).await;
    let variables = office.variables(id).await;
    assert_eq!((&variables["total"], &variables["big"]), (&json!(4), &json!(true)));
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);

    let named = r#"scriptFormat="CEL" flowable:resultVariable="prices""#;
    office.deploys(&with("scriptTask", named, "<script>lines.map(l, l.price)</script>")).await;
    let id = office.starts("alice", "p", lines).await;
    assert_eq!(office.variables(id).await["prices"], json!([3, 4]));

    let juel =
        with("scriptTask", r#"scriptFormat="juel" flowable:resultVariable="x""#, "<script>${1 / 2}</script>");
    office.deploys(&juel).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.variables(id).await["x"], json!(0.5));
}

async fn a_script_that_fails_leaves_everything_as_it_was(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for script in ["missing + 1", "1 / 0", "[1]", "{'PROCESS_STATUS': 2}", "{'': 1}"] {
        let script = format!("<script>{script}</script>");
        office.deploys(&with("scriptTask", r#"scriptFormat="cel""#, &script)).await;
        let refusal = office.tries_to_start("alice", "p", json!({})).await;
        let fault = refused(refusal, ErrorCode::Conflict);
        assert!(fault.message().contains("machine"), "{fault}");
    }
    assert!(office.everything().await.is_empty(), "nothing was started");
}

async fn an_expression_is_a_service(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let attributes = r#"flowable:expression="${amount * 2}" flowable:resultVariable="double""#;
    office.deploys(&with("serviceTask", attributes, "")).await;
    let id = office.starts("alice", "p", json!({"amount": 21})).await;
    assert_eq!(office.variables(id).await["double"], 42);
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
}

async fn a_send_task_tells_a_message(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let waiting = Draft::new("waiting")
        .node("startEvent", "start", "")
        .node("receiveTask", "wait", r#"messageRef="m""#)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .beside(r#"<message id="m" name="shipped"/>"#)
        .flows("start > wait > review > end");
    office.deploys(&waiting).await;
    let [one, other] =
        [office.starts_about("waiting", "K1").await, office.starts_about("waiting", "K2").await];
    office.deploys(&with("sendTask", r#"messageRef="m""#, "")).await;
    let sender = office.starts_about("p", "K1").await;
    assert_eq!(office.tasks(sender).await, ["review bob RUNNING"]);
    office.happens().await;
    assert_eq!(office.tasks(one).await, ["review bob RUNNING"]);
    assert!(office.tasks(other).await.is_empty());
}

async fn a_receive_task_waits_for_a_message(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&with("receiveTask", r#"messageRef="m""#, "")).await;
    let id = office.starts_about("p", "K").await;
    assert_eq!(office.waits_for(id).await, ["machine MESSAGE"]);
    assert_eq!(office.messages("shipped", "K", json!({"parcel": 7})).await.unwrap(), id);
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert_eq!(office.variables(id).await["parcel"], 7);
    // Without a message of its own it waits for one of its name.
    office.deploys(&with("receiveTask", "", "")).await;
    let id = office.starts_about("p", "L").await;
    assert_eq!(office.messages("machine", "L", json!({})).await.unwrap(), id);
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    // An activity: with a border, and repeated.
    let hour = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
    let bordered = with("receiveTask", "", "")
        .holding("boundaryEvent", "late", r#"attachedToRef="machine""#, hour)
        .user("chase", BOB)
        .flows("late > chase > end");
    office.deploys(&bordered).await;
    let id = office.starts_about("p", "M").await;
    office.passes("PT2H").await;
    assert_eq!(office.tasks(id).await, ["chase bob RUNNING"]);
    refused(office.messages("machine", "M", json!({})).await, ErrorCode::NotFound);
    office.approves("bob", id, "chase").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn a_machines_task_is_looked_ahead_through(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&with("serviceTask", r#"docket:topic="pack""#, "")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let ahead = office.workflow.look_ahead(&office.instance(id).await).await.unwrap();
    let nodes: Vec<_> = ahead.nodes.iter().map(|node| node.node_id.as_str()).collect();
    assert_eq!(nodes, ["review"]);
}
