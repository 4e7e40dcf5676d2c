//! The configuration: a TOML file, overridden by the environment, checked as a whole at start.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use super::settings::{Layers, Settings};

/// The shortest secret that HS256 tokens may be signed with, in bytes.
pub const MIN_SECRET_BYTES: usize = 32;

/// What the program is started as: some settings are required in one and refused in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// On a developer's machine: loopback only, a secret and users of its own.
    Development,
    /// Everywhere else.
    Production,
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
    Jwks(url::Url),
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

/// Where files' bytes are kept.
#[derive(Debug, Clone)]
pub enum Storage {
    /// A folder.
    Folder(PathBuf),
    /// An S3 bucket.
    S3(S3),
}

/// An S3 bucket.
#[derive(Debug, Clone)]
pub struct S3 {
    /// The bucket's name.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// The server, where it is not AWS.
    pub endpoint: Option<url::Url>,
    /// The access key's id; from the machine's role where there is none.
    pub access_key_id: Option<String>,
    /// The access key itself.
    pub secret_access_key: Option<SecretString>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The engine's settings.
#[derive(Debug, Clone)]
pub struct Engine {
    /// How long a lease lasts without being renewed.
    pub lease: Duration,
    /// The most attempts at an item in a generation.
    pub max_attempts: u32,
    /// The slow poll behind the signals.
    pub poll: Duration,
    /// How long items in hand may take to finish at shutdown.
    pub grace: Duration,
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
    /// The folder for everything that is kept on disk.
    pub data_dir: PathBuf,
    /// See [`Auth`].
    pub auth: Auth,
    /// See [`Engine`].
    pub engine: Engine,
    /// See [`Storage`].
    pub storage: Storage,
    /// `host:port` pairs that may be fetched from although their addresses are private.
    pub fetch_allow: Vec<String>,
    /// The most bytes of a fetched picture.
    pub fetch_max_bytes: u64,
    /// How long fetching one picture may take.
    pub fetch_timeout: Duration,
    /// The most bytes of an upload.
    pub max_upload_bytes: u64,
    /// How long signed links to files hold.
    pub link_ttl: Duration,
    /// The most pixels a picture may decode to.
    pub max_pixels: u64,
    /// How many pictures are worked on at once; as many as cores where it is 0.
    pub pipeline_workers: usize,
    /// The services that `http` steps may post to, by name.
    pub pipeline_services: BTreeMap<String, url::Url>,
    /// Whether clients may ask for the schema.
    pub introspection: bool,
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
        Self::check(mode, &layers.settings, &layers)
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

    fn check(mode: Mode, raw: &Settings, layers: &Layers) -> Result<Self, ConfigError> {
        let mut check = Check { layers, problems: Vec::new() };
        let data_dir = PathBuf::from(&raw.data_dir);
        let config = Self {
            mode,
            database_url: check.database_url(raw, &data_dir),
            database_connections: check.between("database.connections", raw.database.connections, 1, 1000),
            redis_url: check
                .url("redis_url", raw.redis_url.as_deref(), &["redis", "rediss"])
                .map(|url| SecretString::from(url.as_str())),
            listen: check.listen(mode, raw),
            auth: check.auth(mode, raw),
            engine: Engine {
                lease: check.seconds("engine.lease_seconds", raw.engine.lease_seconds, 1, 3600),
                max_attempts: check.between("engine.max_attempts", raw.engine.max_attempts, 1, 20),
                poll: check.seconds("engine.poll_seconds", raw.engine.poll_seconds, 1, 3600),
                grace: check.seconds("engine.grace_seconds", raw.engine.grace_seconds, 0, 3600),
            },
            storage: check.storage(raw, &data_dir),
            fetch_allow: check.fetch_allow(raw),
            fetch_max_bytes: check.between("fetch.max_bytes", raw.fetch.max_bytes, 1, 1 << 32),
            fetch_timeout: check.seconds("fetch.timeout_seconds", raw.fetch.timeout_seconds, 1, 600),
            max_upload_bytes: check.between("files.max_upload_bytes", raw.files.max_upload_bytes, 1, 1 << 32),
            link_ttl: check.seconds("files.link_seconds", raw.files.link_seconds, 60, 7 * 86_400),
            max_pixels: check.between("pipeline.max_pixels", raw.pipeline.max_pixels, 1, 1 << 32),
            pipeline_workers: usize::from(check.between("pipeline.workers", raw.pipeline.workers, 0, 1024)),
            pipeline_services: check.services(raw),
            introspection: raw.graphql.introspection,
            log_format: check.log_format(mode, raw),
            data_dir,
        };
        if check.problems.is_empty() { Ok(config) } else { Err(ConfigError(check.problems)) }
    }
}

/// The checks; each returns something usable, so that all of them run and all problems show.
struct Check<'a> {
    layers: &'a Layers,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn problem(&mut self, key: &str, message: impl Into<String>) {
        self.problems.push(Problem { setting: self.layers.name_of(key), message: message.into() });
    }

    fn between<N: PartialOrd + std::fmt::Display + Copy>(
        &mut self,
        key: &str,
        value: N,
        least: N,
        most: N,
    ) -> N {
        if value < least || value > most {
            self.problem(key, format!("must be between {least} and {most}, and is {value}"));
        }
        value
    }

    fn seconds(&mut self, key: &str, value: u64, least: u64, most: u64) -> Duration {
        Duration::from_secs(self.between(key, value, least, most))
    }

    fn url(&mut self, key: &str, text: Option<&str>, schemes: &[&str]) -> Option<url::Url> {
        let text = text?;
        // The value is not repeated: it may hold a password.
        match url::Url::parse(text) {
            Ok(url) if schemes.contains(&url.scheme()) && url.has_host() => Some(url),
            Ok(_) => {
                self.problem(
                    key,
                    format!("must be an address that starts with {}://", schemes.join(":// or ")),
                );
                None
            }
            Err(error) => {
                self.problem(key, format!("is not an address: {error}"));
                None
            }
        }
    }

    fn database_url(&mut self, raw: &Settings, data_dir: &Path) -> SecretString {
        let url = match &raw.database_url {
            None => format!("sqlite://{}?mode=rwc", data_dir.join("docket.sqlite").display()),
            Some(url) if ["sqlite:", "postgres://", "postgresql://"].iter().any(|s| url.starts_with(s)) => {
                url.clone()
            }
            Some(_) => {
                self.problem("database_url", "must start with sqlite: or postgres://");
                String::new()
            }
        };
        SecretString::from(url)
    }

    fn listen(&mut self, mode: Mode, raw: &Settings) -> SocketAddr {
        match raw.listen.parse::<SocketAddr>() {
            Ok(address) if mode == Mode::Development && !address.ip().is_loopback() => {
                self.problem(
                    "listen",
                    format!(
                        "development mode listens on loopback only (127.0.0.1 or [::1]), not on {address}"
                    ),
                );
                address
            }
            Ok(address) => address,
            Err(_) => {
                self.problem(
                    "listen",
                    format!("{:?} is not an address and a port, such as 127.0.0.1:8080", raw.listen),
                );
                SocketAddr::from(([127, 0, 0, 1], 0))
            }
        }
    }

    fn auth(&mut self, mode: Mode, raw: &Settings) -> Auth {
        let jwks = self.url("auth.jwks_url", raw.auth.jwks_url.as_deref(), &["https", "http"]);
        let key = match (&raw.auth.jwt_secret, jwks) {
            (Some(_), Some(_)) => {
                self.problem(
                    "auth.jwks_url",
                    "set either a secret (DOCKET_JWT_SECRET) or DOCKET_JWKS_URL, not both",
                );
                TokenKey::KeptInDataDir
            }
            (Some(secret), None) => {
                if secret.len() < MIN_SECRET_BYTES {
                    let length = secret.len();
                    self.problem(
                        "auth.jwt_secret",
                        format!("needs at least {MIN_SECRET_BYTES} bytes, and has {length}"),
                    );
                }
                TokenKey::Secret(SecretString::from(secret.as_str()))
            }
            (None, Some(url)) => TokenKey::Jwks(url),
            (None, None) => {
                if mode == Mode::Production && raw.auth.jwks_url.is_none() {
                    self.problem(
                        "auth.jwt_secret",
                        "is not set: set DOCKET_JWT_SECRET or DOCKET_JWKS_URL, or start with --dev on your own machine",
                    );
                }
                TokenKey::KeptInDataDir
            }
        };
        Auth { key, issuer: raw.auth.issuer.clone(), audience: raw.auth.audience.clone() }
    }

    fn storage(&mut self, raw: &Settings, data_dir: &Path) -> Storage {
        let storage = &raw.storage;
        let endpoint = self.url("storage.endpoint", storage.endpoint.as_deref(), &["https", "http"]);
        match storage.kind.as_str() {
            "s3" => {
                if storage.bucket.is_none() {
                    self.problem("storage.bucket", "is required where the storage is s3");
                }
                if storage.access_key_id.is_some() != storage.secret_access_key.is_some() {
                    self.problem(
                        "storage.secret_access_key",
                        "set both storage.access_key_id and this, or neither",
                    );
                }
                Storage::S3(S3 {
                    bucket: storage.bucket.clone().unwrap_or_default(),
                    region: storage.region.clone(),
                    endpoint,
                    access_key_id: storage.access_key_id.clone(),
                    secret_access_key: storage.secret_access_key.as_deref().map(SecretString::from),
                })
            }
            "fs" => {
                Storage::Folder(storage.root.as_ref().map_or_else(|| data_dir.join("files"), PathBuf::from))
            }
            other => {
                self.problem("storage.kind", format!("must be fs or s3, and is {other:?}"));
                Storage::Folder(data_dir.join("files"))
            }
        }
    }

    fn fetch_allow(&mut self, raw: &Settings) -> Vec<String> {
        for entry in &raw.fetch.allow {
            let good = entry.rsplit_once(':').is_some_and(|(host, port)| {
                !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
            });
            if !good {
                self.problem("fetch.allow", format!("{entry:?} is not host:port"));
            }
        }
        raw.fetch.allow.clone()
    }

    fn services(&mut self, raw: &Settings) -> BTreeMap<String, url::Url> {
        let mut services = BTreeMap::new();
        for entry in &raw.pipeline.services {
            match entry.split_once('=') {
                Some((name, address)) if !name.is_empty() => {
                    if let Some(url) = self.url("pipeline.services", Some(address), &["https", "http"]) {
                        services.insert(name.to_owned(), url);
                    }
                }
                _ => self.problem("pipeline.services", format!("{entry:?} is not name=address")),
            }
        }
        services
    }

    fn log_format(&mut self, mode: Mode, raw: &Settings) -> LogFormat {
        match raw.log.format.as_deref() {
            Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            None if mode == Mode::Development => LogFormat::Text,
            None => LogFormat::Json,
            Some(other) => {
                self.problem("log.format", format!("must be text or json, and is {other:?}"));
                LogFormat::Text
            }
        }
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
