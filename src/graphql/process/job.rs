//! Jobs: what workers outside do for instances.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use super::instance::instance_id;
use super::status::same_as;
use crate::graphql::at_hand::{One, object_at_hand, plain_enum};
use crate::graphql::connection::{Connection, Count, connection, page};
use crate::graphql::context::{actor, services};
use crate::graphql::scalars::{DateTime, Json};
use crate::kernel::{Fault, GlobalId, NodeKind, PageRequest};
use crate::workflow as domain;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum JobStatus {
    /// Whoever asks for its topic gets it.
    Pending,
    /// It has failed, and is PENDING again from its `dueAt` on; of an HTTP call, until then it may be called
    /// back.
    Waiting,
    /// A worker has it until its `dueAt`; or we make the call ourselves.
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
        /// How often it was claimed, or the call was made.
        attempt "attempt": i32 = job.row.attempt;
        /// How often it may fail before it is an incident.
        max_attempts "maxAttempts": i32 = job.row.max_attempts;
        /// How often it may still fail.
        retries "retries": i32 = job.row.max_attempts.saturating_sub(job.row.failures);
        /// Until when a worker has it, from when on it may be tried again, or until when an HTTP call may be
        /// called back; null where there is no such time.
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

impl ClaimedJob {
    /// A job that was claimed.
    ///
    /// # Errors
    /// As [`Job::new`].
    pub fn new(claimed: domain::ClaimedJob) -> Result<Self, Fault> {
        Ok(Self { job: Arc::new(Job::new(claimed.row.clone())?), claimed })
    }
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
    ) -> Option<Result<One<Arc<Job>>>> {
        find(ctx, &id).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<One<Arc<Job>>>> {
    let id = GlobalId::uuid_of(NodeKind::Job, "id", id)?;
    let found = services(ctx)?.workflow.job(actor(ctx)?, id).await?;
    Ok(found.map(Job::new).transpose()?.map(|job| One(Arc::new(job))))
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
