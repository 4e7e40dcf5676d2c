//! Development mode: its users and their quota.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::error::StartError;
use crate::account::{Accounts, GrantQuota};
use crate::http::DevUsers;
use crate::http::auth::{TokenIssuer, TokenRules};
use crate::kernel::{Actor, Clock, Fault, Role};

/// What each user gets, once.
const QUOTA: i64 = 100;
/// How long the tokens that the playground gets are good.
const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Development's users.
pub fn actors() -> Vec<Actor> {
    [
        ("alice", "Alice", Role::User),
        ("bob", "Bob", Role::User),
        ("olivia", "Olivia", Role::Operator),
        ("admin", "Admin", Role::Admin),
    ]
    .map(|(user_id, name, role)| Actor { user_id: user_id.into(), name: name.into(), role, plan: None })
    .into()
}

/// Gives each user their quota, once and for all.
///
/// # Errors
/// Where the database refuses.
pub async fn grant_quota(accounts: &Accounts) -> Result<(), Fault> {
    let actors = actors();
    let Some(admin) = actors.iter().find(|actor| actor.role == Role::Admin) else { return Ok(()) };
    for actor in &actors {
        let grant = GrantQuota {
            user_id: actor.user_id.clone(),
            amount: QUOTA,
            reason: "development's first quota".into(),
            idempotency_key: format!("dev:grant:{}", actor.user_id),
        };
        accounts.grant(admin, grant).await?;
    }
    Ok(())
}

/// The users with who signs their tokens, for the playground to switch between.
///
/// # Errors
/// Where the secret is too short.
pub fn users(
    secret: &SecretString,
    rules: &TokenRules,
    clock: Arc<dyn Clock>,
) -> Result<DevUsers, StartError> {
    let issuer = TokenIssuer::new(secret, rules, clock)?;
    Ok(DevUsers { users: actors(), issuer, lifetime: TOKEN_LIFETIME })
}
