//! `engine_run`: one piece of long work, its counters and its place in the queue.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A run. Its counters are exact: each is changed in the transaction that changes the items.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engine_run")]
pub struct Model {
    /// The run's id, given by its creator.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which handler executes its items.
    pub kind: String,
    /// Higher goes first.
    pub priority: i16,
    /// See [`crate::engine::RunStatus`].
    pub status: String,
    /// 1, and one more with each retry.
    pub generation: i32,
    /// The most items in hand at once, over all replicas.
    pub concurrency: i32,
    /// The most attempts at an item in a generation.
    pub max_attempts: i32,
    /// What the handler needs to know of the whole run, as JSON.
    pub context: String,
    /// How many items there are.
    pub total: i64,
    /// How many ended well.
    pub succeeded: i64,
    /// How many failed for good.
    pub failed: i64,
    /// How many had nothing to do any more.
    pub ignored: i64,
    /// How many were cancelled.
    pub cancelled: i64,
    /// How many are leased: the running ones.
    pub in_flight: i64,
    /// Grows by one with each recorded change of an item.
    pub revision: i64,
    /// Positions below are the items' indexes; those above are found in `engine_requeue`.
    pub span: i64,
    /// The next position to lease.
    pub head: i64,
    /// The end of the positions.
    pub tail: i64,
    /// When the next item that waits for another attempt is due.
    pub next_due_at: Option<DateTimeUtc>,
    /// When items of it were last leased: the longest unserved goes first.
    pub served_at: DateTimeUtc,
    /// When it was created.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// When its first item was leased.
    pub started_at: Option<DateTimeUtc>,
    /// When it ended; null while it has not, again after a retry.
    pub finished_at: Option<DateTimeUtc>,
}

by_place!(Model {
    id,
    kind,
    priority,
    status,
    generation,
    concurrency,
    max_attempts,
    context,
    total,
    succeeded,
    failed,
    ignored,
    cancelled,
    in_flight,
    revision,
    span,
    head,
    tail,
    next_due_at,
    served_at,
    created_at,
    updated_at,
    started_at,
    finished_at
});

/// How a run stands, without what it takes to work on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The run's id, given by its creator.
    pub id: Uuid,
    /// See [`crate::engine::RunStatus`].
    pub status: String,
    /// 1, and one more with each retry.
    pub generation: i32,
    /// How many items there are.
    pub total: i64,
    /// How many ended well.
    pub succeeded: i64,
    /// How many failed for good.
    pub failed: i64,
    /// How many had nothing to do any more.
    pub ignored: i64,
    /// How many were cancelled.
    pub cancelled: i64,
    /// How many are leased: the running ones.
    pub in_flight: i64,
    /// Grows by one with each recorded change of an item.
    pub revision: i64,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// When its first item was leased.
    pub started_at: Option<DateTimeUtc>,
    /// When it ended; null while it has not, again after a retry.
    pub finished_at: Option<DateTimeUtc>,
}

by_place!(Progress {
    id,
    status,
    generation,
    total,
    succeeded,
    failed,
    ignored,
    cancelled,
    in_flight,
    revision,
    updated_at,
    started_at,
    finished_at
});

impl From<Model> for Progress {
    fn from(run: Model) -> Self {
        let Model {
            id,
            status,
            generation,
            total,
            succeeded,
            failed,
            ignored,
            cancelled,
            in_flight,
            revision,
            updated_at,
            started_at,
            finished_at,
            ..
        } = run;
        Self {
            id,
            status,
            generation,
            total,
            succeeded,
            failed,
            ignored,
            cancelled,
            in_flight,
            revision,
            updated_at,
            started_at,
            finished_at,
        }
    }
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
