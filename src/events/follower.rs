//! One subscriber of a feed: first what it missed, then what is in hand, then live.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::broadcast;
use uuid::Uuid;

use super::feed::{Delta, Feed, FeedError, IN_HAND, PAGE, Progress};
use super::{InHand, Journal, cursor};

enum Phase<H> {
    Start,
    Replay,
    /// Everything up to the head has been told but what is in hand.
    Join(Arc<H>),
    Live,
    Done,
}

/// One subscriber.
pub(super) struct Follower<J: Journal> {
    feed: Arc<Feed<J>>,
    stream: Uuid,
    after: Option<String>,
    position: i64,
    phase: Phase<J::Head>,
    ready: VecDeque<Progress<J::Head, J::Change>>,
    live: Option<broadcast::Receiver<Arc<Delta<J>>>>,
}

impl<J: Journal> Follower<J> {
    /// A subscriber from behind the cursor `after`, or from where the stream stands.
    pub(super) fn new(feed: Arc<Feed<J>>, stream: Uuid, after: Option<String>) -> Self {
        let ready = VecDeque::new();
        Self { feed, stream, after, position: 0, phase: Phase::Start, ready, live: None }
    }

    /// The next message; none behind the last.
    pub(super) async fn next(&mut self) -> Option<Result<Progress<J::Head, J::Change>, FeedError>> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Some(Ok(message));
            }
            let step = match &self.phase {
                Phase::Start => self.start().await,
                Phase::Replay => self.replay().await,
                Phase::Join(head) => {
                    let head = head.clone();
                    self.tell_in_hand(&head).await
                }
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
                let head = Arc::new(head);
                self.phase = if J::is_final(&head) { Phase::Done } else { Phase::Join(head.clone()) };
                self.push(&head, None, None);
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
            self.phase = Phase::Join(head.clone());
            self.end_if_final(&head);
        }
        Ok(())
    }

    /// Tells what is being worked on, which is announced once and recorded nowhere. What has
    /// changed behind the position is left out: that change is told first, and what began after it
    /// was announced after we had begun to listen.
    async fn tell_in_hand(&mut self, head: &Arc<J::Head>) -> Result<(), FeedError> {
        for in_hand in self.feed.journal.in_hand(self.stream, None, IN_HAND).await? {
            if J::change_revision(&in_hand.part) <= self.position {
                self.push(head, None, Some(in_hand));
            }
        }
        self.phase = Phase::Live;
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
        for change in &delta.changes {
            let revision = J::change_revision(change);
            if revision > self.position {
                self.position = revision;
                self.push(&delta.head, Some(change.clone()), None);
            }
        }
        // An older delta's is older than what was told on joining, which has it.
        if delta.to >= self.position {
            self.position = delta.to;
            for in_hand in &delta.running {
                self.push(&delta.head, None, Some(in_hand.clone()));
            }
        }
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

    fn push(
        &mut self,
        head: &Arc<J::Head>,
        change: Option<Arc<J::Change>>,
        running: Option<InHand<J::Change>>,
    ) {
        let cursor = cursor::encode(self.stream, self.position);
        self.ready.push_back(Progress { cursor, head: head.clone(), change, running });
    }
}
