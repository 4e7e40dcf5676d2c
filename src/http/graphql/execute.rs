//! What the transports share: a request is read, guarded, given what resolvers need, and executed,
//! and whatever happens comes out as a [`Reply`].

use std::panic::AssertUnwindSafe;

use async_graphql::parser::types::{OperationType, Selection};
use async_graphql::{Executor, Name, Request, Variables};
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use serde::Deserialize;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::guard::{Query, guard};
use super::reply::Reply;
use crate::http::auth::{Identity, missing_token};
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

/// Guards a request and gives it what resolvers need. Nobody's may be the one mutation that is open
/// to them, and nothing else.
///
/// # Errors
/// The refusal to answer with.
pub(in crate::http) fn admit<E>(
    state: &HttpState<E>,
    wire: WireRequest,
    identity: Option<&Identity>,
    id: &RequestId,
) -> Result<Admitted, Reply> {
    let WireRequest { query, operation_name, variables } = wire;
    let query = Query { source: &query, operation_name, variables };
    let guarded = guard(query, &state.config.limits, state.config.introspection).map_err(|error| {
        tracing::debug!(request_id = %id, %error, "the guard refused a query");
        Reply::refusal(error)
    })?;
    let mut request = guarded.request.data(id.clone());
    if let Some(Identity { actor, .. }) = identity {
        request = (state.equip)(request.data(actor.clone()), actor);
    } else if guarded.operation != OperationType::Mutation || !selects_one_of(&mut request, state.open) {
        return Err(Reply::from_fault(missing_token(), id));
    }
    Ok(Admitted { request, id: id.clone(), operation: guarded.operation, fields: guarded.fields })
}

/// Whether the operation is just one field, and one of these.
fn selects_one_of(request: &mut Request, open: &[&str]) -> bool {
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else { return false };
    let is_asked = |of: Option<&str>| name.as_deref().is_none_or(|name| of == Some(name));
    let mut operations = document.operations.iter();
    let asked = operations.find(|(of, _)| is_asked(of.map(Name::as_str)));
    // Written out: what fragments spread is not looked for.
    match asked.map(|(_, operation)| operation.node.selection_set.node.items.as_slice()) {
        Some([only]) => match &only.node {
            Selection::Field(field) => open.contains(&field.node.name.node.as_str()),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
        },
        _ => false,
    }
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
