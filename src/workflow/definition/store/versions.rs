//! The SQL of versions, without their documents.

use std::collections::HashMap;

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

use crate::kernel::PageRequest;
use crate::storage::bulk::by_ids;
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;
use crate::workflow::definition::DefinitionHead;

/// One version too many of a page of a key's, the newest first. `window`: older than the first,
/// newer than the second.
pub(in crate::workflow::definition) async fn page(
    connection: &impl ConnectionTrait,
    key: &str,
    window: (Option<i32>, Option<i32>),
    request: &PageRequest,
) -> Result<Vec<DefinitionHead>, DbErr> {
    let way = if request.backwards { "ASC" } else { "DESC" };
    let text = format!(
        "SELECT {} FROM process_definition d WHERE d.key = $1 AND d.version < $2 AND d.version > $3 \
         ORDER BY d.version {way} LIMIT {}",
        DefinitionHead::columns("d"),
        request.limit.saturating_add(1)
    );
    let values: [Value; 3] =
        [key.into(), window.0.unwrap_or(i32::MAX).into(), window.1.unwrap_or_default().into()];
    DefinitionHead::all(connection, sql(connection.get_database_backend(), text, values)).await
}

/// The newest versions of each of the keys, in no particular order.
pub(in crate::workflow::definition) async fn first(
    connection: &impl ConnectionTrait,
    keys: &[String],
    limit: u64,
) -> Result<Vec<DefinitionHead>, DbErr> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let statement = first_statement(connection.get_database_backend(), keys, limit);
    DefinitionHead::all(connection, statement).await
}

/// See [`first`].
pub(in crate::workflow::definition) fn first_statement(
    backend: DbBackend,
    keys: &[String],
    limit: u64,
) -> Statement {
    let columns = DefinitionHead::columns("d");
    let newest = format!("ORDER BY v.version DESC LIMIT {limit}");
    if backend == DbBackend::Postgres {
        let each = format!("SELECT * FROM process_definition v WHERE v.key = x.key {newest}");
        let text =
            format!("SELECT {columns} FROM unnest($1::text[]) AS x (key) CROSS JOIN LATERAL ({each}) AS d");
        let keys = keys.iter().map(|key| Value::from(key.as_str())).collect();
        return sql(backend, text, [Value::Array(ArrayType::String, Some(Box::new(keys)))]);
    }
    let each = format!("SELECT v.version FROM process_definition v WHERE v.key = x.value {newest}");
    let text = format!(
        "SELECT {columns} FROM json_each($1) AS x CROSS JOIN process_definition AS d \
         ON d.key = x.value AND d.version IN ({each})"
    );
    sql(backend, text, [serde_json::Value::from(keys).to_string().into()])
}

/// How many versions each of the keys has.
pub(in crate::workflow::definition) async fn counts(
    connection: &impl ConnectionTrait,
    keys: &[String],
) -> Result<HashMap<String, i64>, DbErr> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<_> = (1..=keys.len()).map(|place| format!("${place}")).collect();
    let text = format!(
        "SELECT d.key, count(*) FROM process_definition d WHERE d.key IN ({}) GROUP BY d.key",
        places.join(", ")
    );
    let values = keys.iter().map(|key| Value::from(key.as_str()));
    let rows = connection.query_all_raw(sql(connection.get_database_backend(), text, values)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// Versions by their ids, in no particular order.
pub(in crate::workflow::definition) async fn heads(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<DefinitionHead>, DbErr> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    by_ids(connection, "process_definition", &ids).await
}
