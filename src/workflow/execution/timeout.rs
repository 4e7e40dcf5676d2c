//! What happens at a user task where nobody decides in time.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::machine::Machine;
use super::round::Verdict;
use super::state::{Holder, Subscription, Waits, Wake};
use super::{Halt, StepError};
use crate::workflow::due;
use crate::workflow::model::{Node, Timeout, TimeoutAction, UserTask};

/// Why something is decided that nobody has decided.
const IN_TIME: &str = "nobody has decided in time";

impl Machine<'_> {
    /// The time of those who are asked begins.
    pub(super) fn limit_time(&mut self, id: u32, node: &Node, timeout: &Timeout) -> Result<(), Halt> {
        let wrong = |reason: String| StepError::Timer { node: node.id.to_string(), reason };
        let text = self.text(&timeout.after, &node.id, id)?;
        let text = text.filter(|text| text.starts_with('P'));
        let text = text.ok_or_else(|| wrong("its timeout is no duration of ISO 8601".to_owned()))?;
        let at: DateTime<Utc> =
            due::parse(&text, self.facts.now).map_err(|error| wrong(error.to_string()))?;
        let (every, more) = match timeout.action {
            TimeoutAction::Remind { times } => (Some(text), times.saturating_sub(1)),
            TimeoutAction::Approve | TimeoutAction::Reject => (None, 0),
        };
        let wake = Wake::Timer { at, every, more: Some(more) };
        let holder = Holder::Token(id);
        let id = self.novelty.id();
        self.hold(Subscription { id, node: node.id.clone(), holder, wake });
        Ok(())
    }

    /// The time of those who are asked is over.
    pub(super) fn timed_out(
        &mut self,
        id: u32,
        node: &Node,
        task: &UserTask,
        subscription: &Subscription,
    ) -> Result<(), Halt> {
        let token = self.token(id)?;
        let (Waits::People { .. }, Some(activity)) = (&token.waits, token.activity) else {
            return Err(StepError::NotWaiting.into());
        };
        let Some(timeout) = &task.approval.timeout else { return Err(StepError::NotWaiting.into()) };
        let verdict = match timeout.action {
            TimeoutAction::Remind { .. } => {
                self.changes.push(Change::Reminded { activity });
                return Ok(self.renew(subscription)?);
            }
            TimeoutAction::Approve => Verdict::Approve,
            TimeoutAction::Reject => Verdict::Reject,
        };
        self.changes.push(Change::Closed { activity });
        self.settle(id, node, Some(verdict), IN_TIME)
    }
}
