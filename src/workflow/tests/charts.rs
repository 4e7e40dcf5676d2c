//! Charts at work: each type of node, from the JSON to what people meet.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::office::{Office, actor, refused};
use crate::kernel::{Clock as _, ErrorCode, PageRequest};
use crate::storage::entity::task;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::{Action, Decide, TaskFilter, TaskOrder, TaskView};
use crate::workflow::{Definition, Drawn, InstanceStatus, ModelFault, StartProcess};

on_both_databases!(
    an_approver_decides,
    a_transactor_does_and_does_not_reject,
    a_copy_is_shown_and_nobody_decides,
    who_is_shown_it_may_be_chosen,
    a_condition_chooses_one_branch,
    parallel_branches_all_run,
    inclusive_branches_run_where_they_hold,
    a_delay_waits,
    a_trigger_writes_the_form,
    a_child_process_runs,
    a_router_leads_back,
    a_timeout_reminds,
    a_timeout_decides,
    the_leave_request_goes_all_its_ways,
    charts_are_deployed_in_versions,
    what_is_exported_deploys_again,
    faults_are_told_at_once_and_nothing_is_deployed,
    a_process_is_checked_without_being_deployed,
    documents_without_a_diagram_are_drawn,
    the_examples_of_the_page_deploy,
);

const LEAVE: &str = include_str!("../chart/samples/leave-request.json");
const COVER: &str = include_str!("../chart/samples/cover.json");

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A chart of nodes one behind the other.
fn chart(key: &str, nodes: Vec<Value>) -> Value {
    let mut next = Value::Null;
    for mut node in nodes.into_iter().rev() {
        node["childNode"] = next;
        next = node;
    }
    json!({"process": {"key": key}, "id": "s", "type": "START", "childNode": next})
}

fn asks(id: &str, user: &str) -> Value {
    json!({"id": id, "type": "APPROVER", "approverStrategy": "USER", "approvers": user})
}

fn branches(kind: &str, ways: Value) -> Value {
    json!({"id": "g", "type": kind, "conditionNodes": ways})
}

impl Office {
    async fn draws(&self, chart: &Value) -> std::sync::Arc<Definition> {
        let deployed = self.workflow.definitions().deploy(&actor("olivia"), chart.clone()).await;
        deployed.unwrap_or_else(|fault| panic!("{fault} {:?}", fault.details()))
    }

    async fn runs(&self, nodes: Vec<Value>, variables: Value) -> Uuid {
        self.draws(&chart("p", nodes)).await;
        self.starts("alice", "p", variables).await
    }

    /// The tasks that somebody was shown, as `node STATUS`.
    async fn shown_to(&self, user: &str) -> Vec<String> {
        let filter = TaskFilter { view: TaskView::Copied, ..TaskFilter::default() };
        let page = PageRequest { limit: 20, backwards: false, after: None, before: None };
        let found = self.workflow.tasks(&actor(user), &filter, TaskOrder::default(), &page).await.unwrap();
        found.edges.into_iter().map(|edge| format!("{} {}", edge.node.node_id, edge.node.status)).collect()
    }

    async fn actions(&self, user: &str, task: &task::Model) -> Vec<Action> {
        let user = actor(user);
        let outlook = self.workflow.outlook(&user, std::slice::from_ref(task)).await.unwrap();
        outlook.available(&user, task, self.clock.now())
    }
}

async fn an_approver_decides(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let id = office.runs(vec![asks("a", "bob"), asks("b", "carol")], json!({})).await;
    office.approves("bob", id, "a").await.unwrap();
    office.approves("carol", id, "b").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a bob APPROVE", "b carol APPROVE"]);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    let id = office.starts("alice", "p", json!({})).await;
    office.rejects("bob", id, "a", "no").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
    let mut back = asks("b", "carol");
    (back["rejection"], back["returnNode"]) = (json!("RETURN"), json!("a"));
    let id = office.runs(vec![asks("a", "bob"), back], json!({})).await;
    office.approves("bob", id, "a").await.unwrap();
    office.rejects("carol", id, "b", "no").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a bob APPROVE", "b carol REJECT", "a bob RUNNING"]);
}

async fn a_transactor_does_and_does_not_reject(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let mut node = asks("t", "bob");
    node["type"] = json!("TRANSACTOR");
    let id = office.runs(vec![node], json!({})).await;
    let task = office.open(id, "t", "bob").await;
    let actions = office.actions("bob", &task).await;
    assert!(actions.contains(&Action::Approve) && actions.contains(&Action::Return), "{actions:?}");
    assert!(!actions.contains(&Action::Reject), "{actions:?}");
    refused(office.rejects("bob", id, "t", "no").await, ErrorCode::Forbidden);
    assert_eq!(office.tasks(id).await, ["t bob RUNNING"]);
    office.approves("bob", id, "t").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn a_copy_is_shown_and_nobody_decides(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let copy = |who: Value| json!({"id": "c", "type": "COPY", "approverStrategy": "USER", "approvers": who});
    let id = office.runs(vec![copy(json!(["tim", "tom", "tim"])), asks("a", "bob")], json!({})).await;
    assert_eq!(office.tasks(id).await, ["c ? SKIP", "a bob RUNNING"]);
    for user in ["tim", "tom"] {
        assert_eq!(office.shown_to(user).await, ["c -2"]);
    }
    assert!(office.shown_to("bob").await.is_empty());
    let shown = office.rows(id).await.remove(0);
    let copies = office.workflow.copies(&actor("tim"), &[shown.id]).await.unwrap();
    assert_eq!(copies[&shown.id].1, "alice", "in the name of whoever has started it");
    assert_eq!(office.history(id).await, ["START alice", "CREATE -", "COPY -", "CREATE -"]);
    // Who is shown it may see it, and does not decide.
    assert_eq!(office.workflow.task(&actor("tim"), shown.id).await.unwrap().unwrap().id, shown.id);
    assert_eq!(office.actions("tim", &shown).await, [Action::Copy, Action::Comment]);
    office.approves("bob", id, "a").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    // What is done again is shown again.
    let copied = vec![asks("a", "bob"), copy(json!(["tim"])), asks("b", "carol")];
    let id = office.runs(copied, json!({})).await;
    let first = office.approves("bob", id, "a").await.unwrap();
    office.deed(office.workflow.withdraw(&actor("bob"), first.id, None).await).await.unwrap();
    office.approves("bob", id, "a").await.unwrap();
    let found = office.tasks(id).await;
    assert_eq!(found.iter().filter(|task| *task == "c ? SKIP").count(), 2, "{found:?}");
    // Where nobody is found, nobody is shown anything, and it goes on.
    let nobody = json!({"id": "c", "type": "COPY", "approverStrategy": "ROLE", "approvers": ["none"]});
    let id = office.runs(vec![nobody, asks("a", "bob")], json!({})).await;
    assert_eq!(office.tasks(id).await, ["c ? SKIP", "a bob RUNNING"]);
    assert_eq!(office.history(id).await, ["START alice", "CREATE -", "CREATE -"]);
}

async fn who_is_shown_it_may_be_chosen(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let copy = json!({"id": "c", "type": "COPY", "approverStrategy": "STARTER_CHOICE"});
    office.draws(&chart("p", vec![copy, asks("a", "bob")])).await;
    let approvers = Map::from_iter([("c".to_owned(), json!(["tim"]))]);
    let start = StartProcess { definition_key: "p".to_owned(), approvers, ..StartProcess::default() };
    let ahead = office.workflow.preview(&actor("alice"), &start).await.unwrap();
    let told: Vec<_> = ahead.nodes.iter().map(|node| (&*node.node_id, node.assignees.join("+"))).collect();
    assert_eq!(told, [("c", "tim".to_owned()), ("a", "bob".to_owned())]);
    office.workflow.start(Some(&actor("alice")), start).await.unwrap();
    office.audit().await;
    assert_eq!(office.shown_to("tim").await, ["c -2"]);
}

async fn a_condition_chooses_one_branch(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let rules = json!({"groups": [{"rules": [{"left": "days", "operator": ">", "right": 3}]}]});
    let ways = json!([
        {"condition": rules, "childNode": asks("long", "bob")},
        {"condition": "${days == 0}", "childNode": {"id": "nothing", "type": "END"}},
        {"childNode": asks("short", "carol")},
    ]);
    let nodes = vec![branches("CONDITION_BRANCH", ways), asks("last", "dave")];
    let id = office.runs(nodes, json!({"days": 5})).await;
    office.approves("bob", id, "long").await.unwrap();
    assert_eq!(office.tasks(id).await, ["long bob APPROVE", "last dave RUNNING"]);
    let id = office.starts("alice", "p", json!({"days": 1})).await;
    assert_eq!(office.tasks(id).await, ["short carol RUNNING"]);
    let id = office.starts("alice", "p", json!({"days": 0})).await;
    assert_eq!((office.status(id).await, office.tasks(id).await.len()), (InstanceStatus::Approve, 0));
}

async fn parallel_branches_all_run(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let ways = json!([{"childNode": asks("a", "bob")}, {}, {"childNode": asks("b", "carol")}]);
    let id = office.runs(vec![branches("PARALLEL_BRANCH", ways), asks("last", "dave")], json!({})).await;
    office.approves("carol", id, "b").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a bob RUNNING", "b carol APPROVE"]);
    office.approves("bob", id, "a").await.unwrap();
    assert_eq!(office.tasks(id).await[2..], ["last dave RUNNING"]);
}

async fn inclusive_branches_run_where_they_hold(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let ways = json!([
        {"condition": "${x > 1}", "childNode": asks("a", "bob")},
        {"condition": "${x > 2}", "childNode": asks("b", "carol")},
        {"default": true, "childNode": asks("else", "erin")},
    ]);
    let nodes = || vec![branches("INCLUSIVE_BRANCH", ways.clone()), asks("last", "dave")];
    for (x, expected) in [(3, vec!["a bob", "b carol"]), (2, vec!["a bob"]), (1, vec!["else erin"])] {
        let id = office.runs(nodes(), json!({"x": x})).await;
        let running: Vec<_> = expected.iter().map(|task| format!("{task} RUNNING")).collect();
        assert_eq!(office.tasks(id).await, running);
        for task in expected {
            let (node, user) = task.split_once(' ').unwrap();
            office.approves(user, id, node).await.unwrap();
        }
        assert_eq!(office.tasks(id).await.last().unwrap(), "last dave RUNNING");
    }
}

async fn a_delay_waits(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let delay = json!({"id": "d", "type": "DELAY", "delay": {"duration": "PT8H"}});
    let until = json!({"id": "u", "type": "DELAY", "delay": {"date": "2027-06-01T12:00:00Z"}});
    let id = office.runs(vec![delay, until, asks("a", "bob")], json!({})).await;
    office.passes("PT7H").await;
    assert_eq!(office.waits_for(id).await, ["d TIMER"]);
    office.passes("PT1H").await;
    assert_eq!(office.waits_for(id).await, ["u TIMER"]);
    office.passes("P1Y").await;
    assert_eq!(office.tasks(id).await, ["a bob RUNNING"]);
}

async fn a_trigger_writes_the_form(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let changes = json!([
        {"set": {"total": "${price * 2}", "text": "for ${starter}", "flag": true}},
        {"condition": "${total > 10}", "set": {"large": true}},
        {"condition": {"groups": [{"rules": [{"left": "total", "operator": ">", "right": 100}]}]}, "set": {"huge": true}},
    ]);
    let update =
        json!({"id": "t", "type": "TRIGGER", "trigger": {"kind": "FORM_UPDATE", "changes": changes}});
    let delete = json!({"id": "u", "type": "TRIGGER", "trigger": {"kind": "FORM_DELETE", "changes": [{"remove": ["price"]}]}});
    let id = office.runs(vec![update, asks("a", "bob"), delete], json!({"price": 7})).await;
    let variables = office.variables(id).await;
    let of = |name: &str| variables.get(name).cloned();
    assert_eq!(
        (of("total"), of("text"), of("flag")),
        (Some(json!(14)), Some(json!("for alice")), Some(json!(true)))
    );
    assert_eq!((of("large"), of("huge")), (Some(json!(true)), None));
    office.approves("bob", id, "a").await.unwrap();
    assert_eq!(office.variables(id).await["price"], Value::Null);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn a_child_process_runs(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let done = json!({"id": "w", "type": "TRIGGER", "trigger": {"kind": 10, "changes": [{"set": {"said": "by ${who}"}}]}});
    let task =
        json!({"id": "c", "type": "APPROVER", "approverStrategy": "EXPRESSION", "approvers": "${who}"});
    office.draws(&chart("child", vec![task, done])).await;
    let call = json!({"id": "call", "type": "CHILD_PROCESS", "calledProcess": "child",
        "in": [{"source": "cover", "target": "who"}], "out": [{"source": "said", "target": "answer"}]});
    let id = office.runs(vec![call], json!({"cover": "bob"})).await;
    let child = office.child(id).await;
    office.approves("bob", child, "c").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(office.variables(id).await["answer"], json!("by bob"));
    let many = json!({"id": "call", "type": "CHILD_PROCESS", "calledProcess": "child",
        "in": [{"source": "one", "target": "who"}], "multiInstance": {"collection": "all", "elementVariable": "one"}});
    let id = office.runs(vec![many], json!({"all": ["bob", "carol"]})).await;
    let children = office.children(id).await;
    assert_eq!(children.len(), 2);
    for (child, user) in children.iter().zip(["bob", "carol"]) {
        assert_eq!(office.status(id).await, InstanceStatus::Running);
        office.approves(user, child.id, "c").await.unwrap();
    }
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn a_router_leads_back(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let count = json!({"id": "t", "type": "TRIGGER", "trigger": {"kind": 10, "changes": [{"set": {"n": "${n + 1}"}}]}});
    let router = json!({"id": "r", "type": "ROUTER", "routes": [
        {"node": "a", "condition": "${n < 2}"}, {"node": "last", "condition": "${n > 5}"}]});
    let id = office
        .runs(
            vec![asks("a", "bob"), count, router, asks("b", "carol"), asks("last", "dave")],
            json!({"n": 0}),
        )
        .await;
    office.approves("bob", id, "a").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a bob APPROVE", "a bob RUNNING"]);
    office.approves("bob", id, "a").await.unwrap();
    assert_eq!(office.tasks(id).await[2..], ["b carol RUNNING"]);
    let id = office.starts("alice", "p", json!({"n": 7})).await;
    office.approves("bob", id, "a").await.unwrap();
    assert_eq!(office.tasks(id).await[1..], ["last dave RUNNING"]);
}

async fn a_timeout_reminds(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let mut node = asks("a", "bob,carol");
    node["counting"] = json!("RATIO");
    node["timeout"] = json!({"action": "REMIND", "after": "PT8H", "times": 2});
    let id = office.runs(vec![node], json!({})).await;
    office.approves("carol", id, "a").await.unwrap();
    let urged = async || -> usize {
        let history = office.history(id).await;
        history.iter().filter(|entry| *entry == "URGE -").count()
    };
    assert_eq!(urged().await, 0);
    // Who has decided is not reminded.
    for expected in [1, 2, 2] {
        office.passes("PT8H").await;
        assert_eq!(urged().await, expected);
    }
    let rows = office.rows(id).await;
    let reminded: Vec<_> =
        rows.iter().map(|row| (row.assignee.clone().unwrap(), row.urged_at.is_some())).collect();
    assert_eq!(reminded, [("bob".to_owned(), true), ("carol".to_owned(), false)]);
    office.approves("bob", id, "a").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn a_timeout_decides(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let timed = |action: &str| {
        let mut node = asks("a", "bob");
        node["timeout"] = json!({"action": action, "after": "P1D"});
        node
    };
    let id = office.runs(vec![timed("APPROVE"), asks("b", "carol")], json!({})).await;
    office.passes("P1D").await;
    assert_eq!(office.tasks(id).await, ["a bob APPROVE", "b carol RUNNING"]);
    // In time it is decided as always, and nothing happens later.
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "a").await.unwrap();
    office.passes("P2D").await;
    assert_eq!(office.tasks(id).await, ["a bob APPROVE", "b carol RUNNING"]);
    let id = office.runs(vec![timed("REJECT"), asks("b", "carol")], json!({})).await;
    office.passes("P1D").await;
    assert_eq!(office.status(id).await, InstanceStatus::Reject);
}

async fn the_leave_request_goes_all_its_ways(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.draws(&sample(COVER)).await;
    office.draws(&sample(LEAVE)).await;
    let form = json!({"kind": "unpaid", "days": 5, "reason": "a long weekend"});
    let start = StartProcess {
        definition_key: "leave-chart".to_owned(),
        form_data: form.as_object().unwrap().clone(),
        ..StartProcess::default()
    };
    let id = office.workflow.start(Some(&actor("alice")), start).await.unwrap().instance.id;
    let task = office.open(id, "leader", "leo").await;
    let cover = json!({"cover": "carl"}).as_object().unwrap().clone();
    let decide = Decide { form_data: cover, ..Decide::default() };
    office.deed(office.workflow.approve(&actor("leo"), task.id, decide).await).await.unwrap();
    office.approves("hedda", id, "house").await.unwrap();
    office.approves("petra", id, "enter").await.unwrap();
    assert_eq!(office.variables(id).await["note"], json!("entered for alice"));
    assert_eq!(office.variables(id).await["paid"], json!(false));
    office.passes("P1D").await;
    let child = office.child(id).await;
    office.approves("carl", child, "agrees").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(office.shown_to("tim").await, ["tell-team -2"]);
    assert_eq!(office.shown_to("hedda").await, ["tell-house -2"]);
    assert_eq!(office.variables(id).await["reason"], Value::Null);
}

async fn charts_are_deployed_in_versions(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let mut drawn = chart("p", vec![asks("a", "bob")]);
    let first = office.draws(&drawn).await;
    assert_eq!((first.row.version, first.row.chart.clone()), (1, Some(drawn.to_string())));
    assert_eq!(office.draws(&drawn).await.row, first.row, "the same chart");
    // What only the designer reads makes another chart of the same process.
    drawn["childNode"]["showText"] = json!("Bob");
    let second = office.draws(&drawn).await;
    assert_eq!((second.row.version, &second.row.bpmn_xml), (2, &first.row.bpmn_xml));
    let kept = office.workflow.definitions().find("p", Some(2)).await.unwrap().unwrap();
    assert_eq!(serde_json::from_str::<Value>(kept.row.chart.as_deref().unwrap()).unwrap(), drawn);
    let denied = office.workflow.definitions().deploy(&actor("bob"), drawn).await;
    refused(denied, ErrorCode::Forbidden);
}

async fn what_is_exported_deploys_again(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let drawn = office.draws(&sample(LEAVE)).await;
    let exported = drawn.row.bpmn_xml.clone();
    let definitions = office.workflow.definitions();
    assert_eq!(definitions.diagram(&drawn).await.unwrap(), exported, "it has its diagram");
    let same = definitions.deploy(&actor("olivia"), exported.clone()).await.unwrap();
    assert_eq!(same.row, drawn.row, "letter for letter");
    let other =
        definitions.deploy(&actor("olivia"), exported.replace("leave-chart", "leave-again")).await.unwrap();
    let said =
        |definition: &Definition| format!("{:?}", definition.model).replace("leave-again", "leave-chart");
    assert_eq!((said(&other), &other.row.chart), (said(&drawn), &None));
}

async fn faults_are_told_at_once_and_nothing_is_deployed(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let mut wrong = chart("p", vec![asks("a", "bob"), asks("b", "carol")]);
    wrong["childNode"]["counting"] = json!("MOST");
    wrong["childNode"]["childNode"]["approverStrategy"] = json!("NOBODY");
    let fault = office.workflow.definitions().deploy(&actor("olivia"), wrong).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::BadInput);
    let told = &fault.details()["faults"];
    let of = |place: usize| {
        let fault = &told[place];
        (fault["code"].as_str().unwrap(), fault["path"].as_str().unwrap(), fault["element"].as_str().unwrap())
    };
    assert_eq!(told.as_array().unwrap().len(), 2, "{told}");
    assert_eq!(of(0), ("BAD_VALUE", "$.childNode", "a"));
    assert_eq!(of(1), ("BAD_VALUE", "$.childNode.childNode", "b"));
    assert!(told[0]["message"].as_str().unwrap().starts_with("counting is one of"), "{told}");
    assert_eq!(fault.details()["field"], json!("chart"));
    assert!(office.workflow.definitions().find("p", None).await.unwrap().is_none());
}

async fn a_process_is_checked_without_being_deployed(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let definitions = office.workflow.definitions();
    let olivia = actor("olivia");
    let check = async |drawn: Drawn| definitions.check(&olivia, drawn).await.unwrap();
    let well = check(Drawn::Chart(chart("p", vec![asks("a", "bob")]))).await;
    assert!(well.faults.is_empty() && well.bpmn_xml.unwrap().contains("BPMNShape"));
    let codes = |faults: &[ModelFault]| faults.iter().map(|fault| fault.code.as_str()).collect::<Vec<_>>();
    let mut wrong = chart("p", vec![asks("a", "bob")]);
    wrong["childNode"]["returnNode"] = json!("nowhere");
    let found = check(Drawn::Chart(wrong)).await;
    assert_eq!(codes(&found.faults), ["CONTRADICTION"]);
    assert!(found.bpmn_xml.unwrap().contains("bpmnElement=\"a\""), "it can be shown");
    let none = check(Drawn::Chart(json!({"type": "START"}))).await;
    assert!(none.bpmn_xml.is_none() && !none.faults.is_empty());
    let dangling = super::draft::one_step("q", "").document().replace("targetRef=\"end\"", "targetRef=\"x\"");
    let found = check(Drawn::Bpmn(dangling)).await;
    assert!(codes(&found.faults).contains(&"DANGLING_FLOW"), "{:?}", found.faults);
    assert!(found.bpmn_xml.unwrap().contains("bpmnElement=\"review\""));
    let torn = check(Drawn::Bpmn("<a".to_owned())).await;
    assert_eq!((codes(&torn.faults), torn.bpmn_xml.as_deref()), (vec!["MALFORMED_XML"], Some("<a")));
    assert!(definitions.find("p", None).await.unwrap().is_none());
    refused(definitions.check(&actor("bob"), Drawn::Bpmn(String::new())).await, ErrorCode::Forbidden);
}

async fn documents_without_a_diagram_are_drawn(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let document = super::draft::one_step("q", r#"flowable:assignee="bob""#).document();
    let definitions = office.workflow.definitions();
    let deployed = definitions.deploy(&actor("olivia"), document.clone()).await.unwrap();
    assert_eq!(deployed.row.bpmn_xml, document, "what is stored stays letter for letter");
    let drawn = definitions.diagram(&deployed).await.unwrap();
    assert_eq!(drawn.replace(drawn_part(&drawn), ""), document);
    for id in ["start", "review", "end", "start_review", "review_end"] {
        assert_eq!(drawn.matches(&format!("bpmnElement=\"{id}\"")).count(), 1, "{id}");
    }
    // A document that has a diagram is shown as it is.
    let own = definitions
        .deploy(&actor("olivia"), crate::workflow::samples::LEAVE_REQUEST.to_owned())
        .await
        .unwrap();
    assert_eq!(definitions.diagram(&own).await.unwrap(), own.row.bpmn_xml);
}

/// The diagram of a document, with the line's end behind it.
fn drawn_part(document: &str) -> &str {
    let begin = document.find("<bpmndi:BPMNDiagram").unwrap();
    let end = document.find("</bpmndi:BPMNDiagram>\n").unwrap() + "</bpmndi:BPMNDiagram>\n".len();
    &document[begin..end]
}

async fn the_examples_of_the_page_deploy(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let page = include_str!("../../../docs/charts.md");
    let examples: Vec<_> =
        page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!examples.is_empty());
    for example in examples {
        let example: Value =
            serde_json::from_str(example).unwrap_or_else(|error| panic!("{error}: {example}"));
        office.draws(&example).await;
    }
    let id = office.starts("alice", "purchase", json!({"sum": 2_000, "what": "a chair"})).await;
    office.approves("bob", id, "manager").await.unwrap();
    office.approves("carol", id, "finance").await.unwrap();
    office.approves("dave", id, "order").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(office.shown_to("erin").await, ["tell -2"]);
}
