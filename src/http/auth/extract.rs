//! The caller, as handlers ask for them.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use super::{Authenticator, Identity};
use crate::http::problem::Problem;
use crate::kernel::{ErrorCode, Fault};

/// The caller, who must have a valid token.
///
/// Works in any router below [`router`](crate::http::router()), whatever its state.
#[derive(Debug, Clone)]
pub struct Authenticated(pub Identity);

/// The caller, where there is a token: for links that carry a signature instead. A token that is
/// there and no good is refused all the same.
#[derive(Debug, Clone)]
pub struct MaybeAuthenticated(pub Option<Identity>);

impl<S: Sync> FromRequestParts<S> for Authenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let MaybeAuthenticated(identity) = MaybeAuthenticated::from_request_parts(parts, state).await?;
        identity.map(Self).ok_or_else(|| missing_token().into())
    }
}

impl<S: Sync> FromRequestParts<S> for MaybeAuthenticated {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(AUTHORIZATION) else { return Ok(Self(None)) };
        let value = value.to_str().map_err(|_| missing_token())?;
        let authenticator = parts
            .extensions
            .get::<Arc<Authenticator>>()
            .cloned()
            .ok_or_else(|| Fault::internal("the router was built without an authenticator"))?;
        let identity = authenticator.verify_bearer(value).await?;
        log_user(&identity);
        Ok(Self(Some(identity)))
    }
}

/// Puts the caller into the span around the request, and so into each of its log lines.
pub(in crate::http) fn log_user(identity: &Identity) {
    tracing::Span::current().record("user", identity.actor.user_id.as_str());
}

/// `UNAUTHENTICATED`: no token, with how to send one.
pub(in crate::http) fn missing_token() -> Fault {
    Fault::new(
        ErrorCode::Unauthenticated,
        "this needs a token: send it as `Authorization: Bearer <token>`, or in a websocket's \
         `connection_init` payload as `{\"authorization\": \"Bearer <token>\"}`",
    )
}
