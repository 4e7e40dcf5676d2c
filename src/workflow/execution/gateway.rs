//! Gateways: which flows are taken, and when tokens become one.

use std::collections::HashSet;

use super::change::Left;
use super::machine::Machine;
use super::state::Waits;
use super::{Halt, StepError};
use crate::workflow::model::{ElementId, Model, Node, NodeKind};

impl Machine<'_> {
    /// The flows by which a token leaves a node; none where it ends there.
    pub(super) fn flows_taken(&self, node: &Node, scope: u32) -> Result<Vec<ElementId>, Halt> {
        if node.outgoing.is_empty() {
            return Ok(Vec::new());
        }
        if matches!(node.kind, NodeKind::Parallel) {
            return Ok(node.outgoing.clone());
        }
        let mut taken = Vec::new();
        for id in node.outgoing.iter().filter(|id| Some(*id) != node.default.as_ref()) {
            let flow = self.model.flows.get(id).ok_or_else(|| StepError::UnknownElement(id.to_string()))?;
            let holds = match &flow.condition {
                None => true,
                Some(condition) => self.is_true(condition, id, scope, &[])?,
            };
            if holds {
                taken.push(id.clone());
                if matches!(node.kind, NodeKind::Exclusive) {
                    return Ok(taken);
                }
            }
        }
        if taken.is_empty() {
            let default = node.default.clone().ok_or_else(|| StepError::NoFlow(node.id.to_string()))?;
            taken.push(default);
        }
        Ok(taken)
    }

    /// A token has come to a parallel or inclusive gateway: it waits for the others where there may
    /// be some.
    pub(super) fn arrive_at_gateway(
        &mut self,
        id: u32,
        node: &Node,
        by: Option<ElementId>,
    ) -> Result<(), Halt> {
        let Some(by) = by.filter(|_| node.incoming.len() > 1) else { return self.leave(id, Left::Completed) };
        let scope = self.token(id)?.scope;
        if let Some(token) = self.state.token_mut(id) {
            token.waits = Waits::Join { by };
        }
        if matches!(node.kind, NodeKind::Parallel) {
            let waiting = self.joining(node, scope);
            if waiting.len() == node.incoming.len() {
                return self.join(id, &waiting);
            }
        }
        // An inclusive one is looked at when nothing else can move.
        Ok(())
    }

    /// The tokens that wait at a join in a scope: the first of each flow.
    fn joining(&self, node: &Node, scope: u32) -> Vec<(ElementId, u32)> {
        let mut found: Vec<(ElementId, u32)> = Vec::new();
        for token in self.state.tokens_in(scope).filter(|token| token.node == node.id) {
            if let Waits::Join { by } = &token.waits
                && !found.iter().any(|(flow, _)| flow == by)
            {
                found.push((by.clone(), token.id));
            }
        }
        found
    }

    /// Makes one of the tokens that wait at a join: `survivor`.
    fn join(&mut self, survivor: u32, waiting: &[(ElementId, u32)]) -> Result<(), Halt> {
        for (_, token) in waiting.iter().filter(|(_, token)| *token != survivor) {
            self.record_leave(*token, Left::Joined);
            self.remove(*token);
        }
        self.leave(survivor, Left::Completed)
    }

    /// Lets one inclusive join go on that nobody else can reach; whether there was one.
    pub(super) fn fire_inclusive_joins(&mut self) -> Result<bool, Halt> {
        let mut looked_at = HashSet::new();
        let waiting: Vec<_> = self
            .state
            .tokens
            .iter()
            .filter(|token| matches!(token.waits, Waits::Join { .. }))
            .map(|token| (token.scope, token.node.clone()))
            .collect();
        for (scope, id) in waiting {
            let node = self.node(&id)?;
            if !matches!(node.kind, NodeKind::Inclusive) || !looked_at.insert((scope, id)) {
                continue;
            }
            let joining = self.joining(node, scope);
            if self.may_join(node, scope, &joining)
                && let Some((_, survivor)) = joining.last()
            {
                self.join(*survivor, &joining)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// BPMN 2.0, 13.4.3: an inclusive join waits for a token that can still come by a flow on which
    /// none has come, unless it can also come by one on which one has.
    fn may_join(&self, node: &Node, scope: u32, joining: &[(ElementId, u32)]) -> bool {
        let has_come = |flow: &ElementId| joining.iter().any(|(by, _)| by == flow);
        !self.state.tokens_in(scope).any(|token| {
            if token.node == node.id {
                return false;
            }
            let reached = flows_into(self.model, &token.node, node);
            !reached.is_empty() && !reached.iter().any(has_come)
        })
    }
}

/// The flows by which `join` can be reached from behind the node `from`, without passing through it.
fn flows_into(model: &Model, from: &str, join: &Node) -> Vec<ElementId> {
    let (mut found, mut seen, mut ahead) = (Vec::new(), HashSet::new(), vec![from]);
    while let Some(id) = ahead.pop() {
        let Some(node) = model.node(id) else { continue };
        for flow in node.outgoing.iter().filter_map(|flow| model.flows.get(flow)) {
            if flow.target == join.id {
                if !found.contains(&flow.id) {
                    found.push(flow.id.clone());
                }
            } else if seen.insert(&flow.target) {
                ahead.push(&flow.target);
            }
        }
        for event in model.boundaries_of(id) {
            if seen.insert(&event.id) {
                ahead.push(&event.id);
            }
        }
    }
    found
}
