//! The SQL of holding tasks for a batch.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

use crate::storage::bulk::{Column, Rows};
use crate::storage::dialect::{for_update_skip_locked, sql};

/// Holds those of the tasks for a batch that are open, that nobody holds, and that nobody is changing at this
/// moment; which. So no two who hold tasks wait crosswise for each other, nor for who decides one.
pub(super) async fn hold_in_op(
    tx: &DatabaseTransaction,
    batch: Uuid,
    tasks: Vec<Uuid>,
) -> Result<HashSet<Uuid>, DbErr> {
    let free = free(tx, tasks, for_update_skip_locked(tx.get_database_backend())).await?;
    let text =
        |source: &str| format!("UPDATE task SET locked_by = x.batch FROM {source} WHERE task.id = x.id");
    let rows = Rows::new([("id", Column::Ids(free.clone()))]).each_with("batch", batch);
    let held = rows.execute_in_op(tx, text).await?;
    match held == free.len() as u64 {
        true => Ok(free.into_iter().collect()),
        false => Err(DbErr::RecordNotUpdated),
    }
}

/// Those of the tasks that are open and that no batch holds: somebody is changing them.
pub(super) async fn still_free(
    connection: &impl ConnectionTrait,
    tasks: Vec<Uuid>,
) -> Result<HashSet<Uuid>, DbErr> {
    Ok(free(connection, tasks, "").await?.into_iter().collect())
}

/// Those of the tasks that are open and that no batch holds, read with a lock.
async fn free(connection: &impl ConnectionTrait, tasks: Vec<Uuid>, lock: &str) -> Result<Vec<Uuid>, DbErr> {
    let text = |source: &str| {
        format!(
            "SELECT t.id FROM task t WHERE t.id IN (SELECT x.id FROM {source}) AND t.status = 1 \
             AND t.locked_by IS NULL AND t.finished_at IS NULL{lock}"
        )
    };
    let free = Rows::new([("id", Column::Ids(tasks))]).query_in_op(connection, text).await?;
    free.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Those of the instances of which a batch has decided a task.
pub(super) async fn decided_at(
    connection: &impl ConnectionTrait,
    batch: Uuid,
    instances: Vec<Uuid>,
) -> Result<HashSet<Uuid>, DbErr> {
    let rows = Rows::new([("id", Column::Ids(instances))]).each_with("batch", batch);
    let text = |source: &str| {
        format!(
            "SELECT t.instance_id FROM task t JOIN {source} ON t.instance_id = x.id AND t.decided_in = x.batch"
        )
    };
    let found = rows.query_in_op(connection, text).await?;
    found.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Lets go of those of the tasks that the batch holds.
pub(super) async fn let_go_of(
    connection: &impl ConnectionTrait,
    batch: Uuid,
    tasks: Vec<Uuid>,
) -> Result<(), DbErr> {
    let rows = Rows::new([("id", Column::Ids(tasks))]).each_with("batch", batch);
    let text = |source: &str| {
        format!(
            "UPDATE task SET locked_by = NULL FROM {source} WHERE task.id = x.id AND task.locked_by = x.batch"
        )
    };
    rows.execute_in_op(connection, text).await.map(drop)
}

/// Lets go of everything that a batch holds; how many tasks.
pub(super) async fn let_go_of_all(connection: &impl ConnectionTrait, batch: Uuid) -> Result<u64, DbErr> {
    let text = "UPDATE task SET locked_by = NULL WHERE locked_by = $1";
    let statement = sql(connection.get_database_backend(), text, [batch.into()]);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}

/// Lets go of tasks that are held by no batch that is still open; how many there were. There should be none:
/// for whoever looks after things.
///
/// # Errors
/// The database's.
pub async fn let_go_of_strays(connection: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let text = "UPDATE task SET locked_by = NULL WHERE locked_by IS NOT NULL AND NOT EXISTS \
                (SELECT 1 FROM engine_run r WHERE r.id = task.locked_by AND r.finished_at IS NULL)";
    Ok(connection.execute_raw(sql(connection.get_database_backend(), text, [])).await?.rows_affected())
}
