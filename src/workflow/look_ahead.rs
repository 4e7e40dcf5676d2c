//! Looking ahead: whom a process will ask if everybody approves and nothing else changes.
//!
//! The engine's own steps are taken, on a copy that nobody keeps. So what is told is what would
//! happen, with the conditions and the organisation as they are now.

use std::collections::HashMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::Workflow;
use super::asking::{self, Position};
use super::definition::Definition;
use super::execution::{
    Answer, Asked, Change, Command, Ending, Novelty, Question, Signer, State, Verdict, Waits,
};
use super::instance::StartProcess;
use super::read;
use super::status::InstanceStatus;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::process_instance;

/// The most nodes that are told.
const MAX_NODES: usize = 50;
/// The most steps that are taken.
const MAX_STEPS: usize = 500;

/// A user task that lies ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct Ahead {
    /// The node.
    pub node_id: String,
    /// What it is called.
    pub name: String,
    /// Who will be asked, in order: user ids.
    pub assignees: Vec<String>,
    /// The principals who may claim it, where it is nobody's.
    pub candidates: Vec<String>,
    /// It is passed over or decided by a rule: which status it will have.
    pub settled: Option<super::TaskStatus>,
}

/// What lies ahead.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LookAhead {
    /// The user tasks, in the order in which they will be asked.
    pub nodes: Vec<Ahead>,
    /// Why it is not known further: a condition that has no value yet, or too many nodes.
    pub stopped_by: Option<String>,
}

struct Rehearsal<'a> {
    workflow: &'a Workflow,
    definition: &'a Definition,
    starter: Option<String>,
    business_key: Option<String>,
    state: State,
    variables: Map<String, Value>,
    answers: Vec<(Question, Answer)>,
    /// Who is asked where.
    asked: HashMap<Uuid, Vec<Signer>>,
    found: LookAhead,
    has_ended: bool,
}

struct Numbers;

impl Novelty for Numbers {
    fn id(&mut self) -> Uuid {
        Uuid::now_v7()
    }

    /// Nobody knows who will be drawn: the first stands for all.
    fn draw(&mut self, _: usize) -> usize {
        0
    }
}

impl Workflow {
    /// Whom an instance that the caller has found visible will ask after those who are asked now.
    ///
    /// # Errors
    /// The database's.
    pub async fn look_ahead(&self, row: &process_instance::Model) -> Result<LookAhead, Fault> {
        if row.status != InstanceStatus::Running.code() {
            return Ok(LookAhead::default());
        }
        let definition = self.inner.definitions.by_id(row.definition_id).await?;
        let state = read::state(row)?;
        let variables = serde_json::from_str(&row.variables).map_err(Fault::internal)?;
        let mut rehearsal = Rehearsal::new(self, &definition, state, variables);
        rehearsal.starter.clone_from(&row.started_by);
        rehearsal.business_key.clone_from(&row.business_key);
        rehearsal.play().await?;
        Ok(rehearsal.found)
    }

    /// Whom a process would ask if the actor started it like this.
    ///
    /// # Errors
    /// As [`Workflow::start`], but for what only a real start finds out.
    pub async fn preview(&self, actor: &Actor, start: &StartProcess) -> Result<LookAhead, Fault> {
        let (definition, variables) = self.prepare_start(Some(actor), start).await?;
        let mut state = State::new();
        state.chosen = start.approvers.clone();
        let mut rehearsal = Rehearsal::new(self, &definition, state, variables);
        rehearsal.starter = Some(actor.user_id.clone());
        rehearsal.business_key.clone_from(&start.business_key);
        if rehearsal.step(&Command::Start).await? {
            rehearsal.play().await?;
        }
        Ok(rehearsal.found)
    }
}

impl<'a> Rehearsal<'a> {
    fn new(
        workflow: &'a Workflow,
        definition: &'a Definition,
        state: State,
        variables: Map<String, Value>,
    ) -> Self {
        Self {
            workflow,
            definition,
            starter: None,
            business_key: None,
            state,
            variables,
            answers: Vec::new(),
            asked: HashMap::new(),
            found: LookAhead::default(),
            has_ended: false,
        }
    }

    /// Everybody approves, and every child comes to its end.
    async fn play(&mut self) -> Result<(), Fault> {
        for _ in 0..MAX_STEPS {
            if self.has_ended || self.found.stopped_by.is_some() {
                return Ok(());
            }
            if self.found.nodes.len() >= MAX_NODES {
                self.found.stopped_by = Some(format!("more than {MAX_NODES} tasks lie ahead"));
                return Ok(());
            }
            let next = self.state.tokens.iter().find_map(|token| match (&token.waits, token.activity) {
                (Waits::People { round }, Some(activity)) => {
                    let place = usize::try_from(round.approved + round.rejected).unwrap_or(0);
                    let signer = self.asked.get(&activity).and_then(|signers| signers.get(place));
                    let by = signer.and_then(|signer| signer.assignee.clone());
                    Some(Command::Vote { activity, verdict: Verdict::Approve, by, reason: None })
                }
                (Waits::Child { instance }, _) => Some(Command::ChildEnded {
                    instance: *instance,
                    ending: Ending::Completed,
                    variables: Map::new(),
                }),
                _ => None,
            });
            let Some(next) = next else { return Ok(()) };
            if !self.step(&next).await? {
                return Ok(());
            }
        }
        self.found.stopped_by = Some("the process goes round in a circle".to_owned());
        Ok(())
    }

    /// Takes a step; whether it could be taken.
    async fn step(&mut self, command: &Command) -> Result<bool, Fault> {
        let position = Position {
            model: &self.definition.model,
            state: &self.state,
            variables: &self.variables,
            starter: self.starter.as_deref(),
            business_key: self.business_key.as_deref(),
        };
        let (directory, now) = (&self.workflow.inner.directory, self.workflow.inner.clock.now());
        match asking::step(directory, now, position, command, &mut self.answers, &mut Numbers).await? {
            Ok(step) => {
                self.state = step.state;
                self.variables = step.variables;
                self.has_ended = step.ending.is_some();
                step.changes.into_iter().for_each(|change| self.tell(change));
                Ok(true)
            }
            Err(error) => {
                self.found.stopped_by = Some(error.to_string());
                Ok(false)
            }
        }
    }

    fn tell(&mut self, change: Change) {
        let named = |node: &str| {
            let name = self.definition.model.node(node).map_or(node.to_owned(), |node| node.name.clone());
            Ahead {
                node_id: node.to_owned(),
                name,
                assignees: Vec::new(),
                candidates: Vec::new(),
                settled: None,
            }
        };
        match change {
            Change::Asked { activity, node, asked: Asked { signers, .. } } => {
                let mut ahead = named(&node);
                ahead.assignees = signers.iter().filter_map(|signer| signer.assignee.clone()).collect();
                ahead.candidates = signers.iter().flat_map(|signer| signer.candidates.clone()).collect();
                if signers.iter().all(|signer| signer.has_approved) {
                    ahead.settled = Some(super::TaskStatus::Approve);
                }
                self.found.nodes.push(ahead);
                self.asked.insert(activity, signers);
            }
            Change::Settled { node, verdict, .. } => {
                let status = match verdict {
                    Some(Verdict::Approve) => super::TaskStatus::Approve,
                    Some(Verdict::Reject) => super::TaskStatus::Reject,
                    None => super::TaskStatus::Skip,
                };
                self.found.nodes.push(Ahead { settled: Some(status), ..named(&node) });
            }
            _ => {}
        }
    }
}
