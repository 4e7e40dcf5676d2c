//! `feature`: what can be done with pictures, by whom and at what cost.

use sea_orm::entity::prelude::*;

/// A feature.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "feature")]
pub struct Model {
    /// Its id, such as `basic_clean`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// Quota an item.
    pub quota_cost: i64,
    /// Whether batches may be created with it.
    pub is_enabled: bool,
    /// A JSON array of role names.
    pub allowed_roles: String,
    /// The plan a user must have, if any.
    pub plan: Option<String>,
    /// The most batches a user in …
    pub rate_max: Option<i32>,
    /// … so many seconds.
    pub rate_per_seconds: Option<i32>,
    /// The most items of a batch in hand at once.
    pub concurrency: i32,
    /// The most items a batch.
    pub max_items: i32,
    /// The pipeline: a JSON array of `{name, kind, parameters}`.
    pub steps: String,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
    /// When it was deleted; its batches stay readable.
    pub deleted_at: Option<DateTimeUtc>,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
