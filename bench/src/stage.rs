//! What the sides share: how much they have to do, and fresh databases and folders to do it in.

use std::path::PathBuf;
use std::time::Duration;

use docket::storage::Db;
use sea_orm::sqlx::{self, Connection as _};

use crate::comparison::Outcome;

/// How much each part does.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// No-op items that the engines, their limits and the peers work off.
    pub items: i32,
    /// Batches in the database that is read from, with [`Scale::BATCH_ITEMS`] items each.
    pub batches: i32,
    /// How long a server is loaded before anything counts.
    pub warm_up: Duration,
    /// How long it is then measured.
    pub load: Duration,
    /// How many pictures are packed.
    pub pictures: usize,
}

impl Scale {
    /// What the goals are about.
    pub const FULL: Self = Self {
        items: 100_000,
        batches: 2_000,
        warm_up: Duration::from_secs(2),
        load: Duration::from_secs(5),
        pictures: 50,
    };
    /// Enough to see that everything works.
    pub const SMOKE: Self = Self {
        items: 2_000,
        batches: 60,
        warm_up: Duration::from_secs(2),
        load: Duration::from_secs(3),
        pictures: 5,
    };
    /// Items of each batch that is read.
    pub const BATCH_ITEMS: i32 = 50;
    /// The size of a picture that is packed, in bytes.
    pub const PICTURE_BYTES: usize = 2_000_000;
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    /// The server that `scripts/services run --durable` has started.
    Postgres,
    /// A file.
    Sqlite,
}

impl Database {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }
}

/// Where the sides do their work.
pub struct Stage {
    /// How much they do.
    pub scale: Scale,
    postgres: String,
    scratch: tempfile::TempDir,
}

impl Stage {
    /// Takes the PostgreSQL that `scripts/services run --durable` has started.
    ///
    /// # Errors
    /// Where it has not, or the disk gives no room.
    pub fn set_up(scale: Scale) -> Outcome<Self> {
        let postgres = std::env::var("DOCKET_TEST_POSTGRES")
            .map_err(|_| "run it by `make bench`, or by scripts/services run --durable --")?;
        // On the disk: /tmp may be in memory.
        let folder = std::env::var("DOCKET_TEST_SCRATCH").unwrap_or_else(|_| "/var/tmp".to_owned());
        let scratch = tempfile::Builder::new().prefix("docket-bench.").tempdir_in(folder)?;
        Ok(Self { scale, postgres, scratch })
    }

    /// The address of an empty PostgreSQL database; one of the same name before it is dropped.
    ///
    /// # Errors
    /// Where PostgreSQL refuses.
    pub async fn empty_postgres(&self, name: &'static str) -> Outcome<String> {
        let mut admin = sqlx::PgConnection::connect(&self.postgres).await?;
        sqlx::query(sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")))
            .execute(&mut admin)
            .await?;
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
        admin.close().await?;
        let (server, _) = self.postgres.rsplit_once('/').ok_or("DOCKET_TEST_POSTGRES names no database")?;
        Ok(format!("{server}/{name}"))
    }

    /// The same with Docket's tables in it.
    ///
    /// # Errors
    /// As [`Stage::empty_postgres`], or where a migration fails.
    pub async fn migrated_postgres(&self, name: &'static str) -> Outcome<String> {
        let url = self.empty_postgres(name).await?;
        Db::connect(&url, 1).await?.migrate().await?;
        Ok(url)
    }

    /// The address of a new SQLite file with Docket's tables in it.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub async fn migrated_sqlite(&self, name: &'static str) -> Outcome<String> {
        let folder = self.empty_folder(name)?;
        let url = format!("sqlite://{}?mode=rwc", folder.join("docket.db").display());
        Db::connect(&url, 1).await?.migrate().await?;
        Ok(url)
    }

    /// The address of a new database with Docket's tables in it.
    ///
    /// # Errors
    /// As [`Stage::migrated_postgres`] and [`Stage::migrated_sqlite`].
    pub async fn migrated(&self, database: Database, name: &'static str) -> Outcome<String> {
        match database {
            Database::Postgres => self.migrated_postgres(name).await,
            Database::Sqlite => self.migrated_sqlite(name).await,
        }
    }

    /// A new folder; one of the same name before it is removed.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn empty_folder(&self, name: &'static str) -> Outcome<PathBuf> {
        let folder = self.scratch.path().join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir(&folder)?;
        Ok(folder)
    }
}
