//! Lists of instances.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use uuid::Uuid;

use crate::kernel::{Actor, Fault, Page, PageRequest, Place, Role};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::{Conditions, is_storable, storable};
use crate::storage::dialect::sql;
use crate::storage::entity::process_instance;
use crate::workflow::status::InstanceStatus;
use crate::workflow::{Workflow, read};

/// Which instances to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InstanceFilter {
    /// In one of these states.
    pub statuses: Option<Vec<InstanceStatus>>,
    /// Suspended, with the instance at the top of their tree, or not.
    pub suspended: Option<bool>,
    /// Of the process with this key.
    pub definition_key: Option<String>,
    /// Of this version of a process.
    pub version: Option<i32>,
    /// About this.
    pub business_key: Option<String>,
    /// About something whose key holds this text, whatever its case.
    pub business_key_contains: Option<String>,
    /// Started by this user; for ADMIN alone, unless it is oneself.
    pub started_by: Option<String>,
    /// Called by this instance.
    pub parent: Option<Uuid>,
    /// Called by none; or by another.
    pub top_level: Option<bool>,
    /// With a token at this node now.
    pub node_id: Option<String>,
    /// Started then or later.
    pub started_after: Option<DateTime<Utc>>,
    /// Started before then.
    pub started_before: Option<DateTime<Utc>>,
    /// Ended then or later.
    pub finished_after: Option<DateTime<Utc>>,
    /// Ended before then.
    pub finished_before: Option<DateTime<Utc>>,
}

/// What to sort instances by; ties go by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InstanceOrderField {
    /// When they were started: the cheapest order there is.
    #[default]
    StartedAt,
    /// When they ended; those that have not, last.
    EndedAt,
    /// What they are about; those about nothing come first. All that the filter leaves is read for it.
    BusinessKey,
}

/// How to sort instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct InstanceOrder {
    /// By what.
    pub field: InstanceOrderField,
    /// Smallest first.
    pub is_ascending: bool,
}

/// A time that stands for none: behind all others.
const NEVER: i64 = 253_402_300_799_000_000;

impl InstanceOrderField {
    fn mark(self) -> &'static str {
        match self {
            Self::StartedAt => "started",
            Self::EndedAt => "ended",
            Self::BusinessKey => "business",
        }
    }

    fn place(self, row: &process_instance::Model) -> String {
        let key = match self {
            // Business keys are looked up where the cursor stands.
            Self::StartedAt | Self::BusinessKey => 0,
            Self::EndedAt => row.ended_at.map_or(NEVER, |time| time.timestamp_micros()),
        };
        format!("{}:{key}:{}", self.mark(), row.id.simple())
    }

    fn parse(self, field: &str, cursor: &str) -> Result<(DateTime<Utc>, Uuid), Fault> {
        let bad = || Fault::bad_input(field, "this is not a cursor of this connection in this order");
        let parts: Vec<_> = cursor.split(':').collect();
        let [mark, key, id] = parts[..] else { return Err(bad()) };
        if mark != self.mark() {
            return Err(bad());
        }
        let key = key.parse().ok().and_then(DateTime::from_timestamp_micros).filter(is_storable);
        Ok((key.ok_or_else(bad)?, Uuid::try_parse(id).map_err(|_| bad())?))
    }
}

fn conditions(actor: &Actor, principals: &[String], filter: &InstanceFilter) -> Result<Conditions, Fault> {
    let mut conditions = Conditions::default();
    let is_admin = actor.has_role(Role::Admin);
    let is_own = filter.started_by.as_ref().is_some_and(|user| *user == actor.user_id);
    if let Some(user) = &filter.started_by {
        if !is_own && !is_admin {
            return Err(Fault::forbidden("only ADMIN may list what somebody else has started")
                .with("field", "filter.startedBy".into()));
        }
        conditions.and("i.started_by = {}", [storable(user).into()]);
    }
    if !is_admin && !is_own {
        let own = conditions.value(actor.user_id.as_str());
        let names: Vec<_> = principals.iter().map(|name| conditions.value(name.as_str())).collect();
        let asked = format!(
            "EXISTS (SELECT 1 FROM process_instance f JOIN task t ON t.instance_id = f.id \
             JOIN inbox_entry e ON e.task_id = t.id \
             WHERE f.root_id = i.root_id AND e.principal IN ({}))",
            names.join(", ")
        );
        conditions.and(&format!("(i.started_by = {own} OR {asked})"), []);
    }
    if let Some(statuses) = &filter.statuses {
        let codes: Vec<_> = statuses.iter().map(|status| status.code().to_string()).collect();
        let any =
            if codes.is_empty() { "false".to_owned() } else { format!("i.status IN ({})", codes.join(", ")) };
        conditions.and(&any, []);
    }
    // What is called stands still with the topmost instance, as long as it has not ended.
    let stands_still = "i.ended_at IS NULL AND \
        EXISTS (SELECT 1 FROM process_instance r WHERE r.id = i.root_id AND r.suspended)";
    conditions.and_whether(filter.suspended, stands_still);
    conditions.and_whether(filter.top_level, "i.parent_id IS NULL");
    if let Some(key) = &filter.definition_key {
        let of_key = "i.definition_id IN (SELECT d.id FROM process_definition d WHERE d.key = {})";
        conditions.and(of_key, [storable(key).into()]);
    }
    if let Some(version) = filter.version {
        let of_version = "i.definition_id IN (SELECT d.id FROM process_definition d WHERE d.version = {})";
        conditions.and(of_version, [version.into()]);
    }
    if let Some(key) = &filter.business_key {
        conditions.and("i.business_key = {}", [storable(key).into()]);
    }
    if let Some(text) = &filter.business_key_contains {
        conditions.and_holds(&["i.business_key"], text);
    }
    if let Some(node) = &filter.node_id {
        let is_there = "EXISTS (SELECT 1 FROM process_activity a WHERE a.instance_id = i.id \
                        AND a.left_at IS NULL AND a.node_id = {})";
        conditions.and(is_there, [storable(node).into()]);
    }
    if let Some(parent) = filter.parent {
        conditions.and("i.parent_id = {}", [parent.into()]);
    }
    for (field, time, condition) in [
        ("filter.startedAfter", filter.started_after, "i.started_at >= {}"),
        ("filter.startedBefore", filter.started_before, "i.started_at < {}"),
        ("filter.finishedAfter", filter.finished_after, "i.ended_at >= {}"),
        ("filter.finishedBefore", filter.finished_before, "i.ended_at < {}"),
    ] {
        conditions.and_time(field, time, condition)?;
    }
    Ok(conditions)
}

fn page_statement(
    backend: DbBackend,
    mut conditions: Conditions,
    order: InstanceOrder,
    page: &PageRequest,
) -> Result<Statement, Fault> {
    let column = match order.field {
        InstanceOrderField::StartedAt => None,
        InstanceOrderField::EndedAt => {
            let never = DateTime::from_timestamp_micros(NEVER).unwrap_or_default();
            Some(format!("coalesce(i.ended_at, {})", conditions.value(never)))
        }
        InstanceOrderField::BusinessKey => Some("coalesce(i.business_key, '')".to_owned()),
    };
    for (field, cursor, behind) in [("after", &page.after, true), ("before", &page.before, false)] {
        let Some(cursor) = cursor else { continue };
        let (key, id) = order.field.parse(field, cursor)?;
        let sign = if order.is_ascending == behind { ">" } else { "<" };
        match &column {
            Some(column) if order.field == InstanceOrderField::BusinessKey => {
                let of_it = "(SELECT coalesce(c.business_key, '') FROM process_instance c WHERE c.id = {})";
                let beyond = format!("({column}, i.id) {sign} ({of_it}, {{}})");
                conditions.and(&beyond, [id.into(), id.into()]);
            }
            None => conditions.and(&format!("i.id {sign} {{}}"), [id.into()]),
            Some(column) => {
                conditions.and(&format!("({column}, i.id) {sign} ({{}}, {{}})"), [key.into(), id.into()]);
            }
        }
    }
    let way = if order.is_ascending == page.backwards { "DESC" } else { "ASC" };
    let by = column.map_or_else(String::new, |column| format!("{column} {way}, "));
    let text = format!(
        "SELECT {} FROM process_instance i WHERE {} ORDER BY {by}i.id {way} LIMIT {}",
        process_instance::Model::columns("i"),
        conditions.text,
        page.limit + 1
    );
    Ok(sql(backend, text, conditions.values))
}

impl Workflow {
    /// An instance, where it is the actor's to see: who has started it, who has or had a task of it
    /// or of one of its tree, and ADMIN.
    ///
    /// # Errors
    /// The database's.
    pub async fn instance(&self, actor: &Actor, id: Uuid) -> Result<Option<process_instance::Model>, Fault> {
        read::if_visible(self.visible_instance(actor, id).await)
    }

    /// A page of the instances that an actor may see.
    ///
    /// # Errors
    /// `FORBIDDEN` where the filter names another starter and the actor is not ADMIN; `BAD_INPUT` for
    /// a cursor that is none of this order's, and for times beyond the year 9999.
    pub async fn instances(
        &self,
        actor: &Actor,
        filter: &InstanceFilter,
        order: InstanceOrder,
        page: &PageRequest,
    ) -> Result<Page<process_instance::Model>, Fault> {
        let principals = self.principals(actor).await?;
        let conditions = conditions(actor, &principals, filter)?;
        let reader = self.inner.db.reader();
        let statement = page_statement(reader.get_database_backend(), conditions, order, page)?;
        let read = process_instance::Model::all(reader, statement).await?;
        Ok(Page::from_read(page, read, |row| Place::Text(order.field.place(row))))
    }

    /// How many instances [`Workflow::instances`] gives in all.
    ///
    /// # Errors
    /// As [`Workflow::instances`].
    pub async fn count_instances(&self, actor: &Actor, filter: &InstanceFilter) -> Result<i64, Fault> {
        let principals = self.principals(actor).await?;
        let conditions = conditions(actor, &principals, filter)?;
        let reader = self.inner.db.reader();
        let text = format!("SELECT count(*) AS n FROM process_instance i WHERE {}", conditions.text);
        let statement = sql(reader.get_database_backend(), text, conditions.values);
        let row = reader.query_one_raw(statement).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get("", "n"))?)
    }
}
