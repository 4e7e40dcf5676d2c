//! Why the program does not start, or stops.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::config::ConfigError;
use crate::files::{OpenError, WeakSecret};
use crate::http::auth::AuthConfigError;
use crate::kernel::{Fault, causes};
use crate::pipeline::PipelineConfigError;
use crate::storage::StorageError;

/// Told in one line on standard error.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The object storage cannot be used.
    #[error("the object storage cannot be used: {0}")]
    Objects(#[from] OpenError),
    /// A pipeline setting is wrong.
    #[error(transparent)]
    Pipeline(#[from] PipelineConfigError),
    /// Tokens cannot be verified.
    #[error(transparent)]
    Auth(#[from] AuthConfigError),
    /// Links cannot be signed.
    #[error(transparent)]
    Links(#[from] WeakSecret),
    /// The client that fetches pictures cannot be set up.
    #[error("the client that fetches pictures cannot be set up: {0}")]
    Fetch(reqwest::Error),
    /// `REDIS_URL` is no address of a Redis.
    #[error("REDIS_URL cannot be used: {0}")]
    Redis(redis::RedisError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// Threads cannot be started, or signals not be listened for.
    #[error("the runtime cannot be started: {0}")]
    Runtime(std::io::Error),
    /// The engine ended though nobody told it to, or not in good order.
    #[error("the engine broke off: {0}")]
    Engine(String),
    /// Development's secret cannot be kept.
    #[error("the secret in {path} cannot be {what}: {source}", path = path.display())]
    Secret {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        what: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no secret to sign tokens with.
    #[error(
        "there is no secret to sign a token with: set DOCKET_JWT_SECRET, or start `docket serve --dev` \
         once, which makes one in the data folder"
    )]
    NoSecret,
    /// Tokens come from elsewhere.
    #[error("tokens are signed by whoever publishes the keys at DOCKET_JWKS_URL, not by us")]
    TokensFromElsewhere,
    /// A service refused something at start.
    #[error("{}", causes(.0))]
    Fault(#[from] Fault),
}

impl StartError {
    /// The process's exit code: 2 where a setting is wrong, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Pipeline(_) | Self::Auth(_) | Self::Links(_) | Self::NoSecret => 2,
            Self::TokensFromElsewhere => 2,
            _ => 1,
        }
    }
}
