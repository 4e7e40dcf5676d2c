//! Uploads, downloads and archives over HTTP.

use axum::body::Body;
use axum::http::{StatusCode, header};

use crate::support::{Answer, PIXEL, Program};

async fn get(program: &Program, path: &str, user_id: Option<&str>) -> Answer {
    program.send(program.get(path, user_id).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_was_uploaded_comes_back_to_its_owner() {
    let program = Program::start().await;
    let answer = program.upload("alice", "file", PIXEL).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let file = answer.json();
    assert_eq!((&file["contentType"], &file["size"]), (&"image/png".into(), &PIXEL.len().into()));
    let url = file["url"].as_str().unwrap();
    let global = format!("/files/{}", file["id"].as_str().unwrap());

    for path in [url, &global] {
        let answer = get(&program, path, Some("alice")).await;
        assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, PIXEL));
        assert_eq!(answer.header("content-type"), "image/png");
        assert_eq!(answer.header("content-length"), PIXEL.len().to_string());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").contains("sandbox"));
        assert!(answer.header("cache-control").starts_with("private"));
        assert!(answer.header("content-disposition").starts_with("inline; filename=\""));
        assert_eq!(get(&program, path, Some("admin")).await.status, StatusCode::OK);
        assert_eq!(get(&program, path, Some("bob")).await.json()["code"], "NOT_FOUND");
        assert_eq!(get(&program, path, None).await.json()["code"], "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn a_part_can_be_asked_for_and_what_is_known_is_not_sent_again() {
    let program = Program::start().await;
    let url = program.upload("alice", "file", PIXEL).await.json()["url"].as_str().unwrap().to_owned();
    let with = async |name: header::HeaderName, value: &str| {
        program.send(program.get(&url, Some("alice")).header(name, value).body(Body::empty()).unwrap()).await
    };
    let part = with(header::RANGE, "bytes=1-3").await;
    assert_eq!((part.status, &part.body[..]), (StatusCode::PARTIAL_CONTENT, &b"PNG"[..]));
    assert_eq!(part.header("content-range"), format!("bytes 1-3/{}", PIXEL.len()));
    let beyond = with(header::RANGE, "bytes=9999-").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let etag = part.header("etag").to_owned();
    let known = with(header::IF_NONE_MATCH, &etag).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn a_signed_link_works_alone_until_it_runs_out() {
    let program = Program::start().await;
    let url = program.upload("alice", "file", PIXEL).await.json()["url"].as_str().unwrap().to_owned();
    let images = serde_json::json!({"images": [url]});
    let query = "mutation($images: [URL!]!) { createBatch(input: {featureId: \"thumbnail\", inputImages: $images}) \
                 { batch { items { nodes { inputUrl } } } } }";
    let answer = program.ask("alice", query, images).await;
    let link =
        answer["data"]["createBatch"]["batch"]["items"]["nodes"][0]["inputUrl"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&url));
    assert_eq!(get(&program, &link, None).await.body, PIXEL);
    assert_eq!(get(&program, &format!("{link}x"), None).await.status, StatusCode::UNAUTHORIZED);
    // A bad link is no better with a good token.
    assert_eq!(get(&program, &format!("{link}x"), Some("alice")).await.status, StatusCode::UNAUTHORIZED);
    program.clock.advance(std::time::Duration::from_secs(2 * 3600));
    assert!(get(&program, &link, None).await.json()["message"].as_str().unwrap().contains("expired"));
}

#[tokio::test]
async fn bad_uploads_say_what_is_wrong() {
    let program = Program::start().await;
    for (field, bytes, part) in [
        ("file", &b"\x7fELF\x02\x01\x01"[..], "must be JPEG"),
        ("file", &b""[..], "empty"),
        ("picture", PIXEL, "in the field `file`"),
    ] {
        let answer = program.upload("alice", field, bytes).await;
        let problem = answer.json();
        assert_eq!((answer.status, &problem["code"]), (StatusCode::BAD_REQUEST, &"BAD_INPUT".into()));
        assert_eq!(problem["field"], "file");
        assert!(problem["message"].as_str().unwrap().contains(part), "{problem}");
    }
}

#[tokio::test]
async fn archives_say_why_there_is_none() {
    let program = Program::start().await;
    let batch = program.batch("alice", 2).await;
    let archive = format!("/batches/{batch}/archive.zip");
    for (path, user_id, code) in [
        (archive.as_str(), Some("alice"), "BAD_INPUT"),
        (archive.as_str(), Some("bob"), "NOT_FOUND"),
        (archive.as_str(), None, "UNAUTHENTICATED"),
        (&format!("{archive}?successOnly=perhaps"), Some("alice"), "BAD_INPUT"),
        (&format!("{archive}?expires=9999999999&signature=AAAA"), None, "UNAUTHENTICATED"),
        ("/batches/nonsense/archive.zip", Some("alice"), "BAD_INPUT"),
        ("/batches/00000000-0000-0000-0000-000000000007/archive.zip", Some("alice"), "NOT_FOUND"),
    ] {
        let answer = get(&program, path, user_id).await;
        assert_eq!(answer.json()["code"], code, "{path} {user_id:?}");
    }
}

/// A process that asks Bob; it demands nothing.
const REVIEW: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"
  targetNamespace="tests"><process id="papers" name="Papers">
  <startEvent id="start"/><userTask id="review" flowable:assignee="bob"/><endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="review"/><sequenceFlow id="b" sourceRef="review" targetRef="end"/>
</process></definitions>"#;

const HISTORY: &str = "query($id: ID!) { processInstance(id: $id) { history(first: 100) { nodes { kind users { userId } \
    attachments { id name contentType sizeBytes url } signature { name contentType url } } } } }";

#[tokio::test]
async fn what_came_with_a_decision_is_opened_by_all_who_see_it_and_by_nobody_else() {
    const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nthe offer";
    let program = Program::start().await;
    let deploy = "mutation($xml: String!) { deployProcess(input: {bpmnXml: $xml}) { definition { id } } }";
    program.ask("olivia", deploy, serde_json::json!({"xml": REVIEW})).await;
    let start = "mutation { startProcess(input: {definitionKey: \"papers\"}) { instance { id tasks { nodes { id } } } } }";
    let started = program.ask("alice", start, serde_json::json!({})).await;
    let instance = started["data"]["startProcess"]["instance"].clone();
    let task = &instance["tasks"]["nodes"][0]["id"];

    let offer = program.upload("bob", "file", PDF).await.json();
    let page = program.upload("bob", "file", b"<html><script>alert(1)</script></html>").await.json();
    let signature = program.upload("bob", "file", PIXEL).await.json();
    assert_eq!(
        (&offer["contentType"], &page["contentType"]),
        (&"application/pdf".into(), &"text/plain".into())
    );
    let approve = "mutation($input: ApproveTaskInput!) { approveTask(input: $input) { task { status } } }";
    let input = serde_json::json!({"taskId": task, "attachments": [offer["id"], page["id"]], "signature": signature["id"]});
    let approved = program.ask("bob", approve, serde_json::json!({"input": input})).await;
    assert_eq!(approved["data"]["approveTask"]["task"]["status"], "APPROVE", "{approved}");

    // To whoever does not see the instance there is neither the history nor, by its path, the file.
    let id = serde_json::json!({"id": instance["id"]});
    let hidden = program.ask("mallory", HISTORY, id.clone()).await;
    assert!(hidden["data"]["processInstance"].is_null(), "{hidden}");
    for user in ["mallory", "alice"] {
        let answer = get(&program, offer["url"].as_str().unwrap(), Some(user)).await;
        assert_eq!(answer.json()["code"], "NOT_FOUND", "the path alone is for who has uploaded it");
    }
    let seen = program.ask("alice", HISTORY, id).await;
    let entries = seen["data"]["processInstance"]["history"]["nodes"].as_array().unwrap();
    let decision = entries.iter().find(|entry| entry["kind"] == "APPROVE").unwrap();
    assert_eq!(decision["signature"]["contentType"], "image/png");
    let papers = decision["attachments"].as_array().unwrap();
    assert_eq!(
        (&papers[0]["contentType"], &papers[0]["sizeBytes"]),
        (&"application/pdf".into(), &PDF.len().into())
    );
    assert_eq!((&papers[0]["id"], papers.len()), (&offer["id"], 2));

    let link = papers[0]["url"].as_str().unwrap();
    for user in [None, Some("alice")] {
        let answer = get(&program, link, user).await;
        assert_eq!((answer.status, &answer.body[..]), (StatusCode::OK, PDF));
        assert!(answer.header("content-disposition").starts_with("attachment; filename=\""));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").contains("sandbox"));
    }
    // What could run in a browser is a text that is downloaded.
    let answer = get(&program, papers[1]["url"].as_str().unwrap(), None).await;
    assert_eq!(answer.header("content-type"), "text/plain");
    assert!(answer.header("content-disposition").starts_with("attachment; filename=\""));
    let shown = get(&program, decision["signature"]["url"].as_str().unwrap(), None).await;
    assert!(shown.header("content-disposition").starts_with("inline; filename=\""));
    // A link is for its file alone, and for a while.
    let other = link.replace(link.split('?').next().unwrap(), page["url"].as_str().unwrap());
    assert_eq!(get(&program, &other, Some("alice")).await.status, StatusCode::UNAUTHORIZED);
    program.clock.advance(std::time::Duration::from_secs(2 * 3600));
    assert!(get(&program, link, None).await.json()["message"].as_str().unwrap().contains("expired"));
}
