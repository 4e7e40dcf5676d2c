//! One suite for every kind of storage: a folder, and a real S3 server on this machine.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::*;

const BUCKET: &str = "pictures";

/// A storage of a test's own, with the folder in which its bytes end up.
pub(crate) struct TestStore {
    pub(crate) store: ObjectStore,
    folder: TempDir,
}

impl TestStore {
    pub(crate) fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = ObjectStore::open(&StorageConfig::in_data_dir(folder.path())).unwrap();
        Self { store, folder }
    }

    pub(crate) async fn s3() -> Self {
        let (config, folder) = s3_server().await;
        Self { store: ObjectStore::open(&StorageConfig::S3(config)).unwrap(), folder }
    }

    /// Every file in the storage's folder, whatever it is for, but the S3 server's own notes.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, into);
                } else if !path.file_name().unwrap().to_str().unwrap().starts_with(".bucket-") {
                    into.push(path);
                }
            }
        }
        let mut files = Vec::new();
        walk(self.folder.path(), &mut files);
        files
    }

    /// The storage's own folder.
    pub(crate) fn root(&self) -> PathBuf {
        self.store.folder.as_deref().unwrap().to_owned()
    }

    /// The file in which an object's bytes are.
    pub(crate) fn file_of(&self, key: &str) -> PathBuf {
        let name = key.rsplit('/').next().unwrap();
        self.files().into_iter().find(|path| path.ends_with(name)).unwrap()
    }
}

/// A real S3 server over a folder, with one bucket.
async fn s3_server() -> (S3Config, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
    service.set_auth(SimpleAuth::from_single("the-id", "the-secret"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = S3Config {
        bucket: BUCKET.to_owned(),
        endpoint: Some(format!("http://{}", listener.local_addr().unwrap())),
        region: None,
        access_key_id: Some("the-id".to_owned()),
        secret_access_key: Some(SecretString::from("the-secret")),
        root: Some("docket/test".to_owned()),
        virtual_host_style: false,
    };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await
            });
        }
    });
    (config, folder)
}

/// Waits until what runs behind has made it true.
pub(crate) async fn eventually(mut is_so: impl FnMut() -> bool) -> bool {
    let patience = tokio::time::Instant::now() + Duration::from_secs(10);
    while !is_so() {
        if tokio::time::Instant::now() > patience {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    true
}

fn bytes(size: usize) -> Bytes {
    (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

macro_rules! on_both_storages {
    ($($name:ident)+) => {
        mod folder {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::TestStore::folder()).await;
            })+
        }
        mod s3 {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::TestStore::s3().await).await;
            })+
        }
    };
}

on_both_storages! {
    what_is_written_is_read
    a_range_is_read_alone
    writing_again_replaces
    an_object_that_is_gone_is_told_before_reading
    an_object_that_was_cut_short_is_told
    deleting_twice_is_no_error
    a_large_object_is_written_in_pieces
    an_object_that_is_given_up_leaves_nothing
    an_object_is_not_seen_before_it_is_finished
    objects_are_listed_by_folder
    a_storage_that_works_passes_its_check
}

async fn what_is_written_is_read(test: TestStore) {
    let written = bytes(5_000);
    test.store.write("uploads/2026/11/a.jpg", written.clone(), "image/jpeg").await.unwrap();
    let read = test.store.read_all("uploads/2026/11/a.jpg", 0..5_000).await.unwrap();
    assert_eq!(read, written);
}

async fn a_range_is_read_alone(test: TestStore) {
    let written = bytes(5_000);
    test.store.write("a", written.clone(), "image/jpeg").await.unwrap();
    for range in [0..1, 10..20, 4_999..5_000, 0..5_000] {
        let expected =
            written.slice(usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap());
        assert_eq!(test.store.read_all("a", range).await.unwrap(), expected);
    }
}

async fn writing_again_replaces(test: TestStore) {
    test.store.write("a", bytes(5_000), "image/jpeg").await.unwrap();
    test.store.write("a", Bytes::from_static(b"new"), "image/jpeg").await.unwrap();
    assert_eq!(test.store.read_all("a", 0..3).await.unwrap(), "new");
    assert!(matches!(test.store.read_all("a", 0..4).await, Err(ObjectError::Truncated { .. })));
}

async fn an_object_that_is_gone_is_told_before_reading(test: TestStore) {
    let Err(error) = test.store.read("outputs/none", 0..10).await else { panic!("it opened") };
    assert!(matches!(&error, ObjectError::Gone { key } if key == "outputs/none"), "{error}");
    assert!(!error.is_transient());
}

async fn an_object_that_was_cut_short_is_told(test: TestStore) {
    test.store.write("cut.jpg", bytes(5_000), "image/jpeg").await.unwrap();
    std::fs::OpenOptions::new().write(true).open(test.file_of("cut.jpg")).unwrap().set_len(1_000).unwrap();
    let read = test.store.read_all("cut.jpg", 0..5_000).await;
    assert!(matches!(read, Err(ObjectError::Truncated { .. })), "{read:?}");
}

async fn deleting_twice_is_no_error(test: TestStore) {
    test.store.write("a", bytes(10), "image/jpeg").await.unwrap();
    test.store.delete("a").await.unwrap();
    test.store.delete("a").await.unwrap();
    assert!(matches!(test.store.read_all("a", 0..10).await, Err(ObjectError::Gone { .. })));
}

async fn a_large_object_is_written_in_pieces(test: TestStore) {
    let piece = bytes(1 << 20);
    let mut object = test.store.create("large", "image/jpeg").await.unwrap();
    for _ in 0..20 {
        object.write(piece.clone()).await.unwrap();
    }
    object.finish().await.unwrap();
    let mut stream = test.store.read("large", 0..20 << 20).await.unwrap();
    let mut read = 0;
    while let Some(some) = stream.try_next().await.unwrap() {
        for byte in some {
            assert_eq!(byte, piece[read % (1 << 20)]);
            read += 1;
        }
    }
    assert_eq!(read, 20 << 20);
}

async fn an_object_that_is_given_up_leaves_nothing(test: TestStore) {
    let before = test.files();
    let mut object = test.store.create("given-up.jpg", "image/jpeg").await.unwrap();
    // More than one part, so that the S3 server has been told of it.
    for _ in 0..20 {
        object.write(bytes(1 << 20)).await.unwrap();
    }
    assert_ne!(test.files(), before, "something was written");
    drop(object);
    assert!(eventually(|| test.files() == before).await, "{:?}", test.files());
}

async fn an_object_is_not_seen_before_it_is_finished(test: TestStore) {
    let mut object = test.store.create("a", "image/jpeg").await.unwrap();
    object.write(bytes(9 << 20)).await.unwrap();
    assert!(matches!(test.store.read_all("a", 0..1).await, Err(ObjectError::Gone { .. })));
    object.finish().await.unwrap();
    assert!(test.store.read_all("a", 0..9 << 20).await.is_ok());
}

async fn objects_are_listed_by_folder(test: TestStore) {
    for key in ["uploads/2026/11/a.jpg", "uploads/2026/12/b.jpg", "outputs/x/000/0-1.jpg"] {
        test.store.write(key, bytes(10), "image/jpeg").await.unwrap();
    }
    let listed = async |prefix: &str| {
        let objects: Vec<_> = test.store.list(prefix).await.unwrap().try_collect().await.unwrap();
        let mut keys: Vec<_> = objects.iter().map(|object| object.key.clone()).collect();
        keys.sort();
        keys
    };
    assert_eq!(listed("uploads/").await, ["uploads/2026/11/a.jpg", "uploads/2026/12/b.jpg"]);
    assert_eq!(listed("outputs/").await, ["outputs/x/000/0-1.jpg"]);
    assert_eq!(listed("nothing/").await, [] as [&str; 0]);
}

async fn a_storage_that_works_passes_its_check(test: TestStore) {
    let before = test.files();
    test.store.check().await.unwrap();
    assert_eq!(test.files(), before, "the check leaves nothing");
}

#[tokio::test]
async fn keys_cannot_leave_the_folder() {
    let test = TestStore::folder();
    assert!(test.store.write("../outside", bytes(1), "image/jpeg").await.is_err());
    assert!(matches!(test.store.read_all("../../etc/passwd", 0..1).await, Err(ObjectError::Gone { .. })));
    assert!(test.files().is_empty(), "{:?}", test.files());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("files"), "in the way").unwrap();
    let error = ObjectStore::open(&StorageConfig::in_data_dir(folder.path())).unwrap_err();
    assert!(error.to_string().starts_with("storage.path: the folder "), "{error}");
}

#[tokio::test]
async fn an_s3_server_that_does_not_know_the_keys_fails_the_check() {
    let (good, _folder) = s3_server().await;
    for wrong in [
        S3Config { secret_access_key: Some(SecretString::from("guessed")), ..good.clone() },
        S3Config { access_key_id: Some("nobody".to_owned()), ..good.clone() },
    ] {
        let error = ObjectStore::open(&StorageConfig::S3(wrong)).unwrap().check().await.unwrap_err();
        assert!(!error.is_transient(), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("guessed") && !shown.contains("the-secret"), "the secret shows: {shown}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_told_by_the_check() {
    // The server of the other tests makes buckets as it goes, so this one says it as S3 does.
    let answer = || async {
        (axum::http::StatusCode::NOT_FOUND, "<Error><Code>NoSuchBucket</Code><Message>no</Message></Error>")
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(answer)).await });
    let (good, _folder) = s3_server().await;
    let config = S3Config { endpoint: Some(endpoint), ..good };
    let error = ObjectStore::open(&StorageConfig::S3(config)).unwrap().check().await.unwrap_err();
    assert!(!error.is_transient());
    assert!(error.to_string().contains("NoSuchBucket"), "{error}");
}

#[tokio::test]
async fn an_s3_server_that_is_not_there_may_come_back() {
    let (good, _folder) = s3_server().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let gone = S3Config { endpoint: Some(format!("http://{free}")), ..good };
    let error = ObjectStore::open(&StorageConfig::S3(gone)).unwrap().check().await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
}

#[tokio::test]
async fn a_storage_that_does_not_answer_is_given_up() {
    let silent = std::future::pending::<Result<(), opendal::Error>>();
    let answer = bounded(Duration::from_millis(10), "a", silent).await;
    assert!(matches!(&answer, Err(ObjectError::Timeout)));
    assert!(answer.is_err_and(|error| error.is_transient()));
}
