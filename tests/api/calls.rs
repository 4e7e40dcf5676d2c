//! Calls over HTTP that processes make, with a real server on the other side, and who calls back.

use chrono::TimeDelta;
use docket::files::LinkSigner;
use docket::kernel::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::support::machines::{Called, Standing, then_alice};
use crate::support::{Place, Server, json_of, until};

/// What is still to be called, or written down of it.
const OPEN: &str = "SELECT (SELECT count(*) FROM job WHERE status IN ('PENDING', 'RUNNING')) \
    + (SELECT count(*) FROM engine_run WHERE kind = 'process-call' AND finished_at IS NULL)";
/// What the place signs with.
const SECRET: &str = "of all who start here of all who start here";

/// Calls `{path}/{key}` there, once, then asks Alice.
fn ordering(host: &str, path: &str, attributes: &str, more: &str) -> String {
    let call = format!(
        r#"<docket:http url="http://{host}/{path}/${{businessKey}}" {attributes}>
        <docket:header name="X-Order" value="Order ${{businessKey}}"/></docket:http>{more}"#
    );
    then_alice("ordering", r#"docket:retries="2""#, &call)
}

/// A server that may call this one.
async fn opened(place: Place) -> (Place, Called, Server) {
    let called = Called::start().await;
    let place = place.with("DOCKET_FETCH__ALLOW", &called.host).with("DOCKET_JWT_SECRET", SECRET);
    let server = place.start().await;
    (place, called, server)
}

impl Server {
    /// An instance about `key` of a process that calls so; when nothing is left to be called.
    async fn orders(&self, place: &Place, document: &str, key: &str) -> Standing {
        self.olivia().deploys(document).await;
        self.alice().sets_going("ordering", key).await;
        self.ordered(place, key).await
    }

    async fn ordered(&self, place: &Place, key: &str) -> Standing {
        until(&place.books().await, OPEN, |open| open == 0).await;
        self.admin().standing_of("ordering", key).await
    }

    async fn of_key(&self, key: &str) -> Value {
        self.admin().instance_of("ordering", key).await
    }

    /// Calls back; the status, and what is said.
    async fn is_called_back(&self, url: &str, body: Value) -> (u16, Value) {
        let answer = self.calls_back(url, &body).await.unwrap();
        let status = answer.status().as_u16();
        (status, if status == 204 { Value::Null } else { json_of(answer).await })
    }
}

fn done(attempt: u32) -> Standing {
    Standing::of(&["COMPLETE_JOB"], &format!("SUCCESS {attempt} -"), &["review RUNNING"], &[])
}

async fn a_call_goes_on_with_what_a_real_server_answers(place: Place) {
    let (place, called, server) = opened(place).await;
    let out = r#"<docket:out sourceExpression="${body.id + 1}" target="order"/>
        <docket:out source="status" target="code"/><docket:in sourceExpression="Hello ${businessKey}" target="greeting"/>"#;
    let document = ordering(&called.host, "good", r#"resultVariable="answer""#, out);
    assert_eq!(server.orders(&place, &document, "K1").await, done(1));
    let variables = server.of_key("K1").await["variables"].clone();
    assert_eq!((&variables["order"], &variables["code"]), (&json!(8), &json!(200)));
    assert_eq!(variables["answer"], json!({"count": 1, "id": 7}));
    let [call] = &called.about("K1")[..] else { panic!("one call") };
    assert_eq!((call.method.as_str(), &call.body), ("POST", &json!({"greeting": "Hello K1"})));
    assert!(call.headers["x-order"] == "Order K1" && call.headers["content-type"] == "application/json");
    assert!(!call.key.is_empty() && call.callback.is_none());
    // What passes by itself is tried again, as the same.
    let document = ordering(&called.host, "hiccup", r#"method="PUT""#, "");
    assert_eq!(server.orders(&place, &document, "K2").await, done(2));
    let calls = called.about("K2");
    assert_eq!((calls.len(), &calls[0].key, calls[0].method.as_str()), (2, &calls[1].key, "PUT"));
    assert_eq!(calls[0].body, calls[1].body);
    assert_eq!(calls[0].body["businessKey"], "K2");
}

async fn what_goes_wrong_is_an_incident_until_it_is_resolved(place: Place) {
    let (place, called, server) = opened(place).await;
    let quick = r#"timeout="1""#;
    let kinds = [
        // With how often it is tried, and what is said.
        ("failing", 2, "CALL_REFUSED", "500"),
        ("refusing", 1, "CALL_REFUSED", "422"),
        ("redirecting", 1, "CALL_REFUSED", "307"),
        ("silent", 2, "CALL_FAILED", "time"),
        ("endless", 1, "ANSWER_TOO_LARGE", "bytes"),
    ];
    for (kind, times, code, message) in kinds {
        let standing = server.orders(&place, &ordering(&called.host, kind, quick, ""), kind).await;
        let job = format!("FAILED {times} {code}");
        assert_eq!(standing, Standing::of(&["INCIDENT"], &job, &[], &[code]), "{kind}");
        assert_eq!(called.about(kind).len(), times, "{kind}");
        let told = server.of_key(kind).await["incidents"][0]["message"].clone();
        assert!(told.as_str().unwrap().contains(message), "{kind}: {told}");
    }
    assert!(called.about("elsewhere").is_empty(), "nobody follows where a server redirects to");
    called.is_mended();
    for (kind, times, _, _) in kinds {
        server.admin().resolves_the_incident_of("ordering", kind).await.data();
        let history = ["INCIDENT", "RESOLVE_INCIDENT", "COMPLETE_JOB"];
        let job = format!("SUCCESS {} -", times + 1);
        let resolved = Standing::of(&history, &job, &["review RUNNING"], &[]);
        assert_eq!(server.ordered(&place, kind).await, resolved, "{kind}");
        let calls = called.about(kind);
        assert!(calls.len() == times + 1 && calls.iter().all(|call| call.key == calls[0].key), "{kind}");
    }
}

/// Where the guard does not let calls go, nobody is asked.
async fn calls_go_where_the_guard_lets_them(place: Place) {
    let (place, called, server) = opened(place).await;
    let inside = Called::start().await;
    let port = inside.host.rsplit_once(':').unwrap().1;
    for (key, host) in
        [("K1", inside.host.clone()), ("K2", format!("localhost:{port}")), ("K3", "169.254.169.254".into())]
    {
        let standing = server.orders(&place, &ordering(&host, "good", "", ""), key).await;
        let forbidden = Standing::of(&["INCIDENT"], "FAILED 1 CALL_FORBIDDEN", &[], &["CALL_FORBIDDEN"]);
        assert_eq!(standing, forbidden, "{host}");
    }
    assert!(inside.about("K1").is_empty() && inside.about("K2").is_empty() && called.about("K1").is_empty());
}

const CALLBACK: &str = r#"wait="CALLBACK" callbackWithin="PT1H" resultVariable="answer""#;

async fn a_callback_is_signed_and_counts_once(place: Place) {
    let (place, called, server) = opened(place).await;
    let document = ordering(&called.host, "good", CALLBACK, "");
    let waiting = Standing::of(&[], "WAITING 1 -", &[], &[]);
    assert_eq!(server.orders(&place, &document, "K1").await, waiting, "its answer is not waited for");
    let call = called.about("K1").remove(0);
    let url = call.callback.unwrap();
    assert_eq!(call.body["callbackUrl"], json!(url));
    assert!(url.starts_with(&format!("http://{}/callbacks/{}?", server.address, call.key)), "{url}");

    server.orders(&place, &document, "K2").await;
    let other = called.about("K2")[0].key.clone();
    let signer = LinkSigner::new(&SECRET.into()).unwrap();
    let path = format!("/callbacks/{}", call.key);
    let expired = signer.sign(&path, SystemClock.now() - TimeDelta::seconds(1));
    let stranger = LinkSigner::new(&"of nobody who starts here".repeat(2).into()).unwrap();
    let forged = stranger.sign(&path, SystemClock.now() + TimeDelta::hours(1));
    let base = format!("http://{}", server.address);
    let bare = url.split_once('?').unwrap().0.to_owned();
    for wrong in [
        bare,
        format!("{base}{expired}"),
        format!("{base}{forged}"),
        url.replace(&call.key, &other),
        url.replace("signature=", "signature=A"),
        url.replace("expires=", "expires=9"),
        format!("{url}&more=1"),
    ] {
        let (status, told) = server.is_called_back(&wrong, json!(1)).await;
        assert_eq!((status, &told["code"]), (401, &json!("UNAUTHENTICATED")), "{wrong}");
    }
    let unknown =
        signer.sign(&format!("/callbacks/{}", uuid::Uuid::now_v7()), SystemClock.now() + TimeDelta::hours(1));
    assert_eq!(server.is_called_back(&format!("{base}{unknown}"), json!(1)).await.0, 404);
    let (status, told) = server.is_called_back(&url, json!("x".repeat(300 << 10))).await;
    assert_eq!((status, &told["code"]), (400, &json!("BAD_INPUT")), "{told}");
    let text =
        server.http.post(&url).header("content-type", "application/json").body("{").send().await.unwrap();
    assert_eq!(text.status(), 400);
    assert_eq!(server.http.get(&url).send().await.unwrap().status(), 405);
    assert_eq!(server.ordered(&place, "K1").await, waiting, "nothing of that has counted");

    // Twice at once, and once more.
    let (one, two) = tokio::join!(
        server.is_called_back(&url, json!({"by": 1})),
        server.is_called_back(&url, json!({"by": 2}))
    );
    assert_eq!((one.0, two.0), (204, 204));
    let answer = server.of_key("K1").await["variables"]["answer"].clone();
    assert_eq!(server.is_called_back(&url, json!({"by": 3})).await.0, 204);
    assert_eq!(server.ordered(&place, "K1").await, done(1));
    assert_eq!(server.of_key("K1").await["variables"]["answer"], answer, "the first of them");
    assert_eq!(server.ordered(&place, "K2").await, waiting, "nobody has answered the other");
}

async fn a_callback_may_come_too_early_or_too_late(place: Place) {
    let (place, called, server) = opened(place).await;
    let document = ordering(&called.host, "good", CALLBACK, "");
    let admin = server.admin();
    // While nothing may move, and then.
    server.orders(&place, &document, "K1").await;
    let url = called.about("K1")[0].callback.clone().unwrap();
    let instance = server.of_key("K1").await["id"].clone();
    admin.does("suspendProcessInstance", json!({"instanceId": instance})).await;
    let (status, told) = server.is_called_back(&url, json!(1)).await;
    assert_eq!((status, &told["code"]), (409, &json!("CONFLICT")), "{told}");
    admin.does("resumeProcessInstance", json!({"instanceId": instance})).await;
    assert_eq!(server.is_called_back(&url, json!(2)).await.0, 204);
    assert_eq!(server.of_key("K1").await["variables"]["answer"], 2);
    // When nobody waits any more.
    server.orders(&place, &document, "K2").await;
    let url = called.about("K2")[0].callback.clone().unwrap();
    let instance = server.of_key("K2").await["id"].clone();
    server.alice().does("cancelProcessInstance", json!({"instanceId": instance})).await;
    let (status, told) = server.is_called_back(&url, json!(1)).await;
    assert_eq!((status, &told["code"]), (409, &json!("CONFLICT")), "{told}");
    assert_eq!(server.ordered(&place, "K2").await, Standing::of(&[], "CANCELLED 1 -", &[], &[]));
    // Nobody calls back in time: then somebody does.
    let hurried = ordering(
        &called.host,
        "good",
        r#"wait="CALLBACK" callbackWithin="PT1S" resultVariable="answer""#,
        "",
    );
    server.orders(&place, &hurried, "K3").await;
    let failed = "SELECT count(*) FROM job WHERE status = 'FAILED'";
    until(&place.books().await, failed, |failed| failed == 1).await;
    let late = Standing::of(&["INCIDENT"], "FAILED 1 CALLBACK_TIMEOUT", &[], &["CALLBACK_TIMEOUT"]);
    assert_eq!(server.ordered(&place, "K3").await, late);
    let url = called.about("K3")[0].callback.clone().unwrap();
    assert_eq!(server.is_called_back(&url, json!(3)).await.0, 204, "good for a day more");
    let done = Standing::of(&["INCIDENT", "COMPLETE_JOB"], "SUCCESS 1 -", &["review RUNNING"], &[]);
    assert_eq!(server.ordered(&place, "K3").await, done);
    assert_eq!(called.about("K3").len(), 1);
}

async fn a_call_for_which_nobody_waits_is_made_all_the_same(place: Place) {
    let (place, called, server) = opened(place).await;
    let nothing = r#"wait="NOTHING" timeout="1""#;
    server.olivia().deploys(&ordering(&called.host, "silent", nothing, "")).await;
    server.alice().sets_going("ordering", "K1").await;
    let tasks = server.admin().standing_of("ordering", "K1").await.tasks;
    assert_eq!(tasks, ["review RUNNING"], "it goes on at once");
    let failed = Standing::of(&["INCIDENT"], "FAILED 2 CALL_FAILED", &["review RUNNING"], &["CALL_FAILED"]);
    assert_eq!(server.ordered(&place, "K1").await, failed);
    called.is_mended();
    server.admin().resolves_the_incident_of("ordering", "K1").await.data();
    let made = Standing::of(&["INCIDENT", "RESOLVE_INCIDENT"], "SUCCESS 3 -", &["review RUNNING"], &[]);
    assert_eq!(server.ordered(&place, "K1").await, made);
    let keys: Vec<_> = called.about("K1").into_iter().map(|call| call.key).collect();
    assert_eq!((keys.len(), &keys[1], &keys[2]), (3, &keys[0], &keys[0]));
}

on_both_databases!(
    a_call_goes_on_with_what_a_real_server_answers,
    what_goes_wrong_is_an_incident_until_it_is_resolved,
    calls_go_where_the_guard_lets_them,
    a_callback_is_signed_and_counts_once,
    a_callback_may_come_too_early_or_too_late,
    a_call_for_which_nobody_waits_is_made_all_the_same,
);
