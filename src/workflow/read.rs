//! Who may see what, and reading it.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Workflow;
use super::execution::State;
use super::model::Model;
use super::service::user_principal;
use crate::kernel::{Actor, ErrorCode, Fault, Role};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::{for_update, sql};
use crate::storage::entity::{process_instance, task};

/// An instance by its id, whoever may see it.
pub(super) async fn instance(
    connection: &impl ConnectionTrait,
    id: Uuid,
) -> Result<Option<process_instance::Model>, DbErr> {
    let columns = process_instance::Model::columns("i");
    let text = format!("SELECT {columns} FROM process_instance i WHERE i.id = $1");
    let statement = sql(connection.get_database_backend(), text, [id.into()]);
    Ok(process_instance::Model::all(connection, statement).await?.pop())
}

/// The state of an instance.
///
/// # Errors
/// `INTERNAL` where it cannot be read.
pub(super) fn state(row: &process_instance::Model) -> Result<State, Fault> {
    let format = u32::try_from(row.format).map_err(Fault::internal)?;
    State::load(format, &row.state).map_err(Fault::internal)
}

/// The variables of an instance as they are seen at one of its activities: what that has for itself goes first.
///
/// # Errors
/// `INTERNAL` where they cannot be read.
pub(super) fn known_at(
    row: &process_instance::Model,
    model: &Model,
    activity: Uuid,
) -> Result<Map<String, Value>, Fault> {
    let mut known: Map<String, Value> = serde_json::from_str(&row.variables).map_err(Fault::internal)?;
    known.extend(state(row)?.own_at(model, activity));
    Ok(known)
}

/// What was found, or nothing where it is not there or not to be seen.
///
/// # Errors
/// Any other fault.
pub(super) fn if_visible<T>(found: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(fault) if fault.code() == ErrorCode::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Whether a token of an instance has ever left a node as executed.
pub(super) async fn was_at(
    connection: &impl ConnectionTrait,
    instance: Uuid,
    node: &str,
) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM process_activity WHERE instance_id = $1 AND node_id = $2 \
                AND outcome = 'COMPLETED' LIMIT 1";
    let statement = sql(connection.get_database_backend(), text, [instance.into(), node.into()]);
    Ok(connection.query_one_raw(statement).await?.is_some())
}

/// Where a task belongs.
#[derive(Debug, Clone)]
pub(super) struct Located {
    pub instance: Uuid,
    pub root: Uuid,
    pub assignee: Option<String>,
    pub started_by: Option<String>,
    pub definition: Uuid,
    pub node: String,
}

/// Where a task belongs, whoever may see it.
async fn locate(connection: &impl ConnectionTrait, task: Uuid) -> Result<Option<Located>, DbErr> {
    let text = "SELECT t.instance_id, i.root_id, t.assignee, i.started_by, i.definition_id, t.node_id FROM task t \
                JOIN process_instance i ON i.id = t.instance_id WHERE t.id = $1";
    let statement = sql(connection.get_database_backend(), text, [task.into()]);
    let Some(row) = connection.query_one_raw(statement).await? else { return Ok(None) };
    Ok(Some(Located {
        instance: row.try_get_by_index(0)?,
        root: row.try_get_by_index(1)?,
        assignee: row.try_get_by_index(2)?,
        started_by: row.try_get_by_index(3)?,
        definition: row.try_get_by_index(4)?,
        node: row.try_get_by_index(5)?,
    }))
}

/// A task `t` of a round is not as it was asked last: its approval was taken back.
pub(super) const ASKED_AGAIN: &str = "EXISTS (SELECT 1 FROM task n WHERE n.activity_id = t.activity_id \
    AND n.ordinal = t.ordinal AND n.parent_id IS NULL AND t.parent_id IS NULL AND n.id > t.id)";

/// Each of the instances that are put in the place of `{}` as `origin`, with itself and all that it has called
/// as `id`: the table `tree`.
pub(super) const TREE: &str = "WITH RECURSIVE tree (origin, id) AS (SELECT i.id, i.id FROM process_instance i \
    WHERE i.id IN ({}) \
    UNION ALL SELECT tree.origin, c.id FROM process_instance c JOIN tree ON c.parent_id = tree.id)";

/// Those of the activities in which somebody has decided something, and those of the instances in
/// which, or in what they have called, somebody has. What was taken back does not count.
pub(super) async fn decided(
    connection: &impl ConnectionTrait,
    activities: &[Uuid],
    instances: &[Uuid],
) -> Result<HashSet<Uuid>, DbErr> {
    let is_decided = format!("t.decided_by IS NOT NULL AND NOT {ASKED_AGAIN}");
    let of_activities =
        format!("SELECT DISTINCT t.activity_id FROM task t WHERE t.activity_id IN ({{}}) AND {is_decided}");
    let mut found = ids_of(connection, &of_activities, activities).await?;
    let of_instances = format!(
        "{TREE} SELECT DISTINCT tree.origin FROM tree JOIN task t ON t.instance_id = tree.id WHERE {is_decided}"
    );
    found.extend(ids_of(connection, &of_instances, instances).await?);
    Ok(found)
}

/// Those of the jobs that a machine has begun, and those of the instances in which, or in what they have
/// called, one has: nobody can say how far it is.
pub(super) async fn begun(
    connection: &impl ConnectionTrait,
    jobs: &[Uuid],
    instances: &[Uuid],
) -> Result<HashSet<Uuid>, DbErr> {
    let of_jobs = "SELECT j.id FROM job j WHERE j.id IN ({}) AND j.attempt > 0";
    let mut found = ids_of(connection, of_jobs, jobs).await?;
    let of_instances = format!(
        "{TREE} SELECT DISTINCT tree.origin FROM tree JOIN job j ON j.instance_id = tree.id WHERE j.attempt > 0"
    );
    found.extend(ids_of(connection, &of_instances, instances).await?);
    Ok(found)
}

/// Keeps machines from beginning the jobs, and those of the instances and of what they have called, until
/// the transaction ends: whoever claims passes by what is locked. On SQLite nobody else writes.
pub(super) async fn hold_jobs_in_op(
    tx: &DatabaseTransaction,
    jobs: &[Uuid],
    instances: &[Uuid],
) -> Result<(), DbErr> {
    let lock = for_update(tx.get_database_backend());
    let of_jobs = format!("SELECT j.id FROM job j WHERE j.id IN ({{}}) ORDER BY j.id{lock}");
    ids_of(tx, &of_jobs, jobs).await?;
    let of_instances = format!(
        "SELECT j.id FROM job j WHERE j.finished_at IS NULL AND j.instance_id IN \
         ({TREE} SELECT tree.id FROM tree) ORDER BY j.id{lock}"
    );
    ids_of(tx, &of_instances, instances).await.map(drop)
}

/// The tasks of the rounds that are open in the instances, in their order within each; not the signers
/// that were added to them. There must be at least one instance.
pub(super) async fn open_rounds(
    connection: &impl ConnectionTrait,
    instances: &[Uuid],
) -> Result<Vec<task::Model>, DbErr> {
    let places: Vec<_> = (1..=instances.len()).map(|place| format!("${place}")).collect();
    let text = format!(
        "SELECT {} FROM task t WHERE t.instance_id IN ({}) AND t.finished_at IS NULL \
         AND t.parent_id IS NULL ORDER BY t.ordinal, t.id",
        task::Model::columns("t"),
        places.join(", ")
    );
    let values = instances.iter().map(|id| (*id).into());
    task::Model::all(connection, sql(connection.get_database_backend(), text, values)).await
}

/// Those of the tasks that were asked again since.
pub(super) async fn asked_again(
    connection: &impl ConnectionTrait,
    tasks: &[Uuid],
) -> Result<HashSet<Uuid>, DbErr> {
    let text = format!("SELECT t.id FROM task t WHERE t.id IN ({{}}) AND {ASKED_AGAIN}");
    ids_of(connection, &text, tasks).await
}

/// The ids that a statement answers of those that are put in the place of its `{}`.
async fn ids_of(connection: &impl ConnectionTrait, text: &str, ids: &[Uuid]) -> Result<HashSet<Uuid>, DbErr> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let places: Vec<_> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let text = text.replace("{}", &places.join(", "));
    let statement = sql(connection.get_database_backend(), text, ids.iter().map(|id| (*id).into()));
    connection.query_all_raw(statement).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

impl Workflow {
    /// Where a task belongs that an actor may see, and under which names tasks can be theirs. Whoever
    /// has the task is asked for no more than their own name.
    pub(super) async fn locate(&self, actor: &Actor, task: Uuid) -> Result<(Located, Vec<String>), Fault> {
        let missing = || Fault::not_found("task");
        let located = locate(self.inner.db.reader(), task).await?.ok_or_else(missing)?;
        if located.assignee.as_deref() == Some(actor.user_id.as_str()) {
            return Ok((located, vec![user_principal(&actor.user_id)]));
        }
        let principals = self.principals(actor).await?;
        let is_starter = located.started_by.as_deref() == Some(actor.user_id.as_str());
        if is_starter
            || actor.has_role(Role::Admin)
            || self.knows_of(&principals, "e.task_id = $1", task).await?
        {
            return Ok((located, principals));
        }
        Err(missing())
    }

    /// An instance that an actor may see: who has started it, who has or had a task of it, and ADMIN.
    pub(super) async fn visible_instance(
        &self,
        actor: &Actor,
        id: Uuid,
    ) -> Result<process_instance::Model, Fault> {
        let missing = || Fault::not_found("process instance");
        let row = instance(self.inner.db.reader(), id).await?.ok_or_else(missing)?;
        if row.started_by.as_deref() == Some(actor.user_id.as_str()) || actor.has_role(Role::Admin) {
            return Ok(row);
        }
        let principals = self.principals(actor).await?;
        let of_tree = "e.task_id IN (SELECT t.id FROM task t JOIN process_instance i ON i.id = t.instance_id \
                       WHERE i.root_id = $1)";
        if self.knows_of(&principals, of_tree, row.root_id).await? { Ok(row) } else { Err(missing()) }
    }

    /// Whether any of the principals has, or had, an entry of what the condition means.
    async fn knows_of(&self, principals: &[String], condition: &str, id: Uuid) -> Result<bool, DbErr> {
        let places: Vec<_> = (2..).take(principals.len()).map(|place| format!("${place}")).collect();
        let places = places.join(", ");
        let text =
            format!("SELECT 1 FROM inbox_entry e WHERE {condition} AND e.principal IN ({places}) LIMIT 1");
        let values = std::iter::once(id.into()).chain(principals.iter().map(|name| name.as_str().into()));
        let connection = self.inner.db.reader();
        let found = connection.query_one_raw(sql(connection.get_database_backend(), text, values)).await?;
        Ok(found.is_some())
    }
}

/// The nodes that tokens of an instance have left as executed, each once, in the order of their
/// first time.
pub(super) async fn executed_nodes(
    connection: &impl ConnectionTrait,
    instance: Uuid,
) -> Result<Vec<String>, DbErr> {
    let text = "SELECT node_id FROM process_activity WHERE instance_id = $1 AND outcome = 'COMPLETED' \
                GROUP BY node_id ORDER BY min(revision), min(ordinal)";
    let statement = sql(connection.get_database_backend(), text, [instance.into()]);
    connection.query_all_raw(statement).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}
