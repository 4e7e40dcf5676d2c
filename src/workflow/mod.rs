//! Approvals: processes in BPMN 2.0, their instances, and the tasks that people decide.

mod approver;
mod asking;
mod bpmn;
mod case;
mod definition;
mod due;
mod execution;
mod expression;
mod form;
mod history;
mod inbox;
mod instance;
mod live;
mod look_ahead;
mod many;
mod model;
mod read;
mod record;
pub mod samples;
mod service;
mod status;
mod task;
#[cfg(test)]
mod tests;
mod variable;

pub use case::HistoryKind;
pub use definition::{Definition, DefinitionHead, Definitions};
pub use form::{TaskForm, form_of, start_form};
pub use inbox::{InboxKind, InboxMessage};
pub use instance::{InstanceFilter, InstanceOrder, InstanceOrderField, StartProcess, Started};
pub use live::{InboxChange, InstanceProgress};
pub use look_ahead::{Ahead, LookAhead};
use service::Inner;
pub use service::{NoSecondFactor, SecondFactor, Workflow, WorkflowParts};
pub use status::{InstanceStatus, TaskStatus, UnknownCode};
pub use task::{Action, Decide, Outlook, Sign, TaskFilter, TaskOrder, TaskOrderField, TaskView};

/// A token's stay at a node.
pub use crate::storage::entity::process_activity::Model as Activity;
/// Something that was done in an instance.
pub use crate::storage::entity::process_history::Model as HistoryEntry;
/// An instance as it is kept.
pub use crate::storage::entity::process_instance::Model as Instance;
/// A task as it is kept.
pub use crate::storage::entity::task::Model as Task;
