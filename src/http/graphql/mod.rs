//! GraphQL over HTTP, websockets and server-sent events, with one guard in front of all three.

pub mod guard;
