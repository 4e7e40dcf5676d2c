//! The database: connecting, transactions, and the rows as sea-orm entities.

pub mod bulk;
pub mod by_place;
pub mod conditions;
mod connect;
pub mod dialect;
pub mod entity;
pub mod idempotency;
#[cfg(test)]
pub(crate) mod plans;
mod refusal;
#[cfg(test)]
pub(crate) mod scratch;
mod session;
#[cfg(test)]
mod tests;

pub use connect::{Db, StorageError};
pub use refusal::refuses_data;
pub use session::IDLE_IN_TRANSACTION;
