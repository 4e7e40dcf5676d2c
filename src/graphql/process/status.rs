//! The states of instances and tasks, as other approval engines call them, and what one may do.

use async_graphql::Enum;

use crate::graphql::at_hand::plain_enum;
use crate::workflow as domain;

/// Makes an enum of the schema that has the same members as one of the domain's.
macro_rules! same_as {
    ($type:ident, $domain:ty { $($member:ident),+ $(,)? }) => {
        plain_enum!($type);

        impl From<$domain> for $type {
            fn from(value: $domain) -> Self {
                match value {
                    $(<$domain>::$member => Self::$member,)+
                }
            }
        }

        impl From<$type> for $domain {
            fn from(value: $type) -> Self {
                match value {
                    $($type::$member => Self::$member,)+
                }
            }
        }
    };
}
pub(super) use same_as;

/// The state of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ProcessInstanceStatus {
    /// -1: not started. No instance that can be read is in this state.
    NotStart,
    /// 1: under way.
    Running,
    /// 2: ended, approved.
    Approve,
    /// 3: ended, rejected.
    Reject,
    /// 4: ended, cancelled.
    Cancel,
}

same_as!(ProcessInstanceStatus, domain::InstanceStatus { NotStart, Running, Approve, Reject, Cancel });

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TaskStatus {
    /// -2: a rule passed it over.
    Skip,
    /// -1: it lies ahead. No task that can be read is in this state.
    NotStart,
    /// 0: it waits for others: those before it, or signers that were added before it.
    Wait,
    /// 1: somebody is to decide it.
    Running,
    /// 2: approved.
    Approve,
    /// 3: rejected.
    Reject,
    /// 4: nobody needs to decide it any longer.
    Cancel,
    /// 5: whoever had it sent the instance back.
    Return,
    /// 7: approved as soon as the signers are done who were added behind it.
    Approving,
}

same_as!(
    TaskStatus,
    domain::TaskStatus { Skip, NotStart, Wait, Running, Approve, Reject, Cancel, Return, Approving }
);

/// What one may do with a task; each is the mutation of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TaskAction {
    /// `approveTask`.
    Approve,
    /// `rejectTask`.
    Reject,
    /// `returnTask`; `returnTargets` tells whereto.
    Return,
    /// `claimTask`.
    Claim,
    /// `unclaimTask`.
    Unclaim,
    /// `delegateTask`.
    Delegate,
    /// `transferTask`.
    Transfer,
    /// `addSigners`.
    AddSigners,
    /// `removeSigners`.
    RemoveSigners,
    /// `copyTask`.
    Copy,
    /// `withdrawTask`.
    Withdraw,
    /// `recallTask`.
    Recall,
    /// `urgeTask`.
    Urge,
    /// `saveTaskDraft`.
    SaveDraft,
    /// `commentTask`.
    Comment,
}

same_as!(
    TaskAction,
    domain::Action {
        Approve,
        Reject,
        Return,
        Claim,
        Unclaim,
        Delegate,
        Transfer,
        AddSigners,
        RemoveSigners,
        Copy,
        Withdraw,
        Recall,
        Urge,
        SaveDraft,
        Comment,
    }
);

/// Where signers are added to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum SignPlace {
    /// The task waits until they have signed.
    Before,
    /// They have the word when the task is approved, and it is done when they are.
    After,
}

same_as!(SignPlace, domain::Sign { Before, After });
