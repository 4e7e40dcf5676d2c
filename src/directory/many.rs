//! Reading for many at once, for lists of people and departments: one statement a question, however
//! many ask.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use super::Directory;
use super::group::GroupKind;
use super::listing::{self, Listed};
use super::model::{ApproverRole, Department, Person, Position, Tag};
use super::store::{Keys, Table, look_up, table};
use crate::kernel::{Fault, Page, PageRequest};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;

/// Groups of one kind.
pub trait Grouping: Listed {
    /// Which.
    const KIND: GroupKind;
}

macro_rules! grouping {
    ($($type:ident: $kind:ident),+) => {$(
        impl Grouping for $type {
            const KIND: GroupKind = GroupKind::$kind;
        }
    )+};
}
grouping!(Department: Department, Position: Position, Tag: Tag, ApproverRole: Role);

impl Directory {
    /// Groups by their ids, those that are gone too; what is not known is left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn groups<T: Grouping>(&self, ids: &[String]) -> Result<HashMap<String, T>, Fault> {
        let (db, columns) = (self.db.reader(), T::columns("g"));
        let backend = db.get_database_backend();
        let Some(keys) = Keys::of_ids(backend, ids) else { return Ok(HashMap::new()) };
        let (source, group) = (keys.source(1), look_up(backend, table(T::KIND).name, "g", "g.id = x.id"));
        let text = format!("SELECT {columns} FROM {source} {group}");
        let found = T::all(db, sql(backend, text, [keys.value()])).await?;
        Ok(found.into_iter().map(|group| (group.id().to_owned(), group)).collect())
    }

    /// What each of the people belongs to, by name; of departments the primary one first. Groups
    /// that are gone are left out, and who belongs to none.
    ///
    /// # Errors
    /// The database's.
    pub async fn groups_of<T: Grouping>(&self, people: &[String]) -> Result<HashMap<String, Vec<T>>, Fault> {
        let db = self.db.reader();
        match groups_of_statement::<T>(db.get_database_backend(), people) {
            Some(statement) => Ok(by_owner(db, statement).await?),
            None => Ok(HashMap::new()),
        }
    }

    /// The first `limit` active members of each of the departments, by name; those without any are
    /// left out. Every member of these departments is looked at.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_members(
        &self,
        departments: &[String],
        limit: u64,
    ) -> Result<HashMap<String, Vec<Person>>, Fault> {
        let db = self.db.reader();
        match first_members_statement(db.get_database_backend(), departments, limit) {
            Some(statement) => Ok(by_owner(db, statement).await?),
            None => Ok(HashMap::new()),
        }
    }

    /// A page of the active members of a department, by name. Every member is looked at.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of these.
    pub async fn members_page(&self, department: &str, request: &PageRequest) -> Result<Page<Person>, Fault> {
        listing::members_page(self.db.reader(), department, request).await
    }

    /// How many active members each of the departments has; those without any are left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn member_counts(&self, departments: &[String]) -> Result<HashMap<String, i64>, Fault> {
        let db = self.db.reader();
        let backend = db.get_database_backend();
        let Some(keys) = Keys::of_ids(backend, departments) else { return Ok(HashMap::new()) };
        let text = format!(
            "SELECT l.department, count(*) FROM {} {} GROUP BY l.department",
            keys.source(1),
            members_of(backend)
        );
        let rows = db.query_all_raw(sql(backend, text, [keys.value()])).await?;
        let count = |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        Ok(rows.iter().map(count).collect::<Result<_, DbErr>>()?)
    }
}

/// Joins the active members `p` of the departments `x.id`, by their links `l`.
fn members_of(backend: DbBackend) -> String {
    let link = look_up(backend, "directory_person_department", "l", "l.department = x.id");
    format!("{link} {}", look_up(backend, "directory_person", "p", "p.id = l.person AND p.is_active"))
}

/// See [`Directory::groups_of`]; none where nobody is asked for.
pub(super) fn groups_of_statement<T: Grouping>(backend: DbBackend, people: &[String]) -> Option<Statement> {
    let keys = Keys::of_ids(backend, people)?;
    let Table { name, links, column } = table(T::KIND);
    let link = look_up(backend, links, "l", "l.person = x.id");
    let group = look_up(backend, name, "g", &format!("g.id = l.{column} AND g.deleted_at IS NULL"));
    let first = if T::KIND == GroupKind::Department { "l.is_primary DESC, " } else { "" };
    let text = format!(
        "SELECT l.person, {} FROM {} {link} {group} ORDER BY l.person, {first}g.name_key, g.id",
        T::columns("g"),
        keys.source(1)
    );
    Some(sql(backend, text, [keys.value()]))
}

/// See [`Directory::first_members`]; none where there is no department.
pub(super) fn first_members_statement(
    backend: DbBackend,
    departments: &[String],
    limit: u64,
) -> Option<Statement> {
    let keys = Keys::of_ids(backend, departments)?;
    let text = format!(
        "SELECT m.department, {} FROM (SELECT l.department, {}, row_number() OVER \
         (PARTITION BY l.department ORDER BY p.name_key, p.id) AS place FROM {} {}) AS m \
         WHERE m.place <= $2 ORDER BY m.department, m.place",
        Person::columns("m"),
        Person::columns("p"),
        keys.source(1),
        members_of(backend)
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Some(sql(backend, text, [keys.value(), Value::from(limit)]))
}

/// The rows of a statement by what stands in front of them, in the statement's order.
async fn by_owner<T: Listed>(
    db: &impl ConnectionTrait,
    statement: Statement,
) -> Result<HashMap<String, Vec<T>>, DbErr> {
    let mut found: HashMap<String, Vec<T>> = HashMap::new();
    for row in db.query_all_raw(statement).await? {
        found.entry(row.try_get_by_index(0)?).or_default().push(T::at(&row, 1)?);
    }
    Ok(found)
}
