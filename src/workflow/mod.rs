//! Approvals: processes in BPMN 2.0, their instances, and the tasks that people decide.

#![allow(dead_code, unused_imports, reason = "being built")]

mod approver;
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
mod model;
mod read;
mod service;
mod status;
mod task;
#[cfg(test)]
mod tests;
mod variable;

pub use definition::{Definition, DefinitionHead, Definitions};
pub use form::{TaskForm, form_of, start_form};
pub use inbox::{InboxKind, InboxMessage};
pub use instance::{InstanceFilter, InstanceOrder, InstanceOrderField, StartProcess, Started};
pub use live::{InboxChange, InstanceProgress};
use service::Inner;
pub use service::{NoSecondFactor, SecondFactor, Workflow, WorkflowParts};
pub use status::{InstanceStatus, TaskStatus};
pub use task::{Action, Decide, Outlook, Sign, TaskFilter, TaskOrder, TaskOrderField, TaskView};
