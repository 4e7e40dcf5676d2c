//! What is counted, and `/metrics`.

use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::graphql::operation_kind;
use super::problem::Problem;
use super::state::HttpState;
use crate::kernel::Fault;

const REQUESTS: &str = "docket_http_requests_total";
const DURATION: &str = "docket_http_request_duration_seconds";
const OPERATIONS: &str = "docket_graphql_operations_total";
const SOCKETS: &str = "docket_websockets";
const RUNNING: &str = "docket_websocket_operations";

/// Makes the process's metrics readable. Call it once, at start.
///
/// # Errors
/// Where metrics have already been set up.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = builder()?.install_recorder()?;
    describe();
    Ok(handle)
}

pub(super) fn builder() -> Result<PrometheusBuilder, BuildError> {
    const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
}

fn describe() {
    describe_counter!(REQUESTS, "HTTP requests by method, route and status.");
    describe_histogram!(DURATION, metrics::Unit::Seconds, "Time to the response's head by method and route.");
    describe_counter!(OPERATIONS, "GraphQL operations executed, by transport and kind.");
    describe_gauge!(SOCKETS, "Open websockets.");
    describe_gauge!(RUNNING, "Operations running on websockets.");
}

/// `GET /metrics`, in Prometheus's text format.
pub(super) async fn render<E>(State(state): State<HttpState<E>>) -> Response {
    match &state.metrics {
        Some(handle) => {
            // Moves histograms' samples into their buckets; without it they pile up.
            handle.run_upkeep();
            ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response()
        }
        None => Problem::from(Fault::not_found("page")).into_response(),
    }
}

/// Counts a request. `route` is the pattern, never the path, which would be without bounds.
pub(super) fn count_request(method: &str, route: &str, status: u16, took: Duration) {
    // A made-up method would be a label without bounds.
    let method = match method {
        "GET" | "POST" | "HEAD" | "OPTIONS" | "PUT" | "PATCH" | "DELETE" => method.to_owned(),
        _ => "other".to_owned(),
    };
    let route = route.to_owned();
    counter!(REQUESTS, "method" => method.clone(), "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!(DURATION, "method" => method, "route" => route).record(took);
}

/// Counts a GraphQL operation that is about to be executed.
pub(super) fn count_operation(transport: &'static str, operation: OperationType) {
    counter!(OPERATIONS, "transport" => transport, "kind" => operation_kind(operation)).increment(1);
}

/// One more of a gauge for as long as it lives.
pub(super) struct Counted(&'static str);

impl Counted {
    /// An open websocket.
    pub(super) fn socket() -> Self {
        Self::one_more(SOCKETS)
    }

    /// An operation running on a websocket.
    pub(super) fn operation() -> Self {
        Self::one_more(RUNNING)
    }

    fn one_more(name: &'static str) -> Self {
        gauge!(name).increment(1.0);
        Self(name)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        gauge!(self.0).decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_gauges_go_down_again() {
        let recorder = builder().unwrap().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            count_request("GET", "/files/{id}", 200, Duration::from_millis(3));
            count_request("BREW", "/files/{id}", 405, Duration::from_millis(3));
            drop(Counted::socket());
            let _open = Counted::socket();
        });
        let text = handle.render();
        for line in [
            "docket_http_requests_total{method=\"GET\",route=\"/files/{id}\",status=\"200\"} 1",
            "docket_http_requests_total{method=\"other\",route=\"/files/{id}\",status=\"405\"} 1",
            "docket_http_request_duration_seconds_bucket{method=\"GET\",route=\"/files/{id}\",le=\"0.005\"} 1",
            "docket_websockets 0",
        ] {
            assert!(text.contains(line), "{line}\nin\n{text}");
        }
    }
}
