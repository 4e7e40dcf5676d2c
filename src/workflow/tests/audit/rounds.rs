//! Rounds: they count what was said, and no more.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Seen;
use crate::storage::entity::{process_activity, task};
use crate::workflow::execution::{Round, Standing, Waits};
use crate::workflow::model::{Counting, Repetition};
use crate::workflow::status::TaskStatus;

impl Seen<'_> {
    /// The tasks of a round as they last were asked, by their places.
    fn round_at(&self, activity: Uuid) -> Vec<&task::Model> {
        let mut latest: BTreeMap<i32, &task::Model> = BTreeMap::new();
        // They come in the order of their ids.
        for task in self.tasks.iter().filter(|task| task.activity_id == activity && task.parent_id.is_none())
        {
            latest.insert(task.ordinal, task);
        }
        latest.into_values().collect()
    }

    /// A round counts what its tasks say, and what has come to its end had enough of them.
    pub(super) fn rounds_are_what_was_said(&self) {
        for token in &self.state.tokens {
            let Waits::People { round } = &token.waits else { continue };
            let tasks = self.round_at(token.activity.unwrap());
            let count = |status: TaskStatus| tasks.iter().filter(|task| task.status == status.code()).count();
            let heard = (count(TaskStatus::Approve), count(TaskStatus::Reject));
            let counted = (round.approved as usize, round.rejected as usize);
            assert_eq!((tasks.len(), heard), (round.total as usize, counted), "{round:?} {tasks:?}");
            let unheard = tasks.iter().filter(|task| task.finished_at.is_none()).count();
            assert_eq!(unheard, round.unheard() as usize, "who is not heard is asked: {round:?} {tasks:?}");
            let standing = round.standing(false);
            assert!(matches!(standing, Standing::Open | Standing::Next), "{standing:?}: {round:?}");
            if round.rule.is_in_turn() {
                self.one_has_the_word(round, &tasks);
            }
        }
        for activity in self.books.activities.iter().filter(|one| one.instance_id == self.instance.id) {
            if activity.outcome.as_deref() == Some("COMPLETED") {
                self.had_enough(activity);
            }
        }
    }

    fn one_has_the_word(&self, round: &Round, tasks: &[&task::Model]) {
        let is_held = |task: &&&task::Model| {
            task.status == TaskStatus::Wait.code()
                && !self.tasks.iter().any(|signer| {
                    signer.parent_id == Some(task.id)
                        && signer.sign.as_deref() == Some("BEFORE")
                        && signer.finished_at.is_none()
                })
        };
        let open = tasks.iter().filter(|task| task.finished_at.is_none());
        let speaking = open.filter(|task| !is_held(task)).count();
        assert_eq!(speaking, 1, "one has the word: {round:?} {tasks:?}");
    }

    fn had_enough(&self, activity: &process_activity::Model) {
        let tasks = self.round_at(activity.id);
        let Some(task) = self.model().user_task(&activity.node_id).filter(|_| !tasks.is_empty()) else {
            return;
        };
        // Where the time was over, who was heard until then does not count.
        let is_late = |task: &&&task::Model| task.reason.as_deref() == Some("nobody has decided in time");
        if tasks.iter().any(|task| is_late(&task)) {
            return;
        }
        let approved = tasks.iter().filter(|task| task.status == TaskStatus::Approve.code()).count();
        let needed = match (&self.model().node(&activity.node_id).unwrap().repetition, task.approval.counting)
        {
            (Some(Repetition::MultiInstance(many)), _) => match many.completion {
                Some(_) => 1,
                None => tasks.len(),
            },
            (_, Counting::Random | Counting::Any) => 1,
            (_, Counting::Ratio(percent)) => (tasks.len() * usize::from(percent)).div_ceil(100).max(1),
            (_, Counting::Sequential) => tasks.len(),
        };
        assert!(approved >= needed, "{approved} of {needed} have approved {}: {tasks:?}", activity.node_id);
    }

    pub(super) fn signers_have_their_parents(&self) {
        for signer in self.tasks.iter().filter(|task| task.finished_at.is_none()) {
            let Some(parent) = signer.parent_id else { continue };
            let parent = self.tasks.iter().find(|task| task.id == parent).expect("a signer has a parent");
            let status = TaskStatus::of(parent.status).unwrap();
            let is_before = signer.sign.as_deref() == Some("BEFORE");
            let waits = signer.status == TaskStatus::Wait.code();
            // Who signs behind a task has no word before it is approved.
            let fits = match status {
                TaskStatus::Wait => true,
                TaskStatus::Running => !is_before && waits,
                TaskStatus::Approving => !is_before,
                _ => false,
            };
            assert!(fits, "a signer {signer:?} of {parent:?}");
        }
        for task in self.tasks.iter().filter(|task| task.status == TaskStatus::Approving.code()) {
            let mut below = self.tasks.iter().filter(|one| one.parent_id == Some(task.id));
            assert!(below.any(|one| one.finished_at.is_none()), "it waits for signers behind it: {task:?}");
        }
    }
}
