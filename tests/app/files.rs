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
        ("file", &b"hello"[..], "must be JPEG"),
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
