//! `inbox`: whose tasks are told of, and how often that has happened.

use sea_orm::entity::prelude::*;

/// Whose tasks are told of, and how often that has happened.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox")]
pub struct Model {
    /// A user or a group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub principal: String,
    /// The stream's id.
    pub stream: Uuid,
    /// Grows with each change of an entry.
    pub revision: i64,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
