//! `event_thrown`: a message or a signal that was told and has not been handed out yet.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A message or a signal that was told and has not been handed out yet.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_thrown")]
pub struct Model {
    /// Its id, which grows with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// MESSAGE or SIGNAL.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Of a message: it is for instances with this business key.
    pub business_key: Option<String>,
    /// What it brings, as a JSON object.
    pub variables: String,
    /// Where it is for one subscription alone, whoever else waits.
    pub subscription_id: Option<Uuid>,
    /// When it was told.
    pub created_at: DateTimeUtc,
}

by_place!(Model { id, kind, name, business_key, variables, subscription_id, created_at });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
