//! `process_instance`: an instance of a process.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// An instance of a process.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "process_instance")]
pub struct Model {
    /// Its id, growing with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The version that it stays on.
    pub definition_id: Uuid,
    /// The instance at the top of its tree: that one's lock is everything's.
    pub root_id: Uuid,
    /// The instance that called it.
    pub parent_id: Option<Uuid>,
    /// The call's entry in the history.
    pub parent_activity: Option<Uuid>,
    /// How many instances are above it, each of which has called the next.
    pub depth: i16,
    /// What it is about, in the words of who started it.
    pub business_key: Option<String>,
    /// Who started it; none: somebody without a name.
    pub started_by: Option<String>,
    /// RUNNING 1, APPROVE 2, REJECT 3, CANCEL 4.
    pub status: i16,
    /// Why it was rejected or cancelled.
    pub reason: Option<String>,
    /// Whether nothing may be decided at the moment.
    pub suspended: bool,
    /// The format of `state`.
    pub format: i32,
    /// Where its tokens are, as JSON.
    pub state: String,
    /// Its variables, as a JSON object.
    pub variables: String,
    /// Grows with each change.
    pub revision: i64,
    /// When it began.
    pub started_at: DateTimeUtc,
    /// When it ended.
    pub ended_at: Option<DateTimeUtc>,
}

by_place!(Model {
    id,
    definition_id,
    root_id,
    parent_id,
    parent_activity,
    depth,
    business_key,
    started_by,
    status,
    reason,
    suspended,
    format,
    state,
    variables,
    revision,
    started_at,
    ended_at
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
