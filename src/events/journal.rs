//! What a feed reads from: anything that numbers its changes.

use async_trait::async_trait;
use sea_orm::DbErr;
use uuid::Uuid;

/// A source of streams whose every change carries a revision that only grows.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Where a stream as a whole stands.
    type Head: Send + Sync + 'static;
    /// The latest state of one changed part.
    type Change: Send + Sync + 'static;

    /// Where the stream stands; none where there is no such stream.
    ///
    /// # Errors
    /// The database's.
    async fn head(&self, stream: Uuid) -> Result<Option<Self::Head>, DbErr>;

    /// The parts whose latest change is behind `after` and not behind `until`, oldest change
    /// first, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    async fn changes(
        &self,
        stream: Uuid,
        after: i64,
        until: i64,
        limit: u64,
    ) -> Result<Vec<Self::Change>, DbErr>;

    /// The revision up to which a head tells.
    fn head_revision(head: &Self::Head) -> i64;

    /// Whether nothing more will come, short of a retry.
    fn is_final(head: &Self::Head) -> bool;

    /// The revision of a change.
    fn change_revision(change: &Self::Change) -> i64;
}
