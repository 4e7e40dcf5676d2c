//! `start_incident`: an instance that could not begin.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// An instance that something was to begin and could not, until somebody sees to it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "start_incident")]
pub struct Model {
    /// Its id, which grows with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The version that was to begin.
    pub definition_id: Uuid,
    /// At which start event.
    pub node_id: String,
    /// What is wrong, for programs.
    pub code: String,
    /// What is wrong, for people.
    pub message: String,
    /// What the engine was to do, and does again when it is resolved.
    pub input: String,
    /// It was resolved, and is to be handed out again.
    pub again: bool,
    /// When it came up.
    pub created_at: DateTimeUtc,
    /// When somebody has seen to it.
    pub resolved_at: Option<DateTimeUtc>,
    /// Who has.
    pub resolved_by: Option<String>,
}

by_place!(Model {
    id,
    definition_id,
    node_id,
    code,
    message,
    input,
    again,
    created_at,
    resolved_at,
    resolved_by
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
