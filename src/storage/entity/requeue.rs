//! `engine_requeue`: items that wait for another attempt.

use sea_orm::entity::prelude::*;

/// An item that is in line again (it has a position), or will be when it is due.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engine_requeue")]
pub struct Model {
    /// The run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    /// The item's index.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// Its place in line; null until it is due.
    pub position: Option<i64>,
    /// When its next attempt may begin.
    pub due_at: DateTimeUtc,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
