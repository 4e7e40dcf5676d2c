//! The variables of instances in hand: what they begin and end with, what they are given, and what an
//! approval that is taken back had given them.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Case, HistoryKind};
use crate::kernel::Fault;
use crate::storage::entity::process_history;
use crate::storage::entity::variable_history::{Column, Entity, Model as Written};
use crate::workflow::model::Model;
use crate::workflow::status::InstanceStatus;

/// The variable that holds an instance's status, as its number.
pub(super) const STATUS: &str = "PROCESS_STATUS";
/// The variable that holds why it was rejected or cancelled.
pub(super) const REASON: &str = "PROCESS_REASON";
/// The most bytes that people may make of an instance's variables, as JSON.
const MAX_BYTES: usize = 256 * 1024;
/// The most bytes that a process makes of them by itself: by what those give back that it has called.
const MAX_BYTES_OF_PROCESS: usize = 4 * MAX_BYTES;

/// What an instance begins with: the values of its data objects, over them what it is given, and its
/// status.
pub fn first_variables(model: &Model, given: Map<String, Value>) -> Map<String, Value> {
    let data = model.data.iter().map(|(name, value)| (name.clone(), value.clone()));
    let mut variables: Map<String, Value> = data.collect();
    variables.extend(given);
    variables.insert(STATUS.to_owned(), InstanceStatus::Running.code().into());
    variables
}

/// What an instance's variables become with its end.
pub fn last_variables(
    mut variables: Map<String, Value>,
    status: InstanceStatus,
    reason: Option<&str>,
) -> Map<String, Value> {
    variables.insert(STATUS.to_owned(), status.code().into());
    variables.insert(REASON.to_owned(), reason.map_or(Value::Null, Value::from));
    variables
}

/// How many bytes variables take as JSON, about.
fn size(variables: &Map<String, Value>) -> usize {
    variables.iter().map(|(name, value)| name.len() + value.to_string().len() + 6).sum()
}

/// Whether people may make that of an instance's variables.
///
/// # Errors
/// `BAD_INPUT` where it is too much.
pub(super) fn check_size(variables: &Map<String, Value>) -> Result<(), Fault> {
    if size(variables) > MAX_BYTES {
        let message = format!("the variables of an instance take at most {MAX_BYTES} bytes as JSON");
        return Err(Fault::bad_input("variables", message));
    }
    Ok(())
}

/// Whether a process may make that of its variables by itself.
///
/// # Errors
/// `CONFLICT` where it is too much.
pub(super) fn check_size_of_process(variables: &Map<String, Value>) -> Result<(), Fault> {
    if size(variables) > MAX_BYTES_OF_PROCESS {
        return Err(Fault::conflict(format!(
            "the process cannot go on: its variables would take more than {MAX_BYTES_OF_PROCESS} bytes as JSON; \
             nothing was changed"
        )));
    }
    Ok(())
}

/// That a variable was given a value, without the value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Write {
    name: String,
    revision: i64,
    task: Option<Uuid>,
    restores: Option<i64>,
}

/// That a variable is to have the value again that it was given in `revision`; none: it had none.
#[derive(Debug, PartialEq, Eq)]
struct Restoring {
    name: String,
    revision: Option<i64>,
    /// The write that made this value, which may have been restored itself; 0: none.
    restores: i64,
}

/// Which variables get back what they had before `task` wrote them in `revision`: those that nobody
/// has written since, but for what was taken back itself. The writes are all of the variables', by name
/// and revision.
fn taken_back(writes: &[Write], task: Uuid, revision: i64) -> Vec<Restoring> {
    let mut found = Vec::new();
    for of_name in writes.chunk_by(|one, other| one.name == other.name) {
        let made_by = |write: &Write| made_by(of_name, write);
        let is_last = of_name.last().map(made_by) == Some(revision);
        let own = |write: &&Write| write.revision == revision && write.task == Some(task);
        let Some(own) = of_name.iter().find(own).filter(|_| is_last) else { continue };
        let before = of_name.iter().rev().find(|write| write.revision < revision);
        found.push(Restoring {
            name: own.name.clone(),
            revision: before.map(|before| before.revision),
            restores: before.map_or(0, made_by),
        });
    }
    found
}

/// The revision of the write that made the value which `write` has given; 0: there was none.
fn made_by(of_name: &[Write], write: &Write) -> i64 {
    let mut write = write;
    while let Some(earlier) = write.restores {
        match of_name.iter().find(|one| one.revision == earlier && earlier < write.revision) {
            Some(found) => write = found,
            None => return 0,
        }
    }
    write.revision
}

impl Case {
    /// Gives variables new values, and writes down which have changed: with `task`, where somebody did
    /// so with one.
    pub(super) fn set_variables(&mut self, place: usize, variables: Map<String, Value>, task: Option<Uuid>) {
        let hand = &self.hands[place];
        let has_changed = |(name, value): &(&String, &Value)| hand.variables.get(*name) != Some(*value);
        let changed: Vec<_> =
            variables.iter().filter(has_changed).map(|(name, _)| (name.clone(), None)).collect();
        self.replace_variables(place, variables, changed, task);
    }

    /// Puts variables into an instance, and writes those down that have changed, with the write that each
    /// restores.
    fn replace_variables(
        &mut self,
        place: usize,
        variables: Map<String, Value>,
        changed: Vec<(String, Option<i64>)>,
        task_id: Option<Uuid>,
    ) {
        if changed.is_empty() {
            return;
        }
        let hand = &mut self.hands[place];
        hand.is_changed = true;
        hand.variables = variables;
        let (instance_id, revision, at) = (hand.row.id, self.tree_revision, self.now);
        for (name, restores) in changed {
            let value = hand.variables.get(&name).map_or_else(|| Value::Null.to_string(), Value::to_string);
            let changed_by = self.actor.clone();
            let key = (instance_id, name.clone());
            let write = Written { instance_id, name, revision, value, changed_by, task_id, restores, at };
            // Within a revision the last value counts.
            self.variables.insert(key, write);
        }
    }

    /// Gives those variables their earlier values back that somebody has written with their approval of
    /// `task`, which is taken back, and nobody since. What had no value is null.
    ///
    /// # Errors
    /// The database's.
    pub async fn restore_variables(&mut self, instance: Uuid, task: Uuid) -> Result<(), Fault> {
        let place = self.place_of(instance)?;
        let Some(revision) = self.approved_in(instance, task).await? else { return Ok(()) };
        let writes = self.writes_of(instance, task, revision).await?;
        let restored = taken_back(&writes, task, revision);
        if restored.is_empty() {
            return Ok(());
        }
        let names = restored.iter().map(|one| one.name.as_str());
        let revisions = restored.iter().filter_map(|one| one.revision);
        let values = Entity::find()
            .filter(Column::InstanceId.eq(instance))
            .filter(Column::Name.is_in(names))
            .filter(Column::Revision.is_in(revisions))
            .all(&self.tx)
            .await?;
        let mut variables = self.hands[place].variables.clone();
        let mut changed = Vec::with_capacity(restored.len());
        for Restoring { name, revision, restores } in restored {
            let earlier = values.iter().find(|row| row.name == name && Some(row.revision) == revision);
            let value = match earlier {
                Some(earlier) => serde_json::from_str(&earlier.value).map_err(Fault::internal)?,
                None => Value::Null,
            };
            variables.insert(name.clone(), value);
            changed.push((name, Some(restores)));
        }
        self.replace_variables(place, variables, changed, Some(task));
        Ok(())
    }

    /// The tree's revision in which somebody has approved a task.
    async fn approved_in(&self, instance: Uuid, task: Uuid) -> Result<Option<i64>, Fault> {
        use process_history::Column as Of;
        let approved = process_history::Entity::find()
            .select_only()
            .column(Of::Revision)
            .filter(Of::InstanceId.eq(instance))
            .filter(Of::TaskId.eq(task))
            .filter(Of::Kind.eq(HistoryKind::Approve.as_str()))
            .filter(Of::Actor.is_not_null())
            .order_by_desc(Of::Revision)
            .limit(1);
        Ok(approved.into_tuple().one(&self.tx).await?)
    }

    /// All writes of the variables that a task has written in a revision.
    async fn writes_of(&self, instance: Uuid, task: Uuid, revision: i64) -> Result<Vec<Write>, Fault> {
        let names: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Name)
            .filter(Column::InstanceId.eq(instance))
            .filter(Column::TaskId.eq(task))
            .filter(Column::Revision.eq(revision))
            .into_tuple()
            .all(&self.tx)
            .await?;
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let writes: Vec<(String, i64, Option<Uuid>, Option<i64>)> = Entity::find()
            .select_only()
            .columns([Column::Name, Column::Revision, Column::TaskId, Column::Restores])
            .filter(Column::InstanceId.eq(instance))
            .filter(Column::Name.is_in(names))
            .order_by_asc(Column::Name)
            .order_by_asc(Column::Revision)
            .into_tuple()
            .all(&self.tx)
            .await?;
        let write = |(name, revision, task, restores)| Write { name, revision, task, restores };
        Ok(writes.into_iter().map(write).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes of `x`, as (revision, task, restores).
    fn of_x(writes: &[(i64, u128, Option<i64>)]) -> Vec<Write> {
        let write = |(revision, task, restores): &(i64, u128, Option<i64>)| Write {
            name: "x".to_owned(),
            revision: *revision,
            task: Some(*task).filter(|task| *task > 0).map(Uuid::from_u128),
            restores: *restores,
        };
        writes.iter().map(write).collect()
    }

    #[test]
    fn what_nobody_has_written_since_is_restored() {
        for (writes, (task, at), expected) in [
            // It had a value before, or none.
            (vec![(1, 0, None), (2, 7, None)], (7, 2), Some((Some(1), 1))),
            (vec![(2, 7, None)], (7, 2), Some((None, 0))),
            // Another task, or the process itself, has written it since.
            (vec![(1, 0, None), (2, 7, None), (3, 8, None)], (7, 2), None),
            (vec![(1, 0, None), (2, 7, None), (3, 0, None)], (7, 2), None),
            // It was written with an opinion before, and not with the approval.
            (vec![(1, 0, None), (2, 7, None)], (7, 3), None),
            // The process has written it in the same moment: it is no longer the task's.
            (vec![(1, 0, None), (2, 0, None)], (7, 2), None),
            // What was written since was taken back itself; so was what had been written before.
            (vec![(1, 0, None), (2, 7, None), (3, 8, None), (4, 8, Some(2))], (7, 2), Some((Some(1), 1))),
            (vec![(2, 7, None), (3, 7, Some(0)), (4, 8, None)], (8, 4), Some((Some(3), 0))),
            (vec![(2, 7, None), (3, 7, Some(0))], (7, 2), None),
        ] {
            let found = taken_back(&of_x(&writes), Uuid::from_u128(task), at);
            let found: Vec<_> = found.into_iter().map(|one| (one.revision, one.restores)).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{writes:?}");
        }
    }

    #[test]
    fn an_instance_begins_with_its_status() {
        let given = Map::from_iter([(STATUS.to_owned(), Value::from(9)), ("x".to_owned(), Value::from(1))]);
        let last = last_variables(given, InstanceStatus::Reject, Some("no"));
        assert_eq!(
            (&last[STATUS], &last[REASON], &last["x"]),
            (&Value::from(3), &Value::from("no"), &Value::from(1))
        );
    }
}
