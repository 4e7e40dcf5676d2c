//! The users that development mode knows, with tokens, so that the playground can switch between them.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use serde::Serialize;

use super::auth::TokenIssuer;
use super::problem::Problem;
use super::state::HttpState;
use crate::kernel::{Actor, Fault};

/// Development's users and who signs their tokens.
#[derive(Debug)]
pub struct DevUsers {
    /// The users.
    pub users: Vec<Actor>,
    /// Signs their tokens.
    pub issuer: TokenIssuer,
    /// How long a token lasts.
    pub lifetime: Duration,
}

/// A user as the playground gets them.
#[derive(Debug, Serialize)]
struct DevUser {
    id: String,
    name: String,
    roles: Vec<&'static str>,
    token: String,
}

impl DevUsers {
    fn list(&self) -> Result<Vec<DevUser>, Fault> {
        let user = |actor: &Actor| {
            Ok(DevUser {
                id: actor.user_id.clone(),
                name: actor.name.clone(),
                roles: actor.roles().into_iter().map(crate::kernel::Role::as_str).collect(),
                token: self.issuer.issue(actor, self.lifetime)?,
            })
        };
        self.users.iter().map(user).collect()
    }
}

/// `GET /dev/users`: each user with a fresh token. Not there outside development mode.
pub(super) async fn list<E>(State(state): State<HttpState<E>>) -> Result<impl IntoResponse, Problem> {
    match state.dev_users.as_deref().filter(|_| state.config.development) {
        Some(users) => Ok(([(CACHE_CONTROL, "no-store")], Json(users.list()?))),
        None => Err(Fault::not_found("page").into()),
    }
}
