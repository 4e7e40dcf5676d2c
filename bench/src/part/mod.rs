//! The parts of the benchmark, a file each: who is compared, and what is asked of them.

mod approval_batches;
mod approval_growth;
mod approval_overlap;
mod archive;
mod busy;
mod creating;
mod deciding;
mod engine;
mod growth;
mod inbox;
mod jobs;
mod photographs;
mod reading;
mod timers;
mod webhooks;

use crate::comparison::{Comparison, Outcome};
use crate::stage::{Database, Stage};

/// The side that all this is about, under the same name in every part.
pub const DOCKET: &str = "docket";

/// A part's name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    /// No-op items to the end on PostgreSQL.
    EnginePostgres,
    /// No-op items to the end on SQLite.
    EngineSqlite,
    /// The engine's rate as the work grows, on PostgreSQL.
    GrowthPostgres,
    /// The engine's rate as the work grows, on SQLite.
    GrowthSqlite,
    /// Creating a batch of 100,000 items.
    Creating,
    /// A page of 50 batches with 10 items each.
    Reading,
    /// Small queries while pictures are worked on.
    Busy,
    /// A batch of photographs of 12 megapixels.
    Photographs,
    /// A ZIP of 50 pictures of 2 MB.
    Archive,
    /// Tasks approved, on PostgreSQL.
    DecidingPostgres,
    /// Tasks approved, on SQLite.
    DecidingSqlite,
    /// Tasks approved by a batch, on PostgreSQL.
    ApprovalBatchesPostgres,
    /// Tasks approved by a batch, on SQLite.
    ApprovalBatchesSqlite,
    /// Tasks approved by batches as they grow.
    ApprovalGrowth,
    /// Batches over the same tasks.
    ApprovalOverlap,
    /// The first page of an inbox.
    Inbox,
    /// Timers that are all due at once, on PostgreSQL.
    TimersPostgres,
    /// Timers that are all due at once, on SQLite.
    TimersSqlite,
    /// Jobs done through the API.
    Jobs,
    /// Webhooks told, beside a slow one.
    Webhooks,
}

impl Name {
    /// Every part, in the order of a whole run.
    pub const ALL: [Self; 20] = [
        Self::EnginePostgres,
        Self::EngineSqlite,
        Self::GrowthPostgres,
        Self::GrowthSqlite,
        Self::Creating,
        Self::Reading,
        Self::Busy,
        Self::Photographs,
        Self::Archive,
        Self::DecidingPostgres,
        Self::DecidingSqlite,
        Self::ApprovalBatchesPostgres,
        Self::ApprovalBatchesSqlite,
        Self::ApprovalGrowth,
        Self::ApprovalOverlap,
        Self::Inbox,
        Self::TimersPostgres,
        Self::TimersSqlite,
        Self::Jobs,
        Self::Webhooks,
    ];
}

/// Sets the part up.
///
/// # Errors
/// Where what its sides share could not be made.
pub async fn comparison(name: Name, stage: &Stage) -> Outcome<Comparison> {
    match name {
        Name::EnginePostgres => Ok(engine::postgres()),
        Name::EngineSqlite => Ok(engine::sqlite()),
        Name::GrowthPostgres => Ok(growth::comparison(Database::Postgres)),
        Name::GrowthSqlite => Ok(growth::comparison(Database::Sqlite)),
        Name::Creating => Ok(creating::comparison()),
        Name::Reading => reading::comparison(stage).await,
        Name::Busy => busy::comparison(stage),
        Name::Photographs => photographs::comparison(stage),
        Name::Archive => archive::comparison(stage).await,
        Name::DecidingPostgres => Ok(deciding::comparison(Database::Postgres, stage)),
        Name::DecidingSqlite => Ok(deciding::comparison(Database::Sqlite, stage)),
        Name::ApprovalBatchesPostgres => Ok(approval_batches::comparison(Database::Postgres, stage)),
        Name::ApprovalBatchesSqlite => Ok(approval_batches::comparison(Database::Sqlite, stage)),
        Name::ApprovalGrowth => Ok(approval_growth::comparison(stage)),
        Name::ApprovalOverlap => Ok(approval_overlap::comparison(stage)),
        Name::Inbox => Ok(inbox::comparison(stage)),
        Name::TimersPostgres => Ok(timers::comparison(Database::Postgres)),
        Name::TimersSqlite => Ok(timers::comparison(Database::Sqlite)),
        Name::Jobs => Ok(jobs::comparison()),
        Name::Webhooks => Ok(webhooks::comparison(stage)),
    }
}
