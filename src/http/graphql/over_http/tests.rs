//! GraphQL over HTTP, against a real server.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};

use crate::http::testing::{TestServer, configure, eventually};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// An answer, read.
struct Answer {
    status: StatusCode,
    content_type: String,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Answer {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let content_type = headers["content-type"].to_str().unwrap().to_owned();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
        Self { status, content_type, headers, body }
    }

    fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
    }
}

impl TestServer {
    fn post(&self, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        self.client
            .post(self.url("/graphql"))
            .header("authorization", self.bearer())
            .header("content-type", "application/json")
            .body(body)
    }

    async fn query(&self, query: &str) -> Answer {
        Answer::of(self.post(json!({"query": query}).to_string())).await
    }

    fn get(&self, parameters: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut url: url::Url = self.url("/graphql").parse().unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        self.client.get(url).header("authorization", self.bearer())
    }
}

#[tokio::test]
async fn a_query_is_answered_for_its_caller() {
    let server = TestServer::start().await;
    let body = json!({
        "query": "query Q($a: Int!) { me add(a: $a, b: 2) } query Other { hello }",
        "operationName": "Q",
        "variables": {"a": 40},
        "extensions": {"ignored": true},
    });
    let answer = Answer::of(server.post(body.to_string()).header("x-request-id", "my-id")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, json!({"data": {"me": "alice USER", "add": 42}}));
    assert_eq!(answer.headers["x-request-id"], "my-id");
    assert_eq!(answer.headers["cache-control"], "no-store");
    let answer = server.query("{ requestId }").await;
    assert_eq!(answer.body["data"]["requestId"], answer.headers["x-request-id"].to_str().unwrap());
}

#[tokio::test]
async fn accept_decides_type_and_status() {
    let server = TestServer::start().await;
    for (accept, query, status, content_type) in [
        (GRAPHQL_RESPONSE, "{ hello }", 200, GRAPHQL_RESPONSE),
        (GRAPHQL_RESPONSE, "{ nothing }", 400, GRAPHQL_RESPONSE),
        (GRAPHQL_RESPONSE, "{ hello", 400, GRAPHQL_RESPONSE),
        // Executed: the error is a field's.
        (GRAPHQL_RESPONSE, "{ fault }", 200, GRAPHQL_RESPONSE),
        ("application/json", "{ nothing }", 200, "application/json"),
        ("application/json", "{ hello", 200, "application/json"),
        ("*/*", "{ nothing }", 200, "application/json"),
    ] {
        let body = json!({"query": query}).to_string();
        let answer = Answer::of(server.post(body).header("accept", accept)).await;
        assert_eq!(answer.status.as_u16(), status, "{accept} {query}");
        assert!(answer.content_type.starts_with(content_type), "{accept} {query}: {}", answer.content_type);
        assert_eq!(answer.body.get("data").is_none(), query != "{ hello }" && query != "{ fault }");
    }
    let refused = Answer::of(server.post("{}").header("accept", "image/png")).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (406, "BAD_INPUT"));
}

#[tokio::test]
async fn forms_and_plain_text_are_not_read() {
    let server = TestServer::start().await;
    let body = json!({"query": "mutation { bump }"}).to_string();
    for content_type in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain; application/json",
    ] {
        let request = server
            .client
            .post(server.url("/graphql"))
            .header("authorization", server.bearer())
            .header("content-type", content_type)
            .body(body.clone());
        let answer = Answer::of(request).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (415, "BAD_INPUT"), "{content_type}");
    }
    let bare = server.client.post(server.url("/graphql")).header("authorization", server.bearer()).body(body);
    assert_eq!(Answer::of(bare).await.status, 415);
    assert_eq!(server.bumps(), 0);
}

#[tokio::test]
async fn mutations_by_get_are_refused_and_queries_answered() {
    let server = TestServer::start().await;
    let answer = Answer::of(server.get(&[("query", "mutation { bump }")])).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (405, "BAD_INPUT"));
    assert_eq!(answer.headers["allow"], "POST");
    // Whichever operation is chosen counts, not whichever comes first.
    let both = "query A { hello } mutation B { bump }";
    let answer = Answer::of(server.get(&[("query", both), ("operationName", "B")])).await;
    assert_eq!(answer.status, 405);
    assert_eq!(server.bumps(), 0);

    let answer = Answer::of(server.get(&[("query", both), ("operationName", "A")])).await;
    assert_eq!(answer.body, json!({"data": {"hello": "world"}}));
    let query = "query($a: Int!) { add(a: $a, b: 1) }";
    let answer = Answer::of(server.get(&[("query", query), ("variables", "{\"a\": 1}")])).await;
    assert_eq!(answer.body, json!({"data": {"add": 2}}));

    for parameters in [
        &[("x", "y")][..],
        &[("query", "{ hello }"), ("query", "{ me }")],
        &[("query", "{ hello }"), ("variables", "nonsense")],
        &[("query", "{ hello }"), ("variables", "[1]")],
    ] {
        let answer = Answer::of(server.get(parameters)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "BAD_INPUT"), "{parameters:?}");
    }
    let answer = Answer::of(server.client.request(Method::PUT, server.url("/graphql"))).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (405, &json!("BAD_INPUT")));
}

#[tokio::test]
async fn without_a_good_token_nothing_is_executed() {
    let server = TestServer::start().await;
    let body = json!({"query": "mutation { bump }"}).to_string();
    let expired = server.token_for("alice", 0);
    server.clock.advance(std::time::Duration::from_secs(60));
    for authorization in
        [None, Some("Bearer nonsense".to_owned()), Some(format!("Bearer {expired}")), Some("Basic x".into())]
    {
        let mut request = server
            .client
            .post(server.url("/graphql"))
            .header("content-type", "application/json")
            .body(body.clone());
        if let Some(authorization) = &authorization {
            request = request.header("authorization", authorization);
        }
        let answer = Answer::of(request).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "UNAUTHENTICATED"), "{authorization:?}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        assert_eq!(answer.body["errors"][0]["extensions"]["errorCode"], 4010);
    }
    assert_eq!(server.bumps(), 0);
}

#[tokio::test]
async fn nobody_gets_what_is_open_to_them_by_post_and_nothing_beside_it() {
    let server = TestServer::start_with(|state| state.open = &["bump"]).await;
    let ask = |body: String, accept: &'static str| {
        let url = server.url("/graphql");
        let request = server.client.post(url).header("content-type", "application/json");
        request.header("accept", accept).body(body)
    };
    let wire = |query: &str| json!({"query": query}).to_string();
    let chosen = json!({"query": "query A { hello } mutation B { bump }", "operationName": "B"});
    for body in [wire("mutation { bump }"), wire("mutation M { again: bump }"), chosen.to_string()] {
        let answer = Answer::of(ask(body, "application/json")).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (200, "none"), "{}", answer.body);
    }
    assert_eq!(server.bumps(), 3);
    let unchosen = json!({"query": "query A { hello } mutation B { bump }", "operationName": "A"});
    for body in [
        wire("{ hello }"),
        wire("{ bump: hello }"),
        wire("query { bump }"),
        wire("subscription { bump }"),
        wire("mutation { a: bump b: bump }"),
        wire("mutation { bump bumpBehindTheGate }"),
        wire("mutation { bump: bumpBehindTheGate }"),
        wire("mutation { ... { bump } }"),
        wire("mutation { ...F } fragment F on Mutation { bump }"),
        wire("mutation { bump"),
        wire("{ __schema { types { name } } }"),
        unchosen.to_string(),
        format!("[{}]", wire("mutation { bump }")),
        "nonsense".to_owned(),
    ] {
        let answer = Answer::of(ask(body.clone(), "application/json")).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (401, "UNAUTHENTICATED"), "{body}");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    let streamed = Answer::of(ask(wire("mutation { bump }"), "text/event-stream")).await;
    assert_eq!(streamed.status, 401);
    let got = server.client.get(server.url("/graphql?query=%7Bhello%7D"));
    assert_eq!(Answer::of(got).await.status, 401);
    let bad = ask(wire("mutation { bump }"), "application/json").header("authorization", "Bearer x");
    assert_eq!(Answer::of(bad).await.status, 401, "a token that is no good is not overlooked");
    let long = wire(&format!("mutation {{ bump }} # {}", "x".repeat(256 * 1024)));
    assert_eq!(Answer::of(ask(long, "application/json")).await.status, 413);
    assert_eq!(server.bumps(), 3);
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused_whatever_the_client_accepts() {
    let server = TestServer::start().await;
    let nested = format!(
        "{{\"query\": \"{{ hello }}\", \"variables\": {{\"a\": {}1{}}}}}",
        "[".repeat(200),
        "]".repeat(200)
    );
    for body in [
        "",
        "{",
        "7",
        "{}",
        "{\"query\": 7}",
        "{\"query\": \"{ hello }\", \"variables\": [1]}",
        "\u{0}",
        &nested,
    ] {
        for accept in ["application/json", GRAPHQL_RESPONSE] {
            let answer = Answer::of(server.post(body.to_owned()).header("accept", accept)).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (400, "BAD_INPUT"), "{body}");
        }
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_or_without_its_length() {
    let server =
        TestServer::start_with(|state| configure(state, |config| config.max_body_bytes = 1000)).await;
    let large = json!({"query": "{ hello }", "operationName": "x".repeat(2000)}).to_string();
    let answer = Answer::of(server.post(large.clone())).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (413, "TOO_COMPLEX"));
    let chunks = futures::stream::iter(
        large.into_bytes().chunks(100).map(|c| Ok::<_, std::io::Error>(c.to_vec())).collect::<Vec<_>>(),
    );
    let answer = Answer::of(server.post(reqwest::Body::wrap_stream(chunks))).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let server = TestServer::start_with(|state| {
        configure(state, |config| config.body_timeout = std::time::Duration::from_millis(50));
    })
    .await;
    let never = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let answer = Answer::of(server.post(reqwest::Body::wrap_stream(never))).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (408, "BAD_INPUT"));
}

#[tokio::test]
async fn batches_are_refused_unless_allowed_and_then_bounded() {
    let server = TestServer::start().await;
    let batch = |n: usize| json!(vec![json!({"query": "mutation { bump }"}); n]).to_string();
    let answer = Answer::of(server.post(format!(" \n{}", batch(2)))).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "BAD_INPUT"));
    assert_eq!(server.bumps(), 0);

    let server = TestServer::start_with(|state| {
        configure(state, |config| {
            config.max_batch = 3;
            config.limits.max_fields = 2;
        });
    })
    .await;
    let answer = Answer::of(server.post(batch(4))).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "TOO_COMPLEX"));
    assert_eq!(Answer::of(server.post("[]")).await.status, 400);
    // In order, and within the limit for one request altogether.
    let answer = Answer::of(server.post(batch(3))).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body[0], json!({"data": {"bump": 1}}));
    assert_eq!(answer.body[1], json!({"data": {"bump": 2}}));
    assert_eq!(answer.body[2]["errors"][0]["extensions"]["code"], "TOO_COMPLEX");
}

#[tokio::test]
async fn the_guard_stands_before_the_schema() {
    let server = TestServer::start().await;
    let nested = format!("{{ add(a: {}1{}) }}", "[".repeat(3000), "]".repeat(3000));
    let answer = server.query(&nested).await;
    assert_eq!(answer.code(), "TOO_COMPLEX");
    assert_eq!(answer.body["errors"][0]["extensions"]["errorCode"], 4013);
    // The deepest that is let through is no trouble for whoever comes after.
    for (open, close) in [("[", "]"), ("{a:", "}")] {
        let deepest = format!("{{ add(a: {}1{}, b: 1) }}", open.repeat(62), close.repeat(62));
        assert_eq!(server.query(&deepest).await.code(), "BAD_INPUT");
    }
    let nested = (0..120).fold(json!(1), |inner, _| json!([inner]));
    let body = json!({"query": "query($a: Int!) { add(a: $a, b: 1) }", "variables": {"a": nested}});
    assert_eq!(Answer::of(server.post(body.to_string())).await.code(), "BAD_INPUT");
    let answer = server.query("query Secret { hello( }").await;
    assert_eq!(answer.code(), "BAD_INPUT");
    assert!(!answer.body.to_string().contains("Secret"), "{}", answer.body);
    assert_eq!(answer.body["errors"][0]["locations"][0]["line"], 1);
}

#[tokio::test]
async fn a_resolvers_panic_is_an_internal_error_and_the_server_goes_on() {
    let server = TestServer::start().await;
    let answer = server.query("{ panic }").await;
    assert_eq!(answer.code(), "INTERNAL");
    let told = &answer.body["errors"][0]["extensions"]["requestId"];
    assert_eq!(told, answer.headers["x-request-id"].to_str().unwrap());
    assert!(!answer.body.to_string().contains("hunter2"));
    assert_eq!(server.query("{ hello }").await.body["data"]["hello"], "world");
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let server =
        TestServer::start_with(|state| configure(state, |config| config.introspection = false)).await;
    let answer = server.query("{ __schema { queryType { name } } }").await;
    assert_eq!(answer.code(), "FORBIDDEN");
    assert_eq!(server.query("{ __typename }").await.body["data"]["__typename"], "Query");
}

/// The events of a stream, to its end.
async fn events(request: reqwest::RequestBuilder) -> Vec<(String, String)> {
    let response = request.header("accept", "text/event-stream").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let text = response.text().await.unwrap();
    let field = |event: &str, name: &str| {
        event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
    };
    text.split("\n\n")
        .filter(|event| !event.is_empty())
        .map(|event| (field(event, "event:"), field(event, "data:")))
        .collect()
}

#[tokio::test]
async fn subscriptions_come_as_an_event_stream_to_who_asks_for_one() {
    let server = TestServer::start().await;
    let body = json!({"query": "subscription { count(to: 2) }"}).to_string();
    let expected =
        [("next", r#"{"data":{"count":1}}"#), ("next", r#"{"data":{"count":2}}"#), ("complete", "")]
            .map(|(event, data)| (event.to_owned(), data.to_owned()));
    assert_eq!(events(server.post(body.clone())).await, expected);
    assert_eq!(events(server.get(&[("query", "subscription { count(to: 2) }")])).await, expected);
    // One event for a query, and for a refusal of the schema's.
    let query = json!({"query": "{ hello }"}).to_string();
    assert_eq!(events(server.post(query)).await[0].1, r#"{"data":{"hello":"world"}}"#);
    let refused = json!({"query": "subscription { refused }"}).to_string();
    assert!(events(server.post(refused)).await[0].1.contains("NOT_FOUND"));

    let answer = Answer::of(server.post(body).header("accept", GRAPHQL_RESPONSE)).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "BAD_INPUT"));
    assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains("/graphql/ws"));
}

#[tokio::test]
async fn an_event_stream_ends_with_its_client_its_token_and_the_server() {
    let server = TestServer::start().await;
    let body = json!({"query": "subscription { silent }"}).to_string();
    let open = |token: String| {
        let request = server
            .client
            .post(server.url("/graphql"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .body(body.clone());
        async move { request.send().await.unwrap() }
    };
    let hung_up = open(server.token_for("alice", 3600)).await;
    eventually("the stream began", || server.alive_streams() == 1).await;
    drop(hung_up);
    eventually("the client's hanging up ended it", || server.alive_streams() == 0).await;

    let until_expiry = open(server.token_for("alice", 1)).await.text().await.unwrap();
    assert!(!until_expiry.contains("complete"), "{until_expiry}");

    let until_shutdown = open(server.token_for("alice", 3600)).await;
    eventually("the stream began", || server.alive_streams() == 1).await;
    server.shutdown.cancel();
    assert!(!until_shutdown.text().await.unwrap().contains("complete"));
}

/// A client that hangs up must not cut a mutation in the middle, however it asks.
#[tokio::test]
async fn a_mutation_comes_to_its_end_when_its_client_hangs_up() {
    for accept in ["application/json", "text/event-stream"] {
        let server = TestServer::start().await;
        let body = json!({"query": "mutation { bumpBehindTheGate }"}).to_string();
        let mut asking = server.post(body).header("accept", accept);
        asking = asking.header("connection", "close");
        let asking = tokio::spawn(async move { asking.send().await?.text().await });
        server.gate().reached.notified().await;
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        // By the time that others are answered, the server knows that this one is gone.
        for _ in 0..3 {
            assert_eq!(server.query("{ me }").await.body["data"]["me"], "alice USER");
        }
        server.gate().open.notify_one();
        eventually("the mutation comes to its end", || server.bumps() == 1).await;
    }
}
