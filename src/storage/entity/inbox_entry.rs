//! `inbox_entry`: what a task is to somebody.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// What a task is to somebody.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox_entry")]
pub struct Model {
    /// A user or a group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub principal: String,
    /// The task.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    /// TODO, DONE, GONE, or NONE where it is but shown to them.
    pub state: String,
    /// When it was shown to them.
    pub copied_at: Option<DateTimeUtc>,
    /// By whom.
    pub copied_by: Option<String>,
    /// The inbox's revision in which it was last shown to them.
    pub copied_revision: Option<i64>,
    /// The inbox's revision in which its state last changed; where there is none, that in which it was
    /// first shown.
    pub revision: i64,
}

by_place!(Model { principal, task_id, state, copied_at, copied_by, copied_revision, revision });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
