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
    check_bytes_of_process(size(variables))
}

pub(super) fn check_bytes_of_process(bytes: usize) -> Result<(), Fault> {
    if bytes > MAX_BYTES_OF_PROCESS {
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
}

/// That somebody has approved a task, or that their approval was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Deed {
    task: Uuid,
    revision: i64,
    takes_back: bool,
}

/// Which variables get back what they had before `approval` wrote them: those that nobody has written
/// since. Each with the revision of the write whose value it has again; none: it had none. The writes
/// are all of the variables', by name and revision; what was taken back earlier, and what gave a value
/// back then, does not count.
fn taken_back(writes: &[Write], deeds: &[Deed], approval: Deed) -> Vec<(String, Option<i64>)> {
    let is_of = |write: &Write, deed: &Deed| write.task == Some(deed.task) && write.revision == deed.revision;
    let was_taken_back = |one: &Deed| deeds.iter().any(|deed| deed.takes_back && deed.task == one.task);
    let counts = |write: &&Write| {
        let mut of_it = deeds.iter().filter(|deed| is_of(write, deed));
        !of_it.any(|deed| deed.takes_back || was_taken_back(deed))
    };
    let mut found = Vec::new();
    for of_name in writes.chunk_by(|one, other| one.name == other.name) {
        let mut latest = of_name.iter().rev().filter(counts);
        if let Some(last) = latest.next().filter(|last| is_of(last, &approval)) {
            found.push((last.name.clone(), latest.next().map(|before| before.revision)));
        }
    }
    found
}

impl Case {
    /// Gives variables new values, and writes down which have changed: with `task`, where somebody did
    /// so with one.
    pub(super) fn set_variables(&mut self, place: usize, variables: Map<String, Value>, task: Option<Uuid>) {
        let hand = &self.hands[place];
        let has_changed = |(name, value): &(&String, &Value)| hand.variables.get(*name) != Some(*value);
        let changed: Vec<_> = variables.iter().filter(has_changed).map(|(name, _)| name.clone()).collect();
        self.replace_variables(place, variables, changed, task);
    }

    /// Puts variables into an instance, and writes those down that have changed.
    fn replace_variables(
        &mut self,
        place: usize,
        variables: Map<String, Value>,
        changed: Vec<String>,
        task_id: Option<Uuid>,
    ) {
        if changed.is_empty() {
            return;
        }
        let revision = self.hands[self.root_of(place)].revision();
        let hand = &mut self.hands[place];
        hand.is_changed = true;
        hand.variables = variables;
        let (instance_id, at) = (hand.row.id, self.now);
        for name in changed {
            let value = hand.variables.get(&name).map_or_else(|| Value::Null.to_string(), Value::to_string);
            let changed_by = self.actor.clone();
            let key = (instance_id, name.clone());
            let write = Written { instance_id, name, revision, value, changed_by, task_id, at };
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
        let deeds = self.deeds_in(instance).await?;
        let approval = deeds.iter().rev().find(|deed| deed.task == task && !deed.takes_back).copied();
        let Some(approval) = approval else { return Ok(()) };
        let writes = self.writes_of(instance, approval).await?;
        let restored = taken_back(&writes, &deeds, approval);
        if restored.is_empty() {
            return Ok(());
        }
        let values = Entity::find()
            .filter(Column::InstanceId.eq(instance))
            .filter(Column::Name.is_in(restored.iter().map(|(name, _)| name.as_str())))
            .filter(Column::Revision.is_in(restored.iter().filter_map(|(_, revision)| *revision)))
            .all(&self.tx)
            .await?;
        let mut variables = self.hands[place].variables.clone();
        let mut changed = Vec::with_capacity(restored.len());
        for (name, revision) in restored {
            let earlier = values.iter().find(|row| row.name == name && Some(row.revision) == revision);
            let value = match earlier {
                Some(earlier) => serde_json::from_str(&earlier.value).map_err(Fault::internal)?,
                None => Value::Null,
            };
            variables.insert(name.clone(), value);
            changed.push(name);
        }
        self.replace_variables(place, variables, changed, Some(task));
        Ok(())
    }

    /// What somebody has approved in an instance and what was taken back, in order.
    async fn deeds_in(&self, instance: Uuid) -> Result<Vec<Deed>, Fault> {
        use process_history::Column as Of;
        let kinds = [HistoryKind::Approve, HistoryKind::Withdraw, HistoryKind::Recall];
        let rows: Vec<(Uuid, i64, String)> = process_history::Entity::find()
            .select_only()
            .columns([Of::TaskId, Of::Revision, Of::Kind])
            .filter(Of::InstanceId.eq(instance))
            .filter(Of::Kind.is_in(kinds.map(HistoryKind::as_str)))
            .filter(Of::TaskId.is_not_null())
            .filter(Of::Actor.is_not_null())
            .order_by_asc(Of::Revision)
            .order_by_asc(Of::Ordinal)
            .into_tuple()
            .all(&self.tx)
            .await?;
        let deed = |(task, revision, kind): (Uuid, i64, String)| Deed {
            task,
            revision,
            takes_back: kind != HistoryKind::Approve.as_str(),
        };
        Ok(rows.into_iter().map(deed).collect())
    }

    /// All writes of the variables that came with an approval.
    async fn writes_of(&self, instance: Uuid, approval: Deed) -> Result<Vec<Write>, Fault> {
        let names: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Name)
            .filter(Column::InstanceId.eq(instance))
            .filter(Column::TaskId.eq(approval.task))
            .filter(Column::Revision.eq(approval.revision))
            .into_tuple()
            .all(&self.tx)
            .await?;
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let writes: Vec<(String, i64, Option<Uuid>)> = Entity::find()
            .select_only()
            .columns([Column::Name, Column::Revision, Column::TaskId])
            .filter(Column::InstanceId.eq(instance))
            .filter(Column::Name.is_in(names))
            .order_by_asc(Column::Name)
            .order_by_asc(Column::Revision)
            .into_tuple()
            .all(&self.tx)
            .await?;
        let write = |(name, revision, task)| Write { name, revision, task };
        Ok(writes.into_iter().map(write).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes of `x`, as (revision, task); 0: the process itself.
    fn of_x(writes: &[(i64, u128)]) -> Vec<Write> {
        let write = |(revision, task): &(i64, u128)| Write {
            name: "x".to_owned(),
            revision: *revision,
            task: Some(*task).filter(|task| *task > 0).map(Uuid::from_u128),
        };
        writes.iter().map(write).collect()
    }

    fn deed(task: u128, revision: i64, takes_back: bool) -> Deed {
        Deed { task: Uuid::from_u128(task), revision, takes_back }
    }

    #[test]
    fn what_nobody_has_written_since_is_restored() {
        let approvals = [deed(7, 2, false), deed(8, 3, false)];
        let with = |more: &[Deed]| [&approvals[..], more].concat();
        for (writes, deeds, approval, expected) in [
            // It had a value before, or none.
            (vec![(1, 0), (2, 7)], with(&[]), 0, Some(Some(1))),
            (vec![(2, 7)], with(&[]), 0, Some(None)),
            // Another task, or the process itself, has written it since, or in the same moment.
            (vec![(1, 0), (2, 7), (3, 8)], with(&[]), 0, None),
            (vec![(1, 0), (2, 7), (3, 0)], with(&[]), 0, None),
            (vec![(1, 0), (2, 0)], with(&[]), 0, None),
            // It was written with an opinion before, and not with the approval.
            (vec![(1, 7)], with(&[]), 0, None),
            (vec![(1, 7), (2, 7)], with(&[]), 0, Some(Some(1))),
            // What was written since was taken back itself, and gave back what was there.
            (vec![(1, 0), (2, 7), (3, 8), (4, 8)], with(&[deed(8, 4, true)]), 0, Some(Some(1))),
            // What had been written before was taken back meanwhile: with a trace, or without one.
            (vec![(2, 7), (3, 8)], with(&[deed(7, 4, true)]), 1, Some(None)),
            (vec![(1, 0), (2, 7), (3, 8)], with(&[deed(7, 4, true)]), 1, Some(Some(1))),
        ] {
            let found = taken_back(&of_x(&writes), &deeds, approvals[approval]);
            let found: Vec<_> = found.into_iter().map(|(_, revision)| revision).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{writes:?}");
        }
    }

    #[test]
    fn an_instance_ends_with_its_status() {
        let given = Map::from_iter([(STATUS.to_owned(), Value::from(1)), ("x".to_owned(), Value::from(1))]);
        let last = last_variables(given, InstanceStatus::Reject, Some("no"));
        let found = [STATUS, REASON, "x"].map(|name| last[name].clone());
        assert_eq!(found, [Value::from(3), Value::from("no"), Value::from(1)]);
    }
}
