//! A feed: cursor → replay → live, with one reader a stream for all its subscribers.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::Stream;
use parking_lot::Mutex;
use sea_orm::DbErr;
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use super::follower::Follower;
use super::{Bus, InHand, Journal, Running, Signal};

/// How many changes one read brings at most.
pub(super) const PAGE: u64 = 500;
/// How many reads a slow subscriber may fall behind before it goes back to the database.
const BACKLOG: usize = 32;
/// Two reads of a stream are at least so far apart: what changes faster is seen together.
const PAUSE: Duration = Duration::from_millis(20);
/// How often a watched stream is looked at where no signal comes.
const POLL: Duration = Duration::from_secs(2);
/// How many announcements of running parts wait for the next read at most; more are forgotten.
const ANNOUNCED: usize = 1_000;
/// How many running parts are told at once at most.
pub(super) const IN_HAND: u64 = 1_000;

/// One message of a feed.
#[derive(Debug)]
pub struct Progress<H, C> {
    /// Where the subscriber now stands; good for coming back.
    pub cursor: String,
    /// Where the stream as a whole stands.
    pub head: Arc<H>,
    /// The part that changed; none in the first and the final message.
    pub change: Option<Arc<C>>,
    /// A part that is being worked on, announced and not recorded; the cursor stays. No end of it
    /// was told before that is not undone since.
    pub running: Option<InHand<C>>,
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
    pub(super) journal: J,
    readers: Mutex<HashMap<Uuid, Reader<J>>>,
}

/// What a stream's reader has found: the changes in `from..=to`, shared by all subscribers.
pub(super) struct Delta<J: Journal> {
    pub from: i64,
    pub to: i64,
    pub head: Arc<J::Head>,
    pub changes: Vec<Arc<J::Change>>,
    /// What was announced, and was still in hand when everything up to `to` had been recorded.
    pub running: Vec<InHand<J::Change>>,
}

struct Reader<J: Journal> {
    sender: broadcast::Sender<Arc<Delta<J>>>,
    wake: Arc<Wake>,
}

#[derive(Default)]
struct Wake {
    rung: Notify,
    running: Mutex<Vec<Running>>,
}

impl<J: Journal> Feed<J> {
    /// A feed over `journal`, woken by `bus`. Must be called within a runtime.
    pub fn new(journal: J, bus: &dyn Bus) -> Arc<Self> {
        let feed = Arc::new(Self { journal, readers: Mutex::default() });
        tokio::spawn(dispatch(Arc::downgrade(&feed), bus.subscribe()));
        feed
    }

    /// Follows a stream: behind the cursor `after`, or from where it stands now. Ends with the
    /// final message of an ended stream, or after an error.
    pub fn subscribe(
        self: &Arc<Self>,
        stream: Uuid,
        after: Option<String>,
    ) -> impl Stream<Item = Result<Progress<J::Head, J::Change>, FeedError>> + Send + use<J> {
        let follower = Follower::new(self.clone(), stream, after);
        futures::stream::unfold(follower, |mut follower| async move {
            let message = follower.next().await?;
            Some((message, follower))
        })
    }

    /// Joins the stream's reader, starting one where there is none.
    pub(super) fn join(self: &Arc<Self>, stream: Uuid) -> broadcast::Receiver<Arc<Delta<J>>> {
        let mut readers = self.readers.lock();
        let reader = readers.entry(stream).or_insert_with(|| {
            let reader = Reader { sender: broadcast::channel(BACKLOG).0, wake: Arc::default() };
            tokio::spawn(read(self.clone(), stream, reader.sender.clone(), reader.wake.clone()));
            reader
        });
        reader.sender.subscribe()
    }

    fn hear(&self, signal: &Signal) {
        let (stream, running) = match signal {
            Signal::Changed { stream, .. } => (stream, None),
            Signal::Running { stream, items } => (stream, Some(items)),
            Signal::Work
            | Signal::Due { .. }
            | Signal::Told
            | Signal::Jobs { .. }
            | Signal::Stopped { .. } => return,
        };
        let readers = self.readers.lock();
        let Some(reader) = readers.get(stream) else { return };
        if let Some(items) = running {
            let mut waiting = reader.wake.running.lock();
            let room = ANNOUNCED.saturating_sub(waiting.len());
            waiting.extend(items.iter().take(room).cloned());
        }
        reader.wake.rung.notify_one();
    }

    fn wake_all(&self) {
        for reader in self.readers.lock().values() {
            reader.wake.rung.notify_one();
        }
    }
}

/// Brings signals to the readers they concern.
async fn dispatch<J: Journal>(feed: Weak<Feed<J>>, mut signals: broadcast::Receiver<Signal>) {
    loop {
        let heard = signals.recv().await;
        let Some(feed) = feed.upgrade() else { return };
        match heard {
            Ok(signal) => feed.hear(&signal),
            Err(broadcast::error::RecvError::Lagged(_)) => feed.wake_all(),
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

/// Reads a stream once for all its subscribers, until there are none.
async fn read<J: Journal>(
    feed: Arc<Feed<J>>,
    stream: Uuid,
    sender: broadcast::Sender<Arc<Delta<J>>>,
    wake: Arc<Wake>,
) {
    let _fallen = Fallen { feed: &feed, stream };
    let mut position = None;
    loop {
        match read_once(&feed.journal, stream, &mut position, &sender, &wake).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(%stream, %error, "a watched stream cannot be read"),
        }
        {
            let mut readers = feed.readers.lock();
            if sender.receiver_count() == 0 {
                readers.remove(&stream);
                return;
            }
        }
        tokio::time::sleep(PAUSE).await;
        let _ = tokio::time::timeout(POLL, wake.rung.notified()).await;
    }
}

/// Takes a reader that has panicked out of the feed: its subscribers notice, and start another.
struct Fallen<'a, J: Journal> {
    feed: &'a Feed<J>,
    stream: Uuid,
}

impl<J: Journal> Drop for Fallen<'_, J> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.feed.readers.lock().remove(&self.stream);
        }
    }
}

async fn read_once<J: Journal>(
    journal: &J,
    stream: Uuid,
    position: &mut Option<i64>,
    sender: &broadcast::Sender<Arc<Delta<J>>>,
    wake: &Wake,
) -> Result<(), DbErr> {
    let mut from = match *position {
        Some(position) => position,
        None => {
            let Some(head) = journal.head(stream).await? else { return Ok(()) };
            *position.insert(J::head_revision(&head))
        }
    };
    // What was announced before the head is read is ended by a change up to it, or by a later one.
    let announced = std::mem::take(&mut *wake.running.lock());
    let mut announced: HashMap<i32, Running> =
        announced.into_iter().map(|running| (running.index, running)).collect();
    let Some(head) = journal.head(stream).await? else { return Ok(()) };
    let end = J::head_revision(&head);
    let head = Arc::new(head);
    loop {
        let changes = if from < end { journal.changes(stream, from, end, PAGE).await? } else { Vec::new() };
        let more = u64::try_from(changes.len()).is_ok_and(|n| n == PAGE);
        let to = if more { changes.last().map_or(end, J::change_revision) } else { end };
        for change in &changes {
            let ended = |running: &Running| running.attempt <= J::change_attempt(change);
            if announced.get(&J::change_index(change)).is_some_and(ended) {
                announced.remove(&J::change_index(change));
            }
        }
        let running = if more {
            Vec::new()
        } else {
            still_in_hand(journal, stream, std::mem::take(&mut announced), end, wake).await?
        };
        let delta = Delta {
            from,
            to,
            head: head.clone(),
            changes: changes.into_iter().map(Arc::new).collect(),
            running,
        };
        // Nobody there is found out by the caller.
        let _ = sender.send(Arc::new(delta));
        *position = Some(to);
        from = to;
        if !more {
            return Ok(());
        }
    }
}

/// What of the announcements holds: one may come late, when the attempt has ended. What has changed
/// behind `end` waits for the read that tells of that change.
async fn still_in_hand<J: Journal>(
    journal: &J,
    stream: Uuid,
    announced: HashMap<i32, Running>,
    end: i64,
    wake: &Wake,
) -> Result<Vec<InHand<J::Change>>, DbErr> {
    if announced.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<_> = announced.keys().copied().collect();
    let found = journal.in_hand(stream, Some(&parts), IN_HAND).await?;
    let mut told = Vec::with_capacity(found.len());
    for in_hand in found {
        let Some(running) = announced.get(&in_hand.running.index) else { continue };
        if running.attempt != in_hand.running.attempt {
            continue;
        }
        if J::change_revision(&in_hand.part) > end {
            wake.running.lock().push(running.clone());
            wake.rung.notify_one();
        } else {
            told.push(InHand { running: running.clone(), part: in_hand.part });
        }
    }
    Ok(told)
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
