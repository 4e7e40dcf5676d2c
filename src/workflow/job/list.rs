//! Jobs, for lists.

use std::collections::HashMap;

use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use super::claim::check_topics;
use super::{JobStatus, check_worker};
use crate::kernel::{Actor, Fault, Page, PageRequest, Place};
use crate::storage::by_place::ByPlace as _;
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
        let mut conditions = conditions(actor, filter)?;
        for (field, cursor, sign) in [("after", &page.after, ">"), ("before", &page.before, "<")] {
            let Some(cursor) = cursor else { continue };
            let id = Uuid::try_parse(cursor)
                .map_err(|_| Fault::bad_input(field, "this is not a cursor of this connection"))?;
            conditions.and(&format!("j.id {sign} {{}}"), [id.into()]);
        }
        let way = if page.backwards { "DESC" } else { "ASC" };
        let text = format!(
            "SELECT {} FROM job j WHERE {} ORDER BY j.id {way} LIMIT {}",
            job::Model::columns("j"),
            conditions.text,
            page.limit + 1
        );
        let rows: Vec<job::Model> = self.all(text, conditions).await?;
        Ok(Page::from_read(page, rows, |row| Place::Text(row.id.to_string())))
    }

    /// How many [`Workflow::jobs`] gives in all.
    ///
    /// # Errors
    /// As there.
    pub async fn count_jobs(&self, actor: &Actor, filter: &JobFilter) -> Result<i64, Fault> {
        let conditions = conditions(actor, filter)?;
        let text = format!("SELECT count(*) AS n FROM job j WHERE {}", conditions.text);
        let row = self.inner.db.reader().query_one_raw(self.statement(text, conditions)).await?;
        Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
    }
}

fn conditions(actor: &Actor, filter: &JobFilter) -> Result<Conditions, Fault> {
    check_worker(actor)?;
    let mut conditions = Conditions::default();
    match &filter.statuses {
        // As the partial index has it.
        None => conditions.and("j.finished_at IS NULL", []),
        Some(statuses) => {
            let statuses = places(&mut conditions, statuses.iter().map(|status| status.as_str()));
            conditions.and(&format!("j.status IN ({statuses})"), []);
        }
    }
    if let Some(topics) = &filter.topics {
        check_topics("topics", topics)?;
        let topics = places(&mut conditions, topics.iter().map(String::as_str));
        conditions.and(&format!("j.topic IN ({topics})"), []);
    }
    Ok(conditions)
}
