//! `outbox`: an event that webhooks are told of, once.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// An event that webhooks are told of, once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Its id, by which receivers know it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is about; unique, so that nothing is told twice.
    pub operation_key: String,
    /// The type of the event.
    pub kind: String,
    /// The instance.
    pub instance_id: Uuid,
    /// What is told: the body as it is sent.
    pub payload: String,
    /// When it happened.
    pub created_at: DateTimeUtc,
}

by_place!(Model { id, operation_key, kind, instance_id, payload, created_at });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
