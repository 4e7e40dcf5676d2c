//! Databases that a test has for itself.

use tempfile::TempDir;

use super::Db;

#[path = "../../tests/support/postgres.rs"]
mod postgres;

/// A migrated database of a test's own; SQLite's folder goes with it.
pub(crate) struct Scratch {
    pub(crate) db: Db,
    /// Where it is, for whoever needs a pool of their own.
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl Scratch {
    /// A fresh SQLite file.
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("docket.db").display());
        Self::open(&url, Some(folder)).await
    }

    /// A fresh database on the test's PostgreSQL server.
    pub(crate) async fn postgres() -> Self {
        Self::open(&postgres::fresh_postgres().await, None).await
    }

    async fn open(url: &str, folder: Option<TempDir>) -> Self {
        let db = Db::connect(url, 8).await.unwrap();
        db.migrate().await.unwrap();
        Self { db, url: url.to_owned(), _folder: folder }
    }
}

/// Makes a test of `$body` (an async fn of a [`Scratch`]) on each database.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(crate::storage::scratch::Scratch::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(crate::storage::scratch::Scratch::postgres().await).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;
