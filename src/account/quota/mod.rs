//! Quota: an append-only ledger with a balance a user that is never below zero.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use crate::kernel::{Actor, Clock, Fault, Page, PageRequest};
use crate::storage::Db;

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

/// One change of a balance.
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

/// What an administrator grants.
#[derive(Debug, Clone)]
pub struct GrantQuota {
    /// To whom: 1 to 128 characters.
    pub user_id: String,
    /// How much: 1 to 1,000,000,000.
    pub amount: i64,
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// Names this grant among the administrator's: 1 to 255 characters.
    pub idempotency_key: String,
}

/// A change of a balance to be booked.
#[derive(Debug, Clone, Copy)]
pub struct Booking<'a> {
    /// Whose quota.
    pub user_id: &'a str,
    /// How much; not negative. Nothing is booked for 0.
    pub amount: i64,
    /// What it is for; unique over the whole ledger.
    pub operation_key: &'a str,
    /// Why, for people.
    pub reason: &'a str,
    /// The batch it belongs to.
    pub batch_id: Uuid,
}

/// Why a charge is refused.
#[derive(Debug, thiserror::Error)]
pub enum ChargeError {
    /// The balance does not hold as much.
    #[error("this needs {required} of quota and {balance} is left")]
    Insufficient {
        /// What it takes.
        required: i64,
        /// What there is.
        balance: i64,
    },
    /// The operation was booked before.
    #[error("this operation has been booked already")]
    AlreadyBooked,
    /// The database's own.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Users' quota accounts.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    clock: Arc<dyn Clock>,
}

#[allow(unused_variables)]
impl Accounts {
    /// Accounts kept in `db`.
    pub fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock }
    }

    /// The actor's own balance; 0 where they have no account yet.
    pub async fn balance(&self, actor: &Actor) -> Result<i64, Fault> {
        todo!()
    }

    /// Balances of many users (for loaders); those without an account are left out.
    pub async fn balances(&self, users: &[String]) -> Result<HashMap<String, i64>, DbErr> {
        todo!()
    }

    /// The actor's own ledger, newest first.
    pub async fn ledger(&self, actor: &Actor, page: &PageRequest) -> Result<Page<LedgerEntry>, Fault> {
        todo!()
    }

    /// How many entries the actor's own ledger has.
    pub async fn ledger_count(&self, actor: &Actor) -> Result<i64, Fault> {
        todo!()
    }

    /// Entries by number that the actor may see: their own, and an ADMIN everybody's.
    pub async fn entries(&self, actor: &Actor, ids: &[i64]) -> Result<HashMap<i64, LedgerEntry>, Fault> {
        todo!()
    }

    /// Grants quota; answers the balance that the grant left.
    pub async fn grant(&self, actor: &Actor, grant: GrantQuota) -> Result<LedgerEntry, Fault> {
        todo!()
    }
}

impl FromStr for LedgerKind {
    type Err = DbErr;
    fn from_str(text: &str) -> Result<Self, DbErr> {
        Err(DbErr::Type(text.to_owned()))
    }
}
