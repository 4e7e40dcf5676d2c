//! Runs as a journal: the changes of their items by revision.

use async_trait::async_trait;
use sea_orm::DbErr;
use uuid::Uuid;

use super::store::read;
use crate::events::Journal;
use crate::storage::Db;
use crate::storage::entity::{item, run};

/// The journal of the engine's runs.
#[derive(Debug, Clone)]
pub struct RunJournal {
    db: Db,
}

impl RunJournal {
    /// Reads from `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
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

    fn head_revision(head: &run::Model) -> i64 {
        head.revision
    }

    fn is_final(head: &run::Model) -> bool {
        head.finished_at.is_some()
    }

    fn change_revision(change: &item::Model) -> i64 {
        change.revision
    }
}
