//! The settings as they are written: their names and their defaults. Where a room has a default of
//! its own, it is the setting's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::batch::PipelineHandlerConfig;
use crate::engine::EngineConfig;
use crate::files::fetch::FetchConfig;
use crate::files::{DEFAULT_LIFETIME, FilesConfig};
use crate::http::HttpConfig;
use crate::pipeline::{HttpService, PipelineConfig};

/// Every setting as it is written in `docket.toml`, with its default.
///
/// Not `Debug`, for it holds secrets in the clear until they are checked.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// SQLite in the data folder where it is not set.
    pub database_url: Option<String>,
    pub redis_url: Option<String>,
    pub listen: String,
    /// `http://` and what we listen on where it is not set.
    pub public_url: Option<String>,
    pub data_dir: String,
    pub database: Database,
    pub auth: Auth,
    pub engine: Engine,
    pub storage: Storage,
    pub fetch: Fetch,
    pub files: Files,
    pub pipeline: Pipeline,
    pub http: Http,
    pub graphql: Graphql,
    pub log: Log,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Database {
    pub connections: u32,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Auth {
    pub jwt_secret: Option<String>,
    pub jwks_url: Option<String>,
    pub issuer: Option<String>,
    pub audience: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Engine {
    pub lease_seconds: u64,
    pub max_attempts: u32,
    pub poll_seconds: u64,
    pub grace_seconds: u64,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Storage {
    /// `fs` or `s3`.
    pub kind: String,
    /// The folder for `fs`; `files` in the data folder where it is not set.
    pub path: Option<String>,
    pub bucket: Option<String>,
    pub region: Option<String>,
    pub endpoint: Option<String>,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<String>,
    /// A prefix in the bucket.
    pub root: Option<String>,
    pub virtual_host_style: bool,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Fetch {
    /// `host:port` pairs.
    pub allow: Vec<String>,
    pub max_bytes: u64,
    pub timeout_seconds: u64,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Files {
    pub max_bytes: u64,
    /// How long signed links hold.
    pub link_seconds: u64,
    /// The tokens' secret where it is not set.
    pub link_secret: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Pipeline {
    pub max_pixels: u64,
    /// Threads that work on pictures; 0 for as many as there are cores.
    pub workers: u16,
    /// The most items in hand at once; 0 for twice the cores and a few more.
    pub capacity: u16,
    /// How long one attempt may take.
    pub timeout_seconds: u64,
    pub watermark_font: Option<String>,
    /// What `http` steps may post to, by name.
    pub services: BTreeMap<String, Service>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Service {
    pub url: String,
    pub token: Option<String>,
    pub timeout_seconds: u64,
    pub max_response_bytes: usize,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Http {
    /// Origins whose pages may call, besides our own.
    pub allowed_origins: Vec<String>,
    pub max_body_bytes: usize,
    /// How long requests in hand may take to finish at shutdown.
    pub grace_seconds: u64,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Graphql {
    pub introspection: bool,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Log {
    /// `text` or `json`; text in development and JSON elsewhere where it is not set.
    pub format: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database_url: None,
            redis_url: None,
            listen: "127.0.0.1:8080".into(),
            public_url: None,
            data_dir: "./data".into(),
            database: Database::default(),
            auth: Auth::default(),
            engine: Engine::default(),
            storage: Storage::default(),
            fetch: Fetch::default(),
            files: Files::default(),
            pipeline: Pipeline::default(),
            http: Http::default(),
            graphql: Graphql::default(),
            log: Log::default(),
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { connections: 8 }
    }
}

impl Default for Engine {
    fn default() -> Self {
        let engine = EngineConfig::default();
        Self {
            lease_seconds: engine.lease_ttl.as_secs(),
            max_attempts: 3,
            poll_seconds: engine.poll.as_secs(),
            grace_seconds: engine.grace.as_secs(),
        }
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            kind: "fs".into(),
            path: None,
            bucket: None,
            region: None,
            endpoint: None,
            access_key_id: None,
            secret_access_key: None,
            root: None,
            virtual_host_style: false,
        }
    }
}

impl Default for Fetch {
    fn default() -> Self {
        let fetch = FetchConfig::default();
        Self { allow: Vec::new(), max_bytes: fetch.max_bytes, timeout_seconds: fetch.timeout_ms / 1000 }
    }
}

impl Default for Files {
    fn default() -> Self {
        Self {
            max_bytes: FilesConfig::default().max_bytes,
            link_seconds: DEFAULT_LIFETIME.as_secs(),
            link_secret: None,
        }
    }
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            max_pixels: PipelineConfig::default().max_pixels,
            workers: 0,
            capacity: 0,
            timeout_seconds: PipelineHandlerConfig::default().timeout.as_secs(),
            watermark_font: None,
            services: BTreeMap::new(),
        }
    }
}

impl Default for Service {
    fn default() -> Self {
        Self {
            url: String::new(),
            token: None,
            timeout_seconds: HttpService::TIMEOUT_SECONDS,
            max_response_bytes: HttpService::MAX_RESPONSE_BYTES,
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        let max_body_bytes = HttpConfig::default().max_body_bytes;
        Self { allowed_origins: Vec::new(), max_body_bytes, grace_seconds: 20 }
    }
}

impl Default for Graphql {
    fn default() -> Self {
        Self { introspection: HttpConfig::default().introspection }
    }
}
