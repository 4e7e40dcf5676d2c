//! What lies ahead of a node, as the model alone tells: whose approvers may be chosen there.

use std::collections::{HashMap, HashSet};

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
        let events = Events::of(self);
        let (mut found, mut seen) = (HashSet::new(), HashSet::new());
        let mut leaving: Vec<&Node> = self.node(from).into_iter().collect();
        if reach == Reach::All {
            leaving.extend(leaving.first().map(|from| events.around(self, from)).unwrap_or_default());
        } else if self.is_start(from) {
            leaving.extend(events.within(None));
        }
        while let Some(left) = leaving.pop() {
            if !seen.insert(&*left.id) {
                continue;
            }
            if matches!(left.kind, NodeKind::EventStart(_)) {
                // What it begins may have others beside it.
                leaving.extend(events.within(left.parent.as_deref()));
            }
            for node in self.behind(left, &events) {
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
                leaving.extend(events.at(node));
            }
        }
        found
    }

    /// The nodes to which a token can come next that leaves a node.
    fn behind<'m>(&'m self, node: &'m Node, events: &Events<'m>) -> Vec<&'m Node> {
        let mut behind: Vec<_> =
            node.outgoing.iter().filter_map(|flow| self.node(&self.flows.get(flow)?.target)).collect();
        if let NodeKind::Throw(throw) = &node.kind {
            let catching = events.catching(self, node, throw);
            behind.extend(catching.iter().flat_map(|event| self.behind(event, events)));
            if matches!(throw, Throw::Error(_)) {
                return behind;
            }
        }
        // Where it ends, it leaves the subprocess, which may begin again.
        if node.outgoing.is_empty()
            && let Some(parent) = node.parent.as_deref().and_then(|parent| self.node(parent))
        {
            behind.extend(self.behind(parent, events));
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
}

/// The events that may happen while something else goes on.
struct Events<'m> {
    /// The boundary events, by their activities.
    at_border: HashMap<&'m str, Vec<&'m Node>>,
    /// The start events of event subprocesses of the process itself.
    at_top: Vec<&'m Node>,
    /// Those of event subprocesses within others, by what these lie in.
    inside: HashMap<&'m str, Vec<&'m Node>>,
}

impl<'m> Events<'m> {
    fn of(model: &'m Model) -> Self {
        let mut events = Self { at_border: HashMap::new(), at_top: Vec::new(), inside: HashMap::new() };
        for node in model.nodes.values() {
            match &node.kind {
                NodeKind::Boundary(boundary) => {
                    events.at_border.entry(&boundary.host).or_default().push(node);
                }
                NodeKind::EventStart(_) => {
                    let owner = node.parent.as_deref().and_then(|owner| model.node(owner));
                    match owner.and_then(|owner| owner.parent.as_deref()) {
                        None => events.at_top.push(node),
                        Some(around) => events.inside.entry(around).or_default().push(node),
                    }
                }
                _ => {}
            }
        }
        events
    }

    fn border(&self, host: &str) -> &[&'m Node] {
        self.at_border.get(host).map_or(&[], Vec::as_slice)
    }

    /// Those in the process or a subprocess itself.
    fn within(&self, scope: Option<&str>) -> &[&'m Node] {
        match scope {
            None => &self.at_top,
            Some(scope) => self.inside.get(scope).map_or(&[], Vec::as_slice),
        }
    }

    /// Those that may happen while a token is at a node: at its border, and within it.
    fn at(&self, node: &Node) -> impl Iterator<Item = &'m Node> {
        let is_scope = matches!(node.kind, NodeKind::Subprocess | NodeKind::EventSubprocess);
        let inside = if is_scope { self.within(Some(&node.id)) } else { &[] };
        self.border(&node.id).iter().chain(inside).copied()
    }

    /// Those that may happen as long as anything goes on around a node.
    fn around(&self, model: &'m Model, node: &'m Node) -> Vec<&'m Node> {
        let mut found = self.within(None).to_vec();
        let mut parent = node.parent.as_deref();
        while let Some(owner) = parent.and_then(|parent| model.node(parent)) {
            found.extend(self.at(owner));
            parent = owner.parent.as_deref();
        }
        found
    }

    /// Those that catch what a node throws: the nearest around it.
    fn catching(&self, model: &'m Model, node: &'m Node, throw: &Throw) -> Vec<&'m Node> {
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
            let inside: Vec<_> = self.within(scope).iter().copied().filter(catches).collect();
            let Some(owner) = scope.and_then(|scope| model.node(scope)) else { return inside };
            if !inside.is_empty() {
                return inside;
            }
            let border: Vec<_> = self.border(&owner.id).iter().copied().filter(catches).collect();
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
