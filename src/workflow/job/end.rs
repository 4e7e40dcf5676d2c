//! Jobs end, and their instances go on.

use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::{DbErr, EntityTrait as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::rules::{self, Ended};
use super::{JobKind, store};
use crate::kernel::{Actor, Fault};
use crate::storage::entity::job;
use crate::workflow::case::{Case, Part, together};
use crate::workflow::execution::Command;
use crate::workflow::{Workflow, variable};

/// What a worker reports of a job that ends.
#[derive(Debug, Clone)]
pub(super) struct Report {
    pub id: Uuid,
    pub lock: Uuid,
    pub ended: Ended,
    /// What came of it.
    pub variables: Map<String, Value>,
}

impl Report {
    /// Whether it was reported before.
    fn is_known(&self, row: &job::Model) -> bool {
        rules::is_ended_by(row, self.lock, &self.ended)
    }

    /// Lets the job end, as it was last read, and its instance go on.
    async fn end(&self, case: &mut Case, row: job::Model) -> Result<(), Fault> {
        rules::check_held(&row, self.lock)?;
        let (root, instance, job) = (row.root_id, row.instance_id, row.id);
        let is_failed = matches!(self.ended, Ended::Failed { .. });
        if !is_failed && case.instance(root)?.suspended {
            return Err(Fault::conflict("the instance is suspended: report again when it has been resumed")
                .with("suspended", true.into())
                .with("retryable", true.into()));
        }
        let variables = self.variables.clone();
        variable::check_initiator("variables", &variables, &case.definition(instance)?.model)?;
        let command = match &self.ended {
            Ended::Done => Some(Command::JobDone { job, answer: variables }),
            Ended::Error { code, .. } => Some(Command::JobError { job, code: code.clone(), variables }),
            Ended::Failed { .. } => None,
        };
        case.end_job(row, self.lock, self.ended.clone())?;
        match command {
            Some(command) => case.command(instance, command).await,
            None => Ok(()),
        }
    }
}

/// A report with the job as it was read before its tree was locked: if it has changed since, then nothing
/// of the group is written.
struct Known<'a> {
    report: &'a Report,
    row: &'a job::Model,
}

#[async_trait]
impl Part for Known<'_> {
    type Outcome = ();

    fn place(&self) -> (Uuid, Uuid) {
        (self.row.root_id, self.row.instance_id)
    }

    async fn happen(&self, case: &mut Case) -> Result<(), Fault> {
        self.report.end(case, self.row.clone()).await
    }
}

impl Workflow {
    /// Lets a job end as its worker reports it; the job as it then stands.
    pub(super) async fn end_job(&self, actor: &Actor, report: Report) -> Result<job::Model, Fault> {
        let found = self.job_row(report.id).await?;
        if report.is_known(&found) {
            return Ok(found);
        }
        let who = Some(actor.user_id.as_str());
        let mut case = Case::open(&self.inner, who, found.root_id, found.instance_id).await?;
        let row = job::Entity::find_by_id(report.id).one(case.tx()).await?;
        let row = row.ok_or_else(|| Fault::not_found("job"))?;
        if report.is_known(&row) {
            return Ok(row);
        }
        report.end(&mut case, row).await?;
        let committed = case.commit().await?;
        self.inner.failpoints.reached("job.after_commit");
        self.committed(committed);
        self.job_row(report.id).await
    }

    /// Lets jobs end as their worker reports them: all that can in one transaction, the others one by one.
    pub(super) async fn end_jobs(
        &self,
        actor: &Actor,
        reports: Vec<Result<Report, Fault>>,
    ) -> Result<Vec<Result<job::Model, Fault>>, Fault> {
        let ids = || reports.iter().flatten().map(|report| report.id).collect();
        let before = self.job_rows(ids()).await?;
        let known = reports.iter().flatten().filter_map(|report| {
            let row = before.get(&report.id)?;
            // What was reported before is not done again.
            (!report.is_known(row)).then_some(Known { report, row })
        });
        let parts: Vec<_> = known.collect();
        let (outcomes, committed) = together(&self.inner, Some(&actor.user_id), &parts).await;
        if let Some(committed) = committed {
            self.inner.failpoints.reached("job.after_commit");
            self.committed(committed);
        }
        let ended = parts.iter().zip(outcomes).filter_map(|(part, done)| done.map(|()| part.row.id));
        let ended: Vec<_> = ended.collect();
        let mut after = self.job_rows(ended).await?;
        let mut results = Vec::with_capacity(reports.len());
        for report in reports {
            results.push(match report {
                Ok(report) => match after.remove(&report.id) {
                    Some(row) => Ok(row),
                    None => self.end_job(actor, report).await,
                },
                Err(fault) => Err(fault),
            });
        }
        Ok(results)
    }

    /// Jobs, by their ids; without those that there are not.
    async fn job_rows(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, job::Model>, DbErr> {
        let rows = store::jobs(self.inner.db.reader(), &ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    /// A worker has not reported in time, for the last time that it may; or nobody has called back. Whether
    /// it could be given up: not while somebody else has its instance in hand.
    pub(super) async fn give_job_up(&self, row: &job::Model) -> Result<bool, Fault> {
        let mut case = Case::open_free(&self.inner, None, &[(row.root_id, row.instance_id)]).await?;
        if !case.has(row.root_id) || !case.has(row.instance_id) {
            return Ok(false);
        }
        Self::give_up_in_case(&mut case, row).await?;
        let committed = case.commit().await?;
        self.committed(committed);
        Ok(true)
    }

    /// The same for a job whose tree is in hand. It may have been extended, or reported, meanwhile.
    pub(super) async fn give_up_in_case(case: &mut Case, row: &job::Model) -> Result<(), Fault> {
        let lock = row.lock_id;
        let Some(row) = job::Entity::find_by_id(row.id).one(case.tx()).await? else { return Ok(()) };
        let is_over = row.due_at.is_some_and(|due| due <= case.now);
        if row.lock_id != lock || !is_over || row.suspended {
            return Ok(());
        }
        let (code, message) = match row.kind == JobKind::Http.as_str() {
            true => ("CALLBACK_TIMEOUT", "nobody has called back in time"),
            false => (crate::engine::LEASE_EXPIRED, "its worker did not report in time"),
        };
        let ended = Ended::Failed { code: code.to_owned(), message: message.to_owned() };
        case.end_job(row, lock.unwrap_or_default(), ended)
    }
}
