//! `process_history`: something that somebody, or the process, has done.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// Something that somebody, or the process, has done. Rows are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "process_history")]
pub struct Model {
    /// The instance at the top of its tree.
    #[sea_orm(primary_key, auto_increment = false)]
    pub root_id: Uuid,
    /// The instance.
    pub instance_id: Uuid,
    /// The tree's revision in which it happened.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    /// Its place within the revision.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i32,
    /// What was done.
    pub kind: String,
    /// Who did it; none: the process itself.
    pub actor: Option<String>,
    /// With which task.
    pub task_id: Option<Uuid>,
    /// At which node.
    pub node_id: Option<String>,
    /// The status before, of the task or else of the instance.
    pub from_status: Option<i16>,
    /// The status after.
    pub to_status: Option<i16>,
    /// Why, in their words.
    pub reason: Option<String>,
    /// What else there is to say, as JSON.
    pub data: Option<String>,
    /// When.
    pub at: DateTimeUtc,
}

by_place!(Model {
    root_id,
    instance_id,
    revision,
    ordinal,
    kind,
    actor,
    task_id,
    node_id,
    from_status,
    to_status,
    reason,
    data,
    at
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
