//! The parts of the benchmark, a file each: who is compared, and what is asked of them.

mod archive;
mod engine;
mod reading;

use crate::comparison::{Comparison, Outcome};
use crate::stage::Stage;

/// The side that all this is about, under the same name in every part.
pub const DOCKET: &str = "docket";

/// A part's name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    /// No-op items to the end on PostgreSQL.
    EnginePostgres,
    /// No-op items to the end on SQLite.
    EngineSqlite,
    /// A page of 50 batches with 10 items each.
    Reading,
    /// A ZIP of 50 pictures of 2 MB.
    Archive,
}

impl Name {
    /// Every part, in the order of a whole run.
    pub const ALL: [Self; 4] = [Self::EnginePostgres, Self::EngineSqlite, Self::Reading, Self::Archive];
}

/// Sets the part up.
///
/// # Errors
/// Where what its sides share could not be made.
pub async fn comparison(name: Name, stage: &Stage) -> Outcome<Comparison> {
    match name {
        Name::EnginePostgres => Ok(engine::postgres()),
        Name::EngineSqlite => Ok(engine::sqlite()),
        Name::Reading => reading::comparison(stage).await,
        Name::Archive => Ok(archive::comparison()),
    }
}
