//! Jobs: what workers outside do for instances.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::TimeDelta;
use uuid::Uuid;

use super::given::object;
use super::instance::instance_id;
use super::status::same_as;
use crate::graphql::at_hand::{One, Rows, object_at_hand, plain_enum};
use crate::graphql::connection::{Connection, Count, connection, page};
use crate::graphql::context::{actor, services};
use crate::graphql::scalars::{DateTime, Json};
use crate::kernel::{Fault, GlobalId, NodeKind, PageRequest};
use crate::workflow as domain;

/// For how long jobs are claimed where nobody says it, in seconds.
const DEFAULT_LOCK: i32 = 60;
/// How many are claimed where nobody says it.
const DEFAULT_MAX: i32 = 10;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum JobStatus {
    /// Whoever asks for its topic gets it.
    Pending,
    /// It has failed, and is PENDING again from its `dueAt` on.
    Waiting,
    /// A worker has it until its `dueAt`.
    Running,
    /// It is done.
    Success,
    /// It has failed as often as it may; its instance has an incident.
    Failed,
    /// Nobody waits for it any longer.
    Cancelled,
}

same_as!(JobStatus, domain::JobStatus { Pending, Waiting, Running, Success, Failed, Cancelled });

/// Who does a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum JobKind {
    /// Workers outside, who ask for its topic.
    External,
    /// We ourselves call a server over HTTP.
    Http,
}

same_as!(JobKind, domain::JobKind { External, Http });

/// What a machine does for an instance.
pub struct Job {
    row: domain::Job,
    kind: JobKind,
    status: JobStatus,
}

impl Job {
    /// A job as the database has it.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds what it should have refused.
    pub fn new(row: domain::Job) -> Result<Self, Fault> {
        let status = domain::JobStatus::of(&row.status);
        let status = status.ok_or_else(|| Fault::internal(format!("there is no status {}", row.status)))?;
        let kind = domain::JobKind::of(&row.kind);
        let kind = kind.ok_or_else(|| Fault::internal(format!("there is no job {}", row.kind)))?;
        Ok(Self { row, kind: kind.into(), status: status.into() })
    }
}

object_at_hand! {
    /// What a machine does for an instance.
    Job |job| {
        /// Its id: the same in every attempt, so that what it does elsewhere can be told to be the same.
        id "id": ID = ID(GlobalId::encode(NodeKind::Job, job.row.id));
        /// The instance.
        instance_id "instanceId": ID = instance_id(job.row.instance_id);
        /// The node that waits for it.
        node_id "nodeId": String = job.row.node_id.clone();
        /// Who does it.
        kind "kind": JobKind = job.kind;
        /// Which workers are asked.
        topic "topic": String = job.row.topic.clone();
        /// The higher goes first.
        priority "priority": i32 = job.row.priority;
        /// How it stands.
        status "status": JobStatus = job.status;
        /// Whether its instance is suspended: then nobody gets it.
        suspended "suspended": bool = job.row.suspended;
        /// How often it was claimed.
        attempt "attempt": i32 = job.row.attempt;
        /// How often it may fail before it is an incident.
        max_attempts "maxAttempts": i32 = job.row.max_attempts;
        /// How often it may still fail.
        retries "retries": i32 = job.row.max_attempts.saturating_sub(job.row.failures);
        /// Until when a worker has it, or from when on it may be tried again.
        due_at "dueAt": Option<DateTime> = job.row.due_at.map(DateTime);
        /// What the worker calls itself that claimed it last.
        worker "worker": Option<String> = job.row.worker.clone();
        /// What went wrong last, for programs; of one that is done, the error of the process with which it
        /// ended.
        error_code "errorCode": Option<String> = job.row.error_code.clone();
        /// What went wrong last, for people.
        error_message "errorMessage": Option<String> = job.row.error_message.clone();
        /// Since when it is there.
        created_at "createdAt": DateTime = DateTime(job.row.created_at);
        /// When it ended.
        finished_at "finishedAt": Option<DateTime> = job.row.finished_at.map(DateTime);
    }
}

connection! {
    /// A page of jobs, oldest first.
    JobConnection,
    /// A job in its place.
    JobEdge,
    Job
}

/// A job that a worker has.
pub struct ClaimedJob {
    job: Arc<Job>,
    claimed: domain::ClaimedJob,
}

object_at_hand! {
    /// A job that a worker has, until its `dueAt`.
    ClaimedJob |claimed| {
        /// The job.
        job "job": One<Arc<Job>> = One(Arc::clone(&claimed.job));
        /// What proves it the worker's: for `completeJob`, `extendJob`, `failJob` and `throwJobError`.
        lock "lock": ID = ID(claimed.claimed.row.lock_id.unwrap_or_default().to_string());
        /// The instance's variables, with what the process hands to the job.
        variables "variables": Json = Json(claimed.claimed.variables.clone().into());
    }
}

/// Which jobs.
#[derive(Debug, Default, InputObject)]
pub struct JobFilter {
    /// Of these topics, 1 to 50; all where it is not given.
    topics: Option<Vec<String>>,
    /// In one of these statuses; in any in which they have not ended where it is not given.
    statuses: Option<Vec<JobStatus>>,
}

/// What `claimJobs` takes.
#[derive(Debug, InputObject)]
pub struct ClaimJobsInput {
    /// Jobs of these topics, 1 to 50; those of the first before those of the second.
    topics: Vec<String>,
    /// What the worker calls itself: 1 to 128 characters.
    worker: String,
    /// How many at most: 1 to 100.
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

/// A job that was reported of.
pub struct JobPayload {
    job: Arc<Job>,
}

object_at_hand! {
    /// What a worker is answered who has reported of a job.
    JobPayload |payload| {
        /// The job as it now stands.
        job "job": One<Arc<Job>> = One(Arc::clone(&payload.job));
    }
}

impl JobPayload {
    fn new(row: domain::Job) -> Result<Self, Fault> {
        Ok(Self { job: Arc::new(Job::new(row)?) })
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
            let wrap = |claimed: domain::ClaimedJob| {
                let job = Arc::new(Job::new(claimed.row.clone())?);
                Ok(Arc::new(ClaimedJob { job, claimed }))
            };
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
    ) -> Option<Result<One<JobPayload>>> {
        let done = async {
            let (id, lock) = held(&input.job_id, &input.lock)?;
            let variables = object("variables", input.variables)?;
            let row = services(ctx)?.workflow.complete_job(actor(ctx)?, id, lock, variables).await?;
            Ok(JobPayload::new(row)?)
        };
        Some(done.await.map(One))
    }

    /// A worker needs longer for a job. For OPERATOR.
    async fn extend_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and how long.")] input: ExtendJobInput,
    ) -> Option<Result<One<JobPayload>>> {
        let done = async {
            let (id, lock) = held(&input.job_id, &input.lock)?;
            let longer = TimeDelta::seconds(input.lock_seconds.into());
            let row = services(ctx)?.workflow.extend_job(actor(ctx)?, id, lock, longer).await?;
            Ok(JobPayload::new(row)?)
        };
        Some(done.await.map(One))
    }

    /// A job could not be done: it is tried again later, or, past its attempts, is an incident of its
    /// instance. For OPERATOR.
    async fn fail_job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and what is wrong.")] input: FailJobInput,
    ) -> Option<Result<One<JobPayload>>> {
        let done = async {
            let (id, lock) = held(&input.job_id, &input.lock)?;
            let failure = domain::FailJob {
                code: input.code,
                message: input.message.unwrap_or_default(),
                retry_after: input.retry_after_seconds.map(|seconds| TimeDelta::seconds(seconds.into())),
                is_final: input.r#final,
            };
            let row = services(ctx)?.workflow.fail_job(actor(ctx)?, id, lock, failure).await?;
            Ok(JobPayload::new(row)?)
        };
        Some(done.await.map(One))
    }

    /// Ends a job with an error of the process, for an event around its task that catches the code; where
    /// none does, the instance ends as rejected. For OPERATOR.
    async fn throw_job_error(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job, and which error.")] input: ThrowJobErrorInput,
    ) -> Option<Result<One<JobPayload>>> {
        let done = async {
            let (id, lock) = held(&input.job_id, &input.lock)?;
            let error = domain::ThrowJobError {
                code: input.error_code,
                message: input.message,
                variables: object("variables", input.variables)?,
            };
            let row = services(ctx)?.workflow.throw_job_error(actor(ctx)?, id, lock, error).await?;
            Ok(JobPayload::new(row)?)
        };
        Some(done.await.map(One))
    }
}

/// Reading jobs.
#[derive(Default)]
pub struct JobQuery;

#[Object]
impl JobQuery {
    /// The jobs of all instances, oldest first. For OPERATOR.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those.")] filter: Option<JobFilter>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<JobConnection>> {
        list(ctx, filter.unwrap_or_default(), &page(ctx, first, after, last, before)?).await
    }

    /// A job, for OPERATOR; null where there is none.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<One<Arc<Job>>>> {
        let id = GlobalId::uuid_of(NodeKind::Job, "id", &id)?;
        let found = services(ctx)?.workflow.job(actor(ctx)?, id).await?;
        Ok(found.map(Job::new).transpose()?.map(|job| One(Arc::new(job))))
    }
}

async fn list(ctx: &Context<'_>, filter: JobFilter, page: &PageRequest) -> Result<One<JobConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let statuses = filter.statuses.map(|statuses| statuses.into_iter().map(Into::into).collect());
    let filter = domain::JobFilter { topics: filter.topics, statuses };
    let found = services.workflow.jobs(actor, &filter, page).await?;
    let (services, actor) = (Arc::clone(services), actor.clone());
    let count = move || -> Count {
        let (services, actor, filter) = (Arc::clone(&services), actor.clone(), filter.clone());
        Box::pin(async move { services.workflow.count_jobs(&actor, &filter).await })
    };
    let found = found.map(Job::new).transpose()?;
    Ok(One(JobConnection(Connection::new(found, |job| job, count))))
}

/// How much of a topic there is to claim.
pub struct JobsAvailable(pub domain::JobsAvailable);

object_at_hand! {
    /// How much of a topic there is to claim.
    JobsAvailable |available| {
        /// The topic.
        topic "topic": String = available.0.topic.clone();
        /// How many of its jobs are PENDING; 1,000 stands for that and more.
        count "count": i32 = i32::try_from(available.0.count).unwrap_or(i32::MAX);
    }
}

fn held(job: &ID, lock: &ID) -> Result<(Uuid, Uuid), Fault> {
    let id = GlobalId::uuid_of(NodeKind::Job, "jobId", job)?;
    let lock = Uuid::try_parse(lock).map_err(|_| Fault::bad_input("lock", "this is no lock of a job"))?;
    Ok((id, lock))
}
