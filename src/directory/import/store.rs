//! The SQL of imports: all that is there in a statement a table, and the changes in bulk.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr};

use super::change::{DepartmentRow, Entity, Known, LabelRow, Links, PersonRow, PositionRow};
use super::plan::Plan;
use crate::directory::group::{GroupKind, name_key};
use crate::directory::store::{Table, table};
use crate::storage::bulk::{Column, Rows};
use crate::storage::dialect::sql;

/// Puts imports in line: each compares with what the one before it has written. Readers go on.
pub(super) async fn lock_in_op(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("LOCK TABLE directory_department IN SHARE ROW EXCLUSIVE MODE").await?;
    }
    Ok(())
}

/// All that is there, what was removed too.
pub(super) async fn known_in_op(tx: &DatabaseTransaction) -> Result<Known, DbErr> {
    let departments = "SELECT id, parent, name, leader, deleted_at IS NOT NULL FROM directory_department";
    let departments = all(tx, departments, |row| {
        Ok(DepartmentRow {
            id: row.try_get_by_index(0)?,
            parent: row.try_get_by_index(1)?,
            name: row.try_get_by_index(2)?,
            leader: row.try_get_by_index(3)?,
            is_deleted: row.try_get_by_index(4)?,
        })
    });
    let departments = departments.await?;
    let positions = "SELECT id, department, name, grade, deleted_at IS NOT NULL FROM directory_position";
    let positions = all(tx, positions, |row| {
        Ok(PositionRow {
            id: row.try_get_by_index(0)?,
            department: row.try_get_by_index(1)?,
            name: row.try_get_by_index(2)?,
            grade: row.try_get_by_index(3)?,
            is_deleted: row.try_get_by_index(4)?,
        })
    });
    let positions = positions.await?;
    let mut people = people_in_op(tx).await?;
    let links = "SELECT person, department FROM directory_person_department ORDER BY person, is_primary DESC, department";
    link(tx, links, &mut people, |links| &mut links.departments).await?;
    let links = "SELECT person, position FROM directory_person_position ORDER BY person, position";
    link(tx, links, &mut people, |links| &mut links.positions).await?;
    let links = "SELECT person, tag FROM directory_person_tag ORDER BY person, tag";
    link(tx, links, &mut people, |links| &mut links.tags).await?;
    let links = "SELECT person, role FROM directory_person_role ORDER BY person, role";
    link(tx, links, &mut people, |links| &mut links.roles).await?;
    let tags = labels_in_op(tx, GroupKind::Tag).await?;
    let roles = labels_in_op(tx, GroupKind::Role).await?;
    Ok(Known { departments, positions, people, tags, roles })
}

async fn people_in_op(tx: &DatabaseTransaction) -> Result<HashMap<String, PersonRow>, DbErr> {
    let text = "SELECT id, name, email, grade, profession, manager, is_active, deleted_at IS NOT NULL \
                FROM directory_person";
    all(tx, text, |row| {
        Ok(PersonRow {
            id: row.try_get_by_index(0)?,
            name: row.try_get_by_index(1)?,
            email: row.try_get_by_index(2)?,
            grade: row.try_get_by_index(3)?,
            profession: row.try_get_by_index(4)?,
            manager: row.try_get_by_index(5)?,
            is_active: row.try_get_by_index(6)?,
            is_deleted: row.try_get_by_index(7)?,
            links: Links::default(),
        })
    })
    .await
}

async fn labels_in_op(tx: &DatabaseTransaction, kind: GroupKind) -> Result<HashMap<String, LabelRow>, DbErr> {
    let text = format!("SELECT id, name, deleted_at IS NOT NULL FROM {}", table(kind).name);
    all(tx, &text, |row| {
        Ok(LabelRow {
            id: row.try_get_by_index(0)?,
            name: row.try_get_by_index(1)?,
            is_deleted: row.try_get_by_index(2)?,
        })
    })
    .await
}

async fn all<E: Entity>(
    tx: &DatabaseTransaction,
    text: &str,
    read: impl Fn(&sea_orm::QueryResult) -> Result<E, DbErr>,
) -> Result<HashMap<String, E>, DbErr> {
    let rows = tx.query_all_raw(sql(tx.get_database_backend(), text, [])).await?;
    rows.iter()
        .map(|row| {
            let entity = read(row)?;
            Ok((entity.id().to_owned(), entity))
        })
        .collect()
}

async fn link(
    tx: &DatabaseTransaction,
    text: &str,
    people: &mut HashMap<String, PersonRow>,
    list: impl Fn(&mut Links) -> &mut Vec<String>,
) -> Result<(), DbErr> {
    for row in tx.query_all_raw(sql(tx.get_database_backend(), text, [])).await? {
        let person: String = row.try_get_by_index(0)?;
        if let Some(person) = people.get_mut(&person) {
            list(&mut person.links).push(row.try_get_by_index(1)?);
        }
    }
    Ok(())
}

/// Writes all changes. The references that may point forwards are checked at the transaction's end.
pub(super) async fn write_in_op(
    tx: &DatabaseTransaction,
    plan: Plan,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    labels(tx, GroupKind::Role, &plan.roles, now).await?;
    labels(tx, GroupKind::Tag, &plan.tags, now).await?;
    let rows = &plan.departments;
    let columns = [
        ("parent", texts(rows, |row| row.parent.as_deref())),
        ("name", texts(rows, |row| Some(&row.name))),
        ("leader", texts(rows, |row| row.leader.as_deref())),
    ];
    upsert(tx, "directory_department", rows, |row| &row.name, columns, now).await?;
    let rows = &plan.positions;
    let columns = [
        ("department", texts(rows, |row| row.department.as_deref())),
        ("name", texts(rows, |row| Some(&row.name))),
        ("grade", texts(rows, |row| row.grade.as_deref())),
    ];
    upsert(tx, "directory_position", rows, |row| &row.name, columns, now).await?;
    let rows = &plan.people;
    let columns = [
        ("name", texts(rows, |row| Some(&row.name))),
        ("email", texts(rows, |row| row.email.as_deref())),
        ("grade", texts(rows, |row| row.grade.as_deref())),
        ("profession", texts(rows, |row| row.profession.as_deref())),
        ("manager", texts(rows, |row| row.manager.as_deref())),
        ("is_active", Column::Integers(rows.iter().map(|row| row.is_active.into()).collect())),
    ];
    upsert(tx, "directory_person", rows, |row| &row.name, columns, now).await?;
    links(tx, GroupKind::Department, rows, |links| &links.departments).await?;
    links(tx, GroupKind::Position, rows, |links| &links.positions).await?;
    links(tx, GroupKind::Tag, rows, |links| &links.tags).await?;
    links(tx, GroupKind::Role, rows, |links| &links.roles).await
}

async fn labels(
    tx: &DatabaseTransaction,
    kind: GroupKind,
    rows: &[LabelRow],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let columns = [("name", texts(rows, |row| Some(&row.name)))];
    upsert(tx, table(kind).name, rows, |row| &row.name, columns, now).await
}

/// A column in which an empty text stands for none.
fn texts<'a, E>(rows: &'a [E], text: impl Fn(&'a E) -> Option<&'a str>) -> Column {
    Column::Texts(rows.iter().map(|row| text(row).unwrap_or_default().to_owned()).collect())
}

/// Writes rows over those of the same ids, with what every table has.
async fn upsert<E: Entity>(
    tx: &DatabaseTransaction,
    table: &str,
    rows: &[E],
    name: impl Fn(&E) -> &str,
    columns: impl IntoIterator<Item = (&'static str, Column)>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut all = vec![
        ("id", texts(rows, |row| Some(row.id()))),
        ("name_key", Column::Texts(rows.iter().map(|row| name_key(name(row))).collect())),
        ("is_deleted", Column::Integers(rows.iter().map(|row| row.is_deleted().into()).collect())),
    ];
    all.extend(columns);
    let (mut names, mut values, mut sets) = (Vec::new(), Vec::new(), Vec::new());
    for (column, kind) in &all {
        let (column, value) = match (*column, kind) {
            ("is_deleted", _) => ("deleted_at", "CASE WHEN x.is_deleted = 1 THEN x.moment END".to_owned()),
            (flag, Column::Integers(_)) => (flag, format!("x.{flag} = 1")),
            (text, _) => (text, format!("nullif(x.{text}, '')")),
        };
        sets.push(format!("{column} = excluded.{column}"));
        names.push(column);
        values.push(value);
    }
    let (names, values, sets) = (names.join(", "), values.join(", "), sets.join(", "));
    let text = |source: &str| {
        format!(
            "INSERT INTO {table} (updated_at, {names}) SELECT x.moment, {values} FROM {source} WHERE true \
             ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, {sets}"
        )
    };
    Rows::new(all).each_with("moment", now).execute_in_op(tx, text).await.map(drop)
}

/// Writes anew what the people belong to of one kind.
async fn links(
    tx: &DatabaseTransaction,
    kind: GroupKind,
    people: &[PersonRow],
    list: impl Fn(&Links) -> &Vec<String>,
) -> Result<(), DbErr> {
    let Table { links, column, .. } = table(kind);
    let rows = Rows::new([("person", texts(people, |row| Some(&row.id))), ("n", numbers(people.len()))]);
    let text = |source: &str| format!("DELETE FROM {links} WHERE person IN (SELECT x.person FROM {source})");
    rows.execute_in_op(tx, text).await?;
    let (mut persons, mut groups, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for person in people {
        for (place, group) in (0..).zip(list(&person.links)) {
            persons.push(person.id.clone());
            groups.push(group.clone());
            places.push(place);
        }
    }
    let rows = Rows::new([
        ("person", Column::Texts(persons)),
        ("linked", Column::Texts(groups)),
        ("place", Column::Integers(places)),
    ]);
    let (extra, value) = match kind {
        GroupKind::Department => (", is_primary", ", x.place = 0"),
        _ => ("", ""),
    };
    let text = |source: &str| {
        format!(
            "INSERT INTO {links} (person, {column}{extra}) SELECT x.person, x.linked{value} FROM {source}"
        )
    };
    rows.execute_in_op(tx, text).await.map(drop)
}

/// A column that makes rows of texts alone possible: texts that are all the same are sent once.
fn numbers(count: usize) -> Column {
    Column::Integers((0..).take(count).collect())
}
