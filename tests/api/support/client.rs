//! People and what they do, over the wire.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, http::HeaderValue};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::Server;

/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(90);

/// What a test wants to know of a batch.
const BATCH: &str = "id status total pending running succeeded failed ignored cancelled quotaCost \
    quotaRefunded number cursor archiveUrl errorSheetUrl kind finishedAt";
const ITEM: &str =
    "id index status attempt step inputUrl outputUrl errorCode errorMessage startedAt finishedAt";

/// An answer's body.
pub async fn json_of(answer: reqwest::Response) -> Value {
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

/// Somebody with a token.
#[derive(Clone)]
pub struct Person<'a> {
    pub server: &'a Server,
    pub token: String,
}

/// A GraphQL answer.
#[derive(Debug, Clone)]
pub struct Answer(pub Value);

impl Answer {
    /// The data, where nothing failed.
    pub fn data(self) -> Value {
        assert!(self.0.get("errors").is_none(), "{}", self.0);
        self.0["data"].clone()
    }

    /// The first error.
    pub fn error(&self) -> &Value {
        let error = &self.0["errors"][0];
        assert!(error.is_object(), "this must fail: {}", self.0);
        error
    }

    pub fn code(&self) -> &str {
        self.error()["extensions"]["code"].as_str().unwrap()
    }

    pub fn message(&self) -> &str {
        self.error()["message"].as_str().unwrap()
    }
}

impl Person<'_> {
    pub async fn asks(&self, query: &str, variables: Value) -> Answer {
        Answer(json_of(self.sends(query, variables).await.unwrap()).await)
    }

    /// Asks a server that dies of it: there is no answer.
    pub async fn asks_in_vain(&self, query: &str, variables: Value) {
        let answer = tokio::time::timeout(HANGS, self.sends(query, variables)).await.expect("it hangs");
        assert!(answer.is_err(), "it answers: {answer:?}");
    }

    /// Asks a server that dies soon: it may answer or not.
    pub async fn asks_at_risk(&self, query: &str, variables: Value) {
        let answer = tokio::time::timeout(HANGS, self.sends(query, variables)).await.expect("it hangs");
        let Ok(answer) = answer else { return };
        if let Ok(bytes) = answer.bytes().await {
            Answer(serde_json::from_slice(&bytes).unwrap()).data();
        }
    }

    async fn sends(&self, query: &str, variables: Value) -> reqwest::Result<reqwest::Response> {
        self.server
            .http
            .post(format!("http://{}/graphql", self.server.address))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(json!({"query": query, "variables": variables}).to_string())
            .send()
            .await
    }

    pub async fn balance(&self) -> i64 {
        let answer = self.asks("{ viewer { quota { balance } } }", json!({})).await.data();
        answer["viewer"]["quota"]["balance"].as_i64().unwrap()
    }

    /// The ledger's amounts, newest first; each entry follows from the one before.
    pub async fn ledger(&self) -> Vec<i64> {
        let query = "{ viewer { quota { balance ledger(first: 100) { nodes { amount balanceAfter } } } } }";
        let quota = self.asks(query, json!({})).await.data()["viewer"]["quota"].clone();
        let entries = quota["ledger"]["nodes"].as_array().unwrap().clone();
        let mut balance = 0;
        for entry in entries.iter().rev() {
            balance += entry["amount"].as_i64().unwrap();
            assert_eq!(entry["balanceAfter"].as_i64().unwrap(), balance);
        }
        assert_eq!(quota["balance"].as_i64().unwrap(), balance, "the ledger adds up");
        entries.iter().map(|entry| entry["amount"].as_i64().unwrap()).collect()
    }

    pub async fn tries_to_create(&self, feature: &str, images: &[String], key: Option<&str>) -> Answer {
        let query = format!(
            "mutation ($input: CreateBatchInput!) {{ createBatch(input: $input) {{ quotaCost batch {{ {BATCH} }} }} }}"
        );
        let mut input = json!({"featureId": feature, "inputImages": images});
        if let Some(key) = key {
            input["idempotencyKey"] = key.into();
        }
        self.asks(&query, json!({"input": input})).await
    }

    /// Creates a batch; its id.
    pub async fn creates(&self, feature: &str, images: &[String]) -> String {
        let answer = self.tries_to_create(feature, images, None).await.data();
        answer["createBatch"]["batch"]["id"].as_str().unwrap().to_owned()
    }

    pub async fn retries(&self, batch: &str) -> Answer {
        let query = format!(
            "mutation ($input: RetryFailedItemsInput!) {{ retryFailedItems(input: $input) \
             {{ retriedCount quotaCost batch {{ {BATCH} }} }} }}"
        );
        self.asks(&query, json!({"input": {"batchId": batch}})).await
    }

    pub async fn cancels(&self, batch: &str) -> Answer {
        let query = format!(
            "mutation ($input: CancelBatchInput!) {{ cancelBatch(input: $input) {{ refundAmount batch {{ {BATCH} }} }} }}"
        );
        self.asks(&query, json!({"input": {"batchId": batch}})).await
    }

    /// The batch as it stands; null where it is not to be seen.
    pub async fn sees(&self, batch: &str) -> Value {
        let query = format!("query ($id: ID!) {{ batch(id: $id) {{ {BATCH} }} }}");
        self.asks(&query, json!({"id": batch})).await.data()["batch"].clone()
    }

    /// Every item of a batch by index.
    pub async fn items(&self, batch: &str) -> Vec<Value> {
        let query = format!(
            "query ($id: ID!, $after: String) {{ batch(id: $id) {{ items(first: 100, after: $after) {{ totalCount \
             pageInfo {{ hasNextPage endCursor }} nodes {{ {ITEM} attempts {{ number errorCode }} }} }} }} }}"
        );
        let mut items = Vec::new();
        let mut after = Value::Null;
        loop {
            let answer = self.asks(&query, json!({"id": batch, "after": after})).await.data();
            let page = &answer["batch"]["items"];
            items.extend(page["nodes"].as_array().unwrap().iter().cloned());
            if page["pageInfo"]["hasNextPage"] == false {
                assert_eq!(page["totalCount"].as_u64().unwrap(), items.len() as u64);
                return items;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    /// Makes a feature without a rate limit.
    pub async fn makes_feature(&self, key: &str, max_items: i32, cost: i32) {
        let query =
            "mutation ($input: CreateFeatureInput!) { createFeature(input: $input) { feature { id } } }";
        let input = json!({"key": key, "name": key, "quotaCost": cost, "maxItems": max_items, "concurrency": 8,
            "steps": [{"name": "grayscale", "kind": "grayscale", "parameters": {}}]});
        self.asks(query, json!({"input": input})).await.data();
    }

    pub async fn grants(&self, user: &str, amount: i64) {
        let query = "mutation ($input: GrantQuotaInput!) { grantQuota(input: $input) { quota { balance } } }";
        let input = json!({"userId": user, "amount": amount, "reason": "for the test",
            "idempotencyKey": uuid::Uuid::now_v7().to_string()});
        self.asks(query, json!({"input": input})).await.data();
    }

    pub async fn gets(&self, path: &str) -> reqwest::Response {
        let url = format!("http://{}{path}", self.server.address);
        self.server.http.get(url).bearer_auth(&self.token).send().await.unwrap()
    }

    /// Uploads a picture; what the server answers.
    pub async fn uploads(&self, bytes: Vec<u8>) -> (u16, Value) {
        let form = reqwest::multipart::Form::new()
            .part("file", reqwest::multipart::Part::bytes(bytes).file_name("picture.jpg"));
        let url = format!("http://{}/files", self.server.address);
        let sent = self.server.http.post(url).bearer_auth(&self.token).multipart(form).send().await.unwrap();
        (sent.status().as_u16(), json_of(sent).await)
    }

    /// Watches a batch, from now or from behind a cursor.
    pub async fn watches(&self, batch: &str, after: Option<&str>) -> Watching {
        let query = format!(
            "subscription ($id: ID!, $after: String) {{ batchProgress(batchId: $id, after: $after) \
             {{ cursor batch {{ {BATCH} }} item {{ {ITEM} }} }} }}"
        );
        self.subscribes(&query, json!({"id": batch, "after": after})).await
    }

    /// Subscribes to anything; each message is what the subscription's field says.
    pub async fn subscribes(&self, query: &str, variables: Value) -> Watching {
        let mut request = format!("ws://{}/graphql/ws", self.server.address).into_client_request().unwrap();
        let protocol = HeaderValue::from_static("graphql-transport-ws");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        let init = json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {}", self.token)}});
        socket.send(Message::text(init.to_string())).await.unwrap();
        let subscribe = json!({"id": "1", "type": "subscribe",
            "payload": {"query": query, "variables": variables}});
        socket.send(Message::text(subscribe.to_string())).await.unwrap();
        Watching { socket, completed: false }
    }

    /// Waits for the end of a batch by watching it; the batch then.
    pub async fn sees_the_end_of(&self, batch: &str) -> Value {
        let mut watching = self.watches(batch, None).await;
        let mut last = Value::Null;
        while let Some(message) = watching.next().await {
            last = message;
        }
        assert_eq!(last["item"], Value::Null, "the final message has no item");
        last["batch"].clone()
    }
}

/// A subscription.
pub struct Watching {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    completed: bool,
}

impl Watching {
    /// The next message; none where the subscription has completed, or the connection broke.
    pub async fn next(&mut self) -> Option<Value> {
        assert!(!self.completed, "nothing comes behind the end");
        // Around the whole wait: the server's pings alone are no progress.
        let next = tokio::time::timeout(HANGS, self.receives()).await.expect("it hangs");
        self.completed = next.is_none();
        next
    }

    async fn receives(&mut self) -> Option<Value> {
        loop {
            let Some(Ok(message)) = self.socket.next().await else { return None };
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text).unwrap();
            match message["type"].as_str().unwrap() {
                "next" => {
                    let payload = message["payload"].clone();
                    assert!(payload.get("errors").is_none(), "{payload}");
                    let fields = payload["data"].as_object().unwrap();
                    return fields.values().next().cloned();
                }
                "error" => panic!("{message}"),
                "complete" => return None,
                "ping" => {
                    let pong = json!({"type": "pong"});
                    self.socket.send(Message::text(pong.to_string())).await.unwrap();
                }
                _ => {}
            }
        }
    }
}
