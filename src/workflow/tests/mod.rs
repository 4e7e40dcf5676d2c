//! Approvals as people meet them, on both databases.

mod deciding;
mod draft;
mod instances;
mod office;
mod operations;
mod seeing;
