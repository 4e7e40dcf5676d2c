//! Variables of activities' own: seen where they are, and gone with them, on both databases.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::draft::{Draft, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::{ErrorCode, Fault};
use crate::storage::entity::task;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::Decide;

on_both_databases!(
    a_user_task_has_variables_of_its_own,
    what_is_brought_for_an_own_variable_stays_there,
    a_form_shows_what_is_the_tasks_own,
    each_of_several_has_its_own,
    a_call_has_variables_of_its_own,
    a_script_has_variables_of_its_own,
    a_message_comes_to_whoever_waits,
    events_have_variables_of_their_own,
    a_subprocess_has_variables_of_its_own,
    what_is_taken_back_and_returned_begins_anew,
    too_much_of_ones_own_is_refused,
);

const BOB: &str = r#"flowable:assignee="bob""#;

/// `inputOutput` with these parameters: `in` or `out`, a name and what stands in it.
fn own(parameters: &[(&str, &str, &str)]) -> String {
    let told = parameters.iter().map(|(way, name, inner)| {
        format!(r#"<camunda:{way}putParameter name="{name}">{inner}</camunda:{way}putParameter>"#)
    });
    let all: String = told.collect();
    format!("<extensionElements><camunda:inputOutput>{all}</camunda:inputOutput></extensionElements>")
}

/// One node, then Carol.
fn then_carol(kind: &str, attributes: &str, inner: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .holding(kind, "one", attributes, inner)
        .user("last", r#"flowable:assignee="carol""#)
        .node("endEvent", "end", "")
        .flows("start > one > last > end")
}

impl Office {
    async fn approves_with(
        &self,
        user: &str,
        id: Uuid,
        node: &str,
        data: Value,
    ) -> Result<task::Model, Fault> {
        let Value::Object(form_data) = data else { panic!("form data are an object") };
        let task = self.open(id, node, user).await;
        let decide = Decide { form_data, ..Decide::default() };
        self.deed(self.workflow.approve(&actor(user), task.id, decide).await).await
    }

    async fn own_variables(&self, id: Uuid) -> Map<String, Value> {
        let mut variables = self.variables(id).await;
        variables.retain(|name, _| !name.starts_with("PROCESS_"));
        variables
    }
}

async fn a_user_task_has_variables_of_its_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let parameters = own(&[
        ("in", "who", "${boss}"),
        ("in", "again", "${who}"),
        ("in", "term", "P2D"),
        ("out", "result", "${again}/${kept}/${said}"),
        ("out", "twice", "${result}${result}"),
    ]);
    let attributes = r#"camunda:assignee="${again}" camunda:dueDate="${term}""#;
    office.deploys(&then_carol("userTask", attributes, &parameters)).await;
    let given = json!({"boss": "bob", "who": "carol", "kept": 1});
    let id = office.starts("alice", "p", given).await;
    assert_eq!(office.tasks(id).await, ["one bob RUNNING"], "its own goes before the instance's");
    let days = office.rows(id).await[0].due_at.unwrap() - office.rows(id).await[0].created_at;
    assert_eq!(days.num_days(), 2);
    assert_eq!(office.own_variables(id).await.len(), 3, "nothing is written as it begins");
    office.approves_with("bob", id, "one", json!({"said": "yes"})).await.unwrap();
    let variables = Value::Object(office.own_variables(id).await);
    let expected = json!({"boss": "bob", "who": "carol", "kept": 1, "said": "yes", "result": "bob/1/yes",
        "twice": "bob/1/yesbob/1/yes"});
    assert_eq!(variables, expected);
    assert_eq!(office.tasks(id).await.last().unwrap(), "last carol RUNNING");
}

async fn what_is_brought_for_an_own_variable_stays_there(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let parameters = own(&[("in", "amount", "1"), ("out", "total", "${amount * 2}")]);
    office.deploys(&then_carol("userTask", BOB, &parameters)).await;
    let id = office.starts("alice", "p", json!({"amount": 100})).await;
    office.approves_with("bob", id, "one", json!({"amount": 21, "note": "x"})).await.unwrap();
    let variables = Value::Object(office.own_variables(id).await);
    assert_eq!(variables, json!({"amount": 100, "note": "x", "total": 42}));
}

async fn a_form_shows_what_is_the_tasks_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let schema = r#"{"type":"object","properties":{"days":{"type":"integer"},"why":{"type":"string"}}}"#;
    let inner = own(&[("in", "days", "${3}"), ("out", "taken", "${days}")]);
    let fields = r#"<extensionElements><docket:field name="days" access="WRITE"/>"#;
    let inner = inner.replace("<extensionElements>", fields);
    let attributes = format!(r#"{BOB} docket:formKey="leave""#);
    let form =
        format!(r#"<extensionElements><docket:form key="leave">{schema}</docket:form></extensionElements>"#);
    let document = then_carol("userTask", &attributes, &inner).document();
    let start = document.find("<startEvent").unwrap();
    let document = format!("{}{form}{}", &document[..start], &document[start..]);
    office.workflow.definitions().deploy(&actor("olivia"), document).await.unwrap();
    let id = office.starts("alice", "p", json!({"why": "sea"})).await;
    let task = office.open(id, "one", "bob").await;
    let form = async || {
        let outlook = office.workflow.outlook(&actor("bob"), std::slice::from_ref(&task)).await.unwrap();
        outlook.form(&task).unwrap().unwrap().data
    };
    assert_eq!(form().await, json!({"days": 3, "why": "sea"}));
    office.approves_with("bob", id, "one", json!({"days": 5})).await.unwrap();
    assert_eq!(Value::Object(office.own_variables(id).await), json!({"why": "sea", "taken": 5}));
    assert_eq!(form().await, json!({"why": "sea"}), "what was its own is gone");
}

async fn each_of_several_has_its_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let many =
        r#"<multiInstanceLoopCharacteristics flowable:collection="teams" flowable:elementVariable="team"/>"#;
    let inner = format!("{}{many}", own(&[("in", "chief", "${team.chief}")]));
    office.deploys(&then_carol("userTask", r#"camunda:assignee="${chief}""#, &inner)).await;
    let teams = json!({"teams": [{"chief": "bob"}, {"chief": "dave"}]});
    let id = office.starts("alice", "p", teams.clone()).await;
    assert_eq!(office.tasks(id).await, ["one bob RUNNING", "one dave RUNNING"]);
    // Bodies of other activities have theirs too.
    let script = "<script>chief</script>";
    let inner = format!("{}{many}{script}", own(&[("in", "chief", "${team.chief}")]));
    let attributes = r#"scriptFormat="cel" camunda:resultVariable="last_chief""#;
    office.deploys(&then_carol("scriptTask", attributes, &inner)).await;
    let id = office.starts("alice", "p", teams).await;
    assert_eq!(office.own_variables(id).await["last_chief"], "dave");
}

async fn a_call_has_variables_of_its_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    let parameters =
        own(&[("in", "which", "child"), ("in", "answer", "none"), ("out", "answered", "${answer}")]);
    let mapped = r#"<camunda:in sourceExpression="${which}!" target="said"/><camunda:out source="said" target="answer"/></extensionElements>"#;
    let inner = parameters.replace("</extensionElements>", mapped);
    office.deploys(&then_carol("callActivity", r#"calledElement="${which}""#, &inner)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let child = office.child(id).await;
    assert_eq!(office.own_variables(child).await["said"], "child!");
    let task = office.rows(child).await.remove(0);
    let done = office.workflow.approve(&actor("bob"), task.id, Decide::default()).await;
    office.deed(done).await.unwrap();
    assert_eq!(Value::Object(office.own_variables(id).await), json!({"answered": "child!"}));
}

async fn a_script_has_variables_of_its_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let list = "<camunda:list><camunda:value>${x}</camunda:value><camunda:script scriptFormat=\"cel\">x * 2</camunda:script></camunda:list>";
    let map = "<camunda:map><camunda:entry key=\"a\">1</camunda:entry><camunda:entry key=\"b\"><camunda:list/></camunda:entry></camunda:map>";
    let parameters = own(&[
        ("in", "numbers", list),
        ("in", "map", map),
        ("out", "sum", "${sum}"),
        ("out", "b", "${map.b}"),
    ]);
    let inner = format!("{parameters}<script>{{'sum': numbers[0] + numbers[1]}}</script>");
    office.deploys(&then_carol("scriptTask", r#"scriptFormat="cel""#, &inner)).await;
    let id = office.starts("alice", "p", json!({"x": 2})).await;
    assert_eq!(Value::Object(office.own_variables(id).await), json!({"x": 2, "sum": 6, "b": []}));
}

async fn a_message_comes_to_whoever_waits(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let parameters = own(&[("in", "parcel", "none"), ("out", "got", "${parcel}")]);
    let draft = then_carol("receiveTask", r#"messageRef="m""#, &parameters);
    office.deploys(&draft.beside(r#"<message id="m" name="shipped"/>"#)).await;
    let id = office.starts_about("p", "K").await;
    office.messages("shipped", "K", json!({"parcel": 7, "else": 8})).await.unwrap();
    assert_eq!(Value::Object(office.own_variables(id).await), json!({"got": 7, "else": 8}));
}

async fn events_have_variables_of_their_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hour = "<timerEventDefinition><timeDuration>${how_long}</timeDuration></timerEventDefinition>";
    let waiting = format!("{}{hour}", own(&[("in", "how_long", "PT1H"), ("out", "waited", "${how_long}")]));
    let message = format!(
        r#"{}<messageEventDefinition messageRef="m"/>"#,
        own(&[("in", "way", "far"), ("out", "came", "${way} ${parcel}")])
    );
    let draft = Draft::new("p")
        .holding("startEvent", "start", "", &own(&[("out", "begun", "yes")]))
        .holding("intermediateCatchEvent", "wait", "", &waiting)
        .holding(
            "intermediateThrowEvent",
            "note",
            "",
            &own(&[("in", "a", "1"), ("out", "b", "${a}${waited}")]),
        )
        .node("eventBasedGateway", "either", "")
        .holding("intermediateCatchEvent", "comes", "", &message)
        .holding("intermediateCatchEvent", "late", "", &hour.replace("${how_long}", "P1D"))
        .node("endEvent", "end", "")
        .beside(r#"<message id="m" name="shipped"/>"#)
        .flows("start > wait > note > either > comes > end, either > late > end");
    office.deploys(&draft).await;
    let id = office.starts_about("p", "K").await;
    assert_eq!(Value::Object(office.own_variables(id).await), json!({"begun": "yes"}));
    office.clock.advance(std::time::Duration::from_secs(3_600));
    office.happens().await;
    office.messages("shipped", "K", json!({"parcel": 7})).await.unwrap();
    let expected = json!({"begun": "yes", "waited": "PT1H", "b": "1PT1H", "parcel": 7, "came": "far 7"});
    assert_eq!(Value::Object(office.own_variables(id).await), expected);
}

async fn a_subprocess_has_variables_of_its_own(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let within = r#"<startEvent id="a"/><sequenceFlow id="ab" sourceRef="a" targetRef="b"/>
        <userTask id="b" flowable:assignee="${who}"/><sequenceFlow id="bc" sourceRef="b" targetRef="c"/>
        <scriptTask id="c" scriptFormat="cel" camunda:resultVariable="n"><script>n + 1</script></scriptTask>"#;
    let parameters = own(&[("in", "who", "bob"), ("in", "n", "${start}"), ("out", "found", "${n}")]);
    office.deploys(&then_carol("subProcess", "", &format!("{parameters}{within}"))).await;
    let id = office.starts("alice", "p", json!({"start": 1, "n": 100})).await;
    assert_eq!(office.tasks(id).await, ["b bob RUNNING"]);
    office.approves_with("bob", id, "b", json!({"n": 41, "said": true})).await.unwrap();
    let expected = json!({"start": 1, "n": 100, "said": true, "found": 42});
    assert_eq!(Value::Object(office.own_variables(id).await), expected);
    // Each body has its own.
    let many =
        r#"<multiInstanceLoopCharacteristics flowable:collection="people" flowable:elementVariable="one"/>"#;
    let parameters = own(&[("in", "who", "${one}"), ("in", "n", "${1}")]);
    office.deploys(&then_carol("subProcess", "", &format!("{parameters}{many}{within}"))).await;
    let id = office.starts("alice", "p", json!({"people": ["bob", "dave"]})).await;
    assert_eq!(office.tasks(id).await, ["b bob RUNNING", "b dave RUNNING"]);
    office.approves("bob", id, "b").await.unwrap();
    office.approves("dave", id, "b").await.unwrap();
    assert!(!office.own_variables(id).await.contains_key("n"), "it was the bodies' own");
    assert_eq!(office.tasks(id).await.last().unwrap(), "last carol RUNNING");
}

async fn what_is_taken_back_and_returned_begins_anew(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let parameters = own(&[("in", "seen", "${x}"), ("out", "y", "${seen}")]);
    office.deploys(&then_carol("userTask", BOB, &parameters)).await;
    let id = office.starts("alice", "p", json!({"x": 1})).await;
    let task = office.approves_with("bob", id, "one", json!({"x": 2})).await.unwrap();
    assert_eq!(office.own_variables(id).await["y"], 1);
    office.deed(office.workflow.withdraw(&actor("bob"), task.id, None).await).await.unwrap();
    // The same stay at the task: it has what it had.
    office.approves_with("bob", id, "one", json!({"x": 3})).await.unwrap();
    assert_eq!(office.own_variables(id).await["y"], 1);
    office.sends_back("carol", id, "last", Some("one")).await.unwrap();
    office.approves_with("bob", id, "one", json!({})).await.unwrap();
    assert_eq!(office.own_variables(id).await["y"], 3, "another stay sees what there is then");
}

async fn too_much_of_ones_own_is_refused(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let many = r#"<multiInstanceLoopCharacteristics><loopCardinality>1000</loopCardinality></multiInstanceLoopCharacteristics>"#;
    let inner = format!("{}{many}", own(&[("in", "copy", "${long}")]));
    office.deploys(&then_carol("receiveTask", "", &inner)).await;
    let long = json!({"long": "x".repeat(2_000)});
    let refusal = office.tries_to_start("alice", "p", long).await;
    let fault = refused(refusal, ErrorCode::Conflict);
    assert!(fault.message().contains("one: its own variables are too large"), "{fault}");
    assert!(office.everything().await.is_empty(), "nothing was started");
    office.starts("alice", "p", json!({"long": "x".repeat(200)})).await;
    // Who decides brings no more for it than for the instance.
    office.deploys(&then_carol("userTask", BOB, &own(&[("in", "mine", "1")]))).await;
    let id = office.starts("alice", "p", json!({})).await;
    let refusal = office.approves_with("bob", id, "one", json!({"mine": "x".repeat(300_000)})).await;
    refused(refusal, ErrorCode::BadInput);
    assert_eq!(office.tasks(id).await, ["one bob RUNNING"]);
}
