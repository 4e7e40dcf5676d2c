//! Databases that a test has for itself.

use docket::storage::Db;
use sea_orm::ConnectionTrait;
use tempfile::TempDir;
use uuid::Uuid;

/// Makes each test a test on SQLite and one on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name($crate::support::Database::sqlite().await)).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name($crate::support::Database::postgres().await)).await; })+
        }
    };
}

/// A migrated database of a test's own. SQLite's folder goes with it.
pub struct Database {
    pub db: Db,
    _folder: Option<TempDir>,
}

impl Database {
    /// A fresh SQLite file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("docket.db").display());
        Self::open(&url, Some(folder)).await
    }

    /// A fresh database on the test's PostgreSQL server. Without one the test fails: a skipped
    /// test would look like a passed one.
    pub async fn postgres() -> Self {
        let server = std::env::var("DOCKET_TEST_POSTGRES")
            .expect("DOCKET_TEST_POSTGRES names the test server; `make test` starts one");
        let name = format!("docket_{}", Uuid::now_v7().simple());
        let admin = sea_orm::Database::connect(&server).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Self::open(url.as_str(), None).await
    }

    async fn open(url: &str, folder: Option<TempDir>) -> Self {
        let db = Db::connect(url, 8).await.unwrap();
        db.migrate().await.unwrap();
        Self { db, _folder: folder }
    }
}
