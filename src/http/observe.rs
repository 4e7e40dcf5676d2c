//! Around every request: its id, its span and log line, its metrics, and a panic turned into an answer.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::FutureExt as _;
use tracing::Instrument as _;

use super::metrics::count_request;
use super::problem::Problem;
use super::request_id::{HEADER, RequestId};
use crate::kernel::{ErrorCode, Fault, causes};

/// The outermost layer.
pub(super) async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::from_headers(request.headers()).unwrap_or_else(RequestId::generate);
    request.extensions_mut().insert(id.clone());
    let method: Method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or("unmatched", MatchedPath::as_str);
    // The path without its query string, which may carry a signature.
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        %method,
        path = request.uri().path(),
        user = tracing::field::Empty,
    );

    let run = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let mut response =
        run.unwrap_or_else(|_| Problem::from(Fault::internal("a handler panicked")).into_response());
    let problem = response.extensions_mut().remove::<Problem>();
    if let Some(problem) = problem.filter(|problem| problem.fault().code() == ErrorCode::Internal) {
        span.in_scope(|| tracing::error!(cause = causes(problem.fault()), "a request failed"));
        response = problem.response(Some(id.as_str()));
    }
    if let Some(value) = id.header_value() {
        response.headers_mut().insert(HEADER, value);
    }
    let (status, took) = (response.status().as_u16(), started.elapsed());
    count_request(method.as_str(), route, status, took);
    span.in_scope(|| {
        let milliseconds = took.as_secs_f64() * 1000.0;
        // Probes and scrapes come every few seconds and would drown the rest.
        if matches!(route, "/healthz" | "/readyz" | "/metrics") {
            tracing::debug!(route, status, milliseconds, "answered");
        } else {
            tracing::info!(route, status, milliseconds, "answered");
        }
    });
    response
}
