//! What becomes of a job, as pure functions.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{JobKind, JobStatus};
use crate::engine::Backoff;
use crate::kernel::Fault;
use crate::storage::entity::job;
use crate::workflow::due;

/// How the wait between attempts grows where nobody says it.
const BACKOFF: Backoff = Backoff { base: Duration::from_secs(10), most: Duration::from_secs(3_600) };
/// The longest wait that a worker may demand.
pub(super) const MAX_WAIT: TimeDelta = TimeDelta::days(7);

/// How a job ends, or is given up until somebody sees to it.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// It is done.
    Done,
    /// With an error of the process, for whoever around it catches the code.
    Error {
        /// The error's code.
        code: String,
        /// What is wrong, for people.
        message: Option<String>,
    },
    /// It has failed for good.
    Failed {
        /// What is wrong, for programs.
        code: String,
        /// What is wrong, for people.
        message: String,
    },
}

/// What becomes of a job that has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It may be tried again, from this time on.
    Again(DateTime<Utc>),
    /// It is an incident.
    Incident,
}

/// What becomes of a job that has failed once more, where the worker may say how long to wait, and that
/// another attempt is no use. `jitter` is 0 to 1.
pub(super) fn after_failure(
    row: &job::Model,
    is_final: bool,
    wait: Option<TimeDelta>,
    now: DateTime<Utc>,
    jitter: f64,
) -> Next {
    let failures = row.failures.saturating_add(1);
    if is_final || failures >= row.max_attempts {
        return Next::Incident;
    }
    let by_model = || row.retry_after.as_deref().and_then(|text| due::parse(text, now).ok());
    let latest = now + MAX_WAIT;
    let at = match wait {
        Some(wait) => now + wait,
        None => by_model().unwrap_or_else(|| now + BACKOFF.wait(failures, jitter)),
    };
    Next::Again(at.min(latest))
}

/// Whether a job is still that of who claimed it under `lock`.
///
/// # Errors
/// `CONFLICT` with its `status` where it is not: it has ended, or somebody else has it.
pub(super) fn check_held(row: &job::Model, lock: Uuid) -> Result<(), Fault> {
    let told = |message: &str| Err(Fault::conflict(message).with("status", row.status.as_str().into()));
    match JobStatus::of(&row.status) {
        _ if row.kind == JobKind::Http.as_str() => told("this job is none for workers"),
        Some(JobStatus::Running) if row.lock_id == Some(lock) => Ok(()),
        Some(JobStatus::Success) => told("the job is done already"),
        Some(JobStatus::Cancelled) => told("nobody waits for the job any more: stop its work"),
        Some(JobStatus::Failed) => {
            told("the job has failed as often as it may: its incident is to be resolved first")
        }
        _ => told("the job is yours no more: its time was over; claim it again"),
    }
}

/// Whether whoever claimed a job under `lock` has reported its end before.
pub(super) fn is_ended_by(row: &job::Model, lock: Uuid) -> bool {
    row.status == JobStatus::Success.as_str() && row.lock_id == Some(lock)
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
