//! Approvals as people meet them, on both databases.

mod ahead;
mod audit;
mod block;
mod calls;
mod corners;
mod deciding;
mod draft;
mod hostile;
mod instances;
mod office;
mod operations;
mod people;
mod races;
mod seeing;
mod stories;
