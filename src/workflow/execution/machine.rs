//! Moves tokens until each of them waits.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::{Map, Value};
use uuid::Uuid;

use super::change::{Change, Ending, Left};
use super::state::{Holder, ROOT, State, Token, Waits};
use super::{Answer, Command, Facts, Halt, MOST_ASKED, Novelty, Question, Step, StepError, undo};
use crate::workflow::model::{ElementId, Model, Node, NodeKind};

/// The most nodes that one step may pass: more do not come to rest.
const MOVES: u32 = 20_000;

/// An instance in the middle of a step.
pub(super) struct Machine<'a> {
    pub model: &'a Model,
    pub state: State,
    pub variables: Map<String, Value>,
    pub facts: Facts<'a>,
    pub novelty: &'a mut dyn Novelty,
    pub changes: Vec<Change>,
    pub ending: Option<Ending>,
    ready: VecDeque<u32>,
    moves: u32,
    /// What was found out, by what was asked.
    known: HashMap<&'a Question, &'a Answer>,
    /// What must be found out before the step can be taken, in order, and each once.
    questions: Vec<Question>,
    open: HashSet<Question>,
    /// How many are asked in this step.
    asked: usize,
    /// How many bytes activities have got for themselves in this step.
    pub own_bytes: usize,
}

impl<'a> Machine<'a> {
    pub fn new(
        model: &'a Model,
        state: State,
        variables: Map<String, Value>,
        facts: Facts<'a>,
        novelty: &'a mut dyn Novelty,
    ) -> Self {
        let known = facts.answers.iter().map(|(question, answer)| (question, answer)).collect();
        Self {
            model,
            state,
            variables,
            facts,
            novelty,
            changes: Vec::new(),
            ending: None,
            ready: VecDeque::new(),
            moves: 0,
            known,
            questions: Vec::new(),
            open: HashSet::new(),
            asked: 0,
            own_bytes: 0,
        }
    }

    pub fn execute(&mut self, command: &Command) -> Result<(), Halt> {
        let done = self.attempt(command);
        // What went on while questions were open may come out otherwise, even where it failed.
        if self.questions.is_empty() {
            return done;
        }
        Err(Halt::Ask(std::mem::take(&mut self.questions)))
    }

    /// What was found out; none where it must be asked for, and whoever needs it stays where it is.
    pub fn answer(&mut self, question: Question) -> Option<Answer> {
        if let Some(answer) = self.known.get(&question) {
            return Some(Answer::clone(answer));
        }
        if self.open.insert(question.clone()) {
            self.questions.push(question);
        }
        None
    }

    /// Counts those who are asked in this step.
    ///
    /// # Errors
    /// Where they are too many.
    pub fn count_asked(&mut self, node: &Node, signers: usize) -> Result<(), StepError> {
        self.asked += signers;
        if self.asked > MOST_ASKED { Err(StepError::Crowded(node.id.to_string())) } else { Ok(()) }
    }

    fn attempt(&mut self, command: &Command) -> Result<(), Halt> {
        match command {
            Command::Start => self.begin_by_hand()?,
            Command::StartAt { node } => self.begin_at(node)?,
            Command::Vote { activity, verdict, by, reason } => {
                let token = self.asked_at(*activity)?;
                self.vote(token, *verdict, by.as_deref(), reason.as_deref())?;
            }
            Command::Return { activity, to } => {
                let token = self.asked_at(*activity)?;
                self.send_back(token, to.as_ref())?;
            }
            Command::TakeBack { activity, task, by } => {
                return self.take_back(*activity, *task, by.as_deref());
            }
            Command::ChildEnded { instance, ending, variables } => {
                self.child_ended(*instance, ending, variables)?;
            }
            Command::Trigger { subscription, variables } => {
                self.trigger(*subscription, variables)?;
            }
            Command::JobDone { job, answer } => self.job_done(*job, answer)?,
            Command::JobError { job, code, variables } => self.job_error(*job, code, variables)?,
            Command::Cancel => {
                self.clear(ROOT, Left::Cancelled);
                self.unsubscribe(|_| true);
                return Ok(());
            }
        }
        self.run()
    }

    pub fn finish(mut self, before: &State, command: &Command) -> Step {
        if self.ending.is_some() {
            self.unsubscribe(|_| true);
            self.state.undo.clear();
        } else {
            undo::keep(&mut self.state, before, command);
        }
        Step { state: self.state, variables: self.variables, changes: self.changes, ending: self.ending }
    }

    fn run(&mut self) -> Result<(), Halt> {
        loop {
            while let Some(token) = self.ready.pop_front() {
                if self.ending.is_some() {
                    return Ok(());
                }
                // It may have been swept away by what came before it.
                if self.state.token(token).is_some() {
                    self.enter(token)?;
                }
            }
            if self.ending.is_some() || !(self.fire_inclusive_joins()? || self.fire_conditions()?) {
                return Ok(());
            }
        }
    }

    /// Puts a token at a node, from where it moves on.
    pub fn place(&mut self, scope: u32, node: ElementId, by: Option<ElementId>, is_body: bool) -> u32 {
        let id = self.state.number();
        self.state.tokens.push(Token {
            id,
            scope,
            node,
            activity: None,
            is_body,
            locals: Map::new(),
            waits: Waits::Nothing { by },
        });
        self.ready.push_back(id);
        id
    }

    fn enter(&mut self, id: u32) -> Result<(), Halt> {
        let token = self.token(id)?.clone();
        let node = self.node(&token.node)?;
        self.moves += 1;
        if self.moves > MOVES {
            return Err(StepError::Restless(node.id.to_string()).into());
        }
        let Waits::Nothing { by } = token.waits else { return Ok(()) };
        let activity = self.record_entry(id, &node.id, by.clone());
        if node.kind.is_activity() && !token.is_body {
            if let Some(skip) = &node.skip
                && self.is_true(skip, &node.id, token.scope, &[])?
            {
                if matches!(node.kind, NodeKind::User(_)) {
                    let reason = "its skip expression is true";
                    self.changes.push(Change::Settled {
                        activity,
                        node: node.id.clone(),
                        verdict: None,
                        reason,
                    });
                }
                return self.leave(id, Left::Skipped);
            }
            // What repeats it has nothing for itself: its bodies have. A subprocess's lie in its scope.
            if node.repetition.is_none() && !matches!(node.kind, NodeKind::Subprocess) {
                self.take_own(id, node)?;
            }
            self.attach(id, node)?;
            if Self::is_repeated_here(node) {
                return self.begin_repeating(id, node);
            }
        } else {
            self.take_own(id, node)?;
        }
        match &node.kind {
            NodeKind::Start { .. }
            | NodeKind::EventStart(_)
            | NodeKind::Boundary(_)
            | NodeKind::Manual
            | NodeKind::Task
            | NodeKind::Exclusive => self.leave(id, Left::Completed),
            NodeKind::End => self.end_token(id),
            NodeKind::Terminate => self.terminate(id),
            NodeKind::Parallel | NodeKind::Inclusive => self.arrive_at_gateway(id, node, by),
            NodeKind::Subprocess | NodeKind::EventSubprocess => self.open_scope(id, node, None, Map::new()),
            NodeKind::Catch(trigger) => self.catch(id, node, trigger),
            NodeKind::EventBased => self.wait_for_first(id, node),
            NodeKind::Copy(strategy) => self.show(id, node, strategy),
            NodeKind::Write(writes) => self.write(id, node, writes),
            NodeKind::Throw(throw) => self.throw(id, node, throw),
            NodeKind::Call(call) => self.call(id, node, call),
            NodeKind::Service(service) => self.serve(id, node, service),
            NodeKind::Script(task) => self.script(id, node, task),
            NodeKind::Receive(name) => self.receive(id, node, name),
            NodeKind::User(task) => self.ask(id, node, task),
        }
    }

    /// Writes down that a token has come to a node.
    pub fn record_entry(&mut self, id: u32, node: &ElementId, by: Option<ElementId>) -> Uuid {
        let activity = self.novelty.id();
        let scope = self.state.token(id).map_or(ROOT, |token| token.scope);
        let around = self.state.scope(scope);
        let outer = around.and_then(|scope| self.state.token(scope.owner)).and_then(|owner| owner.activity);
        let index = around.and_then(|scope| scope.index);
        self.changes.push(Change::Entered { activity, node: node.clone(), token: id, by, outer, index });
        if let Some(token) = self.state.token_mut(id) {
            token.activity = Some(activity);
        }
        activity
    }

    /// Writes down that a token has gone from its node.
    pub fn record_leave(&mut self, id: u32, how: Left) {
        self.unsubscribe(|subscription| subscription.holder == Holder::Token(id));
        let activity = self.state.token_mut(id).and_then(|token| {
            token.locals.clear();
            token.activity.take()
        });
        if let Some(activity) = activity {
            self.changes.push(Change::Left { activity, how });
        }
    }

    /// A token has done what its node asks for, and goes on.
    pub fn leave(&mut self, id: u32, how: Left) -> Result<(), Halt> {
        let token = self.token(id)?.clone();
        let node = self.node(&token.node)?;
        let is_whole = node.repetition.is_some() && !token.is_body;
        if how == Left::Completed && !is_whole && !matches!(node.kind, NodeKind::Subprocess) {
            self.give_own(id, node)?;
        }
        self.record_leave(id, how);
        if token.is_body {
            self.remove(id);
            return self.scope_emptied(token.scope);
        }
        let flows = self.flows_taken(node, token.scope)?;
        let Some((first, others)) = flows.split_first() else {
            self.remove(id);
            return self.scope_emptied(token.scope);
        };
        // One flow: the same token. Several: a new one for each further.
        let target = self.target_of(first)?;
        if let Some(token) = self.state.token_mut(id) {
            token.node = target;
            token.waits = Waits::Nothing { by: Some(first.clone()) };
        }
        self.ready.push_back(id);
        for flow in others {
            let target = self.target_of(flow)?;
            self.place(token.scope, target, Some(flow.clone()), false);
        }
        Ok(())
    }

    fn end_token(&mut self, id: u32) -> Result<(), Halt> {
        let scope = self.token(id)?.scope;
        self.record_leave(id, Left::Completed);
        self.remove(id);
        self.scope_emptied(scope)
    }

    fn terminate(&mut self, id: u32) -> Result<(), Halt> {
        let scope = self.token(id)?.scope;
        self.record_leave(id, Left::Completed);
        self.remove(id);
        self.clear(scope, Left::Cancelled);
        self.scope_emptied(scope)
    }

    /// Goes on outside where nothing is left inside.
    pub fn scope_emptied(&mut self, scope: u32) -> Result<(), Halt> {
        if self.state.tokens_in(scope).next().is_some() {
            return Ok(());
        }
        if scope == ROOT {
            self.ending = Some(Ending::Completed);
            return Ok(());
        }
        self.scope_done(scope)
    }

    /// Takes every token out of a scope, and whatever they wait for.
    pub fn clear(&mut self, scope: u32, how: Left) {
        let tokens: Vec<_> = self.state.tokens_in(scope).map(|token| token.id).collect();
        for token in tokens {
            self.sweep(token, how);
        }
    }

    /// Takes a token away, and whatever it waits for.
    pub fn sweep(&mut self, id: u32, how: Left) {
        let Some(token) = self.state.token(id).cloned() else { return };
        match (&token.waits, token.activity) {
            (Waits::People { .. }, Some(activity)) => self.changes.push(Change::Closed { activity }),
            (Waits::Child { instance }, _) => self.changes.push(Change::Abandoned { instance: *instance }),
            (Waits::Job { job }, _) => self.changes.push(Change::JobCancelled { job: *job }),
            (Waits::Scopes { .. }, _) => self.clear_owned(id, how),
            _ => {}
        }
        self.record_leave(id, how);
        self.remove(id);
    }

    /// Takes away the scopes that a token owns, with all that is in them.
    pub fn clear_owned(&mut self, owner: u32, how: Left) {
        let scopes: Vec<_> = self.state.scopes_of(owner).map(|scope| scope.id).collect();
        for scope in scopes {
            self.clear(scope, how);
            self.close_scope(scope);
        }
    }

    /// Takes an empty scope away.
    pub fn close_scope(&mut self, scope: u32) {
        self.unsubscribe(|subscription| subscription.holder == Holder::Scope(scope));
        self.state.scopes.retain(|one| one.id != scope);
    }

    pub fn remove(&mut self, id: u32) {
        self.state.remove_token(id);
    }

    pub fn token(&self, id: u32) -> Result<&Token, StepError> {
        self.state.token(id).ok_or(StepError::NotWaiting)
    }

    pub fn node(&self, id: &str) -> Result<&'a Node, StepError> {
        self.model.node(id).ok_or_else(|| StepError::UnknownElement(id.to_owned()))
    }

    pub fn start_of(&self, parent: Option<&str>) -> Result<ElementId, StepError> {
        let start = self.model.start_of(parent);
        start.map(|node| node.id.clone()).ok_or_else(|| StepError::UnknownElement("startEvent".to_owned()))
    }

    pub fn target_of(&self, flow: &str) -> Result<ElementId, StepError> {
        let found = self.model.flows.get(flow);
        found.map(|flow| flow.target.clone()).ok_or_else(|| StepError::UnknownElement(flow.to_owned()))
    }

    fn asked_at(&self, activity: Uuid) -> Result<u32, StepError> {
        let token = self.state.waiting_at(activity).ok_or(StepError::NotWaiting)?;
        if matches!(token.waits, Waits::People { .. }) { Ok(token.id) } else { Err(StepError::NotWaiting) }
    }
}
