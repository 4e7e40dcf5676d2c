//! Lists of batches: filter, order, and paging by the place in the order.

use chrono::{DateTime, Utc};

use crate::engine::RunStatus;

/// Which batches to list.
#[derive(Debug, Clone, Default)]
pub struct BatchFilter {
    /// In one of these states.
    pub statuses: Option<Vec<RunStatus>>,
    /// Of the feature with this key.
    pub feature: Option<String>,
    /// Created then or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Created before then.
    pub created_before: Option<DateTime<Utc>>,
    /// Created by this user; for ADMIN alone, unless it is oneself.
    pub created_by: Option<String>,
}

/// What to sort batches by; ties go by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchOrderField {
    /// When they were created.
    CreatedAt,
    /// When they last changed.
    UpdatedAt,
    /// Their number.
    Number,
    /// How many items they have.
    Total,
}

/// Which way to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// How to sort batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchOrder {
    /// By what.
    pub field: BatchOrderField,
    /// Which way.
    pub direction: Direction,
}

impl Default for BatchOrder {
    fn default() -> Self {
        Self { field: BatchOrderField::CreatedAt, direction: Direction::Desc }
    }
}
