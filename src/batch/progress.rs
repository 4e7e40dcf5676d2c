//! A batch's progress: its run's feed, with the batch around it.

use futures::{Stream, StreamExt as _, stream};
use sea_orm::DbErr;

use super::{Batch, BatchProgress, Batches, store};
use crate::engine::{ItemStatus, ItemView};
use crate::events::{FeedError, Progress};
use crate::kernel::Fault;
use crate::storage::entity::{batch, item, run};

/// What one subscriber remembers, so that it asks the database little.
struct Follower {
    batches: Batches,
    row: batch::Model,
    /// Under which generation, ended or not, the row was read; it changes with these alone.
    read_at: (i32, bool),
}

impl Batches {
    /// Follows a batch that the caller has found visible.
    pub(super) fn follow(
        &self,
        batch: Batch,
        after: Option<String>,
    ) -> impl Stream<Item = Result<BatchProgress, Fault>> + Send + use<> {
        let messages = self.inner.feed.subscribe(batch.id(), after).boxed();
        let read_at = stands(&batch.run);
        let follower = Follower { batches: self.clone(), row: batch.row, read_at };
        stream::unfold(Some((messages, follower)), |state| async {
            let (mut messages, mut follower) = state?;
            let answer = match messages.next().await? {
                Ok(progress) => follower.answer(progress).await.map_err(Fault::from),
                Err(error) => Err(fault(error)),
            };
            let goes_on = answer.is_ok();
            Some((answer, goes_on.then_some((messages, follower))))
        })
    }
}

impl Follower {
    async fn answer(&mut self, progress: Progress<run::Model, item::Model>) -> Result<BatchProgress, DbErr> {
        let Progress { cursor, head, change, running } = progress;
        let item = match (change, running) {
            (Some(change), _) => {
                let status = change.status.parse::<ItemStatus>()?;
                Some(ItemView { item: change.as_ref().clone(), status, step: None })
            }
            (None, Some(in_hand)) => Some(ItemView {
                item: in_hand.part.as_ref().clone(),
                status: ItemStatus::Running,
                step: in_hand.running.step,
            }),
            (None, None) => None,
        };
        let run = run::Progress::from(head.as_ref().clone());
        let stands = stands(&run);
        if self.read_at != stands {
            // What it cost and what was given back is written with these, and with nothing else.
            if let Some(row) = store::row(self.batches.inner.db.reader(), self.row.id).await? {
                self.row = row;
            }
            self.read_at = stands;
        }
        let batch = Batch { row: self.row.clone(), run };
        Ok(BatchProgress { cursor, batch, item })
    }
}

/// What a run's costs change with.
fn stands(run: &run::Progress) -> (i32, bool) {
    (run.generation, run.finished_at.is_some())
}

fn fault(error: FeedError) -> Fault {
    match error {
        FeedError::BadCursor => Fault::bad_input("after", error.to_string()),
        FeedError::NotFound => Fault::not_found("batch"),
        FeedError::Db(error) => error.into(),
    }
}
