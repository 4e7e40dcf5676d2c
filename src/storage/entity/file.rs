//! `file`: what was uploaded or produced; its bytes are in the object storage.

use sea_orm::entity::prelude::*;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "file")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub owner: String,
    /// A safe name for downloads, given by us.
    pub name: String,
    /// Its sniffed type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: i64,
    /// Where its bytes are in the object storage.
    pub storage_key: String,
    /// When it came.
    pub created_at: DateTimeUtc,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
