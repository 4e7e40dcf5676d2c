//! What people have decided, and where the token goes from there.

use super::change::{Change, Ending, Left};
use super::machine::Machine;
use super::round::{Standing, Verdict};
use super::state::{ROOT, Waits};
use super::{Halt, StepError};
use crate::workflow::model::Rejection;

impl Machine<'_> {
    /// Somebody who was asked has decided.
    pub(super) fn vote(
        &mut self,
        id: u32,
        verdict: Verdict,
        by: Option<&str>,
        reason: Option<&str>,
    ) -> Result<(), Halt> {
        let token = self.state.token_mut(id).ok_or(StepError::NotWaiting)?;
        let Waits::People { round } = &mut token.waits else { return Err(StepError::NotWaiting.into()) };
        round.vote(verdict, by);
        let activity = token.activity;
        match self.standing(id)? {
            Standing::Open => Ok(()),
            Standing::Next => {
                self.changes.extend(activity.map(|activity| Change::NextAsked { activity }));
                Ok(())
            }
            Standing::Approved => self.approved(id),
            Standing::Rejected => self.rejected(id, reason),
        }
    }

    /// The people of a user task have approved: the token goes on.
    pub(super) fn approved(&mut self, id: u32) -> Result<(), Halt> {
        let token = self.token(id)?;
        if let (Waits::People { round }, Some(activity)) = (&token.waits, token.activity) {
            let approvers = round.approvers.clone();
            let is_approval = self.model.user_task(&token.node).is_some();
            self.changes.push(Change::Closed { activity });
            // A starter who has mended what was sent back has approved nothing.
            if is_approval {
                self.state.approvers.extend(approvers.iter().cloned());
                self.state.last_approvers = approvers;
            }
        }
        self.leave(id, Left::Completed)
    }

    /// A user task is rejected: the instance ends, or goes back.
    pub(super) fn rejected(&mut self, id: u32, reason: Option<&str>) -> Result<(), Halt> {
        let token = self.token(id)?.clone();
        if let (Waits::People { .. }, Some(activity)) = (&token.waits, token.activity) {
            self.changes.push(Change::Closed { activity });
        }
        let rejection = self.model.user_task(&token.node).map(|task| task.approval.rejection.clone());
        if let Some(Rejection::ReturnTo(target)) = rejection {
            return self.go_back(id, &target, Left::Rejected);
        }
        self.record_leave(id, Left::Rejected);
        self.remove(id);
        self.clear(ROOT, Left::Cancelled);
        self.ending = Some(Ending::Rejected { reason: reason.map(str::to_owned) });
        Ok(())
    }
}
