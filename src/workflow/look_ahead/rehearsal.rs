//! A rehearsal: instances that are played to their ends in memory, with those that they call.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::player::{Numbers, Player};
use super::{Ahead, LookAhead};
use crate::kernel::{Actor, Fault};
use crate::storage::entity::process_instance;
use crate::workflow::asking::{self, Position};
use crate::workflow::case::{MAX_DEPTH, first_variables, last_variables};
use crate::workflow::definition::Definition;
use crate::workflow::execution::{
    Answer, Asked, Change, Command, Ending, Holder, Left, Question, State, Verdict, Waits,
};
use crate::workflow::instance::StartProcess;
use crate::workflow::status::{InstanceStatus, TaskStatus};
use crate::workflow::{Workflow, read};

/// The most nodes that are told.
const MAX_NODES: usize = 50;
/// The most steps that are taken, of all instances.
const MAX_STEPS: usize = 500;
/// The most instances that are under way already.
const MAX_RUNNING: usize = 500;

/// Instances that are played until nothing is left to be approved.
pub(super) struct Rehearsal<'a> {
    workflow: &'a Workflow,
    players: Vec<Player>,
    places: HashMap<Uuid, usize>,
    answers: Vec<(Question, Answer)>,
    /// Who has yet to be heard, by activity and in their order; none: whoever claims it.
    unheard: HashMap<Uuid, VecDeque<Option<String>>>,
    due: VecDeque<(Uuid, Command)>,
    found: LookAhead,
}

impl<'a> Rehearsal<'a> {
    /// One without instances.
    pub(super) fn new(workflow: &'a Workflow) -> Self {
        Self {
            workflow,
            players: Vec::new(),
            places: HashMap::new(),
            answers: Vec::new(),
            unheard: HashMap::new(),
            due: VecDeque::new(),
            found: LookAhead::default(),
        }
    }

    /// An instance that somebody could start.
    pub(super) fn begin(
        &mut self,
        actor: &Actor,
        definition: Arc<Definition>,
        start: &StartProcess,
        variables: Map<String, Value>,
    ) {
        let mut state = State::new();
        state.chosen = start.approvers.clone();
        let variables = first_variables(&definition.model, variables);
        self.enter(Player {
            id: Uuid::now_v7(),
            parent: None,
            depth: 0,
            definition,
            starter: Some(actor.user_id.clone()),
            business_key: start.business_key.clone(),
            state,
            variables,
            has_ended: false,
        });
    }

    /// An instance that is under way, with those that it has called and those that are asked in them.
    pub(super) async fn take_running(&mut self, row: &process_instance::Model) -> Result<(), Fault> {
        let mut rows = vec![row.clone()];
        let mut taken = Vec::new();
        while !rows.is_empty() {
            if self.players.len() + rows.len() > MAX_RUNNING {
                self.found.stopped_by = Some(format!("it has called more than {MAX_RUNNING} others"));
                return Ok(());
            }
            let mut children = Vec::new();
            for row in rows {
                let state = read::state(&row)?;
                children.extend(state.children());
                taken.push(row.id);
                let definition = self.workflow.inner.definitions.by_id(row.definition_id).await?;
                let parent = row.parent_id.filter(|parent| self.places.contains_key(parent));
                self.places.insert(row.id, self.players.len());
                self.players.push(Player::running(row, parent, definition, state)?);
            }
            rows = if children.is_empty() {
                Vec::new()
            } else {
                self.workflow.instances_by_ids(&children).await?.into_values().collect()
            };
            // As they were called: ids grow with time.
            rows.sort_unstable_by_key(|row| row.id);
        }
        for task in read::open_rounds(self.workflow.inner.db.reader(), &taken).await? {
            // What was delegated goes back to its owner; who has approved and let others sign counts.
            let holder = if task.delegated { task.owner } else { task.assignee };
            self.unheard.entry(task.activity_id).or_default().push_back(task.decided_by.or(holder));
        }
        Ok(())
    }

    fn enter(&mut self, player: Player) {
        self.due.push_back((player.id, Command::Start));
        self.places.insert(player.id, self.players.len());
        self.players.push(player);
    }

    /// Everybody approves, until nobody is asked any more.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn play(mut self) -> Result<LookAhead, Fault> {
        let mut steps = 0;
        while self.found.stopped_by.is_none()
            && let Some((instance, command)) = self
                .due
                .pop_front()
                .or_else(|| self.next_approval())
                .or_else(|| self.next_event())
                .or_else(|| self.next_job())
        {
            steps += 1;
            if steps > MAX_STEPS {
                self.found.stopped_by = Some(format!("it does not end within {MAX_STEPS} steps"));
                break;
            }
            self.step(instance, &command).await?;
            if self.found.nodes.len() > MAX_NODES {
                self.found.nodes.truncate(MAX_NODES);
                self.found.stopped_by = Some(format!("more than {MAX_NODES} tasks lie ahead"));
            }
        }
        Ok(self.found)
    }

    fn next_approval(&mut self) -> Option<(Uuid, Command)> {
        let waiting = |player: &Player| {
            player.state.tokens.iter().find_map(|token| match (&token.waits, token.activity) {
                (Waits::People { .. }, Some(activity)) => Some((player.id, activity)),
                _ => None,
            })
        };
        let (instance, activity) =
            self.players.iter().filter(|player| !player.has_ended).find_map(waiting)?;
        let by = self.unheard.get_mut(&activity).and_then(VecDeque::pop_front).flatten();
        Some((instance, Command::Vote { activity, verdict: Verdict::Approve, by, reason: None }))
    }

    /// What is waited for happens; of several behind a gateway the first. What stands at the border of an
    /// activity does not: it is hoped not to.
    fn next_event(&self) -> Option<(Uuid, Command)> {
        let waiting = |player: &Player| {
            let token = player.state.tokens.iter().find(|token| token.waits == Waits::Event)?;
            let held = Holder::Token(token.id);
            let subscription = player.state.subscriptions.iter().find(|one| one.holder == held)?.id;
            Some((player.id, Command::Trigger { subscription, variables: Map::new() }))
        };
        self.players.iter().filter(|player| !player.has_ended).find_map(waiting)
    }

    /// A machine's work is done, with nothing that is known of its outcome.
    fn next_job(&self) -> Option<(Uuid, Command)> {
        let waiting = |player: &Player| {
            let job = player.state.jobs().next()?;
            Some((player.id, Command::JobDone { job, answer: Map::new() }))
        };
        self.players.iter().filter(|player| !player.has_ended).find_map(waiting)
    }

    async fn step(&mut self, instance: Uuid, command: &Command) -> Result<(), Fault> {
        let Some(place) = self.places.get(&instance).copied() else { return Ok(()) };
        let player = &self.players[place];
        let is_awaited = match command {
            Command::ChildEnded { instance, .. } => player.state.waits_for(*instance),
            _ => true,
        };
        if player.has_ended || !is_awaited {
            return Ok(());
        }
        let position = Position {
            model: &player.definition.model,
            state: &player.state,
            variables: &player.variables,
            starter: player.starter.as_deref(),
            business_key: player.business_key.as_deref(),
        };
        let (directory, now) = (&self.workflow.inner.directory, self.workflow.inner.clock.now());
        let answers = &mut self.answers;
        let step = match asking::step(directory, now, position, command, answers, &mut Numbers).await? {
            Ok(step) => step,
            Err(error) => {
                self.found.stopped_by = Some(error.to_string());
                return Ok(());
            }
        };
        let player = &mut self.players[place];
        (player.state, player.variables) = (step.state, step.variables);
        let completed = |change: &Change| match change {
            Change::Left { activity, how: Left::Completed } => Some(*activity),
            _ => None,
        };
        let completed: HashSet<_> = step.changes.iter().filter_map(completed).collect();
        for change in step.changes {
            self.follow(place, change, &completed).await?;
        }
        if let Some(ending) = step.ending {
            self.end(place, ending);
        }
        Ok(())
    }

    /// An instance has come to its end, and whoever has called it goes on.
    fn end(&mut self, place: usize, ending: Ending) {
        let (status, reason) = match &ending {
            Ending::Completed => (InstanceStatus::Approve, None),
            Ending::Failed { .. } => (InstanceStatus::Reject, None),
            Ending::Rejected { reason } => (InstanceStatus::Reject, reason.as_deref()),
        };
        let player = &mut self.players[place];
        player.has_ended = true;
        let variables = last_variables(std::mem::take(&mut player.variables), status, reason);
        if let Some(parent) = player.parent {
            let ended = Command::ChildEnded { instance: player.id, ending, variables };
            self.due.push_back((parent, ended));
        }
    }

    /// What a step has changed; `completed` is what it has gone from.
    async fn follow(&mut self, place: usize, change: Change, completed: &HashSet<Uuid>) -> Result<(), Fault> {
        match change {
            Change::Asked { activity, node, asked: Asked { signers, .. } } => {
                let mut ahead = self.ahead(place, &node);
                ahead.assignees = signers.iter().filter_map(|signer| signer.assignee.clone()).collect();
                ahead.candidates = signers.iter().flat_map(|signer| signer.candidates.clone()).collect();
                // Whoever has approved before was enough.
                if completed.contains(&activity) {
                    ahead.settled = Some(TaskStatus::Approve);
                }
                self.found.nodes.push(ahead);
                let unheard = signers.into_iter().filter(|signer| !signer.has_approved);
                self.unheard.insert(activity, unheard.map(|signer| signer.assignee).collect());
            }
            Change::Settled { node, verdict, .. } => {
                let status = match verdict {
                    Some(Verdict::Approve) => TaskStatus::Approve,
                    Some(Verdict::Reject) => TaskStatus::Reject,
                    None => TaskStatus::Skip,
                };
                let ahead = Ahead { settled: Some(status), ..self.ahead(place, &node) };
                self.found.nodes.push(ahead);
            }
            Change::Called { instance, process, business_key, variables, .. } => {
                self.call(place, instance, &process, business_key, variables).await?;
            }
            Change::Abandoned { instance } => self.abandon(instance),
            _ => {}
        }
        Ok(())
    }

    async fn call(
        &mut self,
        place: usize,
        id: Uuid,
        process: &str,
        business_key: Option<String>,
        variables: Map<String, Value>,
    ) -> Result<(), Fault> {
        let found = self.workflow.inner.definitions.find(process, None).await?;
        let caller = &self.players[place];
        let (depth, starter, chosen) =
            (caller.depth + 1, caller.starter.clone(), caller.state.chosen.clone());
        let Some(definition) = found else {
            self.found.stopped_by = Some(format!("there is no process {process} to be called"));
            return Ok(());
        };
        if depth >= MAX_DEPTH {
            self.found.stopped_by = Some(format!("the process {process} calls itself again and again"));
            return Ok(());
        }
        let variables = first_variables(&definition.model, variables);
        let (state, parent) = (State { chosen, ..State::new() }, Some(caller.id));
        let has_ended = false;
        self.enter(Player {
            id,
            parent,
            depth,
            definition,
            starter,
            business_key,
            state,
            variables,
            has_ended,
        });
        Ok(())
    }

    /// Nobody waits any longer for an instance, nor for those that it has called.
    fn abandon(&mut self, instance: Uuid) {
        let mut gone = vec![instance];
        while let Some(id) = gone.pop() {
            let Some(player) = self.places.get(&id).and_then(|place| self.players.get_mut(*place)) else {
                continue;
            };
            player.has_ended = true;
            gone.extend(player.state.children());
        }
    }

    fn ahead(&self, place: usize, node: &str) -> Ahead {
        let definition = &self.players[place].definition;
        Ahead {
            definition_key: definition.row.key.clone(),
            node_id: node.to_owned(),
            name: definition.model.node(node).map_or(node.to_owned(), |node| node.name.clone()),
            assignees: Vec::new(),
            candidates: Vec::new(),
            settled: None,
        }
    }
}
