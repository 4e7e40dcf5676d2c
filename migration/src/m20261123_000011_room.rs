//! Room in the pages of what is written again and again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// An instance is updated with each of its steps, and none of its indexes is about what changes. Where the new
/// row has room beside the old one, PostgreSQL leaves the indexes alone (heap-only tuples). Pages that are full
/// stay so until their rows go.
const ROOM: &str = "ALTER TABLE process_instance SET (fillfactor = 60)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => manager.get_connection().execute_unprepared(ROOM).await.map(drop),
            _ => Ok(()),
        }
    }
}
