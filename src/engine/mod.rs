//! The durable engine: runs of items, claimed, executed, recorded, retried, rescued.
//!
//! Knows nothing of what an item does; a [`Handler`] does.
mod handler;
mod status;
pub use handler::{Accepted, Attempt, Handler, ItemError, MAX_MESSAGE_CHARS, Outcome, Retry, RunContext};
pub use status::{ItemStatus, RunStatus, UnknownStatus};
