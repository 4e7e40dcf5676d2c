//! The SQL of the list of processes.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

use crate::kernel::PageRequest;
use crate::storage::dialect::sql;

/// The keys beyond one end of a window as the table `k`, each found from the one before it: an
/// index probe a key, however many versions there are of each.
fn keys(values: &mut Vec<Value>, request: &PageRequest) -> String {
    let mut bound = |sign: &str, cursor: &Option<String>| {
        cursor.as_ref().map(|cursor| {
            values.push(cursor.as_str().into());
            format!("d.key {sign} ${}", values.len())
        })
    };
    let bounds = [bound(">", &request.after), bound("<", &request.before)];
    let window: Vec<_> = bounds.iter().flatten().map(String::as_str).collect();
    let (next, sign) = if request.backwards { ("max", "<") } else { ("min", ">") };
    let beyond = format!("d.key {sign} k.key");
    let from_start = if window.is_empty() { "true".to_owned() } else { window.join(" AND ") };
    let further: Vec<_> = window.iter().copied().chain([beyond.as_str()]).collect();
    format!(
        "WITH RECURSIVE k (key) AS (SELECT {next}(d.key) FROM process_definition d WHERE {from_start} \
         UNION ALL SELECT (SELECT {next}(d.key) FROM process_definition d WHERE {}) FROM k \
         WHERE k.key IS NOT NULL)",
        further.join(" AND ")
    )
}

/// The newest version `d` of each key `k`, of those that hold the text.
fn newest(backend: DbBackend, values: &mut Vec<Value>, text: &str) -> String {
    let version = match backend {
        DbBackend::Postgres => {
            "CROSS JOIN LATERAL (SELECT v.id, v.key, v.name FROM process_definition v WHERE v.key = k.key \
             ORDER BY v.version DESC LIMIT 1) AS d"
        }
        _ => {
            "CROSS JOIN process_definition AS d ON d.key = k.key AND d.version = \
             (SELECT max(v.version) FROM process_definition v WHERE v.key = k.key)"
        }
    };
    let mut condition = "k.key IS NOT NULL".to_owned();
    if !text.is_empty() {
        let pattern = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        values.push(format!("%{pattern}%").into());
        let place = values.len();
        condition.push_str(&format!(
            " AND (lower(d.key) LIKE ${place} ESCAPE '\\' OR lower(d.name) LIKE ${place} ESCAPE '\\')"
        ));
    }
    format!("FROM k {version} WHERE {condition}")
}

/// The ids of the newest versions, one more than a page.
pub(in crate::workflow::definition) async fn newest_ids(
    connection: &impl ConnectionTrait,
    text: &str,
    request: &PageRequest,
) -> Result<Vec<Uuid>, DbErr> {
    let statement = newest_statement(connection.get_database_backend(), text, request);
    connection.query_all_raw(statement).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// See [`newest_ids`].
pub(in crate::workflow::definition) fn newest_statement(
    backend: DbBackend,
    text: &str,
    request: &PageRequest,
) -> Statement {
    let mut values = Vec::new();
    let keys = keys(&mut values, request);
    let newest = newest(backend, &mut values, text);
    let way = if request.backwards { "DESC" } else { "ASC" };
    let limit = request.limit.saturating_add(1);
    sql(backend, format!("{keys} SELECT d.id {newest} ORDER BY k.key {way} LIMIT {limit}"), values)
}

/// How many processes there are whose newest version holds the text.
pub(in crate::workflow::definition) async fn count(
    connection: &impl ConnectionTrait,
    text: &str,
) -> Result<i64, DbErr> {
    let (backend, mut values) = (connection.get_database_backend(), Vec::new());
    let all = PageRequest { limit: 0, backwards: false, after: None, before: None };
    let keys = keys(&mut values, &all);
    let newest = newest(backend, &mut values, text);
    let row =
        connection.query_one_raw(sql(backend, format!("{keys} SELECT count(*) {newest}"), values)).await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}
