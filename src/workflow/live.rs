//! Approvals live: instances and inboxes as journals, and what a subscriber is told.

use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use uuid::Uuid;

use super::Workflow;
use crate::events::{FeedError, Journal, Progress};
use crate::kernel::{Actor, Fault};
use crate::storage::Db;
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;
use crate::storage::entity::{inbox, inbox_entry, process_instance, task};

/// Instances as a journal: the changes of their tasks by revision, and what else has happened last.
#[derive(Debug, Clone)]
pub struct InstanceJournal {
    db: Db,
}

/// Inboxes as a journal: the changes of their entries by revision.
#[derive(Debug, Clone)]
pub struct InboxJournal {
    db: Db,
}

/// A change of an inbox: what a task has become in it, or that it was shown.
#[derive(Debug, Clone)]
pub struct InboxChange {
    /// The inbox's revision in which it happened.
    pub revision: i64,
    /// It was shown; else its state has changed.
    pub is_copy: bool,
    /// What the task is to the inbox's principal.
    pub entry: inbox_entry::Model,
    /// The task as it stands.
    pub task: task::Model,
}

/// A change of an instance.
#[derive(Debug, Clone)]
pub struct InstanceChange {
    /// The instance's revision in which it happened.
    pub revision: i64,
    /// The task that changed; none where it was something else: a comment, a copy, a suspension, or a
    /// step of what the instance has called.
    pub task: Option<Arc<task::Model>>,
}

impl InstanceJournal {
    /// Reads from `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    async fn is_running(&self, instance: Uuid) -> Result<bool, DbErr> {
        let text = "SELECT 1 FROM process_instance WHERE id = $1 AND ended_at IS NULL";
        let reader = self.db.reader();
        let found = reader.query_one_raw(sql(reader.get_database_backend(), text, [instance.into()])).await?;
        Ok(found.is_some())
    }
}

impl InboxJournal {
    /// Reads from `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Journal for InstanceJournal {
    type Head = process_instance::Model;
    type Change = InstanceChange;

    async fn head(&self, stream: Uuid) -> Result<Option<process_instance::Model>, DbErr> {
        super::read::instance(self.db.reader(), stream).await
    }

    async fn changes(
        &self,
        stream: Uuid,
        after: i64,
        until: i64,
        limit: u64,
    ) -> Result<Vec<InstanceChange>, DbErr> {
        let text = format!(
            "SELECT {} FROM task t WHERE t.instance_id = $1 AND t.revision > $2 AND t.revision <= $3 \
             ORDER BY t.revision LIMIT {limit}",
            task::Model::columns("t")
        );
        let reader = self.db.reader();
        let values = [stream.into(), after.into(), until.into()];
        let tasks = task::Model::all(reader, sql(reader.get_database_backend(), text, values)).await?;
        let change = |task: task::Model| InstanceChange { revision: task.revision, task: Some(task.into()) };
        let mut changes: Vec<_> = tasks.into_iter().map(change).collect();
        let told = changes.last().map_or(after, |last: &InstanceChange| last.revision);
        let is_whole = u64::try_from(changes.len()).is_ok_and(|found| found < limit);
        // Something else has happened last. Of an end, the final message tells.
        if is_whole && told < until && self.is_running(stream).await? {
            changes.push(InstanceChange { revision: until, task: None });
        }
        Ok(changes)
    }

    fn head_revision(head: &process_instance::Model) -> i64 {
        head.revision
    }

    fn is_final(head: &process_instance::Model) -> bool {
        head.ended_at.is_some()
    }

    fn change_revision(change: &InstanceChange) -> i64 {
        change.revision
    }
}

#[async_trait]
impl Journal for InboxJournal {
    type Head = inbox::Model;
    type Change = InboxChange;

    async fn head(&self, stream: Uuid) -> Result<Option<inbox::Model>, DbErr> {
        let text = "SELECT principal, stream, revision FROM inbox WHERE stream = $1";
        let reader = self.db.reader();
        let row = reader.query_one_raw(sql(reader.get_database_backend(), text, [stream.into()])).await?;
        row.map(|row| inbox_of(&row)).transpose()
    }

    async fn changes(
        &self,
        stream: Uuid,
        after: i64,
        until: i64,
        limit: u64,
    ) -> Result<Vec<InboxChange>, DbErr> {
        // What it has become, and that it was shown, are told apart: neither hides the other.
        let found = |revision: &str, is_copy: i32, which: &str| {
            format!(
                "SELECT * FROM (SELECT {}, e.{revision} AS told, {is_copy} AS is_copy FROM inbox_entry e \
                 WHERE e.principal = (SELECT principal FROM inbox WHERE stream = $1) AND e.{revision} > $2 \
                 AND e.{revision} <= $3 AND {which} ORDER BY e.{revision} LIMIT {limit}) AS s",
                inbox_entry::Model::columns("e"),
            )
        };
        let text = format!(
            "SELECT e.told, e.is_copy, {}, {} FROM ({} UNION ALL {}) AS e JOIN task t ON t.id = e.task_id \
             ORDER BY e.told LIMIT {limit}",
            inbox_entry::Model::columns("e"),
            task::Model::columns("t"),
            found("revision", 0, "e.state <> 'NONE'"),
            found("copied_revision", 1, "e.copied_at IS NOT NULL"),
        );
        let reader = self.db.reader();
        let values = [stream.into(), after.into(), until.into()];
        let rows = reader.query_all_raw(sql(reader.get_database_backend(), text, values)).await?;
        let read = |row: &QueryResult| {
            let is_copy: i32 = row.try_get_by_index(1)?;
            Ok(InboxChange {
                revision: row.try_get_by_index(0)?,
                is_copy: is_copy != 0,
                entry: inbox_entry::Model::at(row, 2)?,
                task: task::Model::at(row, 2 + inbox_entry::Model::COLUMNS.len())?,
            })
        };
        rows.iter().map(read).collect()
    }

    fn head_revision(head: &inbox::Model) -> i64 {
        head.revision
    }

    /// New tasks can always come.
    fn is_final(_: &inbox::Model) -> bool {
        false
    }

    fn change_revision(change: &InboxChange) -> i64 {
        change.revision
    }
}

fn inbox_of(row: &QueryResult) -> Result<inbox::Model, DbErr> {
    Ok(inbox::Model {
        principal: row.try_get_by_index(0)?,
        stream: row.try_get_by_index(1)?,
        revision: row.try_get_by_index(2)?,
    })
}

/// One message of an instance's progress.
#[derive(Debug, Clone)]
pub struct InstanceProgress {
    /// Where the subscriber now stands.
    pub cursor: String,
    /// The instance as it stands.
    pub instance: Arc<process_instance::Model>,
    /// The task that changed; none in the first and the final message, and where something else has
    /// happened.
    pub task: Option<Arc<task::Model>>,
}

impl Workflow {
    /// Follows an instance behind the cursor `after`, or from where it stands now. The first message
    /// without `after` and the final one have no task, nor have those that tell of something else new in
    /// its history; the stream ends with the final message, or with the first error.
    ///
    /// # Errors
    /// `NOT_FOUND` where the instance is not the actor's to see. In the stream, `BAD_INPUT` for a
    /// cursor that is none of this instance's.
    pub async fn follow_instance(
        &self,
        actor: &Actor,
        id: Uuid,
        after: Option<String>,
    ) -> Result<BoxStream<'static, Result<InstanceProgress, Fault>>, Fault> {
        self.visible_instance(actor, id).await?;
        let messages = self.inner.instances.subscribe(id, after);
        let told = |message: Result<Progress<_, _>, FeedError>| match message {
            Ok(Progress { cursor, head, change, .. }) => {
                let task = change.and_then(|change: Arc<InstanceChange>| change.task.clone());
                Ok(InstanceProgress { cursor, instance: head, task })
            }
            Err(error) => Err(fault(error, "process instance")),
        };
        Ok(messages.map(told).boxed())
    }
}

/// A broken feed, for whoever follows it.
pub(super) fn fault(error: FeedError, thing: &str) -> Fault {
    match error {
        FeedError::BadCursor => Fault::bad_input("after", error.to_string()),
        FeedError::NotFound => Fault::not_found(thing),
        FeedError::Db(error) => error.into(),
    }
}
