//! Which tasks a list holds.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::kernel::Fault;
use crate::storage::conditions::{Conditions, storable};
use crate::workflow::status::TaskStatus;

/// Which tasks somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TaskView {
    /// What is theirs to do.
    #[default]
    Todo,
    /// What they have decided.
    Done,
    /// What they were shown.
    Copied,
    /// Everything that they may see.
    All,
}

/// Which tasks to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskFilter {
    /// Which of the actor's.
    pub view: TaskView,
    /// In one of these states.
    pub statuses: Option<Vec<TaskStatus>>,
    /// Of the process with this key.
    pub definition_key: Option<String>,
    /// Of this instance.
    pub instance: Option<Uuid>,
    /// About this.
    pub business_key: Option<String>,
    /// About something whose key holds this text, whatever its case.
    pub business_key_contains: Option<String>,
    /// Of instances that decide about a business record of this type, and of what they have called.
    pub business_type: Option<String>,
    /// Whose name, business key or process's name holds this text, whatever its case.
    pub search: Option<String>,
    /// At this node.
    pub node_id: Option<String>,
    /// Whose name holds this text, whatever its case.
    pub name: Option<String>,
    /// This user's.
    pub assignee: Option<String>,
    /// Nobody's yet, for its candidates to claim; or somebody's.
    pub unassigned: Option<bool>,
    /// Decided by this user.
    pub decided_by: Option<String>,
    /// Delegated at the moment, or not.
    pub delegated: Option<bool>,
    /// The starter's, to mend what was sent back to them; or not.
    pub resubmission: Option<bool>,
    /// Of instances of which nothing may be decided at the moment; or of others.
    pub suspended: Option<bool>,
    /// Of instances that this user has started.
    pub started_by: Option<String>,
    /// Made then or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Made before then.
    pub created_before: Option<DateTime<Utc>>,
    /// To be done then or later.
    pub due_after: Option<DateTime<Utc>>,
    /// To be done before then.
    pub due_before: Option<DateTime<Utc>>,
    /// Finished then or later.
    pub finished_after: Option<DateTime<Utc>>,
    /// Finished before then.
    pub finished_before: Option<DateTime<Utc>>,
}

impl TaskFilter {
    /// What the tasks `t` must meet, beside being in the view; whether their instances `i` are needed
    /// for it.
    pub(super) fn conditions(&self, conditions: &mut Conditions) -> Result<bool, Fault> {
        if let Some(statuses) = &self.statuses {
            let codes: Vec<_> = statuses.iter().map(|status| status.code().to_string()).collect();
            let any =
                if codes.is_empty() { "false".into() } else { format!("t.status IN ({})", codes.join(", ")) };
            conditions.and(&any, []);
        }
        for (given, condition) in [
            (&self.node_id, "t.node_id = {}"),
            (&self.assignee, "t.assignee = {}"),
            (&self.decided_by, "t.decided_by = {}"),
        ] {
            if let Some(text) = given {
                conditions.and(condition, [storable(text).into()]);
            }
        }
        if let Some(instance) = self.instance {
            conditions.and("t.instance_id = {}", [instance.into()]);
        }
        if let Some(name) = &self.name {
            conditions.and_holds(&["t.name"], name);
        }
        for (given, condition) in [
            (self.unassigned, "t.assignee IS NULL"),
            (self.delegated, "t.delegated"),
            (self.resubmission, "t.resubmission"),
        ] {
            conditions.and_whether(given, condition);
        }
        for (field, time, condition) in [
            ("filter.createdAfter", self.created_after, "t.created_at >= {}"),
            ("filter.createdBefore", self.created_before, "t.created_at < {}"),
            ("filter.dueAfter", self.due_after, "t.due_at >= {}"),
            ("filter.dueBefore", self.due_before, "t.due_at < {}"),
            ("filter.finishedAfter", self.finished_after, "t.finished_at >= {}"),
            ("filter.finishedBefore", self.finished_before, "t.finished_at < {}"),
        ] {
            conditions.and_time(field, time, condition)?;
        }
        let before = conditions.text.len();
        self.of_instances(conditions);
        Ok(conditions.text.len() > before)
    }

    /// What their instances `i` must meet.
    fn of_instances(&self, conditions: &mut Conditions) {
        for (given, condition) in [
            (&self.business_key, "i.business_key = {}"),
            (&self.started_by, "i.started_by = {}"),
            (
                &self.definition_key,
                "i.definition_id IN (SELECT d.id FROM process_definition d WHERE d.key = {})",
            ),
            (
                &self.business_type,
                "EXISTS (SELECT 1 FROM business_record b WHERE b.instance_id = i.root_id AND b.kind = {})",
            ),
        ] {
            if let Some(text) = given {
                conditions.and(condition, [storable(text).into()]);
            }
        }
        let suspended = "EXISTS (SELECT 1 FROM process_instance r WHERE r.id = i.root_id AND r.suspended)";
        conditions.and_whether(self.suspended, suspended);
        if let Some(text) = &self.business_key_contains {
            conditions.and_holds(&["i.business_key"], text);
        }
        if let Some(text) = &self.search {
            let process = "(SELECT d.name FROM process_definition d WHERE d.id = i.definition_id)";
            conditions.and_holds(&["t.name", "i.business_key", process], text);
        }
    }
}
