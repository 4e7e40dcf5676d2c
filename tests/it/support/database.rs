//! Databases that a test has for itself.

use docket::storage::Db;
use tempfile::TempDir;

#[path = "../../support/postgres.rs"]
mod postgres;

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

    /// A fresh database on the test's PostgreSQL server.
    pub async fn postgres() -> Self {
        Self::open(&postgres::fresh_postgres().await, None).await
    }

    async fn open(url: &str, folder: Option<TempDir>) -> Self {
        let db = Db::connect(url, 8).await.unwrap();
        db.migrate().await.unwrap();
        Self { db, _folder: folder }
    }
}
