//! The tasks of a case in hand.

use sea_orm::DbErr;
use serde_json::json;
use uuid::Uuid;

use super::history::{HistoryKind, Note};
use super::{Case, store};
use crate::kernel::Fault;
use crate::storage::entity::task;
use crate::workflow::service::user_principal;
use crate::workflow::status::TaskStatus;

/// A task as it stands, and as the database has it.
#[derive(Debug, Clone)]
pub struct TaskInHand {
    /// As it stands.
    pub row: task::Model,
    /// The principals who may claim it while nobody has it.
    pub candidates: Vec<String>,
    /// Its status, and whose it was to do, in the database; none: it is new.
    pub stored: Option<(i16, Vec<String>)>,
    /// Whether it is to be written.
    pub is_changed: bool,
}

impl TaskInHand {
    fn read(row: task::Model, candidates: Vec<String>) -> Self {
        let stored = Some((row.status, todo_of(&row, &candidates)));
        Self { row, candidates, stored, is_changed: false }
    }

    /// Whose it is to do, as it stands.
    pub fn todo(&self) -> Vec<String> {
        todo_of(&self.row, &self.candidates)
    }

    /// Its status.
    pub fn status(&self) -> Result<TaskStatus, Fault> {
        TaskStatus::of(self.row.status).map_err(Fault::internal)
    }
}

fn todo_of(row: &task::Model, candidates: &[String]) -> Vec<String> {
    match (&row.assignee, row.status == TaskStatus::Running.code()) {
        (_, false) => Vec::new(),
        (Some(assignee), true) => vec![user_principal(assignee)],
        (None, true) => candidates.to_vec(),
    }
}

impl Case {
    /// Takes a task in hand.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn task(&mut self, id: Uuid) -> Result<&mut TaskInHand, Fault> {
        if !self.tasks.contains_key(&id) {
            let row = store::task(&self.tx, id).await?.ok_or_else(|| Fault::not_found("task"))?;
            self.take_tasks(vec![row]).await?;
        }
        self.tasks.get_mut(&id).ok_or_else(|| Fault::not_found("task"))
    }

    /// A task that is in hand.
    pub fn task_in_hand(&self, id: Uuid) -> Result<&TaskInHand, Fault> {
        self.tasks.get(&id).ok_or_else(|| Fault::internal("a task that is not in hand"))
    }

    /// The tasks of an activity that are open or were added as signers, in order, with what else of
    /// it is in hand. Those who were heard in a long round are not read again for each who follows.
    pub async fn siblings(&mut self, activity: Uuid) -> Result<Vec<TaskInHand>, Fault> {
        self.tasks_of(activity, false).await
    }

    /// All tasks of an activity, in order.
    pub async fn round(&mut self, activity: Uuid) -> Result<Vec<TaskInHand>, Fault> {
        self.tasks_of(activity, true).await
    }

    /// The tasks of an activity, in order; what is in hand stays as it is.
    async fn tasks_of(&mut self, activity: Uuid, all: bool) -> Result<Vec<TaskInHand>, Fault> {
        let is_read = self.read_activities.contains(&(activity, true));
        if !is_read && self.read_activities.insert((activity, all)) {
            let rows = store::tasks_of(&self.tx, activity, all).await?;
            self.take_tasks(rows).await?;
        }
        let of_activity = self.tasks_by_activity.get(&activity).into_iter().flatten();
        let mut found: Vec<_> = of_activity.filter_map(|id| self.tasks.get(id)).cloned().collect();
        found.sort_by_key(|task| (task.row.ordinal, task.row.id));
        Ok(found)
    }

    async fn take_tasks(&mut self, rows: Vec<task::Model>) -> Result<(), DbErr> {
        let unclaimed: Vec<_> =
            rows.iter().filter(|row| row.finished_at.is_none() && row.claimable).map(|row| row.id).collect();
        let mut candidates = store::candidates(&self.tx, &unclaimed).await?;
        for row in rows {
            let of_task = candidates.remove(&row.id).unwrap_or_default();
            if !self.tasks.contains_key(&row.id) {
                self.keep_task(TaskInHand::read(row, of_task));
            }
        }
        Ok(())
    }

    /// Reads what [`siblings`](Self::siblings) gives of many activities, in few statements.
    pub(super) async fn read_siblings(&mut self, activities: &[Uuid]) -> Result<(), DbErr> {
        let is_new = |activity: &Uuid| {
            !self.read_activities.contains(&(*activity, true))
                && self.read_activities.insert((*activity, false))
        };
        let new: Vec<_> = activities.iter().copied().filter(is_new).collect();
        for some in new.chunks(store::READ_AT_ONCE) {
            let rows = store::siblings_of(&self.tx, some).await?;
            self.take_tasks(rows).await?;
        }
        Ok(())
    }

    fn keep_task(&mut self, task: TaskInHand) {
        self.tasks_by_activity.entry(task.row.activity_id).or_default().push(task.row.id);
        self.tasks.insert(task.row.id, task);
    }

    /// Adds a new task, and writes that down.
    ///
    /// # Errors
    /// `INTERNAL` where its instance is not in hand: a fault of ours.
    pub fn add_task(&mut self, row: task::Model, candidates: Vec<String>, note: Note) -> Result<(), Fault> {
        let place = self.place_of(row.instance_id)?;
        let statuses = (None, Some(row.status));
        // Whose it is now: it may change hands.
        let data = row.assignee.as_ref().map(|assignee| json!({ "to": assignee }));
        let note = Note { task: Some(row.id), node: Some(row.node_id.clone()), statuses, data, ..note };
        self.note(place, HistoryKind::Create, note);
        let task = TaskInHand { row, candidates, stored: None, is_changed: true };
        self.keep_task(task);
        Ok(())
    }

    /// Moves a task to another status, and writes that down.
    ///
    /// # Errors
    /// `INTERNAL` where the status cannot follow, or the task is not in hand: a fault of ours.
    pub fn move_task(
        &mut self,
        id: Uuid,
        to: TaskStatus,
        kind: HistoryKind,
        note: Note,
    ) -> Result<(), Fault> {
        let now = self.now;
        let task = self.tasks.get_mut(&id).ok_or_else(|| Fault::internal("a task that is not in hand"))?;
        let from = task.status()?;
        if !from.may_become(to) {
            let impossible = format!("a task cannot go from {} to {}", from.as_str(), to.as_str());
            return Err(Fault::internal(impossible));
        }
        task.row.status = to.code();
        task.is_changed = true;
        if to.is_final() {
            task.row.finished_at = Some(now);
            task.row.draft = None;
            task.row.locked_by = None;
        }
        let statuses = (Some(from.code()), Some(to.code()));
        self.note_task(id, kind, Note { statuses, ..note })
    }

    /// Changes a task whose status stays, and writes down what happened.
    ///
    /// # Errors
    /// `INTERNAL` where the task is not in hand: a fault of ours.
    pub fn change_task(
        &mut self,
        id: Uuid,
        kind: HistoryKind,
        note: Note,
        change: impl FnOnce(&mut task::Model),
    ) -> Result<(), Fault> {
        self.touch_task(id, change)?;
        self.note_task(id, kind, note)
    }

    /// Writes down what happened to a task that stays as it is.
    ///
    /// # Errors
    /// `INTERNAL` where the task is not in hand: a fault of ours.
    pub fn note_task(&mut self, id: Uuid, kind: HistoryKind, note: Note) -> Result<(), Fault> {
        let row = &self.task_in_hand(id)?.row;
        let (node, place) = (Some(row.node_id.clone()), self.place_of(row.instance_id)?);
        self.note(place, kind, Note { task: Some(id), node, ..note });
        Ok(())
    }

    /// Changes a task without a word in the history.
    ///
    /// # Errors
    /// `INTERNAL` where the task is not in hand: a fault of ours.
    pub fn touch_task(&mut self, id: Uuid, change: impl FnOnce(&mut task::Model)) -> Result<(), Fault> {
        let task = self.tasks.get_mut(&id).ok_or_else(|| Fault::internal("a task that is not in hand"))?;
        change(&mut task.row);
        task.is_changed = true;
        Ok(())
    }
}
