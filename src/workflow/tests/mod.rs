//! Approvals as people meet them, on both databases.

mod deciding;
mod draft;
mod office;
