//! A feed: cursor → replay → live, with one reader a stream for all its subscribers.

use std::sync::Arc;

use sea_orm::DbErr;
use uuid::Uuid;

use super::{Bus, Journal, Running};
use crate::kernel::Clock;

/// One message of a feed.
#[derive(Debug)]
pub struct Progress<H, C> {
    /// Where the subscriber now stands; good for coming back.
    pub cursor: String,
    /// Where the stream as a whole stands.
    pub head: Arc<H>,
    /// The part that changed; none in the first and the final message.
    pub change: Option<Arc<C>>,
    /// A part that is being worked on, announced and not recorded; the cursor stays.
    pub running: Option<Running>,
}

/// Why a feed cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The cursor is none of this stream's.
    #[error("this is not a cursor of this stream")]
    BadCursor,
    /// There is no such stream.
    #[error("no such stream")]
    NotFound,
    /// The database's own.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Feeds subscribers of any number of streams from one journal.
pub struct Feed<J: Journal> {
    journal: J,
}

impl<J: Journal> Feed<J> {
    /// A feed over `journal`, woken by `bus`.
    pub fn new(journal: J, bus: Arc<dyn Bus>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let _ = (bus, clock);
        Arc::new(Self { journal })
    }

    /// Follows a stream from `after`, or from where it stands now.
    pub fn subscribe(
        self: &Arc<Self>,
        stream: Uuid,
        after: Option<String>,
    ) -> impl futures::Stream<Item = Result<Progress<J::Head, J::Change>, FeedError>> + Send + use<J> {
        let _ = (stream, after, &self.journal);
        futures::stream::empty()
    }
}
