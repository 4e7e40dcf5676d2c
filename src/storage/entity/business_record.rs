//! `business_record`: a version of what an instance is about.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A version of what an instance is about. Rows are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "business_record")]
pub struct Model {
    /// What kind of thing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// Which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// From 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// As an instance's.
    pub approval_status: i16,
    /// A word of the business's own.
    pub business_status: Option<String>,
    /// What is known of it, as JSON.
    pub data: String,
    /// The instance that decides about it.
    pub instance_id: Uuid,
    /// When the version was written.
    pub created_at: DateTimeUtc,
}

by_place!(Model { kind, key, version, approval_status, business_status, data, instance_id, created_at });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
