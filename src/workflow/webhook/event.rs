//! What webhooks are told of.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::kernel::{GlobalId, NodeKind};
use crate::storage::entity::{incident, job, process_definition, process_instance};
use crate::workflow::case::HistoryKind;
use crate::workflow::status::{InstanceStatus, TaskStatus};

/// Makes the types of events with their names.
macro_rules! event_types {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// The type of an event.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventType {
            $($(#[$doc])* $name,)+
        }

        impl EventType {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in the database and in what is sent.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

event_types! {
    /// An instance was started.
    InstanceStarted = "instance.started";
    /// An instance came to its end.
    InstanceApproved = "instance.approved";
    /// A rejection ended an instance.
    InstanceRejected = "instance.rejected";
    /// An instance was ended by somebody, or with the one that had called it.
    InstanceCancelled = "instance.cancelled";
    /// An instance was suspended.
    InstanceSuspended = "instance.suspended";
    /// An instance was resumed.
    InstanceResumed = "instance.resumed";
    /// A task was made: RUNNING, or WAIT where others come first.
    TaskCreated = "task.created";
    /// The turn of a task that waited has come.
    TaskOpened = "task.opened";
    /// A task waits again.
    TaskHeld = "task.held";
    /// Somebody has claimed a task.
    TaskClaimed = "task.claimed";
    /// A task was given back to its candidates.
    TaskUnclaimed = "task.unclaimed";
    /// A task was delegated.
    TaskDelegated = "task.delegated";
    /// Whoever a task was delegated to has given it back with their opinion.
    TaskResolved = "task.resolved";
    /// A task was given to somebody else.
    TaskTransferred = "task.transferred";
    /// A task was approved, and so were those that were added behind it.
    TaskApproved = "task.approved";
    /// A task was rejected.
    TaskRejected = "task.rejected";
    /// Whoever had a task sent the instance back.
    TaskReturned = "task.returned";
    /// Nobody needs to decide a task any longer.
    TaskCancelled = "task.cancelled";
    /// A rule has passed a task over.
    TaskSkipped = "task.skipped";
    /// Somebody has taken their approval back.
    TaskWithdrawn = "task.withdrawn";
    /// An outside system has taken an approval back.
    TaskRecalled = "task.recalled";
    /// A task was shown to somebody.
    TaskCopied = "task.copied";
    /// Somebody has asked for a decision.
    TaskUrged = "task.urged";
    /// Somebody has said something about a task.
    TaskCommented = "task.commented";
    /// A machine is to do something: a worker outside, or a call over HTTP.
    JobCreated = "job.created";
    /// A job was done.
    JobCompleted = "job.completed";
    /// A job has ended with an error of the process.
    JobErrored = "job.errored";
    /// A job has failed as often as it may.
    JobFailed = "job.failed";
    /// Something could not be done for an instance.
    IncidentRaised = "incident.raised";
    /// Somebody has seen to it.
    IncidentResolved = "incident.resolved";
}

impl EventType {
    /// The type of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// The type of what the history has; none for what nobody is told of. `status` is that after it.
    pub fn of_history(kind: HistoryKind, is_of_task: bool, status: Option<i16>) -> Option<Self> {
        let is = |wanted: TaskStatus| status == Some(wanted.code());
        if !is_of_task {
            return match kind {
                HistoryKind::Start => Some(Self::InstanceStarted),
                HistoryKind::End if status == Some(InstanceStatus::Approve.code()) => {
                    Some(Self::InstanceApproved)
                }
                HistoryKind::End if status == Some(InstanceStatus::Reject.code()) => {
                    Some(Self::InstanceRejected)
                }
                HistoryKind::End => Some(Self::InstanceCancelled),
                HistoryKind::Suspend => Some(Self::InstanceSuspended),
                HistoryKind::Resume => Some(Self::InstanceResumed),
                _ => None,
            };
        }
        match kind {
            HistoryKind::Create if is(TaskStatus::Approve) => Some(Self::TaskApproved),
            HistoryKind::Create if is(TaskStatus::Reject) => Some(Self::TaskRejected),
            HistoryKind::Create if is(TaskStatus::Skip) => Some(Self::TaskSkipped),
            HistoryKind::Create => Some(Self::TaskCreated),
            HistoryKind::Open => Some(Self::TaskOpened),
            HistoryKind::Hold => Some(Self::TaskHeld),
            HistoryKind::Claim => Some(Self::TaskClaimed),
            HistoryKind::Unclaim => Some(Self::TaskUnclaimed),
            HistoryKind::Delegate => Some(Self::TaskDelegated),
            HistoryKind::Resolve => Some(Self::TaskResolved),
            HistoryKind::Transfer => Some(Self::TaskTransferred),
            // With signers behind it, it is not approved yet.
            HistoryKind::Approve if is(TaskStatus::Approve) => Some(Self::TaskApproved),
            HistoryKind::Reject => Some(Self::TaskRejected),
            HistoryKind::Return => Some(Self::TaskReturned),
            HistoryKind::Cancel => Some(Self::TaskCancelled),
            HistoryKind::Withdraw => Some(Self::TaskWithdrawn),
            HistoryKind::Recall => Some(Self::TaskRecalled),
            HistoryKind::Copy => Some(Self::TaskCopied),
            HistoryKind::Urge => Some(Self::TaskUrged),
            HistoryKind::Comment => Some(Self::TaskCommented),
            // Signers are told of as tasks of their own.
            HistoryKind::AddSigners
            | HistoryKind::RemoveSigners
            | HistoryKind::Approve
            | HistoryKind::Start
            | HistoryKind::Suspend
            | HistoryKind::Resume
            | HistoryKind::End
            | HistoryKind::Trigger
            // What there is to tell of these is not in the history.
            | HistoryKind::CompleteJob
            | HistoryKind::ErrorJob
            | HistoryKind::Incident
            | HistoryKind::ResolveIncident => None,
        }
    }
}

/// Something that has happened to an instance.
#[derive(Debug, Clone)]
pub struct Event {
    /// What.
    pub kind: EventType,
    /// What it is about, at most 255 characters: the same key is told once.
    pub operation_key: String,
    /// To which instance.
    pub instance: Uuid,
    /// The key of its definition.
    pub definition_key: String,
    /// What is told of it.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// The body of a message, in the shape that Standard Webhooks recommends.
pub(super) fn body(kind: &str, at: DateTime<Utc>, data: &Value) -> String {
    let timestamp = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    json!({ "type": kind, "timestamp": timestamp, "data": data }).to_string()
}

/// What is told of an instance, in this status.
pub fn instance_data(
    row: &process_instance::Model,
    definition: &process_definition::Model,
    status: i16,
) -> Value {
    let id = |id: Uuid| GlobalId::encode(NodeKind::ProcessInstance, id);
    json!({
        "id": id(row.id),
        "parentId": row.parent_id.map(id),
        "definitionKey": definition.key,
        "definitionVersion": definition.version,
        "businessKey": row.business_key,
        "startedBy": row.started_by,
        "status": InstanceStatus::of(status).map_or("", InstanceStatus::as_str),
        "statusCode": status,
        "suspended": row.suspended,
        "reason": row.reason,
        "revision": row.revision,
        "startedAt": row.started_at,
        "endedAt": row.ended_at,
    })
}

/// Which event it is that a job is new, has ended or has failed; and under which key.
pub fn job_event(row: &job::Model, is_new: bool) -> (EventType, String) {
    let has_failed = row.finished_at.is_none();
    // Resolved, it may fail once more.
    match (&row.error_code, is_new) {
        (_, true) => (EventType::JobCreated, format!("job:{}:created", row.id)),
        _ if has_failed => (EventType::JobFailed, format!("job:{}:failed:{}", row.id, row.attempt)),
        (Some(_), _) => (EventType::JobErrored, format!("job:{}:ended", row.id)),
        (None, _) => (EventType::JobCompleted, format!("job:{}:ended", row.id)),
    }
}

/// What is told of a job.
pub fn job_data(row: &job::Model) -> Value {
    json!({
        "job": {
            "id": GlobalId::encode(NodeKind::Job, row.id),
            "nodeId": row.node_id,
            "topic": row.topic,
            "status": row.status,
            "attempt": row.attempt,
            "errorCode": row.error_code,
            "errorMessage": row.error_message,
            "createdAt": row.created_at,
            "finishedAt": row.finished_at,
        },
    })
}

/// What is told of an incident.
pub fn incident_data(row: &incident::Model) -> Value {
    json!({
        "incident": {
            "id": GlobalId::encode(NodeKind::Incident, row.id),
            "nodeId": row.node_id,
            "code": row.code,
            "message": row.message,
            "jobId": row.job_id.map(|id| GlobalId::encode(NodeKind::Job, id)),
            "createdAt": row.created_at,
            "resolvedAt": row.resolved_at,
            "resolvedBy": row.resolved_by,
        },
    })
}
