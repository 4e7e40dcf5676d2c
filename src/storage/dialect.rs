//! The few places in which the two databases' SQL differs.

use sea_orm::{DbBackend, Statement, Value};

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
