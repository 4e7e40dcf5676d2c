//! Lists of batches: filter, order, and paging by the place in the order.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use super::{Batch, store};
use crate::engine::RunStatus;
use crate::kernel::{Actor, Fault, Page, PageRequest, Place, Role};
use crate::storage::conditions::{Conditions, is_storable, storable};
use crate::storage::dialect::sql;

/// Which batches to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchFilter {
    /// In one of these states.
    pub statuses: Option<Vec<RunStatus>>,
    /// Of the feature with this key.
    pub feature: Option<String>,
    /// Created then or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Created before then.
    pub created_before: Option<DateTime<Utc>>,
    /// Created by this user; for ADMIN alone, unless it is oneself.
    pub created_by: Option<String>,
}

/// What to sort batches by; ties go by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchOrderField {
    /// When they were created.
    CreatedAt,
    /// When they last changed.
    UpdatedAt,
    /// Their number.
    Number,
    /// How many items they have.
    Total,
}

/// Which way to sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// How to sort batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchOrder {
    /// By what.
    pub field: BatchOrderField,
    /// Which way.
    pub direction: Direction,
}

impl Default for BatchOrder {
    /// The latest first, by number: the cheapest order there is.
    fn default() -> Self {
        Self { field: BatchOrderField::Number, direction: Direction::Desc }
    }
}

impl BatchOrderField {
    fn column(self) -> &'static str {
        match self {
            Self::CreatedAt => "b.created_at",
            Self::UpdatedAt => "r.updated_at",
            Self::Number => "b.number",
            Self::Total => "r.total",
        }
    }

    /// What cursors of this order begin with, so that those of another are noticed.
    fn mark(self) -> &'static str {
        match self {
            Self::CreatedAt => "created",
            Self::UpdatedAt => "updated",
            Self::Number => "number",
            Self::Total => "total",
        }
    }

    /// A batch's place in this order, as a cursor keeps it.
    fn place(self, batch: &Batch) -> String {
        let key = match self {
            Self::CreatedAt => batch.row.created_at.timestamp_micros(),
            Self::UpdatedAt => batch.run.updated_at.timestamp_micros(),
            Self::Number => batch.row.number,
            Self::Total => batch.run.total,
        };
        format!("{}:{key}:{}", self.mark(), batch.row.number)
    }

    /// The place in a cursor.
    fn parse(self, field: &str, cursor: &str) -> Result<(Value, i64), Fault> {
        let bad = || Fault::bad_input(field, "this is not a cursor of this connection in this order");
        let mut parts = cursor.split(':');
        let (mark, key, number) = (parts.next(), parts.next(), parts.next());
        if mark != Some(self.mark()) || parts.next().is_some() {
            return Err(bad());
        }
        let key: i64 = key.and_then(|text| text.parse().ok()).ok_or_else(bad)?;
        let number: i64 = number.and_then(|text| text.parse().ok()).ok_or_else(bad)?;
        let value = match self {
            Self::CreatedAt | Self::UpdatedAt => {
                let time = DateTime::from_timestamp_micros(key).filter(is_storable).ok_or_else(bad)?;
                Value::from(time)
            }
            Self::Number | Self::Total => key.into(),
        };
        Ok((value, number))
    }
}

/// What the actor may see of what is asked for.
fn conditions(actor: &Actor, filter: &BatchFilter) -> Result<Conditions, Fault> {
    let mut conditions = Conditions::default();
    let is_admin = actor.has_role(Role::Admin);
    match &filter.created_by {
        Some(user) if *user != actor.user_id && !is_admin => {
            return Err(Fault::forbidden("only ADMIN may list somebody else's batches")
                .with("field", "filter.createdBy".into()));
        }
        Some(user) => conditions.and("b.created_by = {}", [storable(user).into()]),
        None if is_admin => {}
        None => conditions.and("b.created_by = {}", [actor.user_id.as_str().into()]),
    }
    if let Some(feature) = &filter.feature {
        conditions.and("b.feature_key = {}", [storable(feature).into()]);
    }
    for (field, time, condition) in [
        ("filter.createdAfter", filter.created_after, "b.created_at >= {}"),
        ("filter.createdBefore", filter.created_before, "b.created_at < {}"),
    ] {
        conditions.and_time(field, time, condition)?;
    }
    if let Some(statuses) = &filter.statuses {
        // Words of ours, so that they may stand in the statement itself.
        let words: Vec<_> = statuses.iter().map(|status| format!("'{}'", status.as_str())).collect();
        let any =
            if words.is_empty() { "false".to_owned() } else { format!("r.status IN ({})", words.join(", ")) };
        conditions.and(&any, []);
        if !words.is_empty() && !statuses.iter().any(|status| status.is_final()) {
            // They are few, and the index of open runs is found by these words.
            conditions.and("r.finished_at IS NULL", []);
        }
    }
    Ok(conditions)
}

/// The statement that reads one batch too many of a page of those that the actor may see.
fn page_statement(
    backend: DbBackend,
    actor: &Actor,
    filter: &BatchFilter,
    order: BatchOrder,
    page: &PageRequest,
) -> Result<Statement, Fault> {
    let mut conditions = conditions(actor, filter)?;
    let column = order.field.column();
    let ascending = order.direction == Direction::Asc;
    for (field, cursor, behind) in [("after", &page.after, true), ("before", &page.before, false)] {
        let Some(cursor) = cursor else { continue };
        let (key, number) = order.field.parse(field, cursor)?;
        let sign = if ascending == behind { ">" } else { "<" };
        match order.field {
            BatchOrderField::Number => conditions.and(&format!("b.number {sign} {{}}"), [number.into()]),
            _ => conditions.and(&format!("({column}, b.number) {sign} ({{}}, {{}})"), [key, number.into()]),
        }
    }
    let way = if ascending == page.backwards { "DESC" } else { "ASC" };
    let by = match order.field {
        BatchOrderField::Number => format!("b.number {way}"),
        _ => format!("{column} {way}, b.number {way}"),
    };
    let text = format!(
        "SELECT {} FROM batch b JOIN engine_run r ON r.id = b.id WHERE {} ORDER BY {by} LIMIT {}",
        store::columns(),
        conditions.text,
        page.limit + 1
    );
    Ok(sql(backend, text, conditions.values))
}

/// A page of the batches that the actor may see.
pub(super) async fn page(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    filter: &BatchFilter,
    order: BatchOrder,
    page: &PageRequest,
) -> Result<Page<Batch>, Fault> {
    let statement = page_statement(connection.get_database_backend(), actor, filter, order, page)?;
    let rows = connection.query_all_raw(statement).await?;
    let read = rows.iter().map(store::read).collect::<Result<Vec<_>, DbErr>>()?;
    Ok(Page::from_read(page, read, |batch| Place::Text(order.field.place(batch))))
}

/// How many batches there are of those that the actor may see.
pub(super) async fn count(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    filter: &BatchFilter,
) -> Result<i64, Fault> {
    let conditions = conditions(actor, filter)?;
    let join = if filter.statuses.is_some() { " JOIN engine_run r ON r.id = b.id" } else { "" };
    let text = format!("SELECT count(*) AS n FROM batch b{join} WHERE {}", conditions.text);
    let statement = sql(connection.get_database_backend(), text, conditions.values);
    let row = connection.query_one_raw(statement).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get("", "n"))?)
}

#[cfg(test)]
#[path = "list_plans.rs"]
mod plans;
#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use proptest::prelude::*;

    fn actor(role: Role) -> Actor {
        Actor { user_id: "alice".into(), name: "Alice".into(), role, plan: None }
    }

    #[test]
    fn only_admin_sees_everybodys() {
        let own = conditions(&actor(Role::Operator), &BatchFilter::default()).unwrap();
        assert_eq!((own.text.as_str(), own.values.len()), ("true AND b.created_by = $1", 1));
        let all = conditions(&actor(Role::Admin), &BatchFilter::default()).unwrap();
        assert_eq!(all.text, "true");
        let bobs = BatchFilter { created_by: Some("bob".into()), ..BatchFilter::default() };
        assert_eq!(
            conditions(&actor(Role::Operator), &bobs).err().map(|f| f.code()),
            Some(ErrorCode::Forbidden)
        );
        assert_eq!(conditions(&actor(Role::Admin), &bobs).unwrap().values.len(), 1);
    }

    #[test]
    fn no_status_at_all_is_no_batch() {
        let none = BatchFilter { statuses: Some(vec![]), ..BatchFilter::default() };
        assert_eq!(conditions(&actor(Role::Admin), &none).unwrap().text, "true AND false");
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let fault = BatchOrderField::Total.parse("after", "number:7:7").unwrap_err();
        assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &"after".into()));
        assert!(BatchOrderField::Number.parse("after", "number:7:7").is_ok());
    }

    proptest! {
        #[test]
        fn no_cursor_makes_parsing_panic(text in "(created|updated|number|total)?[:0-9-]{0,45}") {
            for field in [
                BatchOrderField::CreatedAt,
                BatchOrderField::UpdatedAt,
                BatchOrderField::Number,
                BatchOrderField::Total,
            ] {
                let _ = field.parse("after", &text);
            }
        }
    }
}
