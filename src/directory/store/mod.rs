//! The SQL of people, what they belong to and who leads it. Groups and people who are gone are
//! left out, unless said otherwise.

mod departments;
mod groups;

#[cfg(test)]
pub(super) use departments::led_statement;
pub(super) use departments::{departments_of, led};
pub(super) use groups::{Table, find_groups, group_names, groups_of, members, table};
#[cfg(test)]
pub(super) use groups::{find_groups_statement, groups_of_statement, members_statement};
use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use super::group::is_id;
use super::model::Person;
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;

/// Texts to look for, as one value of a statement.
pub(super) struct Keys {
    backend: DbBackend,
    texts: Vec<String>,
}

impl Keys {
    /// Each of the texts once; none where there is no text.
    pub(super) fn of(backend: DbBackend, texts: impl Iterator<Item = impl AsRef<str>>) -> Option<Self> {
        let mut texts: Vec<_> = texts.map(|text| text.as_ref().to_owned()).collect();
        texts.sort_unstable();
        texts.dedup();
        (!texts.is_empty()).then_some(Self { backend, texts })
    }

    /// Each of the ids once, without what can be none (PostgreSQL takes no text with a NUL).
    pub(super) fn of_ids(backend: DbBackend, ids: &[String]) -> Option<Self> {
        Self::of(backend, ids.iter().map(String::as_str).filter(|id| is_id(id)))
    }

    /// The table `x` with the column `id`, of a statement in which this is the value number `place`.
    pub(super) fn source(&self, place: usize) -> String {
        match self.backend {
            DbBackend::Postgres => format!("unnest(${place}::text[]) AS x (id)"),
            _ => format!("(SELECT value AS id FROM json_each(${place})) AS x"),
        }
    }

    /// The value.
    pub(super) fn value(self) -> Value {
        match self.backend {
            DbBackend::Postgres => {
                let texts = self.texts.into_iter().map(Value::from).collect();
                Value::Array(ArrayType::String, Some(Box::new(texts)))
            }
            _ => serde_json::Value::from(self.texts).to_string().into(),
        }
    }
}

/// Joins what of `table` meets `condition` as `alias`, looked up for each row in front of it: left
/// to itself PostgreSQL walks through a whole table that it takes for small.
pub(super) fn look_up(backend: DbBackend, table: &str, alias: &str, condition: &str) -> String {
    match backend {
        DbBackend::Postgres => format!(
            "CROSS JOIN LATERAL (SELECT * FROM {table} AS {alias} WHERE {condition} OFFSET 0) AS {alias}"
        ),
        // SQLite takes a CROSS JOIN in the order in which it is written.
        _ => format!("CROSS JOIN {table} AS {alias} ON {condition}"),
    }
}

/// People by their ids, those who have left too.
pub(super) async fn people(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<Person>, DbErr> {
    let backend = db.get_database_backend();
    let Some(keys) = Keys::of_ids(backend, ids) else { return Ok(Vec::new()) };
    let (columns, source) = (Person::columns("p"), keys.source(1));
    let person = look_up(backend, "directory_person", "p", "p.id = x.id");
    let text = format!("SELECT {columns} FROM {source} {person}");
    Person::all(db, sql(backend, text, [keys.value()])).await
}

/// Which of the ids are active people's.
pub(super) async fn known(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let Some(keys) = Keys::of_ids(backend, ids) else { return Ok(Vec::new()) };
    let source = keys.source(1);
    let person = look_up(backend, "directory_person", "p", "p.id = x.id AND p.is_active");
    let text = format!("SELECT p.id FROM {source} {person}");
    texts(db, sql(backend, text, [keys.value()])).await
}

/// Whether the id is an active person's.
pub(super) async fn is_known(db: &impl ConnectionTrait, id: &str) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM directory_person WHERE id = $1 AND is_active";
    Ok(db.query_one_raw(sql(db.get_database_backend(), text, [id.into()])).await?.is_some())
}

async fn texts(db: &impl ConnectionTrait, statement: Statement) -> Result<Vec<String>, DbErr> {
    db.query_all_raw(statement).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}
