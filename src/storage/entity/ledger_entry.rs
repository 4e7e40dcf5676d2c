//! `ledger_entry`: every change of a balance, for ever.

use sea_orm::entity::prelude::*;

/// One grant, charge or refund. Rows are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    /// Its number, growing.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Whose quota.
    pub user_id: String,
    /// GRANT, CHARGE or REFUND.
    pub kind: String,
    /// Negative for a charge, else positive.
    pub amount: i64,
    /// The balance it left.
    pub balance_after: i64,
    /// What it was for; unique, so that nothing is booked twice.
    pub operation_key: String,
    /// Why, for people.
    pub reason: Option<String>,
    /// The batch it belongs to.
    pub batch_id: Option<Uuid>,
    /// When.
    pub created_at: DateTimeUtc,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
