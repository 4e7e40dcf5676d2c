//! What a feed reads from: anything that numbers its changes.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::DbErr;
use uuid::Uuid;

use super::Running;

/// A part that is being worked on.
#[derive(Debug)]
pub struct InHand<C> {
    /// Which, and how far it is known to be.
    pub running: Running,
    /// Its last recorded state.
    pub part: Arc<C>,
}

impl<C> Clone for InHand<C> {
    fn clone(&self) -> Self {
        Self { running: self.running.clone(), part: self.part.clone() }
    }
}

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

    /// The parts that are being worked on at this moment, all read at once: at most `limit` of all,
    /// or those of `parts` alone. None, unless the journal says so; one that does numbers attempts
    /// and parts too.
    ///
    /// # Errors
    /// The database's.
    async fn in_hand(
        &self,
        _stream: Uuid,
        _parts: Option<&[i32]>,
        _limit: u64,
    ) -> Result<Vec<InHand<Self::Change>>, DbErr> {
        Ok(Vec::new())
    }

    /// The revision up to which a head tells.
    fn head_revision(head: &Self::Head) -> i64;

    /// Whether nothing more will come, short of a retry.
    fn is_final(head: &Self::Head) -> bool;

    /// The revision of a change.
    fn change_revision(change: &Self::Change) -> i64;

    /// How many attempts at the part had ended with the change; compare [`Running::attempt`].
    fn change_attempt(_change: &Self::Change) -> i32 {
        0
    }

    /// Which part has changed, as in [`Running::index`].
    fn change_index(_change: &Self::Change) -> i32 {
        0
    }
}
