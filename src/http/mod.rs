//! HTTP: the router, authentication, the GraphQL transports, health, metrics and the playground.
//!
//! A request passes, from the outside in: the request's id, log and metrics, which also turn a panic
//! into an answer ([`observe`]); in development the check of its `Host` ([`origin`]); the security
//! headers; and its route. What leaves outside GraphQL as an error is a [`Problem`].

pub mod auth;
pub mod graphql;
mod problem;

pub use problem::Problem;
