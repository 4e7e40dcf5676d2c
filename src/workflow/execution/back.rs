//! Sending an instance back.
//!
//! When a node is executed again, whatever came of its earlier execution must go: else a join would
//! see some tokens twice, or wait for one that is gone. A node lies in those branches of forks
//! without which it cannot be reached from the start. When the token of a branch stands before the
//! node again, nothing else in that branch can be under way; what is in other branches stays.

use std::collections::{BTreeSet, HashSet};

use super::change::Left;
use super::machine::Machine;
use super::state::{ROOT, State, Token, Waits};
use super::{Halt, StepError};
use crate::workflow::model::{ElementId, Model, Node, NodeKind};

impl Machine<'_> {
    /// Sends the instance back from the user task of a token; `to` none: to the starter.
    pub(super) fn send_back(&mut self, id: u32, to: Option<&ElementId>) -> Result<(), Halt> {
        match to {
            Some(target) => self.go_back(id, target, Left::Returned),
            None => self.go_back_to_starter(id),
        }
    }

    pub(super) fn go_back(&mut self, id: u32, target: &ElementId, how: Left) -> Result<(), Halt> {
        if self.model.user_task(target).is_none() {
            return Err(StepError::NoReturn(format!("{target} is no user task")).into());
        }
        let scope = self.make_room(id, target, how)?;
        self.place(scope, target.clone(), None, false);
        Ok(())
    }

    fn go_back_to_starter(&mut self, id: u32) -> Result<(), Halt> {
        // Where they have filled it in at a task, they mend it there.
        let start = begun_at(self.model, &self.state);
        let start = start.ok_or_else(|| StepError::UnknownElement("startEvent".to_owned()))?;
        if self.facts.starter.is_some()
            && let Some(own) = self.model.starters_task(start)
            && room_for(self.model, &self.state, id, &own.id).is_ok()
        {
            return self.go_back(id, &own.id, Left::Returned);
        }
        let form = match &start.kind {
            NodeKind::Start { form, .. } => form.clone(),
            _ => None,
        };
        let start = start.id.clone();
        self.make_room(id, &start, Left::Returned)?;
        let token = self.state.number();
        self.state.tokens.push(Token {
            id: token,
            scope: ROOT,
            node: start.clone(),
            activity: None,
            is_body: false,
            locals: serde_json::Map::new(),
            waits: Waits::Nothing { by: None },
        });
        self.record_entry(token, &start, None);
        self.ask_starter(token, form)
    }

    /// Takes away what would be in the way of `target`; the scope in which it lies.
    fn make_room(&mut self, id: u32, target: &str, how: Left) -> Result<u32, Halt> {
        let (scope, branches) = room_for(self.model, &self.state, id, target)?;
        let in_the_way: Vec<_> = self
            .state
            .tokens_in(scope)
            .filter(|token| branches_of_token(self.model, &self.state, token).is_superset(&branches))
            .map(|token| token.id)
            .collect();
        let was_interrupted = in_the_way.iter().any(|token| self.has_interrupted(*token));
        for token in in_the_way {
            self.sweep(token, how);
        }
        if was_interrupted {
            // With what it had interrupted it let nobody wait any longer; that begins anew.
            let owner = self.node(target)?.parent.clone();
            self.attach_to_scope(scope, owner.as_deref())?;
        }
        // What was approved before was another thing: nobody's approval stands for the next one.
        self.state.approvers.clear();
        self.state.last_approvers.clear();
        Ok(scope)
    }

    /// Whether a token is at an event subprocess that has interrupted what was around it.
    fn has_interrupted(&self, id: u32) -> bool {
        let Some(token) = self.state.token(id) else { return false };
        let start = self.model.start_of(Some(&token.node));
        matches!(start.map(|start| &start.kind), Some(NodeKind::EventStart(start)) if start.is_interrupting)
    }
}

/// Where the instance has begun.
fn begun_at<'m>(model: &'m Model, state: &State) -> Option<&'m Node> {
    match &state.begun_at {
        Some(start) => model.node(start),
        None => model.start_of(None),
    }
}

/// Which of `nodes` the instance can be sent back to from the user task of an activity.
pub fn targets<'a>(
    model: &Model,
    state: &State,
    activity: uuid::Uuid,
    nodes: impl IntoIterator<Item = &'a str>,
) -> Vec<&'a str> {
    let Some(token) = state.waiting_at(activity) else { return Vec::new() };
    let may_return =
        |node: &&str| model.user_task(node).is_some() && room_for(model, state, token.id, node).is_ok();
    nodes.into_iter().filter(may_return).collect()
}

/// The scope in which `target` lies as seen from a token, and the branches that it lies in.
fn room_for(
    model: &Model,
    state: &State,
    id: u32,
    target: &str,
) -> Result<(u32, BTreeSet<ElementId>), StepError> {
    let node = model.node(target).ok_or_else(|| StepError::UnknownElement(target.to_owned()))?;
    let mut token = state.token(id).ok_or(StepError::NotWaiting)?;
    // Out of subprocesses and bodies, to where the target lies.
    while token.is_body || model.node(&token.node).map(|node| &node.parent) != Some(&node.parent) {
        let owner = state.scope(token.scope).and_then(|scope| state.token(scope.owner));
        token = owner.ok_or_else(|| {
            StepError::NoReturn(format!("{target} lies in a subprocess that has ended or has not begun"))
        })?;
    }
    // Where a loop has been there before, what lies ahead was executed too.
    // Behind where it has begun lies all that it does, event subprocesses too.
    let is_first = begun_at(model, state).is_some_and(|start| {
        start.id == node.id || model.starters_task(start).is_some_and(|own| own.id == node.id)
    });
    let lies_before = |here: &Node| here.id != node.id && (is_first || is_reachable(model, node, here, None));
    if !model.node(&token.node).is_some_and(lies_before) {
        return Err(StepError::NoReturn(format!("{target} does not lie before it")));
    }
    let branches = branches_of_node(model, state, node);
    if branches_of_token(model, state, token).is_superset(&branches) {
        return Ok((token.scope, branches));
    }
    Err(StepError::NoReturn(format!("{target} lies in another branch, which is not open here")))
}

fn branches_of_token(model: &Model, state: &State, token: &Token) -> BTreeSet<ElementId> {
    match &token.waits {
        Waits::Join { by } => {
            let Some(flow) = model.flows.get(by) else { return BTreeSet::new() };
            let Some(source) = model.node(&flow.source) else { return BTreeSet::new() };
            let mut branches = branches_of_node(model, state, source);
            if is_fork(source) {
                branches.insert(by.clone());
            }
            branches
        }
        _ => model.node(&token.node).map(|node| branches_of_node(model, state, node)).unwrap_or_default(),
    }
}

/// The flows out of forks, and the events that do not interrupt, without which a node cannot be reached
/// from its start.
fn branches_of_node(model: &Model, state: &State, node: &Node) -> BTreeSet<ElementId> {
    let parent = node.parent.as_deref();
    let start = if parent.is_none() { begun_at(model, state) } else { model.start_of(parent) };
    let Some(start) = start else { return BTreeSet::new() };
    let forks = model.nodes.values().filter(|fork| fork.parent.as_deref() == parent && is_fork(fork));
    let needed = |way: &&ElementId| !is_reachable(model, start, node, Some(way));
    // An event that does not interrupt makes a branch beside what it happens to.
    let beside = model.nodes.values().filter(|event| match &event.kind {
        NodeKind::Boundary(boundary) => !boundary.is_interrupting && event.parent.as_deref() == parent,
        _ => false,
    });
    let ways = forks.flat_map(|fork| fork.outgoing.iter()).chain(beside.map(|event| &event.id));
    ways.filter(needed).cloned().collect()
}

/// Whether a node may send out more than one token.
fn is_fork(node: &Node) -> bool {
    node.outgoing.len() > 1 && !matches!(node.kind, NodeKind::Exclusive)
}

/// Whether there is a way between two nodes, or one that does without a flow or an event.
fn is_reachable(model: &Model, from: &Node, to: &Node, without: Option<&ElementId>) -> bool {
    let (mut seen, mut ahead) = (HashSet::from([&from.id]), vec![from]);
    while let Some(node) = ahead.pop() {
        if node.id == to.id {
            return true;
        }
        let by_flow = node.outgoing.iter().filter(|flow| Some(*flow) != without);
        let by_flow = by_flow.filter_map(|flow| model.node(&model.flows.get(flow)?.target));
        let by_event = model.boundaries_of(&node.id).filter(|event| Some(&event.id) != without);
        for next in by_flow.chain(by_event) {
            if seen.insert(&next.id) {
                ahead.push(next);
            }
        }
    }
    false
}
