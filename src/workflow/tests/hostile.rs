//! What people try who do not mean well, and what a careless model lets them.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::draft::{Draft, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::{ErrorCode, Fault};
use crate::storage::entity::task;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::{Action, Decide};
use crate::workflow::{InstanceStatus, StartProcess};

on_both_databases!(
    an_instance_that_is_full_can_still_end,
    whoever_writes_a_field_writes_it_right,
    without_a_form_nobody_writes_what_the_forms_have,
    every_fault_of_a_form_is_told_at_once,
    nobody_becomes_the_starter_by_a_variable,
    what_is_no_user_is_nobody,
    forms_are_for_whom_they_concern,
    the_starter_does_not_claim_what_others_decide,
    who_leads_a_department_does_not_stand_in_for_themselves,
    a_crowd_is_asked_at_once,
    reasons_are_bounded_everywhere,
    what_was_sent_back_is_mended_or_cancelled,
    who_has_no_name_starts_so_many_a_minute,
);

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn at(fault: &Fault) -> (ErrorCode, Value) {
    (fault.code(), fault.details()["field"].clone())
}

/// As many variables as there may be.
async fn full(office: &Office) -> Uuid {
    let mut length = 256 * 1024;
    loop {
        match office.tries_to_start("alice", "p", json!({ "x": "y".repeat(length) })).await {
            Ok(id) => return id,
            Err(fault) => assert_eq!(fault.code(), ErrorCode::BadInput),
        }
        length -= 1;
    }
}

async fn an_instance_that_is_full_can_still_end(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    let approved = full(&office).await;
    office.approves("bob", approved, "review").await.unwrap();
    let rejected = full(&office).await;
    office.rejects("bob", rejected, "review", &"n".repeat(4_000)).await.unwrap();
    let cancelled = full(&office).await;
    let reason = Some("r".repeat(4_000));
    office.deed(office.workflow.cancel(&actor("admin"), cancelled, reason).await).await.unwrap();
    let ends = [approved, rejected, cancelled].map(|id| office.status(id));
    let expected = [InstanceStatus::Approve, InstanceStatus::Reject, InstanceStatus::Cancel];
    for (end, expected) in ends.into_iter().zip(expected) {
        assert_eq!(end.await, expected);
    }
    // Whoever decides makes it no larger.
    let id = full(&office).await;
    let task = office.open(id, "review", "bob").await.id;
    let more = Decide { form_data: object(json!({"more": "z".repeat(1_000)})), ..Decide::default() };
    let fault = office.workflow.approve(&actor("bob"), task, more).await.unwrap_err();
    assert_eq!(at(&fault), (ErrorCode::BadInput, json!("variables")));
}

/// A form of a sum and a note at the start and at two nodes; the second only reads.
fn with_form() -> Draft {
    let form = r#"<extensionElements><docket:form key="f"><![CDATA[{"type": "object", "properties": {
        "sum": {"type": "number", "minimum": 1}, "note": {"type": "string"}, "pay": {"type": "number"}},
        "required": ["sum", "note"]}]]></docket:form></extensionElements>"#;
    let writes = r#"<extensionElements><docket:field name="sum" access="WRITE"/>
        <docket:field name="note" access="WRITE"/><docket:field name="pay" access="NONE"/></extensionElements>"#;
    Draft::new("p")
        .xml(form)
        .node("startEvent", "start", r#"docket:formKey="f""#)
        .holding("userTask", "first", r#"flowable:assignee="bob" docket:formKey="f""#, writes)
        .node("userTask", "second", r#"flowable:assignee="carol" docket:formKey="f""#)
        .node("endEvent", "end", "")
        .flows("start > first > second > end")
}

async fn filled(office: &Office) -> Uuid {
    let start = StartProcess {
        definition_key: "p".into(),
        form_data: object(json!({"sum": 5, "note": "x", "pay": 9})),
        ..StartProcess::default()
    };
    office.workflow.start(Some(&actor("alice")), start).await.unwrap().instance.id
}

async fn whoever_writes_a_field_writes_it_right(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&with_form()).await;
    let id = filled(&office).await;
    let bob = actor("bob");
    let task = office.open(id, "first", "bob").await.id;
    let wrong = || Decide { form_data: object(json!({"sum": -5})), ..Decide::default() };
    let gone = || Decide { form_data: object(json!({"sum": null})), ..Decide::default() };
    for decide in [wrong, gone] {
        for fault in [
            office.workflow.approve(&bob, task, decide()).await.unwrap_err(),
            office.workflow.reject(&bob, task, decide()).await.unwrap_err(),
            office.workflow.send_back(&bob, task, None, decide()).await.unwrap_err(),
        ] {
            assert_eq!(at(&fault), (ErrorCode::BadInput, json!("formData.sum")));
        }
    }
    // An opinion is written too.
    office.workflow.delegate(&bob, task, "dave", None).await.unwrap();
    let fault = office.workflow.approve(&actor("dave"), task, wrong()).await.unwrap_err();
    assert_eq!(at(&fault), (ErrorCode::BadInput, json!("formData.sum")));
    // A draft may be anything yet.
    office.workflow.save_draft(&actor("dave"), task, wrong().form_data, None).await.unwrap();
    let right = Decide { form_data: object(json!({"sum": 7})), ..Decide::default() };
    office.deed(office.workflow.approve(&actor("dave"), task, right).await).await.unwrap();
    assert_eq!(office.variables(id).await["sum"], json!(7));
}

async fn without_a_form_nobody_writes_what_the_forms_have(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let forms = r#"<extensionElements><docket:form key="f"><![CDATA[{"type": "object", "properties": {
        "sum": {"type": "number"}}}]]></docket:form></extensionElements>"#;
    let fields = r#"<extensionElements><docket:field name="rate" access="WRITE"/></extensionElements>"#;
    let draft = Draft::new("p")
        .xml(forms)
        .node("startEvent", "start", "")
        .user("plain", r#"flowable:assignee="bob""#)
        .holding("userTask", "elsewhere", r#"flowable:assignee="bob" docket:formKey="other""#, fields)
        .user("formed", r#"flowable:assignee="bob" docket:formKey="f""#)
        .node("endEvent", "end", "")
        .flows("start > plain > elsewhere > formed > end");
    office.deploys(&draft).await;
    // The starter fills in beforehand what they like.
    let id = office.starts("alice", "p", json!({"sum": 1, "rate": 1})).await;
    let flow = &office.workflow;
    let with = |data: Value| Decide { form_data: object(data), ..Decide::default() };
    let refused = async |node: &str, field: &str| {
        let who = if node == "start" { "alice" } else { "bob" };
        let task = office.open(id, node, who).await.id;
        let data = with(json!({field: 2}));
        let fault = flow.approve(&actor(who), task, data).await.unwrap_err();
        assert_eq!(at(&fault), (ErrorCode::BadInput, json!(format!("formData.{field}"))), "{node}");
        task
    };
    refused("plain", "sum").await;
    let task = refused("plain", "rate").await;
    flow.send_back(&actor("bob"), task, None, Decide::default()).await.unwrap();
    // Nor does the starter, to whom it was sent back.
    let task = refused("start", "sum").await;
    flow.approve(&actor("alice"), task, with(json!({"free": 3}))).await.unwrap();
    let task = office.open(id, "plain", "bob").await.id;
    flow.approve(&actor("bob"), task, with(json!({"free": 4}))).await.unwrap();
    let task = refused("elsewhere", "sum").await;
    let fault = flow.approve(&actor("bob"), task, with(json!({"free": 5}))).await.unwrap_err();
    assert_eq!(at(&fault), (ErrorCode::BadInput, json!("formData.free")));
    flow.approve(&actor("bob"), task, with(json!({"rate": 5}))).await.unwrap();
    let variables = office.variables(id).await;
    assert_eq!(
        [&variables["sum"], &variables["rate"], &variables["free"]],
        [&json!(1), &json!(5), &json!(4)]
    );
}

async fn every_fault_of_a_form_is_told_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&with_form()).await;
    let id = filled(&office).await;
    let task = office.open(id, "first", "bob").await.id;
    let decide = Decide { form_data: object(json!({"unknown": 1, "sum": -5})), ..Decide::default() };
    let fault = office.workflow.approve(&actor("bob"), task, decide).await.unwrap_err();
    let told: Vec<_> =
        fault.details()["faults"].as_array().unwrap().iter().map(|one| &one["field"]).collect();
    assert_eq!(told, ["formData.unknown", "formData.sum"]);
}

async fn nobody_becomes_the_starter_by_a_variable(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = one_step("p", r#"flowable:assignee="${initiator}""#);
    office.deploys(&draft).await;
    for name in ["initiator", "starter", "businessKey", "PROCESS_STATUS", "PROCESS_REASON"] {
        let fault = office.tries_to_start("alice", "p", json!({ name: "ceo" })).await.unwrap_err();
        assert_eq!(at(&fault), (ErrorCode::BadInput, json!(format!("variables.{name}"))));
    }
    // Nor by the name that the model has for the starter.
    let named = Draft::new("named")
        .node("startEvent", "start", r#"flowable:initiator="who""#)
        .user("review", r#"flowable:assignee="${who}""#)
        .node("endEvent", "end", "")
        .flows("start > review > end");
    office.deploys(&named).await;
    let fault = office.tries_to_start("alice", "named", json!({"who": "ceo"})).await.unwrap_err();
    assert_eq!(at(&fault), (ErrorCode::BadInput, json!("variables.who")));
    let id = office.starts("alice", "named", json!({})).await;
    assert_eq!(office.tasks(id).await, ["review alice RUNNING"]);
}

async fn what_is_no_user_is_nobody(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let of_form = r#"docket:approverStrategy="FORM_USER" docket:approvers="who""#;
    office.deploys(&one_step("p", of_form)).await;
    for nobody in [json!(["x".repeat(200)]), json!([""]), json!(["a\u{7}"]), json!(7), json!({"a": 1})] {
        let id = office.starts("alice", "p", json!({ "who": nobody })).await;
        assert_eq!(office.tasks(id).await, ["review ? RUNNING"], "the administrators are asked");
    }
}

async fn forms_are_for_whom_they_concern(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&with_form()).await;
    let id = filled(&office).await;
    office.approves("bob", id, "first").await.unwrap();
    let rows = office.rows(id).await;
    let [first, second] = &rows[..] else { panic!("two tasks") };
    office.workflow.copy(&actor("carol"), second.id, &["mallory".to_owned()], None).await.unwrap();
    let shown = async |user: &str, task: &task::Model| {
        let user = actor(user);
        assert!(office.workflow.instance(&user, id).await.unwrap().is_some(), "they see its tasks");
        let outlook = office.workflow.outlook(&user, std::slice::from_ref(task)).await.unwrap();
        outlook.shows_form(&user, task)
    };
    // What Carol may read is not for Bob, though he sees her task, nor for whom she has shown it.
    assert!(!shown("bob", second).await && !shown("mallory", second).await);
    assert!(shown("bob", first).await && shown("carol", second).await);
    assert!(shown("alice", first).await && shown("admin", second).await);
}

async fn the_starter_does_not_claim_what_others_decide(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let several = r#"flowable:candidateUsers="alice,bob" docket:starterApproves="SKIP""#;
    office.deploys(&one_step("p", several)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let row = office.open(id, "review", "alice").await;
    let alice = actor("alice");
    refused(office.workflow.claim(&alice, row.id).await, ErrorCode::Forbidden);
    refused(office.workflow.approve(&alice, row.id, Decide::default()).await, ErrorCode::Forbidden);
    let outlook = office.workflow.outlook(&alice, std::slice::from_ref(&row)).await.unwrap();
    let available = outlook.available(&alice, &row, row.created_at);
    for action in [Action::Claim, Action::Approve, Action::Reject, Action::Return, Action::Delegate] {
        assert!(!available.contains(&action), "{action:?}");
    }
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn who_leads_a_department_does_not_stand_in_for_themselves(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let departments = "id,parent_id,name,leader\nD0,,House,grace\nD1,D0,Office,alice\n";
    let people = "id,name,dept_id\nalice,Alice,D1\ngrace,Grace,D0\n";
    office.people(departments, people).await;
    let own = r#"flowable:assignee="alice" docket:starterApproves="LEADER""#;
    office.deploys(&one_step("p", own)).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.tasks(id).await, ["review grace RUNNING"]);
}

/// Lists of lists: each of them a subprocess, and each member somebody who is asked.
fn crowd() -> Draft {
    let each = |list: &str, name: &str| {
        format!(
            r#"<multiInstanceLoopCharacteristics flowable:collection="{list}" flowable:elementVariable="{name}"/>"#
        )
    };
    let innermost = Draft::new("x")
        .node("startEvent", "s2", "")
        .user("review", r#"flowable:assignee="${one}""#)
        .node("endEvent", "e2", "")
        .flows("s2 > review > e2");
    let inner = Draft::new("x")
        .node("startEvent", "s1", "")
        .holding("subProcess", "inner", "", &(each("list", "one") + &innermost.inner()))
        .node("endEvent", "e1", "")
        .flows("s1 > inner > e1");
    Draft::new("p")
        .node("startEvent", "start", "")
        .holding("subProcess", "outer", "", &(each("lists", "list") + &inner.inner()))
        .node("endEvent", "end", "")
        .flows("start > outer > end")
}

async fn a_crowd_is_asked_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&crowd()).await;
    let lists = |count: usize| -> Vec<Vec<String>> {
        (0..count).map(|one| (0..count).map(|other| format!("{one}-{other}")).collect()).collect()
    };
    let start = |count: usize| StartProcess {
        definition_key: "p".into(),
        variables: object(json!({ "lists": lists(count) })),
        ..StartProcess::default()
    };
    let alice = actor("alice");
    let started = office.workflow.start(Some(&alice), start(30)).await.unwrap();
    assert_eq!(office.rows(started.instance.id).await.len(), 900);
    // More than 5,000 at once are refused, and nothing is left of them.
    let fault = office.workflow.start(Some(&alice), start(72)).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Conflict);
    assert!(fault.message().contains("review: more than 5000 tasks at once"), "{fault}");
}

async fn reasons_are_bounded_everywhere(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let (admin, long) = (actor("admin"), || Some("x".repeat(4_001)));
    for fault in [
        office.workflow.cancel(&admin, id, long()).await.unwrap_err(),
        office.workflow.suspend(&admin, id, long()).await.unwrap_err(),
        office.workflow.resume(&admin, id, long()).await.unwrap_err(),
    ] {
        assert_eq!(at(&fault), (ErrorCode::BadInput, json!("reason")));
    }
    let fault = office.workflow.cancel(&admin, id, Some("  ".to_owned())).await.unwrap_err();
    assert_eq!(at(&fault), (ErrorCode::BadInput, json!("reason")));
    // PostgreSQL keeps no zero character.
    office.deed(office.workflow.cancel(&admin, id, Some("a\0b".to_owned())).await).await.unwrap();
    assert_eq!(office.instance(id).await.reason.as_deref(), Some("a\u{fffd}b"));
}

async fn what_was_sent_back_is_mended_or_cancelled(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.sends_back("bob", id, "review", None).await.unwrap();
    let mine = office.open(id, "start", "alice").await.id;
    refused(office.workflow.reject(&actor("alice"), mine, Decide::default()).await, ErrorCode::Forbidden);
    office.approves("alice", id, "start").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "review bob RUNNING");
}

async fn who_has_no_name_starts_so_many_a_minute(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office
        .deploys(&one_step("p", r#"flowable:assignee="bob""#).with(r#"docket:anonymousStart="true""#))
        .await;
    let start = || StartProcess { definition_key: "p".into(), ..StartProcess::default() };
    // At the same time: they are let in one by one.
    let all = futures::future::join_all((0..70).map(|_| office.workflow.start(None, start()))).await;
    let (let_in, refused): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    assert_eq!((let_in.len(), refused.len()), (60, 10));
    for fault in refused.into_iter().filter_map(Result::err) {
        assert_eq!(fault.code(), ErrorCode::RateLimited, "{fault}");
        assert!(fault.details().contains_key("resetAt"));
    }
    // Whoever has a name is not held up by them.
    office.starts("alice", "p", json!({})).await;
    office.clock.advance(std::time::Duration::from_secs(60));
    office.workflow.start(None, start()).await.unwrap();
}
