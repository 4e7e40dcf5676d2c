//! Connecting to SQLite or PostgreSQL, and beginning transactions.

use std::time::Duration;

use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, Connection as _};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tracing::Instrument as _;

use super::session;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The address is of a kind that Docket does not speak.
    #[error("DATABASE_URL must start with sqlite: or postgres://")]
    UnknownScheme,
    /// The database did not let us in. The address is left out, for it may hold a password.
    #[error("the database cannot be reached: {0}")]
    Connect(#[source] DbErr),
    /// A migration failed.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migrate(#[source] DbErr),
}

/// The database.
///
/// SQLite lets one writer in at a time: all writes share one connection, in the order in which
/// they ask, and reads have a pool beside it. On PostgreSQL both have a pool: whoever waits for a
/// lock in a transaction keeps nobody from reading.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    backend: DbBackend,
}

impl Db {
    /// Connects to `url` with at most `connections` at a time, and at least two: on PostgreSQL half
    /// of them for reading and half for writing, on SQLite all for reading and one more.
    ///
    /// # Errors
    /// [`StorageError`] where the address is unknown or nobody answers there.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, StorageError> {
        if url.starts_with("sqlite:") {
            // The one connection first: turning a new file to WAL waits for nobody, so that two
            // which try at once are refused.
            let writer = sqlite(url, 1).await?;
            let reader = sqlite(url, connections).await?;
            Ok(Self { reader, writer, backend: DbBackend::Sqlite })
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let reader = postgres(url, connections.div_ceil(2)).await?;
            let writer = postgres(url, (connections / 2).max(1)).await?;
            Ok(Self { reader, writer, backend: DbBackend::Postgres })
        } else {
            Err(StorageError::UnknownScheme)
        }
    }

    /// Brings the schema up to date. Safe to call from several replicas at once.
    ///
    /// # Errors
    /// [`StorageError::Migrate`].
    pub async fn migrate(&self) -> Result<(), StorageError> {
        use migration::MigratorTrait as _;
        let lock = self.begin().await.map_err(StorageError::Migrate)?;
        if self.backend == DbBackend::Postgres {
            // Who starts beside a replica that migrates waits, however long that takes. Any
            // constant will do, as long as every replica takes the same.
            for statement in ["SET LOCAL lock_timeout = 0", "SELECT pg_advisory_xact_lock(7316250419)"] {
                lock.execute_unprepared(statement).await.map_err(StorageError::Migrate)?;
            }
        }
        migration::Migrator::up(&lock, None).await.map_err(StorageError::Migrate)?;
        lock.commit().await.map_err(StorageError::Migrate)
    }

    /// The names of the migrations that have not been applied.
    ///
    /// # Errors
    /// The database's.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, DbErr> {
        use migration::MigratorTrait as _;
        let pending = migration::Migrator::get_pending_migrations(&self.writer).await?;
        Ok(pending.iter().map(|migration| migration.name().to_owned()).collect())
    }

    /// For reading outside a transaction.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For single writes outside a transaction.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Which database it is.
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Begins a transaction that may write. On SQLite it holds the write lock from the start,
    /// so that it cannot fail half way for want of it.
    ///
    /// Whoever gives up waiting leaves nothing behind: what has begun is rolled back.
    ///
    /// # Errors
    /// Where no connection is to be had in time.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let sqlite_transaction_mode =
            (self.backend == DbBackend::Sqlite).then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode, ..Default::default() };
        let writer = self.writer.clone();
        // In a task of its own, so that it always comes to its end. Dropped between PostgreSQL's
        // BEGIN and its answer, the connection would go back to the pool with a transaction open
        // that the driver knows nothing of, and later writes on it would vanish with its rollback.
        let begin = async move { writer.begin_with_options(options).await };
        match tokio::spawn(begin.in_current_span()).await {
            Ok(begun) => begun,
            Err(error) => Err(DbErr::Conn(RuntimeErr::Internal(format!("beginning broke off: {error}")))),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.reader.ping().await
    }
}

async fn sqlite(url: &str, connections: u32) -> Result<DatabaseConnection, StorageError> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging_level(log_level())
        .map_sqlx_sqlite_opts(|options| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(30))
                .pragma("cache_size", "-65536")
                .pragma("temp_store", "memory")
        });
    Database::connect(options).await.map_err(StorageError::Connect)
}

async fn postgres(url: &str, connections: u32) -> Result<DatabaseConnection, StorageError> {
    // A pool tries again until its patience is over, and then says only that: one connection tells
    // at once what is wrong.
    let wrong = |error: sqlx::Error| StorageError::Connect(DbErr::Conn(RuntimeErr::SqlxError(error.into())));
    let options = url.parse::<PgConnectOptions>().map_err(wrong)?.options(session::SETTINGS);
    let probe = sqlx::PgConnection::connect_with(&options).await.map_err(wrong)?;
    probe.close().await.map_err(wrong)?;
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        // Testing each connection before use costs a tenth of the throughput of small reads.
        .test_before_acquire(false)
        .sqlx_logging_level(log_level())
        .map_sqlx_postgres_opts(|options| options.options(session::SETTINGS));
    Database::connect(options).await.map_err(StorageError::Connect)
}

fn log_level() -> tracing::log::LevelFilter {
    tracing::log::LevelFilter::Trace
}
