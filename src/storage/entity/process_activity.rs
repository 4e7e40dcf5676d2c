//! `process_activity`: a token's stay at a node.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A token's stay at a node.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "process_activity")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The instance.
    pub instance_id: Uuid,
    /// The instance at the top of its tree.
    pub root_id: Uuid,
    /// The tree's revision in which the token came.
    pub revision: i64,
    /// Its place within the revision.
    pub ordinal: i32,
    /// The node.
    pub node_id: String,
    /// The token.
    pub token: i32,
    /// The flow by which it came; none where it was put there.
    pub came_by: Option<String>,
    /// The stay at the subprocess or repeated activity around it.
    pub outer_id: Option<Uuid>,
    /// Which body of a repeated activity it is in, from 0.
    pub body: Option<i32>,
    /// When it came.
    pub entered_at: DateTimeUtc,
    /// When it went.
    pub left_at: Option<DateTimeUtc>,
    /// How it went.
    pub outcome: Option<String>,
}

by_place!(Model {
    id,
    instance_id,
    root_id,
    revision,
    ordinal,
    node_id,
    token,
    came_by,
    outer_id,
    body,
    entered_at,
    left_at,
    outcome
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
