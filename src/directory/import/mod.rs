//! Filling the directory from files: read and bounded, compared with what is there, written in one
//! transaction. What has any fault changes nothing.

mod change;
mod columns;
mod fault;
mod plan;
mod reporting;
mod rows;
mod store;
mod table;

use bytes::Bytes;
pub use change::Counts;
pub use fault::{FileKind, MAX_FAULTS, RowFault};
pub use table::{MAX_BYTES, MAX_ROWS};

use super::Directory;
use crate::kernel::{Actor, Fault, Role};
use fault::Faults;
use plan::Rules;

/// What becomes of those whom a file does not name.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum ImportMode {
    /// They stay as they are.
    #[default]
    Merge,
    /// They are removed, in the kinds that there is a file of: people are inactive, groups are gone,
    /// and both stay readable.
    Replace,
}

/// The files to be imported, each CSV with a header, or a JSON array of objects of the same names:
/// at most [`MAX_BYTES`] and [`MAX_ROWS`] rows. A column that a file does not have, and a member that an
/// object does not have, leaves what is there; an empty one takes it away.
#[derive(Debug, Default, Clone)]
pub struct Import {
    /// See [`FileKind::Departments`].
    pub departments: Option<Bytes>,
    /// See [`FileKind::Positions`].
    pub positions: Option<Bytes>,
    /// See [`FileKind::People`].
    pub people: Option<Bytes>,
    /// See [`FileKind::Tags`]. Without this file a tag is there as soon as somebody has it.
    pub tags: Option<Bytes>,
    /// See [`FileKind::Roles`]. Without this file a role is there as soon as somebody has it.
    pub roles: Option<Bytes>,
    /// What becomes of those who are not named.
    pub mode: ImportMode,
    /// For the departments that the people's file is about and that no `leader` is given for: who
    /// leads each is the one person in it who reports to nobody within it, or nobody where there
    /// are several. Otherwise departments are led only by whom a file names.
    pub derive_leaders: bool,
}

/// What an import has done.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Of departments.
    pub departments: Counts,
    /// Of positions.
    pub positions: Counts,
    /// Of people; who belongs to something else now is updated.
    pub people: Counts,
    /// Of tags.
    pub tags: Counts,
    /// Of approver roles.
    pub roles: Counts,
    /// How many departments have a leader by [`Import::derive_leaders`].
    pub leaders_derived: u64,
    /// How many people's `reports_to` names nobody else who is known; they have no manager.
    pub managers_unknown: u64,
    /// Columns that nothing is known of, such as `people.photo`; at most 20 a file.
    pub ignored_columns: Vec<String>,
}

impl Directory {
    /// Whether the actor may import files: for whoever would have to read them first.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the actor is an operator.
    pub fn check_importer(&self, actor: &Actor) -> Result<(), Fault> {
        if actor.has_role(Role::Operator) {
            Ok(())
        } else {
            Err(Fault::forbidden("only operators import the directory"))
        }
    }

    /// Imports files. The same again changes nothing.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the actor is an operator. `BAD_INPUT` at the file, with `faults` (each
    /// with `file`, `line`, `column` and `message`, at most [`MAX_FAULTS`]) and `faultCount`, where
    /// a file cannot be read, a row is out of bounds, is there twice or names what does not exist,
    /// or departments are above themselves. `CONFLICT` with `retryable` where another import takes
    /// long.
    pub async fn import(&self, actor: &Actor, import: Import) -> Result<ImportReport, Fault> {
        self.check_importer(actor)?;
        let rules = Rules {
            is_replacement: import.mode == ImportMode::Replace,
            derive_leaders: import.derive_leaders,
        };
        let (given, mut faults) = off_thread(move || {
            let mut faults = Faults::default();
            (rows::read(&import, &mut faults), faults)
        })
        .await?;
        // Of rows that could not be read the plan would tell that they are not there.
        if given.is_partial {
            faults.into_result()?;
            return Err(Fault::internal("rows are missing for no reason"));
        }
        let tx = self.db.begin().await?;
        store::lock_in_op(&tx).await?;
        let known = store::known_in_op(&tx).await?;
        let (plan, faults) =
            off_thread(move || (plan::plan(&known, &given, rules, &mut faults), faults)).await?;
        faults.into_result()?;
        let report = plan.report.clone();
        store::write_in_op(&tx, plan, self.clock.now()).await?;
        tx.commit().await?;
        tracing::info!(by = actor.user_id, ?report, "directory imported");
        Ok(report)
    }
}

/// Runs what computes for longer than the async threads may be held up.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(Fault::internal)
}
