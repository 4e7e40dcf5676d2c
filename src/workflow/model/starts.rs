//! Where a process begins: by whoever wants to, and by what happens outside.

use super::{Model, Node, NodeKind, Strategy, Trigger};
use crate::workflow::expression::Expression;

impl Model {
    /// The start event of the process that waits for nothing, or that of a subprocess.
    pub fn start_of(&self, parent: Option<&str>) -> Option<&Node> {
        let is_start = |node: &&Node| {
            matches!(node.kind, NodeKind::Start { trigger: None, .. } | NodeKind::EventStart(_))
        };
        self.nodes.values().filter(is_start).find(|node| node.parent.as_deref() == parent)
    }

    /// All start events of the process itself.
    pub fn starts(&self) -> impl Iterator<Item = &Node> {
        self.nodes
            .values()
            .filter(|node| node.parent.is_none() && matches!(node.kind, NodeKind::Start { .. }))
    }

    /// Those that something starts, with what does.
    pub fn triggered_starts(&self) -> impl Iterator<Item = (&Node, &Trigger)> {
        self.starts().filter_map(|node| match &node.kind {
            NodeKind::Start { trigger: Some(trigger), .. } => Some((node, trigger)),
            _ => None,
        })
    }

    /// Those at which the process begins where it is started and their condition holds, in the document's
    /// order.
    pub fn conditional_starts(&self) -> Vec<(&Node, &Expression)> {
        let conditional = self.triggered_starts().filter_map(|(node, trigger)| match trigger {
            Trigger::Condition(condition) => Some((node, condition)),
            _ => None,
        });
        let mut found: Vec<_> = conditional.collect();
        found.sort_by_key(|(node, _)| (node.line, node.column));
        found
    }

    /// Where the process begins when somebody starts it, or may; none: it begins by events alone.
    pub fn start_by_hand(&self) -> Option<&Node> {
        self.start_of(None).or_else(|| self.conditional_starts().first().map(|(node, _)| *node))
    }

    /// Whether a node is where the process begins.
    pub fn is_start(&self, id: &str) -> bool {
        self.starts().any(|start| &*start.id == id)
    }

    /// The user task in which whoever has started the process at `start` says what they want: the one
    /// that alone follows it where it has no form, and is the starter's.
    pub fn starters_task(&self, start: &Node) -> Option<&Node> {
        let [flow] = &start.outgoing[..] else { return None };
        let node = self.node(&self.flows.get(flow)?.target)?;
        let is_plain = matches!(start.kind, NodeKind::Start { form: None, .. }) && node.repetition.is_none();
        let strategy = &self.user_task(&node.id)?.approval.strategy;
        (is_plain && matches!(strategy, Some(Strategy::Starter))).then_some(node)
    }

    /// Whether a node is the [`starters_task`](Self::starters_task) of one of its starts.
    pub fn begins_at(&self, node: &str) -> bool {
        self.starts().any(|start| self.starters_task(start).is_some_and(|own| &*own.id == node))
    }
}
