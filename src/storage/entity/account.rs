//! `account`: a user's quota.

use sea_orm::entity::prelude::*;

/// A user's quota balance: the sum of their ledger.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// The token's `sub`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: String,
    /// What the user's tokens called them when they last acted; none where that was no other name
    /// than `user_id`.
    pub name: Option<String>,
    /// Never below zero.
    pub balance: i64,
    /// When the account was first needed.
    pub created_at: DateTimeUtc,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
