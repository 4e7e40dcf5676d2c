//! The SQL of people, what they belong to and who leads it. Groups and people who are gone are
//! left out, unless said otherwise.

use std::collections::HashMap;

use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use super::group::{Found, Group, GroupKind, is_id};
use super::leaders::Led;
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
    pub(super) fn of(backend: DbBackend, texts: impl Iterator<Item = &str>) -> Option<Self> {
        let mut texts: Vec<_> = texts.map(str::to_owned).collect();
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

/// A kind's tables and columns.
pub(super) struct Table {
    /// Of the groups.
    pub name: &'static str,
    /// Who belongs to them.
    pub links: &'static str,
    /// The column of `links` that holds the group.
    pub column: &'static str,
}

/// Where a kind of groups is kept.
pub(super) fn table(kind: GroupKind) -> Table {
    let (name, links, column) = match kind {
        GroupKind::Role => ("directory_role", "directory_person_role", "role"),
        GroupKind::Tag => ("directory_tag", "directory_person_tag", "tag"),
        GroupKind::Department => ("directory_department", "directory_person_department", "department"),
        GroupKind::Position => ("directory_position", "directory_person_position", "position"),
    };
    Table { name, links, column }
}

/// People by their ids, those who have left too.
pub(super) async fn people(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<Person>, DbErr> {
    let backend = db.get_database_backend();
    let Some(keys) = Keys::of_ids(backend, ids) else { return Ok(Vec::new()) };
    let (columns, source) = (Person::columns("p"), keys.source(1));
    let text = format!("SELECT {columns} FROM {source} JOIN directory_person p ON p.id = x.id");
    Person::all(db, sql(backend, text, [keys.value()])).await
}

/// Which of the ids are active people's.
pub(super) async fn known(db: &impl ConnectionTrait, ids: &[String]) -> Result<Vec<String>, DbErr> {
    let backend = db.get_database_backend();
    let Some(keys) = Keys::of_ids(backend, ids) else { return Ok(Vec::new()) };
    let source = keys.source(1);
    let text = format!("SELECT p.id FROM {source} JOIN directory_person p ON p.id = x.id AND p.is_active");
    texts(db, sql(backend, text, [keys.value()])).await
}

/// Whether the id is an active person's.
pub(super) async fn is_known(db: &impl ConnectionTrait, id: &str) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM directory_person WHERE id = $1 AND is_active";
    Ok(db.query_one_raw(sql(db.get_database_backend(), text, [id.into()])).await?.is_some())
}

/// The active people of all the groups, each once, by id; none where there is no group.
pub(super) fn members_statement(backend: DbBackend, groups: &[Group]) -> Option<Statement> {
    let (mut arms, mut values) = (Vec::new(), Vec::new());
    for kind in GroupKind::ALL {
        let ids = groups.iter().filter(|group| group.kind() == kind).map(Group::id).filter(|id| is_id(id));
        let Some(keys) = Keys::of(backend, ids) else { continue };
        let Table { name, links, column } = table(kind);
        let source = keys.source(values.len() + 1);
        arms.push(format!(
            "SELECT l.person FROM {source} JOIN {name} g ON g.id = x.id AND g.deleted_at IS NULL \
             JOIN {links} l ON l.{column} = g.id"
        ));
        values.push(keys.value());
    }
    let arms = (!arms.is_empty()).then(|| arms.join(" UNION ALL "))?;
    let text = format!(
        "SELECT DISTINCT p.id FROM ({arms}) AS m JOIN directory_person p ON p.id = m.person AND p.is_active \
         ORDER BY p.id"
    );
    Some(sql(backend, text, values))
}

/// See [`members_statement`].
pub(super) async fn members(db: &impl ConnectionTrait, groups: &[Group]) -> Result<Vec<String>, DbErr> {
    match members_statement(db.get_database_backend(), groups) {
        Some(statement) => texts(db, statement).await,
        None => Ok(Vec::new()),
    }
}

/// The groups that an active person is in, by kind and id.
pub(super) async fn groups_of(db: &impl ConnectionTrait, user: &str) -> Result<Vec<Group>, DbErr> {
    if !is_id(user) {
        return Ok(Vec::new());
    }
    let statement = groups_of_statement(db.get_database_backend(), user);
    db.query_all_raw(statement)
        .await?
        .iter()
        .map(|row| Ok(kind_at(row.try_get_by_index(0)?)?.of(row.try_get_by_index::<String>(1)?)))
        .collect()
}

/// See [`groups_of`].
pub(super) fn groups_of_statement(backend: DbBackend, user: &str) -> Statement {
    let arms = (0_i32..).zip(GroupKind::ALL).map(|(number, kind)| {
        let Table { name, links, column } = table(kind);
        format!(
            "SELECT {number} AS kind, g.id FROM directory_person p JOIN {links} l ON l.person = p.id \
             JOIN {name} g ON g.id = l.{column} AND g.deleted_at IS NULL WHERE p.id = $1 AND p.is_active"
        )
    });
    let text = format!("{} ORDER BY 1, 2", arms.collect::<Vec<_>>().join(" UNION ALL "));
    sql(backend, text, [user.into()])
}

/// The departments that an active person is in: the primary one first, then by id.
pub(super) async fn departments_of(db: &impl ConnectionTrait, user: &str) -> Result<Vec<String>, DbErr> {
    if !is_id(user) {
        return Ok(Vec::new());
    }
    let text = "SELECT d.id FROM directory_person p JOIN directory_person_department l ON l.person = p.id \
                JOIN directory_department d ON d.id = l.department AND d.deleted_at IS NULL \
                WHERE p.id = $1 AND p.is_active ORDER BY l.is_primary DESC, d.id";
    texts(db, sql(db.get_database_backend(), text, [user.into()])).await
}

/// What groups are called, those that are gone too.
pub(super) async fn group_names(
    db: &impl ConnectionTrait,
    groups: &[Group],
) -> Result<HashMap<Group, String>, DbErr> {
    let backend = db.get_database_backend();
    let (mut arms, mut values) = (Vec::new(), Vec::new());
    for (number, kind) in (0_i32..).zip(GroupKind::ALL) {
        let ids = groups.iter().filter(|group| group.kind() == kind).map(Group::id).filter(|id| is_id(id));
        let Some(keys) = Keys::of(backend, ids) else { continue };
        let (source, name) = (keys.source(values.len() + 1), table(kind).name);
        arms.push(format!(
            "SELECT {number} AS kind, g.id, g.name FROM {source} JOIN {name} g ON g.id = x.id"
        ));
        values.push(keys.value());
    }
    if arms.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = db.query_all_raw(sql(backend, arms.join(" UNION ALL "), values)).await?;
    rows.iter()
        .map(|row| {
            let group = kind_at(row.try_get_by_index(0)?)?.of(row.try_get_by_index::<String>(1)?);
            Ok((group, row.try_get_by_index(2)?))
        })
        .collect()
}

/// The groups of any kind that have one of the texts as their id, or one of the keys as their
/// name's; none where there is nothing to look for.
pub(super) fn find_groups_statement(backend: DbBackend, ids: &[&str], names: &[String]) -> Option<Statement> {
    let ids = Keys::of(backend, ids.iter().copied())?;
    let names = Keys::of(backend, names.iter().map(String::as_str))?;
    let mut arms = Vec::new();
    for (number, kind) in (0_i32..).zip(GroupKind::ALL) {
        let table = table(kind).name;
        for (source, column) in [(ids.source(1), "id"), (names.source(2), "name_key")] {
            arms.push(format!(
                "SELECT {number} AS kind, g.id, g.name_key FROM {source} \
                 JOIN {table} g ON g.{column} = x.id AND g.deleted_at IS NULL"
            ));
        }
    }
    // A group that is found by both is told once.
    Some(sql(backend, arms.join(" UNION "), [ids.value(), names.value()]))
}

/// See [`find_groups_statement`].
pub(super) async fn find_groups(
    db: &impl ConnectionTrait,
    ids: &[&str],
    names: &[String],
) -> Result<Vec<Found>, DbErr> {
    let statement = find_groups_statement(db.get_database_backend(), ids, names);
    let Some(statement) = statement else { return Ok(Vec::new()) };
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            Ok(Found {
                kind: kind_at(row.try_get_by_index(0)?)?,
                id: row.try_get_by_index(1)?,
                name_key: row.try_get_by_index(2)?,
            })
        })
        .collect()
}

/// The active leaders of the departments and of those above them, up to `levels` in all.
pub(super) async fn led(
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
pub(super) fn led_statement(backend: DbBackend, departments: &[String], levels: u32) -> Option<Statement> {
    let keys = Keys::of_ids(backend, departments)?;
    let source = keys.source(1);
    let text = format!(
        "WITH RECURSIVE up (origin, level, parent, leader) AS (\
         SELECT d.id, 1, d.parent, d.leader FROM {source} \
         JOIN directory_department d ON d.id = x.id AND d.deleted_at IS NULL \
         UNION ALL \
         SELECT u.origin, u.level + 1, d.parent, d.leader FROM up u \
         JOIN directory_department d ON d.id = u.parent AND d.deleted_at IS NULL WHERE u.level < {levels}) \
         SELECT u.origin, u.level, p.id FROM up u JOIN directory_person p ON p.id = u.leader AND p.is_active"
    );
    Some(sql(backend, text, [keys.value()]))
}

/// The kind that a statement tells by its place in [`GroupKind::ALL`].
fn kind_at(number: i32) -> Result<GroupKind, DbErr> {
    let place = usize::try_from(number).ok();
    place
        .and_then(|place| GroupKind::ALL.get(place).copied())
        .ok_or_else(|| DbErr::Type(format!("no kind of groups has the number {number}")))
}

async fn texts(db: &impl ConnectionTrait, statement: Statement) -> Result<Vec<String>, DbErr> {
    db.query_all_raw(statement).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}
