//! Docket: durable batches, approvals and syncs behind one typed GraphQL API.
//!
//! `docs/architecture.md` tells how the rooms fit together.

pub mod engine;
pub mod events;
pub mod graphql {
    //! The GraphQL schema.
    pub mod fault;
}
pub mod http;
pub mod kernel;
pub mod storage;
