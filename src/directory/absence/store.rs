//! The SQL of absences.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};

use super::SetAbsence;
use super::rules::MAX_HOPS;
use crate::directory::model::Absence;
use crate::directory::store::{Keys, look_up};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::{for_no_key_update, sql};

/// Locks an active person, so that their absences are set one after the other; whether there is one.
/// Others may refer to them meanwhile, so that two who name each other do not wait crosswise.
pub(super) async fn lock_person_in_op(tx: &DatabaseTransaction, person: &str) -> Result<bool, DbErr> {
    let backend = tx.get_database_backend();
    let lock = for_no_key_update(backend);
    let text = format!("SELECT 1 FROM directory_person WHERE id = $1 AND is_active{lock}");
    Ok(tx.query_one_raw(sql(backend, text, [person.into()])).await?.is_some())
}

/// The person's absences that are not over.
pub(super) async fn not_over_in_op(
    tx: &DatabaseTransaction,
    person: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Absence>, DbErr> {
    let columns = Absence::columns("a");
    let text = format!("SELECT {columns} FROM directory_absence a WHERE a.person = $1 AND a.ends_at > $2");
    Absence::all(tx, sql(tx.get_database_backend(), text, [person.into(), now.into()])).await
}

/// Writes an absence; its number.
pub(super) async fn insert_in_op(
    tx: &DatabaseTransaction,
    set: &SetAbsence,
    by: &str,
    now: DateTime<Utc>,
) -> Result<i64, DbErr> {
    let statement = sql(
        tx.get_database_backend(),
        "INSERT INTO directory_absence (person, starts_at, ends_at, substitute, created_by, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
        [
            set.person.as_str().into(),
            set.from.into(),
            set.until.into(),
            set.substitute.clone().into(),
            by.into(),
            now.into(),
        ],
    );
    let row = tx.query_one_raw(statement).await?.ok_or(DbErr::RecordNotInserted)?;
    row.try_get_by_index(0)
}

/// An absence by its number.
pub(super) async fn find_in_op(tx: &DatabaseTransaction, id: i64) -> Result<Option<Absence>, DbErr> {
    let text = format!("SELECT {} FROM directory_absence a WHERE a.id = $1", Absence::columns("a"));
    let row = tx.query_one_raw(sql(tx.get_database_backend(), text, [id.into()])).await?;
    row.map(|row| Absence::at(&row, 0)).transpose()
}

/// Deletes an absence; whether it was there.
pub(super) async fn delete_in_op(tx: &DatabaseTransaction, id: i64) -> Result<bool, DbErr> {
    let text = "DELETE FROM directory_absence WHERE id = $1";
    let done = tx.execute_raw(sql(tx.get_database_backend(), text, [id.into()])).await?;
    Ok(done.rows_affected() == 1)
}

/// The person's last absences, the latest first.
pub(super) async fn latest(
    connection: &impl ConnectionTrait,
    person: &str,
    most: usize,
) -> Result<Vec<Absence>, DbErr> {
    let text = format!(
        "SELECT {} FROM directory_absence a WHERE a.person = $1 ORDER BY a.ends_at DESC, a.id DESC LIMIT {most}",
        Absence::columns("a")
    );
    Absence::all(connection, sql(connection.get_database_backend(), text, [person.into()])).await
}

/// Who is away at that time, of the users and of those who act for them one after the other, with
/// the substitute as far as that one is active.
pub(super) async fn away(
    connection: &impl ConnectionTrait,
    users: &[String],
    at: DateTime<Utc>,
) -> Result<HashMap<String, Option<String>>, DbErr> {
    let Some(statement) = away_statement(connection, users, at) else { return Ok(HashMap::new()) };
    let rows = connection.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// See [`away`]; none where there is nobody to look for.
pub(in crate::directory) fn away_statement(
    connection: &impl ConnectionTrait,
    users: &[String],
    at: DateTime<Utc>,
) -> Option<Statement> {
    let backend = connection.get_database_backend();
    let keys = Keys::of_ids(backend, users)?;
    let source = keys.source(1);
    let is_now = "a.ends_at > $2 AND a.starts_at <= $2";
    let first = look_up(backend, "directory_absence", "a", &format!("a.person = x.id AND {is_now}"));
    let next = look_up(backend, "directory_absence", "a", &format!("a.person = c.substitute AND {is_now}"));
    // The depth ends circles.
    let text = format!(
        "WITH RECURSIVE chain (person, substitute, depth) AS (\
         SELECT a.person, a.substitute, 0 FROM {source} {first} UNION \
         SELECT a.person, a.substitute, c.depth + 1 FROM chain AS c {next} WHERE c.depth < {MAX_HOPS}) \
         SELECT DISTINCT c.person, \
         (SELECT p.id FROM directory_person AS p WHERE p.id = c.substitute AND p.is_active) FROM chain AS c"
    );
    Some(sql(backend, text, [keys.value(), at.into()]))
}
