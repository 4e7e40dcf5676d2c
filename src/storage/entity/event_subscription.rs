//! `event_subscription`: something that an instance waits for beside people.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// Something that an instance waits for beside people; gone as soon as it waits no longer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_subscription")]
pub struct Model {
    /// As the instance's state has it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The topmost instance of its tree.
    pub root_id: Uuid,
    /// Who waits.
    pub instance_id: Uuid,
    /// The event, in the document.
    pub node_id: String,
    /// TIMER, MESSAGE or SIGNAL.
    pub kind: String,
    /// Of a message or a signal.
    pub name: Option<String>,
    /// When a timer fires.
    pub due_at: Option<DateTimeUtc>,
    /// The run that fires the timer; none as long as it is not due.
    pub run_id: Option<Uuid>,
    /// Since when it is waited for.
    pub created_at: DateTimeUtc,
}

by_place!(Model { id, root_id, instance_id, node_id, kind, name, due_at, run_id, created_at });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
