//! What lies ahead of a node, as the model alone tells: whose approvers may be chosen there.

use std::collections::HashSet;

use super::{Model, Node, NodeKind, NodeType, Strategy};

impl Model {
    /// The user tasks whose approvers somebody is to choose who leaves `from`: those that may be the
    /// very next, and behind a start event those that leave the choice to the starter.
    pub fn to_choose(&self, from: &str) -> Vec<&Node> {
        let next = self.user_tasks_ahead(from, Reach::Next);
        self.chosen_by(from, &next)
    }

    /// The user tasks whose approvers somebody may choose who leaves `from`: those of all that can
    /// still come. The one before has the last word.
    pub fn may_choose(&self, from: &str) -> Vec<&Node> {
        let ahead = self.user_tasks_ahead(from, Reach::All);
        self.chosen_by(from, &ahead)
    }

    fn chosen_by(&self, from: &str, ahead: &HashSet<&str>) -> Vec<&Node> {
        let from_start = self.node(from).is_some_and(|node| matches!(node.kind, NodeKind::Start { .. }));
        let mut found: Vec<_> = self
            .nodes
            .values()
            .filter(|node| match self.user_task(&node.id).and_then(|task| task.approval.strategy.as_ref()) {
                Some(Strategy::ChosenByApprover) => ahead.contains(&*node.id),
                Some(Strategy::ChosenByStarter) => from_start,
                _ => false,
            })
            .collect();
        found.sort_by_key(|node| node.line);
        found
    }

    fn user_tasks_ahead(&self, from: &str, reach: Reach) -> HashSet<&str> {
        let (mut found, mut seen) = (HashSet::new(), HashSet::new());
        let mut leaving: Vec<&Node> = self.node(from).into_iter().collect();
        while let Some(left) = leaving.pop() {
            if !seen.insert(&*left.id) {
                continue;
            }
            for node in self.behind(left) {
                let is_passed = match &node.kind {
                    NodeKind::User(task) => {
                        found.insert(&*node.id);
                        // What a rule decides is left at once.
                        reach == Reach::All || node.skip.is_some() || task.approval.node_type != NodeType::User
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

    /// The nodes to which a token can come that leaves a node.
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
