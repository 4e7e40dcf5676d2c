//! Runs as a journal: the changes of their items by revision.

use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::DbErr;
use uuid::Uuid;

use super::ItemStatus;
use super::store::read;
use crate::events::{InHand, Journal, Running, Steps};
use crate::storage::Db;
use crate::storage::entity::{item, run};

/// The journal of the engine's runs.
#[derive(Debug, Clone)]
pub struct RunJournal {
    db: Db,
    steps: Steps,
}

impl RunJournal {
    /// Reads from `db`; `steps` knows what this process is doing.
    pub(super) fn new(db: Db, steps: Steps) -> Self {
        Self { db, steps }
    }
}

#[async_trait]
impl Journal for RunJournal {
    type Head = run::Model;
    type Change = item::Model;

    async fn head(&self, stream: Uuid) -> Result<Option<run::Model>, DbErr> {
        read::run(&self.db, stream).await
    }

    async fn changes(
        &self,
        stream: Uuid,
        after: i64,
        until: i64,
        limit: u64,
    ) -> Result<Vec<item::Model>, DbErr> {
        read::changes(&self.db, stream, after, until, limit).await
    }

    async fn in_hand(
        &self,
        stream: Uuid,
        parts: Option<&[i32]>,
        limit: u64,
    ) -> Result<Vec<InHand<item::Model>>, DbErr> {
        let items = match parts {
            None => read::in_hand(&self.db, stream, limit).await?,
            Some(parts) => {
                let keys: Vec<_> = parts.iter().map(|index| (stream, *index)).collect();
                let found = read::items_by_key(&self.db, &keys).await?.into_values();
                found.filter(|view| view.status == ItemStatus::Running).map(|view| view.item).collect()
            }
        };
        let in_hand = |item: item::Model| {
            let (index, attempt) = (item.idx, item.attempt + 1);
            let step = self.steps.of(stream, index, attempt);
            InHand { running: Running { index, attempt, step }, part: Arc::new(item) }
        };
        Ok(items.into_iter().map(in_hand).collect())
    }

    fn head_revision(head: &run::Model) -> i64 {
        head.revision
    }

    fn is_final(head: &run::Model) -> bool {
        head.finished_at.is_some()
    }

    fn change_revision(change: &item::Model) -> i64 {
        change.revision
    }

    fn change_attempt(change: &item::Model) -> i32 {
        change.attempt
    }

    fn change_index(change: &item::Model) -> i32 {
        change.idx
    }
}
