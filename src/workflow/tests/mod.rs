//! Approvals as people meet them, on both databases.

mod approvers;
mod asking;
mod at_once;
mod audit;
mod block;
mod bounds;
mod corners;
mod counting;
mod crossings;
mod deciding;
mod draft;
mod driver;
mod every_operation;
mod instances;
mod office;
mod operations;
pub(super) mod page;
mod races;
mod returning;
mod routing;
mod seeing;
mod signers;
mod stories;
mod taking_back;
mod transitions;
mod unproved;
mod witness;
