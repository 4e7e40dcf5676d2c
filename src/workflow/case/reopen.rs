//! Asking again, after an approval was taken back.

use uuid::Uuid;

use super::Case;
use super::history::Note;
use super::tasks::TaskInHand;
use crate::kernel::Fault;
use crate::storage::entity::task;
use crate::workflow::execution::{Round, Waits};
use crate::workflow::status::TaskStatus;

impl Case {
    /// Whoever has taken an approval back is asked again, and so is whoever was not asked any longer
    /// because of it.
    pub(super) async fn reopen(
        &mut self,
        place: usize,
        activity: Uuid,
        by: Option<&str>,
        whole: bool,
    ) -> Result<(), Fault> {
        let tasks = self.round(activity).await?;
        let own = |task: &&TaskInHand| task.row.parent_id.is_none();
        let approved = TaskStatus::Approve.code();
        let taken_back = tasks
            .iter()
            .filter(own)
            .filter(|task| task.row.status == approved && task.row.decided_by.as_deref() == by)
            .max_by_key(|task| task.row.id);
        let taken_back = taken_back.ok_or_else(|| Fault::internal("an approval that is not there"))?;
        let in_turn = self.standing(place, activity).is_some_and(|round| round.rule.is_in_turn());
        if in_turn {
            self.hold(&tasks)?;
        }
        // Those whom the end of the round has silenced: they were told so in the same moment.
        let ended_at = tasks
            .iter()
            .filter(own)
            .filter(|task| task.row.status == approved)
            .filter_map(|task| task.row.finished_at)
            .max();
        let silenced = tasks.iter().filter(own).filter(|task| {
            whole && task.row.status == TaskStatus::Cancel.code() && task.row.finished_at == ended_at
        });
        let silenced: Vec<_> = silenced.cloned().collect();
        self.again(taken_back, TaskStatus::Running)?;
        for task in &silenced {
            self.again(task, if in_turn { TaskStatus::Wait } else { TaskStatus::Running })?;
        }
        Ok(())
    }

    /// Whoever has the word in a sequence waits again.
    fn hold(&mut self, tasks: &[TaskInHand]) -> Result<(), Fault> {
        let running = |task: &&TaskInHand| {
            task.row.parent_id.is_none() && task.row.status == TaskStatus::Running.code()
        };
        for task in tasks.iter().filter(running) {
            let note = Note { is_automatic: true, ..Note::default() };
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
    fn again(&mut self, task: &TaskInHand, status: TaskStatus) -> Result<(), Fault> {
        let row = task::Model {
            id: Uuid::now_v7(),
            status: status.code(),
            delegated: false,
            draft: None,
            urged_at: None,
            locked_by: None,
            decided_by: None,
            reason: None,
            created_at: self.now,
            finished_at: None,
            // Who claimed it has it.
            assignee: task.row.assignee.clone().or_else(|| task.row.decided_by.clone()),
            ..task.row.clone()
        };
        let candidates = task.candidates.clone();
        self.add_task(row, candidates, Note { is_automatic: true, ..Note::default() })
    }
}
