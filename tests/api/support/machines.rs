//! Machines: workers who do jobs, a server that processes call, and what becomes of their instances.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::any;
use serde_json::{Value, json};

use super::{Answer, Person, Server};

const START: &str =
    "mutation ($input: StartProcessInput!) { startProcess(input: $input) { instance { id } } }";
const CLAIM: &str =
    "mutation ($input: ClaimJobsInput!) { claimJobs(input: $input) { jobs { lock job { id } } } }";

/// A process of these nodes and flows, between its start and its end.
pub fn process(key: &str, inner: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"
  xmlns:docket="https://docket.dev/bpmn" targetNamespace="tests"><error id="e" errorCode="NO_BOX"/>
<process id="{key}" name="{key}"><startEvent id="start"/>{inner}<endEvent id="end"/></process></definitions>"#
    )
}

/// A service task, and then Alice.
pub fn then_alice(key: &str, attributes: &str, extensions: &str) -> String {
    process(
        key,
        &format!(
            r#"<serviceTask id="work" {attributes}><extensionElements>{extensions}</extensionElements></serviceTask>
            <userTask id="review" flowable:assignee="alice"/>
            <sequenceFlow id="a" sourceRef="start" targetRef="work"/>
            <sequenceFlow id="b" sourceRef="work" targetRef="review"/>
            <sequenceFlow id="c" sourceRef="review" targetRef="end"/>"#
        ),
    )
}

/// What starts an instance about `key`, once.
pub fn start(process: &str, key: &str) -> (&'static str, Value) {
    let once = format!("{process} {key}");
    (START, json!({"input": {"definitionKey": process, "businessKey": key, "idempotencyKey": once}}))
}

/// A job that a worker has.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub job: Value,
    pub lock: Value,
}

/// What machines have done for an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// What the history says of jobs and incidents.
    pub history: Vec<String>,
    /// Status, attempts and last error of its jobs.
    pub jobs: Vec<String>,
    /// Nodes and statuses of its tasks.
    pub tasks: Vec<String>,
    /// The codes of what could not be done.
    pub incidents: Vec<String>,
}

impl Standing {
    /// One whose only job stands so, with these words of history.
    pub fn of(history: &[&str], job: &str, tasks: &[&str], incidents: &[&str]) -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            history: owned(history),
            jobs: owned(&[job]),
            tasks: owned(tasks),
            incidents: owned(incidents),
        }
    }
}

impl Person<'_> {
    /// Starts an instance about `key`; its id.
    pub async fn sets_going(&self, process: &str, key: &str) -> Value {
        let (query, variables) = start(process, key);
        self.asks(query, variables).await.data()["startProcess"]["instance"]["id"].clone()
    }

    /// Claims one job of a topic, if there is one.
    pub async fn claims_one(&self, topic: &str, seconds: u32) -> Option<Claimed> {
        let (query, variables) = claim(topic, seconds);
        let claimed = self.asks(query, variables).await.data();
        let jobs = claimed["claimJobs"]["jobs"].as_array().unwrap();
        jobs.first().map(|one| Claimed { job: one["job"]["id"].clone(), lock: one["lock"].clone() })
    }

    /// An instance with everything that is asked of it here. For ADMIN.
    pub async fn instance_of(&self, process: &str, key: &str) -> Value {
        let query = "query ($process: String, $key: String) { \
            processInstances(filter: {definitionKey: $process, businessKey: $key}) { nodes { id status variables \
            history(first: 100) { nodes { kind } } incidents { id code message } \
            tasks { nodes { nodeId status } } } } \
            jobs(filter: {statuses: [PENDING, WAITING, RUNNING, SUCCESS, FAILED, CANCELLED]}, first: 100) \
            { nodes { id instanceId status attempt retries errorCode dueAt } } }";
        let found = self.asks(query, json!({"process": process, "key": key})).await.data();
        let nodes = found["processInstances"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 1, "{key}: {found}");
        let mut instance = nodes[0].clone();
        let mut jobs = found["jobs"]["nodes"].clone();
        jobs.as_array_mut().unwrap().retain(|job| job["instanceId"] == instance["id"]);
        instance["jobs"] = jobs;
        instance
    }

    /// How it stands.
    pub async fn standing_of(&self, process: &str, key: &str) -> Standing {
        let instance = self.instance_of(process, key).await;
        let rows = |rows: &Value| rows.as_array().unwrap().clone();
        let text = |row: &Value, field: &str| row[field].as_str().unwrap_or("-").to_owned();
        let history = rows(&instance["history"]["nodes"]);
        let of_machines = |kind: &String| kind.contains("JOB") || kind.contains("INCIDENT");
        let job =
            |row: &Value| format!("{} {} {}", text(row, "status"), row["attempt"], text(row, "errorCode"));
        Standing {
            history: history.iter().map(|row| text(row, "kind")).filter(of_machines).collect(),
            jobs: rows(&instance["jobs"]).iter().map(job).collect(),
            tasks: rows(&instance["tasks"]["nodes"])
                .iter()
                .map(|row| format!("{} {}", text(row, "nodeId"), text(row, "status")))
                .collect(),
            incidents: rows(&instance["incidents"]).iter().map(|row| text(row, "code")).collect(),
        }
    }

    /// Resolves the one incident of an instance.
    pub async fn resolves_the_incident_of(&self, process: &str, key: &str) -> Answer {
        let (query, variables) = resolve(&self.instance_of(process, key).await["incidents"][0]["id"]);
        self.asks(query, variables).await
    }
}

impl Server {
    /// Sends this to where somebody wants to be called back.
    pub async fn calls_back(&self, url: &str, body: &Value) -> reqwest::Result<reqwest::Response> {
        let request = self.http.post(url).header("content-type", "application/json");
        request.body(body.to_string()).send().await
    }
}

/// What claims one job of a topic.
pub fn claim(topic: &str, seconds: u32) -> (&'static str, Value) {
    (CLAIM, json!({"input": {"topics": [topic], "worker": "w", "max": 1, "lockSeconds": seconds}}))
}

/// What resolves an incident.
pub fn resolve(incident: &Value) -> (&'static str, Value) {
    let query =
        "mutation ($input: ResolveIncidentInput!) { resolveIncident(input: $input) { incident { id } } }";
    (query, json!({"input": {"incidentId": incident}}))
}

/// A call that has come.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    /// Which was said to be the same as which.
    pub key: String,
    /// Where it wants to be answered later.
    pub callback: Option<String>,
    pub headers: HeaderMap,
    pub body: Value,
}

#[derive(Default)]
struct Shared {
    /// By what they were about: the path's last part.
    calls: Mutex<HashMap<String, Vec<Call>>>,
    /// What has been mended answers well.
    mended: Mutex<bool>,
}

/// A server that processes call. What `/{kind}/{about}` does is said by its kind, and `good` answers with
/// how often it has been called about this. It ends with the test's runtime.
pub struct Called {
    pub host: String,
    shared: Arc<Shared>,
}

impl Called {
    pub async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let router = Router::new().route("/{kind}/{about}", any(answer)).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { host, shared }
    }

    /// What has come about this.
    pub fn about(&self, about: &str) -> Vec<Call> {
        self.shared.calls.lock().unwrap().get(about).cloned().unwrap_or_default()
    }

    /// From now on it answers well, whatever the kind.
    pub fn is_mended(&self) {
        *self.shared.mended.lock().unwrap() = true;
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    Path((kind, about)): Path<(String, String)>,
    request: axum::extract::Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let call = Call {
        method: parts.method.to_string(),
        key: header("idempotency-key").unwrap_or_default(),
        callback: header("docket-callback-url"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        headers: parts.headers.clone(),
    };
    let count = {
        let mut calls = shared.calls.lock().unwrap();
        let calls = calls.entry(about).or_default();
        calls.push(call);
        calls.len()
    };
    let is_mended = *shared.mended.lock().unwrap();
    match kind.as_str() {
        _ if is_mended => {}
        "hiccup" if count <= 1 => {
            return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0")]).into_response();
        }
        "failing" => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "refusing" => return StatusCode::UNPROCESSABLE_ENTITY.into_response(),
        "redirecting" => return Redirect::temporary("/good/elsewhere").into_response(),
        "silent" => return std::future::pending().await,
        "endless" => {
            let parts =
                futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[32; 1_024])));
            return Body::from_stream(parts).into_response();
        }
        _ => {}
    }
    axum::Json(json!({"count": count, "id": 7})).into_response()
}
