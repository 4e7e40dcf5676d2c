//! What users may do and how much of it: the quota ledger, access to features, rate limits.

pub mod access;
mod quota;
pub mod rate;

pub use quota::{
    Accounts, Booking, ChargeError, GrantQuota, LedgerEntry, LedgerKind, MAX_BALANCE, MAX_GRANT, Refunded,
    UnknownKind, check_key, insufficient,
};
