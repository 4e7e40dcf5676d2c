//! What workers do with jobs.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use chrono::TimeDelta;
use uuid::Uuid;

use super::given::object;
use super::job::{ClaimedJob, Job};
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::context::{actor, services};
use crate::graphql::fault::fault_error;
use crate::graphql::scalars::Json;
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow as domain;

/// For how long jobs are claimed where nobody says it, in seconds.
const DEFAULT_LOCK: i32 = 60;
/// How many are claimed where nobody says it.
const DEFAULT_MAX: i32 = 10;

/// What `claimJobs` takes.
#[derive(Debug, InputObject)]
pub struct ClaimJobsInput {
    /// Jobs of these topics, 1 to 50; those of the first before those of the second.
    topics: Vec<String>,
    /// What the worker calls itself: 1 to 128 characters.
    worker: String,
    /// How many at most: 1 to 100. Fewer come where their variables are large: as many as make 8 MiB.
    #[graphql(default_with = "DEFAULT_MAX")]
    max: i32,
    /// For how long, in seconds: 1 to 86,400.
    #[graphql(default_with = "DEFAULT_LOCK")]
    lock_seconds: i32,
    /// Which of the instances' variables the worker needs, at most 500; all where it is not given. What the
    /// process hands to the job comes in any case.
    variables: Option<Vec<String>>,
}

/// What `completeJob` takes.
#[derive(Debug, InputObject)]
pub struct CompleteJobInput {
    /// The job.
    job_id: ID,
    /// What `claimJobs` gave with it.
    lock: ID,
    /// What came of it: variables of the instance, or what its `out` elements take them from.
    variables: Option<Json>,
}

/// What `completeJobs` takes.
#[derive(Debug, InputObject)]
pub struct CompleteJobsInput {
    /// The jobs, 1 to 100, each with what came of it.
    jobs: Vec<CompleteJobInput>,
}

/// What `extendJob` takes.
#[derive(Debug, InputObject)]
pub struct ExtendJobInput {
    /// The job.
    job_id: ID,
    /// What `claimJobs` gave with it.
    lock: ID,
    /// For how long it is the worker's from now on, in seconds: 1 to 86,400.
    lock_seconds: i32,
}

/// What `failJob` takes.
#[derive(Debug, InputObject)]
pub struct FailJobInput {
    /// The job.
    job_id: ID,
    /// What `claimJobs` gave with it.
    lock: ID,
    /// What is wrong, for programs: 1 to 64 characters.
    #[graphql(default = "FAILED")]
    code: String,
    /// What is wrong, for people: at most 2,000 characters.
    message: Option<String>,
    /// How long to wait before another attempt, in seconds: 0 to 604,800. As the process says, or longer
    /// each time, where it is not given.
    retry_after_seconds: Option<i32>,
    /// Another attempt is no use: it is an incident at once.
    #[graphql(default)]
    r#final: bool,
}

/// What `throwJobError` takes.
#[derive(Debug, InputObject)]
pub struct ThrowJobErrorInput {
    /// The job.
    job_id: ID,
    /// What `claimJobs` gave with it.
    lock: ID,
    /// The error's code, as an event in the process catches it: 1 to 255 characters.
    error_code: String,
    /// What is wrong, for people: at most 2,000 characters.
    message: Option<String>,
    /// What it brings: variables of the instance.
    variables: Option<Json>,
}

/// What `claimJobs` answers.
pub struct ClaimJobsPayload {
    jobs: Vec<Arc<ClaimedJob>>,
}

object_at_hand! {
    /// What `claimJobs` answers.
    ClaimJobsPayload |payload| {
        /// The jobs, those of the highest priority first; none where there are none.
        jobs "jobs": Rows<Arc<ClaimedJob>> = Rows(payload.jobs.clone());
    }
}

/// What `completeJob` answers.
pub struct CompleteJobPayload {
    job: Arc<Job>,
}

object_at_hand! {
    /// What `completeJob` answers.
    CompleteJobPayload |payload| {
        /// The job as it now stands.
        job "job": One<Arc<Job>> = One(Arc::clone(&payload.job));
    }
}

/// What `completeJobs` answers.
pub struct CompleteJobsPayload {
    jobs: Vec<Result<domain::Job, Fault>>,
}

/// What `completeJobs` answers.
#[Object]
impl CompleteJobsPayload {
    /// The jobs as they now stand, in the order in which they were given; null where one could not be
    /// completed, with an error at its place that says why.
    async fn jobs(&self) -> Vec<Option<Result<Arc<Job>>>> {
        let job = |done: &Result<domain::Job, Fault>| match done {
            Ok(row) => Some(Job::new(row.clone()).map(Arc::new).map_err(fault_error)),
            Err(fault) => Some(Err(fault_error(fault.clone()))),
        };
        self.jobs.iter().map(job).collect()
    }
}

/// What `extendJob` answers.
pub struct ExtendJobPayload {
    job: Arc<Job>,
}

object_at_hand! {
    /// What `extendJob` answers.
    ExtendJobPayload |payload| {
        /// The job as it now stands.
        job "job": One<Arc<Job>> = One(Arc::clone(&payload.job));
    }
}

/// What `failJob` answers.
pub struct FailJobPayload {
    job: Arc<Job>,
}

object_at_hand! {
    /// What `failJob` answers.
    FailJobPayload |payload| {
        /// The job as it now stands.
        job "job": One<Arc<Job>> = One(Arc::clone(&payload.job));
    }
}

/// What `throwJobError` answers.
pub struct ThrowJobErrorPayload {
    job: Arc<Job>,
}

object_at_hand! {
    /// What `throwJobError` answers.
    ThrowJobErrorPayload |payload| {
        /// The job as it now stands.
        job "job": One<Arc<Job>> = One(Arc::clone(&payload.job));
    }
}

/// What workers do.
#[derive(Default)]
pub struct JobMutation;

#[Object]
impl JobMutation {
    /// Claims jobs for a worker: nobody else gets them until their time is over. For OPERATOR.
    async fn claim_jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which jobs, for whom and for how long.")] input: ClaimJobsInput,
    ) -> Option<Result<One<ClaimJobsPayload>>> {
        let done = async {
            let claim = domain::ClaimJobs {
                topics: input.topics,
                worker: input.worker,
                max: u32::try_from(input.max).unwrap_or_default(),
                lock: TimeDelta::seconds(input.lock_seconds.into()),
                variables: input.variables,
            };
            let claimed = services(ctx)?.workflow.claim_jobs(actor(ctx)?, claim).await?;
            let wrap = |claimed| Ok(Arc::new(ClaimedJob::new(claimed)?));
            let jobs = claimed.into_iter().map(wrap).collect::<Result<_, Fault>>()?;
            Ok(ClaimJobsPayload { jobs })
        };
        Some(done.await.map(One))
    }

    /// A job is done, and its instance goes on. For OPERATOR.
    async fn complete_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and what came of it.")] input: CompleteJobInput,
    ) -> Option<Result<One<CompleteJobPayload>>> {
        let done = async {
            let domain::CompleteJob { id, lock, variables } = done_job(input)?;
            let row = services(ctx)?.workflow.complete_job(actor(ctx)?, id, lock, variables).await?;
            Ok(CompleteJobPayload { job: Arc::new(Job::new(row)?) })
        };
        Some(done.await.map(One))
    }

    /// Jobs are done, and their instances go on: many at once, and each by itself. For OPERATOR.
    async fn complete_jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which jobs, and what came of them.")] input: CompleteJobsInput,
    ) -> Option<Result<CompleteJobsPayload>> {
        let done = async {
            let who = actor(ctx)?;
            let job = |(at, job)| done_job(job).map_err(|fault| in_list("jobs", at, fault));
            let jobs = input.jobs.into_iter().enumerate().map(job).collect::<Result<_, Fault>>()?;
            Ok(CompleteJobsPayload { jobs: services(ctx)?.workflow.complete_jobs(who, jobs).await? })
        };
        Some(done.await)
    }

    /// A worker needs longer for a job. For OPERATOR.
    async fn extend_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and how long.")] input: ExtendJobInput,
    ) -> Option<Result<One<ExtendJobPayload>>> {
        let done = async {
            let (id, lock) = held(&input.job_id, &input.lock)?;
            let longer = TimeDelta::seconds(input.lock_seconds.into());
            let row = services(ctx)?.workflow.extend_job(actor(ctx)?, id, lock, longer).await?;
            Ok(ExtendJobPayload { job: Arc::new(Job::new(row)?) })
        };
        Some(done.await.map(One))
    }

    /// A job could not be done: it is tried again later, or, past its attempts, is an incident of its
    /// instance. For OPERATOR.
    async fn fail_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and what is wrong.")] input: FailJobInput,
    ) -> Option<Result<One<FailJobPayload>>> {
        let done = async {
            let (id, lock) = held(&input.job_id, &input.lock)?;
            let failure = domain::FailJob {
                code: input.code,
                message: input.message.unwrap_or_default(),
                retry_after: input.retry_after_seconds.map(|seconds| TimeDelta::seconds(seconds.into())),
                is_final: input.r#final,
            };
            let row = services(ctx)?.workflow.fail_job(actor(ctx)?, id, lock, failure).await?;
            Ok(FailJobPayload { job: Arc::new(Job::new(row)?) })
        };
        Some(done.await.map(One))
    }

    /// Ends a job with an error of the process, for an event around its task that catches the code; where
    /// none does, the instance ends as rejected. For OPERATOR.
    async fn throw_job_error(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and which error.")] input: ThrowJobErrorInput,
    ) -> Option<Result<One<ThrowJobErrorPayload>>> {
        let done = async {
            let (id, lock) = held(&input.job_id, &input.lock)?;
            let error = domain::ThrowJobError {
                code: input.error_code,
                message: input.message,
                variables: object("variables", input.variables)?,
            };
            let row = services(ctx)?.workflow.throw_job_error(actor(ctx)?, id, lock, error).await?;
            Ok(ThrowJobErrorPayload { job: Arc::new(Job::new(row)?) })
        };
        Some(done.await.map(One))
    }
}

fn done_job(input: CompleteJobInput) -> Result<domain::CompleteJob, Fault> {
    let (id, lock) = held(&input.job_id, &input.lock)?;
    Ok(domain::CompleteJob { id, lock, variables: object("variables", input.variables)? })
}

/// A fault of one in a list: its field is called as the list has it.
fn in_list(list: &str, at: usize, fault: Fault) -> Fault {
    let field = fault.details().get("field").and_then(serde_json::Value::as_str);
    let field = field.map(|field| format!("{list}[{at}].{field}"));
    match field {
        Some(field) => fault.with("field", field.into()),
        None => fault,
    }
}

fn held(job: &ID, lock: &ID) -> Result<(Uuid, Uuid), Fault> {
    let id = GlobalId::uuid_of(NodeKind::Job, "jobId", job)?;
    let lock = Uuid::try_parse(lock).map_err(|_| Fault::bad_input("lock", "this is no lock of a job"))?;
    Ok((id, lock))
}
