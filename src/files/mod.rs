//! Files: uploads and outputs, the object storage under them, guarded fetching of callers' URLs,
//! and signed links.
//!
//! A file is a row that says whose it is and an object that holds its bytes. The object is durable
//! before the row is seen.

mod document;
pub mod fetch;
mod input;
mod media;
mod naming;
mod objects;
mod signed;
mod store;
mod sweep;
#[cfg(test)]
mod tests;
mod upload;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::kernel::{Actor, Clock, Fault};
use crate::storage::Db;

pub use input::{InputError, InputSource, Inputs, check_input_url};
pub use media::{
    MAX_TABLE_BYTES, MediaType, PICTURES, TABLES, UPLOADS, UPLOADS_AND_TABLES, is_picture, sniff,
};
pub use naming::OutputKey;
pub use objects::{ByteStream, FolderConfig, ObjectError, ObjectStore, OpenError, S3Config, StorageConfig};
pub use signed::{DEFAULT_LIFETIME, LinkSigner, MIN_SECRET_BYTES, WeakSecret, link_expiry};
pub use sweep::{ORPHAN_AGE, Swept};

/// Limits on uploads.
#[derive(Debug, Clone)]
pub struct FilesConfig {
    /// The largest file in bytes; 25 MiB by default.
    pub max_bytes: u64,
    /// How long an upload may pause, in milliseconds; 30 seconds by default.
    pub stall_ms: u64,
}

impl Default for FilesConfig {
    fn default() -> Self {
        Self { max_bytes: 25 * 1024 * 1024, stall_ms: 30_000 }
    }
}

/// A file: its bytes are under `storage_key` in the object storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its id.
    pub id: Uuid,
    /// Whose it is: a user's id.
    pub owner: String,
    /// A name for downloads, made safe by us.
    pub name: String,
    /// Its type, sniffed (uploads) or given by what made it (outputs).
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// Where its bytes are.
    pub storage_key: String,
    /// When it came.
    pub created_at: DateTime<Utc>,
}

/// A file whose bytes are in the storage already and which is to get its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// The id it gets; see [`Files::new_id`].
    pub id: Uuid,
    /// Whose it is.
    pub owner: String,
    /// A name for downloads; ours, not a caller's.
    pub name: String,
    /// What was written; see [`Files::write_output`].
    pub object: StoredObject,
}

/// An object that [`Files::write_output`] made durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Where it is.
    pub storage_key: String,
    /// Its type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A file that was opened for reading.
pub struct OpenFile {
    /// How many bytes the stream gives.
    pub length: u64,
    /// The bytes; it ends with an error where the storage has fewer than `length`.
    pub stream: ByteStream,
}

/// The service of files. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    db: Db,
    objects: ObjectStore,
    links: LinkSigner,
    clock: Arc<dyn Clock>,
    config: FilesConfig,
}

impl Files {
    /// The service over a database and an object storage.
    pub fn new(
        db: Db,
        objects: ObjectStore,
        links: LinkSigner,
        clock: Arc<dyn Clock>,
        config: FilesConfig,
    ) -> Self {
        Self { db, objects, links, clock, config }
    }

    /// The largest file that [`Files::upload`] takes, in bytes.
    pub fn max_bytes(&self) -> u64 {
        self.config.max_bytes
    }

    /// A new id for a file.
    pub fn new_id(&self) -> Uuid {
        naming::new_id(self.clock.now())
    }

    /// The file `id`.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is none, or it is neither the actor's nor is the actor ADMIN.
    pub async fn find(&self, actor: &Actor, id: Uuid) -> Result<StoredFile, Fault> {
        store::by_id(self.db.reader(), id)
            .await?
            .filter(|file| actor.may_handle_things_of(&file.owner))
            .ok_or_else(|| Fault::not_found("file"))
    }

    /// Those of the files `ids` that the actor may see, in no particular order; in one statement for
    /// a page's worth of ids.
    ///
    /// # Errors
    /// `INTERNAL` where the database fails.
    pub async fn find_many(&self, actor: &Actor, ids: &[Uuid]) -> Result<Vec<StoredFile>, Fault> {
        let mut files = store::by_ids(self.db.reader(), ids).await?;
        files.retain(|file| actor.may_handle_things_of(&file.owner));
        Ok(files)
    }

    /// Files by their ids, which the caller has found visible by what refers to them, whosever they are;
    /// in one statement for a page's worth of ids.
    ///
    /// # Errors
    /// `INTERNAL` where the database fails.
    pub async fn referred(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, StoredFile>, Fault> {
        let found = store::by_ids(self.db.reader(), ids).await?;
        Ok(found.into_iter().map(|file| (file.id, file)).collect())
    }

    /// The file `id` for whoever holds a link to it; `query` is the raw query of their request.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` where the link is void or has expired, `NOT_FOUND` where the file is gone.
    pub async fn find_signed(&self, id: Uuid, query: &str) -> Result<StoredFile, Fault> {
        self.links.verify(&file_path(id), query, self.clock.now())?;
        store::by_id(self.db.reader(), id).await?.ok_or_else(|| Fault::not_found("file"))
    }

    /// A signed link to the file `id`, for someone whose right to it was checked.
    pub fn link(&self, id: Uuid) -> String {
        self.links.link(&file_path(id), self.clock.now())
    }

    /// Opens the file's bytes, or a `range` of them.
    ///
    /// # Errors
    /// [`ObjectError::Gone`] where the object is gone though its row is there,
    /// [`ObjectError::OutOfRange`] where the range is not within the file, others where the storage
    /// fails.
    pub async fn read(&self, file: &StoredFile, range: Option<Range<u64>>) -> Result<OpenFile, ObjectError> {
        let range = range.unwrap_or(0..file.size);
        if range.start > range.end || range.end > file.size {
            return Err(ObjectError::OutOfRange { key: file.storage_key.clone() });
        }
        let length = range.end - range.start;
        Ok(OpenFile { length, stream: self.objects.read(&file.storage_key, range).await? })
    }

    /// Reads the whole file into memory, if it has at most `limit` bytes.
    ///
    /// # Errors
    /// [`ObjectError::TooLarge`] above the limit, and as [`Files::read`].
    pub async fn read_all(&self, file: &StoredFile, limit: u64) -> Result<Bytes, ObjectError> {
        if file.size > limit {
            return Err(ObjectError::TooLarge { key: file.storage_key.clone(), limit });
        }
        self.objects.read_all(&file.storage_key, 0..file.size).await
    }

    /// Writes what an attempt produced, durably. What an execution writes twice replaces its own;
    /// without a row (see [`Files::register_in_op`]) it is found by the sweep.
    ///
    /// # Errors
    /// [`ObjectError`] where the storage fails.
    pub async fn write_output(
        &self,
        key: OutputKey,
        bytes: Bytes,
        media: &MediaType,
    ) -> Result<StoredObject, ObjectError> {
        let storage_key = key.storage_key(media.extension);
        let size = bytes.len() as u64;
        self.objects.write(&storage_key, bytes, media.content_type).await?;
        Ok(StoredObject { storage_key, content_type: media.content_type.to_owned(), size })
    }

    /// Gives files whose bytes are durable their rows, in the caller's transaction.
    ///
    /// # Errors
    /// `INTERNAL` where the database refuses one; then the transaction must not be committed.
    pub async fn register_in_op(
        &self,
        transaction: &impl ConnectionTrait,
        files: &[NewFile],
    ) -> Result<(), Fault> {
        let created_at = self.clock.now();
        let rows: Vec<_> = files
            .iter()
            .map(|file| StoredFile {
                id: file.id,
                owner: file.owner.clone(),
                name: file.name.clone(),
                content_type: file.object.content_type.clone(),
                size: file.object.size,
                storage_key: file.object.storage_key.clone(),
                created_at,
            })
            .collect();
        Ok(store::insert(transaction, &rows).await?)
    }

    /// Deletes an object, such as the output of an attempt that came to nothing. One that is gone
    /// already is no error. Its row, if there is one, stays.
    ///
    /// # Errors
    /// [`ObjectError`] where the storage fails.
    pub async fn delete_object(&self, storage_key: &str) -> Result<(), ObjectError> {
        self.objects.delete(storage_key).await
    }

    /// Whether the object storage works; for readiness and `docket doctor`.
    ///
    /// # Errors
    /// [`ObjectError`] of what does not.
    pub async fn check(&self) -> Result<(), ObjectError> {
        self.objects.check().await
    }
}

/// The path under which a file is downloaded, without a signature.
pub fn file_path(id: Uuid) -> String {
    format!("/files/{id}")
}
