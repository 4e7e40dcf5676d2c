//! `start_subscription`: a start event of a process that waits.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A start event of a process's newest version that waits for a time, a message or a signal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "start_subscription")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which process begins.
    pub definition_key: String,
    /// In which version.
    pub definition_id: Uuid,
    /// The start event, in the document.
    pub node_id: String,
    /// TIMER, MESSAGE or SIGNAL.
    pub kind: String,
    /// Of a message or a signal.
    pub name: Option<String>,
    /// Of a timer: when it begins the next instance.
    pub due_at: Option<DateTimeUtc>,
    /// Of a timer that does so again: the time between.
    pub every: Option<String>,
    /// How often it does so after that; none: without end.
    pub more: Option<i32>,
    /// The run that begins the instance; none as long as it is not due.
    pub run_id: Option<Uuid>,
    /// Since when it waits.
    pub created_at: DateTimeUtc,
}

by_place!(Model {
    id,
    definition_key,
    definition_id,
    node_id,
    kind,
    name,
    due_at,
    every,
    more,
    run_id,
    created_at
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
