//! Approvals as people meet them, on both databases.

mod audit;
mod block;
mod corners;
mod deciding;
mod draft;
mod hostile;
mod inboxes;
mod instances;
mod office;
mod operations;
mod people;
mod races;
mod seeing;
mod stories;
mod undoing;
