//! A process as the engine runs it: what is read of BPMN 2.0, checked and ready to be executed.
//!
//! Nothing in here changes once it is built; instances share it.

mod ahead;
mod approval;
mod around;
mod codes;
mod event;
mod http;
mod mapping;
mod repetition;
mod service;
mod starts;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use approval::{
    Approval, Counting, FieldAccess, Nobody, NodeType, Rejection, SameApprover, StarterApproves, Strategy,
    Timeout, TimeoutAction,
};
pub(super) use around::Around;
pub use event::{Boundary, EventStart, Throw, Timer, Trigger};
pub use http::{DEFAULT_CALLBACK, DEFAULT_TIMEOUT, HttpCall, MAX_TIMEOUT, Wait};
pub use mapping::{Mapping, Own, Source};
pub use repetition::{Loop, MAX_TIMES, MultiInstance, Repetition, Times};
use serde_json::Value;
pub use service::{DEFAULT_ATTEMPTS, External, MAX_ATTEMPTS, ScriptTask, Service, Work};

use super::expression::{Expression, Template};
use super::form::Form;

/// A node's or a flow's id, as in the BPMN document.
pub type ElementId = Arc<str>;

/// One executable process.
#[derive(Debug)]
pub struct Model {
    /// The process's id in the document: the definition's key.
    pub key: String,
    /// Its name; the key where it has none.
    pub name: String,
    /// All nodes, those of subprocesses too.
    pub nodes: BTreeMap<ElementId, Node>,
    /// All sequence flows.
    pub flows: BTreeMap<ElementId, Flow>,
    /// What holds for the process as a whole.
    pub settings: Settings,
    /// The forms that nodes name by their keys.
    pub forms: BTreeMap<String, Form>,
    /// The initial values of data objects, by their names.
    pub data: BTreeMap<String, Value>,
    /// The process, or subprocesses of it, that are too large to prove that their gateways join: they
    /// may wait for ever.
    pub unproved: Vec<ElementId>,
    /// The events around its nodes.
    pub(super) around: Around,
}

/// What holds for a process as a whole.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What to do with an approver who has approved before in the same instance.
    pub same_approver: SameApprover,
    /// Whether who has no token may start it.
    pub anonymous_start: bool,
    /// The type of the business record that each instance writes; none: it writes none.
    pub business_type: Option<String>,
    /// The name of the variable that holds the starter's user id, beside `initiator`.
    pub initiator: Option<String>,
    /// Who may start it; empty: everybody.
    pub starter_users: Vec<String>,
    /// The groups whose members may start it; empty, with `starter_users`: everybody.
    pub starter_groups: Vec<String>,
}

/// A node of the process.
#[derive(Debug)]
pub struct Node {
    /// Its id.
    pub id: ElementId,
    /// Its name; the id where it has none.
    pub name: String,
    /// The line of the document in which it stands, from 1.
    pub line: u32,
    /// The column in it, from 1.
    pub column: u32,
    /// The subprocess that it lies in; none at the top.
    pub parent: Option<ElementId>,
    /// What it does.
    pub kind: NodeKind,
    /// The flows that end here, in the document's order.
    pub incoming: Vec<ElementId>,
    /// The flows that begin here, in the document's order.
    pub outgoing: Vec<ElementId>,
    /// The flow that is taken where no other's condition holds.
    pub default: Option<ElementId>,
    /// How often an activity is executed, where not once.
    pub repetition: Option<Repetition>,
    /// Where it is true, the activity is left at once without being executed.
    pub skip: Option<Expression>,
    /// The variable that takes the code of the error or escalation that an event catches.
    pub code_variable: Option<String>,
    /// The variables that an activity has for itself.
    pub own: Own,
}

/// What a node does.
#[derive(Debug)]
pub enum NodeKind {
    /// Where a process or a subprocess begins.
    Start {
        /// The form with which a process is started.
        form: Option<String>,
        /// What starts the process there: a time, a message or a signal; none: whoever wants to. With a
        /// condition: the same, where that holds.
        trigger: Option<Trigger>,
    },
    /// Ends its token.
    End,
    /// Ends every token of its process or subprocess.
    Terminate,
    /// People decide.
    User(Box<UserTask>),
    /// Happens outside: recorded and left at once.
    Manual,
    /// Nothing in particular: recorded and left at once.
    Task,
    /// Shows the instance to people, and goes on.
    Copy(Strategy),
    /// Gives variables values, and goes on.
    Write(Vec<Assignment>),
    /// A machine works.
    Service(Box<Service>),
    /// Something is worked out at once.
    Script(Box<ScriptTask>),
    /// Waits for a message, as an activity.
    Receive(Template),
    /// The first flow whose condition holds.
    Exclusive,
    /// All flows; waits for a token of each flow that comes in.
    Parallel,
    /// All flows whose conditions hold; waits for all tokens that may still come.
    Inclusive,
    /// A process within.
    Subprocess,
    /// Another process, as an instance of its own.
    Call(Box<Call>),
    /// Waits for something to happen.
    Catch(Trigger),
    /// Tells something, and goes on; ends its token where no flow leaves it.
    Throw(Throw),
    /// Happens to an activity.
    Boundary(Boundary),
    /// Waits for the first of the events behind it.
    EventBased,
    /// A process within, whose start event says when it begins.
    EventSubprocess,
    /// Where an event subprocess begins.
    EventStart(EventStart),
}

/// A task of people.
#[derive(Debug)]
pub struct UserTask {
    /// Who has it.
    pub assignee: Option<Template>,
    /// Who may claim it.
    pub candidate_users: Vec<Template>,
    /// The groups whose members may claim it: of the attribute, and of the lane.
    pub candidate_groups: Vec<Template>,
    /// When it should be done: an ISO 8601 date, date and time, or duration.
    pub due: Option<Template>,
    /// The form to decide with, by its key.
    pub form: Option<String>,
    /// What Docket adds to that.
    pub approval: Approval,
}

/// A value for a variable.
#[derive(Debug)]
pub struct Assignment {
    /// The variable's name.
    pub variable: String,
    /// What it becomes; none: null.
    pub value: Option<Template>,
}

/// A call of another process.
#[derive(Debug)]
pub struct Call {
    /// The key of the process that is called: its newest version at that time.
    pub process: Template,
    /// The child's business key; the caller's where it is none.
    pub business_key: Option<Template>,
    /// The child begins with all of the caller's variables.
    pub inherits: bool,
    /// What the child begins with.
    pub inputs: Vec<Mapping>,
    /// The caller takes back all of the child's variables when it has ended.
    pub returns_all: bool,
    /// What the caller takes back when the child has ended.
    pub outputs: Vec<Mapping>,
}

/// A sequence flow.
#[derive(Debug)]
pub struct Flow {
    /// Its id.
    pub id: ElementId,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The line of the document in which it stands, from 1.
    pub line: u32,
    /// The column in it, from 1.
    pub column: u32,
    /// Where it begins.
    pub source: ElementId,
    /// Where it ends.
    pub target: ElementId,
    /// Where it is taken only if this is true.
    pub condition: Option<Expression>,
}

impl NodeKind {
    /// The element's name in BPMN.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Start { .. } => "startEvent",
            Self::End | Self::Terminate => "endEvent",
            Self::User(_) => "userTask",
            Self::Manual => "manualTask",
            Self::Task | Self::Copy(_) | Self::Write(_) => "task",
            Self::Service(service) => service.element,
            Self::Script(_) => "scriptTask",
            Self::Receive(_) => "receiveTask",
            Self::Exclusive => "exclusiveGateway",
            Self::Parallel => "parallelGateway",
            Self::Inclusive => "inclusiveGateway",
            Self::Subprocess => "subProcess",
            Self::Call(_) => "callActivity",
            Self::Catch(_) => "intermediateCatchEvent",
            Self::Throw(_) => "throwEvent",
            Self::Boundary(_) => "boundaryEvent",
            Self::EventBased => "eventBasedGateway",
            Self::EventSubprocess => "subProcess",
            Self::EventStart(_) => "startEvent",
        }
    }

    /// Whether it is an activity: what can be repeated and skipped.
    pub fn is_activity(&self) -> bool {
        matches!(
            self,
            Self::User(_)
                | Self::Manual
                | Self::Task
                | Self::Copy(_)
                | Self::Write(_)
                | Self::Service(_)
                | Self::Script(_)
                | Self::Receive(_)
                | Self::Subprocess
                | Self::Call(_)
        )
    }

    /// From where those come who are asked there, or to whom it is shown.
    pub fn strategy(&self) -> Option<&Strategy> {
        match self {
            Self::User(task) => task.approval.strategy.as_ref(),
            Self::Copy(strategy) => Some(strategy),
            _ => None,
        }
    }
}

impl Model {
    /// A node by its id.
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// A user task by its id.
    pub fn user_task(&self, id: &str) -> Option<&UserTask> {
        match &self.nodes.get(id)?.kind {
            NodeKind::User(task) => Some(task),
            _ => None,
        }
    }

    /// Whether a variable is a field of one of the process's forms, or one of which a node says who
    /// may write it.
    pub fn controls(&self, variable: &str) -> bool {
        let names = |node: &Node| match &node.kind {
            NodeKind::User(task) => task.approval.fields.contains_key(variable),
            _ => false,
        };
        self.forms.values().any(|form| form.names(variable)) || self.nodes.values().any(names)
    }
}
