//! Approvals: definitions, instances, tasks, their history, and everything that is done with them.

mod definition;
mod deploy;
mod filter;
mod given;
mod history;
mod instance;
mod live;
mod query;
mod run;
mod status;
mod task;
mod task_input;
mod task_mutation;

pub use definition::{DefinitionList, ProcessDefinition};
pub use deploy::DefinitionMutation;
pub use instance::{InstanceList, ProcessInstance};
pub use live::ProcessSubscription;
pub use query::ProcessQuery;
pub use run::InstanceMutation;
pub use task::{Task, TaskList};
pub use task_mutation::TaskMutation;
