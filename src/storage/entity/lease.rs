//! `engine_lease`: who holds which positions of a run.

use sea_orm::entity::prelude::*;

/// A lease on the positions `lo..hi`. Its row is the fencing token: outcomes count while it stands.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engine_lease")]
pub struct Model {
    /// The token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The run.
    pub run_id: Uuid,
    /// The first position.
    pub lo: i64,
    /// The position behind the last.
    pub hi: i64,
    /// The replica.
    pub holder: String,
    /// When it may be taken back.
    pub expires_at: DateTimeUtc,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
