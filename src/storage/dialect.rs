//! The few places in which the two databases' SQL differs.

use chrono::{DateTime, SecondsFormat, Utc};
use sea_orm::{DbBackend, DbErr, Statement, Value};
use serde::Serialize;

/// A statement for either database; both take `$1`, `$2`, … for its values.
pub fn sql(
    backend: DbBackend,
    text: impl Into<String>,
    values: impl IntoIterator<Item = Value>,
) -> Statement {
    Statement::from_sql_and_values(backend, text, values)
}

/// Locks the rows read until the transaction ends. SQLite's writer holds the whole file already.
pub fn for_update(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => " FOR UPDATE",
        _ => "",
    }
}

/// A table made of the JSON array of objects in the statement's value `$n`, for `FROM`:
/// many rows in one statement. `columns` are names with their PostgreSQL types.
pub fn rows(backend: DbBackend, n: usize, alias: &str, columns: &[(&str, &str)]) -> String {
    match backend {
        DbBackend::Postgres => {
            let columns: Vec<_> = columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
            format!("json_to_recordset(${n}::json) AS {alias}({})", columns.join(", "))
        }
        _ => {
            let columns: Vec<_> =
                columns.iter().map(|(name, _)| format!("value->>'$.{name}' AS {name}")).collect();
            format!("(SELECT {} FROM json_each(${n})) AS {alias}", columns.join(", "))
        }
    }
}

/// A time as both databases read it from a text, and as SQLite keeps it: texts of this form
/// compare like the times they stand for.
pub fn time_text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// Rows for [`rows`], as the JSON text to bind.
///
/// # Errors
/// Where they cannot be serialised, which is a fault of ours.
pub fn to_json<T: Serialize>(rows: &[T]) -> Result<String, DbErr> {
    serde_json::to_string(rows).map_err(|error| DbErr::Custom(format!("rows cannot be bound: {error}")))
}
