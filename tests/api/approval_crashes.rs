//! The program is killed while it writes down what somebody has decided.

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::support::{Answer, Person, Place};

/// The places between any two writes of a decision, in their order. Behind the last it is kept.
const PLACES: [&str; 10] = [
    "case.before_writing",
    "case.after_instances",
    "case.after_activities",
    "case.after_tasks",
    "case.after_history",
    "case.after_records",
    "case.after_outbox",
    "case.after_events",
    "case.before_commit",
    "case.after_commit",
];

/// Bob decides a claim, and then Alice.
const CLAIM: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"
  xmlns:docket="https://docket.dev/bpmn" targetNamespace="tests">
<process id="claim" name="Claim" docket:businessType="claim">
  <startEvent id="start"/>
  <userTask id="review" flowable:assignee="bob"/>
  <exclusiveGateway id="large" default="small"/>
  <userTask id="book" flowable:assignee="alice"/>
  <endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
  <sequenceFlow id="b" sourceRef="review" targetRef="large"/>
  <sequenceFlow id="small" sourceRef="large" targetRef="end"/>
  <sequenceFlow id="c" sourceRef="large" targetRef="book">
    <conditionExpression>${sum &gt; 100}</conditionExpression></sequenceFlow>
  <sequenceFlow id="d" sourceRef="book" targetRef="end"/>
</process></definitions>"#;

/// Everything that is written of an instance, told by its business key, in words.
const BOOKS: &str = "
WITH i AS (SELECT * FROM process_instance WHERE business_key = $1),
     t AS (SELECT task.* FROM task JOIN i ON task.instance_id = i.id)
SELECT 'instance ' || CAST(i.status AS text) || ' revision ' || CAST(i.revision AS text) FROM i
UNION ALL SELECT 'activity ' || a.node_id || ' ' || coalesce(a.outcome, 'OPEN')
  FROM process_activity a JOIN i ON a.instance_id = i.id
UNION ALL SELECT 'task ' || t.node_id || ' ' || CAST(t.status AS text) || ' ' || coalesce(t.decided_by, '-') FROM t
UNION ALL SELECT 'inbox ' || e.principal || ' ' || t.node_id || ' ' || e.state
  FROM inbox_entry e JOIN t ON e.task_id = t.id
UNION ALL SELECT 'history ' || h.kind || ' ' || coalesce(h.actor, '-')
  FROM process_history h JOIN i ON h.instance_id = i.id
UNION ALL SELECT 'variable ' || v.name || ' ' || v.value FROM variable_history v JOIN i ON v.instance_id = i.id
UNION ALL SELECT 'record ' || CAST(r.version AS text) || ' ' || CAST(r.approval_status AS text)
  FROM business_record r JOIN i ON r.instance_id = i.id
UNION ALL SELECT 'told ' || o.kind FROM outbox o JOIN i ON o.instance_id = i.id";

/// What the books say of the instance about `key`, in the order of the words.
async fn books(database: &DatabaseConnection, key: &str) -> Vec<String> {
    let backend = database.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, BOOKS, [key.into()]);
    let rows = database.query_all_raw(statement).await.unwrap();
    let mut told: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    told.sort();
    told
}

/// What they say before anybody has decided.
const BEGUN: [&str; 9] = [
    "activity review OPEN",
    "activity start COMPLETED",
    "history CREATE -",
    "history START alice",
    "inbox user:bob review TODO",
    "instance 1 revision 1",
    "record 1 1",
    "task review 1 -",
    "variable PROCESS_STATUS 1",
];

/// What they say when Bob has approved: everything once.
const APPROVED: [&str; 16] = [
    "activity end COMPLETED",
    "activity large COMPLETED",
    "activity review COMPLETED",
    "activity start COMPLETED",
    "history APPROVE bob",
    "history CREATE -",
    "history END -",
    "history START alice",
    "inbox user:bob review DONE",
    "instance 2 revision 2",
    "record 1 1",
    "record 2 2",
    "task review 2 bob",
    "told instance.approved",
    "variable PROCESS_REASON null",
    "variable PROCESS_STATUS 1",
];

impl Person<'_> {
    async fn deploys_claims(&self) {
        let query =
            "mutation ($input: DeployProcessInput!) { deployProcess(input: $input) { definition { id } } }";
        self.asks(query, json!({"input": {"bpmnXml": CLAIM}})).await.data();
    }

    /// Wants somebody to be told of results, who is nowhere.
    async fn wants_results_told(&self) {
        let query =
            "mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }";
        let types = ["INSTANCE_APPROVED", "INSTANCE_REJECTED", "INSTANCE_CANCELLED"];
        let input = json!({"url": "https://receiver.invalid/", "eventTypes": types});
        self.asks(query, json!({ "input": input })).await.data();
    }

    async fn claims(&self, input: &Value) -> Answer {
        self.asks(START, json!({ "input": input })).await
    }

    /// The id of their task in the instance about `key`, at `node`.
    async fn task_of(&self, key: &str, node: &str) -> Value {
        let query = "query ($key: String) { processInstances(filter: {businessKey: $key}) \
            { nodes { tasks { nodes { id nodeId } } } } }";
        let found = self.asks(query, json!({ "key": key })).await.data();
        let tasks = found["processInstances"]["nodes"][0]["tasks"]["nodes"].as_array().unwrap().clone();
        tasks.iter().rfind(|task| task["nodeId"] == node).expect("a task at the node")["id"].clone()
    }
}

const START: &str =
    "mutation ($input: StartProcessInput!) { startProcess(input: $input) { instance { id status } } }";
const APPROVE: &str =
    "mutation ($input: ApproveTaskInput!) { approveTask(input: $input) { task { id status } } }";
const WITHDRAW: &str =
    "mutation ($input: WithdrawTaskInput!) { withdrawTask(input: $input) { task { id status } } }";

fn about(key: &str) -> Value {
    json!({"definitionKey": "claim", "businessKey": key, "idempotencyKey": key})
}

async fn killed_between_any_two_writes_a_decision_is_whole_or_not_at_all(mut place: Place) {
    let server = place.start().await;
    server.olivia().deploys_claims().await;
    server.admin().wants_results_told().await;
    for at in PLACES {
        server.alice().claims(&about(at)).await.data();
    }
    assert!(server.stop().await);
    let database = place.books().await;
    for at in PLACES {
        assert_eq!(books(&database, at).await, BEGUN, "{at}");
        place.dies_at(Some(at));
        let server = place.start().await;
        let task = server.bob().task_of(at, "review").await;
        let input = json!({"input": {"taskId": task}});
        server.bob().asks_in_vain(APPROVE, input.clone()).await;
        server.until_killed().await;
        let is_kept = at == "case.after_commit";
        let mut approved = APPROVED.map(str::to_owned).to_vec();
        approved.push("variable PROCESS_STATUS 2".to_owned());
        let begun = BEGUN.map(str::to_owned).to_vec();
        assert_eq!(books(&database, at).await, if is_kept { approved.clone() } else { begun }, "{at}");

        // Bob tries again, not knowing what became of it.
        place.dies_at(None);
        let server = place.start().await;
        let again = server.bob().asks(APPROVE, input.clone()).await;
        if is_kept {
            let told = &again.error()["extensions"];
            assert_eq!(again.code(), "CONFLICT", "{at}");
            assert_eq!((&told["decidedBy"], &told["status"]), (&json!("bob"), &json!("APPROVE")));
        } else {
            assert_eq!(again.data()["approveTask"]["task"]["status"], "APPROVE", "{at}");
        }
        assert_eq!(books(&database, at).await, approved, "{at}");
        // Once more, and nothing happens a second time.
        assert_eq!(server.bob().asks(APPROVE, input).await.code(), "CONFLICT");
        assert_eq!(books(&database, at).await, approved, "{at}");
        assert!(server.stop().await);
    }
}

async fn killed_at_the_start_an_instance_is_there_once(mut place: Place) {
    let server = place.start().await;
    server.olivia().deploys_claims().await;
    server.admin().wants_results_told().await;
    assert!(server.stop().await);
    let database = place.books().await;
    for at in ["case.before_writing", "case.after_tasks", "case.before_commit", "case.after_commit"] {
        place.dies_at(Some(at));
        let server = place.start().await;
        server.alice().asks_in_vain(START, json!({"input": about(at)})).await;
        server.until_killed().await;
        let is_kept = at == "case.after_commit";
        let left = books(&database, at).await;
        assert_eq!(left, if is_kept { BEGUN.to_vec() } else { vec![] }, "{at}");
        // The same key answers the instance that there is, or makes it.
        place.dies_at(None);
        let server = place.start().await;
        let first = server.alice().claims(&about(at)).await.data();
        assert_eq!(server.alice().claims(&about(at)).await.data(), first);
        assert_eq!(books(&database, at).await, BEGUN, "{at}");
        assert!(server.stop().await);
    }
}

async fn killed_while_an_approval_is_taken_back(mut place: Place) {
    let server = place.start().await;
    server.olivia().deploys_claims().await;
    server.admin().wants_results_told().await;
    let places = ["case.after_activities", "case.after_tasks", "case.before_commit", "case.after_commit"];
    let database = place.books().await;
    for at in places {
        let mut large = about(at);
        large["variables"] = json!({"sum": 1_000});
        server.alice().claims(&large).await.data();
        let task = server.bob().task_of(at, "review").await;
        server.bob().asks(APPROVE, json!({"input": {"taskId": task}})).await.data();
    }
    assert!(server.stop().await);
    for at in places {
        let approved = books(&database, at).await;
        assert!(approved.contains(&"inbox user:alice book TODO".to_owned()), "{approved:?}");
        place.dies_at(Some(at));
        let server = place.start().await;
        let task = server.bob().task_of(at, "review").await;
        let input = json!({"input": {"taskId": task}});
        server.bob().asks_in_vain(WITHDRAW, input.clone()).await;
        server.until_killed().await;
        let is_kept = at == "case.after_commit";
        if !is_kept {
            assert_eq!(books(&database, at).await, approved, "{at}");
        }
        place.dies_at(None);
        let server = place.start().await;
        let again = server.bob().asks(WITHDRAW, input).await;
        if is_kept {
            assert_eq!(again.code(), "CONFLICT");
        } else {
            assert_eq!(again.data()["withdrawTask"]["task"]["status"], "RUNNING", "{at}");
        }
        let withdrawn = books(&database, at).await;
        let count = |what: &str| withdrawn.iter().filter(|word| *word == what).count();
        for (what, times) in [
            ("history WITHDRAW bob", 1),
            ("task review 1 -", 1),
            ("task review 2 bob", 1),
            ("task book 4 -", 1),
            ("inbox user:bob review TODO", 1),
            ("inbox user:alice book GONE", 1),
            ("activity review OPEN", 1),
            ("activity book WITHDRAWN", 1),
        ] {
            assert_eq!(count(what), times, "{at}: {what}: {withdrawn:#?}");
        }
        // It goes on from there.
        for (person, node) in [(server.bob(), "review"), (server.alice(), "book")] {
            let task = person.task_of(at, node).await;
            person.asks(APPROVE, json!({"input": {"taskId": task}})).await.data();
        }
        let ended = books(&database, at).await;
        assert_eq!(ended.iter().filter(|word| word.starts_with("told ")).count(), 1, "{at}");
        assert!(ended.contains(&"record 2 2".to_owned()), "{ended:?}");
        assert!(server.stop().await);
    }
}

on_both_databases!(
    killed_between_any_two_writes_a_decision_is_whole_or_not_at_all,
    killed_at_the_start_an_instance_is_there_once,
    killed_while_an_approval_is_taken_back,
);
