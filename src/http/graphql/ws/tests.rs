//! Both websocket protocols, against a real server and a real client.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::http::config::SocketConfig;
use crate::http::testing::{TestServer, configure, eventually};

const TRANSPORT: &str = "graphql-transport-ws";
const LEGACY: &str = "graphql-ws";
/// Ends a test that has failed; nothing is decided by it.
const PATIENCE: Duration = Duration::from_secs(10);

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    async fn open(server: &TestServer, protocols: &str) -> Self {
        Self::open_with(server, protocols, &[]).await.unwrap()
    }

    async fn open_with(
        server: &TestServer,
        protocols: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let mut request = format!("ws://{}/graphql/ws", server.address).into_client_request().unwrap();
        if !protocols.is_empty() {
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
        }
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, response) = connect_async(request).await?;
        let chosen = response.headers().get("sec-websocket-protocol").map(|value| value.to_str().unwrap());
        let expected =
            [TRANSPORT, LEGACY].into_iter().find(|name| protocols.split(", ").any(|one| one == *name));
        assert_eq!(chosen, expected);
        Ok(Self(stream))
    }

    /// Opened, and alice let in.
    async fn ready(server: &TestServer, protocol: &str) -> Self {
        let mut client = Self::open(server, protocol).await;
        client.init(&server.bearer()).await;
        assert_eq!(client.next().await, json!({"type": "connection_ack"}));
        client
    }

    async fn init(&mut self, authorization: &str) {
        self.say(json!({"type": "connection_init", "payload": {"authorization": authorization}})).await;
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({"id": id, "type": "subscribe", "payload": {"query": query}})).await;
    }

    /// The next message in the protocol.
    async fn next(&mut self) -> Value {
        loop {
            match timeout(PATIENCE, self.0.next())
                .await
                .expect("a message in time")
                .expect("an open socket")
                .unwrap()
            {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// The next message that `wanted` wants, whatever comes before.
    async fn next_where(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.next().await;
            if wanted(&message) {
                return message;
            }
        }
    }

    /// How the server closes, whatever comes before.
    async fn closed(&mut self) -> (u16, String) {
        loop {
            match timeout(PATIENCE, self.0.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(Some(frame)))) => {
                    assert!(frame.reason.len() <= 123);
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(Message::Close(None)) | Err(_)) | None => return (0, String::new()),
                Some(Ok(_)) => {}
            }
        }
    }

    async fn close_code(&mut self) -> u16 {
        self.closed().await.0
    }
}

fn next(id: &str, data: Value) -> Value {
    json!({"id": id, "type": "next", "payload": {"data": data}})
}

fn with_sockets(change: impl FnOnce(&mut SocketConfig)) -> impl Future<Output = TestServer> {
    TestServer::start_with(|state| configure(state, |config| change(&mut config.sockets)))
}

#[tokio::test]
async fn queries_mutations_and_subscriptions_run_to_their_end() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    client.subscribe("q", "{ me }").await;
    assert_eq!(client.next().await, next("q", json!({"me": "alice USER"})));
    assert_eq!(client.next().await, json!({"id": "q", "type": "complete"}));
    client.subscribe("m", "mutation { bump }").await;
    assert_eq!(client.next().await, next("m", json!({"bump": 1})));
    assert_eq!(client.next().await["type"], "complete");
    // An id is free again once its operation has ended.
    for _ in 0..20 {
        client.subscribe("q", "subscription { count(to: 2) }").await;
        assert_eq!(client.next().await, next("q", json!({"count": 1})));
        assert_eq!(client.next().await, next("q", json!({"count": 2})));
        assert_eq!(client.next().await, json!({"id": "q", "type": "complete"}));
    }
}

#[tokio::test]
async fn what_is_refused_comes_as_an_error_with_a_code_and_nothing_after() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    let deep = format!("{{ add(a: {}1{}) }}", "[".repeat(3000), "]".repeat(3000));
    for (query, code) in [
        ("{ nothing }", "BAD_INPUT"),
        ("{ hello", "BAD_INPUT"),
        ("subscription { count(to: 1) another: count(to: 1) }", "BAD_INPUT"),
        ("subscription { refused }", "NOT_FOUND"),
        (&deep, "TOO_COMPLEX"),
    ] {
        client.subscribe("1", query).await;
        let message = client.next().await;
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("1")), "{query}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{query}");
    }
    // An error of a field is a result like any other.
    client.subscribe("1", "{ fault hello }").await;
    let message = client.next().await;
    assert_eq!((&message["type"], &message["payload"]["data"]["hello"]), (&json!("next"), &json!("world")));
    assert_eq!(client.next().await["type"], "complete");
}

#[tokio::test]
async fn a_panic_ends_its_operation_and_no_other() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    client.subscribe("1", "subscription { panicsAfterOne }").await;
    assert_eq!(client.next().await, next("1", json!({"panicsAfterOne": 1})));
    let message = client.next().await;
    assert_eq!(
        (&message["type"], &message["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("INTERNAL"))
    );
    assert!(message["payload"][0]["extensions"]["requestId"].is_string());
    client.subscribe("1", "{ hello }").await;
    assert_eq!(client.next().await, next("1", json!({"hello": "world"})));
}

#[tokio::test]
async fn pings_are_answered_both_ways() {
    let server = with_sockets(|sockets| sockets.ping_interval = Duration::from_millis(20)).await;
    let mut client = Client::open(&server, TRANSPORT).await;
    // Before the acknowledgement, too.
    client.say(json!({"type": "ping", "payload": {"n": 1}})).await;
    assert_eq!(client.next().await, json!({"type": "pong", "payload": {"n": 1}}));
    client.init(&server.bearer()).await;
    assert_eq!(client.next().await["type"], "connection_ack");
    client.say(json!({"type": "pong"})).await;
    client.say(json!({"type": "ping"})).await;
    assert_eq!(client.next().await, json!({"type": "pong"}));
    // The server's own are of the websocket; whoever answers stays.
    for _ in 0..5 {
        assert!(matches!(timeout(PATIENCE, client.0.next()).await.unwrap(), Some(Ok(Message::Ping(_)))));
    }
    client.subscribe("1", "{ hello }").await;
    assert_eq!(client.next().await, next("1", json!({"hello": "world"})));
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_gone() {
    let server = with_sockets(|sockets| sockets.ping_interval = Duration::from_millis(20)).await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    client.subscribe("1", "subscription { silent }").await;
    eventually("the subscription began", || server.alive_streams() == 1).await;
    // A client that does not read does not answer either.
    eventually("the silence was noticed", || server.alive_streams() == 0).await;
    assert_eq!(client.close_code().await, 0);
}

#[tokio::test]
async fn messages_that_are_none_of_the_protocol_close_with_4400() {
    let server = TestServer::start().await;
    for message in [
        Message::text("nonsense"),
        Message::text("[]"),
        Message::text(json!({"type": "start", "id": "1", "payload": {"query": "{ hello }"}}).to_string()),
        Message::text(json!({"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}).to_string()),
        Message::text(json!({"type": "subscribe", "id": "1", "payload": {}}).to_string()),
        Message::binary(b"{\"type\":\"ping\"}".to_vec()),
    ] {
        let mut client = Client::ready(&server, TRANSPORT).await;
        client.0.send(message.clone()).await.unwrap();
        let (code, reason) = client.closed().await;
        assert_eq!(code, 4400, "{message}");
        assert!(reason.starts_with("Invalid message"), "{reason}");
    }
}

#[tokio::test]
async fn an_operation_before_the_acknowledgement_closes_with_4401() {
    let server = TestServer::start().await;
    for (protocol, kind) in [(TRANSPORT, "subscribe"), (LEGACY, "start")] {
        let mut client = Client::open(&server, protocol).await;
        client.say(json!({"id": "1", "type": kind, "payload": {"query": "mutation { bump }"}})).await;
        assert_eq!(client.closed().await, (4401, "Unauthorized".to_owned()));
    }
    assert_eq!(server.bumps(), 0);
}

#[tokio::test]
async fn a_bad_token_closes_with_4403_and_says_why() {
    let server = TestServer::start().await;
    let expired = server.token_for("alice", 0);
    server.clock.advance(Duration::from_secs(60));
    for (payload, why) in [
        (json!({}), "needs a token"),
        (json!({"authorization": "Bearer nonsense"}), "not a signed JWT"),
        (json!({"authorization": format!("Bearer {expired}")}), "expired"),
    ] {
        let mut client = Client::open(&server, TRANSPORT).await;
        client.say(json!({"type": "connection_init", "payload": payload})).await;
        let (code, reason) = client.closed().await;
        assert_eq!(code, 4403);
        assert!(reason.starts_with("Forbidden") && reason.contains(why), "{reason}");
    }
    let mut client = Client::open(&server, LEGACY).await;
    client.say(json!({"type": "connection_init"})).await;
    assert_eq!(client.next().await["type"], "connection_error");
    assert_eq!(client.close_code().await, 4403);
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let server = TestServer::start().await;
    let mut client = Client::open(&server, TRANSPORT).await;
    client.init(&format!("Bearer {}", server.token_for("alice", 1))).await;
    assert_eq!(client.next().await["type"], "connection_ack");
    client.subscribe("1", "subscription { silent }").await;
    let (code, reason) = client.closed().await;
    assert_eq!(code, 4403);
    assert!(reason.contains("expired"), "{reason}");
    eventually("its operations ended", || server.alive_streams() == 0).await;
}

#[tokio::test]
async fn who_does_not_introduce_themselves_is_closed_with_4408() {
    let server = with_sockets(|sockets| sockets.init_timeout = Duration::from_millis(30)).await;
    let mut client = Client::open(&server, TRANSPORT).await;
    assert_eq!(client.closed().await, (4408, "Connection initialisation timeout".to_owned()));
}

#[tokio::test]
async fn an_id_in_use_closes_with_4409_and_a_second_init_with_4429() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    let id = "ü".repeat(100);
    for _ in 0..2 {
        client.subscribe(&id, "subscription { silent }").await;
    }
    let (code, reason) = client.closed().await;
    assert_eq!(code, 4409);
    assert!(reason.starts_with("Subscriber for ü"), "{reason}");

    let mut client = Client::ready(&server, TRANSPORT).await;
    client.init(&server.bearer()).await;
    assert_eq!(client.closed().await, (4429, "Too many initialisation requests".to_owned()));
}

#[tokio::test]
async fn a_client_without_a_known_protocol_is_closed_with_4406() {
    let server = TestServer::start().await;
    let mut client = Client::open(&server, "").await;
    assert_eq!(client.close_code().await, 4406);
}

#[tokio::test]
async fn a_client_that_offers_both_is_spoken_to_in_the_newer() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, "graphql-ws, graphql-transport-ws").await;
    client.subscribe("1", "{ hello }").await;
    assert_eq!(client.next().await["type"], "next");
}

#[tokio::test]
async fn a_message_over_the_limit_closes_with_1009() {
    let server = with_sockets(|sockets| sockets.max_message_bytes = 100_000).await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    let query = format!("{{ hello # {}\n }}", "x".repeat(90_000));
    client.subscribe("1", &query).await;
    assert_eq!(client.next().await["type"], "next");
    assert_eq!(client.next().await["type"], "complete");
    client.subscribe("1", &"x".repeat(100_001)).await;
    assert_eq!(client.close_code().await, 1009);
}

#[tokio::test]
async fn complete_stops_an_operation_and_frees_its_id() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    for round in 0..5 {
        client.subscribe("1", "subscription { busy(bytes: 10) }").await;
        client.next_where(|message| message["payload"]["data"]["busy"].is_string()).await;
        client.say(json!({"id": "1", "type": "complete"})).await;
        // What the stopped operation has still in the queue is not taken for the new one's.
        client.subscribe("1", "{ hello }").await;
        let stale = |message: &Value| message["payload"]["data"]["busy"].is_string();
        let answer = client.next_where(|message| !stale(message)).await;
        assert_eq!(answer, next("1", json!({"hello": "world"})), "round {round}");
        assert_eq!(client.next().await, json!({"id": "1", "type": "complete"}));
        eventually("the stream was dropped", || server.alive_streams() == 0).await;
    }
    // Stopping what does not run is nothing.
    client.say(json!({"id": "none", "type": "complete"})).await;
    client.subscribe("1", "{ hello }").await;
    assert_eq!(client.next().await["type"], "next");
}

#[tokio::test]
async fn a_busy_subscription_does_not_starve_others() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    for busy in ["a", "b", "c"] {
        client.subscribe(busy, "subscription { busy(bytes: 100) }").await;
    }
    client.next().await;
    for _ in 0..20 {
        client.subscribe("q", "{ hello }").await;
        client.say(json!({"type": "ping"})).await;
        let (mut pong, mut answered, mut between) = (false, false, 0);
        while !(pong && answered) {
            let message = client.next().await;
            pong |= message["type"] == "pong";
            answered |= message["id"] == "q" && message["type"] == "complete";
            between += 1;
            assert!(between < 5_000, "starved");
        }
    }
}

#[tokio::test]
async fn a_slow_reader_costs_only_itself_and_is_cut_off() {
    let server = with_sockets(|sockets| sockets.send_timeout = Duration::from_millis(200)).await;
    let mut slow = Client::ready(&server, TRANSPORT).await;
    // Large enough to fill what the kernel buffers, after which nobody reads.
    slow.subscribe("1", "subscription { busy(bytes: 1000000) }").await;
    eventually("the subscription began", || server.alive_streams() == 1).await;
    let mut other = Client::ready(&server, TRANSPORT).await;
    other.subscribe("1", "subscription { count(to: 3) }").await;
    for n in 1..=3 {
        assert_eq!(other.next().await, next("1", json!({"count": n})));
    }
    eventually("the slow reader was cut off", || server.alive_streams() == 0).await;
    other.subscribe("2", "{ hello }").await;
    other.next_where(|message| *message == next("2", json!({"hello": "world"}))).await;
    drop(slow);
}

#[tokio::test]
async fn the_number_of_operations_on_a_socket_is_limited() {
    let server = with_sockets(|sockets| sockets.max_operations = 2).await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    for id in ["1", "2", "3"] {
        client.subscribe(id, "subscription { silent }").await;
    }
    let message = client.next().await;
    assert_eq!((&message["id"], &message["type"]), (&json!("3"), &json!("error")));
    assert_eq!(message["payload"][0]["extensions"]["code"], "TOO_COMPLEX");
    client.say(json!({"id": "1", "type": "complete"})).await;
    client.subscribe("3", "{ hello }").await;
    assert_eq!(client.next().await, next("3", json!({"hello": "world"})));
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_its_operations() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    client.subscribe("1", "subscription { silent }").await;
    client.subscribe("2", "subscription { busy }").await;
    eventually("both began", || server.alive_streams() == 2).await;
    drop(client);
    eventually("both ended", || server.alive_streams() == 0).await;
}

#[tokio::test]
async fn shutdown_closes_sockets_with_1001_and_waits_for_them() {
    let server = TestServer::start().await;
    let mut client = Client::ready(&server, TRANSPORT).await;
    client.subscribe("1", "subscription { silent }").await;
    eventually("it began", || server.alive_streams() == 1).await;
    server.shutdown.cancel();
    assert_eq!(client.closed().await, (1001, "Going away".to_owned()));
    drop(client);
    assert_eq!(timeout(PATIENCE, server.serving).await.unwrap().unwrap(), crate::http::Served::Drained);
}

#[tokio::test]
async fn the_older_protocol_is_spoken_as_well() {
    let server = with_sockets(|sockets| sockets.ping_interval = Duration::from_millis(20)).await;
    let mut client = Client::ready(&server, LEGACY).await;
    let alive = |message: &Value| message["type"] == "ka";
    client.next_where(alive).await;
    let start = |id: &str, query: &str| json!({"id": id, "type": "start", "payload": {"query": query}});

    client.say(start("1", "subscription { count(to: 2) }")).await;
    for expected in [
        json!({"id": "1", "type": "data", "payload": {"data": {"count": 1}}}),
        json!({"id": "1", "type": "data", "payload": {"data": {"count": 2}}}),
        json!({"id": "1", "type": "complete"}),
    ] {
        assert_eq!(client.next_where(|message| !alive(message)).await, expected);
    }
    client.say(start("1", "{ nothing }")).await;
    let error = client.next_where(|message| !alive(message)).await;
    assert_eq!(
        (&error["type"], &error["payload"]["extensions"]["code"]),
        (&json!("error"), &json!("BAD_INPUT"))
    );

    // The same id again takes the old one's place.
    client.say(start("2", "subscription { silent }")).await;
    client.say(start("2", "{ hello }")).await;
    let answer = client.next_where(|message| !alive(message)).await;
    assert_eq!(answer["payload"]["data"]["hello"], "world");
    eventually("the old one ended", || server.alive_streams() == 0).await;

    client.say(start("3", "subscription { silent }")).await;
    eventually("it began", || server.alive_streams() == 1).await;
    client.say(json!({"id": "3", "type": "stop"})).await;
    eventually("it was stopped", || server.alive_streams() == 0).await;
    client.say(json!({"type": "connection_terminate"})).await;
    assert_eq!(client.close_code().await, 1000);
}

#[tokio::test]
async fn in_development_pages_of_other_origins_open_no_socket() {
    let server = TestServer::start_with(|state| configure(state, |config| config.development = true)).await;
    let ours = format!("http://{}", server.address);
    assert!(Client::open_with(&server, TRANSPORT, &[("origin", &ours)]).await.is_ok());
    for (name, value) in [("origin", "http://evil.example"), ("origin", "null"), ("host", "evil.example")] {
        match Client::open_with(&server, TRANSPORT, &[(name, value)]).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{name}: {value}"),
            other => panic!("{name}: {value}: {:?}", other.map(|_| ())),
        }
    }
}

#[tokio::test]
async fn a_token_may_come_with_the_upgrade() {
    let server = TestServer::start().await;
    let bearer = server.bearer();
    let mut client = Client::open_with(&server, TRANSPORT, &[("authorization", &bearer)]).await.unwrap();
    client.say(json!({"type": "connection_init"})).await;
    assert_eq!(client.next().await["type"], "connection_ack");
}

#[tokio::test]
async fn a_mutation_comes_to_its_end_though_its_client_says_complete_or_goes() {
    for goes in [false, true] {
        let server = TestServer::start().await;
        let mut client = Client::ready(&server, TRANSPORT).await;
        client.subscribe("m", "mutation { bumpBehindTheGate }").await;
        server.gate().reached.notified().await;
        client.say(json!({"id": "m", "type": "complete"})).await;
        client.subscribe("q", "{ me }").await;
        assert_eq!(client.next().await, next("q", json!({"me": "alice USER"})));
        if goes {
            client.0.close(None).await.unwrap();
            client.closed().await;
        }
        server.gate().open.notify_one();
        eventually("the mutation comes to its end", || server.bumps() == 1).await;
    }
}
