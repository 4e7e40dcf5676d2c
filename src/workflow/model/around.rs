//! The events around nodes: those at the borders of activities, and those that begin event subprocesses.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{ElementId, Model, Node, NodeKind};

/// Where they are, found out once; asking costs no walk through the model.
#[derive(Debug, Default)]
pub(in crate::workflow) struct Around(OnceLock<Index>);

#[derive(Debug, Default)]
struct Index {
    /// The events at the border of each activity.
    borders: HashMap<ElementId, Vec<ElementId>>,
    /// The start events of the event subprocesses in each subprocess; none: in the process itself.
    starts: HashMap<Option<ElementId>, Vec<ElementId>>,
}

impl Model {
    /// The events at the border of an activity.
    pub fn boundaries_of(&self, host: &str) -> impl Iterator<Item = &Node> {
        let ids = self.index().borders.get(host).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.nodes.get(id))
    }

    /// The start events of the event subprocesses that lie in the process, or in a subprocess.
    pub fn event_starts_in(&self, parent: Option<&str>) -> impl Iterator<Item = &Node> {
        let ids = self.index().starts.get(&parent.map(ElementId::from)).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.nodes.get(id))
    }

    /// The events that may happen while a token is at a node: at its border, and within it.
    pub(super) fn events_at(&self, node: &Node) -> impl Iterator<Item = &Node> {
        let is_scope = matches!(node.kind, NodeKind::Subprocess | NodeKind::EventSubprocess);
        let inside = is_scope.then(|| self.event_starts_in(Some(&node.id)));
        self.boundaries_of(&node.id).chain(inside.into_iter().flatten())
    }

    /// The events that may happen as long as anything goes on around a node.
    pub(super) fn events_around(&self, node: &Node) -> Vec<&Node> {
        let mut found: Vec<_> = self.event_starts_in(None).collect();
        let mut parent = node.parent.as_deref();
        while let Some(owner) = parent.and_then(|parent| self.node(parent)) {
            found.extend(self.events_at(owner));
            parent = owner.parent.as_deref();
        }
        found
    }

    fn index(&self) -> &Index {
        self.around.0.get_or_init(|| {
            let mut index = Index::default();
            for node in self.nodes.values() {
                match &node.kind {
                    NodeKind::Boundary(boundary) => {
                        index.borders.entry(boundary.host.clone()).or_default().push(node.id.clone());
                    }
                    NodeKind::EventStart(_) => {
                        let owner = node.parent.as_deref().and_then(|owner| self.node(owner));
                        let Some(owner) = owner else { continue };
                        index.starts.entry(owner.parent.clone()).or_default().push(node.id.clone());
                    }
                    _ => {}
                }
            }
            index
        })
    }
}
