//! Packing: objects out of the storage, entries into the pipe.

use std::io;

use async_zip::base::write::ZipFileWriter;
use async_zip::{Compression, ZipDateTimeBuilder, ZipEntryBuilder};
use bytes::Bytes;
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use futures::TryStreamExt as _;
use futures::io::AsyncWriteExt as _;
use tokio::io::DuplexStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};

use super::manifest::{self, Packed};
use super::{Plan, entry_name, output_of};
use crate::batch::{Batch, Batches, ItemInput, ItemResult};
use crate::files::{ByteStream, ObjectError, StoredFile};
use crate::storage::entity::item;

/// An object up to this size, in bytes, is read whole before its entry is begun.
const WHOLE: u64 = 4 * 1024 * 1024;
/// How many objects are opened ahead of the one that is being packed.
const AHEAD: usize = 2;
/// How often a large object that breaks off is read on.
const RESUMES: u32 = 3;
/// How much of the manifest is gathered before it is written, in bytes.
const GATHER: usize = 32 * 1024;

type Zip = ZipFileWriter<Compat<DuplexStream>>;

/// Packs one archive.
pub(super) struct Packer {
    batches: Batches,
    batch: Batch,
    plan: Plan,
}

/// An object, opened.
struct Opened {
    index: i32,
    extension: String,
    modified: DateTime<Utc>,
    file: StoredFile,
    body: Result<Body, ObjectError>,
}

enum Body {
    Whole(Bytes),
    Large(ByteStream),
}

impl Packer {
    pub(super) fn new(batches: Batches, batch: Batch, plan: Plan) -> Self {
        Self { batches, batch, plan }
    }

    /// Packs everything into the pipe. After an error the archive has no directory and is void.
    pub(super) async fn pack(self, pipe: DuplexStream) -> io::Result<()> {
        let id = self.batch.id();
        let packed = self.pack_all(pipe).await;
        match &packed {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                tracing::debug!(batch = %id, "a client hung up on an archive");
            }
            Err(error) => tracing::warn!(batch = %id, %error, "an archive was broken off"),
            Ok(()) => {}
        }
        packed
    }

    async fn pack_all(mut self, pipe: DuplexStream) -> io::Result<()> {
        let mut zip = ZipFileWriter::new(pipe.compat_write());
        if !self.plan.zip64 {
            zip = zip.force_no_zip64();
        }
        self.pack_outputs(&mut zip).await?;
        self.pack_manifest(&mut zip).await?;
        zip.close().await.map_err(zip_error)?.close().await
    }

    async fn pack_outputs(&mut self, zip: &mut Zip) -> io::Result<()> {
        let total = self.plan.packed.len();
        let wanted: Vec<bool> = self.plan.packed.iter().map(|packed| *packed == Packed::Planned).collect();
        let (batches, batch) = (self.batches.clone(), self.batch.clone());
        let opened = batches
            .inner
            .engine
            .stream_items(batch.id())
            .map_err(io::Error::other)
            .try_filter_map(move |item| {
                let wanted = place(&item).is_some_and(|place| wanted.get(place) == Some(&true));
                let output = output_of(&item, false).filter(|_| wanted);
                async move { Ok(output.map(|output| (item, output))) }
            })
            .map_ok(|(item, output)| open(&self.batches, &self.batch, item, output))
            .try_buffered(AHEAD);
        let mut states = Vec::new();
        {
            futures::pin_mut!(opened);
            while let Some(opened) = opened.try_next().await? {
                let index = opened.index;
                let state = match opened.body {
                    Ok(_) => {
                        let name = entry_name(index, total, &opened.extension);
                        self.pack_output(zip, name, opened).await?;
                        Packed::InArchive
                    }
                    Err(ref error) => {
                        tracing::warn!(batch = %self.batch.id(), index, %error, "an output cannot be read");
                        Packed::Unreadable
                    }
                };
                states.push((index, state));
            }
        }
        for (index, state) in states {
            if let Some(packed) =
                usize::try_from(index).ok().and_then(|place| self.plan.packed.get_mut(place))
            {
                *packed = state;
            }
        }
        Ok(())
    }

    async fn pack_output(&self, zip: &mut Zip, name: String, opened: Opened) -> io::Result<()> {
        let entry = entry(name, opened.modified);
        match opened.body.map_err(io::Error::other)? {
            Body::Whole(bytes) => zip.write_entry_whole(entry, &bytes).await.map_err(zip_error),
            Body::Large(mut stream) => {
                let mut writer = zip.write_entry_stream(entry).await.map_err(zip_error)?;
                let (mut written, mut resumes) = (0_u64, 0);
                loop {
                    match stream.try_next().await {
                        Ok(None) => break,
                        Ok(Some(piece)) => {
                            writer.write_all(&piece).await?;
                            written += piece.len() as u64;
                        }
                        Err(error) if resumes == RESUMES => return Err(io::Error::other(error)),
                        Err(_) => {
                            resumes += 1;
                            let rest = written..opened.file.size;
                            let files = &self.batches.inner.files;
                            stream =
                                files.read(&opened.file, Some(rest)).await.map_err(io::Error::other)?.stream;
                        }
                    }
                }
                writer.close().await.map_err(zip_error)
            }
        }
    }

    async fn pack_manifest(&self, zip: &mut Zip) -> io::Result<()> {
        let total = self.plan.packed.len();
        let modified = self.batch.run.updated_at;
        let mut writer =
            zip.write_entry_stream(entry(manifest::NAME.to_owned(), modified)).await.map_err(zip_error)?;
        let mut text = manifest::HEADER.to_owned();
        let items = self.batches.inner.engine.stream_items(self.batch.id());
        futures::pin_mut!(items);
        while let Some(item) = items.try_next().await.map_err(io::Error::other)? {
            let packed = place(&item).and_then(|place| self.plan.packed.get(place)).copied();
            let input = ItemInput::of(&item).map(|input| input.url).unwrap_or_default();
            let name = ItemResult::of(&item).map(|output| entry_name(item.idx, total, &output.extension));
            text.push_str(&manifest::line(&item, &input, name.as_deref(), packed.unwrap_or(Packed::Nothing)));
            if text.len() >= GATHER {
                writer.write_all(text.as_bytes()).await?;
                text.clear();
            }
        }
        writer.write_all(text.as_bytes()).await?;
        writer.close().await.map_err(zip_error)
    }
}

/// Opens an item's object; a small one is read.
async fn open(batches: &Batches, batch: &Batch, item: item::Model, output: ItemResult) -> io::Result<Opened> {
    let modified = item.finished_at.unwrap_or(batch.row.created_at);
    let file = output.stored_file(&batch.row.created_by, modified);
    let files = &batches.inner.files;
    let body = if file.size <= WHOLE {
        files.read_all(&file, WHOLE).await.map(Body::Whole)
    } else {
        files.read(&file, None).await.map(|open| Body::Large(open.stream))
    };
    Ok(Opened { index: item.idx, extension: output.extension, modified, file, body })
}

fn entry(name: String, modified: DateTime<Utc>) -> ZipEntryBuilder {
    // A ZIP knows the years from 1980 to 2107.
    let date = ZipDateTimeBuilder::new()
        .year(modified.year().clamp(1980, 2107))
        .month(modified.month())
        .day(modified.day())
        .hour(modified.hour())
        .minute(modified.minute())
        .second(modified.second());
    ZipEntryBuilder::new(name.into(), Compression::Stored)
        .last_modification_date(date.build())
        .unix_permissions(0o644)
}

fn place(item: &item::Model) -> Option<usize> {
    usize::try_from(item.idx).ok()
}

fn zip_error(error: async_zip::error::ZipError) -> io::Error {
    match error {
        async_zip::error::ZipError::UpstreamReadError(error) => error,
        other => io::Error::other(other),
    }
}
