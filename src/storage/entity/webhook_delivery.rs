//! `webhook_delivery`: an event on its way to a webhook, and what became of it.

use sea_orm::entity::prelude::*;

/// An event on its way to a webhook, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    /// Growing; of one instance and webhook in the order in which they are told.
    #[sea_orm(primary_key)]
    pub number: i64,
    /// To whom.
    pub webhook_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// The event's instance.
    pub instance_id: Uuid,
    /// PENDING, SUCCESS, FAILED or DISCARDED.
    pub status: String,
    /// How often it was sent.
    pub attempts: i32,
    /// How often since it was last asked for.
    pub tries: i32,
    /// When the event happened.
    pub created_at: DateTimeUtc,
    /// When it arrived, or was given up.
    pub finished_at: Option<DateTimeUtc>,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
