//! `job`: what a machine is to do for an instance.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// What a machine is to do for an instance, or has done.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// Its id, which grows with time and is the same in every attempt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The topmost instance of its tree.
    pub root_id: Uuid,
    /// Whose it is.
    pub instance_id: Uuid,
    /// The entry in the history at which its token waits.
    pub activity_id: Uuid,
    /// The node, in the document.
    pub node_id: String,
    /// EXTERNAL or HTTP.
    pub kind: String,
    /// Which workers are asked.
    pub topic: String,
    /// The higher goes first.
    pub priority: i32,
    /// PENDING, WAITING, RUNNING, SUCCESS, FAILED or CANCELLED.
    pub status: String,
    /// Whether its instance is suspended.
    pub suspended: bool,
    /// What it is done with, beside the instance's variables, as JSON.
    pub inputs: String,
    /// How often it was claimed.
    pub attempt: i32,
    /// How often it has failed since an incident of it was resolved.
    pub failures: i32,
    /// How often it may fail before it is an incident.
    pub max_attempts: i32,
    /// The wait before another attempt, a duration of ISO 8601; none: it grows.
    pub retry_after: Option<String>,
    /// Until when a worker has it, or from when on it may be tried again.
    pub due_at: Option<DateTimeUtc>,
    /// Whose outcome counts: that of who claimed it last.
    pub lock_id: Option<Uuid>,
    /// As which user the worker claimed it.
    pub locked_by: Option<String>,
    /// What the worker calls itself.
    pub worker: Option<String>,
    /// What went wrong last, or the error of the process with which it ended.
    pub error_code: Option<String>,
    /// The same for people.
    pub error_message: Option<String>,
    /// Since when it is there.
    pub created_at: DateTimeUtc,
    /// When it ended.
    pub finished_at: Option<DateTimeUtc>,
    /// Of a call: what it was answered, as JSON, as long as that could not be brought to the instance.
    pub answer: Option<String>,
}

by_place!(Model {
    id,
    root_id,
    instance_id,
    activity_id,
    node_id,
    kind,
    topic,
    priority,
    status,
    suspended,
    inputs,
    attempt,
    failures,
    max_attempts,
    retry_after,
    due_at,
    lock_id,
    locked_by,
    worker,
    error_code,
    error_message,
    created_at,
    finished_at,
    answer
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
