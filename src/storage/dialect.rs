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

/// Locks the rows read until the transaction ends, and leaves out those that somebody else has locked.
/// On SQLite whoever writes is alone.
pub fn for_update_skip_locked(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => " FOR UPDATE SKIP LOCKED",
        _ => "",
    }
}

/// Locks the rows read until the transaction ends, and lets others refer to them meanwhile.
pub fn for_no_key_update(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => " FOR NO KEY UPDATE",
        _ => "",
    }
}

/// Locks the rows read until the transaction ends. SQLite's writer holds the whole file already.
pub fn for_update(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => " FOR UPDATE",
        _ => "",
    }
}
