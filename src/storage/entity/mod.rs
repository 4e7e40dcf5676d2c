//! The tables' rows as sea-orm entities, one file a table.

pub mod account;
pub mod attempt;
pub mod batch;
pub mod feature;
pub mod file;
pub mod item;
pub mod lease;
pub mod ledger_entry;
pub mod requeue;
pub mod run;
