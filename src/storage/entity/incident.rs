//! `incident`: something that could not be done for an instance.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// Something that could not be done for an instance, until somebody sees to it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident")]
pub struct Model {
    /// Its id, which grows with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The topmost instance of its tree.
    pub root_id: Uuid,
    /// Whose it is.
    pub instance_id: Uuid,
    /// At which node.
    pub node_id: String,
    /// What is wrong, for programs.
    pub code: String,
    /// What is wrong, for people.
    pub message: String,
    /// What the engine was to do, and does again when it is resolved.
    pub input: String,
    /// When it came up.
    pub created_at: DateTimeUtc,
    /// When somebody has seen to it.
    pub resolved_at: Option<DateTimeUtc>,
    /// Who has.
    pub resolved_by: Option<String>,
    /// The job that it is about, where it is about one.
    pub job_id: Option<Uuid>,
}

by_place!(Model {
    id,
    root_id,
    instance_id,
    node_id,
    code,
    message,
    input,
    created_at,
    resolved_at,
    resolved_by,
    job_id
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
