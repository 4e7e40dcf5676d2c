//! What pickers go through: everything of a kind by its name, or what begins with a text.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::group::{MAX_NAME, is_id, name_key};
use super::model::{ApproverRole, Department, Listing, Person, Position, Tag};
use super::store::look_up;
use crate::kernel::{Fault, Page, PageRequest, Place};
use crate::storage::by_place::ByPlace;
use crate::storage::dialect::sql;

/// A row that is listed by its name.
pub trait Listed: ByPlace + Send {
    /// Which listing it is in.
    const LISTING: Listing;

    /// The row's id: its place in the listing.
    fn id(&self) -> &str;
}

macro_rules! listed {
    ($($type:ident: $listing:ident),+) => {$(
        impl Listed for $type {
            const LISTING: Listing = Listing::$listing;

            fn id(&self) -> &str {
                &self.id
            }
        }
    )+};
}
listed!(Person: People, Department: Departments, Position: Positions, Tag: Tags, ApproverRole: Roles);

/// The listing's table, and what of it can be chosen.
fn table(listing: Listing) -> (&'static str, &'static str) {
    match listing {
        Listing::People => ("directory_person", "is_active"),
        Listing::Departments => ("directory_department", "deleted_at IS NULL"),
        Listing::Positions => ("directory_position", "deleted_at IS NULL"),
        Listing::Tags => ("directory_tag", "deleted_at IS NULL"),
        Listing::Roles => ("directory_role", "deleted_at IS NULL"),
    }
}

/// The text to look for; empty: everything.
///
/// # Errors
/// `BAD_INPUT` at `text` where it is too long.
pub(super) fn check_text(text: &str) -> Result<&str, Fault> {
    let text = text.trim();
    if text.len() > 4 * MAX_NAME || text.chars().count() > MAX_NAME || text.contains('\0') {
        return Err(Fault::bad_input("text", format!("look for at most {MAX_NAME} characters")));
    }
    Ok(text)
}

/// A page of what begins with `text`, by its name or its id, ordered by name and id. A cursor is an id.
pub(super) async fn page<T: Listed>(
    db: &impl ConnectionTrait,
    text: &str,
    request: &PageRequest,
) -> Result<Page<T>, Fault> {
    let text = check_text(text)?;
    let after = place(db, T::LISTING, "after", request.after.as_deref()).await?;
    let before = place(db, T::LISTING, "before", request.before.as_deref()).await?;
    let statement = page_statement::<T>(db.get_database_backend(), text, after, before, request);
    let read = T::all(db, statement).await?;
    Ok(Page::from_read(request, read, |row| Place::Text(row.id().to_owned())))
}

/// A page of the active members of a department, by their names and ids. A cursor is an id.
pub(super) async fn members_page(
    db: &impl ConnectionTrait,
    department: &str,
    request: &PageRequest,
) -> Result<Page<Person>, Fault> {
    if !is_id(department) {
        return Ok(Page::from_read(request, Vec::new(), |_: &Person| Place::Number(0)));
    }
    let (mut values, mut window) = (vec![Value::from(department)], String::new());
    for (sign, argument, cursor) in [(">", "after", &request.after), ("<", "before", &request.before)] {
        let Some((key, id)) = place(db, Listing::People, argument, cursor.as_deref()).await? else {
            continue;
        };
        values.extend([Value::from(key), Value::from(id)]);
        let (key, id) = (values.len() - 1, values.len());
        window.push_str(&format!(" AND (p.name_key, p.id) {sign} (${key}, ${id})"));
    }
    let way = if request.backwards { "DESC" } else { "ASC" };
    let (columns, limit) = (Person::columns("p"), request.limit.saturating_add(1));
    let text = format!(
        "SELECT {columns} FROM directory_person_department AS l JOIN directory_person AS p ON p.id = l.person \
         WHERE l.department = $1 AND p.is_active{window} ORDER BY p.name_key {way}, p.id {way} LIMIT {limit}"
    );
    let read = Person::all(db, sql(db.get_database_backend(), text, values)).await?;
    Ok(Page::from_read(request, read, |row| Place::Text(row.id().to_owned())))
}

/// How many begin with `text`.
pub(super) async fn count(db: &impl ConnectionTrait, listing: Listing, text: &str) -> Result<u64, Fault> {
    let text = check_text(text)?;
    let (table, chosen) = table(listing);
    let mut values = Vec::new();
    let begins = begins_with(&mut values, text)
        .map_or(String::new(), |[by_name, by_id]| format!(" AND ({by_name} OR {by_id})"));
    let text = format!("SELECT count(*) FROM {table} WHERE {chosen}{begins}");
    let row = db.query_one_raw(sql(db.get_database_backend(), text, values)).await?;
    let count: i64 = row.ok_or_else(|| Fault::internal("a count gave no row"))?.try_get_by_index(0)?;
    Ok(count.unsigned_abs())
}

/// Where in the order the row of a cursor stands, wherever it has moved since.
async fn place(
    db: &impl ConnectionTrait,
    listing: Listing,
    argument: &str,
    cursor: Option<&str>,
) -> Result<Option<(String, String)>, Fault> {
    let Some(id) = cursor else { return Ok(None) };
    let bad = || Fault::bad_input(argument, "this is not a cursor of this connection");
    if !is_id(id) {
        return Err(bad());
    }
    let text = format!("SELECT name_key FROM {} WHERE id = $1", table(listing).0);
    let row = db.query_one_raw(sql(db.get_database_backend(), text, [id.into()])).await?.ok_or_else(bad)?;
    Ok(Some((row.try_get_by_index(0)?, id.to_owned())))
}

/// The conditions that the name, or the id, begins with `text`; none where that is empty.
fn begins_with(values: &mut Vec<Value>, text: &str) -> Option<[String; 2]> {
    if text.is_empty() {
        return None;
    }
    let mut range = |column: &str, from: String| {
        // No text that begins so comes behind the last of all characters.
        values.extend([from.clone().into(), format!("{from}\u{10ffff}").into()]);
        let (least, most) = (values.len() - 1, values.len());
        format!("({column} >= ${least} AND {column} < ${most})")
    };
    Some([range("name_key", name_key(text)), range("id", text.to_owned())])
}

/// Up to one more than a page. `after` and `before` are name keys and ids.
pub(super) fn page_statement<T: Listed>(
    backend: DbBackend,
    text: &str,
    after: Option<(String, String)>,
    before: Option<(String, String)>,
    request: &PageRequest,
) -> Statement {
    let (table, chosen) = table(T::LISTING);
    let (columns, limit) = (T::columns("t"), request.limit.saturating_add(1));
    let (mut values, mut window) = (Vec::new(), chosen.to_owned());
    for (sign, (key, id)) in [(">", after), ("<", before)].into_iter().filter_map(|(s, at)| Some((s, at?))) {
        values.extend([Value::from(key), Value::from(id)]);
        window.push_str(&format!(" AND (name_key, id) {sign} (${}, ${})", values.len() - 1, values.len()));
    }
    let down = if request.backwards { " DESC" } else { "" };
    let end = |alias: &str| format!("ORDER BY {alias}name_key{down}, {alias}id{down} LIMIT {limit}");
    let text = match begins_with(&mut values, text) {
        None => format!("SELECT {columns} FROM {table} AS t WHERE {window} {}", end("")),
        // Each half is one walk along an index; together they would be none.
        Some([by_name, by_id]) => {
            let halves = [("a", by_name), ("b", by_id)].map(|(alias, begins)| {
                let half = format!("SELECT id FROM {table} WHERE {window} AND {begins} {}", end(""));
                format!("SELECT id FROM ({half}) AS {alias}")
            });
            let row = look_up(backend, table, "t", "t.id = m.id");
            format!("SELECT {columns} FROM ({}) AS m {row} {}", halves.join(" UNION "), end("t."))
        }
    };
    sql(backend, text, values)
}
