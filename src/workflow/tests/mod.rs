//! Approvals as people meet them, on both databases.

mod approvers;
mod audit;
mod block;
mod bounds;
mod corners;
mod counting;
mod deciding;
mod draft;
mod every_operation;
mod instances;
mod office;
mod operations;
pub(super) mod page;
mod people;
mod races;
mod seeing;
mod stories;
mod transitions;
mod unproved;
mod witness;
