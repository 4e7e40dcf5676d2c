//! What the transports share: a request is read, guarded, given what resolvers need, and executed,
//! and whatever happens comes out as a [`Reply`].

use std::panic::AssertUnwindSafe;

use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request, Variables};
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use serde::Deserialize;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::guard::{Query, guard};
use super::reply::Reply;
use crate::http::auth::Identity;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::kernel::Fault;

/// A request as clients send it, on every transport. `extensions` and what else there may be is
/// ignored, as GraphQL over HTTP asks.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct WireRequest {
    /// The document.
    pub query: String,
    /// Which operation to run, where the document has several.
    #[serde(default)]
    pub operation_name: Option<String>,
    /// The variables.
    #[serde(default)]
    pub variables: Variables,
}

/// A request that may be executed.
#[derive(Debug)]
pub(in crate::http) struct Admitted {
    request: Request,
    id: RequestId,
    /// What it does.
    pub operation: OperationType,
    /// How many fields it selects.
    pub fields: u64,
}

/// Guards a request and gives it what resolvers need.
///
/// # Errors
/// The refusal to answer with.
pub(in crate::http) fn admit<E>(
    state: &HttpState<E>,
    wire: WireRequest,
    identity: &Identity,
    id: &RequestId,
) -> Result<Admitted, Reply> {
    let WireRequest { query, operation_name, variables } = wire;
    let query = Query { source: &query, operation_name, variables };
    let guarded = guard(query, &state.config.limits, state.config.introspection).map_err(|error| {
        tracing::debug!(request_id = %id, %error, "the guard refused a query");
        Reply::refusal(error)
    })?;
    let request = guarded.request.data(identity.actor.clone()).data(id.clone());
    let request = (state.equip)(request, &identity.actor);
    Ok(Admitted { request, id: id.clone(), operation: guarded.operation, fields: guarded.fields })
}

/// Executes a query or a mutation. A panic in a resolver is an internal error.
///
/// Whoever gives up waiting ends a query at once. A mutation comes to its end all the same, in a
/// task of its own, so that a client that hangs up does not cut it in the middle; the shutdown
/// waits for it as for whoever asked.
pub(in crate::http) async fn execute<E: Executor>(
    executor: &E,
    in_hand: &TaskTracker,
    admitted: Admitted,
) -> Reply {
    let Admitted { request, id, operation, .. } = admitted;
    let response = if operation == OperationType::Mutation {
        let executor = executor.clone();
        let mutation = async move { executor.execute(request).await };
        in_hand.spawn(mutation.in_current_span()).await.ok()
    } else {
        AssertUnwindSafe(executor.execute(request)).catch_unwind().await.ok()
    };
    match response {
        Some(response) => Reply::from_response(response, &id),
        None => panicked(&id),
    }
}

/// Executes a subscription. A panic in a resolver is an internal error and the end.
pub(in crate::http) fn subscribe<E: Executor>(executor: &E, admitted: Admitted) -> BoxStream<'static, Reply> {
    let id = admitted.id;
    let responses = executor.execute_stream(admitted.request, None);
    let mut is_first = true;
    AssertUnwindSafe(responses)
        .catch_unwind()
        .map(move |response| {
            let reply = match response {
                Ok(response) => Reply::from_response(response, &id),
                Err(_) => panicked(&id),
            };
            if std::mem::take(&mut is_first) { reply.into_first_of_subscription() } else { reply }
        })
        .boxed()
}

fn panicked(id: &RequestId) -> Reply {
    Reply::from_fault(Fault::internal("a resolver panicked"), id)
}

/// An operation's kind, for logs and metrics.
pub(in crate::http) fn kind(operation: OperationType) -> &'static str {
    match operation {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}
