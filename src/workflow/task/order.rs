//! How tasks are sorted, and what is beyond a place in an order.

use chrono::{DateTime, Utc};
use sea_orm::Value;
use uuid::Uuid;

use crate::kernel::{Fault, Place};
use crate::storage::conditions::{Conditions, is_storable};
use crate::storage::entity::task;

/// What to sort tasks by; ties go by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TaskOrderField {
    /// When they were made: the cheapest order there is.
    #[default]
    CreatedAt,
    /// When they should be done; those without such a time last.
    DueAt,
    /// When they were finished; those that are not, last.
    FinishedAt,
    /// What they are called. All that the filter leaves is read for it.
    Name,
    /// When they were shown to the actor; in the view of what they were shown alone.
    CopiedAt,
}

/// How to sort tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TaskOrder {
    /// By what.
    pub field: TaskOrderField,
    /// Smallest first.
    pub is_ascending: bool,
}

impl TaskOrderField {
    fn mark(self) -> &'static str {
        match self {
            Self::CreatedAt => "created",
            Self::DueAt => "due",
            Self::FinishedAt => "finished",
            Self::Name => "name",
            Self::CopiedAt => "copied",
        }
    }

    /// The column; none: by id alone, which grows with time.
    pub(super) fn column(self) -> Option<&'static str> {
        match self {
            Self::CreatedAt => None,
            Self::DueAt => Some("t.due_at"),
            Self::FinishedAt => Some("t.finished_at"),
            Self::Name => Some("t.name"),
            Self::CopiedAt => Some("e.copied_at"),
        }
    }

    fn key(self, row: &task::Model) -> Option<DateTime<Utc>> {
        match self {
            Self::CreatedAt | Self::Name | Self::CopiedAt => None,
            Self::DueAt => row.due_at,
            Self::FinishedAt => row.finished_at,
        }
    }

    /// Where a task stands in this order.
    pub(super) fn place(self, row: &task::Model) -> Place {
        let key = self.key(row).map(|time| time.timestamp_micros().to_string()).unwrap_or_default();
        Place::Text(format!("{}:{key}:{}", self.mark(), row.id.simple()))
    }

    fn parse(self, field: &str, cursor: &str) -> Result<(Option<DateTime<Utc>>, Uuid), Fault> {
        let bad = || Fault::bad_input(field, "this is not a cursor of this connection in this order");
        let parts: Vec<_> = cursor.split(':').collect();
        let [mark, key, id] = parts[..] else { return Err(bad()) };
        if mark != self.mark() {
            return Err(bad());
        }
        let key = match key {
            "" => None,
            micros => {
                let micros = micros.parse().map_err(|_| bad())?;
                let time = DateTime::from_timestamp_micros(micros).filter(is_storable);
                Some(time.ok_or_else(bad)?)
            }
        };
        Ok((key, Uuid::try_parse(id).map_err(|_| bad())?))
    }
}

/// What is beyond a cursor: whose, of which argument, and how.
pub(super) struct Beyond<'a> {
    /// The argument.
    pub argument: &'a str,
    /// The cursor.
    pub cursor: &'a str,
    /// Behind it, and not before it.
    pub behind: bool,
    /// The inbox of whom it is a list.
    pub own: &'a str,
    /// The column of the tasks' ids.
    pub id: &'a str,
}

impl TaskOrder {
    /// Adds what is beyond a cursor.
    ///
    /// # Errors
    /// `BAD_INPUT` at its argument for a cursor that is none of this order's.
    pub(super) fn beyond(self, conditions: &mut Conditions, beyond: &Beyond<'_>) -> Result<(), Fault> {
        let (key, id) = self.field.parse(beyond.argument, beyond.cursor)?;
        let sign = if self.is_ascending == beyond.behind { ">" } else { "<" };
        match self.field {
            TaskOrderField::CreatedAt => conditions.and(&format!("{} {sign} {{}}", beyond.id), [id.into()]),
            // Names are too long for cursors, and stay.
            TaskOrderField::Name => {
                let name = "(SELECT n.name FROM task n WHERE n.id = {})";
                conditions.and(&format!("(t.name, t.id) {sign} ({name}, {{}})"), [id.into(), id.into()]);
            }
            TaskOrderField::CopiedAt => {
                let at = "(SELECT c.copied_at FROM inbox_entry c WHERE c.principal = {} AND c.task_id = {})";
                let values = [beyond.own.into(), id.into(), id.into()];
                conditions.and(&format!("(e.copied_at, e.task_id) {sign} ({at}, {{}})"), values);
            }
            TaskOrderField::DueAt => nulls_last(conditions, "t.due_at", beyond.behind, sign, key, id),
            TaskOrderField::FinishedAt => {
                nulls_last(conditions, "t.finished_at", beyond.behind, sign, key, id);
            }
        }
        Ok(())
    }
}

/// Adds what is beyond a place in an order in which nulls come last.
fn nulls_last(
    conditions: &mut Conditions,
    column: &str,
    behind: bool,
    sign: &str,
    key: Option<DateTime<Utc>>,
    id: Uuid,
) {
    match (key, behind) {
        (Some(key), true) => conditions.and(
            &format!("(({column}, t.id) {sign} ({{}}, {{}}) OR {column} IS NULL)"),
            [key.into(), id.into()],
        ),
        (Some(key), false) => {
            conditions.and(&format!("({column}, t.id) {sign} ({{}}, {{}})"), [key.into(), id.into()]);
        }
        (None, true) => {
            conditions.and(&format!("({column} IS NULL AND t.id {sign} {{}})"), [Value::from(id)]);
        }
        (None, false) => {
            conditions.and(&format!("({column} IS NOT NULL OR t.id {sign} {{}})"), [Value::from(id)]);
        }
    }
}
