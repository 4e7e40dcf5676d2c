//! Lists of tasks: one's own to do, those that one has done, those that one was shown, and all that
//! one may see.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};
use uuid::Uuid;

use crate::kernel::{Actor, Fault, Page, PageRequest, Place, Role};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::{Conditions, is_storable, storable};
use crate::storage::dialect::sql;
use crate::storage::entity::task;
use crate::workflow::Workflow;
use crate::workflow::status::TaskStatus;

/// Which tasks somebody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TaskView {
    /// What is theirs to do.
    #[default]
    Todo,
    /// What they have decided.
    Done,
    /// What they were shown.
    Copied,
    /// Everything that they may see.
    All,
}

/// Which tasks to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskFilter {
    /// Which of the actor's.
    pub view: TaskView,
    /// In one of these states.
    pub statuses: Option<Vec<TaskStatus>>,
    /// Of the process with this key.
    pub definition_key: Option<String>,
    /// Of this instance.
    pub instance: Option<Uuid>,
    /// About this.
    pub business_key: Option<String>,
    /// At this node.
    pub node_id: Option<String>,
    /// Whose name holds this text, whatever its case.
    pub name: Option<String>,
    /// This user's.
    pub assignee: Option<String>,
    /// Of instances that this user has started.
    pub started_by: Option<String>,
    /// Made then or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Made before then.
    pub created_before: Option<DateTime<Utc>>,
    /// To be done before then.
    pub due_before: Option<DateTime<Utc>>,
}

/// What to sort tasks by; ties go by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TaskOrderField {
    /// When they were made: the cheapest order there is.
    #[default]
    CreatedAt,
    /// When they should be done; those without such a time last.
    DueAt,
    /// When they were finished; those that are not, last.
    FinishedAt,
}

/// How to sort tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TaskOrder {
    /// By what.
    pub field: TaskOrderField,
    /// Smallest first.
    pub is_ascending: bool,
}

impl TaskOrderField {
    fn mark(self) -> &'static str {
        match self {
            Self::CreatedAt => "created",
            Self::DueAt => "due",
            Self::FinishedAt => "finished",
        }
    }

    /// The column; none: by id alone, which grows with time.
    fn column(self) -> Option<&'static str> {
        match self {
            Self::CreatedAt => None,
            Self::DueAt => Some("t.due_at"),
            Self::FinishedAt => Some("t.finished_at"),
        }
    }

    fn key(self, row: &task::Model) -> Option<DateTime<Utc>> {
        match self {
            Self::CreatedAt => None,
            Self::DueAt => row.due_at,
            Self::FinishedAt => row.finished_at,
        }
    }

    fn place(self, row: &task::Model) -> String {
        let key = self.key(row).map(|time| time.timestamp_micros().to_string()).unwrap_or_default();
        format!("{}:{key}:{}", self.mark(), row.id.simple())
    }

    fn parse(self, field: &str, cursor: &str) -> Result<(Option<DateTime<Utc>>, Uuid), Fault> {
        let bad = || Fault::bad_input(field, "this is not a cursor of this connection in this order");
        let parts: Vec<_> = cursor.split(':').collect();
        let [mark, key, id] = parts[..] else { return Err(bad()) };
        if mark != self.mark() {
            return Err(bad());
        }
        let key = match key {
            "" => None,
            micros => {
                let micros = micros.parse().map_err(|_| bad())?;
                let time = DateTime::from_timestamp_micros(micros).filter(is_storable);
                Some(time.ok_or_else(bad)?)
            }
        };
        Ok((key, Uuid::try_parse(id).map_err(|_| bad())?))
    }
}

/// What a list reads, put together for one actor.
pub(super) struct Listing<'a> {
    pub actor: &'a Actor,
    pub principals: &'a [String],
    pub filter: &'a TaskFilter,
}

impl Listing<'_> {
    /// What the tasks must meet, beside being in the view; whether their instances are needed for it.
    fn conditions(&self, conditions: &mut Conditions) -> Result<bool, Fault> {
        let filter = self.filter;
        if let Some(statuses) = &filter.statuses {
            let codes: Vec<_> = statuses.iter().map(|status| status.code().to_string()).collect();
            let any =
                if codes.is_empty() { "false".into() } else { format!("t.status IN ({})", codes.join(", ")) };
            conditions.and(&any, []);
        }
        for (given, condition) in [(&filter.node_id, "t.node_id = {}"), (&filter.assignee, "t.assignee = {}")]
        {
            if let Some(text) = given {
                conditions.and(condition, [storable(text).into()]);
            }
        }
        if let Some(instance) = filter.instance {
            conditions.and("t.instance_id = {}", [instance.into()]);
        }
        if let Some(name) = &filter.name {
            let pattern = storable(name).to_lowercase();
            let pattern = pattern.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            conditions.and("lower(t.name) LIKE {} ESCAPE '\\'", [format!("%{pattern}%").into()]);
        }
        for (field, time, condition) in [
            ("filter.createdAfter", filter.created_after, "t.created_at >= {}"),
            ("filter.createdBefore", filter.created_before, "t.created_at < {}"),
            ("filter.dueBefore", filter.due_before, "t.due_at < {}"),
        ] {
            conditions.and_time(field, time, condition)?;
        }
        let mut needs_instance = false;
        for (given, condition) in [
            (&filter.business_key, "i.business_key = {}"),
            (&filter.started_by, "i.started_by = {}"),
            (
                &filter.definition_key,
                "i.definition_id IN (SELECT d.id FROM process_definition d WHERE d.key = {})",
            ),
        ] {
            if let Some(text) = given {
                conditions.and(condition, [storable(text).into()]);
                needs_instance = true;
            }
        }
        Ok(needs_instance)
    }

    /// One statement for each place where tasks of the view are found: `SELECT {what} …` each with
    /// `tail` behind it. What is found twice is told twice.
    fn sources(&self, what: &str, tail: &str, conditions: &mut Conditions) -> Result<Vec<String>, Fault> {
        let needs_instance = self.conditions(conditions)?;
        let wanted = conditions.text.clone();
        let instance = if needs_instance { " JOIN process_instance i ON i.id = t.instance_id" } else { "" };
        if self.filter.view == TaskView::All && self.actor.has_role(Role::Admin) {
            return Ok(vec![format!("SELECT {what} FROM task t{instance} WHERE {wanted}{tail}")]);
        }
        // An inbox's own columns may be all that is asked for: its index then has everything.
        let task = if wanted.contains("t.") || what.contains("t.") || needs_instance {
            " JOIN task t ON t.id = e.task_id"
        } else {
            ""
        };
        let state = match self.filter.view {
            TaskView::Todo => " AND e.state = 'TODO'",
            TaskView::Done => " AND e.state = 'DONE'",
            TaskView::Copied => " AND e.copied_at IS NOT NULL",
            TaskView::All => "",
        };
        let mut found = Vec::with_capacity(self.principals.len() + 1);
        for principal in self.principals {
            let place = conditions.value(principal.as_str());
            found.push(format!(
                "SELECT {what} FROM inbox_entry e{task}{instance} \
                 WHERE e.principal = {place}{state} AND {wanted}{tail}"
            ));
        }
        if self.filter.view == TaskView::All {
            let place = conditions.value(self.actor.user_id.as_str());
            found.push(format!(
                "SELECT {what} FROM task t JOIN process_instance i ON i.id = t.instance_id \
                 WHERE i.started_by = {place} AND {wanted}{tail}"
            ));
        }
        Ok(found)
    }

    /// The statement that reads one task too many of a page.
    pub(super) fn page(
        &self,
        backend: DbBackend,
        order: TaskOrder,
        page: &PageRequest,
    ) -> Result<Statement, Fault> {
        let mut conditions = Conditions::default();
        let field = order.field;
        for (name, cursor, behind) in [("after", &page.after, true), ("before", &page.before, false)] {
            let Some(cursor) = cursor else { continue };
            let (key, id) = field.parse(name, cursor)?;
            let sign = if order.is_ascending == behind { ">" } else { "<" };
            match field.column() {
                None => conditions.and(&self.by_id(sign), [id.into()]),
                Some(column) => beyond(&mut conditions, column, behind, sign, key, id),
            }
        }
        let way = if order.is_ascending == page.backwards { "DESC" } else { "ASC" };
        let by = |id: &str, column: &str| match field.column() {
            None => format!("{id} {way}"),
            Some(_) => {
                let nulls = if page.backwards { "DESC" } else { "ASC" };
                format!("({column} IS NULL) {nulls}, {column} {way}, {id} {way}")
            }
        };
        let limit = page.limit + 1;
        let column = field.column().unwrap_or(self.id());
        let tail = format!(" ORDER BY {} LIMIT {limit}", by(self.id(), column));
        let what = format!("{} AS id, {column} AS sorted", self.id());
        let sources = self.sources(&what, &tail, &mut conditions)?;
        let found = match &sources[..] {
            [only] => only.clone(),
            // Each place gives its first so many, in order: together they hold the page.
            several => {
                let several: Vec<_> =
                    several.iter().map(|source| format!("SELECT * FROM ({source}) AS s")).collect();
                let (all, order) = (several.join(" UNION ALL "), by("id", "sorted"));
                format!(
                    "SELECT id, sorted FROM ({all}) AS u GROUP BY id, sorted ORDER BY {order} LIMIT {limit}"
                )
            }
        };
        let text = format!(
            "SELECT {} FROM ({found}) AS p JOIN task t ON t.id = p.id ORDER BY {}",
            task::Model::columns("t"),
            by("p.id", "p.sorted"),
        );
        Ok(sql(backend, text, conditions.values))
    }

    /// The column that an inbox is ordered by: its own, so that its index gives the order.
    fn id(&self) -> &'static str {
        if self.filter.view == TaskView::All { "t.id" } else { "e.task_id" }
    }

    fn by_id(&self, sign: &str) -> String {
        format!("{} {sign} {{}}", self.id())
    }

    fn count(&self, backend: DbBackend) -> Result<Statement, Fault> {
        let mut conditions = Conditions::default();
        let what = format!("{} AS id", self.id());
        let sources = self.sources(&what, "", &mut conditions)?;
        let text = format!("SELECT count(DISTINCT id) AS n FROM ({}) AS u", sources.join(" UNION ALL "));
        Ok(sql(backend, text, conditions.values))
    }
}

/// Adds what is beyond a place in an order in which nulls come last.
fn beyond(
    conditions: &mut Conditions,
    column: &str,
    behind: bool,
    sign: &str,
    key: Option<DateTime<Utc>>,
    id: Uuid,
) {
    match (key, behind) {
        (Some(key), true) => conditions.and(
            &format!("(({column}, t.id) {sign} ({{}}, {{}}) OR {column} IS NULL)"),
            [key.into(), id.into()],
        ),
        (Some(key), false) => {
            conditions.and(&format!("({column}, t.id) {sign} ({{}}, {{}})"), [key.into(), id.into()]);
        }
        (None, true) => {
            conditions.and(&format!("({column} IS NULL AND t.id {sign} {{}})"), [Value::from(id)]);
        }
        (None, false) => {
            conditions.and(&format!("({column} IS NOT NULL OR t.id {sign} {{}})"), [Value::from(id)]);
        }
    }
}

impl Workflow {
    /// A page of the tasks that an actor may see.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of this order's, and for times beyond the year 9999.
    pub async fn tasks(
        &self,
        actor: &Actor,
        filter: &TaskFilter,
        order: TaskOrder,
        page: &PageRequest,
    ) -> Result<Page<task::Model>, Fault> {
        let principals = self.principals(actor).await?;
        let listing = Listing { actor, principals: &principals, filter };
        let reader = self.inner.db.reader();
        let statement = listing.page(reader.get_database_backend(), order, page)?;
        let read = task::Model::all(reader, statement).await?;
        Ok(Page::from_read(page, read, |row| Place::Text(order.field.place(row))))
    }

    /// How many tasks [`Workflow::tasks`] gives in all.
    ///
    /// # Errors
    /// As [`Workflow::tasks`].
    pub async fn count_tasks(&self, actor: &Actor, filter: &TaskFilter) -> Result<i64, Fault> {
        let principals = self.principals(actor).await?;
        let listing = Listing { actor, principals: &principals, filter };
        let reader = self.inner.db.reader();
        let row = reader.query_one_raw(listing.count(reader.get_database_backend())?).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get("", "n"))?)
    }
}
