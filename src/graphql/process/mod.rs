//! Approvals: definitions, instances, tasks, their history, and everything that is done with them.

mod ahead;
mod approval;
mod attachment;
mod candidate;
mod definition;
mod deploy;
mod event;
mod filter;
mod given;
mod history;
mod instance;
mod instance_list;
mod live;
mod node;
mod query;
mod record;
mod run;
mod status;
mod task;
mod task_input;
mod task_list;
mod task_mutation;
mod value;

pub use ahead::AheadQuery;
pub use definition::{DefinitionList, ProcessDefinition};
pub use deploy::DefinitionMutation;
pub use event::{EventMutation, EventQuery};
pub use instance::ProcessInstance;
pub use instance_list::InstanceList;
pub use live::ProcessSubscription;
pub use query::ProcessQuery;
pub use record::RecordQuery;
pub use run::InstanceMutation;
pub use task::Task;
pub use task_list::TaskList;
pub use task_mutation::TaskMutation;
