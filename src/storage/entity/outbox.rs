//! `outbox`: something that is to be told outside, once.

use sea_orm::entity::prelude::*;

/// Something that is to be told outside, once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Growing.
    #[sea_orm(primary_key)]
    pub number: i64,
    /// What it is about; unique, so that nothing is told twice.
    pub operation_key: String,
    /// What has happened.
    pub kind: String,
    /// The instance.
    pub instance_id: Uuid,
    /// What is told, as JSON.
    pub payload: String,
    /// When it happened.
    pub created_at: DateTimeUtc,
    /// When it was told.
    pub sent_at: Option<DateTimeUtc>,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
