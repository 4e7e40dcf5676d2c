//! Files over both databases and both kinds of storage.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use chrono::DateTime;
use futures::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::fetch::{FetchConfig, Fetcher, SystemResolver};
use super::objects::tests::{TestStore, eventually};
use super::*;
use crate::kernel::{ErrorCode, GlobalId, ManualClock, NodeKind, Role, SystemClock};
use crate::storage::entity::file;
use crate::storage::scratch::Scratch;

const HOUR: Duration = Duration::from_secs(3_600);
const MAX_BYTES: u64 = 1_000_000;

/// Files of a test's own, with a clock that is moved by hand.
struct Room {
    files: Files,
    store: TestStore,
    clock: Arc<ManualClock>,
    scratch: Scratch,
}

impl Room {
    async fn new() -> Self {
        Self::over(Scratch::sqlite().await, TestStore::folder())
    }

    fn over(scratch: Scratch, store: TestStore) -> Self {
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_795_000_000, 0).unwrap()));
        let links = LinkSigner::new(&SecretString::from("7".repeat(32))).unwrap();
        let config = FilesConfig { max_bytes: MAX_BYTES, ..FilesConfig::default() };
        let files = Files::new(scratch.db.clone(), store.store.clone(), links, clock.clone(), config);
        Self { files, store, clock, scratch }
    }

    async fn upload(&self, actor: &Actor, bytes: &[u8]) -> Result<StoredFile, Fault> {
        self.files.upload(actor, Some("cat.jpg"), PICTURES, in_pieces(bytes, 1_000)).await
    }

    async fn rows(&self) -> u64 {
        file::Entity::find().count(self.scratch.db.reader()).await.unwrap()
    }

    /// That nothing was kept of an upload: no row, and no object, not even half.
    async fn is_empty(&self) -> bool {
        self.rows().await == 0 && eventually(|| self.store.files().is_empty()).await
    }
}

fn person(user_id: &str, role: Role) -> Actor {
    Actor { user_id: user_id.to_owned(), name: user_id.to_owned(), role, plan: None }
}

fn alice() -> Actor {
    person("alice", Role::User)
}

fn bob() -> Actor {
    person("bob", Role::User)
}

fn admin() -> Actor {
    person("admin", Role::Admin)
}

fn jpeg(size: usize) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec();
    bytes.extend((bytes.len()..size).map(|n| u8::try_from(n % 251).unwrap()));
    bytes
}

fn in_pieces(bytes: &[u8], size: usize) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
    let pieces: Vec<_> = bytes.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces)
}

async fn content(files: &Files, file: &StoredFile) -> Vec<u8> {
    let open = files.read(file, None).await.unwrap();
    assert_eq!(open.length, file.size);
    let pieces: Vec<Bytes> = open.stream.try_collect().await.unwrap();
    pieces.concat()
}

fn refused_at_file(fault: &Fault) -> &str {
    assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &"file".into()));
    fault.message()
}

async fn an_upload_is_kept_whole(room: Room) {
    let bytes = jpeg(900_000);
    let file = room.upload(&alice(), &bytes).await.unwrap();
    assert_eq!((file.owner.as_str(), file.name.as_str(), file.size), ("alice", "cat.jpg", 900_000));
    assert_eq!(file.content_type, "image/jpeg");
    assert_eq!(file.storage_key, format!("uploads/2026/11/{}.jpg", file.id));
    assert_eq!(room.files.find(&alice(), file.id).await.unwrap(), file);
    assert_eq!(content(&room.files, &file).await, bytes);
}

async fn outputs_get_their_rows_with_the_callers_transaction(room: Room) {
    let key = OutputKey { run: Uuid::nil(), index: 3, attempt: 1, execution: Uuid::nil() };
    // An execution that writes twice writes to one place; another one, of the same attempt, does not.
    room.files.write_output(key, Bytes::from(jpeg(500)), &PICTURES[0]).await.unwrap();
    let object = room.files.write_output(key, Bytes::from(jpeg(700)), &PICTURES[0]).await.unwrap();
    assert_eq!((object.size, room.store.files().len()), (700, 1));
    let zombie = OutputKey { execution: Uuid::max(), ..key };
    let late = room.files.write_output(zombie, Bytes::from(jpeg(900)), &PICTURES[0]).await.unwrap();
    room.files.delete_object(&late.storage_key).await.unwrap();
    assert_eq!(room.store.files().len(), 1, "what a zombie takes away is its own");

    let id = room.files.new_id();
    let new = NewFile { id, owner: "alice".to_owned(), name: "result_004.jpg".to_owned(), object };
    let abandoned = room.scratch.db.begin().await.unwrap();
    room.files.register_in_op(&abandoned, std::slice::from_ref(&new)).await.unwrap();
    abandoned.rollback().await.unwrap();
    assert_eq!(room.rows().await, 0);

    let transaction = room.scratch.db.begin().await.unwrap();
    room.files.register_in_op(&transaction, std::slice::from_ref(&new)).await.unwrap();
    transaction.commit().await.unwrap();
    let file = room.files.find(&alice(), id).await.unwrap();
    assert_eq!(content(&room.files, &file).await, jpeg(700));

    // One object has one row.
    let again = NewFile { id: room.files.new_id(), ..new };
    let fault = room.files.register_in_op(room.scratch.db.writer(), &[again]).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Internal);
}

async fn many_rows_are_registered_at_once(room: Room) {
    let files: Vec<_> = (0..2_500)
        .map(|index| NewFile {
            id: room.files.new_id(),
            owner: "alice".to_owned(),
            name: format!("result_{index:03}.jpg"),
            object: StoredObject {
                storage_key: OutputKey { run: Uuid::nil(), index, attempt: 1, execution: Uuid::nil() }
                    .storage_key("jpg"),
                content_type: "image/jpeg".to_owned(),
                size: 1,
            },
        })
        .collect();
    let transaction = room.scratch.db.begin().await.unwrap();
    room.files.register_in_op(&transaction, &files).await.unwrap();
    room.files.register_in_op(&transaction, &[]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(room.rows().await, 2_500);
    let ids: Vec<_> = files.iter().map(|file| file.id).collect();
    assert_eq!(room.files.find_many(&alice(), &ids).await.unwrap().len(), 2_500);
    assert_eq!(room.files.find_many(&bob(), &ids).await.unwrap().len(), 0);
}

async fn the_sweep_deletes_what_no_row_names_once_it_is_old(room: Room) {
    let kept = room.upload(&alice(), &jpeg(500)).await.unwrap();
    let key = OutputKey { run: Uuid::nil(), index: 0, attempt: 1, execution: Uuid::nil() };
    room.files.write_output(key, Bytes::from(jpeg(500)), &PICTURES[0]).await.unwrap();

    // The objects' times are the machine's, so the sweep's clock is set by it.
    room.clock.advance((SystemClock.now() - room.clock.now()).to_std().unwrap());
    assert_eq!(room.files.sweep_orphans().await.unwrap(), Swept { seen: 2, deleted: 0 });
    room.clock.advance(ORPHAN_AGE + HOUR);
    assert_eq!(room.files.sweep_orphans().await.unwrap(), Swept { seen: 2, deleted: 1 });
    assert_eq!(room.files.sweep_orphans().await.unwrap(), Swept { seen: 1, deleted: 0 });
    assert_eq!(content(&room.files, &kept).await, jpeg(500));
}

macro_rules! on_every_backend {
    ($($name:ident)+) => {
        mod on_sqlite_and_a_folder {
            use super::*;
            $(#[tokio::test]
            async fn $name() {
                super::$name(Room::over(Scratch::sqlite().await, TestStore::folder())).await;
            })+
        }
        mod on_postgres_and_s3 {
            use super::*;
            $(#[tokio::test]
            async fn $name() {
                super::$name(Room::over(Scratch::postgres().await, TestStore::s3().await)).await;
            })+
        }
    };
}

on_every_backend! {
    an_upload_is_kept_whole
    outputs_get_their_rows_with_the_callers_transaction
    many_rows_are_registered_at_once
    the_sweep_deletes_what_no_row_names_once_it_is_old
}

#[tokio::test]
async fn a_file_shorter_than_what_is_sniffed_is_kept_too() {
    let room = Room::new().await;
    let file = room.files.upload(&alice(), None, PICTURES, in_pieces(b"GIF89a", 1)).await.unwrap();
    assert_eq!((file.name.as_str(), file.size), ("upload.gif", 6));
    assert_eq!(content(&room.files, &file).await, b"GIF89a");
}

#[tokio::test]
async fn what_is_no_accepted_picture_is_refused() {
    let room = Room::new().await;
    for bytes in [&b"<html>a page</html>"[..], b"%PDF-1.7 and so on", b"\xff\xd8", b"PK\x03\x04"] {
        let fault = room.upload(&alice(), bytes).await.unwrap_err();
        assert_eq!(refused_at_file(&fault), "the file must be JPEG, PNG, WebP or GIF");
    }
    let only_png = &PICTURES[1..2];
    let fault = room.files.upload(&alice(), None, only_png, in_pieces(&jpeg(100), 9)).await.unwrap_err();
    assert_eq!(refused_at_file(&fault), "the file must be PNG");
    assert!(room.is_empty().await);
}

#[tokio::test]
async fn an_empty_file_is_refused() {
    let room = Room::new().await;
    assert_eq!(refused_at_file(&room.upload(&alice(), b"").await.unwrap_err()), "the file is empty");
    let nothing = stream::iter([Ok::<_, io::Error>(Bytes::new()), Ok(Bytes::new())]);
    let fault = room.files.upload(&alice(), None, PICTURES, nothing).await.unwrap_err();
    assert_eq!(refused_at_file(&fault), "the file is empty");
    assert!(room.is_empty().await);
}

#[tokio::test]
async fn the_largest_file_is_taken_and_one_byte_more_is_not() {
    let room = Room::new().await;
    let largest = usize::try_from(MAX_BYTES).unwrap();
    let file = room.upload(&alice(), &jpeg(largest)).await.unwrap();
    assert_eq!(file.size, MAX_BYTES);
    let fault = room.upload(&alice(), &jpeg(largest + 1)).await.unwrap_err();
    assert_eq!(refused_at_file(&fault), "the file must have at most 1000000 bytes");
    assert_eq!(room.rows().await, 1);
    assert!(eventually(|| room.store.files().len() == 1).await);
}

#[tokio::test]
async fn an_endless_upload_is_cut_off() {
    let room = Room::new().await;
    let endless = in_pieces(&jpeg(100), 100).chain(stream::repeat_with(|| Ok(Bytes::from(vec![0; 10_000]))));
    refused_at_file(&room.files.upload(&alice(), None, PICTURES, endless).await.unwrap_err());
    assert!(room.is_empty().await);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let room = Room::new().await;
    let broken = in_pieces(&jpeg(600_000), 1_000).chain(stream::iter([Err(io::Error::other("reset"))]));
    let fault = room.files.upload(&alice(), None, PICTURES, broken).await.unwrap_err();
    assert_eq!(refused_at_file(&fault), "the upload broke off");
    assert!(room.is_empty().await);
}

#[tokio::test]
async fn an_upload_that_stalls_is_given_up() {
    let mut room = Room::new().await;
    room.files.config.stall_ms = 20;
    let stalled = in_pieces(&jpeg(600_000), 1_000).chain(stream::pending());
    let fault = room.files.upload(&alice(), None, PICTURES, stalled).await.unwrap_err();
    assert_eq!(refused_at_file(&fault), "the upload stalled");
    assert!(room.is_empty().await);
}

/// Tells when a body has been read to its end and the next piece is waited for.
struct Watched<S> {
    body: S,
    waiting: CancellationToken,
}

impl<S: Stream + Unpin> Stream for Watched<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let next = self.body.poll_next_unpin(context);
        if next.is_pending() {
            self.waiting.cancel();
        }
        next
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_half_way_leaves_nothing() {
    let room = Room::new().await;
    let waiting = CancellationToken::new();
    let half = in_pieces(&jpeg(600_000), 1_000).chain(stream::pending());
    let body = Watched { body: half, waiting: waiting.clone() };
    let files = room.files.clone();
    let upload = tokio::spawn(async move { files.upload(&alice(), None, PICTURES, body).await });
    waiting.cancelled().await;
    assert!(!room.store.files().is_empty(), "half of it was written");
    // What the HTTP server does when the client is gone: it drops the handler.
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled());
    assert!(room.is_empty().await);
}

#[tokio::test]
async fn an_object_whose_row_cannot_be_written_is_taken_back() {
    let room = Room::new().await;
    use sea_orm::ConnectionTrait as _;
    room.scratch.db.writer().execute_unprepared("ALTER TABLE file RENAME TO elsewhere").await.unwrap();
    let fault = room.upload(&alice(), &jpeg(500)).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Internal);
    assert!(room.store.files().is_empty(), "{:?}", room.store.files());
}

#[tokio::test]
async fn a_file_is_its_owners_and_admins_alone() {
    let room = Room::new().await;
    let file = room.upload(&alice(), &jpeg(100)).await.unwrap();
    assert!(room.files.find(&alice(), file.id).await.is_ok());
    assert!(room.files.find(&admin(), file.id).await.is_ok());
    for other in [bob(), person("olivia", Role::Operator)] {
        let hidden = room.files.find(&other, file.id).await.unwrap_err();
        let missing = room.files.find(&other, Uuid::nil()).await.unwrap_err();
        assert_eq!(hidden.code(), ErrorCode::NotFound);
        assert_eq!(hidden.message(), missing.message(), "nobody learns that it is there");
    }
}

#[tokio::test]
async fn a_signed_link_opens_its_file_until_it_expires() {
    let room = Room::new().await;
    let file = room.upload(&alice(), &jpeg(100)).await.unwrap();
    let other = room.upload(&alice(), &jpeg(100)).await.unwrap();
    let link = room.files.link(file.id);
    let (path, query) = link.split_once('?').unwrap();
    assert_eq!(path, format!("/files/{}", file.id));
    assert_eq!(room.files.find_signed(file.id, query).await.unwrap(), file);
    let refused = room.files.find_signed(other.id, query).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Unauthenticated);
    room.clock.advance(2 * HOUR);
    let expired = room.files.find_signed(file.id, query).await.unwrap_err();
    assert_eq!(expired.code(), ErrorCode::Unauthenticated);
}

#[tokio::test]
async fn a_range_of_a_file_is_read_alone() {
    let room = Room::new().await;
    let bytes = jpeg(5_000);
    let file = room.upload(&alice(), &bytes).await.unwrap();
    let open = room.files.read(&file, Some(100..200)).await.unwrap();
    let read: Vec<Bytes> = open.stream.try_collect().await.unwrap();
    assert_eq!((open.length, read.concat()), (100, bytes[100..200].to_vec()));
    #[expect(clippy::reversed_empty_ranges, reason = "it must be refused")]
    for range in [0..5_001, 6_000..6_001, 200..100] {
        let outside = room.files.read(&file, Some(range)).await;
        assert!(matches!(outside, Err(ObjectError::OutOfRange { .. })));
    }
}

#[tokio::test]
async fn a_file_is_read_into_memory_up_to_a_limit() {
    let room = Room::new().await;
    let file = room.upload(&alice(), &jpeg(5_000)).await.unwrap();
    assert_eq!(room.files.read_all(&file, 5_000).await.unwrap(), jpeg(5_000));
    let refused = room.files.read_all(&file, 4_999).await;
    assert!(matches!(refused, Err(ObjectError::TooLarge { limit: 4_999, .. })));
}

#[tokio::test]
async fn a_file_whose_object_is_gone_is_told_apart() {
    let room = Room::new().await;
    let file = room.upload(&alice(), &jpeg(5_000)).await.unwrap();
    room.files.delete_object(&file.storage_key).await.unwrap();
    assert!(matches!(room.files.read(&file, None).await, Err(ObjectError::Gone { .. })));
}

fn inputs(room: &Room, config: FetchConfig) -> Inputs {
    let fetcher = Fetcher::new(config, Arc::new(SystemResolver), room.clock.clone()).unwrap();
    Inputs::new(room.files.clone(), fetcher, MAX_BYTES)
}

#[tokio::test]
async fn inputs_of_either_kind_are_read() {
    let room = Room::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new().route("/a.jpg", get(|| async { jpeg(300) }));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let allow = address.to_string().parse().unwrap();
    let inputs = inputs(&room, FetchConfig { allow, ..FetchConfig::default() });

    let file = room.upload(&alice(), &jpeg(200)).await.unwrap();
    let base = Url::parse("http://127.0.0.1:8080/").unwrap();
    let parse = |text: &str| InputSource::parse("inputImages[0]", text, &base).unwrap();
    let global = GlobalId::encode(NodeKind::File, file.id);
    for (text, size) in [
        (format!("/files/{}", file.id), 200),
        (format!("http://127.0.0.1:8080/files/{global}"), 200),
        (room.files.link(file.id), 200),
        (format!("http://{address}/a.jpg"), 300),
    ] {
        let input = parse(&text);
        inputs.check(&alice(), "inputImages", std::slice::from_ref(&input)).await.unwrap();
        let bytes = inputs.read(&alice(), &input, &CancellationToken::new()).await.unwrap();
        assert_eq!(bytes, jpeg(size), "{text}");
    }
}

#[tokio::test]
async fn an_input_must_be_ones_own_picture() {
    let room = Room::new().await;
    let inputs = inputs(&room, FetchConfig::default());
    let outside = InputSource::Outside(Url::parse("https://example.com/a.jpg").unwrap());
    let mine = InputSource::File(room.upload(&alice(), &jpeg(200)).await.unwrap().id);
    let cancel = CancellationToken::new();

    let refused = inputs.check(&bob(), "inputImages", &[outside.clone(), mine.clone()]).await.unwrap_err();
    assert_eq!(
        (refused.code(), &refused.details()["field"]),
        (ErrorCode::BadInput, &"inputImages[1]".into())
    );
    let error = inputs.read(&bob(), &mine, &cancel).await.unwrap_err();
    assert_eq!((error.code(), error.is_transient()), ("FILE_NOT_FOUND", false));
    assert!(inputs.check(&admin(), "inputImages", &[mine.clone(), outside, mine]).await.is_ok());

    let text = MediaType {
        name: "text",
        content_type: "text/plain",
        extension: "txt",
        aliases: &[],
        max_bytes: u64::MAX,
        matches: |_| true,
    };
    let notes = room.files.upload(&alice(), None, &[text], in_pieces(b"notes", 5)).await.unwrap();
    let notes = InputSource::File(notes.id);
    assert!(inputs.check(&alice(), "inputImages", std::slice::from_ref(&notes)).await.is_err());
    assert_eq!(inputs.read(&alice(), &notes, &cancel).await.unwrap_err().code(), "NOT_AN_IMAGE");
}

#[tokio::test]
async fn an_input_that_is_lost_or_too_large_or_unwanted_has_its_code() {
    let room = Room::new().await;
    let file = room.upload(&alice(), &jpeg(200)).await.unwrap();
    let input = InputSource::File(file.id);
    let cancel = CancellationToken::new();
    let fetcher = Fetcher::new(FetchConfig::default(), Arc::new(SystemResolver), room.clock.clone()).unwrap();
    let small = Inputs::new(room.files.clone(), fetcher, 199);
    assert_eq!(small.read(&alice(), &input, &cancel).await.unwrap_err().code(), "TOO_LARGE");

    room.files.delete_object(&file.storage_key).await.unwrap();
    let inputs = inputs(&room, FetchConfig::default());
    assert_eq!(inputs.read(&alice(), &input, &cancel).await.unwrap_err().code(), "FILE_NOT_FOUND");
    cancel.cancel();
    assert_eq!(inputs.read(&alice(), &input, &cancel).await.unwrap_err().code(), "CANCELLED");
}

#[tokio::test]
async fn what_a_crash_left_half_written_or_of_a_check_is_swept() {
    let room = Room::new().await;
    room.files.check().await.unwrap();
    let left = [".incoming/cat.jpg.x7", ".check/0190"].map(|name| room.store.root().join(name));
    for left in &left {
        std::fs::write(left, "half").unwrap();
    }
    let now = SystemClock.now();
    room.clock.advance((now - room.clock.now()).to_std().unwrap());
    assert_eq!(room.files.sweep_orphans().await.unwrap(), Swept { seen: 2, deleted: 0 });
    room.clock.advance(ORPHAN_AGE + HOUR);
    assert_eq!(room.files.sweep_orphans().await.unwrap(), Swept { seen: 2, deleted: 2 });
    assert!(left.iter().all(|left| !left.exists()));
}
