//! `engine_item`: the truth of one item.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// An item. Written once where all goes well: when it ends.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engine_item")]
pub struct Model {
    /// The run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    /// Its place in the run, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// See [`crate::engine::ItemStatus`]; RUNNING is never written, it follows from the leases.
    pub status: String,
    /// The generation in which it was last queued.
    pub generation: i32,
    /// How many attempts have ended, over all generations.
    pub attempt: i32,
    /// How many of them in this generation.
    pub spent: i32,
    /// The run's revision of its last recorded change; 0 while there was none.
    pub revision: i64,
    /// What its handler is to do, as JSON.
    pub input: String,
    /// What came of it, as JSON; of what has failed, what else is to be known of that.
    pub result: Option<String>,
    /// Why it failed or was ignored.
    pub error_code: Option<String>,
    /// The same for people.
    pub error_message: Option<String>,
    /// When its last recorded attempt began.
    pub started_at: Option<DateTimeUtc>,
    /// When it ended.
    pub finished_at: Option<DateTimeUtc>,
}

by_place!(Model {
    run_id,
    idx,
    status,
    generation,
    attempt,
    spent,
    revision,
    input,
    result,
    error_code,
    error_message,
    started_at,
    finished_at
});

/// What tells an item from others and how it stands, without what takes most of the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The run.
    pub run_id: Uuid,
    /// Its place in the run, from 0.
    pub idx: i32,
    /// See [`Model::status`].
    pub status: String,
    /// How many attempts have ended, over all generations.
    pub attempt: i32,
    /// Why it failed or was ignored.
    pub error_code: Option<String>,
    /// When its last recorded attempt began.
    pub started_at: Option<DateTimeUtc>,
    /// When it ended.
    pub finished_at: Option<DateTimeUtc>,
}

by_place!(Head { run_id, idx, status, attempt, error_code, started_at, finished_at });

/// The rest of what an item tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// What its handler is to do, as JSON.
    pub input: String,
    /// What came of it, as JSON.
    pub result: Option<String>,
    /// Why it failed or was ignored, for people.
    pub error_message: Option<String>,
}

impl Model {
    /// The item's head and the rest of what it tells.
    pub fn split(self) -> (Head, Texts) {
        let Self { run_id, idx, status, attempt, error_code, started_at, finished_at, .. } = self;
        let texts = Texts { input: self.input, result: self.result, error_message: self.error_message };
        (Head { run_id, idx, status, attempt, error_code, started_at, finished_at }, texts)
    }
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
