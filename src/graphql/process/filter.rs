//! Which tasks and instances to list, and how to sort them.

use async_graphql::{Enum, ID, InputObject};
use uuid::Uuid;

use super::status::{ProcessInstanceStatus, TaskStatus, same_as};
use crate::graphql::at_hand::plain_enum;
use crate::graphql::batch::OrderDirection;
use crate::graphql::context::user_of;
use crate::graphql::scalars::DateTime;
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow as domain;

/// Which tasks one looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TaskView {
    /// What is yours to do, or your groups' to claim.
    Todo,
    /// What you have decided.
    Done,
    /// What you were shown.
    Copied,
    /// Everything that you may see (an ADMIN: all).
    All,
}

same_as!(TaskView, domain::TaskView { Todo, Done, Copied, All });

/// Which tasks to list; every condition that is given must hold.
#[derive(Debug, Default, InputObject)]
pub struct TaskFilter {
    /// Which of yours; TODO where it is not given.
    view: Option<TaskView>,
    /// In one of these states.
    status: Option<Vec<TaskStatus>>,
    /// Of the process with this key.
    definition_key: Option<String>,
    /// Of this instance.
    instance_id: Option<ID>,
    /// Of instances with this business key.
    business_key: Option<String>,
    /// Of instances whose business key holds this text, whatever its case.
    business_key_contains: Option<String>,
    /// Of instances that decide about a business record of this type, and of what they have called.
    business_type: Option<String>,
    /// Whose name, business key or process's name holds this text, whatever its case.
    search: Option<String>,
    /// At this node.
    node_id: Option<String>,
    /// Whose name holds this text, whatever its case.
    name: Option<String>,
    /// This user's (the id, global or as in the token).
    assignee: Option<String>,
    /// Nobody's yet, for its candidates to claim; false: somebody's.
    unassigned: Option<bool>,
    /// Decided by this user (the id, global or as in the token).
    decided_by: Option<String>,
    /// Delegated at the moment, or not.
    delegated: Option<bool>,
    /// The starter's, to mend what was sent back to them; or not.
    resubmission: Option<bool>,
    /// Of instances of which nothing may be decided at the moment; false: of the others.
    suspended: Option<bool>,
    /// Of instances that this user has started.
    started_by: Option<String>,
    /// Made then or later.
    created_after: Option<DateTime>,
    /// Made before then.
    created_before: Option<DateTime>,
    /// To be done then or later.
    due_after: Option<DateTime>,
    /// To be done before then.
    due_before: Option<DateTime>,
    /// Finished then or later.
    finished_after: Option<DateTime>,
    /// Finished before then.
    finished_before: Option<DateTime>,
}

impl TryFrom<TaskFilter> for domain::TaskFilter {
    type Error = Fault;

    fn try_from(filter: TaskFilter) -> Result<Self, Fault> {
        Ok(Self {
            view: filter.view.map(Into::into).unwrap_or_default(),
            statuses: filter.status.map(|all| all.into_iter().map(Into::into).collect()),
            definition_key: filter.definition_key,
            instance: instance("filter.instanceId", filter.instance_id)?,
            business_key: filter.business_key,
            business_key_contains: filter.business_key_contains,
            business_type: filter.business_type,
            search: filter.search,
            node_id: filter.node_id,
            name: filter.name,
            assignee: user("filter.assignee", filter.assignee)?,
            unassigned: filter.unassigned,
            decided_by: user("filter.decidedBy", filter.decided_by)?,
            delegated: filter.delegated,
            resubmission: filter.resubmission,
            suspended: filter.suspended,
            started_by: user("filter.startedBy", filter.started_by)?,
            created_after: filter.created_after.map(|moment| moment.0),
            created_before: filter.created_before.map(|moment| moment.0),
            due_after: filter.due_after.map(|moment| moment.0),
            due_before: filter.due_before.map(|moment| moment.0),
            finished_after: filter.finished_after.map(|moment| moment.0),
            finished_before: filter.finished_before.map(|moment| moment.0),
        })
    }
}

fn instance(field: &str, id: Option<ID>) -> Result<Option<Uuid>, Fault> {
    id.map(|id| GlobalId::uuid_of(NodeKind::ProcessInstance, field, &id)).transpose()
}

fn user(field: &str, id: Option<String>) -> Result<Option<String>, Fault> {
    id.map(|id| user_of(field, &id)).transpose()
}

/// What to sort tasks by; ties go by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TaskOrderField {
    /// When they were made: the cheapest order.
    CreatedAt,
    /// When they should be done; those without such a time come last.
    DueAt,
    /// When they came to their end; those that have not come last.
    FinishedAt,
    /// What they are called. All that the filter leaves is read for it: ask for a view of your own.
    Name,
    /// When they were shown to you; in the view COPIED alone.
    CopiedAt,
}

same_as!(TaskOrderField, domain::TaskOrderField { CreatedAt, DueAt, FinishedAt, Name, CopiedAt });

/// How to sort tasks.
#[derive(Debug, InputObject)]
pub struct TaskOrder {
    /// By what.
    field: TaskOrderField,
    /// Which way.
    direction: OrderDirection,
}

impl From<TaskOrder> for domain::TaskOrder {
    fn from(order: TaskOrder) -> Self {
        Self { field: order.field.into(), is_ascending: order.direction == OrderDirection::Asc }
    }
}

/// Which instances to list; every condition that is given must hold.
#[derive(Debug, Default, InputObject)]
pub struct ProcessInstanceFilter {
    /// In one of these states.
    status: Option<Vec<ProcessInstanceStatus>>,
    /// Suspended, or not.
    suspended: Option<bool>,
    /// Of the process with this key.
    definition_key: Option<String>,
    /// Of this version of a process.
    version: Option<i32>,
    /// With this business key.
    business_key: Option<String>,
    /// Whose business key holds this text, whatever its case.
    business_key_contains: Option<String>,
    /// Started by this user (the id, global or as in the token); for ADMIN, unless it is oneself.
    started_by: Option<String>,
    /// Called by this instance.
    parent_id: Option<ID>,
    /// Called by no other instance; false: called by one.
    top_level: Option<bool>,
    /// With a token at this node now.
    node_id: Option<String>,
    /// Started then or later.
    started_after: Option<DateTime>,
    /// Started before then.
    started_before: Option<DateTime>,
    /// Ended then or later.
    finished_after: Option<DateTime>,
    /// Ended before then.
    finished_before: Option<DateTime>,
}

impl TryFrom<ProcessInstanceFilter> for domain::InstanceFilter {
    type Error = Fault;

    fn try_from(filter: ProcessInstanceFilter) -> Result<Self, Fault> {
        Ok(Self {
            statuses: filter.status.map(|all| all.into_iter().map(Into::into).collect()),
            suspended: filter.suspended,
            definition_key: filter.definition_key,
            version: filter.version,
            business_key: filter.business_key,
            business_key_contains: filter.business_key_contains,
            started_by: user("filter.startedBy", filter.started_by)?,
            parent: instance("filter.parentId", filter.parent_id)?,
            top_level: filter.top_level,
            node_id: filter.node_id,
            started_after: filter.started_after.map(|moment| moment.0),
            started_before: filter.started_before.map(|moment| moment.0),
            finished_after: filter.finished_after.map(|moment| moment.0),
            finished_before: filter.finished_before.map(|moment| moment.0),
        })
    }
}

/// What to sort instances by; ties go by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProcessInstanceOrderField {
    /// When they were started: the cheapest order.
    StartedAt,
    /// When they ended; those that have not come last.
    FinishedAt,
    /// What they are about; those about nothing come first. All that the filter leaves is read for it.
    BusinessKey,
}

impl From<ProcessInstanceOrderField> for domain::InstanceOrderField {
    fn from(field: ProcessInstanceOrderField) -> Self {
        match field {
            ProcessInstanceOrderField::StartedAt => Self::StartedAt,
            ProcessInstanceOrderField::FinishedAt => Self::EndedAt,
            ProcessInstanceOrderField::BusinessKey => Self::BusinessKey,
        }
    }
}

/// How to sort instances.
#[derive(Debug, InputObject)]
pub struct ProcessInstanceOrder {
    /// By what.
    field: ProcessInstanceOrderField,
    /// Which way.
    direction: OrderDirection,
}

impl From<ProcessInstanceOrder> for domain::InstanceOrder {
    fn from(order: ProcessInstanceOrder) -> Self {
        Self { field: order.field.into(), is_ascending: order.direction == OrderDirection::Asc }
    }
}
