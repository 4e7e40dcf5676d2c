//! `engine_attempt`: attempts that did not succeed.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// An attempt at an item that failed or was lost.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "engine_attempt")]
pub struct Model {
    /// The run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    /// The item's index.
    #[sea_orm(primary_key, auto_increment = false)]
    pub idx: i32,
    /// The attempt's number, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// The generation it belongs to.
    pub generation: i32,
    /// Why it did not succeed.
    pub error_code: String,
    /// The same for people.
    pub error_message: String,
    /// When it began, where that is known.
    pub started_at: Option<DateTimeUtc>,
    /// When it ended or was given up.
    pub finished_at: DateTimeUtc,
}

by_place!(Model { run_id, idx, number, generation, error_code, error_message, started_at, finished_at });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
