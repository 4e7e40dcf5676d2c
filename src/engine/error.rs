//! Why the engine refuses.

use sea_orm::DbErr;

use super::RunStatus;

/// A refusal, or the database's failure.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is no such run.
    #[error("no such run")]
    NotFound,
    /// The run has not ended yet.
    #[error("the run is still {}", .0.as_str())]
    StillRunning(RunStatus),
    /// No item has failed.
    #[error("no item has failed")]
    NothingFailed,
    /// Nobody here knows how to execute this kind of run.
    #[error("no handler is registered for runs of kind {0:?}")]
    UnknownKind(String),
    /// The database's own.
    #[error(transparent)]
    Db(#[from] DbErr),
}
