//! Results as one ZIP.

use std::process::Command;

use crate::support::Place;

async fn the_results_come_as_a_sound_zip(mut place: Place) {
    let server = place.open().await;
    let alice = server.alice();
    let pictures = place.pictures();
    let batch = alice.creates("basic_clean", &[pictures.good(3), pictures.missing(1)].concat()).await;
    alice.sees_the_end_of(&batch).await;
    let url = alice.sees(&batch).await["archiveUrl"].as_str().unwrap().to_owned();
    // The signed address needs no token.
    let answer = server.http.get(format!("http://{}{url}", server.address)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment") && disposition.contains(".zip"), "{disposition}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.zip");
    std::fs::write(&path, answer.bytes().await.unwrap()).unwrap();
    let tested = Command::new("unzip").arg("-t").arg(&path).output().unwrap();
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stdout));
    let listed =
        String::from_utf8(Command::new("unzip").arg("-Z1").arg(&path).output().unwrap().stdout).unwrap();
    let names: Vec<_> = listed.lines().collect();
    for name in ["result_001.jpg", "result_002.jpg", "result_003.jpg", "manifest.csv"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert_eq!(names.len(), 4);
    let manifest = Command::new("unzip").arg("-p").arg(&path).arg("manifest.csv").output().unwrap().stdout;
    let manifest = String::from_utf8(manifest).unwrap();
    assert_eq!(manifest.lines().count(), 5, "a heading and every item: {manifest}");
    assert!(manifest.lines().nth(4).unwrap().contains("FETCH_FAILED"), "{manifest}");
    let stranger = server.http.get(format!("http://{}/batches/{batch}/archive.zip", server.address)).send();
    assert_eq!(stranger.await.unwrap().status(), 401);
}

async fn what_failed_comes_as_a_spreadsheet(mut place: Place) {
    let server = place.open().await;
    let (alice, bob) = (server.alice(), server.bob());
    let pictures = place.pictures();
    let images = [pictures.good(2), pictures.missing(1), pictures.texts(1)].concat();
    let batch = alice.creates("basic_clean", &images).await;
    alice.sees_the_end_of(&batch).await;
    let url = alice.sees(&batch).await["errorSheetUrl"].as_str().unwrap().to_owned();
    // The signed address needs no token, and is good for this alone.
    let signed = |path: &str| server.http.get(format!("http://{}{path}", server.address)).send();
    let answer = signed(&url).await.unwrap();
    assert_eq!(answer.status(), 200);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-type").ends_with("spreadsheetml.sheet"));
    assert!(header("content-disposition").contains("-errors.xlsx"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("errors.xlsx");
    std::fs::write(&path, answer.bytes().await.unwrap()).unwrap();
    let sheet = Command::new("unzip").arg("-p").arg(&path).arg("xl/worksheets/sheet1.xml").output().unwrap();
    let sheet = String::from_utf8(sheet.stdout).unwrap();
    assert_eq!(sheet.matches("<row ").count(), 3, "a heading and what failed: {sheet}");
    for text in [&images[2], &images[3], "FETCH_FAILED", "NOT_AN_IMAGE"] {
        assert!(sheet.contains(text), "{text}: {sheet}");
    }
    assert_eq!(signed(&url.replace("errors.xlsx", "archive.zip")).await.unwrap().status(), 401);
    let plain = format!("/batches/{batch}/errors.xlsx");
    assert_eq!(signed(&plain).await.unwrap().status(), 401);
    assert_eq!(bob.gets(&plain).await.status(), 404);
    for person in [alice, server.admin()] {
        assert_eq!(person.gets(&plain).await.status(), 200);
    }
    let alice = server.alice();

    let good = alice.creates("basic_clean", &pictures.good(1)).await;
    assert_eq!(alice.sees_the_end_of(&good).await["errorSheetUrl"], serde_json::Value::Null);
    let nothing = alice.gets(&format!("/batches/{good}/errors.xlsx")).await;
    assert_eq!(nothing.status(), 400);
}

on_both_databases!(the_results_come_as_a_sound_zip, what_failed_comes_as_a_spreadsheet);
