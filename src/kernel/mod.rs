//! What every room shares: ids, the clock, who acts, paging, and faults.
//!
//! Imports nothing of ours.

pub mod actor;
pub mod clock;
pub mod failpoint;
pub mod fault;
pub mod id;
pub mod page;

pub use actor::{Actor, Role};
pub use clock::{Clock, ManualClock, SystemClock};
pub use failpoint::Failpoints;
pub use fault::{ErrorCode, Fault, causes};
pub use id::{GlobalId, NodeKind};
pub use page::{Edge, Page, PageArgs, PageRequest, Place};
