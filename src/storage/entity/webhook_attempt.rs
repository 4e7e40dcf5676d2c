//! `webhook_attempt`: an attempt to deliver an event.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// An attempt to deliver an event.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_attempt")]
pub struct Model {
    /// Of which delivery.
    #[sea_orm(primary_key, auto_increment = false)]
    pub delivery_number: i64,
    /// Counts from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// When it was sent.
    pub started_at: DateTimeUtc,
    /// How long it took, in milliseconds.
    pub duration_ms: i32,
    /// What was answered; none where nothing was.
    pub status_code: Option<i16>,
    /// Why it has not arrived.
    pub error: Option<String>,
}

by_place!(Model { delivery_number, number, started_at, duration_ms, status_code, error });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
