//! Where those answer later whom a process has called: at a signed address, without a token.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Json, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::Value;
use uuid::Uuid;

use super::problem::Problem;
use crate::files::LinkSigner;
use crate::kernel::{Clock, Fault};
use crate::workflow::Workflow;

/// The most bytes of a callback.
const MAX_BODY: usize = 256 << 10;

/// What this route needs.
#[derive(Clone)]
pub struct CallbackRoutes {
    /// The processes that wait.
    pub workflow: Workflow,
    /// Verifies the addresses.
    pub links: LinkSigner,
    /// The time, against which addresses run out.
    pub clock: Arc<dyn Clock>,
}

/// The route, for [`router`](super::router())'s `further`.
pub fn callback_routes(state: CallbackRoutes) -> Router {
    Router::new()
        .route("/callbacks/{id}", post(call_back).layer(DefaultBodyLimit::max(MAX_BODY)))
        .with_state(state)
}

/// `POST /callbacks/{id}`: the answer as JSON, of at most 256 KiB. 204 where it has arrived, now or before.
async fn call_back(
    State(state): State<CallbackRoutes>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    body: Result<Json<Value>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let path = format!("/callbacks/{id}");
    state.links.verify(&path, query.as_deref().unwrap_or_default(), state.clock.now())?;
    let id = Uuid::try_parse(&id).map_err(|_| Fault::not_found("job"))?;
    let Json(body) = body.map_err(|rejection| {
        Fault::bad_input("body", format!("send JSON of at most {MAX_BODY} bytes: {}", rejection.body_text()))
    })?;
    state.workflow.call_back(id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}
