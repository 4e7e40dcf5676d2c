//! Server-sent events: the distinct-connections mode of GraphQL over SSE. One operation a request;
//! each result is an event `next`, and `complete` says that there are no more.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::Executor;
use async_graphql::parser::types::OperationType;
use axum::http::{HeaderName, HeaderValue};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};

use super::execute::{Admitted, execute, subscribe};
use super::reply::Reply;
use crate::http::state::HttpState;

/// How often a comment is sent where nothing else is, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// Answers with an event stream, which ends with the operation, with the token, or (without
/// `complete`, so that clients come back) with the server.
///
/// The connection pulls: a client that reads slowly is waited for, and nothing piles up.
pub(super) fn stream<E: Executor>(
    state: &HttpState<E>,
    admitted: Admitted,
    expires_at: DateTime<Utc>,
) -> Response {
    let replies: BoxStream<'static, Reply> = if admitted.operation == OperationType::Subscription {
        subscribe(&state.executor, admitted)
    } else {
        let (executor, in_hand) = (state.executor.clone(), state.in_hand.clone());
        async move { execute(&executor, &in_hand, admitted).await }.into_stream().boxed()
    };
    let events = replies
        .map(|reply| Event::default().event("next").data(serde_json::to_string(&reply).unwrap_or_default()))
        .chain(futures::stream::once(async { Event::default().event("complete").data("") }));
    let life = (expires_at - state.clock.now()).to_std().unwrap_or_default();
    let shutdown = state.shutdown.clone();
    let end = async move {
        tokio::select! {
            () = tokio::time::sleep(life) => {}
            () = shutdown.cancelled() => {}
        }
    };
    let events = events.take_until(end).map(Ok::<_, Infallible>);
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    // Proxies that buffer would hold events back.
    let buffering = HeaderName::from_static("x-accel-buffering");
    response.headers_mut().insert(buffering, HeaderValue::from_static("no"));
    response
}
