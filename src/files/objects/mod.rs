//! Object storage: bytes under keys, in a folder by default and in an S3 bucket by configuration.

mod config;
mod error;
mod pending;
#[cfg(test)]
pub(crate) mod tests;

use std::future::Future;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::{self, BoxStream};
use futures::{StreamExt as _, TryStreamExt as _};
use opendal::options::{ListOptions, WriteOptions};
use opendal::{EntryMode, Operator};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

pub use config::{FolderConfig, OpenError, S3Config, StorageConfig};
pub use error::ObjectError;
pub(crate) use pending::PendingObject;

/// The bytes of an object, as they come.
pub type ByteStream = BoxStream<'static, Result<Bytes, ObjectError>>;

/// Where half-written objects wait in a folder, so that none is ever seen half.
pub(crate) const INCOMING: &str = ".incoming/";
/// Where [`ObjectStore::check`] writes, reads and deletes.
pub(crate) const CHECKS: &str = ".check/";
/// S3 takes parts of at least 5 MiB; an object below this size is one request.
const S3_PART_BYTES: usize = 8 * 1024 * 1024;
/// How long one request to the storage may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// The object storage. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ObjectStore {
    operator: Operator,
    /// The folder, where it is one: names in it must be made durable by hand.
    folder: Option<Arc<Path>>,
}

/// An object as listed.
#[derive(Debug, Clone)]
pub(crate) struct ListedObject {
    pub key: String,
    pub modified_at: DateTime<Utc>,
}

impl ObjectStore {
    /// Opens the storage. Asks an S3 server nothing yet: [`ObjectStore::check`] does.
    ///
    /// # Errors
    /// [`OpenError`] naming the setting that is wrong.
    pub fn open(config: &StorageConfig) -> Result<Self, OpenError> {
        match config {
            StorageConfig::Folder(config) => Self::open_folder(&config.path),
            StorageConfig::S3(config) => Self::open_s3(config),
        }
    }

    fn open_folder(path: &Path) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Folder { path: path.to_owned(), source };
        std::fs::create_dir_all(path.join(INCOMING)).map_err(unusable)?;
        let folder = path.canonicalize().map_err(unusable)?;
        let text = |path: &Path| {
            path.to_str()
                .map(str::to_owned)
                .ok_or_else(|| OpenError::Setting { key: "path", message: "must be valid UTF-8".to_owned() })
        };
        let service = opendal::services::Fs::default()
            .root(&text(&folder)?)
            .atomic_write_dir(&text(&folder.join(INCOMING))?);
        let operator = Operator::new(service).map_err(OpenError::Client)?;
        Ok(Self { operator, folder: Some(folder.into()) })
    }

    fn open_s3(config: &S3Config) -> Result<Self, OpenError> {
        config.check()?;
        opendal::install_default();
        let mut service = opendal::services::S3::default()
            .bucket(&config.bucket)
            .region(config.region.as_deref().unwrap_or("us-east-1"))
            .root(config.root.as_deref().unwrap_or("/"));
        if let Some(endpoint) = &config.endpoint {
            service = service.endpoint(endpoint);
        }
        if let (Some(id), Some(secret)) = (&config.access_key_id, &config.secret_access_key) {
            // With keys of its own it must not pick up what else the machine may have.
            service = service
                .access_key_id(id)
                .secret_access_key(secret.expose_secret())
                .disable_config_load()
                .disable_ec2_metadata();
        }
        if config.virtual_host_style {
            service = service.enable_virtual_host_style();
        }
        Ok(Self { operator: Operator::new(service).map_err(OpenError::Client)?, folder: None })
    }

    /// Writes, reads and deletes a small object: whether the storage works. Where it breaks off in
    /// between, the sweep finds what is left.
    ///
    /// # Errors
    /// [`ObjectError`] of the first step that fails.
    pub async fn check(&self) -> Result<(), ObjectError> {
        let key = format!("{CHECKS}{}", Uuid::new_v4());
        let written = Bytes::from(key.clone());
        self.write(&key, written.clone(), "text/plain").await?;
        let read = self.read_all(&key, 0..written.len() as u64).await;
        self.delete(&key).await?;
        if read? == written {
            Ok(())
        } else {
            Err(ObjectError::Failed {
                transient: false,
                source: "what was read is not what was written".into(),
            })
        }
    }

    /// Writes an object whole. Afterwards it is durable; before, nobody sees any of it. What was
    /// under the key is replaced.
    ///
    /// # Errors
    /// [`ObjectError`]; then the key holds what it held before.
    pub async fn write(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), ObjectError> {
        let mut object = self.create(key, content_type).await?;
        object.write(bytes).await?;
        object.finish().await
    }

    /// Begins an object that is written piece by piece.
    pub(crate) async fn create(&self, key: &str, content_type: &str) -> Result<PendingObject, ObjectError> {
        let mut options = WriteOptions::default();
        if self.folder.is_none() {
            options.chunk = Some(S3_PART_BYTES);
            options.content_type = Some(content_type.to_owned());
        }
        let writer = within(key, self.operator.writer_options(key, options)).await?;
        Ok(PendingObject::new(self.clone(), key.to_owned(), writer))
    }

    /// Opens an object and reads `range` of it. The first bytes are fetched before it answers, so
    /// that an object that is gone is known then.
    ///
    /// # Errors
    /// [`ObjectError::Gone`] where there is none, [`ObjectError::Truncated`] (here or in the
    /// stream) where it ends before the range does, and others where the storage fails.
    pub async fn read(&self, key: &str, range: Range<u64>) -> Result<ByteStream, ObjectError> {
        let reader = within(key, self.operator.reader(key)).await?;
        let buffers = within(key, reader.into_stream(range.clone())).await?;
        let mut pieces = PieceReader {
            buffers: buffers.map_ok(|buffer| buffer.to_bytes()).boxed(),
            missing: range.end.saturating_sub(range.start),
            end: range.end,
            key: key.to_owned(),
            operator: self.operator.clone(),
        };
        let first = pieces.next().await?;
        let rest = stream::try_unfold(pieces, |mut pieces| async move {
            Ok(pieces.next().await?.map(|piece| (piece, pieces)))
        });
        Ok(stream::iter(first.map(Ok)).chain(rest).boxed())
    }

    /// Reads `range` of an object into memory; the caller bounds it.
    ///
    /// # Errors
    /// As [`ObjectStore::read`].
    pub async fn read_all(&self, key: &str, range: Range<u64>) -> Result<Bytes, ObjectError> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let mut stream = self.read(key, range).await?;
        let first = stream.try_next().await?.unwrap_or_default();
        if first.len() == length {
            return Ok(first);
        }
        let mut bytes = bytes::BytesMut::with_capacity(length);
        bytes.extend_from_slice(&first);
        while let Some(piece) = stream.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }

    /// Deletes an object. One that is gone already is no error.
    ///
    /// # Errors
    /// [`ObjectError`] where the storage fails.
    pub async fn delete(&self, key: &str) -> Result<(), ObjectError> {
        within(key, self.operator.delete(key)).await
    }

    /// Every object whose key begins with the folder `prefix`, in no particular order.
    pub(crate) async fn list(
        &self,
        prefix: &str,
    ) -> Result<BoxStream<'static, Result<ListedObject, ObjectError>>, ObjectError> {
        let options = ListOptions { recursive: true, ..ListOptions::default() };
        let lister = within(prefix, self.operator.lister_options(prefix, options)).await?;
        let prefix = prefix.to_owned();
        let objects = lister.map_err(move |error| ObjectError::from_opendal(&prefix, error));
        Ok(objects
            .try_filter_map(|entry| async move {
                let metadata = entry.metadata();
                // Without a time nobody can say that it is old, so it is left alone.
                let modified = metadata.last_modified().filter(|_| metadata.mode() == EntryMode::FILE);
                Ok(modified.map(|time| ListedObject {
                    key: entry.path().to_owned(),
                    modified_at: std::time::SystemTime::from(time).into(),
                }))
            })
            .boxed())
    }

    /// Makes the names of an object and of the folders above it survive a power cut.
    async fn sync_names(&self, key: &str) -> Result<(), ObjectError> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let object: PathBuf = folder.join(key);
        let synced = tokio::task::spawn_blocking(move || {
            for parent in object.ancestors().skip(1) {
                std::fs::File::open(parent)?.sync_all()?;
                if parent == &*folder {
                    break;
                }
            }
            Ok::<_, std::io::Error>(())
        });
        match synced.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(ObjectError::Failed { transient: true, source: Box::new(error) }),
            Err(error) => Err(ObjectError::Failed { transient: true, source: Box::new(error) }),
        }
    }
}

/// Reads piece by piece what is still missing of a range.
struct PieceReader {
    buffers: BoxStream<'static, Result<Bytes, opendal::Error>>,
    missing: u64,
    end: u64,
    key: String,
    operator: Operator,
}

impl PieceReader {
    async fn next(&mut self) -> Result<Option<Bytes>, ObjectError> {
        if self.missing == 0 {
            return Ok(None);
        }
        match within(&self.key, self.buffers.try_next()).await {
            Ok(Some(piece)) => {
                self.missing = self.missing.saturating_sub(piece.len() as u64);
                Ok(Some(piece))
            }
            Ok(None) => Err(ObjectError::Truncated { key: self.key.clone() }),
            // A storage has many ways to say that there is less than it was asked for.
            Err(error @ ObjectError::Failed { transient: false, .. }) => {
                let metadata = within(&self.key, self.operator.stat(&self.key)).await;
                let is_shorter = metadata.is_ok_and(|metadata| metadata.content_length() < self.end);
                Err(if is_shorter { ObjectError::Truncated { key: self.key.clone() } } else { error })
            }
            Err(error) => Err(error),
        }
    }
}

/// A request to the storage, which may not take for ever.
pub(crate) async fn within<T>(
    key: &str,
    request: impl Future<Output = Result<T, opendal::Error>>,
) -> Result<T, ObjectError> {
    bounded(REQUEST_TIMEOUT, key, request).await
}

async fn bounded<T>(
    limit: Duration,
    key: &str,
    request: impl Future<Output = Result<T, opendal::Error>>,
) -> Result<T, ObjectError> {
    match tokio::time::timeout(limit, request).await {
        Ok(answer) => answer.map_err(|error| ObjectError::from_opendal(key, error)),
        Err(_) => Err(ObjectError::Timeout),
    }
}
