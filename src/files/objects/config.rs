//! Where objects are kept, as configured.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

/// The object storage to use.
#[derive(Debug, Clone)]
pub enum StorageConfig {
    /// A folder of this machine.
    Folder(FolderConfig),
    /// A bucket that speaks S3.
    S3(S3Config),
}

impl StorageConfig {
    /// The default: the folder `files` in the data folder.
    pub fn in_data_dir(data_dir: &Path) -> Self {
        Self::Folder(FolderConfig { path: data_dir.join("files") })
    }
}

/// A folder of this machine.
#[derive(Debug, Clone)]
pub struct FolderConfig {
    /// The folder; made where it is missing. All of it must be on one file system.
    pub path: PathBuf,
}

/// A bucket that speaks S3.
#[derive(Debug, Clone)]
pub struct S3Config {
    /// The bucket's name. It must exist.
    pub bucket: String,
    /// The server's address, such as `https://minio.internal:9000`; Amazon's where there is none.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` where there is none and the endpoint is not Amazon's.
    pub region: Option<String>,
    /// The key's id. With the secret, or neither: then the machine's own credentials are used.
    pub access_key_id: Option<String>,
    /// The key's secret.
    pub secret_access_key: Option<SecretString>,
    /// A prefix under which everything is kept; the bucket's root where there is none.
    pub root: Option<String>,
    /// Address the bucket as `bucket.endpoint` instead of `endpoint/bucket`.
    pub virtual_host_style: bool,
}

/// Why an object storage cannot be opened: what is wrong with its settings.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting is missing or malformed.
    #[error("storage.{key}: {message}")]
    Setting {
        /// The setting's name within the section.
        key: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The folder cannot be made or read.
    #[error("storage.path: the folder {} cannot be used: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The client for it could not be built.
    #[error("the object storage cannot be opened: {0}")]
    Client(#[source] opendal::Error),
}

impl OpenError {
    fn setting(key: &'static str, message: impl Into<String>) -> Self {
        Self::Setting { key, message: message.into() }
    }
}

impl S3Config {
    /// Checks what can be checked without asking the server.
    ///
    /// # Errors
    /// [`OpenError::Setting`] naming the setting.
    pub(crate) fn check(&self) -> Result<(), OpenError> {
        if self.bucket.is_empty() || self.bucket.contains(|c: char| c == '/' || c.is_whitespace()) {
            return Err(OpenError::setting("bucket", "must be a bucket's name"));
        }
        if let Some(endpoint) = &self.endpoint {
            let url = url::Url::parse(endpoint)
                .map_err(|error| OpenError::setting("endpoint", format!("is not a URL: {error}")))?;
            if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
                return Err(OpenError::setting("endpoint", "must start with http:// or https://"));
            }
            if !url.username().is_empty() || url.password().is_some() {
                return Err(OpenError::setting(
                    "endpoint",
                    "must not hold credentials: use access_key_id and secret_access_key",
                ));
            }
        } else if self.region.is_none() {
            return Err(OpenError::setting("region", "is needed where there is no endpoint"));
        }
        match (&self.access_key_id, &self.secret_access_key) {
            (Some(_), None) => {
                Err(OpenError::setting("secret_access_key", "is needed together with access_key_id"))
            }
            (None, Some(_)) => {
                Err(OpenError::setting("access_key_id", "is needed together with secret_access_key"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> S3Config {
        S3Config {
            bucket: "b".to_owned(),
            endpoint: Some("http://127.0.0.1:9000".to_owned()),
            region: None,
            access_key_id: Some("id".to_owned()),
            secret_access_key: Some(SecretString::from("hush-hush")),
            root: Some("docket".to_owned()),
            virtual_host_style: false,
        }
    }

    #[test]
    fn a_wrong_setting_is_told_by_its_name() {
        assert!(good().check().is_ok());
        let endpoint = |url: &str| S3Config { endpoint: Some(url.to_owned()), ..good() };
        for (wrong, expected) in [
            (S3Config { bucket: String::new(), ..good() }, "storage.bucket"),
            (S3Config { bucket: "a/b".to_owned(), ..good() }, "storage.bucket"),
            (endpoint("minio:9000"), "storage.endpoint"),
            (endpoint("not a url"), "storage.endpoint"),
            (endpoint("http://me:pw@minio"), "storage.endpoint"),
            (S3Config { endpoint: None, ..good() }, "storage.region"),
            (S3Config { access_key_id: None, ..good() }, "storage.access_key_id"),
            (S3Config { secret_access_key: None, ..good() }, "storage.secret_access_key"),
        ] {
            let message = wrong.check().unwrap_err().to_string();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    #[test]
    fn secrets_do_not_show() {
        assert!(!format!("{:?}", StorageConfig::S3(good())).contains("hush-hush"));
    }
}
