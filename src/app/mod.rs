//! The program put together: configuration, wiring, starting and stopping.

mod check;
pub mod config;
mod dev;
mod doctor;
mod error;
mod layers;
mod logging;
mod models;
mod probes;
mod secret;
mod serve;
mod settings;
mod shutdown;
mod wiring;

pub use config::{Config, Mode};
pub use doctor::{Finding, examine};
pub use error::StartError;
pub use logging::init as init_logging;
pub use models::check_models;
pub use secret::token_secret;
pub use serve::{serve, worker};
pub use wiring::App;

pub use crate::graphql::sdl as schema;
pub use crate::kernel::{Actor, Role};

use std::sync::Arc;
use std::time::Duration;

use crate::http::auth::TokenIssuer;
use crate::kernel::SystemClock;

/// `docket migrate`: brings the database's schema and the shipped features up to date.
///
/// # Errors
/// Where the database cannot be reached or refuses.
pub async fn migrate(config: Config) -> Result<(), StartError> {
    App::build(config, Arc::new(SystemClock)).await?.prepare().await
}

/// `docket token`: a token that speaks for `actor` for `lifetime`.
///
/// # Errors
/// Where there is no secret to sign it with.
pub fn issue_token(config: &Config, actor: &Actor, lifetime: Duration) -> Result<String, StartError> {
    if matches!(config.auth.key, config::TokenKey::Jwks(_)) {
        return Err(StartError::TokensFromElsewhere);
    }
    let secret = token_secret(config, false)?.ok_or(StartError::NoSecret)?;
    let issuer = TokenIssuer::new(&secret, &wiring::token_rules(&config.auth), Arc::new(SystemClock))?;
    Ok(issuer.issue(actor, lifetime)?)
}
