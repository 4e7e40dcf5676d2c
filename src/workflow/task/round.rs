//! Where the rounds of tasks stand: how many are asked, and what they have said.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use uuid::Uuid;

use crate::kernel::Fault;
use crate::storage::dialect::sql;
use crate::workflow::model::{Counting, Model, Repetition};
use crate::workflow::status::TaskStatus;
use crate::workflow::{Workflow, read};

/// How many are asked together, and what they have said. What was taken back does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoundCount {
    /// How many are asked, or were; signers that were added are none of them.
    pub asked: i64,
    /// How many have approved.
    pub approved: i64,
    /// How many have rejected.
    pub rejected: i64,
}

/// How what is said at a node counts, and whether the model may have heard enough before all of it:
/// a repeated task asks each, at once or in turn.
pub fn counting_at(model: &Model, node: &str) -> (Counting, bool) {
    let counting = model.user_task(node).map_or(Counting::Any, |task| task.approval.counting);
    match model.node(node).and_then(|node| node.repetition.as_ref()) {
        Some(Repetition::MultiInstance(many)) => {
            let each = if many.is_sequential { Counting::Sequential } else { Counting::Ratio(100) };
            (each, many.completion.is_some())
        }
        _ => (counting, false),
    }
}

impl Workflow {
    /// Where the rounds stand in which tasks of these activities are: one statement for all of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn rounds(&self, activities: &[Uuid]) -> Result<HashMap<Uuid, RoundCount>, Fault> {
        if activities.is_empty() {
            return Ok(HashMap::new());
        }
        let places: Vec<_> = (1..=activities.len()).map(|place| format!("${place}")).collect();
        let (approve, reject) = (TaskStatus::Approve.code(), TaskStatus::Reject.code());
        let text = format!(
            "SELECT t.activity_id, count(*), count(CASE WHEN t.status = {approve} THEN 1 END), \
             count(CASE WHEN t.status = {reject} THEN 1 END) FROM task t \
             WHERE t.activity_id IN ({}) AND t.parent_id IS NULL AND NOT {} GROUP BY t.activity_id",
            places.join(", "),
            read::ASKED_AGAIN,
        );
        let reader = self.inner.db.reader();
        let values = activities.iter().map(|id| (*id).into());
        let rows = reader.query_all_raw(sql(reader.get_database_backend(), text, values)).await?;
        let count = |row: &QueryResult| {
            let (asked, approved, rejected) =
                (row.try_get_by_index(1)?, row.try_get_by_index(2)?, row.try_get_by_index(3)?);
            Ok((row.try_get_by_index(0)?, RoundCount { asked, approved, rejected }))
        };
        Ok(rows.iter().map(count).collect::<Result<_, DbErr>>()?)
    }
}
