//! The SQL of a case: what it reads under its lock, and its bulk writes.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use uuid::Uuid;

use super::Candidates;
use super::inbox::Entry;
use crate::storage::bulk::{Column, Rows};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::{for_update, for_update_skip_locked, sql};
use crate::storage::entity::{process_instance, task, task_candidate};
use crate::workflow::webhook::GENERATION;

/// How many rows one statement reads.
pub(super) const READ_AT_ONCE: usize = 500;

/// Locks the topmost instance of a tree and reads it, with the generation of the webhooks.
pub(super) async fn lock(
    tx: &DatabaseTransaction,
    root: Uuid,
) -> Result<Option<(process_instance::Model, i64)>, DbErr> {
    let backend = tx.get_database_backend();
    let text = format!(
        "SELECT {GENERATION}, {} FROM process_instance i WHERE i.id = $1{}",
        process_instance::Model::columns("i"),
        for_update(backend)
    );
    let Some(row) = tx.query_one_raw(sql(backend, text, [root.into()])).await? else { return Ok(None) };
    Ok(Some((process_instance::Model::at(&row, 1)?, row.try_get_by_index(0)?)))
}

/// Locks those of the topmost instances that nobody else holds, and reads them, with the generation of
/// the webhooks where there are any.
pub(super) async fn lock_free(
    tx: &DatabaseTransaction,
    roots: &[Uuid],
) -> Result<(Vec<process_instance::Model>, Option<i64>), DbErr> {
    let backend = tx.get_database_backend();
    let (columns, lock) = (process_instance::Model::columns("i"), for_update_skip_locked(backend));
    let text = |source: &str| {
        format!(
            "SELECT {GENERATION}, {columns} FROM process_instance i WHERE i.id IN (SELECT x.id FROM {source}) \
             ORDER BY i.id{lock}"
        )
    };
    let (mut found, mut generation) = (Vec::with_capacity(roots.len()), None);
    for row in Rows::new([("id", Column::Ids(roots.to_vec()))]).query_in_op(tx, text).await? {
        generation = Some(row.try_get_by_index(0)?);
        found.push(process_instance::Model::at(&row, 1)?);
    }
    Ok((found, generation))
}

/// Reads a task.
pub(super) async fn task(tx: &DatabaseTransaction, id: Uuid) -> Result<Option<task::Model>, DbErr> {
    let columns = task::Model::columns("t");
    let text = format!("SELECT {columns} FROM task t WHERE t.id = $1");
    let statement = sql(tx.get_database_backend(), text, [id.into()]);
    Ok(task::Model::all(tx, statement).await?.pop())
}

/// The tasks of an activity, in order: all, or those that are open or were added as signers.
pub(super) async fn tasks_of(
    tx: &DatabaseTransaction,
    activity: Uuid,
    all: bool,
) -> Result<Vec<task::Model>, DbErr> {
    let columns = task::Model::columns("t");
    let which = if all { "true" } else { SIBLINGS };
    let text =
        format!("SELECT {columns} FROM task t WHERE t.activity_id = $1 AND {which} ORDER BY t.ordinal, t.id");
    task::Model::all(tx, sql(tx.get_database_backend(), text, [activity.into()])).await
}

/// A task `t` is open, or was added as a signer.
const SIBLINGS: &str = "(t.finished_at IS NULL OR t.parent_id IS NOT NULL)";

/// The tasks of activities that are open or were added as signers, in no particular order.
pub(super) async fn siblings_of(
    tx: &DatabaseTransaction,
    activities: &[Uuid],
) -> Result<Vec<task::Model>, DbErr> {
    let (columns, table) = (task::Model::columns("t"), "task AS t");
    let rows = Rows::new([("id", Column::Ids(activities.to_vec()))]);
    let condition = format!("t.activity_id = x.id AND {SIBLINGS}");
    task::Model::all(tx, rows.look_up(tx.get_database_backend(), &columns, table, &condition)).await
}

/// Who may claim tasks.
pub(in crate::workflow) async fn candidates(
    connection: &impl ConnectionTrait,
    tasks: &[Uuid],
) -> Result<Candidates, DbErr> {
    let mut found = Candidates::new();
    for tasks in tasks.chunks(READ_AT_ONCE) {
        let rows = task_candidate::Entity::find()
            .filter(task_candidate::Column::TaskId.is_in(tasks.iter().copied()))
            .order_by_asc(task_candidate::Column::Principal)
            .all(connection)
            .await?;
        for row in rows {
            found.entry(row.task_id).or_default().push(row.principal);
        }
    }
    Ok(found)
}

/// Gives inboxes so many revisions more, making those that there are not; each one's stream and
/// its latest revision. The principals come in order, and are locked in it.
pub(super) async fn advance_inboxes(
    tx: &DatabaseTransaction,
    counts: &[(String, i64)],
) -> Result<BTreeMap<String, (Uuid, i64)>, DbErr> {
    let rows = Rows::new([
        ("principal", Column::Texts(counts.iter().map(|(principal, _)| principal.clone()).collect())),
        ("stream", Column::Ids(counts.iter().map(|_| Uuid::now_v7()).collect())),
        ("count", Column::BigIntegers(counts.iter().map(|(_, count)| *count).collect())),
    ]);
    let text = |source: &str| {
        format!(
            "INSERT INTO inbox (principal, stream, revision) SELECT principal, stream, count FROM {source} \
             WHERE true ON CONFLICT (principal) DO UPDATE SET revision = inbox.revision + excluded.revision \
             RETURNING principal, stream, revision"
        )
    };
    let mut found = BTreeMap::new();
    for row in rows.query_in_op(tx, text).await? {
        let principal: String = row.try_get_by_index(0)?;
        found.insert(principal, (row.try_get_by_index(1)?, row.try_get_by_index(2)?));
    }
    Ok(found)
}

/// An entry of an inbox.
pub(super) struct NewEntry {
    pub principal: String,
    pub task: Uuid,
    pub entry: Entry,
    pub revision: i64,
}

/// Writes entries of inboxes.
pub(super) async fn write_entries(tx: &DatabaseTransaction, entries: Vec<NewEntry>) -> Result<(), DbErr> {
    let mut states = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut copies = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for NewEntry { principal, task, entry, revision } in entries {
        match entry {
            Entry::State(state) => {
                states.0.push(principal);
                states.1.push(task);
                states.2.push(state.as_str().to_owned());
                states.3.push(revision);
            }
            Entry::Copy { by, at } => {
                copies.0.push(principal);
                copies.1.push(task);
                copies.2.push(at);
                copies.3.push(by);
                copies.4.push(revision);
            }
        }
    }
    let rows = Rows::new([
        ("revision", Column::BigIntegers(states.3)),
        ("principal", Column::Texts(states.0)),
        ("task_id", Column::Ids(states.1)),
        ("state", Column::Texts(states.2)),
    ]);
    let text = |source: &str| {
        format!(
            "INSERT INTO inbox_entry (principal, task_id, state, revision) \
             SELECT principal, task_id, state, revision FROM {source} WHERE true \
             ON CONFLICT (principal, task_id) DO UPDATE SET state = excluded.state, revision = excluded.revision"
        )
    };
    rows.execute_in_op(tx, text).await?;
    let rows = Rows::new([
        ("revision", Column::BigIntegers(copies.4)),
        ("principal", Column::Texts(copies.0)),
        ("task_id", Column::Ids(copies.1)),
        ("copied_at", Column::Times(copies.2)),
        ("copied_by", Column::Texts(copies.3)),
    ]);
    let text = |source: &str| {
        format!(
            "INSERT INTO inbox_entry \
             (principal, task_id, state, copied_at, copied_by, copied_revision, revision) \
             SELECT principal, task_id, 'NONE', copied_at, copied_by, revision, revision FROM {source} \
             WHERE true ON CONFLICT (principal, task_id) DO UPDATE SET copied_at = excluded.copied_at, \
             copied_by = excluded.copied_by, copied_revision = excluded.copied_revision"
        )
    };
    rows.execute_in_op(tx, text).await?;
    Ok(())
}
