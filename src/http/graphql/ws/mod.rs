//! `GET /graphql/ws`: GraphQL over websockets, in the protocol of graphql-ws
//! (`graphql-transport-ws`) and the older one of subscriptions-transport-ws (`graphql-ws`).
//!
//! A socket is a reader, which owns the socket's state and is the only one to decide, a writer, and
//! one task an operation. Results go from the tasks to the writer through one bounded queue, which
//! lets them in turn: a client that reads slowly holds up its own operations and nothing else, and a
//! busy subscription cannot starve another. Answers of the protocol itself (acknowledgement, pong)
//! have a small queue of their own that goes first.

mod close;
mod operation;
mod protocol;
mod socket;
mod writer;

use async_graphql::Executor;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use self::protocol::Protocol;
use self::socket::Socket;
use crate::http::metrics::Counted;
use crate::http::origin::check_origin;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::kernel::{ErrorCode, Fault};

/// Opens a websocket.
pub(in crate::http) async fn upgrade<E: Executor>(
    State(state): State<HttpState<E>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let fault = Fault::new(ErrorCode::BadInput, rejection.body_text());
            return Problem::with_status(rejection.status(), fault).into_response();
        }
    };
    if let Err(fault) = check_origin(&headers, &uri, &state.config) {
        return Problem::from(fault).into_response();
    }
    let protocol = {
        let offered: Vec<&str> =
            upgrade.requested_protocols().filter_map(|name| name.to_str().ok()).collect();
        Protocol::choose(&offered)
    };
    let mut upgrade = upgrade;
    if let Some(protocol) = protocol {
        upgrade.set_selected_protocol(protocol.header_value());
    }
    // Clients that are not browsers may send the token with the upgrade instead.
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let limit = state.config.sockets.max_message_bytes;
    let span = tracing::info_span!("websocket", request_id = %id, user = tracing::field::Empty);
    upgrade.max_message_size(limit).max_frame_size(limit).on_upgrade(move |stream| {
        let in_hand = state.in_hand.clone();
        let life = async move {
            let _counted = Counted::socket();
            Socket::run(state, id, protocol, authorization, stream).await;
        };
        in_hand.track_future(life.instrument(span))
    })
}

#[cfg(test)]
mod tests;
