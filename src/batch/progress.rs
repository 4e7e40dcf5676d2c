//! A batch's progress: its run's feed, with the batch around it.

use std::collections::HashMap;

use futures::{Stream, StreamExt as _, stream};
use sea_orm::DbErr;
use uuid::Uuid;

use super::{Batch, BatchProgress, Batches, store};
use crate::engine::{ItemStatus, ItemView};
use crate::events::{FeedError, Progress, Running};
use crate::kernel::Fault;
use crate::storage::entity::{batch, item, run};

/// How many messages that are there at once are looked up at once.
const AT_ONCE: usize = 256;
/// How many items in hand a subscriber remembers.
const REMEMBERED: usize = 512;

type Message = Result<Progress<run::Model, item::Model>, FeedError>;

/// What one subscriber remembers, so that it asks the database little.
struct Follower {
    batches: Batches,
    row: batch::Model,
    /// Under which generation, ended or not, the row was read; it changes with these alone.
    read_at: Option<(i32, bool)>,
    /// Items in hand, as they were before.
    in_hand: HashMap<i32, item::Model>,
}

impl Batches {
    /// Follows a batch that the caller has found visible.
    pub(super) fn follow(
        &self,
        batch: Batch,
        after: Option<String>,
    ) -> impl Stream<Item = Result<BatchProgress, Fault>> + Send + use<> {
        let messages = self.inner.feed.subscribe(batch.id(), after);
        let read_at = Some(stands(&batch.run));
        let follower = Follower { batches: self.clone(), row: batch.row, read_at, in_hand: HashMap::new() };
        let chunks = messages.ready_chunks(AT_ONCE).boxed();
        stream::unfold(Some((chunks, follower)), |state| async {
            let (mut chunks, mut follower) = state?;
            let chunk = chunks.next().await?;
            let (answers, failed) = match follower.resolve(chunk).await {
                Ok(answers) => {
                    let failed = answers.last().is_some_and(Result::is_err);
                    (answers, failed)
                }
                Err(error) => (vec![Err(error.into())], true),
            };
            Some((stream::iter(answers), (!failed).then_some((chunks, follower))))
        })
        .flatten()
    }
}

impl Follower {
    async fn resolve(&mut self, chunk: Vec<Message>) -> Result<Vec<Result<BatchProgress, Fault>>, DbErr> {
        self.look_up_running(&chunk).await?;
        let mut answers = Vec::with_capacity(chunk.len());
        for message in chunk {
            match message {
                Ok(progress) => answers.extend(self.answer(progress).await?.map(Ok)),
                Err(error) => {
                    answers.push(Err(fault(error)));
                    break;
                }
            }
        }
        Ok(answers)
    }

    /// Reads the items that are announced as in hand and not remembered, in one statement.
    async fn look_up_running(&mut self, chunk: &[Message]) -> Result<(), DbErr> {
        if self.in_hand.len() > REMEMBERED {
            self.in_hand.clear();
        }
        let mut unknown: Vec<(Uuid, i32)> = chunk
            .iter()
            .flatten()
            .filter_map(|progress| progress.running.as_ref())
            .filter(|running| !self.in_hand.contains_key(&running.index))
            .map(|running| (self.row.id, running.index))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        if unknown.is_empty() {
            return Ok(());
        }
        let found = self.batches.inner.engine.items_by_key(&unknown).await?;
        self.in_hand.extend(found.into_iter().map(|((_, index), view)| (index, view.item)));
        Ok(())
    }

    async fn answer(
        &mut self,
        progress: Progress<run::Model, item::Model>,
    ) -> Result<Option<BatchProgress>, DbErr> {
        let Progress { cursor, head, change, running } = progress;
        let item = match (change, running) {
            (Some(change), _) => {
                self.in_hand.remove(&change.idx);
                let status = change.status.parse::<ItemStatus>()?;
                Some(ItemView { item: change.as_ref().clone(), status, step: None })
            }
            (None, Some(running)) => match self.running(running) {
                Some(view) => Some(view),
                None => return Ok(None),
            },
            (None, None) => None,
        };
        let stands = stands(&head);
        if self.read_at != Some(stands) {
            // What it cost and what was given back is written with these, and with nothing else.
            if let Some(row) = store::row(self.batches.inner.db.reader(), self.row.id).await? {
                self.row = row;
            }
            self.read_at = Some(stands);
        }
        let batch = Batch { row: self.row.clone(), run: head.as_ref().clone() };
        Ok(Some(BatchProgress { cursor, batch, item }))
    }

    /// The announced item; nothing where it has ended meanwhile, for its end is on its way, or was
    /// told already.
    fn running(&self, running: Running) -> Option<ItemView> {
        let item = self.in_hand.get(&running.index)?;
        if item.status != ItemStatus::Pending.as_str() || item.attempt >= running.attempt {
            return None;
        }
        Some(ItemView { item: item.clone(), status: ItemStatus::Running, step: running.step })
    }
}

/// What a run's costs change with.
fn stands(run: &run::Model) -> (i32, bool) {
    (run.generation, run.finished_at.is_some())
}

fn fault(error: FeedError) -> Fault {
    match error {
        FeedError::BadCursor => Fault::bad_input("after", error.to_string()),
        FeedError::NotFound => Fault::not_found("batch"),
        FeedError::Db(error) => error.into(),
    }
}
