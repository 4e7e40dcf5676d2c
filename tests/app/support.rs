//! An app on SQLite in a folder of its own, and requests to it without a network.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Executor as _, Request as Query, Variables};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use docket::app::{App, Config, Mode};
use docket::http::auth::{TokenIssuer, TokenRules};
use docket::kernel::{Actor, ManualClock, Role};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A PNG picture of one pixel.
pub const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0,
    0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63,
    0xf8, 0xcf, 0xc0, 0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x56, 0xc7, 0x2f, 0x0d, 0, 0, 0, 0, b'I', b'E', b'N',
    b'D', 0xae, 0x42, 0x60, 0x82,
];

pub struct Program {
    pub app: App,
    pub router: Router,
    pub clock: Arc<ManualClock>,
    _folder: TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub fn actor(user_id: &str) -> Actor {
    let role = match user_id {
        "olivia" => Role::Operator,
        "admin" => Role::Admin,
        _ => Role::User,
    };
    Actor { user_id: user_id.into(), name: user_id.into(), role, plan: None }
}

impl Program {
    /// In development mode; the engine does not work.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let variables = [("DOCKET_DATA_DIR".to_owned(), folder.path().to_str().unwrap().to_owned())];
        let config = Config::load(Mode::Development, None, variables).unwrap();
        let clock = Arc::new(ManualClock::new("2026-11-22T08:00:00Z".parse().unwrap()));
        let app = App::build(config, clock.clone()).await.unwrap();
        app.prepare().await.unwrap();
        let router = app.router().unwrap();
        Self { app, router, clock, _folder: folder }
    }

    pub fn token(&self, user_id: &str) -> String {
        let secret = self.app.token_secret.as_ref().unwrap();
        let issuer = TokenIssuer::new(secret, &TokenRules::default(), self.clock.clone()).unwrap();
        issuer.issue(&actor(user_id), Duration::from_secs(3600)).unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// A request to `path`, as `user_id` where one is given.
    pub fn get(&self, path: &str, user_id: Option<&str>) -> axum::http::request::Builder {
        let request = Request::get(path).header(header::HOST, "127.0.0.1:8080");
        match user_id {
            Some(user_id) => request.header(header::AUTHORIZATION, format!("Bearer {}", self.token(user_id))),
            None => request,
        }
    }

    pub async fn upload(&self, user_id: &str, field: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"K\u{e4}se.png\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post("/files")
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token(user_id)))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Executes straight on the schema.
    pub async fn execute(&self, user_id: &str, query: &str, variables: Value) -> Value {
        let request = Query::new(query).variables(Variables::from_json(variables)).data(actor(user_id));
        serde_json::to_value(self.app.schema.execute(request).await).unwrap()
    }

    /// Asks over HTTP, past the guard that comes before the schema.
    pub async fn ask(&self, user_id: &str, query: &str, variables: Value) -> Value {
        let body = serde_json::json!({"query": query, "variables": variables}).to_string();
        let request = Request::post("/graphql")
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token(user_id)))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.into()).unwrap()).await.json()
    }

    /// A batch of `count` pictures that nobody fetches; its global id.
    pub async fn batch(&self, user_id: &str, count: usize) -> String {
        let images: Vec<_> = (0..count).map(|n| format!("https://pictures.example/{n}.jpg")).collect();
        let query = "mutation($images: [URL!]!) { createBatch(input: {featureId: \"basic_clean\", inputImages: $images}) \
                     { batch { id } } }";
        let answer = self.ask(user_id, query, serde_json::json!({"images": images})).await;
        answer["data"]["createBatch"]["batch"]["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}
