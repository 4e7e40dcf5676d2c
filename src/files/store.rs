//! The table `file`.

use std::collections::HashSet;

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};
use uuid::Uuid;

use super::StoredFile;
use crate::storage::bulk::insert_many;
use crate::storage::entity::file;

/// How many rows or values go into one statement; SQLite takes 32,766 values.
const ROWS_PER_STATEMENT: usize = 1_000;

impl From<file::Model> for StoredFile {
    fn from(row: file::Model) -> Self {
        Self {
            id: row.id,
            owner: row.owner,
            name: row.name,
            content_type: row.content_type,
            // The database refuses a negative size.
            size: u64::try_from(row.size).unwrap_or_default(),
            storage_key: row.storage_key,
            created_at: row.created_at,
        }
    }
}

fn row(file: &StoredFile) -> Result<file::ActiveModel, DbErr> {
    let size = i64::try_from(file.size).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(file::ActiveModel {
        id: Set(file.id),
        owner: Set(file.owner.clone()),
        name: Set(file.name.clone()),
        content_type: Set(file.content_type.clone()),
        size: Set(size),
        storage_key: Set(file.storage_key.clone()),
        created_at: Set(file.created_at),
    })
}

/// Inserts the rows, many a statement. A part of them may stay where it fails outside a transaction.
pub(super) async fn insert(db: &impl ConnectionTrait, files: &[StoredFile]) -> Result<(), DbErr> {
    insert_many::<file::Entity, _>(db, files.iter().map(row).collect::<Result<Vec<_>, _>>()?).await
}

pub(super) async fn by_id(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<StoredFile>, DbErr> {
    Ok(file::Entity::find_by_id(id).one(db).await?.map(StoredFile::from))
}

/// The files with these ids, in no particular order.
pub(super) async fn by_ids(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<StoredFile>, DbErr> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(ROWS_PER_STATEMENT) {
        let rows = file::Entity::find().filter(file::Column::Id.is_in(some.iter().copied())).all(db).await?;
        found.extend(rows.into_iter().map(StoredFile::from));
    }
    Ok(found)
}

/// Which of the keys have a row.
pub(super) async fn known_keys(db: &impl ConnectionTrait, keys: &[String]) -> Result<HashSet<String>, DbErr> {
    let mut known = HashSet::with_capacity(keys.len());
    for some in keys.chunks(ROWS_PER_STATEMENT) {
        let found: Vec<String> = file::Entity::find()
            .select_only()
            .column(file::Column::StorageKey)
            .filter(file::Column::StorageKey.is_in(some.iter().cloned()))
            .into_tuple()
            .all(db)
            .await?;
        known.extend(found);
    }
    Ok(known)
}
