//! Whether the process lives (`/healthz`) and whether it can do its work (`/readyz`).

use std::time::Duration;

use async_trait::async_trait;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};

use super::state::HttpState;
use crate::kernel::causes;

/// How long a probe may take.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Something that must work for the process to be of use.
#[async_trait]
pub trait Probe: Send + Sync {
    /// What is probed, as `/readyz` shows it: `database`, `objectStore`.
    fn name(&self) -> &'static str;

    /// Tries it.
    ///
    /// # Errors
    /// What is wrong, for the log alone.
    async fn check(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;
}

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> impl IntoResponse {
    ([(CACHE_CONTROL, "no-store")], Json(json!({"status": "ok"})))
}

/// `GET /readyz`: 200 where every probe is well, otherwise 503, as during shutdown.
pub(super) async fn readyz<E>(State(state): State<HttpState<E>>) -> impl IntoResponse {
    let probes = state.probes.iter().map(|probe| async move {
        let outcome = tokio::time::timeout(TIMEOUT, probe.check()).await;
        let is_well = match outcome {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(probe = probe.name(), error = causes(error.as_ref()), "not ready");
                false
            }
            Err(_) => {
                tracing::warn!(probe = probe.name(), "not ready: no answer in time");
                false
            }
        };
        (probe.name(), is_well)
    });
    let outcomes = futures::future::join_all(probes).await;
    let stopping = state.shutdown.is_cancelled();
    let is_ready = !stopping && outcomes.iter().all(|(_, is_well)| *is_well);
    let told = |is_well: &bool| json!(if *is_well { "ok" } else { "unavailable" });
    let checks: Map<String, Value> =
        outcomes.iter().map(|(name, is_well)| ((*name).to_owned(), told(is_well))).collect();
    let status = match (stopping, is_ready) {
        (true, _) => "stopping",
        (false, true) => "ready",
        (false, false) => "unavailable",
    };
    let code = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, [(CACHE_CONTROL, "no-store")], Json(json!({"status": status, "checks": checks})))
}
