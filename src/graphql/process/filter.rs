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
    /// At this node.
    node_id: Option<String>,
    /// Whose name holds this text, whatever its case.
    name: Option<String>,
    /// This user's (the id, global or as in the token).
    assignee: Option<String>,
    /// Of instances that this user has started.
    started_by: Option<String>,
    /// Made then or later.
    created_after: Option<DateTime>,
    /// Made before then.
    created_before: Option<DateTime>,
    /// To be done before then.
    due_before: Option<DateTime>,
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
            node_id: filter.node_id,
            name: filter.name,
            assignee: user("filter.assignee", filter.assignee)?,
            started_by: user("filter.startedBy", filter.started_by)?,
            created_after: filter.created_after.map(|moment| moment.0),
            created_before: filter.created_before.map(|moment| moment.0),
            due_before: filter.due_before.map(|moment| moment.0),
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
#[expect(clippy::enum_variant_names, reason = "each is called as the field it sorts by")]
pub enum TaskOrderField {
    /// When they were made: the cheapest order.
    CreatedAt,
    /// When they should be done; those without such a time come last.
    DueAt,
    /// When they came to their end; those that have not come last.
    FinishedAt,
}

same_as!(TaskOrderField, domain::TaskOrderField { CreatedAt, DueAt, FinishedAt });

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
    /// With this business key.
    business_key: Option<String>,
    /// Started by this user (the id, global or as in the token); for ADMIN, unless it is oneself.
    started_by: Option<String>,
    /// Called by this instance.
    parent_id: Option<ID>,
    /// Started then or later.
    started_after: Option<DateTime>,
    /// Started before then.
    started_before: Option<DateTime>,
}

impl TryFrom<ProcessInstanceFilter> for domain::InstanceFilter {
    type Error = Fault;

    fn try_from(filter: ProcessInstanceFilter) -> Result<Self, Fault> {
        Ok(Self {
            statuses: filter.status.map(|all| all.into_iter().map(Into::into).collect()),
            suspended: filter.suspended,
            definition_key: filter.definition_key,
            business_key: filter.business_key,
            started_by: user("filter.startedBy", filter.started_by)?,
            parent: instance("filter.parentId", filter.parent_id)?,
            started_after: filter.started_after.map(|moment| moment.0),
            started_before: filter.started_before.map(|moment| moment.0),
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
}

impl From<ProcessInstanceOrderField> for domain::InstanceOrderField {
    fn from(field: ProcessInstanceOrderField) -> Self {
        match field {
            ProcessInstanceOrderField::StartedAt => Self::StartedAt,
            ProcessInstanceOrderField::FinishedAt => Self::EndedAt,
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
