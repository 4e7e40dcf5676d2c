//! The database's schema as a list of migrations, for SQLite and PostgreSQL alike.

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;

mod dialect;
mod m20261122_000001_batches;
mod m20261122_000002_queue;
mod m20261122_000003_directory;
mod m20261122_000004_workflow;
mod m20261122_000005_events;
mod m20261123_000006_webhooks;
mod m20261123_000007_charts;
mod m20261123_000008_jobs;
mod m20261123_000009_start_events;
mod m20261123_000010_answers;
mod m20261123_000011_room;
mod m20261123_000012_pending;
mod m20261123_000013_approval_batches;
mod m20261123_000014_approval_sheets;

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_batches::Migration),
            Box::new(m20261122_000002_queue::Migration),
            Box::new(m20261122_000003_directory::Migration),
            Box::new(m20261122_000004_workflow::Migration),
            Box::new(m20261122_000005_events::Migration),
            Box::new(m20261123_000006_webhooks::Migration),
            Box::new(m20261123_000007_charts::Migration),
            Box::new(m20261123_000008_jobs::Migration),
            Box::new(m20261123_000009_start_events::Migration),
            Box::new(m20261123_000010_answers::Migration),
            Box::new(m20261123_000011_room::Migration),
            Box::new(m20261123_000012_pending::Migration),
            Box::new(m20261123_000013_approval_batches::Migration),
            Box::new(m20261123_000014_approval_sheets::Migration),
        ]
    }
}
