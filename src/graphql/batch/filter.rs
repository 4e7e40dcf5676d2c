//! Which batches to list, and how to sort them.

use async_graphql::{Enum, ID, InputObject};

use super::BatchStatus;
use crate::batch as domain;
use crate::graphql::scalars::DateTime;
use crate::kernel::{Fault, GlobalId, NodeKind};

/// Which batches to list; every condition that is given must hold.
#[derive(Debug, Default, InputObject)]
pub struct BatchFilter {
    /// In one of these states. Cheap for those that are still open (PENDING, PROCESSING); for a rare
    /// final state all batches in between are passed over.
    status: Option<Vec<BatchStatus>>,
    /// Created with this feature.
    feature_id: Option<ID>,
    /// Created then or later.
    created_after: Option<DateTime>,
    /// Created before then.
    created_before: Option<DateTime>,
    /// Created by this user (the id, global or as in the token); for ADMIN, unless it is oneself.
    created_by: Option<String>,
}

impl TryFrom<BatchFilter> for domain::BatchFilter {
    type Error = Fault;

    fn try_from(filter: BatchFilter) -> Result<Self, Fault> {
        let raw = |kind, field, id: Option<&str>| id.map(|id| GlobalId::raw_of(kind, field, id)).transpose();
        Ok(Self {
            statuses: filter.status.map(|all| all.into_iter().map(Into::into).collect()),
            feature: raw(NodeKind::Feature, "featureId", filter.feature_id.as_ref().map(|id| id.as_str()))?,
            created_after: filter.created_after.map(|moment| moment.0),
            created_before: filter.created_before.map(|moment| moment.0),
            created_by: raw(NodeKind::User, "createdBy", filter.created_by.as_deref())?,
        })
    }
}

/// What to sort batches by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BatchOrderField {
    /// When they were created. As cheap as NUMBER, however many there are.
    CreatedAt,
    /// When they last changed. Every batch that the filter lets through is sorted for each page:
    /// with tens of thousands of them, narrow the filter by time.
    UpdatedAt,
    /// Their number: the cheapest order.
    Number,
    /// How many items they have. As dear as UPDATED_AT.
    Total,
}

/// Which way to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest or oldest first.
    Asc,
    /// Largest or newest first.
    Desc,
}

/// How to sort batches.
#[derive(Debug, InputObject)]
pub struct BatchOrder {
    /// By what; ties go by number.
    field: BatchOrderField,
    /// Which way.
    direction: OrderDirection,
}

impl From<BatchOrder> for domain::BatchOrder {
    fn from(order: BatchOrder) -> Self {
        let field = match order.field {
            BatchOrderField::CreatedAt => domain::BatchOrderField::CreatedAt,
            BatchOrderField::UpdatedAt => domain::BatchOrderField::UpdatedAt,
            BatchOrderField::Number => domain::BatchOrderField::Number,
            BatchOrderField::Total => domain::BatchOrderField::Total,
        };
        let direction = match order.direction {
            OrderDirection::Asc => domain::Direction::Asc,
            OrderDirection::Desc => domain::Direction::Desc,
        };
        Self { field, direction }
    }
}
