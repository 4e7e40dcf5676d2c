//! What becomes of a job, as pure functions.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{JobKind, JobStatus};
use crate::engine::Backoff;
use crate::kernel::Fault;
use crate::storage::entity::{incident, job};
use crate::workflow::due;

/// How the wait between attempts grows where nobody says it.
const BACKOFF: Backoff = Backoff { base: Duration::from_secs(10), most: Duration::from_secs(3_600) };
/// The longest wait that a worker may demand.
pub(super) const MAX_WAIT: TimeDelta = TimeDelta::days(7);

/// The longest code of an incident, in characters.
const MAX_INCIDENT_CODE: usize = 64;

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
        None => by_model().unwrap_or_else(|| now + wait_after(failures, jitter)),
    };
    Next::Again(at.min(latest))
}

/// How long to wait after so many failures where nobody says it: 10 seconds, then twice as long each time, up to
/// an hour. `jitter` is 0 to 1.
pub(super) fn wait_after(failures: i32, jitter: f64) -> Duration {
    BACKOFF.wait(failures, jitter)
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
        _ => told("the job is yours no more: you have reported it, or its time was over; claim it again"),
    }
}

/// Whether whoever claimed a job under `lock` has reported before that it ended so.
pub(super) fn is_ended_by(row: &job::Model, lock: Uuid, ended: &Ended) -> bool {
    let is_so = match ended {
        Ended::Done => row.error_code.is_none(),
        Ended::Error { code, .. } => row.error_code.as_ref() == Some(code),
        Ended::Failed { .. } => false,
    };
    is_so && row.status == JobStatus::Success.as_str() && row.lock_id == Some(lock)
}

/// The incident about a job that has failed as often as it may.
pub fn incident_about(row: &job::Model, now: DateTime<Utc>) -> incident::Model {
    let code = row.error_code.as_deref().unwrap_or_default();
    incident::Model {
        id: Uuid::now_v7(),
        root_id: row.root_id,
        instance_id: row.instance_id,
        node_id: row.node_id.clone(),
        code: code.chars().take(MAX_INCIDENT_CODE).collect(),
        message: row.error_message.clone().unwrap_or_default(),
        input: "{}".to_owned(),
        created_at: now,
        resolved_at: None,
        resolved_by: None,
        job_id: Some(row.id),
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
