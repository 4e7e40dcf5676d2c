//! What the program's configuration says about pipelines.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

/// The section `pipeline` of the configuration.
#[derive(Debug, Clone)]
pub struct PipelineConfig {
    /// The most pixels that a picture may decode to, 1 to 1,000,000,000.
    pub max_pixels: u64,
    /// How many pictures are decoded at a time, and on as many threads: 1 to 1,024; the number
    /// of processors where it is 0.
    pub workers: usize,
    /// A TrueType or OpenType font for watermarks, instead of the one that is built in
    /// (DejaVu Sans Bold: Latin, Greek, Cyrillic and more, but no Chinese, Japanese or Korean).
    pub watermark_font: Option<PathBuf>,
    /// What steps of kind `http` may post pictures to, by name (`[a-z][a-z0-9_]*`).
    pub services: BTreeMap<String, HttpService>,
}

impl Default for PipelineConfig {
    fn default() -> Self {
        Self { max_pixels: 50_000_000, workers: 0, watermark_font: None, services: BTreeMap::new() }
    }
}

/// A service that takes a picture by `POST` and answers a picture.
#[derive(Debug, Clone)]
pub struct HttpService {
    /// Where it is: `http` or `https`. Redirects are not followed.
    pub url: Url,
    /// Sent as `Authorization: Bearer …`.
    pub token: Option<SecretString>,
    /// How long a call may take in all, 1 to 600 seconds.
    pub timeout_seconds: u64,
    /// The largest answer, 1 to 1,073,741,824 bytes.
    pub max_response_bytes: usize,
}

impl HttpService {
    /// How long a call may take in all where nothing is said, in seconds.
    pub const TIMEOUT_SECONDS: u64 = 30;
    /// The largest answer where nothing is said, in bytes.
    pub const MAX_RESPONSE_BYTES: usize = 64 << 20;

    /// The service at `url`, without a token and with the usual limits.
    pub fn at(url: Url) -> Self {
        Self {
            url,
            token: None,
            timeout_seconds: Self::TIMEOUT_SECONDS,
            max_response_bytes: Self::MAX_RESPONSE_BYTES,
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("pipeline.{key}: {message}")]
pub struct PipelineConfigError {
    /// Which setting.
    pub key: String,
    /// What is wrong with it.
    pub message: String,
}

impl PipelineConfigError {
    pub(crate) fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }
}

impl PipelineConfig {
    /// How many threads [`workers`](Self::workers) stands for.
    pub fn worker_count(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            count => count,
        }
    }

    /// Holds every setting against its bounds.
    ///
    /// # Errors
    /// [`PipelineConfigError`] for the first that does not fit.
    pub fn check(&self) -> Result<(), PipelineConfigError> {
        let refuse = |key: &str, message: &str| Err(PipelineConfigError::new(key, message));
        if !(1..=1_000_000_000).contains(&self.max_pixels) {
            return refuse("max_pixels", "must be between 1 and 1,000,000,000");
        }
        if self.workers > 1_024 {
            return refuse("workers", "must be at most 1,024");
        }
        for (name, service) in &self.services {
            let key = |setting: &str| format!("services.{name}{setting}");
            if !super::feature::is_identifier(name, 64) {
                return refuse(
                    &key(""),
                    "a service's name has the form [a-z][a-z0-9_]*, at most 64 characters",
                );
            }
            if !matches!(service.url.scheme(), "http" | "https") || !service.url.has_host() {
                return refuse(&key(".url"), "must be an http or https address");
            }
            if !service.url.username().is_empty() || service.url.password().is_some() {
                return refuse(&key(".url"), "must hold no user name or password; use token");
            }
            if !(1..=600).contains(&service.timeout_seconds) {
                return refuse(&key(".timeout_seconds"), "must be between 1 and 600");
            }
            if !(1..=1 << 30).contains(&service.max_response_bytes) {
                return refuse(&key(".max_response_bytes"), "must be between 1 and 1,073,741,824");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_service(name: &str, url: &str, timeout_seconds: u64) -> PipelineConfig {
        let service = HttpService { timeout_seconds, ..HttpService::at(url.parse().unwrap()) };
        PipelineConfig { services: [(name.to_owned(), service)].into(), ..PipelineConfig::default() }
    }

    #[test]
    fn defaults_fit_and_bounds_are_named() {
        assert!(PipelineConfig::default().check().is_ok());
        assert!(with_service("up", "http://localhost", HttpService::TIMEOUT_SECONDS).check().is_ok());
        for (config, key) in [
            (PipelineConfig { max_pixels: 0, ..PipelineConfig::default() }, "pipeline.max_pixels"),
            (PipelineConfig { workers: 2_000, ..PipelineConfig::default() }, "pipeline.workers"),
            (with_service("Up", "http://localhost", 1), "pipeline.services.Up:"),
            (with_service("up", "ftp://localhost", 1), "pipeline.services.up.url"),
            (with_service("up", "http://a:b@localhost", 1), "pipeline.services.up.url"),
            (with_service("up", "http://localhost", 0), "timeout_seconds"),
        ] {
            let message = config.check().unwrap_err().to_string();
            assert!(message.contains(key), "{message}");
        }
    }
}
