//! The settings as they are written: their names, their defaults, and reading them in layers.

use std::collections::BTreeMap;
use std::path::Path;

use figment::providers::{Format as _, Serialized, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Profile};
use serde::{Deserialize, Serialize};

use super::config::{ConfigError, Problem};

/// Variables that stand apart from the scheme `DOCKET_<SECTION>__<KEY>`, with their settings.
const NAMED: [(&str, &str); 4] = [
    ("DATABASE_URL", "database_url"),
    ("REDIS_URL", "redis_url"),
    ("DOCKET_JWT_SECRET", "auth.jwt_secret"),
    ("DOCKET_JWKS_URL", "auth.jwks_url"),
];
/// Where the services' settings are.
const SERVICES: &str = "pipeline.services.";
/// Variables that begin like settings and are none: the tests' own.
const NOT_OURS: &str = "DOCKET_TEST_";

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
        Self { connections: 16 }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self { lease_seconds: 30, max_attempts: 3, poll_seconds: 5, grace_seconds: 20 }
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
        Self { allow: Vec::new(), max_bytes: 25 << 20, timeout_seconds: 30 }
    }
}

impl Default for Files {
    fn default() -> Self {
        Self { max_bytes: 25 << 20, link_seconds: 3600, link_secret: None }
    }
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            max_pixels: 50_000_000,
            workers: 0,
            capacity: 0,
            timeout_seconds: 600,
            watermark_font: None,
            services: BTreeMap::new(),
        }
    }
}

impl Default for Service {
    fn default() -> Self {
        Self { url: String::new(), token: None, timeout_seconds: 30, max_response_bytes: 64 << 20 }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self { allowed_origins: Vec::new(), max_body_bytes: 1 << 20, grace_seconds: 20 }
    }
}

impl Default for Graphql {
    fn default() -> Self {
        Self { introspection: true }
    }
}

/// The settings with where each came from, so that a problem can name it as its author did.
pub(super) struct Layers {
    pub settings: Settings,
    /// Settings set by a variable, with the variable's name.
    variables: Vec<(String, String)>,
    file: Option<String>,
}

impl Layers {
    /// Defaults, then the file, then the variables.
    pub fn read(
        file: Option<&Path>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let (overrides, names) = overrides(variables, &mut problems);
        let mut figment = Figment::new();
        if let Some(file) = file {
            if file.is_file() {
                figment = figment.merge(Toml::file_exact(file));
            } else {
                let message = "there is no such file".to_owned();
                problems.push(Problem { setting: format!("--config {}", file.display()), message });
            }
        }
        figment = figment.merge(Serialized::from(overrides, Profile::Default));
        let mut layers = Self {
            settings: Settings::default(),
            variables: names,
            file: file.map(|file| file.display().to_string()),
        };
        match figment.extract::<Settings>() {
            Ok(settings) => layers.settings = settings,
            Err(error) => problems.extend(error.into_iter().map(|error| layers.problem(&error))),
        }
        if problems.is_empty() { Ok(layers) } else { Err(ConfigError(problems)) }
    }

    /// A setting's name as its author wrote it: the variable, or the file's key.
    pub fn name_of(&self, key: &str) -> String {
        if let Some((_, variable)) = self.variables.iter().find(|(set, _)| set == key) {
            return variable.clone();
        }
        match (&self.file, NAMED.iter().find(|(_, named)| *named == key)) {
            (Some(file), _) => format!("{key} ({file})"),
            (None, Some((variable, _))) => (*variable).to_owned(),
            (None, None) => format!("DOCKET_{}", key.to_uppercase().replace('.', "__")),
        }
    }

    fn problem(&self, error: &figment::Error) -> Problem {
        use figment::error::Kind;
        let key = error.path.join(".");
        let setting = if key.is_empty() { self.file.clone().unwrap_or_default() } else { self.name_of(&key) };
        let message = match &error.kind {
            Kind::UnknownField(_, known) => {
                format!("there is no such setting; known here are {}", known.join(", "))
            }
            // What was found is left out: it may be a secret in the wrong place.
            Kind::InvalidType(_, expected) => format!("must be {expected}"),
            Kind::InvalidValue(_, expected) => format!("must be {expected}"),
            other => other.to_string(),
        };
        Problem { setting, message }
    }
}

/// The variables that are settings, as a layer, with their names by setting.
fn overrides(
    variables: impl IntoIterator<Item = (String, String)>,
    problems: &mut Vec<Problem>,
) -> (Dict, Vec<(String, String)>) {
    let defaults = as_value(&Settings::default());
    let services = as_value(&Service::default());
    let mut layer = Dict::new();
    let mut names = Vec::new();
    for (variable, text) in variables {
        let Some(key) = key_of(&variable) else { continue };
        // An empty variable is one that is not set.
        if text.is_empty() {
            continue;
        }
        // Services have names of their author's; each has the same settings.
        let service = key.strip_prefix(SERVICES).and_then(|rest| rest.split_once('.'));
        let default = match service {
            Some((_, setting)) => services.find_ref(setting),
            None => defaults.find_ref(&key),
        };
        match default {
            None | Some(Value::Dict(..)) => {
                problems.push(Problem { setting: variable, message: "there is no such setting".into() });
            }
            Some(default) => match typed(default, &text) {
                Ok(value) => {
                    insert(&mut layer, &key, value);
                    names.push((key, variable));
                }
                Err(expected) => {
                    problems.push(Problem { setting: variable, message: format!("must be {expected}") });
                }
            },
        }
    }
    (layer, names)
}

/// Settings as a tree, to look their types up in.
fn as_value(settings: &impl Serialize) -> Value {
    Value::serialize(settings).unwrap_or_else(|_| Value::from(Dict::new()))
}

fn key_of(variable: &str) -> Option<String> {
    if let Some((_, key)) = NAMED.iter().find(|(name, _)| *name == variable) {
        return Some((*key).to_owned());
    }
    let rest = variable.strip_prefix("DOCKET_").filter(|_| !variable.starts_with(NOT_OURS))?;
    Some(rest.to_lowercase().replace("__", "."))
}

/// A variable's text as the type that the setting's default has.
fn typed(default: &Value, text: &str) -> Result<Value, &'static str> {
    match default {
        Value::Num(..) => text.trim().parse::<u64>().map(Value::from).map_err(|_| "a whole number"),
        Value::Bool(..) => text.trim().parse::<bool>().map(Value::from).map_err(|_| "true or false"),
        Value::Array(..) => Ok(text
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .into()),
        _ => Ok(Value::from(text)),
    }
}

fn insert(layer: &mut Dict, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            layer.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let entry = layer.entry(section.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, section) = entry {
                insert(section, rest, value);
            }
        }
    }
}
