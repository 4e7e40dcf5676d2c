//! A feed: cursor → replay → live, with one reader a stream for all its subscribers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures::Stream;
use parking_lot::Mutex;
use sea_orm::DbErr;
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use super::cursor;
use super::{Bus, Journal, Running, Signal};

/// How many changes one read brings at most.
const PAGE: u64 = 500;
/// How many reads a slow subscriber may fall behind before it goes back to the database.
const BACKLOG: usize = 32;
/// Two reads of a stream are at least so far apart: what changes faster is seen together.
const PAUSE: Duration = Duration::from_millis(20);
/// How often a watched stream is looked at where no signal comes.
const POLL: Duration = Duration::from_secs(2);
/// How many announcements of running parts wait for the next read at most; more are forgotten.
const ANNOUNCED: usize = 1_000;

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
    readers: Mutex<HashMap<Uuid, Reader<J>>>,
}

/// What a stream's reader has found: the changes in `from..=to`, shared by all subscribers.
struct Delta<J: Journal> {
    from: i64,
    to: i64,
    head: Arc<J::Head>,
    changes: Vec<Arc<J::Change>>,
    running: Vec<Running>,
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
        let follower = Follower {
            feed: self.clone(),
            stream,
            after,
            position: 0,
            phase: Phase::Start,
            ready: VecDeque::new(),
            live: None,
        };
        futures::stream::unfold(follower, |mut follower| async move {
            let message = follower.next().await?;
            Some((message, follower))
        })
    }

    /// Joins the stream's reader, starting one where there is none.
    fn join(self: &Arc<Self>, stream: Uuid) -> broadcast::Receiver<Arc<Delta<J>>> {
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
            Signal::Work | Signal::Stopped { .. } => return,
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

async fn read_once<J: Journal>(
    journal: &J,
    stream: Uuid,
    position: &mut Option<i64>,
    sender: &broadcast::Sender<Arc<Delta<J>>>,
    wake: &Wake,
) -> Result<(), DbErr> {
    let mut running = std::mem::take(&mut *wake.running.lock());
    let Some(head) = journal.head(stream).await? else { return Ok(()) };
    let end = J::head_revision(&head);
    let head = Arc::new(head);
    let mut from = *position.get_or_insert(end);
    loop {
        let changes = if from < end { journal.changes(stream, from, end, PAGE).await? } else { Vec::new() };
        let more = u64::try_from(changes.len()).is_ok_and(|n| n == PAGE);
        let to = if more { changes.last().map_or(end, J::change_revision) } else { end };
        let delta = Delta {
            from,
            to,
            head: head.clone(),
            changes: changes.into_iter().map(Arc::new).collect(),
            running: std::mem::take(&mut running),
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

enum Phase {
    Start,
    Replay,
    Live,
    Done,
}

/// One subscriber.
struct Follower<J: Journal> {
    feed: Arc<Feed<J>>,
    stream: Uuid,
    after: Option<String>,
    position: i64,
    phase: Phase,
    ready: VecDeque<Progress<J::Head, J::Change>>,
    live: Option<broadcast::Receiver<Arc<Delta<J>>>>,
}

impl<J: Journal> Follower<J> {
    async fn next(&mut self) -> Option<Result<Progress<J::Head, J::Change>, FeedError>> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Some(Ok(message));
            }
            let step = match self.phase {
                Phase::Start => self.start().await,
                Phase::Replay => self.replay().await,
                Phase::Live => self.follow().await,
                Phase::Done => return None,
            };
            if let Err(error) = step {
                self.phase = Phase::Done;
                return Some(Err(error));
            }
        }
    }

    async fn start(&mut self) -> Result<(), FeedError> {
        // Listening comes before reading, so that nothing falls between the two.
        self.live = Some(self.feed.join(self.stream));
        let head = self.feed.journal.head(self.stream).await?.ok_or(FeedError::NotFound)?;
        let end = J::head_revision(&head);
        match self.after.take() {
            Some(text) => {
                let after = cursor::decode(self.stream, &text).filter(|after| *after <= end);
                self.position = after.ok_or(FeedError::BadCursor)?;
                self.phase = Phase::Replay;
            }
            None => {
                self.position = end;
                self.phase = if J::is_final(&head) { Phase::Done } else { Phase::Live };
                self.push(&Arc::new(head), None, None);
            }
        }
        Ok(())
    }

    /// Catches up from the database, at the subscriber's own pace.
    async fn replay(&mut self) -> Result<(), FeedError> {
        let head = self.feed.journal.head(self.stream).await?.ok_or(FeedError::NotFound)?;
        let end = J::head_revision(&head);
        let changes = self.feed.journal.changes(self.stream, self.position, end, PAGE).await?;
        let more = u64::try_from(changes.len()).is_ok_and(|n| n == PAGE);
        let head = Arc::new(head);
        for change in changes {
            self.position = J::change_revision(&change);
            self.push(&head, Some(Arc::new(change)), None);
        }
        if !more {
            self.position = end;
            self.phase = Phase::Live;
            self.end_if_final(&head);
        }
        Ok(())
    }

    async fn follow(&mut self) -> Result<(), FeedError> {
        let Some(live) = &mut self.live else {
            self.live = Some(self.feed.join(self.stream));
            self.phase = Phase::Replay;
            return Ok(());
        };
        match live.recv().await {
            Ok(delta) if delta.from > self.position => self.phase = Phase::Replay,
            Ok(delta) => self.take(&delta),
            Err(broadcast::error::RecvError::Lagged(_)) => self.phase = Phase::Replay,
            Err(broadcast::error::RecvError::Closed) => self.live = None,
        }
        Ok(())
    }

    fn take(&mut self, delta: &Delta<J>) {
        for running in &delta.running {
            self.push(&delta.head, None, Some(running.clone()));
        }
        for change in &delta.changes {
            let revision = J::change_revision(change);
            if revision > self.position {
                self.position = revision;
                self.push(&delta.head, Some(change.clone()), None);
            }
        }
        self.position = self.position.max(delta.to);
        if J::head_revision(&delta.head) == self.position {
            self.end_if_final(&delta.head);
        }
    }

    fn end_if_final(&mut self, head: &Arc<J::Head>) {
        if J::is_final(head) {
            self.push(head, None, None);
            self.phase = Phase::Done;
        }
    }

    fn push(&mut self, head: &Arc<J::Head>, change: Option<Arc<J::Change>>, running: Option<Running>) {
        let cursor = cursor::encode(self.stream, self.position);
        self.ready.push_back(Progress { cursor, head: head.clone(), change, running });
    }
}
