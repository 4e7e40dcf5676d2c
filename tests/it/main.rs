//! Docket's services together, on real databases, real pictures and a real engine.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail where it cannot go on")]

#[macro_use]
mod support;

mod approvals;
mod archive;
mod cancelling;
mod creating;
mod listing;
mod progress;
mod quota;
mod refunds;
mod retrying;
mod visibility;
