//! A batch's outputs as a ZIP, packed while it is sent.
//!
//! Nothing is compressed again, and no more than a few pictures are in memory at a time, however
//! large the archive. An object is opened before its entry is begun: one that cannot be read is
//! left out and said to be so in the manifest, which comes last. A large object that breaks off
//! half way is read on from there; where that fails for good the archive is broken off too, without
//! its directory, so that nobody takes it for whole.

mod manifest;
mod pack;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use self::manifest::Packed;
use self::pack::Packer;
use super::{Archive, ArchiveAccess, Batch, Batches, ItemResult, store};
use crate::engine::ItemStatus;
use crate::kernel::Fault;
use crate::storage::entity::item;

/// How much is packed ahead of what the client has taken, in bytes.
const PIPE: usize = 256 * 1024;
/// How much is handed to the client at once, in bytes.
const PIECE: usize = 128 * 1024;
/// What an entry takes beside its data at most, in bytes: two headers with a short name each.
const ENTRY_OVERHEAD: u64 = 256;

/// What goes into an archive, settled before its first byte.
struct Plan {
    /// What becomes of each item, by index.
    packed: Vec<Packed>,
    /// Whether it may pass what a ZIP can hold without its 64-bit extension.
    zip64: bool,
}

impl Batches {
    /// A ZIP of the batch's outputs with a `manifest.csv` of every item. With `success_only` it
    /// holds the outputs of items that succeeded, otherwise of every item that has one. A batch
    /// that is still open gives what there is so far.
    ///
    /// # Errors
    /// `NOT_FOUND` where the batch is not the actor's to see; `BAD_INPUT` where there is nothing
    /// to download.
    pub async fn archive(
        &self,
        access: ArchiveAccess<'_>,
        id: Uuid,
        success_only: bool,
    ) -> Result<Archive, Fault> {
        let batch = self.to_download(access, id).await?;
        let plan = self.plan(&batch, success_only).await?;
        let file_name = format!("batch-{}.zip", batch.row.number);
        let (writer, reader) = tokio::io::duplex(PIPE);
        let packer = Packer::new(self.clone(), batch, plan);
        // Ends when the client hangs up: then nobody reads the other end of the pipe any more.
        let packing = tokio::spawn(packer.pack(writer));
        let outcome = stream::once(async move {
            match packing.await {
                Ok(Ok(())) => Ok(None),
                Ok(Err(error)) => Err(error),
                Err(panic) => Err(std::io::Error::other(panic)),
            }
        });
        let bytes = ReaderStream::with_capacity(reader, PIECE).map_ok(Some).chain(outcome);
        let stream = bytes.try_filter_map(|piece| async move { Ok(piece) }).boxed();
        Ok(Archive { file_name, stream })
    }

    /// The batch, where something of it may be given out.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(super) async fn to_download(&self, access: ArchiveAccess<'_>, id: Uuid) -> Result<Batch, Fault> {
        let found = store::by_ids(self.inner.db.reader(), &[id]).await?.pop();
        let batch = found.filter(|batch| match access {
            ArchiveAccess::Actor(actor) => actor.may_handle_things_of(&batch.row.created_by),
            ArchiveAccess::Signed => true,
        });
        batch.ok_or_else(|| Fault::not_found("batch"))
    }

    /// Which items are to be packed, in one walk through all of them.
    async fn plan(&self, batch: &Batch, success_only: bool) -> Result<Plan, Fault> {
        let nothing = || Fault::bad_input("batchId", "this batch has nothing to download");
        if success_only && batch.run.succeeded == 0 {
            return Err(nothing());
        }
        let mut packed = Vec::new();
        let mut bytes = manifest::HEADER.len() as u64 + ENTRY_OVERHEAD;
        let mut count = 1_u64;
        let items = self.inner.engine.stream_items(batch.id());
        futures::pin_mut!(items);
        while let Some(item) = items.try_next().await? {
            let output = output_of(&item, success_only);
            packed.push(if output.is_some() { Packed::Planned } else { Packed::Nothing });
            bytes += manifest::MAX_LINE;
            if let Some(output) = output {
                bytes += u64::try_from(output.size).unwrap_or(u64::MAX / 2) + ENTRY_OVERHEAD;
                count += 1;
            }
        }
        if count == 1 {
            return Err(nothing());
        }
        Ok(Plan { packed, zip64: bytes >= u64::from(u32::MAX) || count >= u64::from(u16::MAX) })
    }
}

/// What the item has to pack.
pub(super) fn output_of(item: &item::Model, success_only: bool) -> Option<ItemResult> {
    let wanted = !success_only || item.status == ItemStatus::Success.as_str();
    ItemResult::of(item).filter(|_| wanted)
}

/// The name of an item's file: numbered from 1 with at least three digits, and as many as the last
/// one needs; ending as its type does.
pub(super) fn entry_name(index: i32, total: usize, extension: &str) -> String {
    let width = total.to_string().len().max(3);
    let plain = !extension.is_empty() && extension.len() <= 8;
    let plain = plain && extension.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let extension = if plain { extension } else { "bin" };
    format!("result_{:0width$}.{extension}", i64::from(index) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_three_digits_and_more_where_needed() {
        assert_eq!(entry_name(0, 1, "jpg"), "result_001.jpg");
        assert_eq!(entry_name(998, 999, "png"), "result_999.png");
        assert_eq!(entry_name(0, 1_000, "webp"), "result_0001.webp");
        assert_eq!(entry_name(99_999, 100_000, "gif"), "result_100000.gif");
        assert_eq!(entry_name(0, 1, "../x"), "result_001.bin");
        assert_eq!(entry_name(0, 1, ""), "result_001.bin");
    }
}
