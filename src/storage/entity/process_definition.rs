//! `process_definition`: a process as it was deployed.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A process as it was deployed. Rows are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "process_definition")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The process's id in the document.
    pub key: String,
    /// From 1, growing with each deployment of the key.
    pub version: i32,
    /// What to call it.
    pub name: String,
    /// The document as it was deployed.
    pub bpmn_xml: String,
    /// The chart that it was drawn as, as JSON; none: it was deployed as this document.
    pub chart: Option<String>,
    /// Who deployed it.
    pub deployed_by: String,
    /// When.
    pub created_at: DateTimeUtc,
}

by_place!(Model { id, key, version, name, bpmn_xml, chart, deployed_by, created_at });

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
