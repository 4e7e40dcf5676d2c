//! Taking an upload in: streamed, sniffed, bounded, and seen only when it is whole and durable.

use std::error::Error;
use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{Stream, TryStreamExt as _};

use super::media::{self, HEAD_BYTES, MediaType};
use super::objects::PendingObject;
use super::{Files, StoredFile, naming, store};
use crate::kernel::{Actor, Fault};

/// How much is gathered before it is written: however small the pieces that a client sends, no
/// more than this is held for an upload (and one part more where the storage is S3).
const WRITE_BYTES: usize = 256 * 1024;
/// The multipart field of an upload, which faults name.
const FIELD: &str = "file";

impl Files {
    /// Takes in a file of one of the `accepted` types, in constant memory.
    ///
    /// `name` is what the sender calls it; only a safe form of it is kept. The row is written after
    /// the bytes are durable, so that whoever sees the file can read it. Giving up half way (the
    /// body fails, or the future is dropped) leaves neither a row nor an object.
    ///
    /// # Errors
    /// `BAD_INPUT` at `file` where it is empty, larger than [`Files::max_bytes`] or than its type
    /// allows, of another type, broken off or stalled; `INTERNAL` where the storage or the database fails.
    pub async fn upload<E>(
        &self,
        actor: &Actor,
        name: Option<&str>,
        accepted: &[MediaType],
        body: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<StoredFile, Fault>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let mut body = Body {
            pieces: pin!(body.map_err(Into::into)),
            size: 0,
            limit: self.config.max_bytes,
            stall: Duration::from_millis(self.config.stall_ms),
        };

        let mut gathered = BytesMut::new();
        while gathered.len() < HEAD_BYTES {
            let Some(piece) = body.next().await? else { break };
            gathered.extend_from_slice(&piece);
        }
        if gathered.is_empty() {
            return Err(Fault::bad_input(FIELD, "the file is empty"));
        }
        let media = media::sniff(&gathered, accepted)
            .ok_or_else(|| Fault::bad_input(FIELD, format!("the file must be {}", media::names(accepted))))?;

        body.limit = body.limit.min(media.max_bytes);
        let now = self.clock.now();
        let id = naming::new_id(now);
        let storage_key = naming::upload_key(id, media, now);
        let mut object = self.objects.create(&storage_key, media.content_type).await?;
        loop {
            if gathered.len() >= WRITE_BYTES {
                object.write(gathered.split().freeze()).await?;
            }
            let Some(piece) = body.next().await? else { break };
            gathered.extend_from_slice(&piece);
        }
        object.write(gathered.freeze()).await?;

        let file = StoredFile {
            id,
            owner: actor.user_id.clone(),
            name: naming::display_name(name, media),
            content_type: media.content_type.to_owned(),
            size: body.size,
            storage_key,
            created_at: now,
        };
        // In a task of its own: a client that hangs up now must not part the object from its row.
        let files = self.clone();
        tokio::spawn(async move { files.keep(object, file).await }).await.map_err(Fault::internal)?
    }

    /// Makes the object durable and then its row, or takes the object back.
    async fn keep(&self, object: PendingObject, file: StoredFile) -> Result<StoredFile, Fault> {
        object.finish().await?;
        if let Err(error) = store::insert(self.db.writer(), std::slice::from_ref(&file)).await {
            if let Err(error) = self.objects.delete(&file.storage_key).await {
                tracing::warn!(key = %file.storage_key, %error, "an object without a row is left to the sweep");
            }
            return Err(error.into());
        }
        Ok(file)
    }
}

/// An upload's body, counted and timed.
struct Body<S> {
    pieces: S,
    size: u64,
    limit: u64,
    stall: Duration,
}

impl<S> Body<S>
where
    S: Stream<Item = Result<Bytes, Box<dyn Error + Send + Sync>>> + Unpin,
{
    async fn next(&mut self) -> Result<Option<Bytes>, Fault> {
        let piece = match tokio::time::timeout(self.stall, self.pieces.try_next()).await {
            Ok(Ok(piece)) => piece,
            Ok(Err(error)) => {
                tracing::debug!(%error, "an upload broke off");
                return Err(Fault::bad_input(FIELD, "the upload broke off"));
            }
            Err(_) => return Err(Fault::bad_input(FIELD, "the upload stalled")),
        };
        let Some(piece) = piece else { return Ok(None) };
        self.size += piece.len() as u64;
        if self.size > self.limit {
            return Err(Fault::bad_input(FIELD, format!("the file must have at most {} bytes", self.limit)));
        }
        Ok(Some(piece))
    }
}
