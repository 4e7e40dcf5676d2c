//! An object on its way in: nobody sees it until it is finished, and dropping it leaves nothing.

use bytes::Bytes;
use opendal::Writer;

use super::{ObjectError, ObjectStore, within};

/// An object that is being written.
pub(crate) struct PendingObject {
    store: ObjectStore,
    key: String,
    writer: Option<Writer>,
}

impl PendingObject {
    pub(super) fn new(store: ObjectStore, key: String, writer: Writer) -> Self {
        Self { store, key, writer: Some(writer) }
    }

    /// Adds bytes at the end.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<(), ObjectError> {
        match &mut self.writer {
            Some(writer) => within(&self.key, writer.write(bytes)).await,
            None => Ok(()),
        }
    }

    /// Makes the object durable, and seen under its key.
    pub(crate) async fn finish(mut self) -> Result<(), ObjectError> {
        if let Some(writer) = &mut self.writer {
            within(&self.key, writer.close()).await?;
        }
        self.writer = None;
        self.store.sync_names(&self.key).await
    }
}

impl Drop for PendingObject {
    /// Takes back what was written of an object that was given up: the client hung up, or the
    /// storage failed. What even this misses is found by the sweep.
    fn drop(&mut self) {
        let Some(mut writer) = self.writer.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let key = std::mem::take(&mut self.key);
        runtime.spawn(async move {
            if let Err(error) = within(&key, writer.abort()).await {
                tracing::warn!(%key, %error, "a half-written object could not be taken back");
            }
        });
    }
}
