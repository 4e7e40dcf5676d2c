//! Checking the settings, all of them, so that every problem shows at once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::config::{Auth, Config, ConfigError, LogFormat, MIN_SECRET_BYTES, Mode, Problem, TokenKey};
use super::layers::Layers;
use super::settings::Settings;
use crate::batch::PipelineHandlerConfig;
use crate::engine::EngineConfig;
use crate::files::fetch::{AllowList, FetchConfig};
use crate::files::{FilesConfig, FolderConfig, S3Config, StorageConfig};
use crate::http::HttpConfig;
use crate::pipeline::{HttpService, PipelineConfig};

/// Checks every setting.
///
/// # Errors
/// All problems at once.
pub(super) fn check(mode: Mode, layers: &Layers) -> Result<Config, ConfigError> {
    let raw = &layers.settings;
    let mut check = Check { layers, problems: Vec::new() };
    let data_dir = PathBuf::from(&raw.data_dir);
    let listen = check.listen(mode, raw);
    let config = Config {
        mode,
        database_url: check.database_url(raw, &data_dir),
        database_connections: check.between("database.connections", raw.database.connections, 2, 1000),
        redis_url: check
            .url("redis_url", raw.redis_url.as_deref(), &["redis", "rediss"])
            .map(|url| SecretString::from(url.as_str())),
        listen,
        public_url: check.public_url(raw, listen),
        auth: check.auth(mode, raw),
        link_secret: check.link_secret(mode, raw),
        link_lifetime: check.seconds("files.link_seconds", raw.files.link_seconds, 60, 7 * 86_400),
        engine: check.engine(raw),
        max_attempts: check.between("engine.max_attempts", raw.engine.max_attempts, 1, 20),
        handler: check.handler(raw),
        storage: check.storage(raw, &data_dir),
        files: FilesConfig {
            max_bytes: check.between("files.max_bytes", raw.files.max_bytes, 1, i32::MAX as u64),
            ..FilesConfig::default()
        },
        fetch: check.fetch(raw),
        pipeline: check.pipeline(raw),
        http: check.http(mode, raw),
        grace: check.seconds("http.grace_seconds", raw.http.grace_seconds, 0, 3600),
        log_format: check.log_format(mode, raw),
        data_dir,
    };
    if check.problems.is_empty() { Ok(config) } else { Err(ConfigError(check.problems)) }
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

    fn url(&mut self, key: &str, text: Option<&str>, schemes: &[&str]) -> Option<Url> {
        let text = text?;
        // The value is not repeated: it may hold a password.
        match Url::parse(text) {
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

    fn public_url(&mut self, raw: &Settings, listen: SocketAddr) -> Url {
        let own =
            Url::parse(&format!("http://{listen}")).unwrap_or_else(|_| unreachable!("an address and a port"));
        self.url("public_url", raw.public_url.as_deref(), &["http", "https"]).unwrap_or(own)
    }

    /// Links are signed with the tokens' secret, apart from what signs tokens; without one of ours
    /// they need their own, the same on every replica. Whoever gives no links out needs none.
    fn link_secret(&mut self, mode: Mode, raw: &Settings) -> Option<SecretString> {
        match &raw.files.link_secret {
            Some(secret) if secret.len() < MIN_SECRET_BYTES => {
                let length = secret.len();
                let message = format!("needs at least {MIN_SECRET_BYTES} bytes, and has {length}");
                self.problem("files.link_secret", message);
            }
            None if mode.serves() && raw.auth.jwks_url.is_some() && raw.auth.jwt_secret.is_none() => {
                self.problem(
                    "files.link_secret",
                    "is required with DOCKET_JWKS_URL, the same on every replica",
                );
            }
            _ => {}
        }
        raw.files.link_secret.as_deref().map(SecretString::from)
    }

    fn engine(&mut self, raw: &Settings) -> EngineConfig {
        EngineConfig {
            lease_ttl: self.seconds("engine.lease_seconds", raw.engine.lease_seconds, 1, 3600),
            poll: self.seconds("engine.poll_seconds", raw.engine.poll_seconds, 1, 3600),
            grace: self.seconds("engine.grace_seconds", raw.engine.grace_seconds, 0, 3600),
            ..EngineConfig::default()
        }
    }

    fn handler(&mut self, raw: &Settings) -> PipelineHandlerConfig {
        let default = PipelineHandlerConfig::default();
        let capacity = self.between("pipeline.capacity", raw.pipeline.capacity, 0, 10_000);
        PipelineHandlerConfig {
            capacity: if capacity == 0 { default.capacity } else { usize::from(capacity) },
            timeout: self.seconds("pipeline.timeout_seconds", raw.pipeline.timeout_seconds, 1, 86_400),
        }
    }

    fn storage(&mut self, raw: &Settings, data_dir: &Path) -> StorageConfig {
        let storage = &raw.storage;
        let endpoint = self.url("storage.endpoint", storage.endpoint.as_deref(), &["https", "http"]);
        let default = data_dir.join("files");
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
                StorageConfig::S3(S3Config {
                    bucket: storage.bucket.clone().unwrap_or_default(),
                    endpoint: endpoint.map(|url| url.as_str().trim_end_matches('/').to_owned()),
                    region: storage.region.clone(),
                    access_key_id: storage.access_key_id.clone(),
                    secret_access_key: storage.secret_access_key.as_deref().map(SecretString::from),
                    root: storage.root.clone(),
                    virtual_host_style: storage.virtual_host_style,
                })
            }
            "fs" => {
                let path = storage.path.as_ref().map_or(default, PathBuf::from);
                StorageConfig::Folder(FolderConfig { path })
            }
            other => {
                self.problem("storage.kind", format!("must be fs or s3, and is {other:?}"));
                StorageConfig::Folder(FolderConfig { path: default })
            }
        }
    }

    fn fetch(&mut self, raw: &Settings) -> FetchConfig {
        let allow = raw.fetch.allow.join(",").parse::<AllowList>().unwrap_or_else(|error| {
            self.problem("fetch.allow", error.to_string());
            AllowList::default()
        });
        let timeout = self.seconds("fetch.timeout_seconds", raw.fetch.timeout_seconds, 1, 600);
        FetchConfig {
            allow,
            max_bytes: self.between("fetch.max_bytes", raw.fetch.max_bytes, 1, 1 << 32),
            timeout_ms: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX),
            ..FetchConfig::default()
        }
    }

    fn pipeline(&mut self, raw: &Settings) -> PipelineConfig {
        let mut config = PipelineConfig {
            max_pixels: raw.pipeline.max_pixels,
            workers: usize::from(raw.pipeline.workers),
            watermark_font: raw.pipeline.watermark_font.as_ref().map(PathBuf::from),
            ..PipelineConfig::default()
        };
        for (name, service) in &raw.pipeline.services {
            let key = format!("pipeline.services.{name}.url");
            let Some(url) = self.url(&key, Some(&service.url), &["https", "http"]) else { continue };
            let service = HttpService {
                url,
                token: service.token.as_deref().map(SecretString::from),
                timeout_seconds: service.timeout_seconds,
                max_response_bytes: service.max_response_bytes,
            };
            config.services.insert(name.clone(), service);
        }
        if let Err(error) = config.check() {
            self.problem(&format!("pipeline.{}", error.key), error.message);
        }
        config
    }

    fn http(&mut self, mode: Mode, raw: &Settings) -> HttpConfig {
        for origin in &raw.http.allowed_origins {
            let good = Url::parse(origin).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.origin().ascii_serialization() == origin.trim_end_matches('/')
            });
            if !good {
                self.problem(
                    "http.allowed_origins",
                    format!("{origin:?} is not an origin, such as https://dashboard.example"),
                );
            }
        }
        HttpConfig {
            development: mode == Mode::Development,
            allowed_origins: raw.http.allowed_origins.clone(),
            introspection: raw.graphql.introspection,
            max_body_bytes: self.between("http.max_body_bytes", raw.http.max_body_bytes, 1024, 1 << 30),
            ..HttpConfig::default()
        }
    }

    fn log_format(&mut self, mode: Mode, raw: &Settings) -> LogFormat {
        match raw.log.format.as_deref() {
            Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            None if matches!(mode, Mode::Production | Mode::Worker) => LogFormat::Json,
            None => LogFormat::Text,
            Some(other) => {
                self.problem("log.format", format!("must be text or json, and is {other:?}"));
                LogFormat::Text
            }
        }
    }
}
