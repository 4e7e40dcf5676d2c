//! Webhooks from outside: receivers written with a public library of Standard Webhooks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::support::{Person, Place, Server, count};

/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(60);

/// A message that was received.
#[derive(Debug, Clone)]
struct Received {
    id: String,
    /// With which of the secrets that the receiver knows it verifies.
    verified: Vec<bool>,
    body: Value,
}

#[derive(Default)]
struct Shared {
    /// By the path that it came to.
    received: Mutex<HashMap<String, Vec<Received>>>,
    /// What the receiver knows.
    secrets: Mutex<HashMap<String, Vec<String>>>,
    /// The types of events that fail the first time.
    failing: Mutex<Vec<&'static str>>,
}

impl Shared {
    /// Keeps what was received; whether that fails.
    fn take(&self, path: &str, received: Received) -> bool {
        let mut all = self.received.lock().unwrap();
        let got = all.entry(path.to_owned()).or_default();
        let is_first = !got.iter().any(|other| other.id == received.id);
        let kind = received.body["type"].as_str().unwrap().to_owned();
        got.push(received);
        is_first && self.failing.lock().unwrap().contains(&kind.as_str())
    }
}

/// A server that webhooks are told at; it ends with the test's runtime.
struct Receiver {
    host: String,
    shared: Arc<Shared>,
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let secrets = shared.secrets.lock().unwrap().get(&path).cloned().unwrap_or_default();
    // The library looks at the clock, too: five minutes either way.
    let verifies = |secret: &String| Webhook::new(secret).unwrap().verify(&body, &headers).is_ok();
    let received = Received {
        id: headers["webhook-id"].to_str().unwrap().to_owned(),
        verified: secrets.iter().map(verifies).collect(),
        body: serde_json::from_slice(&body).unwrap(),
    };
    let comment = received.body["data"]["comment"].clone();
    let fails = shared.take(&path, received);
    match path.as_str() {
        "redirected" => Redirect::temporary("/told").into_response(),
        "asked" => axum::Json(json!({"allow": comment != "no", "message": "not this"})).into_response(),
        "endless" => {
            let parts =
                futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[32; 1_024])));
            axum::body::Body::from_stream(parts).into_response()
        }
        "silent" => std::future::pending().await,
        _ if fails => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

impl Receiver {
    async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let router = Router::new().route("/{path}", post(receive)).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { host, shared }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.host)
    }

    fn received(&self, path: &str) -> Vec<Received> {
        self.shared.received.lock().unwrap().get(path).cloned().unwrap_or_default()
    }

    fn knows(&self, path: &str, secret: &Value) {
        let secret = secret.as_str().unwrap().to_owned();
        self.shared.secrets.lock().unwrap().entry(path.to_owned()).or_default().push(secret);
    }

    /// What came of one instance, by its business key.
    fn about(&self, path: &str, key: &str) -> Vec<Received> {
        let of = |one: &Received| one.body["data"]["instance"]["businessKey"] == key;
        self.received(path).into_iter().filter(of).collect()
    }
}

const CREATE: &str = "mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) \
    { secret webhook { id mode url enabled eventTypes actions onFailure timeoutSeconds createdBy { name } } } }";
const UPDATE: &str = "mutation ($input: UpdateWebhookInput!) { updateWebhook(input: $input) \
    { secret webhook { id enabled previousSecretUntil } } }";
const DELETE: &str = "mutation ($input: DeleteWebhookInput!) { deleteWebhook(input: $input) { webhookId } }";
const REPLAY: &str = "mutation ($input: ReplayWebhookInput!) { replayWebhook(input: $input) { replayedCount webhook { id } } }";
const LIST: &str = "{ webhooks { totalCount nodes { id url disabledReason failingSince deliveries(first: 50) \
    { totalCount nodes { id messageId eventType instanceId status attemptCount createdAt nextAttemptAt finishedAt \
    payload attempts { number at durationMs statusCode error } } } } } }";
const START: &str =
    "mutation ($input: StartProcessInput!) { startProcess(input: $input) { instance { id } } }";
const APPROVE: &str =
    "mutation ($input: ApproveTaskInput!) { approveTask(input: $input) { task { status } } }";

impl Person<'_> {
    /// Makes a webhook that is told of everything; its id.
    async fn makes_webhook(&self, receiver: &Receiver, path: &str, more: Value) -> String {
        let mut input = json!({"url": receiver.url(path)});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let made = self.asks(CREATE, json!({"input": input})).await.data();
        receiver.knows(path, &made["createWebhook"]["secret"]);
        made["createWebhook"]["webhook"]["id"].as_str().unwrap().to_owned()
    }

    async fn begins(&self, key: &str) {
        let input = json!({"definitionKey": "one-step", "businessKey": key, "idempotencyKey": key});
        self.asks(START, json!({"input": input})).await.data();
    }

    /// The id of the task that is theirs about this.
    async fn task_about(&self, key: &str) -> Value {
        let query = "query ($key: String) { tasks(filter: {businessKeyContains: $key}) { nodes { id } } }";
        self.asks(query, json!({"key": key})).await.data()["tasks"]["nodes"][0]["id"].clone()
    }

    async fn agrees(&self, key: &str, comment: &str) -> crate::support::Answer {
        let input = json!({"taskId": self.task_about(key).await, "comment": comment});
        self.asks(APPROVE, json!({"input": input})).await
    }
}

/// Bob reviews it.
const ONE_STEP: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:flowable="http://flowable.org/bpmn" targetNamespace="tests"><process id="one-step" name="One step">
  <startEvent id="start"/><userTask id="review" flowable:assignee="bob"/><endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
  <sequenceFlow id="b" sourceRef="review" targetRef="end"/></process></definitions>"#;

/// A server that may tell this receiver.
async fn opened(place: Place) -> (Place, Receiver, Server) {
    let receiver = Receiver::start().await;
    let place = place.with("DOCKET_FETCH__ALLOW", &receiver.host);
    let server = place.start().await;
    server.olivia().deploys(ONE_STEP).await;
    (place, receiver, server)
}

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let since = Instant::now();
    while !is_so().await {
        assert!(since.elapsed() < HANGS, "this never comes: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

const ALL: [&str; 4] = ["instance.started", "task.created", "task.approved", "instance.approved"];

fn types(received: &[Received]) -> Vec<String> {
    received.iter().map(|one| one.body["type"].as_str().unwrap().to_owned()).collect()
}

async fn a_public_library_verifies_every_delivery(place: Place) {
    let (place, receiver, server) = opened(place).await;
    let other = place.another().await;
    receiver.shared.failing.lock().unwrap().push("task.approved");
    let admin = server.admin();
    let id = admin.makes_webhook(&receiver, "told", json!({"description": "the ledger"})).await;
    for key in ["K1", "K2", "K3"] {
        server.alice().begins(key).await;
        other.bob().agrees(key, "fine").await.data();
    }
    until("each is told of", async || receiver.received("told").len() == 15).await;
    for key in ["K1", "K2", "K3"] {
        let told = receiver.about("told", key);
        let expected = [ALL[0], ALL[1], ALL[2], ALL[2], ALL[3]];
        assert_eq!(types(&told), expected, "in order, and what failed before what follows");
        assert_eq!(told[2].id, told[3].id, "under the same id");
        assert_eq!(told[2].body, told[3].body);
        assert!(told.iter().all(|one| one.verified == [true]), "{told:?}");
    }
    // While the secret changes, each of the two will do.
    let rotate = json!({"input": {"webhookId": id, "rotateSecret": true}});
    let changed = admin.asks(UPDATE, rotate).await.data()["updateWebhook"].clone();
    assert!(changed["webhook"]["previousSecretUntil"].is_string());
    receiver.knows("told", &changed["secret"]);
    let database = place.books().await;
    let open = "SELECT count(*) FROM webhook_delivery WHERE status = 'PENDING'";
    until("it is written down", async || count(&database, open).await == 0).await;
    let list = admin.asks(LIST, json!({})).await.data()["webhooks"]["nodes"][0].clone();
    let deliveries = list["deliveries"]["nodes"].as_array().unwrap();
    assert_eq!((deliveries.len(), &list["deliveries"]["totalCount"]), (12, &json!(12)));
    assert!(
        deliveries.iter().all(|one| one["status"] == "SUCCESS" && one["finishedAt"].is_string()),
        "{list}"
    );
    let failed = deliveries.iter().find(|one| one["eventType"] == "TASK_APPROVED").unwrap();
    let attempts = failed["attempts"].as_array().unwrap();
    let told: Vec<_> = attempts.iter().map(|one| (&one["number"], &one["statusCode"])).collect();
    assert_eq!(told, [(&json!(1), &json!(503)), (&json!(2), &json!(204))]);
    assert!(attempts[0]["error"].as_str().unwrap().contains("503") && attempts[1]["error"].is_null());
    assert_eq!(failed["payload"]["type"], "task.approved");
    // Told again, it is the same.
    let again = json!({"input": {"webhookId": id, "deliveryId": failed["id"]}});
    let again = admin.asks(REPLAY, again).await.data();
    assert_eq!(again["replayWebhook"]["replayedCount"], 1);
    until("it is told again", async || receiver.received("told").len() == 16).await;
    let again = receiver.received("told").pop().unwrap();
    assert_eq!(
        (again.id.as_str(), again.body),
        (failed["messageId"].as_str().unwrap(), failed["payload"].clone())
    );
    assert_eq!(again.verified, [true, true]);
    // No secret is told again, nor the log of it.
    let secret = changed["secret"].as_str().unwrap();
    let all = admin.asks(LIST, json!({})).await.data().to_string();
    assert!(!all.contains("whsec_") && !all.contains(secret));
    assert!(server.stop().await && other.stop().await);
    assert!(!place.log().contains("whsec_"));
}

async fn only_admin_knows_of_webhooks(place: Place) {
    let (_place, receiver, server) = opened(place).await;
    let id = server.admin().makes_webhook(&receiver, "told", json!({})).await;
    let input = |input: Value| json!({"input": input});
    let one = "query ($id: ID!) { webhook(id: $id) { id } }";
    for user in ["alice", "olivia"] {
        let user = server.person(user);
        for (query, variables) in [
            (CREATE, input(json!({"url": receiver.url("told")}))),
            (UPDATE, input(json!({"webhookId": id, "enabled": false}))),
            (DELETE, input(json!({"webhookId": id}))),
            (REPLAY, input(json!({"webhookId": id, "since": "2026-01-01T00:00:00Z"}))),
            (LIST, json!({})),
            (one, json!({"id": id})),
        ] {
            let answer = user.asks(query, variables).await;
            assert_eq!(answer.code(), "FORBIDDEN", "{query}");
            assert!(answer.message().contains("ADMIN"), "it says who may: {}", answer.message());
        }
    }
    let admin = server.admin();
    for wrong in [json!({"webhookId": id}), json!({"webhookId": id, "deliveryId": "x"})] {
        assert_eq!(admin.asks(REPLAY, input(wrong)).await.code(), "BAD_INPUT");
    }
    assert_eq!(admin.asks(one, json!({"id": id})).await.data()["webhook"]["id"], json!(id));
    admin.asks(DELETE, input(json!({"webhookId": id}))).await.data();
    assert_eq!(admin.asks(one, json!({"id": id})).await.data()["webhook"], Value::Null);
    assert_eq!(admin.asks(LIST, json!({})).await.data()["webhooks"]["totalCount"], 0);
    assert_eq!(admin.asks(DELETE, input(json!({"webhookId": id}))).await.code(), "NOT_FOUND");
}

async fn messages_go_where_the_guard_lets_them(place: Place) {
    let (_place, receiver, server) = opened(place).await;
    let admin = server.admin();
    let inside = Receiver::start().await;
    for url in [inside.url("told"), "http://169.254.169.254/latest".into(), "http://[::1]:80/".into()] {
        let answer = admin.asks(CREATE, json!({"input": {"url": url}})).await;
        assert_eq!(
            (answer.code(), &answer.error()["extensions"]["field"]),
            ("BAD_INPUT", &json!("url")),
            "{url}"
        );
    }
    // A name is judged when it is connected to.
    let port = inside.host.rsplit_once(':').unwrap().1;
    let named = json!({"input": {"url": format!("http://localhost:{port}/told")}});
    admin.asks(CREATE, named).await.data();
    for path in ["redirected", "endless"] {
        admin.makes_webhook(&receiver, path, json!({"eventTypes": ["INSTANCE_STARTED"]})).await;
    }
    server.alice().begins("K1").await;
    let attempted = async || {
        let list = admin.asks(LIST, json!({})).await.data();
        let rows = list["webhooks"]["nodes"].as_array().unwrap().clone();
        let of = |row: &Value| row["deliveries"]["nodes"].as_array().unwrap().last().cloned();
        let rows: Vec<_> = rows.iter().filter_map(of).collect();
        let tried: Vec<_> = rows.iter().map(|row| row["attempts"][0].clone()).collect();
        (tried.len() == 3 && tried.iter().all(|row| !row.is_null())).then_some((rows, tried))
    };
    until("all were tried", async || attempted().await.is_some()).await;
    let (rows, tried) = attempted().await.unwrap();
    assert!(tried[0]["error"].as_str().unwrap().contains("not public"), "{tried:?}");
    assert!(inside.received("told").is_empty());
    assert_eq!(tried[1]["statusCode"], 307, "what redirects is not followed");
    assert!(receiver.received("told").is_empty());
    assert_eq!(rows[2]["status"], "SUCCESS", "who says too much has said enough");
    assert!(rows[0]["nextAttemptAt"].is_string());
}

async fn who_is_asked_may_refuse(place: Place) {
    let (_place, receiver, server) = opened(place).await;
    let (admin, bob) = (server.admin(), server.bob());
    let asked = json!({"mode": "BEFORE_ACTION", "actions": ["APPROVE"]});
    admin.makes_webhook(&receiver, "asked", asked.clone()).await;
    server.alice().begins("K1").await;
    let refused = bob.agrees("K1", "no").await;
    assert_eq!((refused.code(), refused.message()), ("FORBIDDEN", "not this"));
    let mut silent = asked;
    silent["timeoutSeconds"] = json!(1);
    let id = admin.makes_webhook(&receiver, "silent", silent).await;
    let unheard = bob.agrees("K1", "fine").await;
    assert_eq!((unheard.code(), &unheard.error()["extensions"]["retryable"]), ("CONFLICT", &json!(true)));
    let allow = json!({"input": {"webhookId": id, "onFailure": "ALLOW"}});
    admin.asks(UPDATE, allow).await.data();
    assert_eq!(bob.agrees("K1", "fine").await.data()["approveTask"]["task"]["status"], "APPROVE");
    let received = receiver.received("asked");
    assert_eq!(received.len(), 3);
    assert!(
        received.iter().all(|one| one.verified == [true] && one.body["type"] == "task.approve.requested")
    );
    assert_eq!(received[1].id, received[2].id, "the same decision has the same key");
    assert_ne!(received[0].id, received[1].id);
}

/// The places at which a program dies that tells webhooks, with how often each message is sent then.
const TELLING: [(&str, [usize; 2]); 4] = [
    ("webhooks.before_commit", [1, 1]),
    ("webhooks.after_commit", [1, 1]),
    // Nobody knows any more that it was sent: it is sent again under its id.
    ("webhooks.after_send", [2, 1]),
    ("webhooks.after_record", [1, 1]),
];
/// Those at which one dies that decides.
const DECIDING: [&str; 4] =
    ["case.after_instances", "case.after_outbox", "case.before_commit", "case.after_commit"];

async fn killed_anywhere_each_is_told_under_one_id(place: Place) {
    let (mut place, receiver, server) = opened(place).await;
    server.admin().makes_webhook(&receiver, "told", json!({})).await;
    assert!(server.stop().await);
    let database = place.books().await;
    let places = DECIDING.map(|at| (at, [1, 1])).into_iter().chain(TELLING);
    for (at, times) in places {
        place.dies_at(Some(at));
        let server = place.start().await;
        let input = json!({"definitionKey": "one-step", "businessKey": at, "idempotencyKey": at});
        server.alice().asks_at_risk(START, json!({"input": input})).await;
        server.until_killed().await;
        place.dies_at(None);
        // Nobody waits here until the lease of the dead has run out.
        let past = "UPDATE webhook_stream SET due_at = '2020-01-01T00:00:00+00:00'";
        database.execute_unprepared(past).await.unwrap();
        let server = place.start().await;
        server.alice().begins(at).await;
        let open = "SELECT count(*) FROM webhook_delivery WHERE status = 'PENDING'";
        until(at, async || receiver.about("told", at).len() >= 2 && count(&database, open).await == 0).await;
        let told = receiver.about("told", at);
        let expected: Vec<_> = ALL.iter().zip(times).flat_map(|(kind, times)| vec![*kind; times]).collect();
        assert_eq!(types(&told), expected, "{at}");
        let ids: std::collections::HashSet<_> = told.iter().map(|one| &one.id).collect();
        assert_eq!(ids.len(), 2, "{at}: each has one id, however often it is sent");
        assert!(told.iter().all(|one| one.verified == [true]), "{at}");
        assert_eq!(count(&database, "SELECT count(*) FROM webhook_stream").await, 0, "{at}");
        assert!(server.stop().await);
    }
}

on_both_databases!(
    a_public_library_verifies_every_delivery,
    only_admin_knows_of_webhooks,
    messages_go_where_the_guard_lets_them,
    who_is_asked_may_refuse,
    killed_anywhere_each_is_told_under_one_id,
);
