//! The database: connecting, transactions, and the rows as sea-orm entities.

mod connect;
pub mod dialect;
pub mod entity;
#[cfg(test)]
pub(crate) mod scratch;

#[cfg(test)]
mod tests;
pub use connect::{Db, StorageError};
