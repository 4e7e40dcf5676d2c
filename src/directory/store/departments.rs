//! The SQL of departments and who leads them.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::{Keys, look_up, texts};
use crate::directory::group::is_id;
use crate::directory::leaders::Led;
use crate::storage::dialect::sql;

/// The departments that an active person is in: the primary one first, then by id.
pub(in crate::directory) async fn departments_of(
    db: &impl ConnectionTrait,
    user: &str,
) -> Result<Vec<String>, DbErr> {
    if !is_id(user) {
        return Ok(Vec::new());
    }
    let backend = db.get_database_backend();
    let link = look_up(backend, "directory_person_department", "l", "l.person = p.id");
    let department =
        look_up(backend, "directory_department", "d", "d.id = l.department AND d.deleted_at IS NULL");
    let text = format!(
        "SELECT d.id FROM directory_person AS p {link} {department} WHERE p.id = $1 AND p.is_active \
         ORDER BY l.is_primary DESC, d.id"
    );
    texts(db, sql(backend, text, [user.into()])).await
}

/// The active leaders of the departments and of those above them, up to `levels` in all.
pub(in crate::directory) async fn led(
    db: &impl ConnectionTrait,
    departments: &[String],
    levels: u32,
) -> Result<Vec<Led>, DbErr> {
    let statement = led_statement(db.get_database_backend(), departments, levels);
    let Some(statement) = statement else { return Ok(Vec::new()) };
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let level: i32 = row.try_get_by_index(1)?;
            Ok(Led {
                origin: row.try_get_by_index(0)?,
                level: u32::try_from(level).map_err(|error| DbErr::Type(error.to_string()))?,
                leader: row.try_get_by_index(2)?,
            })
        })
        .collect()
}

/// See [`led`]; none where there is no department.
pub(in crate::directory) fn led_statement(
    backend: DbBackend,
    departments: &[String],
    levels: u32,
) -> Option<Statement> {
    let keys = Keys::of_ids(backend, departments)?;
    let source = keys.source(1);
    let first = look_up(backend, "directory_department", "d", "d.id = x.id AND d.deleted_at IS NULL");
    let next = look_up(backend, "directory_department", "d", "d.id = u.parent AND d.deleted_at IS NULL");
    let leader = look_up(backend, "directory_person", "p", "p.id = u.leader AND p.is_active");
    let text = format!(
        "WITH RECURSIVE up (origin, level, parent, leader) AS (\
         SELECT d.id, 1, d.parent, d.leader FROM {source} {first} UNION ALL \
         SELECT u.origin, u.level + 1, d.parent, d.leader FROM up AS u {next} WHERE u.level < {levels}) \
         SELECT u.origin, u.level, p.id FROM up AS u {leader}"
    );
    Some(sql(backend, text, [keys.value()]))
}
