//! The enums of webhooks.

use async_graphql::Enum;

use crate::graphql::at_hand::plain_enum;
use crate::kernel::Fault;
use crate::workflow as domain;

/// What a webhook is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum WebhookMode {
    /// It is told of what has happened.
    Notify,
    /// It is asked before somebody decides, and may refuse.
    BeforeAction,
}

/// What a webhook may be asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum HookAction {
    /// A task is approved.
    Approve,
    /// A task is rejected.
    Reject,
    /// An instance is sent back.
    Return,
}

/// What becomes of a decision where the webhook that is to be asked does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum WebhookFailurePolicy {
    /// It is refused, with CONFLICT, and may be tried again.
    Refuse,
    /// It is made.
    Allow,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum WebhookDeliveryStatus {
    /// It is sent again, is being sent, or waits for those before it of the same instance.
    Pending,
    /// It has arrived: the receiver has answered 2xx.
    Success,
    /// It was given up after ten attempts.
    Failed,
    /// It was not wanted any more.
    Discarded,
}

/// The type of an event. In messages it stands in small letters: `task.approved`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum WebhookEventType {
    /// An instance was started.
    InstanceStarted,
    /// An instance came to its end.
    InstanceApproved,
    /// A rejection ended an instance.
    InstanceRejected,
    /// An instance was ended by somebody, or with the one that had called it.
    InstanceCancelled,
    /// An instance was suspended.
    InstanceSuspended,
    /// An instance was resumed.
    InstanceResumed,
    /// A task was made: RUNNING, or WAIT where others come first.
    TaskCreated,
    /// The turn of a task that waited has come.
    TaskOpened,
    /// A task waits again.
    TaskHeld,
    /// Somebody has claimed a task.
    TaskClaimed,
    /// A task was given back to its candidates.
    TaskUnclaimed,
    /// A task was delegated.
    TaskDelegated,
    /// Whoever a task was delegated to has given it back with their opinion.
    TaskResolved,
    /// A task was given to somebody else.
    TaskTransferred,
    /// A task was approved, by somebody or by a rule; with signers behind it, when they are done.
    TaskApproved,
    /// A task was rejected.
    TaskRejected,
    /// Whoever had a task sent the instance back.
    TaskReturned,
    /// Nobody needs to decide a task any longer.
    TaskCancelled,
    /// A rule has passed a task over.
    TaskSkipped,
    /// Somebody has taken their approval back.
    TaskWithdrawn,
    /// An outside system has taken an approval back.
    TaskRecalled,
    /// A task was shown to somebody.
    TaskCopied,
    /// Somebody has asked for a decision.
    TaskUrged,
    /// Somebody has said something about a task.
    TaskCommented,
    /// Workers outside may claim a job.
    JobCreated,
    /// A worker has done a job.
    JobCompleted,
    /// A job has ended with an error of the process.
    JobErrored,
    /// A job has failed as often as it may.
    JobFailed,
    /// Something could not be done for an instance.
    IncidentRaised,
    /// Somebody has seen to it.
    IncidentResolved,
}

/// Makes an enum that has the values of one of the domain's, both ways.
macro_rules! both_ways {
    ($($type:ident = $domain:ident { $($value:ident),+ $(,)? })+) => {$(
        impl From<domain::$domain> for $type {
            fn from(value: domain::$domain) -> Self {
                match value {
                    $(domain::$domain::$value => Self::$value,)+
                }
            }
        }

        impl From<$type> for domain::$domain {
            fn from(value: $type) -> Self {
                match value {
                    $($type::$value => Self::$value,)+
                }
            }
        }

        plain_enum!($type);
    )+};
}

both_ways! {
    WebhookMode = WebhookMode { Notify, BeforeAction }
    HookAction = HookAction { Approve, Reject, Return }
    WebhookFailurePolicy = OnFailure { Refuse, Allow }
    WebhookDeliveryStatus = DeliveryStatus { Pending, Success, Failed, Discarded }
    WebhookEventType = EventType {
        InstanceStarted, InstanceApproved, InstanceRejected, InstanceCancelled, InstanceSuspended,
        InstanceResumed, TaskCreated, TaskOpened, TaskHeld, TaskClaimed, TaskUnclaimed, TaskDelegated,
        TaskResolved, TaskTransferred, TaskApproved, TaskRejected, TaskReturned, TaskCancelled, TaskSkipped,
        TaskWithdrawn, TaskRecalled, TaskCopied, TaskUrged, TaskCommented, JobCreated, JobCompleted, JobErrored, JobFailed, IncidentRaised, IncidentResolved,
    }
}

/// What the words of a JSON list mean; those that a later program has written are left out.
///
/// # Errors
/// `INTERNAL` for what is no list of words.
pub fn all_of<T>(text: &str, of: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Fault> {
    let words: Vec<String> = serde_json::from_str(text).map_err(Fault::internal)?;
    Ok(words.iter().filter_map(|word| of(word)).collect())
}

/// The domain's values of a list.
pub fn into_all<T, U: From<T>>(values: Vec<T>) -> Vec<U> {
    values.into_iter().map(Into::into).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::resolver_utils::EnumType as _;

    /// What is sent is called as the API has it.
    #[test]
    fn event_types_have_the_same_names_in_messages() {
        assert_eq!(WebhookEventType::items().len(), domain::EventType::ALL.len());
        for item in WebhookEventType::items() {
            let sent = domain::EventType::from(item.value).as_str();
            assert_eq!(sent.replace('.', "_").to_uppercase(), item.name);
            assert_eq!(domain::EventType::of(sent), Some(item.value.into()));
        }
    }
}
