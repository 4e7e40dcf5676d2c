//! A process or subprocess as a graph of numbered nodes.

use std::collections::{BTreeMap, HashMap};

use super::super::reading::Reading;
use crate::workflow::model::{Flow, Node, NodeKind};

/// The nodes of a process or subprocess, without those of subprocesses within.
pub(super) struct Scope<'x> {
    /// The subprocess; none for the process itself.
    pub(super) owner: Option<&'x Node>,
    /// The nodes; edges name them by their place in here.
    pub(super) nodes: Vec<&'x Node>,
    /// The flows, in the document's order.
    pub(super) edges: Vec<Edge<'x>>,
    /// The edges out of each node.
    pub(super) outgoing: Vec<Vec<usize>>,
    /// The edges into each node.
    pub(super) incoming: Vec<Vec<usize>>,
    /// The boundary events at each node.
    pub(super) boundaries: Vec<Vec<usize>>,
    /// The node at whose border each boundary event is.
    pub(super) hosts: Vec<Option<usize>>,
}

/// A flow between numbered nodes.
pub(super) struct Edge<'x> {
    /// The flow.
    pub(super) flow: &'x Flow,
    /// Where it begins.
    pub(super) from: usize,
    /// Where it ends.
    pub(super) to: usize,
}

/// The process and its subprocesses, also those without any node.
pub(super) fn scopes(reading: &Reading) -> Vec<Scope<'_>> {
    let empty = |owner| Scope {
        owner,
        nodes: Vec::new(),
        edges: Vec::new(),
        outgoing: Vec::new(),
        incoming: Vec::new(),
        boundaries: Vec::new(),
        hosts: Vec::new(),
    };
    let mut scopes = BTreeMap::from([(None, empty(None))]);
    let is_scope = |node: &&Node| matches!(node.kind, NodeKind::Subprocess | NodeKind::EventSubprocess);
    for node in reading.nodes.values().filter(is_scope) {
        scopes.insert(Some(&*node.id), empty(Some(node)));
    }
    let mut places = HashMap::new();
    for node in reading.nodes.values() {
        if let Some(scope) = scopes.get_mut(&node.parent.as_deref()) {
            places.insert(&*node.id, scope.nodes.len());
            scope.nodes.push(node);
            scope.outgoing.push(Vec::new());
            scope.incoming.push(Vec::new());
            scope.boundaries.push(Vec::new());
            scope.hosts.push(None);
        }
    }
    for scope in scopes.values_mut() {
        for place in 0..scope.nodes.len() {
            let NodeKind::Boundary(boundary) = &scope.nodes[place].kind else { continue };
            let host = places.get(&*boundary.host).copied();
            // What lies elsewhere is a fault already, and has a place among others.
            let Some(host) = host.filter(|host| scope.is_at(*host, &boundary.host)) else { continue };
            scope.boundaries[host].push(place);
            scope.hosts[place] = Some(host);
        }
    }
    for flow in &reading.flows {
        let parent = reading.nodes.get(&flow.source).and_then(|node| node.parent.as_deref());
        let ends = (places.get(&*flow.source), places.get(&*flow.target));
        if let (Some(scope), (Some(&from), Some(&to))) = (scopes.get_mut(&parent), ends) {
            scope.outgoing[from].push(scope.edges.len());
            scope.incoming[to].push(scope.edges.len());
            scope.edges.push(Edge { flow, from, to });
        }
    }
    scopes.into_values().collect()
}

impl Scope<'_> {
    fn is_at(&self, place: usize, id: &str) -> bool {
        self.nodes.get(place).is_some_and(|node| &*node.id == id)
    }

    /// The edges by which a token may leave a node: its own, and those of the events at its border.
    pub(super) fn leaving(&self, place: usize) -> impl Iterator<Item = usize> {
        let at_border = self.boundaries[place].iter().flat_map(|event| &self.outgoing[*event]);
        self.outgoing[place].iter().chain(at_border).copied()
    }

    /// Which nodes can be come to from some, those included, along the flows or against them. What is
    /// at an activity's border is come to from there.
    pub(super) fn reached(&self, from: impl IntoIterator<Item = usize>, is_backwards: bool) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let mut open: Vec<usize> = from.into_iter().collect();
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut reached[node], true) {
                continue;
            }
            if is_backwards {
                open.extend(self.before(node));
            } else {
                open.extend(self.leaving(node).map(|edge| self.edges[edge].to));
                open.extend(&self.boundaries[node]);
            }
        }
        reached
    }

    /// From which nodes `to` can be come to without passing through `without`; `to` itself included,
    /// unless they are the same.
    pub(super) fn reached_without(&self, without: usize, to: usize) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let mut open = vec![to];
        while let Some(node) = open.pop() {
            if node == without || std::mem::replace(&mut reached[node], true) {
                continue;
            }
            open.extend(self.before(node));
        }
        reached
    }

    /// From where a token comes to a node: along its flows, or from the activity at whose border it is.
    fn before(&self, node: usize) -> impl Iterator<Item = usize> {
        self.incoming[node].iter().map(|edge| self.edges[*edge].from).chain(self.hosts[node])
    }
}
