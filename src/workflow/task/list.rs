//! Lists of tasks: one's own to do, those that one has done, those that one was shown, and all that
//! one may see.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::filter::{TaskFilter, TaskView};
use super::order::{Beyond, TaskOrder, TaskOrderField};
use crate::kernel::{Actor, Fault, Page, PageRequest, Role};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::Conditions;
use crate::storage::dialect::sql;
use crate::storage::entity::task;
use crate::workflow::Workflow;
use crate::workflow::service::user_principal;

/// What a list reads, put together for one actor.
pub(super) struct Listing<'a> {
    pub actor: &'a Actor,
    pub principals: &'a [String],
    pub filter: &'a TaskFilter,
}

impl Listing<'_> {
    /// One statement for each place where tasks of the view are found: `SELECT {what} …` each with
    /// `tail` behind it. What is found twice is told twice.
    fn sources(&self, what: &str, tail: &str, conditions: &mut Conditions) -> Result<Vec<String>, Fault> {
        let needs_instance = self.filter.conditions(conditions)?;
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
        if field == TaskOrderField::CopiedAt && self.filter.view != TaskView::Copied {
            let message = "only what you were shown (filter.view COPIED) is sorted by this";
            return Err(Fault::bad_input("orderBy.field", message));
        }
        let own = user_principal(&self.actor.user_id);
        for (argument, cursor, behind) in [("after", &page.after, true), ("before", &page.before, false)] {
            let Some(cursor) = cursor else { continue };
            let beyond = Beyond { argument, cursor, behind, own: &own, id: self.id() };
            order.beyond(&mut conditions, &beyond)?;
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

    fn count(&self, backend: DbBackend) -> Result<Statement, Fault> {
        let mut conditions = Conditions::default();
        let what = format!("{} AS id", self.id());
        let sources = self.sources(&what, "", &mut conditions)?;
        let text = format!("SELECT count(DISTINCT id) AS n FROM ({}) AS u", sources.join(" UNION ALL "));
        Ok(sql(backend, text, conditions.values))
    }
}

impl Workflow {
    /// A page of the tasks that an actor may see.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of this order's, for an order that the view has not, and for
    /// times beyond the year 9999.
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
        Ok(Page::from_read(page, read, |row| order.field.place(row)))
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
