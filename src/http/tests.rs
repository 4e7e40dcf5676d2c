//! The router as a whole, against a real server.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::testing::{FewFiles, TestServer, configure};
use super::{Authenticated, MaybeAuthenticated, Probe, Problem, RequestId, ServeOptions, Served};
use crate::kernel::{ErrorCode, Fault};

struct Failing(bool);

#[async_trait]
impl Probe for Failing {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        if self.0 { Err("postgres://user:hunter2@db".into()) } else { Ok(()) }
    }
}

impl TestServer {
    async fn fetch(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (StatusCode, reqwest::header::HeaderMap, String) {
        let mut request = self.client.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, response.text().await.unwrap())
    }

    async fn json(&self, path: &str) -> (StatusCode, Value) {
        let (status, _, text) = self.fetch(path, &[]).await;
        (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}")))
    }
}

async fn with_playground() -> TestServer {
    TestServer::start_with(|state| {
        state.assets = Arc::new(FewFiles(HashMap::from([
            ("index.html", "<!doctype html>app"),
            ("graphiql.html", "<!doctype html>graphiql"),
            ("assets/app-1a2b.js", "console.log('a script that is long enough to be worth compressing')"),
        ])));
    })
    .await
}

#[tokio::test]
async fn health_tells_living_from_ready_and_keeps_the_reason_for_the_log() {
    let server = TestServer::start_with(|state| state.probes = Arc::new([Arc::new(Failing(false))])).await;
    assert_eq!(server.json("/healthz").await, (StatusCode::OK, json!({"status": "ok"})));
    let ready = json!({"status": "ready", "checks": {"database": "ok"}});
    assert_eq!(server.json("/readyz").await, (StatusCode::OK, ready));

    let server = TestServer::start_with(|state| state.probes = Arc::new([Arc::new(Failing(true))])).await;
    assert_eq!(server.json("/healthz").await.0, StatusCode::OK);
    let unavailable = json!({"status": "unavailable", "checks": {"database": "unavailable"}});
    assert_eq!(server.json("/readyz").await, (StatusCode::SERVICE_UNAVAILABLE, unavailable));
}

#[tokio::test]
async fn the_playground_is_served_with_its_pages_and_caching() {
    let server = with_playground().await;
    let (status, headers, body) = server.fetch("/", &[]).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "<!doctype html>app"));
    assert_eq!(headers["content-type"], "text/html");
    assert_eq!(headers["cache-control"], "no-cache");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("script-src 'self';"), "{policy}");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "no-referrer");

    let tag = headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(server.fetch("/", &[("if-none-match", &tag)]).await.0, StatusCode::NOT_MODIFIED);
    assert_eq!(server.fetch("/", &[("if-none-match", "\"other\"")]).await.0, StatusCode::OK);

    let (_, headers, _) = server.fetch("/assets/app-1a2b.js", &[]).await;
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    let (_, headers, _) = server.fetch("/assets/app-1a2b.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!(headers["content-encoding"], "gzip");
    assert_eq!(server.fetch("/graphiql", &[]).await.2, "<!doctype html>graphiql");
}

#[tokio::test]
async fn unknown_paths_are_pages_for_browsers_and_errors_for_programs() {
    let server = with_playground().await;
    let browser = [("accept", "text/html,application/xhtml+xml")];
    assert_eq!(server.fetch("/batches/QmF0Y2g6MQ", &browser).await.2, "<!doctype html>app");
    for path in ["/batches/QmF0Y2g6MQ", "/nothing"] {
        let (status, body) = server.json(path).await;
        assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &json!("NOT_FOUND")), "{path}");
    }
    for path in
        ["/assets/gone.js", "/graphql/nothing", "/files/x/y", "/dev/nothing", "/assets/../index.html/.."]
    {
        let (status, headers, _) = server.fetch(path, &browser).await;
        let expected = if path.contains("..") { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(status, expected, "{path}");
        assert!(status == StatusCode::OK || headers["content-type"] == "application/json", "{path}");
    }
    let response = server.client.post(server.url("/nothing")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let response = server.client.delete(server.url("/healthz")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()["allow"], "GET,HEAD");
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(body["code"], "BAD_INPUT");
}

#[tokio::test]
async fn without_a_playground_the_page_says_how_to_build_it() {
    let server = TestServer::start().await;
    for path in ["/", "/graphiql"] {
        let (status, _, body) = server.fetch(path, &[]).await;
        assert_eq!(status, StatusCode::OK);
        assert!(body.contains("make run"), "{path}");
    }
}

#[tokio::test]
async fn development_lists_its_users_with_tokens_that_work_and_production_does_not() {
    let server = TestServer::start_with(|state| configure(state, |config| config.development = true)).await;
    let (_, users) = server.json("/dev/users").await;
    assert_eq!((&users[0]["id"], &users[0]["roles"]), (&json!("alice"), &json!(["USER"])));
    assert_eq!(users[1]["roles"], json!(["USER", "OPERATOR", "ADMIN"]));
    let response = server
        .client
        .post(server.url("/graphql"))
        .header("authorization", format!("Bearer {}", users[1]["token"].as_str().unwrap()))
        .header("content-type", "application/json")
        .body(json!({"query": "{ me }"}).to_string());
    assert!(response.send().await.unwrap().text().await.unwrap().contains("admin ADMIN"));

    let server = TestServer::start().await;
    assert_eq!(server.json("/dev/users").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn development_answers_loopback_names_alone() {
    let server = TestServer::start_with(|state| configure(state, |config| config.development = true)).await;
    for (host, status) in [("localhost:8080", 200), ("127.0.0.1", 200), ("rebound.example:8080", 403)] {
        for path in ["/healthz", "/dev/users", "/"] {
            assert_eq!(server.fetch(path, &[("host", host)]).await.0.as_u16(), status, "{host}{path}");
        }
    }
    let production = TestServer::start().await;
    assert_eq!(production.fetch("/healthz", &[("host", "docket.example")]).await.0, 200);
}

#[tokio::test]
async fn only_pages_of_listed_origins_may_call() {
    let server = TestServer::start_with(|state| {
        configure(state, |config| config.allowed_origins = vec!["https://dash.example".into()]);
    })
    .await;
    let preflight = |origin: &'static str| {
        server
            .client
            .request(reqwest::Method::OPTIONS, server.url("/graphql"))
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type")
            .send()
    };
    let listed = preflight("https://dash.example").await.unwrap();
    assert_eq!(listed.headers()["access-control-allow-origin"], "https://dash.example");
    assert!(
        preflight("https://evil.example")
            .await
            .unwrap()
            .headers()
            .get("access-control-allow-origin")
            .is_none()
    );
    let (_, headers, _) =
        TestServer::start().await.fetch("/healthz", &[("origin", "https://dash.example")]).await;
    assert!(headers.get("access-control-allow-origin").is_none());
}

/// Routes as other rooms add them.
fn further() -> Router {
    async fn whoami(Authenticated(identity): Authenticated) -> String {
        identity.actor.user_id
    }
    async fn maybe(MaybeAuthenticated(identity): MaybeAuthenticated) -> String {
        identity.map_or_else(|| "nobody".to_owned(), |identity| identity.actor.user_id)
    }
    async fn broken() -> Result<String, Problem> {
        Err(Fault::internal("password=hunter2").into())
    }
    async fn panics(id: axum::Extension<RequestId>) -> String {
        assert!(id.as_str().is_empty(), "hunter2");
        String::new()
    }
    Router::new()
        .route("/files", post(whoami))
        .route("/files/{id}", get(maybe))
        .route("/broken", get(broken))
        .route("/panics", get(panics))
}

#[tokio::test]
async fn other_rooms_routes_get_the_caller_and_answer_problems() {
    let server = TestServer::start_with_routes(|_| {}, further()).await;
    let upload = |bearer: Option<String>| {
        let request = server.client.post(server.url("/files"));
        match bearer {
            Some(bearer) => request.header("authorization", bearer),
            None => request,
        }
        .send()
    };
    assert_eq!(upload(Some(server.bearer())).await.unwrap().text().await.unwrap(), "alice");
    let refused = upload(None).await.unwrap();
    assert_eq!(
        (refused.status(), &refused.headers()["www-authenticate"]),
        (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
    );
    let body: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(
        (&body["code"], &body["errorCode"]),
        (&json!("UNAUTHENTICATED"), &json!(ErrorCode::Unauthenticated.number()))
    );

    assert_eq!(server.fetch("/files/1", &[]).await.2, "nobody");
    assert_eq!(server.fetch("/files/1", &[("authorization", &server.bearer())]).await.2, "alice");
    assert_eq!(server.fetch("/files/1", &[("authorization", "Bearer x")]).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn faults_and_panics_answer_internal_with_the_requests_id() {
    let server = TestServer::start_with_routes(|_| {}, further()).await;
    for path in ["/broken", "/panics"] {
        let (status, headers, body) = server.fetch(path, &[("x-request-id", "seven")]).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(!body.contains("hunter2"), "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&body["code"], &body["requestId"]), (&json!("INTERNAL"), &json!("seven")), "{path}");
        assert_eq!(headers["x-request-id"], "seven");
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
    assert_eq!(server.json("/healthz").await.0, StatusCode::OK);
}

#[tokio::test]
async fn requests_are_counted_by_their_routes_pattern() {
    let recorder = super::metrics::builder().unwrap().build_recorder();
    let handle = recorder.handle();
    // For this thread, on which the test's runtime runs all there is.
    let _guard = metrics::set_default_local_recorder(&recorder);
    let server = TestServer::start_with_routes(|state| state.metrics = Some(handle), further()).await;
    server.fetch("/files/1", &[]).await;
    server.fetch("/files/2?signature=x", &[]).await;
    server.fetch("/nothing/3", &[]).await;
    let (_, headers, text) = server.fetch("/metrics", &[]).await;
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    for line in [
        "docket_http_requests_total{method=\"GET\",route=\"/files/{id}\",status=\"200\"} 2",
        "docket_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1",
        "docket_http_request_duration_seconds_count{method=\"GET\",route=\"/files/{id}\"} 2",
    ] {
        assert!(text.contains(line), "{line}\nin\n{text}");
    }
    assert!(!text.contains("signature"));
    assert_eq!(TestServer::start().await.json("/metrics").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn shutdown_answers_what_is_in_hand_and_takes_nothing_new() {
    let (entered, mut has_entered) = tokio::sync::mpsc::channel::<()>(1);
    let (release, released) = tokio::sync::watch::channel(false);
    let slow = move || {
        let (entered, mut released) = (entered.clone(), released.clone());
        async move {
            let _ = entered.send(()).await;
            let _ = released.wait_for(|released| *released).await;
            "answered"
        }
    };
    let server = TestServer::start_with_routes(|_| {}, Router::new().route("/slow", get(slow))).await;
    let in_hand = tokio::spawn(server.client.get(server.url("/slow")).send());
    has_entered.recv().await.unwrap();
    server.shutdown.cancel();
    // The listener closes while the request is still in hand.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!server.serving.is_finished());
    release.send(true).unwrap();
    assert_eq!(in_hand.await.unwrap().unwrap().text().await.unwrap(), "answered");
    assert_eq!(server.serving.await.unwrap(), Served::Drained);
}

#[tokio::test]
async fn what_is_not_done_within_the_grace_is_cut_off() {
    let (entered, mut has_entered) = tokio::sync::mpsc::channel::<()>(1);
    let never = move || {
        let entered = entered.clone();
        async move {
            let _ = entered.send(()).await;
            std::future::pending::<String>().await
        }
    };
    let routes = Router::new().route("/never", get(never));
    let grace = |options: &mut ServeOptions| options.grace = Duration::from_millis(50);
    let server = TestServer::start_timed(|_| {}, routes, grace).await;
    let hanging = tokio::spawn(server.client.get(server.url("/never")).send());
    has_entered.recv().await.unwrap();
    server.shutdown.cancel();
    assert_eq!(server.serving.await.unwrap(), Served::CutOff(1));
    assert!(hanging.await.unwrap().is_err());
}

#[tokio::test]
async fn a_client_that_never_finishes_its_head_is_hung_up_on() {
    let limit = |options: &mut ServeOptions| options.head_timeout = Duration::from_millis(50);
    let server = TestServer::start_timed(|_| {}, Router::new(), limit).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    let mut answer = Vec::new();
    let hung_up = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
    hung_up.expect("an end in time").unwrap();
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
}
