//! Reading for many at once, for lists: what of instances and tasks somebody may see, and what is
//! theirs, one statement a question however many ask.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult, Statement, Value};
use uuid::Uuid;

use super::Workflow;
use super::definition::Definition;
use super::service::user_principal;
use crate::kernel::{Actor, Fault, Page, PageRequest, Place, Role};
use crate::storage::by_place::ByPlace;
use crate::storage::conditions::Conditions;
use crate::storage::dialect::sql;
use crate::storage::entity::{process_instance, task};

/// `$1, $2, …` for values that are added to the conditions.
pub(super) fn places(
    conditions: &mut Conditions,
    values: impl IntoIterator<Item = impl Into<Value>>,
) -> String {
    let places: Vec<_> = values.into_iter().map(|value| conditions.value(value)).collect();
    if places.is_empty() { "NULL".to_owned() } else { places.join(", ") }
}

/// Rows by their owners.
pub(super) fn grouped<T>(rows: Vec<T>, owner: impl Fn(&T) -> Option<Uuid>) -> HashMap<Uuid, Vec<T>> {
    let mut found: HashMap<Uuid, Vec<T>> = HashMap::new();
    for row in rows {
        if let Some(owner) = owner(&row) {
            found.entry(owner).or_default().push(row);
        }
    }
    found
}

impl Workflow {
    /// Those of the tasks that an actor may see: who has or had them, the starters of their
    /// instances, and ADMIN.
    ///
    /// # Errors
    /// The database's.
    pub async fn visible_tasks(&self, actor: &Actor, ids: &[Uuid]) -> Result<Vec<task::Model>, Fault> {
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, ids.iter().copied());
        let mut text = format!(
            "SELECT {} FROM task t JOIN process_instance i ON i.id = t.instance_id WHERE t.id IN ({ids})",
            task::Model::columns("t")
        );
        if !actor.has_role(Role::Admin) {
            let user = conditions.value(actor.user_id.as_str());
            let principals = self.principals(actor).await?;
            let principals = places(&mut conditions, principals);
            text.push_str(&format!(
                " AND (t.assignee = {user} OR i.started_by = {user} OR EXISTS \
                 (SELECT 1 FROM inbox_entry e WHERE e.task_id = t.id AND e.principal IN ({principals})))"
            ));
        }
        self.all(text, conditions).await
    }

    /// Those of the instances that an actor may see: their starters, who has or had a task of their
    /// trees, and ADMIN.
    ///
    /// # Errors
    /// The database's.
    pub async fn visible_instances(
        &self,
        actor: &Actor,
        ids: &[Uuid],
    ) -> Result<Vec<process_instance::Model>, Fault> {
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, ids.iter().copied());
        let mut text = format!(
            "SELECT {} FROM process_instance i WHERE i.id IN ({ids})",
            process_instance::Model::columns("i")
        );
        if !actor.has_role(Role::Admin) {
            let user = conditions.value(actor.user_id.as_str());
            let principals = self.principals(actor).await?;
            let principals = places(&mut conditions, principals);
            text.push_str(&format!(
                " AND (i.started_by = {user} OR EXISTS (SELECT 1 FROM process_instance r \
                 JOIN task t ON t.instance_id = r.id JOIN inbox_entry e ON e.task_id = t.id \
                 WHERE r.root_id = i.root_id AND e.principal IN ({principals})))"
            ));
        }
        self.all(text, conditions).await
    }

    /// Instances by their ids, which the caller has found visible by what refers to them.
    ///
    /// # Errors
    /// The database's.
    pub async fn instances_by_ids(
        &self,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, process_instance::Model>, Fault> {
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, ids.iter().copied());
        let columns = process_instance::Model::columns("i");
        let text = format!("SELECT {columns} FROM process_instance i WHERE i.id IN ({ids})");
        let rows: Vec<process_instance::Model> = self.all(text, conditions).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }

    /// The definitions of instances that the caller has found visible, by the instances' ids.
    ///
    /// # Errors
    /// `INTERNAL` where what was deployed can no longer be read.
    pub async fn definitions_of(&self, instances: &[Uuid]) -> Result<HashMap<Uuid, Arc<Definition>>, Fault> {
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, instances.iter().copied());
        let text = format!("SELECT i.id, i.definition_id FROM process_instance i WHERE i.id IN ({ids})");
        let rows = self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await?;
        let pair = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        let pairs = rows.iter().map(pair).collect::<Result<Vec<(Uuid, Uuid)>, DbErr>>()?;
        let wanted: BTreeSet<_> = pairs.iter().map(|(_, definition)| *definition).collect();
        let found = self.inner.definitions.by_ids(&wanted.into_iter().collect::<Vec<_>>()).await?;
        let of = |(instance, definition): (Uuid, Uuid)| Some((instance, Arc::clone(found.get(&definition)?)));
        Ok(pairs.into_iter().filter_map(of).collect())
    }

    /// The first `limit` tasks of each of the instances that the caller has found visible, oldest
    /// first.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_tasks(
        &self,
        instances: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<task::Model>>, Fault> {
        let rows = self.first_of_each("task", "instance_id", "id", "true", instances, limit).await?;
        Ok(grouped(rows, |row: &task::Model| Some(row.instance_id)))
    }

    /// Those of the tasks that an actor was shown: when, and by whom.
    ///
    /// # Errors
    /// The database's.
    pub async fn copies(
        &self,
        actor: &Actor,
        tasks: &[Uuid],
    ) -> Result<HashMap<Uuid, (DateTime<Utc>, String)>, Fault> {
        let mut conditions = Conditions::default();
        let own = conditions.value(user_principal(&actor.user_id));
        let ids = places(&mut conditions, tasks.iter().copied());
        let text = format!(
            "SELECT e.task_id, e.copied_at, e.copied_by FROM inbox_entry e WHERE e.principal = {own} \
             AND e.task_id IN ({ids}) AND e.copied_at IS NOT NULL"
        );
        let rows = self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await?;
        let copy = |row: &QueryResult| {
            Ok((row.try_get_by_index(0)?, (row.try_get_by_index(1)?, row.try_get_by_index(2)?)))
        };
        Ok(rows.iter().map(copy).collect::<Result<_, DbErr>>()?)
    }

    /// Those of the topmost instances that are suspended, and with them all that they have called.
    ///
    /// # Errors
    /// The database's.
    pub async fn suspended_roots(&self, roots: &[Uuid]) -> Result<HashSet<Uuid>, Fault> {
        if roots.is_empty() {
            return Ok(HashSet::new());
        }
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, roots.iter().copied());
        let text = format!("SELECT i.id FROM process_instance i WHERE i.id IN ({ids}) AND i.suspended");
        let rows = self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await?;
        Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, DbErr>>()?)
    }

    /// A page of the tasks of an instance that the caller has found visible, oldest first.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of these.
    pub async fn tasks_page(&self, instance: Uuid, page: &PageRequest) -> Result<Page<task::Model>, Fault> {
        let mut conditions = Conditions::default();
        conditions.and("w.instance_id = {}", [instance.into()]);
        self.page_by_id("task", conditions, page, |row: &task::Model| row.id).await
    }

    /// A page of the rows `w` of a table that meet the conditions, in the order of their ids, which are
    /// the cursors.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is no id.
    pub(super) async fn page_by_id<T: ByPlace>(
        &self,
        table: &str,
        mut conditions: Conditions,
        page: &PageRequest,
        id: impl Fn(&T) -> Uuid,
    ) -> Result<Page<T>, Fault> {
        for (argument, cursor, sign) in [("after", &page.after, ">"), ("before", &page.before, "<")] {
            let Some(cursor) = cursor else { continue };
            let bad = |_| Fault::bad_input(argument, "this is not a cursor of this connection");
            let id = Uuid::try_parse(cursor).map_err(bad)?;
            conditions.and(&format!("w.id {sign} {{}}"), [id.into()]);
        }
        let way = if page.backwards { "DESC" } else { "ASC" };
        let text = format!(
            "SELECT {} FROM {table} w WHERE {} ORDER BY w.id {way} LIMIT {}",
            T::columns("w"),
            conditions.text,
            page.limit + 1
        );
        let read = self.all(text, conditions).await?;
        Ok(Page::from_read(page, read, |row| Place::Text(id(row).to_string())))
    }

    /// How many rows `w` of a table meet the conditions.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn count_where(&self, table: &str, conditions: Conditions) -> Result<i64, Fault> {
        let text = format!("SELECT count(*) AS n FROM {table} w WHERE {}", conditions.text);
        let row = self.inner.db.reader().query_one_raw(self.statement(text, conditions)).await?;
        Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
    }

    /// The condition of what nobody has resolved.
    pub(super) fn unresolved() -> Conditions {
        let mut conditions = Conditions::default();
        conditions.and("w.resolved_at IS NULL", []);
        conditions
    }

    /// How many tasks each of the instances has that the caller has found visible.
    ///
    /// # Errors
    /// The database's.
    pub async fn task_counts(&self, instances: &[Uuid]) -> Result<HashMap<Uuid, i64>, Fault> {
        self.counts_of("task", instances).await
    }

    /// The first `limit` instances that each of the instances has called, which the caller has found
    /// visible: oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_children(
        &self,
        instances: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<process_instance::Model>>, Fault> {
        let rows =
            self.first_of_each("process_instance", "parent_id", "id", "true", instances, limit).await?;
        Ok(grouped(rows, |row: &process_instance::Model| row.parent_id))
    }

    /// How many rows of a table each of the instances has.
    pub(super) async fn counts_of(
        &self,
        table: &str,
        instances: &[Uuid],
    ) -> Result<HashMap<Uuid, i64>, Fault> {
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, instances.iter().copied());
        let text = format!(
            "SELECT w.instance_id, count(*) FROM {table} w WHERE w.instance_id IN ({ids}) GROUP BY w.instance_id"
        );
        self.counts(text, conditions).await
    }

    /// The first rows `w` of each owner, as `order` (a column, and what follows it) says.
    pub(super) async fn first_of_each<T: ByPlace>(
        &self,
        table: &str,
        owner: &str,
        order: &str,
        condition: &str,
        owners: &[Uuid],
        limit: u64,
    ) -> Result<Vec<T>, Fault> {
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, owners.iter().copied());
        let text = format!(
            "SELECT {} FROM (SELECT {}, row_number() OVER (PARTITION BY w.{owner} ORDER BY w.{order}) AS place \
             FROM {table} w WHERE w.{owner} IN ({ids}) AND {condition}) o WHERE o.place <= {limit} \
             ORDER BY o.{owner}, o.place",
            T::columns("o"),
            T::columns("w"),
        );
        self.all(text, conditions).await
    }

    pub(super) fn statement(&self, text: String, conditions: Conditions) -> Statement {
        sql(self.inner.db.reader().get_database_backend(), text, conditions.values)
    }

    pub(super) async fn all<T: ByPlace>(
        &self,
        text: String,
        conditions: Conditions,
    ) -> Result<Vec<T>, Fault> {
        Ok(T::all(self.inner.db.reader(), self.statement(text, conditions)).await?)
    }

    pub(super) async fn counts(
        &self,
        text: String,
        conditions: Conditions,
    ) -> Result<HashMap<Uuid, i64>, Fault> {
        let rows = self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await?;
        let count = |row: &QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
        Ok(rows.iter().map(count).collect::<Result<_, DbErr>>()?)
    }
}
