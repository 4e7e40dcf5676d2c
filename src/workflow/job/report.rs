//! Workers report what has become of their jobs.

use chrono::TimeDelta;
use sea_orm::{DbErr, EntityTrait as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::claim::check_lock;
use super::end::Report;
use super::rules::{self, Ended, MAX_WAIT, Next};
use super::store::{self, Held, Wrong};
use super::{MAX_CLAIMED, check_worker};
use crate::events::Signal;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::job;
use crate::workflow::{Workflow, variable};

/// The longest code, in characters.
const MAX_CODE: usize = 64;
/// The longest code of an error of a process, in characters.
const MAX_ERROR: usize = 255;
/// The most bytes that what comes of a job takes, as JSON.
const MAX_VARIABLES: usize = 256 << 10;
/// The longest message, in characters.
const MAX_MESSAGE: usize = 2_000;

/// A job that a worker has done.
#[derive(Debug, Clone)]
pub struct CompleteJob {
    /// The job.
    pub id: Uuid,
    /// What proves it the worker's.
    pub lock: Uuid,
    /// What came of it: variables.
    pub variables: Map<String, Value>,
}

/// What a worker says of a job that it could not do.
#[derive(Debug, Clone, Default)]
pub struct FailJob {
    /// What is wrong, for programs: 1 to 64 characters.
    pub code: String,
    /// What is wrong, for people.
    pub message: String,
    /// How long to wait before another attempt; none: as the document says, or longer each time.
    pub retry_after: Option<TimeDelta>,
    /// Another attempt is no use.
    pub is_final: bool,
}

/// An error of the process with which a worker ends a job.
#[derive(Debug, Clone, Default)]
pub struct ThrowJobError {
    /// The error's code, which an event in the process catches: 1 to 255 characters.
    pub code: String,
    /// What is wrong, for people.
    pub message: Option<String>,
    /// What it brings: variables.
    pub variables: Map<String, Value>,
}

impl Workflow {
    /// A job is done, and its instance goes on with what came of it, in the same transaction. Reported
    /// again by whoever has done it, it is done once. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` at `variables`; `NOT_FOUND`; `CONFLICT` with the job's
    /// `status` where it is the worker's no more, where the instance is suspended, or cannot go on.
    pub async fn complete_job(
        &self,
        actor: &Actor,
        id: Uuid,
        lock: Uuid,
        variables: Map<String, Value>,
    ) -> Result<job::Model, Fault> {
        check_worker(actor)?;
        check_variables(&variables)?;
        self.end_job(actor, Report { id, lock, ended: Ended::Done, variables }).await
    }

    /// Jobs are done, as with [`complete_job`](Self::complete_job), in few transactions; what became of each,
    /// in their order: what one worker has lost does not keep the others. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` at `jobs` for none or more than [`MAX_CLAIMED`]. Of each as
    /// [`complete_job`](Self::complete_job).
    pub async fn complete_jobs(
        &self,
        actor: &Actor,
        jobs: Vec<CompleteJob>,
    ) -> Result<Vec<Result<job::Model, Fault>>, Fault> {
        check_worker(actor)?;
        if jobs.is_empty() || jobs.len() > MAX_CLAIMED as usize {
            return Err(Fault::bad_input("jobs", format!("1 to {MAX_CLAIMED} jobs")));
        }
        let report = |CompleteJob { id, lock, variables }| {
            check_variables(&variables)?;
            Ok(Report { id, lock, ended: Ended::Done, variables })
        };
        self.end_jobs(actor, jobs.into_iter().map(report).collect()).await
    }

    /// A job ends with an error of the process, for whoever around its task catches the code; where
    /// nobody does, the instance ends as rejected. For OPERATOR.
    ///
    /// # Errors
    /// As [`complete_job`](Self::complete_job); `BAD_INPUT` at `errorCode` or `message` too.
    pub async fn throw_job_error(
        &self,
        actor: &Actor,
        id: Uuid,
        lock: Uuid,
        error: ThrowJobError,
    ) -> Result<job::Model, Fault> {
        check_worker(actor)?;
        check_variables(&error.variables)?;
        check_text("errorCode", &error.code, 1..=MAX_ERROR)?;
        let message = error.message.filter(|message| !message.is_empty());
        check_text("message", message.as_deref().unwrap_or_default(), 0..=MAX_MESSAGE)?;
        let ended = Ended::Error { code: error.code, message };
        self.end_job(actor, Report { id, lock, ended, variables: error.variables }).await
    }

    /// A job could not be done: it is tried again later, or, past its attempts, becomes an incident of its
    /// instance. For OPERATOR.
    ///
    /// # Errors
    /// As [`complete_job`](Self::complete_job); `BAD_INPUT` at `code`, `message` or `retryAfterSeconds`.
    pub async fn fail_job(
        &self,
        actor: &Actor,
        id: Uuid,
        lock: Uuid,
        failure: FailJob,
    ) -> Result<job::Model, Fault> {
        check_worker(actor)?;
        check_text("code", &failure.code, 1..=MAX_CODE)?;
        check_text("message", &failure.message, 0..=MAX_MESSAGE)?;
        if failure.retry_after.is_some_and(|wait| wait < TimeDelta::zero() || wait > MAX_WAIT) {
            return Err(Fault::bad_input("retryAfterSeconds", "0 to 604,800 seconds: seven days"));
        }
        let row = self.job_row(id).await?;
        rules::check_held(&row, lock)?;
        let FailJob { code, message, retry_after, is_final } = failure;
        let next = rules::after_failure(&row, is_final, retry_after, self.inner.clock.now(), self.jitter());
        match next {
            Next::Incident => {
                let ended = Ended::Failed { code, message };
                self.end_job(actor, Report { id, lock, ended, variables: Map::new() }).await
            }
            Next::Again(at) => {
                let wrong = Wrong { code: &code, message: &message };
                let was_held =
                    store::try_again(self.inner.db.writer(), Held { id, lock }, at, &wrong).await?;
                self.check_was_held(id, lock, was_held).await?;
                self.inner.bus.publish(Signal::Due { at });
                self.job_row(id).await
            }
        }
    }

    /// A worker needs longer: the job is its own for so long from now on. For OPERATOR.
    ///
    /// # Errors
    /// As [`complete_job`](Self::complete_job); `BAD_INPUT` at `lockSeconds`.
    pub async fn extend_job(
        &self,
        actor: &Actor,
        id: Uuid,
        lock: Uuid,
        longer: TimeDelta,
    ) -> Result<job::Model, Fault> {
        check_worker(actor)?;
        check_lock(longer)?;
        let row = self.job_row(id).await?;
        rules::check_held(&row, lock)?;
        let until = self.inner.clock.now() + longer;
        let was_held = store::extend(self.inner.db.writer(), Held { id, lock }, until).await?;
        self.check_was_held(id, lock, was_held).await?;
        self.job_row(id).await
    }

    /// A job was to be changed that had been its worker's a moment before.
    async fn check_was_held(&self, id: Uuid, lock: Uuid, was_held: bool) -> Result<(), Fault> {
        self.inner.failpoints.reached("job.after_change");
        match was_held {
            true => Ok(()),
            false => rules::check_held(&self.job_row(id).await?, lock),
        }
    }

    /// A job, whoever may see it.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(super) async fn job_row(&self, id: Uuid) -> Result<job::Model, Fault> {
        let found: Result<_, DbErr> = job::Entity::find_by_id(id).one(self.inner.db.reader()).await;
        found?.ok_or_else(|| Fault::not_found("job"))
    }

    /// A number from 0 to 1.
    pub(super) fn jitter(&self) -> f64 {
        const STEPS: u16 = 1_000;
        let drawn = u16::try_from((self.inner.draw)(usize::from(STEPS) + 1)).unwrap_or(STEPS);
        f64::from(drawn) / f64::from(STEPS)
    }
}

/// What comes of a job, as variables.
///
/// # Errors
/// `BAD_INPUT` at `variables`.
fn check_variables(variables: &Map<String, Value>) -> Result<(), Fault> {
    variable::check_names("variables", variables)?;
    match serde_json::to_string(variables).map_err(Fault::internal)?.len() <= MAX_VARIABLES {
        true => Ok(()),
        false => Err(Fault::bad_input("variables", format!("at most {MAX_VARIABLES} bytes as JSON"))),
    }
}

fn check_text(field: &str, text: &str, length: std::ops::RangeInclusive<usize>) -> Result<(), Fault> {
    match length.contains(&text.chars().count()) && !text.contains('\0') {
        true => Ok(()),
        false => {
            let (least, most) = (length.start(), length.end());
            Err(Fault::bad_input(field, format!("{least} to {most} characters")))
        }
    }
}
