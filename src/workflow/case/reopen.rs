//! Asking again, after an approval was taken back.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::history::Note;
use super::tasks::TaskInHand;
use super::{Case, store};
use crate::kernel::Fault;
use crate::storage::entity::task;
use crate::workflow::execution::{Round, Waits};
use crate::workflow::status::TaskStatus;

impl Case {
    /// Whoever has taken an approval back with `task` is asked again, and so is, where the round was
    /// over (`whole`), whoever was not asked any longer because of it.
    pub(super) async fn reopen(
        &mut self,
        place: usize,
        activity: Uuid,
        task: Option<Uuid>,
        whole: bool,
    ) -> Result<(), Fault> {
        let tasks = latest(self.round(activity).await?);
        let taken_back = tasks.iter().find(|one| Some(one.row.id) == task);
        if taken_back.is_none() && task.is_some() {
            return Err(Fault::internal("an approval that is not there"));
        }
        let in_turn = self.standing(place, activity).is_some_and(|round| round.rule.is_in_turn());
        if in_turn {
            self.hold(&tasks)?;
        }
        let cancelled = |one: &&TaskInHand| whole && one.row.status == TaskStatus::Cancel.code();
        let again: Vec<_> = taken_back.into_iter().chain(tasks.iter().filter(cancelled)).collect();
        let ids: Vec<_> = again.iter().filter(|one| one.row.claimable).map(|one| one.row.id).collect();
        let mut candidates = store::candidates(&self.tx, &ids).await?;
        // Of those who are asked one after the other, the first has the word.
        let mut has_turn = false;
        for one in again {
            let status = if has_turn && in_turn { TaskStatus::Wait } else { TaskStatus::Running };
            has_turn = true;
            self.again(one, status, candidates.remove(&one.row.id).unwrap_or_default())?;
        }
        Ok(())
    }

    /// Whoever has the word in a sequence waits again.
    fn hold(&mut self, tasks: &[TaskInHand]) -> Result<(), Fault> {
        let running = |task: &&TaskInHand| task.row.status == TaskStatus::Running.code();
        for task in tasks.iter().filter(running) {
            let note = Note::automatic();
            let kind = super::HistoryKind::Hold;
            self.move_task(task.row.id, TaskStatus::Wait, kind, note)?;
        }
        Ok(())
    }

    fn standing(&self, place: usize, activity: Uuid) -> Option<&Round> {
        match &self.hands[place].state.waiting_at(activity)?.waits {
            Waits::People { round } => Some(round),
            _ => None,
        }
    }

    /// Asks once more what was asked with a task that has ended.
    fn again(&mut self, task: &TaskInHand, status: TaskStatus, candidates: Vec<String>) -> Result<(), Fault> {
        let row = task::Model {
            id: Uuid::now_v7(),
            status: status.code(),
            delegated: false,
            draft: None,
            urged_at: None,
            locked_by: None,
            decided_by: None,
            decided_in: None,
            reason: None,
            created_at: self.now,
            finished_at: None,
            // Who claimed it has it.
            assignee: task.row.assignee.clone().or_else(|| task.row.decided_by.clone()),
            ..task.row.clone()
        };
        self.add_task(row, candidates, Note::automatic())
    }
}

/// The tasks of a round as they were asked last, in their order: whoever was asked again has several
/// in one place.
fn latest(tasks: Vec<TaskInHand>) -> Vec<TaskInHand> {
    let mut found: BTreeMap<i32, TaskInHand> = BTreeMap::new();
    for task in tasks.into_iter().filter(|task| task.row.parent_id.is_none()) {
        // They come in the order of their places and ids.
        found.insert(task.row.ordinal, task);
    }
    found.into_values().collect()
}
