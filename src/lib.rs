//! Docket: durable batches, approvals and syncs behind one typed GraphQL API.
//!
//! `docs/architecture.md` tells how the rooms fit together.

pub mod account;
pub mod adapters;
pub mod app;
pub mod batch;
pub mod directory;
pub mod engine;
pub mod events;
pub mod files;
pub mod graphql;
pub mod http;
pub mod kernel;
pub mod pipeline;
pub mod storage;
pub mod workflow;
