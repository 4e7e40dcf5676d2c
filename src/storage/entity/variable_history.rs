//! `variable_history`: a value that a variable was given.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A value that a variable was given. Rows are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "variable_history")]
pub struct Model {
    /// The instance.
    #[sea_orm(primary_key, auto_increment = false)]
    pub instance_id: Uuid,
    /// The variable.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The revision in which it was given.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// The value, as JSON.
    pub value: String,
    /// By whom; none: by the process.
    pub changed_by: Option<String>,
    /// With which task.
    pub task_id: Option<Uuid>,
    /// When.
    pub at: DateTimeUtc,
}

by_place!(Model { instance_id, name, revision, value, changed_by, task_id, restores, at });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
