//! The SQL of groups and their members.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::{Keys, look_up, texts};
use crate::directory::group::{Found, Group, GroupKind, is_id};
use crate::storage::dialect::sql;

/// A kind's tables and columns.
pub(in crate::directory) struct Table {
    /// Of the groups.
    pub name: &'static str,
    /// Who belongs to them.
    pub links: &'static str,
    /// The column of `links` that holds the group.
    pub column: &'static str,
}

/// Where a kind of groups is kept.
pub(in crate::directory) fn table(kind: GroupKind) -> Table {
    let (name, links, column) = match kind {
        GroupKind::Role => ("directory_role", "directory_person_role", "role"),
        GroupKind::Tag => ("directory_tag", "directory_person_tag", "tag"),
        GroupKind::Department => ("directory_department", "directory_person_department", "department"),
        GroupKind::Position => ("directory_position", "directory_person_position", "position"),
    };
    Table { name, links, column }
}

/// The active people of all the groups, each once, by id; none where there is no group.
pub(in crate::directory) fn members_statement(backend: DbBackend, groups: &[Group]) -> Option<Statement> {
    let (mut arms, mut values) = (Vec::new(), Vec::new());
    for kind in GroupKind::ALL {
        let ids = groups.iter().filter(|group| group.kind() == kind).map(Group::id).filter(|id| is_id(id));
        let Some(keys) = Keys::of(backend, ids) else { continue };
        let Table { name, links, column } = table(kind);
        let source = keys.source(values.len() + 1);
        let group = look_up(backend, name, "g", "g.id = x.id AND g.deleted_at IS NULL");
        let link = look_up(backend, links, "l", &format!("l.{column} = g.id"));
        arms.push(format!("SELECT l.person FROM {source} {group} {link}"));
        values.push(keys.value());
    }
    let arms = (!arms.is_empty()).then(|| arms.join(" UNION ALL "))?;
    let person = look_up(backend, "directory_person", "p", "p.id = m.person AND p.is_active");
    let text = format!("SELECT DISTINCT p.id FROM ({arms}) AS m {person} ORDER BY p.id");
    Some(sql(backend, text, values))
}

/// See [`members_statement`].
pub(in crate::directory) async fn members(
    db: &impl ConnectionTrait,
    groups: &[Group],
) -> Result<Vec<String>, DbErr> {
    match members_statement(db.get_database_backend(), groups) {
        Some(statement) => texts(db, statement).await,
        None => Ok(Vec::new()),
    }
}

/// The groups that an active person is in, by kind and id.
pub(in crate::directory) async fn groups_of(
    db: &impl ConnectionTrait,
    user: &str,
) -> Result<Vec<Group>, DbErr> {
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
pub(in crate::directory) fn groups_of_statement(backend: DbBackend, user: &str) -> Statement {
    let arms = (0_i32..).zip(GroupKind::ALL).map(|(number, kind)| {
        let Table { name, links, column } = table(kind);
        let link = look_up(backend, links, "l", "l.person = p.id");
        let group = look_up(backend, name, "g", &format!("g.id = l.{column} AND g.deleted_at IS NULL"));
        format!(
            "SELECT {number} AS kind, g.id FROM directory_person AS p {link} {group} \
             WHERE p.id = $1 AND p.is_active"
        )
    });
    let text = format!("{} ORDER BY 1, 2", arms.collect::<Vec<_>>().join(" UNION ALL "));
    sql(backend, text, [user.into()])
}

/// What groups are called, those that are gone too.
pub(in crate::directory) async fn group_names(
    db: &impl ConnectionTrait,
    groups: &[Group],
) -> Result<HashMap<Group, String>, DbErr> {
    let backend = db.get_database_backend();
    let (mut arms, mut values) = (Vec::new(), Vec::new());
    for (number, kind) in (0_i32..).zip(GroupKind::ALL) {
        let ids = groups.iter().filter(|group| group.kind() == kind).map(Group::id).filter(|id| is_id(id));
        let Some(keys) = Keys::of(backend, ids) else { continue };
        let source = keys.source(values.len() + 1);
        let group = look_up(backend, table(kind).name, "g", "g.id = x.id");
        arms.push(format!("SELECT {number} AS kind, g.id, g.name FROM {source} {group}"));
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
pub(in crate::directory) fn find_groups_statement(
    backend: DbBackend,
    ids: &[&str],
    names: &[String],
) -> Option<Statement> {
    let ids = Keys::of(backend, ids.iter().copied())?;
    let names = Keys::of(backend, names.iter().map(String::as_str))?;
    let mut arms = Vec::new();
    for (number, kind) in (0_i32..).zip(GroupKind::ALL) {
        let table = table(kind).name;
        for (source, column) in [(ids.source(1), "id"), (names.source(2), "name_key")] {
            let group = look_up(backend, table, "g", &format!("g.{column} = x.id AND g.deleted_at IS NULL"));
            arms.push(format!("SELECT {number} AS kind, g.id, g.name_key FROM {source} {group}"));
        }
    }
    // A group that is found by both is told once.
    Some(sql(backend, arms.join(" UNION "), [ids.value(), names.value()]))
}

/// See [`find_groups_statement`].
pub(in crate::directory) async fn find_groups(
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

/// The kind that a statement tells by its place in [`GroupKind::ALL`].
fn kind_at(number: i32) -> Result<GroupKind, DbErr> {
    let place = usize::try_from(number).ok();
    place
        .and_then(|place| GroupKind::ALL.get(place).copied())
        .ok_or_else(|| DbErr::Type(format!("no kind of groups has the number {number}")))
}
