//! `task_candidate`: somebody who may claim a task that nobody has.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// Somebody who may claim a task that nobody has.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task_candidate")]
pub struct Model {
    /// The task.
    #[sea_orm(primary_key, auto_increment = false)]
    pub task_id: Uuid,
    /// A user or a group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub principal: String,
}

by_place!(Model { task_id, principal });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
