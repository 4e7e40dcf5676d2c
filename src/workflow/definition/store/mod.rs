//! The SQL of definitions.

pub(super) mod listing;
pub(super) mod versions;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, TryInsertResult,
};
use uuid::Uuid;

use crate::storage::entity::process_definition::{Column, Entity, Model};

/// The newest version of a process.
pub(super) async fn newest(connection: &impl ConnectionTrait, key: &str) -> Result<Option<Model>, DbErr> {
    Entity::find().filter(Column::Key.eq(key)).order_by_desc(Column::Version).one(connection).await
}

/// The id of a version, or of the newest one.
pub(super) async fn id_of(
    connection: &impl ConnectionTrait,
    key: &str,
    version: Option<i32>,
) -> Result<Option<Uuid>, DbErr> {
    let mut found = Entity::find().select_only().column(Column::Id).filter(Column::Key.eq(key));
    if let Some(version) = version {
        found = found.filter(Column::Version.eq(version));
    }
    found.order_by_desc(Column::Version).limit(1).into_tuple().one(connection).await
}

pub(super) async fn by_id(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(connection).await
}

/// Writes a version; whether its number was free.
pub(super) async fn add(connection: &impl ConnectionTrait, row: &Model) -> Result<bool, DbErr> {
    let insert = Entity::insert(row.clone().into_active_model())
        .on_conflict_do_nothing_on([Column::Key, Column::Version]);
    match insert.exec_without_returning(connection).await? {
        TryInsertResult::Inserted(written) => Ok(written == 1),
        TryInsertResult::Conflicted | TryInsertResult::Empty => Ok(false),
    }
}
