//! The sweep: what crashes leave behind in the object storage is found and deleted.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::TryStreamExt as _;

use super::objects::{CHECKS, INCOMING, ListedObject};
use super::{Files, naming, store};
use crate::kernel::Fault;

/// How old an object without a row must be before it counts as left behind. Far longer than any
/// upload or attempt takes between its bytes and its row.
pub const ORPHAN_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many objects are looked up at once.
const LOOKED_UP_AT_ONCE: usize = 500;

/// What a sweep did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// How many objects it looked at.
    pub seen: u64,
    /// How many of them it deleted.
    pub deleted: u64,
}

impl Files {
    /// Deletes objects older than [`ORPHAN_AGE`] that no row names: half-written ones, those of
    /// uploads and attempts that were never recorded, and those of checks that broke off. Safe beside everything else, and on several
    /// replicas at once. Parts of uploads that an S3 server keeps by itself are the business of a
    /// lifecycle rule of the bucket.
    ///
    /// # Errors
    /// `INTERNAL` where the storage or the database fails; what was deleted stays deleted.
    pub async fn sweep_orphans(&self) -> Result<Swept, Fault> {
        let born_before = self.clock.now() - ORPHAN_AGE;
        let mut swept = Swept::default();
        for prefix in [naming::UPLOADS, naming::OUTPUTS, INCOMING, CHECKS] {
            let mut objects = self.objects.list(prefix).await?;
            let mut old = Vec::with_capacity(LOOKED_UP_AT_ONCE);
            loop {
                let object = objects.try_next().await?;
                let is_last = object.is_none();
                swept.seen += u64::from(!is_last);
                old.extend(object.filter(|object| is_old(object, born_before)).map(|object| object.key));
                if old.len() >= LOOKED_UP_AT_ONCE || is_last {
                    swept.deleted += self.delete_unknown(&old).await?;
                    old.clear();
                }
                if is_last {
                    break;
                }
            }
        }
        Ok(swept)
    }

    async fn delete_unknown(&self, keys: &[String]) -> Result<u64, Fault> {
        let known = store::known_keys(self.db.reader(), keys).await?;
        let mut deleted = 0;
        for key in keys.iter().filter(|key| !known.contains(*key)) {
            self.objects.delete(key).await?;
            tracing::info!(%key, "deleted an object that no file names");
            deleted += 1;
        }
        Ok(deleted)
    }
}

fn is_old(object: &ListedObject, born_before: DateTime<Utc>) -> bool {
    object.modified_at < born_before
}
