//! Looking ahead: whom a process will ask if everybody approves and nothing else changes.
//!
//! The engine's own steps are taken, on a copy that nobody keeps. So what is told is what would
//! happen, with the conditions and the organisation as they are now.

mod player;
mod rehearsal;

use rehearsal::Rehearsal;

use super::Workflow;
use super::instance::StartProcess;
use super::status::{InstanceStatus, TaskStatus};
use crate::kernel::{Actor, Fault};
use crate::storage::entity::process_instance;

/// A user task that lies ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct Ahead {
    /// The key of the process that the node belongs to: another than the instance's where that calls it.
    pub definition_key: String,
    /// The node.
    pub node_id: String,
    /// What it is called.
    pub name: String,
    /// Who will be asked, in order: user ids.
    pub assignees: Vec<String>,
    /// The principals who may claim it, where it is nobody's.
    pub candidates: Vec<String>,
    /// It is passed over or decided by a rule: which status it will have.
    pub settled: Option<TaskStatus>,
}

/// What lies ahead.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LookAhead {
    /// The user tasks, in the order in which they will be asked, at most 50; those of the processes that
    /// are called among them.
    pub nodes: Vec<Ahead>,
    /// Why it is not known further: a condition that has no value yet, or too many nodes.
    pub stopped_by: Option<String>,
}

impl Workflow {
    /// Whom an instance that the caller has found visible, and those that it has called or will call, will
    /// ask after those who are asked now.
    ///
    /// # Errors
    /// The database's.
    pub async fn look_ahead(&self, row: &process_instance::Model) -> Result<LookAhead, Fault> {
        if row.status != InstanceStatus::Running.code() {
            return Ok(LookAhead::default());
        }
        let mut rehearsal = Rehearsal::new(self);
        rehearsal.take_running(row).await?;
        rehearsal.play().await
    }

    /// Whom a process would ask if the actor started it like this.
    ///
    /// # Errors
    /// As [`Workflow::start`], but for what only a real start finds out.
    pub async fn preview(&self, actor: &Actor, start: &StartProcess) -> Result<LookAhead, Fault> {
        let (definition, variables) = self.prepare_start(Some(actor), start).await?;
        let mut rehearsal = Rehearsal::new(self);
        rehearsal.begin(actor, definition, start, variables);
        rehearsal.play().await
    }
}
