//! The configuration: a TOML file, overridden by the environment, checked as a whole at start.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::check::check;
use super::layers::Layers;
use crate::batch::PipelineHandlerConfig;
use crate::engine::EngineConfig;
use crate::files::fetch::FetchConfig;
use crate::files::{FilesConfig, StorageConfig};
use crate::http::HttpConfig;
use crate::pipeline::PipelineConfig;

/// The shortest secret that HS256 tokens may be signed with, in bytes.
pub const MIN_SECRET_BYTES: usize = 32;

/// What the program is started as: some settings are required in one and refused in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// On a developer's machine: loopback only, a secret and users of its own.
    Development,
    /// Everywhere else.
    Production,
    /// The engine alone: it neither listens nor checks tokens.
    Worker,
    /// A command that does its work and ends, such as `docket migrate`.
    Tool,
}

impl Mode {
    /// Whether it answers requests: checks tokens, and gives links out.
    pub fn serves(self) -> bool {
        match self {
            Self::Development | Self::Production => true,
            Self::Worker | Self::Tool => false,
        }
    }
}

/// One thing that is wrong, under the setting's name as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Such as `DOCKET_ENGINE__LEASE_SECONDS` or `engine.lease_seconds (docket.toml)`.
    pub setting: String,
    /// What is wrong and what would be right. Never holds a secret's value.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.setting, self.message)
    }
}

/// Why the program does not start: everything that is wrong, at once.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<Problem>);

/// How requests are authenticated.
#[derive(Debug, Clone)]
pub enum TokenKey {
    /// Tokens signed with a secret that we hold too (HS256).
    Secret(SecretString),
    /// Tokens signed by somebody whose public keys are at this address.
    Jwks(Url),
    /// Development: a secret made at the first start and kept in the data folder.
    KeptInDataDir,
}

/// Authentication.
#[derive(Debug, Clone)]
pub struct Auth {
    /// What tokens are checked with.
    pub key: TokenKey,
    /// The `iss` that tokens must carry, if any.
    pub issuer: Option<String>,
    /// The `aud` that tokens must carry, if any.
    pub audience: Option<String>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// See [`Mode`].
    pub mode: Mode,
    /// The database. May hold a password, hence secret.
    pub database_url: SecretString,
    /// The most connections to it at a time.
    pub database_connections: u32,
    /// Redis, where replicas share one.
    pub redis_url: Option<SecretString>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where clients reach us: files of ours are known by it.
    pub public_url: Url,
    /// The folder for everything that is kept on disk.
    pub data_dir: PathBuf,
    /// See [`Auth`].
    pub auth: Auth,
    /// What links to files are signed with, where it is not the tokens' secret.
    pub link_secret: Option<SecretString>,
    /// How long such links hold.
    pub link_lifetime: Duration,
    /// How the engine goes about its work.
    pub engine: EngineConfig,
    /// The most attempts at an item in a generation.
    pub max_attempts: u32,
    /// How many items are in hand at once here, and for how long each.
    pub handler: PipelineHandlerConfig,
    /// Where files' bytes are kept.
    pub storage: StorageConfig,
    /// Limits on uploads.
    pub files: FilesConfig,
    /// Limits on fetching.
    pub fetch: FetchConfig,
    /// Limits on pictures, and the services that they may be sent to.
    pub pipeline: PipelineConfig,
    /// The transports' settings.
    pub http: HttpConfig,
    /// How long requests in hand may take to finish at shutdown.
    pub grace: Duration,
    /// Log lines' looks.
    pub log_format: LogFormat,
}

impl Config {
    /// The file that is read where none is named: `docket.toml` here, where it exists.
    pub fn default_file() -> Option<PathBuf> {
        let path = PathBuf::from("docket.toml");
        path.is_file().then_some(path)
    }

    /// Reads `file` and then `variables`, which go over it, and checks everything.
    ///
    /// # Errors
    /// Every problem at once, each naming its setting.
    pub fn load(
        mode: Mode,
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let layers = Layers::read(file, variables)?;
        check(mode, &layers)
    }

    /// Makes the data folder where it is missing, and makes sure that it can be written to.
    ///
    /// # Errors
    /// A problem that names the setting.
    pub fn prepare_data_dir(&self) -> Result<(), ConfigError> {
        let path = self.data_dir.display();
        let problem = |error: std::io::Error| {
            let message = format!("the folder {path} cannot be written to: {error}");
            ConfigError(vec![Problem { setting: "DOCKET_DATA_DIR".into(), message }])
        };
        std::fs::create_dir_all(&self.data_dir).map_err(problem)?;
        let probe = self.data_dir.join(format!(".probe-{}", std::process::id()));
        std::fs::write(&probe, b"").map_err(problem)?;
        std::fs::remove_file(&probe).map_err(problem)
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
