//! Replicas are killed at random moments while a batch decides tasks, with every kind of trouble among them:
//! what is left is what would have been left without.

use std::time::Duration;

use axum::routing::post;
use axum::{Json, Router};
use futures::StreamExt as _;
use rand::RngExt as _;
use serde_json::{Value, json};

use crate::support::machines::process;
use crate::support::{Place, Server, count, until};

/// How often all who work on the batch are killed.
const KILLS: usize = 5;
/// How many tasks it has.
const MANY: usize = 1_000;
/// The latest moment of a death, in milliseconds: late enough that what the dead have left is taken up again.
const LATEST: u64 = 2_500;

const START: &str = "mutation ($input: StartProcessInput!) { startProcess(input: $input) { instance { id tasks { nodes { id } } } } }";
const CREATE: &str = "mutation ($input: CreateApprovalBatchInput!) { createApprovalBatch(input: $input) \
    { batch { id status total succeeded failed ignored } } }";
const ITEMS: &str = "query ($id: ID!, $after: String) { batch(id: $id) { items(first: 100, after: $after) { \
    nodes { status errorCode } pageInfo { hasNextPage endCursor } } } }";
const OPEN: &str = "SELECT (SELECT count(*) FROM engine_run WHERE kind = 'approval' AND finished_at IS NULL) \
    + (SELECT count(*) FROM task WHERE locked_by IS NOT NULL)";
const TWICE: &str = "SELECT count(*) FROM (SELECT 1 FROM process_history WHERE kind = 'APPROVE' \
    GROUP BY task_id HAVING count(*) > 1) x";
const APPROVED: &str = "SELECT count(*) FROM process_history WHERE kind = 'APPROVE' AND actor = 'alice'";
const THROUGH: &str = "SELECT count(*) FROM process_instance WHERE status = 2";
const NEXT: &str = "SELECT count(*) FROM task WHERE node_id = 'then' AND status = 1 AND finished_at IS NULL";
const MARKED: &str = "SELECT count(*) FROM task WHERE decided_in IS NOT NULL";

/// What becomes of the item with this number: its process, and what was done to its task before.
fn plan(number: usize) -> (&'static str, &'static str) {
    let process = ["one", "two", "filled", "shared"][number % 4];
    let expected = match (number / 4 % 5, process) {
        (1, "shared") => "IGNORED HANDLED",
        (2, _) => "FAILED SUSPENDED",
        (3, "filled") => "FAILED BAD_INPUT",
        (3, "one") => "FAILED NOT_FOUND",
        (4, "two") => "FAILED VETOED",
        _ => "SUCCESS",
    };
    (process, expected)
}

fn processes() -> [String; 4] {
    let one = |key: &str, attributes: &str, extensions: &str| {
        process(
            key,
            &format!(
                r#"<userTask id="review" {attributes}>{extensions}</userTask>
                <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
                <sequenceFlow id="b" sourceRef="review" targetRef="end"/>"#
            ),
        )
    };
    let form = r#"<extensionElements><docket:form key="f"><![CDATA[{"type": "object",
        "properties": {"why": {"type": "string"}}, "required": ["why"]}]]></docket:form></extensionElements>"#;
    let writes = r#"<extensionElements><docket:field name="why" access="WRITE"/></extensionElements>"#;
    let filled = one("filled", r#"flowable:formKey="f" flowable:assignee="alice""#, writes).replacen(
        r#"<startEvent id="start"/>"#,
        &format!(r#"{form}<startEvent id="start"/>"#),
        1,
    );
    let two = process(
        "two",
        r#"<userTask id="review" flowable:assignee="alice"/><userTask id="then" flowable:assignee="bob"/>
        <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
        <sequenceFlow id="b" sourceRef="review" targetRef="then"/>
        <sequenceFlow id="c" sourceRef="then" targetRef="end"/>"#,
    );
    let shared = one("shared", r#"flowable:candidateUsers="alice,bob""#, "");
    [one("one", r#"flowable:assignee="${who}""#, ""), two, filled, shared]
}

/// Starts an instance for olivia and does to it what its plan says; its task.
async fn prepare(server: &Server, number: usize) -> Value {
    let (process, expected) = plan(number);
    let mut variables = json!({ "who": if expected.contains("NOT_FOUND") { "bob" } else { "alice" } });
    if !expected.contains("BAD_INPUT") {
        variables["why"] = json!("because");
    }
    let says_no = if expected.contains("VETOED") { "no " } else { "" };
    let about = format!("{says_no}{number}");
    let input = json!({"definitionKey": process, "businessKey": about, "variables": variables, "idempotencyKey": about});
    let started = server.olivia().asks(START, json!({ "input": input })).await.data();
    let instance = &started["startProcess"]["instance"];
    let task = instance["tasks"]["nodes"][0]["id"].clone();
    if expected.contains("HANDLED") {
        let approve = "mutation ($id: ID!) { approveTask(input: {taskId: $id}) { task { id } } }";
        server.bob().asks(approve, json!({ "id": task })).await.data();
    }
    if expected.contains("SUSPENDED") {
        let suspend =
            "mutation ($id: ID!) { suspendProcessInstance(input: {instanceId: $id}) { instance { id } } }";
        server.admin().asks(suspend, json!({ "id": instance["id"] })).await.data();
    }
    task
}

/// A server that is asked of decisions, and says no where the business key does.
async fn says_no() -> String {
    let judge = async |Json(question): Json<Value>| {
        let about = question["data"]["instance"]["businessKey"].as_str().unwrap_or_default().to_owned();
        Json(json!({ "allow": !about.starts_with("no ") }))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(judge))).await.unwrap() });
    host
}

async fn outcomes(server: &Server, batch: &Value) -> Vec<String> {
    let (mut told, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = server.alice().asks(ITEMS, json!({"id": batch, "after": after})).await.data();
        let items = &page["batch"]["items"];
        told.extend(items["nodes"].as_array().unwrap().iter().map(|item| {
            let code = item["errorCode"].as_str().unwrap_or_default();
            format!("{} {code}", item["status"].as_str().unwrap()).trim().to_owned()
        }));
        if items["pageInfo"]["hasNextPage"] == false {
            return told;
        }
        after = items["pageInfo"]["endCursor"].clone();
    }
}

async fn killed_at_random_moments_the_same_is_left(place: Place, replicas: usize) {
    let host = says_no().await;
    let place = place
        .with("DOCKET_ENGINE__LEASE_SECONDS", "2")
        .with("DOCKET_FETCH__ALLOW", &host)
        .with("DOCKET_JWT_SECRET", &"of all who start here ".repeat(3));
    let server = place.start().await;
    for process in processes() {
        server.olivia().deploys(&process).await;
    }
    let hook = json!({"input": {"mode": "BEFORE_ACTION", "url": format!("http://{host}/"), "actions": ["APPROVE"], "definitionKey": "two"}});
    let created =
        "mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }";
    server.admin().asks(created, hook).await.data();
    assert!(server.stop().await);
    let database = place.books().await;
    let mut expected: Vec<_> = (0..MANY).map(|number| plan(number).1.to_owned()).collect();
    expected.push("IGNORED LISTED_TWICE".to_owned());
    let server = place.start().await;
    let prepared = futures::stream::iter(0..MANY).map(|number| prepare(&server, number)).buffered(4);
    let mut tasks: Vec<_> = prepared.collect().await;
    tasks.push(tasks[0].clone());
    let input = json!({"input": {"taskIds": tasks, "decision": "APPROVE", "idempotencyKey": "once"}});
    let (mut moments, mut first) = (Vec::new(), Some(server));
    for _ in 0..KILLS {
        let one = match first.take() {
            Some(server) => server,
            None => place.start().await,
        };
        let mut all = vec![one];
        for _ in 1..replicas {
            all.push(place.another().await);
        }
        let at: Vec<u64> = all.iter().map(|_| rand::rng().random_range(0..LATEST)).collect();
        let began = tokio::time::Instant::now();
        let asked = all[0].alice();
        let asked = asked.asks_at_risk(CREATE, input.clone());
        let _ = tokio::time::timeout(Duration::from_millis(at[0]), asked).await;
        let mut dying: Vec<_> = all.into_iter().zip(at.iter().copied()).collect();
        dying.sort_by_key(|(_, after)| *after);
        for (server, after) in dying {
            tokio::time::sleep_until(began + Duration::from_millis(after)).await;
            server.kill();
        }
        moments.push(at);
    }
    let server = place.start().await;
    // Asked again: where the first was lost, it is made now.
    let told = server.alice().asks(CREATE, input.clone()).await.data();
    until(&database, OPEN, |open| open == 0).await;
    let again = server.alice().asks(CREATE, input).await.data();
    let (first, batch) = (&told["createApprovalBatch"]["batch"], &again["createApprovalBatch"]["batch"]);
    assert_eq!(first["id"], batch["id"]);
    let became = outcomes(&server, &batch["id"]).await;
    for (number, (became, expected)) in became.iter().zip(&expected).enumerate() {
        assert_eq!(became, expected, "item {number}, killed at {moments:?}");
    }
    assert_eq!(became.len(), expected.len());
    let counted = ["SUCCESS", "FAILED", "IGNORED"]
        .map(|status| expected.iter().filter(|outcome| outcome.starts_with(status)).count());
    let counters = ["succeeded", "failed", "ignored"].map(|name| batch[name].as_u64().unwrap() as usize);
    assert_eq!(counters, counted, "counters equal a recount, {moments:?}");
    let of = |wanted: &dyn Fn(&(&str, &str)) -> bool| {
        i64::try_from((0..MANY).map(plan).filter(|plan| wanted(plan)).count()).unwrap()
    };
    let succeeded = of(&|(_, became)| *became == "SUCCESS");
    assert_eq!(count(&database, MARKED).await, succeeded, "each decided in its batch");
    assert_eq!(count(&database, APPROVED).await, succeeded, "and once");
    assert_eq!(count(&database, TWICE).await, 0);
    // Each instance stands where its decision has taken it.
    let is_through = |(process, became): &(&str, &str)| {
        *became == "IGNORED HANDLED" || (*became == "SUCCESS" && *process != "two")
    };
    assert_eq!(count(&database, THROUGH).await, of(&is_through));
    assert_eq!(
        count(&database, NEXT).await,
        of(&|(process, became)| *became == "SUCCESS" && *process == "two")
    );
    assert!(server.stop().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_on_postgres_killed_at_random_moments() {
    killed_at_random_moments_the_same_is_left(Place::postgres().await, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_on_sqlite_killed_at_random_moments() {
    killed_at_random_moments_the_same_is_left(Place::sqlite(), 1).await;
}
