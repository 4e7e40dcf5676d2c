//! What machines are to do for the instances of a case.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use serde_json::Value;
use uuid::Uuid;

use super::Case;
use super::history::{HistoryKind, Note};
use super::store;
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::bulk::{Column, Rows, insert_many};
use crate::storage::entity::{incident, job};
use crate::workflow::execution::JobRequest;
use crate::workflow::job::{Ended, JobKind, JobStatus, incident_about};
use crate::workflow::model::{NodeKind, Work};
use crate::workflow::status::InstanceStatus;

/// How long workers have after an instance was resumed for what they could not report meanwhile.
const RESUMED: TimeDelta = TimeDelta::seconds(60);

/// What a case does to jobs.
#[derive(Default)]
pub(super) struct Jobs {
    created: Vec<job::Model>,
    cancelled: Vec<Uuid>,
    ended: Vec<(job::Model, Uuid)>,
    incidents: Vec<incident::Model>,
    /// The topics of those that are given out again.
    resumed: Vec<String>,
}

impl Jobs {
    /// Those that are new.
    pub fn created(&self) -> &[job::Model] {
        &self.created
    }

    /// Those that have ended or failed.
    pub fn ended(&self) -> impl Iterator<Item = &job::Model> {
        self.ended.iter().map(|(row, _)| row)
    }

    /// What could not be done.
    pub fn incidents(&self) -> &[incident::Model] {
        &self.incidents
    }

    /// Nobody waits for a job any longer.
    pub fn cancel(&mut self, id: Uuid) {
        match self.created.iter().position(|row| row.id == id) {
            // Begun and ended in one operation.
            Some(place) => drop(self.created.swap_remove(place)),
            None => self.cancelled.push(id),
        }
    }
}

impl Case {
    pub(super) fn create_job(&mut self, place: usize, request: JobRequest) -> Result<(), Fault> {
        let hand = &self.hands[place];
        let node = hand.definition.model.node(&request.node);
        let Some(NodeKind::Service(service)) = node.map(|node| &node.kind) else {
            return Err(Fault::internal(format!("{} has no job", request.node)));
        };
        let (kind, priority, attempts, retry_after) = match &service.work {
            Work::External(one) => (JobKind::External, one.priority, one.attempts, one.retry_after.clone()),
            Work::Http(call) => (JobKind::Http, 0, call.attempts, None),
            Work::Value { .. } | Work::Message(_) => {
                return Err(Fault::internal(format!("{} has no job for anybody", request.node)));
            }
        };
        self.jobs.created.push(job::Model {
            id: request.job,
            root_id: hand.row.root_id,
            instance_id: hand.row.id,
            activity_id: request.activity,
            node_id: request.node.to_string(),
            kind: kind.as_str().to_owned(),
            topic: request.topic,
            priority,
            status: JobStatus::Pending.as_str().to_owned(),
            suspended: false,
            inputs: Value::Object(request.inputs).to_string(),
            attempt: 0,
            failures: 0,
            max_attempts: i32::try_from(attempts).map_err(Fault::internal)?,
            retry_after,
            due_at: None,
            lock_id: None,
            locked_by: None,
            worker: None,
            error_code: None,
            error_message: None,
            created_at: self.now,
            finished_at: None,
            answer: None,
        });
        Ok(())
    }

    /// A job has ended. A worker's is proved by `lock` to be its own; with an incident where it has failed.
    /// Written with the rest, where nobody else has taken it meanwhile.
    ///
    /// # Errors
    /// `INTERNAL` where its instance is not in hand: a fault of ours.
    pub fn end_job(&mut self, mut row: job::Model, lock: Uuid, ended: Ended) -> Result<(), Fault> {
        let node = Some(row.node_id.clone());
        row.due_at = None;
        let (kind, note) = match ended {
            Ended::Done => {
                row.status = JobStatus::Success.as_str().to_owned();
                (row.error_code, row.error_message) = (None, None);
                (HistoryKind::CompleteJob, Note { node, ..Note::default() })
            }
            Ended::Error { code, message } => {
                row.status = JobStatus::Success.as_str().to_owned();
                (row.error_code, row.error_message) = (Some(code.clone()), message.clone());
                let data = Some(serde_json::json!({ "errorCode": code }));
                (HistoryKind::ErrorJob, Note { node, reason: message, data, ..Note::default() })
            }
            Ended::Failed { code, message } => {
                row.status = JobStatus::Failed.as_str().to_owned();
                row.failures = row.max_attempts;
                (row.error_code, row.error_message) = (Some(code.clone()), Some(message.clone()));
                tracing::warn!(instance = %row.instance_id, node = row.node_id, code, "an incident");
                self.jobs.incidents.push(incident_about(&row, self.now));
                let data = Some(serde_json::json!({ "code": code }));
                (HistoryKind::Incident, Note { node, reason: Some(message), data, ..Note::automatic() })
            }
        };
        if row.status == JobStatus::Success.as_str() {
            row.finished_at = Some(self.now);
        }
        // Of an instance that has ended nothing more is written down.
        if self.instance(row.instance_id)?.status == InstanceStatus::Running.code() {
            self.write_down(row.instance_id, kind, note)?;
        }
        self.jobs.ended.push((row, lock));
        Ok(())
    }

    /// Suspends the jobs of a tree with it, or resumes them. Resumed, each worker has a while for what it could not report.
    ///
    /// # Errors
    /// The database's.
    pub async fn suspend_jobs(&mut self, root: Uuid, suspended: bool) -> Result<(), DbErr> {
        job::Entity::update_many()
            .col_expr(job::Column::Suspended, Expr::value(suspended))
            .filter(job::Column::RootId.eq(root))
            .filter(job::Column::FinishedAt.is_null())
            .exec(&self.tx)
            .await?;
        if suspended {
            return Ok(());
        }
        let at = self.now + RESUMED;
        job::Entity::update_many()
            .col_expr(job::Column::DueAt, Expr::value(at))
            .filter(job::Column::RootId.eq(root))
            .filter(job::Column::DueAt.lt(at))
            .filter(job::Column::FinishedAt.is_null())
            .exec(&self.tx)
            .await?;
        let topics = job::Entity::find()
            .filter(job::Column::RootId.eq(root))
            .filter(job::Column::Status.eq(JobStatus::Pending.as_str()))
            .select_only()
            .column(job::Column::Topic)
            .distinct();
        self.jobs.resumed.extend(topics.into_tuple::<String>().all(&self.tx).await?);
        // Calls are handed out again.
        self.has_rearmed = true;
        Ok(())
    }

    /// Writes what has become of jobs; which topics have new ones.
    pub(super) async fn write_jobs(&mut self) -> Result<Vec<Signal>, DbErr> {
        for ids in self.jobs.cancelled.chunks(store::READ_AT_ONCE) {
            job::Entity::update_many()
                .col_expr(job::Column::Status, Expr::value(JobStatus::Cancelled.as_str()))
                .col_expr(job::Column::FinishedAt, Expr::value(self.now))
                .col_expr(job::Column::DueAt, Expr::value(Option::<sea_orm::prelude::DateTimeUtc>::None))
                .col_expr(job::Column::LockId, Expr::value(Option::<Uuid>::None))
                .filter(job::Column::Id.is_in(ids.iter().copied()))
                .filter(job::Column::FinishedAt.is_null())
                .exec(&self.tx)
                .await?;
            // About what nobody wants any more there is nothing to be seen to.
            incident::Entity::delete_many()
                .filter(incident::Column::JobId.is_in(ids.iter().copied()))
                .filter(incident::Column::ResolvedAt.is_null())
                .exec(&self.tx)
                .await?;
        }
        self.write_ended_jobs().await?;
        insert_many::<incident::Entity, _>(&self.tx, std::mem::take(&mut self.jobs.incidents)).await?;
        let (calls, external): (Vec<_>, Vec<_>) =
            self.jobs.created.iter().partition(|row| row.kind == JobKind::Http.as_str());
        let topics: BTreeSet<_> = external.iter().map(|row| row.topic.clone()).collect();
        let topics: BTreeSet<_> = topics.into_iter().chain(std::mem::take(&mut self.jobs.resumed)).collect();
        let due = (!calls.is_empty()).then_some(Signal::Due { at: self.now });
        insert_many::<job::Entity, _>(&self.tx, std::mem::take(&mut self.jobs.created)).await?;
        Ok(topics.into_iter().map(|topic| Signal::Jobs { topic }).chain(due).collect())
    }

    /// Whoever has lost a job meanwhile does not end it.
    async fn write_ended_jobs(&self) -> Result<(), DbErr> {
        let ended = &self.jobs.ended;
        let texts =
            |text: fn(&job::Model) -> String| Column::Texts(ended.iter().map(|(row, _)| text(row)).collect());
        let source = Rows::new([
            ("id", Column::Ids(ended.iter().map(|(row, _)| row.id).collect())),
            ("lock_id", Column::Ids(ended.iter().map(|(_, lock)| *lock).collect())),
            ("status", texts(|row| row.status.clone())),
            ("failures", Column::Integers(ended.iter().map(|(row, _)| row.failures).collect())),
            ("error_code", texts(|row| row.error_code.clone().unwrap_or_default())),
            ("error_message", texts(|row| row.error_message.clone().unwrap_or_default())),
        ])
        .each_with("now", self.now);
        let text = |source: &str| {
            format!(
                "UPDATE job SET status = x.status, failures = x.failures, due_at = NULL, \
                 error_code = nullif(x.error_code, ''), error_message = nullif(x.error_message, ''), \
                 finished_at = CASE WHEN x.status = 'SUCCESS' THEN x.now END, \
                 answer = CASE WHEN x.status = 'SUCCESS' THEN NULL ELSE job.answer END FROM {source} \
                 WHERE job.id = x.id AND job.finished_at IS NULL AND (job.kind = 'HTTP' \
                 OR (job.lock_id = x.lock_id AND job.status = 'RUNNING'))"
            )
        };
        match source.execute_in_op(&self.tx, text).await? {
            written if written == ended.len() as u64 => Ok(()),
            _ => Err(DbErr::RecordNotUpdated),
        }
    }
}
