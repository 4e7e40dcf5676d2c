//! Docket from outside: the real program, over HTTP and WebSocket, on both databases.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail where it cannot go on")]

#[macro_use]
mod support;

mod approval_batch_crashes;
mod approval_batch_kills;
mod approval_crashes;
mod approvals;
mod archives;
mod batches;
mod call_crashes;
mod calls;
mod crashes;
mod event_crashes;
mod group_crashes;
mod job_crashes;
mod limits;
mod live;
mod races;
mod replicas;
mod start_crashes;
mod webhooks;
