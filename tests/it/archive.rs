//! Downloads: a ZIP that real programs read, whatever happened to the batch and its files.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use docket::batch::{ArchiveAccess, Batch, ItemResult};
use docket::kernel::{ErrorCode, ManualClock};
use futures::StreamExt;

use crate::support::{Database, Person, World, refusal};

on_both_databases!(
    the_archive_holds_what_succeeded_and_says_what_did_not,
    nothing_to_download_is_bad_input,
    a_lost_file_is_in_the_manifest_and_no_broken_archive,
    a_large_file_streams_and_one_that_breaks_off_breaks_the_archive_off,
    a_client_that_hangs_up_ends_the_packing,
    an_open_batch_gives_what_there_is,
    a_signed_link_needs_no_actor,
);

/// Tests the archive with `unzip -t` and unpacks it.
fn unzipped(bytes: &[u8]) -> HashMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive.zip");
    std::fs::write(&path, bytes).unwrap();
    let test = Command::new("unzip").arg("-t").arg(&path).output().expect("unzip is installed");
    assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stdout));
    assert!(String::from_utf8_lossy(&test.stdout).contains("No errors detected"));
    let unpacked = folder.path().join("unpacked");
    let unpack = Command::new("unzip").arg("-q").arg(&path).arg("-d").arg(&unpacked).status().unwrap();
    assert!(unpack.success());
    std::fs::read_dir(unpacked)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let mut bytes = Vec::new();
            std::fs::File::open(entry.path()).unwrap().read_to_end(&mut bytes).unwrap();
            (entry.file_name().into_string().unwrap(), bytes)
        })
        .collect()
}

fn names(files: &HashMap<String, Vec<u8>>) -> Vec<&str> {
    let mut names: Vec<_> = files.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn manifest(files: &HashMap<String, Vec<u8>>) -> Vec<String> {
    String::from_utf8(files["manifest.csv"].clone()).unwrap().lines().map(str::to_owned).collect()
}

async fn results(person: &Person<'_>, batch: &Batch) -> Vec<Option<ItemResult>> {
    person.items(batch).await.iter().map(|view| ItemResult::of(&view.item)).collect()
}

fn object(world: &World, result: &ItemResult) -> std::path::PathBuf {
    Path::new(world.objects.path()).join(&result.storage_key)
}

async fn the_archive_holds_what_succeeded_and_says_what_did_not(database: Database) {
    let world = World::working(database).await;
    let (alice, pictures) = (world.alice(), &world.pictures);
    alice.is_given(20).await;
    let images = [pictures.good(2), pictures.missing(1), pictures.good(1)].concat();
    let batch = alice.creates(images.clone()).await.batch;
    let batch = alice.waits_for(&batch).await;
    let results = results(&alice, &batch).await;
    for success_only in [true, false] {
        let (name, bytes) = alice.downloads(&batch, success_only).await.unwrap();
        assert_eq!(name, format!("batch-{}.zip", batch.row.number));
        let files = unzipped(&bytes);
        assert_eq!(names(&files), ["manifest.csv", "result_001.jpg", "result_002.jpg", "result_004.jpg"]);
        for (index, result) in results.iter().enumerate() {
            let Some(result) = result else { continue };
            let packed = &files[&format!("result_{:03}.jpg", index + 1)];
            assert_eq!(packed, &std::fs::read(object(&world, result)).unwrap());
        }
        let lines = manifest(&files);
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[0], "index,input,status,file,error");
        assert_eq!(lines[1], format!("0,{},SUCCESS,result_001.jpg,", images[0]));
        assert!(lines[3].starts_with(&format!("2,{},FAILED,,", images[2])), "{}", lines[3]);
        assert!(lines[3].contains("FETCH_FAILED: the server answered 404"), "{}", lines[3]);
        assert_eq!(lines[4], format!("3,{},SUCCESS,result_004.jpg,", images[3]));
    }
}

async fn nothing_to_download_is_bad_input(database: Database) {
    let mut world = World::idle(database).await;
    world.alice().is_given(20).await;
    let batch = world.alice().creates(world.pictures.missing(2)).await.batch;
    for success_only in [true, false] {
        let refused = refusal(world.alice().downloads(&batch, success_only).await);
        assert_eq!(refused, (ErrorCode::BadInput, Some("batchId".to_owned())));
    }
    world.work();
    let batch = world.alice().waits_for(&batch).await;
    for success_only in [true, false] {
        assert_eq!(refusal(world.alice().downloads(&batch, success_only).await).0, ErrorCode::BadInput);
    }
}

async fn a_lost_file_is_in_the_manifest_and_no_broken_archive(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(20).await;
    let batch = alice.creates(world.pictures.good(4)).await.batch;
    let batch = alice.waits_for(&batch).await;
    let results: Vec<_> = results(&alice, &batch).await.into_iter().flatten().collect();
    std::fs::remove_file(object(&world, &results[1])).unwrap();
    // Shorter than it should be.
    std::fs::write(object(&world, &results[2]), b"short").unwrap();
    let (_, bytes) = alice.downloads(&batch, true).await.unwrap();
    let files = unzipped(&bytes);
    assert_eq!(names(&files), ["manifest.csv", "result_001.jpg", "result_004.jpg"]);
    let lines = manifest(&files);
    for line in &lines[2..4] {
        assert!(line.contains(",SUCCESS,,FILE_UNREADABLE"), "{line}");
    }
    for result in [&results[0], &results[3]] {
        std::fs::remove_file(object(&world, result)).unwrap();
    }
    let (_, bytes) = alice.downloads(&batch, true).await.unwrap();
    assert_eq!(names(&unzipped(&bytes)), ["manifest.csv"]);
}

/// Makes the item's file one of `size` bytes, of which the storage has `stored`.
async fn swell(world: &World, batch: &Batch, index: i32, size: usize, stored: usize) -> Vec<u8> {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let item = world
        .engine
        .items_by_key(&[(batch.id(), index)])
        .await
        .unwrap()
        .remove(&(batch.id(), index))
        .unwrap();
    let mut result = ItemResult::of(&item.item).unwrap();
    let bytes: Vec<u8> = (0..size).map(|n| (n * 7 + n / 251) as u8).collect();
    std::fs::write(object(world, &result), &bytes[..stored]).unwrap();
    result.size = i64::try_from(size).unwrap();
    use docket::storage::entity::item;
    item::Entity::update_many()
        .col_expr(
            item::Column::Result,
            sea_orm::sea_query::Expr::value(serde_json::to_string(&result).unwrap()),
        )
        .filter(item::Column::RunId.eq(batch.id()))
        .filter(item::Column::Idx.eq(index))
        .exec(world.db.writer())
        .await
        .unwrap();
    bytes
}

async fn a_large_file_streams_and_one_that_breaks_off_breaks_the_archive_off(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(20).await;
    let batch = alice.creates(world.pictures.good(3)).await.batch;
    let batch = alice.waits_for(&batch).await;
    let large = swell(&world, &batch, 1, 9_000_000, 9_000_000).await;
    let (_, bytes) = alice.downloads(&batch, true).await.unwrap();
    let files = unzipped(&bytes);
    assert_eq!(files.len(), 4);
    assert!(files["result_002.jpg"] == large);
    swell(&world, &batch, 1, 9_000_000, 8_000_000).await;
    let access = ArchiveAccess::Actor(&alice.actor);
    let archive = world.batches.archive(access, batch.id(), true).await.unwrap();
    let pieces: Vec<_> = archive.stream.collect().await;
    assert!(pieces.last().unwrap().is_err(), "whoever downloads it is told");
    assert!(pieces[..pieces.len() - 1].iter().all(Result::is_ok));
}

async fn a_client_that_hangs_up_ends_the_packing(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(20).await;
    let batch = alice.creates(world.pictures.good(2)).await.batch;
    let batch = alice.waits_for(&batch).await;
    swell(&world, &batch, 0, 20_000_000, 20_000_000).await;
    let clock = Arc::new(ManualClock::new(world.now()));
    let batches = world.another_batches(clock.clone());
    let mut archive = batches.archive(ArchiveAccess::Actor(&alice.actor), batch.id(), true).await.unwrap();
    drop(batches);
    archive.stream.next().await.unwrap().unwrap();
    assert!(Arc::strong_count(&clock) > 1, "far more is left than fits in between");
    drop(archive);
    let ended = async {
        while Arc::strong_count(&clock) > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ended).await.expect("the packing goes on");
}

async fn an_open_batch_gives_what_there_is(database: Database) {
    let world = World::working(database).await;
    let (alice, pictures) = (world.alice(), &world.pictures);
    alice.is_given(20).await;
    let batch = alice.creates([pictures.good(2), pictures.gated(1)].concat()).await.batch;
    alice.follows_until(&batch, |told| told.batch.run.succeeded == 2).await;
    let (_, bytes) = alice.downloads(&batch, false).await.unwrap();
    let files = unzipped(&bytes);
    assert_eq!(names(&files), ["manifest.csv", "result_001.jpg", "result_002.jpg"]);
    assert!(manifest(&files)[3].ends_with(",PENDING,,"));
    pictures.let_through(1);
    alice.waits_for(&batch).await;
}

async fn a_signed_link_needs_no_actor(database: Database) {
    let world = World::working(database).await;
    let alice = world.alice();
    alice.is_given(20).await;
    let batch = alice.creates(world.pictures.good(1)).await.batch;
    let batch = alice.waits_for(&batch).await;
    let archive = world.batches.archive(ArchiveAccess::Signed, batch.id(), true).await.unwrap();
    let bytes = archive.stream.fold(Vec::new(), |mut all, piece| async move {
        all.extend_from_slice(&piece.unwrap());
        all
    });
    assert_eq!(unzipped(&bytes.await).len(), 2);
}
