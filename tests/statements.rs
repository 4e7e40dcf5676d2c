//! How many statements a request takes: as many for a list of fifty as for a list of five.
//!
//! Alone in its program, for it listens to every statement of the process.

#![allow(clippy::unwrap_used, reason = "a test may fail where it cannot go on")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_graphql::{Executor as _, Request, Variables};
use docket::app::{App, Config, Mode};
use docket::batch::CreateBatch;
use docket::directory::Import;
use docket::kernel::{Actor, ManualClock, PageArgs, Role};
use docket::pipeline::NewFeature;
use docket::workflow::{InstanceFilter, InstanceOrder, NewWebhook, StartProcess, WebhookMode};
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// Keeps what the database's client says that it ran.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    /// What was run since this was last asked.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Reads the statement of an event.
#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "summary" {
            self.0 = format!("{value:?}");
        }
    }
}

impl<S: tracing::Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut statement = Statement::default();
            event.record(&mut statement);
            // A pool that grows sets its new connections up.
            if !statement.0.contains("PRAGMA") {
                self.0.lock().unwrap().push(statement.0);
            }
        }
    }
}

fn actor(user_id: &str, role: Role) -> Actor {
    Actor { user_id: user_id.into(), name: user_id.into(), role, plan: None }
}

/// Alice's batches, each of its own feature so that the features are many too.
async fn app_with_batches(folder: &std::path::Path, count: usize) -> App {
    let variables = [("DOCKET_DATA_DIR".to_owned(), folder.to_str().unwrap().to_owned())];
    let config = Config::load(Mode::Development, None, variables).unwrap();
    let start = "2026-11-22T08:00:00Z".parse().unwrap();
    let clock = Arc::new(ManualClock::new(start));
    let app = App::build(config, clock.clone()).await.unwrap();
    app.prepare().await.unwrap();
    for number in 0..count {
        let key = format!("feature_{number}");
        let feature =
            NewFeature { key: key.clone(), name: key.clone(), quota_cost: 1, ..NewFeature::default() };
        app.features.create(&actor("olivia", Role::Operator), feature).await.unwrap();
        clock.advance(Duration::from_secs(1));
        let images = (0..2).map(|image| format!("https://pictures.example/{image}.jpg"));
        let create = CreateBatch {
            feature: key,
            input_images: images.collect(),
            input_data: None,
            idempotency_key: None,
        };
        app.batches.create(&actor("alice", Role::User), create).await.unwrap();
    }
    add_approvals(&app, count).await;
    app
}

/// As many people, processes, and instances in which Alice has a task.
async fn add_approvals(app: &App, count: usize) {
    let olivia = actor("olivia", Role::Operator);
    let mut people = "id,name,dept_id,roles,tags,manager\n".to_owned();
    for number in 0..count {
        people.push_str(&format!("u{number},Person {number},d{number},r{number},t{number},alice\n"));
    }
    let departments: String =
        (0..count).map(|number| format!("d{number},Department {number},alice\n")).collect();
    let import = Import {
        departments: Some(format!("id,name,leader\n{departments}").into()),
        people: Some(people.into()),
        ..Import::default()
    };
    app.directory.import(&olivia, import).await.unwrap();
    for number in 0..count {
        for name in ["First", "Second"] {
            let document = format!(
                r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:docket="https://docket.dev/bpmn"
                xmlns:flowable="http://flowable.org/bpmn" targetNamespace="tests"><process id="p{number}" name="{name}">
                <extensionElements><docket:form key="f">{{"type": "object", "properties": {{"a": {{}}}}}}</docket:form></extensionElements>
                <startEvent id="s" flowable:formKey="f"/><userTask id="t" flowable:candidateUsers="alice,u{number}" flowable:formKey="f"/>
                <endEvent id="e"/><sequenceFlow id="x" sourceRef="s" targetRef="t"/>
                <sequenceFlow id="y" sourceRef="t" targetRef="e"/></process></definitions>"#
            );
            app.workflow.definitions().deploy(&olivia, document).await.unwrap();
        }
        let document = format!(
            r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="tests"><process id="c{number}">
            <startEvent id="s"/><callActivity id="t" calledElement="p{number}"/><endEvent id="e"/>
            <sequenceFlow id="x" sourceRef="s" targetRef="t"/><sequenceFlow id="y" sourceRef="t" targetRef="e"/>
            </process></definitions>"#
        );
        app.workflow.definitions().deploy(&olivia, document).await.unwrap();
        for key in ["p", "c"] {
            let start = StartProcess { definition_key: format!("{key}{number}"), ..StartProcess::default() };
            app.workflow.start(Some(&actor(&format!("u{number}"), Role::User)), start).await.unwrap();
        }
    }
}

async fn ask(app: &App, counted: &Statements, query: &str, variables: Value) -> (Value, Vec<String>) {
    ask_as(&actor("alice", Role::User), app, counted, query, variables).await
}

async fn ask_as(
    actor: &Actor,
    app: &App,
    counted: &Statements,
    query: &str,
    variables: Value,
) -> (Value, Vec<String>) {
    let request = Request::new(query).variables(Variables::from_json(variables)).data(actor.clone());
    counted.take();
    let response = app.schema.execute(request).await;
    assert!(response.errors.is_empty(), "{query}: {:?}", response.errors);
    (response.data.into_json().unwrap(), counted.take())
}

const CASES: [(&str, usize, &str); 10] = [
    (
        // Who has no name of their own is looked for in the directory.
        "batches with their items, feature and creator",
        5,
        "query($first: Int!) { batches(first: $first) { nodes { id number feature { key viewerCanUse } createdBy { name } \
         items(first: 10) { totalCount nodes { index status inputUrl } } archiveUrl } } }",
    ),
    (
        "the same through edges and fragments, counted, with the items' attempts",
        5,
        "query($first: Int!) { batches(first: $first) { totalCount edges { cursor node { ...B } } } } \
         fragment B on Batch { feature { key } items(first: 10) { edges { node { ...I } } } } \
         fragment I on BatchItem { id attempts { number } }",
    ),
    ("numbers alone", 1, "query($first: Int!) { batches(first: $first) { nodes { number status } } }"),
    (
        "a ledger with its batches, their items and features",
        5,
        "query($first: Int!) { viewer { quota { balance ledger(first: $first) { nodes { amount batch { number \
         feature { key } items(first: 2) { nodes { index } } } } } } } }",
    ),
    (
        "features",
        2,
        "query($first: Int!) { features(first: $first) { totalCount nodes { key steps { name } } } }",
    ),
    (
        "people with what they belong to",
        12,
        "query($first: Int!) { people(first: $first) { totalCount nodes { name manager { name } departments { name \
         parent { name } leader { name } members(first: 2) { totalCount nodes { name } } } positions { name } tags { name } \
         roles { name } } } }",
    ),
    (
        "definitions with their versions, forms and nodes",
        9,
        "query($first: Int!) { processDefinitions(first: $first) { totalCount nodes { key bpmnXml startForm deployedBy { name } \
         startEvents { nodeId kind isWaiting dueAt } nodes { id } versions(first: 2) { totalCount nodes { version name } } } } }",
    ),
    (
        "an inbox with everything that a row of it shows",
        16,
        "query($first: Int!) { tasks(first: $first) { totalCount nodes { name assignee { name } candidates { name } form { data } \
         draft availableActions instance { businessKey startedBy { name } definition { name } } } } }",
    ),
    (
        "instances with their tasks, history and places",
        20,
        "query($first: Int!) { processInstances(first: $first) { totalCount nodes { status suspended startedBy { name } \
         definition { name } currentNodes { name } children { id suspended } tasks(first: 2) { totalCount nodes { name assignee { name } } } \
         history(first: 2) { totalCount nodes { kind actor { name } task { name } } } } } }",
    ),
    (
        "two lists",
        6,
        "query($first: Int!) { a: batches(first: $first) { nodes { items(first: 1) { nodes { id } } feature { id } } } \
         b: batches(first: $first) { nodes { items(first: 2) { nodes { id } } feature { id } } } }",
    ),
];

#[tokio::test]
async fn statements_do_not_grow_with_the_lists() {
    let counted = Statements::default();
    tracing_subscriber::registry().with(counted.clone()).init();
    let folder = tempfile::tempdir().unwrap();
    let app = app_with_batches(folder.path(), 50).await;

    for (name, most, query) in CASES {
        let (few, for_few) = ask(&app, &counted, query, json!({"first": 5})).await;
        let (many, for_many) = ask(&app, &counted, query, json!({"first": 50})).await;
        assert!(few.to_string().len() < many.to_string().len(), "{name}: more was read");
        assert!(!for_few.is_empty(), "{name}: statements are heard of");
        assert_eq!(for_few.len(), for_many.len(), "{name}: {for_many:#?}");
        assert!(for_many.len() <= most, "{name}: at most {most} statements: {for_many:#?}");
    }

    let admin = actor("root", Role::Admin);
    for number in 0..50 {
        let new = NewWebhook {
            mode: WebhookMode::Notify,
            url: format!("https://receiver.example/{number}"),
            description: String::new(),
            definition_key: None,
            event_types: None,
            actions: None,
            on_failure: None,
            timeout_seconds: None,
            enabled: true,
        };
        app.workflow.create_webhook(&admin, new).await.unwrap();
    }
    let start = StartProcess { definition_key: "p7".to_owned(), ..StartProcess::default() };
    app.workflow.start(Some(&actor("alice", Role::User)), start).await.unwrap();
    let query = "query($first: Int!) { webhooks(first: $first) { totalCount nodes { url createdBy { name } \
        deliveries(first: 5) { totalCount nodes { status attempts { number } } } } } }";
    let (few, for_few) = ask_as(&admin, &app, &counted, query, json!({"first": 5})).await;
    let (many, for_many) = ask_as(&admin, &app, &counted, query, json!({"first": 50})).await;
    assert_eq!(few["webhooks"]["nodes"][4]["deliveries"]["totalCount"], 2);
    assert_eq!(many["webhooks"]["nodes"][49]["deliveries"]["totalCount"], 2);
    assert_eq!(for_few.len(), for_many.len(), "webhooks: {for_many:#?}");
    assert!(for_many.len() <= 7, "webhooks: {for_many:#?}");

    // What is called is suspended with its caller, and told so wherever it is met.
    let called = "{ processInstances(filter: {suspended: true}) { totalCount nodes { suspended parent { suspended } \
                  children { suspended } } } }";
    let alice = actor("alice", Role::User);
    let of_caller = InstanceFilter { definition_key: Some("c7".to_owned()), ..InstanceFilter::default() };
    let page = PageArgs::default().check().unwrap();
    let tops = app.workflow.instances(&alice, &of_caller, InstanceOrder::default(), &page).await.unwrap();
    let top = tops.edges[0].node.id;
    app.workflow.suspend(&actor("root", Role::Admin), top, None).await.unwrap();
    let (found, _) = ask(&app, &counted, called, json!({})).await;
    let (child, caller) = (
        json!({"suspended": true, "parent": {"suspended": true}, "children": []}),
        json!({"suspended": true, "parent": null, "children": [{"suspended": true}]}),
    );
    assert_eq!(found["processInstances"], json!({"totalCount": 2, "nodes": [child, caller]}));

    let (page, _) = ask(
        &app,
        &counted,
        "{ batches(first: 50) { nodes { id items(first: 2) { nodes { id } } } } }",
        json!({}),
    )
    .await;
    let batches = page["batches"]["nodes"].as_array().unwrap();
    let ids = |count: usize| -> Value {
        let items = batches.iter().map(|batch| batch["items"]["nodes"][1]["id"].clone());
        let batches = batches.iter().map(|batch| batch["id"].clone());
        batches.take(count).chain(items.take(count)).collect()
    };
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Batch { number feature { key } } ... on BatchItem { index attempts { number } } } }";
    let (few, for_few) = ask(&app, &counted, query, json!({"ids": ids(5)})).await;
    let (many, for_many) = ask(&app, &counted, query, json!({"ids": ids(50)})).await;
    assert_eq!(few["nodes"][9]["index"], 1);
    assert_eq!(many["nodes"][99]["index"], 1);
    assert_eq!(for_few.len(), for_many.len(), "nodes: {for_many:#?}");
    assert!(for_many.len() <= 6, "nodes: {for_many:#?}");
}
