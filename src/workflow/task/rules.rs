//! Who may do what with a task, and when: pure decisions.

use chrono::{DateTime, TimeDelta, Utc};

use crate::kernel::{Actor, ErrorCode, Fault, Role};
use crate::storage::entity::{process_instance, task};
use crate::workflow::model::{Approval, StarterApproves};
use crate::workflow::status::{InstanceStatus, TaskStatus};

/// How long after somebody has urged a task nobody may do so again.
pub const URGE_PAUSE: TimeDelta = TimeDelta::minutes(5);
/// How deep signers may be added to signers.
pub const MAX_SIGN_DEPTH: u32 = 3;

/// What one may do with a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Say yes.
    Approve,
    /// Say no.
    Reject,
    /// Send the instance back.
    Return,
    /// Take what is nobody's yet.
    Claim,
    /// Give it back to the candidates.
    Unclaim,
    /// Let somebody else say what they think, and then decide.
    Delegate,
    /// Let somebody else decide.
    Transfer,
    /// Let others sign before or after oneself.
    AddSigners,
    /// Take added signers away.
    RemoveSigners,
    /// Show it to others.
    Copy,
    /// Take one's own approval back.
    Withdraw,
    /// Take somebody's approval back, as an outside system.
    Recall,
    /// Ask for a decision.
    Urge,
    /// Keep for later what one has filled in.
    SaveDraft,
    /// Say something.
    Comment,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Approve,
        Self::Reject,
        Self::Return,
        Self::Claim,
        Self::Unclaim,
        Self::Delegate,
        Self::Transfer,
        Self::AddSigners,
        Self::RemoveSigners,
        Self::Copy,
        Self::Withdraw,
        Self::Recall,
        Self::Urge,
        Self::SaveDraft,
        Self::Comment,
    ];
}

/// A task and what is around it, as seen by somebody.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// Who looks.
    pub actor: &'a Actor,
    /// Under which names tasks can be theirs.
    pub principals: &'a [String],
    /// The task.
    pub task: &'a task::Model,
    /// Who may claim it, while nobody has it.
    pub candidates: &'a [String],
    /// Its instance.
    pub instance: &'a process_instance::Model,
    /// Whether the tree of its instance is suspended.
    pub is_suspended: bool,
    /// What its node says.
    pub approval: &'a Approval,
    /// Whether it is where the starter says what they want: nothing lies before it.
    pub begins_here: bool,
    /// Whether signers that were added to it are not done.
    pub has_open_signers: bool,
    /// How many tasks it is below one of the round.
    pub depth: u32,
    /// Whether an approval of it can still be taken back: nobody has gone on from there.
    pub can_be_taken_back: bool,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Why something cannot be done with a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is not the actor's to do.
    NotYours(&'static str),
    /// It is not allowed here, whoever asks.
    NotAllowed(&'static str),
    /// It has been decided.
    Decided,
    /// Its instance has ended.
    InstanceEnded,
    /// Its instance is suspended, or one that waits for it.
    Suspended,
    /// A batch holds it.
    Locked,
    /// It stands otherwise.
    Standing(&'static str),
    /// It was urged a moment ago.
    TooSoon(DateTime<Utc>),
}

/// Whether a task is nobody's yet, and one of these principals is among its candidates.
pub fn may_claim(task: &task::Model, candidates: &[String], principals: &[String]) -> bool {
    task.assignee.is_none() && candidates.iter().any(|candidate| principals.contains(candidate))
}

impl Situation<'_> {
    fn status(&self) -> Option<TaskStatus> {
        TaskStatus::of(self.task.status).ok()
    }

    fn is_assignee(&self) -> bool {
        self.task.assignee.as_deref() == Some(self.actor.user_id.as_str())
    }

    fn is_candidate(&self) -> bool {
        may_claim(self.task, self.candidates, self.principals)
    }

    fn is_mine(&self) -> bool {
        self.is_assignee() || self.is_candidate()
    }

    fn is_starter(&self) -> bool {
        self.instance.started_by.as_deref() == Some(self.actor.user_id.as_str())
    }

    fn is_admin(&self) -> bool {
        self.actor.has_role(Role::Admin)
    }

    fn is_decider(&self) -> bool {
        self.task.decided_by.as_deref() == Some(self.actor.user_id.as_str())
    }

    /// Whether the instance lets anything be done.
    fn instance_refuses(&self) -> Option<Refusal> {
        if self.instance.status != InstanceStatus::Running.code() {
            return Some(Refusal::InstanceEnded);
        }
        self.is_suspended.then_some(Refusal::Suspended)
    }

    /// Whether the task can be decided by whoever has it.
    fn not_open(&self) -> Option<Refusal> {
        match self.status() {
            Some(TaskStatus::Running) => {}
            Some(TaskStatus::Wait) => return Some(Refusal::Standing("it waits for others to be done")),
            Some(TaskStatus::Approving) => {
                return Some(Refusal::Standing("it is approved and waits for the signers behind it"));
            }
            _ => return Some(Refusal::Decided),
        }
        self.instance_refuses().or_else(|| self.task.locked_by.is_some().then_some(Refusal::Locked))
    }

    /// Why an action cannot be done; none: it can.
    pub fn refusal(&self, action: Action) -> Option<Refusal> {
        let decided_or = |refusal| if self.task.finished_at.is_some() { Refusal::Decided } else { refusal };
        match action {
            Action::Approve | Action::SaveDraft => {
                let not_mine = Refusal::NotYours("only whoever has the task, or may claim it, may do this");
                (!self.is_mine())
                    .then(|| decided_or(not_mine))
                    .or_else(|| self.not_for_starter())
                    .or_else(|| self.not_open())
            }
            Action::Reject => {
                self.refusal(Action::Approve).or_else(|| self.not_to_be_mended()).or_else(|| {
                    let reason = "this is to be done, and not to be decided: it cannot be rejected";
                    (!self.approval.allow_reject && !self.task.delegated)
                        .then_some(Refusal::NotAllowed(reason))
                })
            }
            Action::Return => self.refusal(Action::Approve).or_else(|| self.own_part()).or_else(|| {
                let reason = "the instance begins here: there is nothing to send it back to";
                self.begins_here.then_some(Refusal::NotAllowed(reason))
            }),
            Action::Claim => {
                if self.task.assignee.is_some() && self.task.finished_at.is_none() {
                    let reason = match (self.is_assignee(), self.task.claimable) {
                        (true, _) => "it is yours already",
                        (false, true) => "somebody has claimed it already",
                        (false, false) => "it was given to somebody, and is not to be claimed",
                    };
                    return Some(Refusal::Standing(reason));
                }
                let not_mine = Refusal::NotYours("only a candidate may claim a task");
                (!self.is_candidate())
                    .then(|| decided_or(not_mine))
                    .or_else(|| self.not_for_starter())
                    .or_else(|| self.not_open())
            }
            Action::Unclaim => {
                let not_mine = Refusal::NotYours("only whoever has claimed a task may give it back");
                (!self.is_assignee())
                    .then(|| decided_or(not_mine))
                    .or_else(|| self.not_open())
                    .or_else(|| {
                        let reason = "nobody else may claim it: transfer it instead";
                        self.candidates.is_empty().then_some(Refusal::NotAllowed(reason))
                    })
                    .or_else(|| self.task.delegated.then_some(Refusal::Standing("it is delegated to you")))
            }
            Action::Delegate => self.refusal(Action::Approve).or_else(|| self.own_part()),
            Action::Transfer => {
                let not_mine = Refusal::NotYours("only whoever has the task, or an ADMIN, may transfer it");
                (!self.is_mine() && !self.is_admin())
                    .then(|| decided_or(not_mine))
                    .or_else(|| self.not_open())
                    .or_else(|| self.own_part())
            }
            Action::AddSigners => self.refusal(Action::Approve).or_else(|| {
                self.own_part().or_else(|| {
                    (self.depth >= MAX_SIGN_DEPTH)
                        .then_some(Refusal::NotAllowed("signers are added three deep at most"))
                })
            }),
            Action::RemoveSigners => {
                let not_mine = Refusal::NotYours("only whoever has added signers may take them away");
                (!self.is_assignee() && !self.is_decider())
                    .then_some(not_mine)
                    .or_else(|| self.instance_refuses())
                    .or_else(|| {
                        let reason = "it has no added signers who are not done";
                        (!self.has_open_signers).then(|| decided_or(Refusal::Standing(reason)))
                    })
                    .or_else(|| self.own_part())
            }
            Action::Withdraw => {
                let not_mine = Refusal::NotYours("only whoever has approved may take that back");
                (!self.is_decider())
                    .then_some(not_mine)
                    .or_else(|| {
                        let reason = "approvals at this node cannot be taken back";
                        (!self.approval.allow_withdraw).then_some(Refusal::NotAllowed(reason))
                    })
                    .or_else(|| self.not_to_be_taken_back())
            }
            Action::Recall => {
                let not_mine = Refusal::NotYours("only ADMIN may recall an approval");
                (!self.is_admin()).then_some(not_mine).or_else(|| self.not_to_be_taken_back())
            }
            Action::Urge => {
                let not_mine = Refusal::NotYours("only who has started the instance, or an ADMIN, may urge");
                (!self.is_starter() && !self.is_admin())
                    .then_some(not_mine)
                    .or_else(|| self.not_open())
                    .or_else(|| {
                        let reason = "it is yours to decide: nobody urges themselves";
                        self.is_assignee().then_some(Refusal::NotAllowed(reason))
                    })
                    .or_else(|| {
                        let again = self.task.urged_at? + URGE_PAUSE;
                        (self.now < again).then_some(Refusal::TooSoon(again))
                    })
            }
            Action::Copy | Action::Comment => self.instance_refuses(),
        }
    }

    /// What cannot be done with an opinion that one was asked for, or with the starter's own task.
    fn own_part(&self) -> Option<Refusal> {
        if self.task.delegated {
            return Some(Refusal::Standing("it is delegated to you: say what you think, and it goes back"));
        }
        self.not_to_be_mended()
    }

    /// Who has started the instance mends what was sent back to them, and nothing else.
    fn not_to_be_mended(&self) -> Option<Refusal> {
        self.task
            .resubmission
            .then_some(Refusal::NotAllowed("it was sent back to you: mend it, or cancel the instance"))
    }

    /// Where the starter does not approve, they do not as one of those either who may claim it.
    fn not_for_starter(&self) -> Option<Refusal> {
        let passes_over = self.approval.starter != StarterApproves::Allow;
        (passes_over && self.is_starter() && self.is_candidate())
            .then_some(Refusal::NotAllowed("you have started this: somebody else decides here"))
    }

    fn not_to_be_taken_back(&self) -> Option<Refusal> {
        if self.status() != Some(TaskStatus::Approve) {
            return Some(Refusal::Standing("only an approval is taken back"));
        }
        self.instance_refuses().or_else(|| {
            (!self.can_be_taken_back || self.task.parent_id.is_some())
                .then_some(Refusal::Standing("others have gone on from there"))
        })
    }

    /// What the actor may do now.
    pub fn available(&self) -> Vec<Action> {
        Action::ALL.into_iter().filter(|action| self.refusal(*action).is_none()).collect()
    }

    /// A refusal as callers are told of it.
    pub fn fault(&self, refusal: Refusal) -> Fault {
        let task = self.task;
        let status = self.status().map_or("", TaskStatus::as_str);
        let told = |fault: Fault| fault.with("status", status.into()).with("statusCode", task.status.into());
        match refusal {
            Refusal::NotYours(reason) | Refusal::NotAllowed(reason) => Fault::forbidden(reason),
            Refusal::Standing(reason) => told(Fault::conflict(reason)),
            Refusal::Suspended => {
                told(Fault::conflict("the instance is suspended")).with("suspended", true.into())
            }
            Refusal::InstanceEnded => {
                let ended = InstanceStatus::of(self.instance.status).map_or("", InstanceStatus::as_str);
                told(Fault::conflict(format!("the instance has ended as {ended}")))
                    .with("instanceStatus", ended.into())
            }
            Refusal::Locked => {
                let by = task.locked_by.map(|batch| batch.to_string());
                Fault::new(ErrorCode::Locked, "a batch holds this task").with("batchId", by.into())
            }
            Refusal::TooSoon(again) => {
                Fault::new(ErrorCode::RateLimited, "somebody has asked for this just now")
                    .with("resetAt", again.to_rfc3339().into())
                    .with("remaining", 0.into())
            }
            Refusal::Decided => {
                let what = match (&task.decided_by, self.status()) {
                    (Some(by), Some(TaskStatus::Approve)) => format!("{by} has approved this task"),
                    (Some(by), Some(TaskStatus::Reject)) => format!("{by} has rejected this task"),
                    (Some(by), Some(TaskStatus::Return)) => format!("{by} has sent this task back"),
                    _ => format!("this task has ended as {status}"),
                };
                let at = task.finished_at.map(|at| at.to_rfc3339());
                told(Fault::conflict(what))
                    .with("decidedBy", task.decided_by.clone().into())
                    .with("finishedAt", at.into())
            }
        }
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
