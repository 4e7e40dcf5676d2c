//! `batch`: what a person asked for; its progress is the run of the same id.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A batch.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "batch")]
pub struct Model {
    /// Its number for people, growing.
    #[sea_orm(primary_key)]
    pub number: i64,
    /// Its id, which is its run's.
    pub id: Uuid,
    /// PIPELINE or APPROVAL.
    pub kind: String,
    /// Whose it is.
    pub created_by: String,
    /// The feature of a pipeline batch.
    pub feature_key: Option<String>,
    /// What the caller set of the steps' parameters, as JSON.
    pub input_data: Option<String>,
    /// Quota an item, as it was at creation.
    pub item_cost: i64,
    /// Quota charged, over all generations.
    pub quota_cost: i64,
    /// Quota given back, over all generations.
    pub quota_refunded: i64,
    /// When it was created.
    pub created_at: DateTimeUtc,
}

by_place!(Model {
    number,
    id,
    kind,
    created_by,
    feature_key,
    input_data,
    item_cost,
    quota_cost,
    quota_refunded,
    created_at
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
