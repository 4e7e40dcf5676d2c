//! GraphQL over HTTP, websockets and server-sent events, with one guard in front of all three.

mod execute;
pub mod guard;
mod media_type;
pub(in crate::http) mod over_http;
mod reply;
mod sse;
pub(in crate::http) mod ws;

pub(in crate::http) use execute::kind as operation_kind;
