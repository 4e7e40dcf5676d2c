//! What comes from outside is bounded, as `docs/approvals.md` says: the most is taken, one more is
//! refused at its field.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor};
use super::page::bound;
use crate::kernel::{ErrorCode, Fault};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::StartProcess;
use crate::workflow::execution::MOST_ASKED;
use crate::workflow::task::{Decide, Sign};

on_both_databases!(
    what_is_said_of_a_task,
    whom_one_names,
    what_an_instance_begins_with,
    how_much_one_step_does,
    how_many_are_called,
);

const BOB: &str = r#"flowable:assignee="bob""#;

fn field<T>(done: Result<T, Fault>) -> String {
    let fault = done.err().expect("this must be refused");
    fault.details()["field"].as_str().unwrap().to_owned()
}

fn people(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("p{number}")).collect()
}

async fn begun(scratch: Scratch) -> (Office, Uuid) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    (office, task)
}

async fn what_is_said_of_a_task(scratch: Scratch) {
    let (office, task) = begun(scratch).await;
    let (flow, bob) = (&office.workflow, actor("bob"));
    let most = bound("a comment or a reason");
    // Characters, not bytes.
    flow.comment(&bob, task, "字".repeat(most), &[]).await.unwrap();
    assert_eq!(field(flow.comment(&bob, task, "字".repeat(most + 1), &[]).await), "comment");
    let said = Decide { comment: Some("x".repeat(most + 1)), ..Decide::default() };
    assert_eq!(field(flow.reject(&bob, task, said).await), "comment");
    let most = bound("files attached to one thing said");
    let file = office.uploads("bob").await;
    flow.comment(&bob, task, "see".to_owned(), &vec![file; most]).await.unwrap();
    let too_many = vec![file; most + 1];
    assert_eq!(field(flow.comment(&bob, task, "see".to_owned(), &too_many).await), "attachments");
    let most = bound("a draft");
    let draft = |length: usize| {
        let empty = json!({"formData": {"a": ""}, "comment": null}).to_string().len();
        json!({"a": "x".repeat(length - empty)}).as_object().unwrap().clone()
    };
    flow.save_draft(&bob, task, draft(most), None).await.unwrap();
    assert_eq!(field(flow.save_draft(&bob, task, draft(most + 1), None).await), "formData");
}

async fn whom_one_names(scratch: Scratch) {
    let (office, task) = begun(scratch).await;
    let (flow, bob) = (&office.workflow, actor("bob"));
    let most = bound("people to whom a task is shown at once");
    flow.copy(&bob, task, &people(most), None).await.unwrap();
    assert_eq!(field(flow.copy(&bob, task, &people(most + 1), None).await), "userIds");
    let most = bound("signers that are added at once");
    assert_eq!(field(flow.add_signers(&bob, task, Sign::After, &people(most + 1), None).await), "userIds");
    flow.add_signers(&bob, task, Sign::After, &people(most), None).await.unwrap();
    office.audit().await;
}

async fn what_an_instance_begins_with(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let (flow, alice) = (&office.workflow, actor("alice"));
    let start = || StartProcess { definition_key: "p".to_owned(), ..StartProcess::default() };
    let with = |variables: Map<String, Value>| StartProcess { variables, ..start() };
    let one = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
    let many = |count: usize| people(count).into_iter().map(|name| (name, Value::Null)).collect();
    let most = bound("variables or fields in one call");
    flow.start(Some(&alice), with(many(most))).await.unwrap();
    assert_eq!(field(flow.start(Some(&alice), with(many(most + 1))).await), "variables");
    let most = bound("a variable's name");
    flow.start(Some(&alice), with(one(&"n".repeat(most), Value::Null))).await.unwrap();
    let longer = "n".repeat(most + 1);
    assert!(
        field(flow.start(Some(&alice), with(one(&longer, Value::Null))).await).starts_with("variables.n")
    );
    // With its status, which it has itself.
    let most = bound("an instance's variables, as JSON");
    let fits = |length: usize| one("a", "x".repeat(length).into());
    flow.start(Some(&alice), with(fits(most - 100))).await.unwrap();
    assert_eq!(field(flow.start(Some(&alice), with(fits(most))).await), "variables");
    let most = bound("a business key");
    let about = |length: usize| StartProcess { business_key: Some("k".repeat(length)), ..start() };
    flow.start(Some(&alice), about(most)).await.unwrap();
    assert_eq!(field(flow.start(Some(&alice), about(most + 1)).await), "businessKey");
    let most = bound("nodes for which approvers are chosen, and approvers for one");
    let chosen = r#"docket:approverStrategy="STARTER_CHOICE""#;
    let ids = people(most);
    let each = Draft::new("chosen").node("startEvent", "start", "").node("endEvent", "end", "");
    let each = ids.iter().fold(each, |each, id| each.user(id, chosen));
    office.deploys(&each.flows(&format!("start > {} > end", ids.join(" > ")))).await;
    office.deploys(&one_step("one", chosen)).await;
    let choose = |count: usize| StartProcess {
        definition_key: "one".to_owned(),
        approvers: one("review", json!(people(count))),
        ..start()
    };
    flow.start(Some(&alice), choose(most)).await.unwrap();
    assert_eq!(field(flow.start(Some(&alice), choose(most + 1)).await), "approvers.review");
    let nodes = |count: usize| {
        let approvers = people(count).into_iter().map(|node| (node, json!(["bob"]))).collect();
        StartProcess { definition_key: "chosen".to_owned(), approvers, ..start() }
    };
    flow.start(Some(&alice), nodes(most)).await.unwrap();
    assert!(field(flow.start(Some(&alice), nodes(most + 1)).await).starts_with("approvers.p"));
}

/// A process with one activity that is executed as often as `n` says.
fn often(key: &str, kind: &str, attributes: &str, inner: &str) -> Draft {
    let many = "<multiInstanceLoopCharacteristics><loopCardinality>${n}</loopCardinality>\
                </multiInstanceLoopCharacteristics>";
    Draft::new(key)
        .node("startEvent", "start", "")
        .holding(kind, "often", attributes, &format!("{many}{inner}"))
        .node("endEvent", "end", "")
        .flows("start > often > end")
}

async fn how_much_one_step_does(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&often("work", "manualTask", "", "")).await;
    // The start and the end of the subprocess are nodes too.
    for (key, tasks) in [("rests", 17), ("restless", 18)] {
        let names: Vec<_> = (0..tasks).map(|number| format!("task{number}")).collect();
        let inner = Draft::new("x").node("startEvent", "s", "").node("endEvent", "e", "");
        let inner = names.iter().fold(inner, |inner, name| inner.node("manualTask", name, ""));
        let inner = inner.flows(&format!("s > {} > e", names.join(" > "))).inner();
        office.deploys(&often(key, "subProcess", "", &inner)).await;
    }
    let (bodies, nodes) =
        (bound("bodies of a multi-instance or a loop"), bound("nodes that one step passes without rest"));
    assert_eq!((bodies * 20, nodes), (nodes, 20_000));
    assert_eq!(bound("tasks that one step makes"), MOST_ASKED);
    office.starts_often("work", bodies).await.unwrap();
    let refused = office.starts_often("work", bodies + 1).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Conflict, "{refused}");
    office.starts_often("rests", bodies).await.unwrap();
    let refused = office.starts_often("restless", bodies).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Conflict, "{refused}");
}

async fn how_many_are_called(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&caller("itself", "itself")).await;
    let nothing =
        Draft::new("child").node("startEvent", "start", "").node("endEvent", "end", "").flows("start > end");
    office.deploys(&nothing).await;
    let many = "<multiInstanceLoopCharacteristics><loopCardinality>${n}</loopCardinality>\
                </multiInstanceLoopCharacteristics>";
    let calls = Draft::new("calls")
        .node("startEvent", "start", "")
        .holding("callActivity", "some", r#"calledElement="child""#, many)
        .holding("callActivity", "others", r#"calledElement="child""#, many)
        .node("endEvent", "end", "")
        .flows("start > some > others > end");
    office.deploys(&calls).await;
    let deepest = bound("instances of which each has called the next");
    let refused = office.starts_often("itself", 1).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Conflict);
    assert!(refused.message().contains(&format!("more than {deepest} instances")), "{refused}");
    let most = bound("instances that one step calls");
    office.starts_often("calls", most / 2).await.unwrap();
    let refused = office.starts_often("calls", most / 2 + 1).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Conflict);
    assert!(refused.message().contains(&format!("more than {most} processes")), "{refused}");
}

impl Office {
    async fn starts_often(&self, key: &str, count: usize) -> Result<(), Fault> {
        let start = StartProcess {
            definition_key: key.to_owned(),
            variables: json!({ "n": count }).as_object().unwrap().clone(),
            ..StartProcess::default()
        };
        self.workflow.start(Some(&actor("alice")), start).await.map(drop)
    }
}
