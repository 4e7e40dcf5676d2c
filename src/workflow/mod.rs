//! Approvals: processes in BPMN 2.0, their instances, and the tasks that people decide.

mod approver;
mod asking;
mod bpmn;
mod bulk;
mod case;
mod chart;
mod choice;
mod cycle;
mod definition;
mod detail;
mod due;
mod event;
mod execution;
mod expression;
mod form;
mod gathering;
mod history;
mod inbox;
mod instance;
mod job;
mod layout;
mod live;
mod look_ahead;
mod many;
mod markup;
mod model;
mod outcome;
mod read;
mod record;
pub mod samples;
mod service;
mod start_event;
mod status;
mod task;
#[cfg(test)]
mod tests;
mod trees;
mod values;
mod variable;
mod webhook;

pub use bpmn::ModelFault;
pub use bulk::{
    BatchNode, BulkAnswer, BulkDecider, BulkDecision, BulkItem, BulkVerdict, CHANGED, Held, NodeOutline,
    TaskOutline, field_of, let_go_of_strays, of_fault,
};
pub use case::{EventKind, HistoryKind};
pub use definition::{Checked, CheckedFile, Definition, DefinitionHead, Definitions, Drawn, check_file};
pub use detail::HistoryDetail;
pub use event::{EVENT_KIND, EventHandler, Events, Sent};
pub use form::{TaskForm, form_of, is_of_signatures, own_schema, start_form};
pub use inbox::{InboxKind, InboxMessage};
pub use instance::{InstanceFilter, InstanceOrder, InstanceOrderField, StartProcess, Started};
pub use job::{
    CALL_KIND, CallHandler, ClaimJobs, ClaimedJob, CompleteJob, FailJob, HttpAnswer, HttpCalls, HttpRequest,
    JobFilter, JobKind, JobStatus, JobsAvailable, MAX_ANSWER, MAX_CLAIMED, ThrowJobError,
};
pub use live::{InboxChange, InstanceProgress};
pub use look_ahead::{Ahead, LookAhead};
pub use model::{Approval, Counting, NodeType, Rejection, Strategy};
pub use record::{RecordName, sees_variables};
use service::Inner;
pub use service::{Confirming, NoSecondFactor, SecondFactor, Workflow, WorkflowParts};
pub use start_event::{START_KIND, StartEvent, StartHandler, start_events};
pub use status::{InstanceStatus, TaskStatus, UnknownCode};
pub use task::{
    Action, Decide, Demands, Outlook, RoundCount, Sign, TaskFilter, TaskOrder, TaskOrderField, TaskView,
    counting_at,
};
pub use values::value_place;
pub use webhook::{
    Deliveries, DeliveriesParts, DeliveryStatus, DeliveryView, EventType, HookAction, NewWebhook, OnFailure,
    Replay, WebhookAnswer, WebhookMessage, WebhookMode, WebhookPatch, WebhookSender,
};

/// A version of a business record as it is kept.
pub use crate::storage::entity::business_record::Model as RecordVersion;
/// Something that an instance waits for.
pub use crate::storage::entity::event_subscription::Model as EventSubscription;
/// Something that could not be done for an instance.
pub use crate::storage::entity::incident::Model as Incident;
/// A job as it is kept.
pub use crate::storage::entity::job::Model as Job;
/// A token's stay at a node.
pub use crate::storage::entity::process_activity::Model as Activity;
/// Something that was done in an instance.
pub use crate::storage::entity::process_history::Model as HistoryEntry;
/// An instance as it is kept.
pub use crate::storage::entity::process_instance::Model as Instance;
/// Something that could not begin.
pub use crate::storage::entity::start_incident::Model as StartIncident;
/// A start event that waits.
pub use crate::storage::entity::start_subscription::Model as StartSubscription;
/// A task as it is kept.
pub use crate::storage::entity::task::Model as Task;
/// A value that a variable was given.
pub use crate::storage::entity::variable_history::Model as VariableValue;
/// A webhook as it is kept.
pub use crate::storage::entity::webhook::Model as Webhook;
/// An attempt to deliver an event to a webhook.
pub use crate::storage::entity::webhook_attempt::Model as WebhookAttempt;
