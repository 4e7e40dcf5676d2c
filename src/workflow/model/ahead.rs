//! What lies ahead of a node, as the model alone tells: whose approvers may be chosen there.

use std::collections::HashSet;

use super::{Boundary, EventStart, Model, Node, NodeKind, NodeType, Strategy, Throw, Trigger};

impl Model {
    /// The user tasks whose approvers somebody is to choose who leaves `from`: those that may be the
    /// very next, and behind the process's start event those that leave the choice to the starter.
    pub fn to_choose(&self, from: &str) -> Vec<&Node> {
        let next = self.ahead(from, Reach::Next);
        self.chosen_by(&next, self.is_start(from))
    }

    /// The user tasks whose approvers somebody may choose who leaves `from`: those of all that can
    /// still come. The one before has the last word.
    pub fn may_choose(&self, from: &str) -> Vec<&Node> {
        self.may_choose_as(from, self.is_start(from))
    }

    /// The same where somebody elsewhere calls the process, who has started it or has not.
    pub fn may_choose_as(&self, from: &str, is_starter: bool) -> Vec<&Node> {
        let ahead = self.ahead(from, Reach::All);
        self.chosen_by(&ahead, is_starter)
    }

    /// The keys of the processes that can still be called behind `from`, as the model writes them.
    pub fn calls_ahead(&self, from: &str) -> Vec<&str> {
        let ahead = self.ahead(from, Reach::All);
        let mut keys: Vec<_> = ahead
            .into_iter()
            .filter_map(|id| match &self.node(id)?.kind {
                NodeKind::Call(call) => Some(call.process.source()),
                _ => None,
            })
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn chosen_by(&self, ahead: &HashSet<&str>, is_starter: bool) -> Vec<&Node> {
        let is_chosen = |node: &&Node| match node.kind.strategy() {
            Some(Strategy::ChosenByApprover) => ahead.contains(&*node.id),
            Some(Strategy::ChosenByStarter) => is_starter,
            _ => false,
        };
        let mut found: Vec<_> = self.nodes.values().filter(is_chosen).collect();
        found.sort_by_key(|node| node.line);
        found
    }

    /// The nodes that a token can come to that leaves `from`, or that comes to be because of an event
    /// until the last of them has ended.
    fn ahead(&self, from: &str, reach: Reach) -> HashSet<&str> {
        let (mut found, mut seen) = (HashSet::new(), HashSet::new());
        let mut leaving: Vec<&Node> = self.node(from).into_iter().collect();
        if reach == Reach::All {
            leaving.extend(leaving.first().map(|from| self.events_around(from)).unwrap_or_default());
        } else if self.is_start(from) {
            leaving.extend(self.event_starts_in(None));
        }
        while let Some(left) = leaving.pop() {
            if !seen.insert(&*left.id) {
                continue;
            }
            if matches!(left.kind, NodeKind::EventStart(_)) {
                // What it begins may have others beside it.
                leaving.extend(self.event_starts_in(left.parent.as_deref()));
            }
            for node in self.behind(left) {
                found.insert(&*node.id);
                let is_passed = match &node.kind {
                    // What a rule decides is left at once.
                    NodeKind::User(task) => {
                        reach == Reach::All
                            || node.skip.is_some()
                            || task.approval.node_type != NodeType::User
                    }
                    // Its own start has been told; its end leads on.
                    NodeKind::Subprocess => node.skip.is_some(),
                    _ => true,
                };
                if is_passed {
                    leaving.push(node);
                }
                // While it is there, they may happen, and nobody decides in between.
                leaving.extend(self.events_at(node));
            }
        }
        found
    }

    /// The nodes to which a token can come next that leaves a node.
    fn behind<'m>(&'m self, node: &'m Node) -> Vec<&'m Node> {
        let mut behind: Vec<_> =
            node.outgoing.iter().filter_map(|flow| self.node(&self.flows.get(flow)?.target)).collect();
        if let NodeKind::Throw(throw) = &node.kind {
            let catching = self.catching(node, throw);
            behind.extend(catching.iter().flat_map(|event| self.behind(event)));
            if matches!(throw, Throw::Error(_)) {
                return behind;
            }
        }
        // Where it ends, it leaves the subprocess, which may begin again.
        if node.outgoing.is_empty()
            && let Some(parent) = node.parent.as_deref().and_then(|parent| self.node(parent))
        {
            behind.extend(self.behind(parent));
            if parent.repetition.is_some() {
                behind.extend(self.start_of(Some(&parent.id)));
            }
        }
        let starts: Vec<_> = behind
            .iter()
            .filter(|node| matches!(node.kind, NodeKind::Subprocess))
            .filter_map(|node| self.start_of(Some(&node.id)))
            .collect();
        behind.extend(starts);
        behind
    }

    /// The events that catch what a node throws: the nearest around it.
    fn catching(&self, node: &Node, throw: &Throw) -> Vec<&Node> {
        let catches = |event: &&Node| {
            let (NodeKind::Boundary(Boundary { trigger, .. })
            | NodeKind::EventStart(EventStart { trigger, .. })) = &event.kind
            else {
                return false;
            };
            match (trigger, throw) {
                (Trigger::Error(caught), Throw::Error(thrown))
                | (Trigger::Escalation(caught), Throw::Escalation(thrown)) => {
                    caught.as_ref().is_none_or(|caught| caught == thrown)
                }
                _ => false,
            }
        };
        let mut scope = node.parent.as_deref();
        loop {
            let inside: Vec<_> = self.event_starts_in(scope).filter(catches).collect();
            let Some(owner) = scope.and_then(|scope| self.node(scope)) else { return inside };
            if !inside.is_empty() {
                return inside;
            }
            let border: Vec<_> = self.boundaries_of(&owner.id).filter(catches).collect();
            if !border.is_empty() {
                return border;
            }
            scope = owner.parent.as_deref();
        }
    }
}

/// How far is looked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To the first user tasks.
    Next,
    /// To the end.
    All,
}

#[cfg(test)]
#[path = "ahead_tests.rs"]
mod tests;
