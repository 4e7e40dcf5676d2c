//! Jobs, for lists.

use std::collections::HashMap;

use uuid::Uuid;

use super::claim::check_topics;
use super::{JobStatus, check_worker};
use crate::kernel::{Actor, Fault, Page, PageRequest};
use crate::storage::conditions::Conditions;
use crate::storage::entity::job;
use crate::workflow::Workflow;
use crate::workflow::many::{grouped, places};

/// The most that is told of one instance.
const MOST: u64 = 100;

/// Which jobs.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    /// Of these topics; none: of all.
    pub topics: Option<Vec<String>>,
    /// In one of these statuses; none: in any in which they have not ended.
    pub statuses: Option<Vec<JobStatus>>,
}

impl Workflow {
    /// The jobs that have not ended of each of the instances that the caller has found visible, oldest
    /// first; at most 100 each.
    ///
    /// # Errors
    /// The database's.
    pub async fn jobs_of(&self, instances: &[Uuid]) -> Result<HashMap<Uuid, Vec<job::Model>>, Fault> {
        let open = "w.finished_at IS NULL";
        let rows = self.first_of_each("job", "instance_id", "id", open, instances, MOST).await?;
        Ok(grouped(rows, |row: &job::Model| Some(row.instance_id)))
    }

    /// A job, for OPERATOR; none where there is none, or it is not theirs to see.
    ///
    /// # Errors
    /// The database's.
    pub async fn job(&self, actor: &Actor, id: Uuid) -> Result<Option<job::Model>, Fault> {
        if check_worker(actor).is_err() {
            return Ok(None);
        }
        crate::workflow::read::if_visible(self.job_row(id).await)
    }

    /// A page of the jobs of all instances, oldest first. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` for a filter out of bounds, or a cursor that is none.
    pub async fn jobs(
        &self,
        actor: &Actor,
        filter: &JobFilter,
        page: &PageRequest,
    ) -> Result<Page<job::Model>, Fault> {
        self.page_by_id("job", conditions(actor, filter)?, page, |row: &job::Model| row.id).await
    }

    /// How many [`Workflow::jobs`] gives in all.
    ///
    /// # Errors
    /// As there.
    pub async fn count_jobs(&self, actor: &Actor, filter: &JobFilter) -> Result<i64, Fault> {
        self.count_where("job", conditions(actor, filter)?).await
    }
}

fn conditions(actor: &Actor, filter: &JobFilter) -> Result<Conditions, Fault> {
    check_worker(actor)?;
    let mut conditions = Conditions::default();
    match &filter.statuses {
        // As the partial index has it.
        None => conditions.and("w.finished_at IS NULL", []),
        Some(statuses) => {
            if !statuses.iter().any(|status| status.is_final()) {
                conditions.and("w.finished_at IS NULL", []);
            }
            let statuses = places(&mut conditions, statuses.iter().map(|status| status.as_str()));
            conditions.and(&format!("w.status IN ({statuses})"), []);
        }
    }
    if let Some(topics) = &filter.topics {
        check_topics("topics", topics)?;
        let topics = places(&mut conditions, topics.iter().map(String::as_str));
        conditions.and(&format!("w.topic IN ({topics})"), []);
    }
    Ok(conditions)
}
