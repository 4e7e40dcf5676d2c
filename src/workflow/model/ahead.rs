//! What lies ahead of a node, as the model alone tells: whose approvers may be chosen there.

use std::collections::HashSet;

use super::{Model, Node, NodeKind, NodeType, Strategy};

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

    /// Whether a node is where the process begins.
    pub fn is_start(&self, id: &str) -> bool {
        self.start_of(None).is_some_and(|start| &*start.id == id)
    }

    fn chosen_by(&self, ahead: &HashSet<&str>, is_starter: bool) -> Vec<&Node> {
        let is_chosen = |node: &&Node| match self.user_task(&node.id).map(|task| &task.approval.strategy) {
            Some(Some(Strategy::ChosenByApprover)) => ahead.contains(&*node.id),
            Some(Some(Strategy::ChosenByStarter)) => is_starter,
            _ => false,
        };
        let mut found: Vec<_> = self.nodes.values().filter(is_chosen).collect();
        found.sort_by_key(|node| node.line);
        found
    }

    /// The nodes that a token can come to that leaves `from`.
    fn ahead(&self, from: &str, reach: Reach) -> HashSet<&str> {
        let (mut found, mut seen) = (HashSet::new(), HashSet::new());
        let mut leaving: Vec<&Node> = self.node(from).into_iter().collect();
        while let Some(left) = leaving.pop() {
            if !seen.insert(&*left.id) {
                continue;
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
            }
        }
        found
    }

    /// The nodes to which a token can come next that leaves a node.
    fn behind(&self, node: &Node) -> Vec<&Node> {
        let mut behind: Vec<_> =
            node.outgoing.iter().filter_map(|flow| self.node(&self.flows.get(flow)?.target)).collect();
        // Where it ends, it leaves the subprocess, which may begin again.
        if behind.is_empty()
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
