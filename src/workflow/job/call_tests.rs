//! What is sent and what is made of answers, without a network.

use super::*;

fn answered(status: u16, body: &'static str) -> Result<HttpAnswer, FetchError> {
    Ok(HttpAnswer { status, retry_after: None, body: Bytes::from_static(body.as_bytes()), is_whole: true })
}

#[test]
fn an_answer_is_seen_as_it_is() {
    for (body, expected) in [
        (r#"{"id": 7}"#, json!({"id": 7})),
        ("[1]", json!([1])),
        ("", json!(null)),
        ("plain", json!("plain")),
    ] {
        let seen = answer_of(answered(201, body)).unwrap();
        assert_eq!(Value::Object(seen), json!({"status": 201, "body": expected}));
    }
}

#[test]
fn what_passes_by_itself_is_tried_again() {
    let failure = |status| answer_of(answered(status, "")).unwrap_err();
    for status in [408, 425, 429, 500, 502, 503, 504] {
        assert!(failure(status).is_transient, "{status}");
    }
    for status in [301, 302, 400, 401, 403, 404, 409, 410, 422] {
        assert!(!failure(status).is_transient, "{status}");
    }
    let cut = HttpAnswer { status: 200, retry_after: None, body: Bytes::new(), is_whole: false };
    assert_eq!(answer_of(Ok(cut)).unwrap_err().code, "ANSWER_TOO_LARGE");
    let late = answer_of(Err(FetchError::Timeout)).unwrap_err();
    assert!(late.is_transient && late.code == "CALL_FAILED");
}

#[test]
fn a_body_is_what_the_process_says_or_what_is_known() {
    let request = |method: &str, body: Option<Value>| CallRequest {
        method: method.to_owned(),
        url: "https://example.com/".to_owned(),
        headers: Vec::new(),
        body: body.and_then(|body| body.as_object().cloned()),
        wait: "ANSWER".to_owned(),
        within: None,
        timeout: 10,
    };
    let known = [("jobId", Some("J".to_owned())), ("businessKey", None)];
    let told = |request, callback| {
        body_of(&request, &known, callback).map(|text| serde_json::from_str::<Value>(&text).unwrap())
    };
    assert_eq!(told(request("GET", None), None), None);
    assert_eq!(told(request("POST", None), None), Some(json!({"jobId": "J", "businessKey": null})));
    let own = request("PUT", Some(json!({"a": 1})));
    assert_eq!(told(own, Some("https://d/c")), Some(json!({"a": 1, "callbackUrl": "https://d/c"})));
}
