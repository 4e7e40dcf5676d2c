//! The ledger's entries.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::storage::entity::ledger_entry;

/// What a ledger entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LedgerKind {
    /// An administrator's gift.
    Grant,
    /// Paid for items of a batch; the amount is negative.
    Charge,
    /// Given back for items that did not succeed.
    Refund,
}

impl LedgerKind {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "GRANT",
            Self::Charge => "CHARGE",
            Self::Refund => "REFUND",
        }
    }
}

/// A kind that the database should have refused.
#[derive(Debug, thiserror::Error)]
#[error("unknown kind of ledger entry {0:?} in the database")]
pub struct UnknownKind(String);

impl FromStr for LedgerKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Grant, Self::Charge, Self::Refund]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// One change of a balance. Entries are only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its number, growing.
    pub id: i64,
    /// Whose quota.
    pub user_id: String,
    /// What it is.
    pub kind: LedgerKind,
    /// Negative for a charge, else positive.
    pub amount: i64,
    /// The balance it left.
    pub balance_after: i64,
    /// Why, for people.
    pub reason: Option<String>,
    /// The batch it belongs to.
    pub batch_id: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl TryFrom<ledger_entry::Model> for LedgerEntry {
    type Error = DbErr;

    fn try_from(row: ledger_entry::Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.id,
            kind: row.kind.parse().map_err(|error: UnknownKind| DbErr::Type(error.to_string()))?,
            user_id: row.user_id,
            amount: row.amount,
            balance_after: row.balance_after,
            reason: row.reason,
            batch_id: row.batch_id,
            created_at: row.created_at,
        })
    }
}
