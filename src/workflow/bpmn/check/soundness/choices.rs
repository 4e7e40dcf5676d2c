//! The ways by which tokens leave a node.

use super::super::scope::Scope;
use crate::workflow::model::{Node, NodeKind, Throw};

/// Up to how many conditional flows every choice of them is tried; beyond, each one and all.
const MAX_CHOICES: usize = 6;
/// Up to how many ways of a node all that its boundary events may do beside one another is tried;
/// beyond, each by itself.
const MAX_WAYS: usize = 256;

/// The ways by which tokens leave a node.
pub(super) struct Choices {
    /// The edges that get a token, in each way.
    pub(super) ways: Vec<Vec<u32>>,
    /// Whether these are all.
    pub(super) are_all: bool,
}

impl Choices {
    /// By the node's own flows; or by those of an event at its border that interrupts it; and in
    /// addition by those of any events that do not.
    pub(super) fn of(scope: &Scope<'_>, place: usize) -> Self {
        let mut found = Self::own(scope, place);
        let interrupts = |event: &usize| match &scope.nodes[*event].kind {
            NodeKind::Boundary(boundary) => boundary.is_interrupting,
            _ => false,
        };
        let events = scope.boundaries[place].iter().copied();
        let (interrupting, beside): (Vec<usize>, Vec<usize>) = events.partition(interrupts);
        for event in interrupting {
            let more = Self::own(scope, event);
            found.are_all &= more.are_all;
            found.ways.extend(more.ways);
        }
        for event in beside {
            found.add_beside(Self::own(scope, event));
        }
        found
    }

    fn add_beside(&mut self, more: Self) {
        let is_few = self.ways.len() * (more.ways.len() + 1) <= MAX_WAYS;
        self.are_all &= more.are_all && is_few;
        let known = if is_few { self.ways.len() } else { self.ways.len().min(1) };
        for way in 0..known {
            for other in &more.ways {
                let both = self.ways[way].iter().chain(other).copied().collect();
                self.ways.push(both);
            }
        }
    }

    fn own(scope: &Scope<'_>, place: usize) -> Self {
        let node = scope.nodes[place];
        let all: Vec<u32> =
            scope.outgoing[place].iter().filter_map(|edge| u32::try_from(*edge).ok()).collect();
        let ways = match node.kind {
            NodeKind::End | NodeKind::Terminate | NodeKind::Throw(Throw::Error(_)) => vec![Vec::new()],
            _ if all.is_empty() => vec![Vec::new()],
            NodeKind::Parallel => vec![all],
            NodeKind::Exclusive | NodeKind::EventBased => all.into_iter().map(|edge| vec![edge]).collect(),
            _ => return inclusive(scope, node, &all),
        };
        Self { ways, are_all: true }
    }
}

/// All that have no condition, with any of those that have one; the default flow where none holds.
fn inclusive(scope: &Scope<'_>, node: &Node, all: &[u32]) -> Choices {
    let flow = |edge: &u32| scope.edges[*edge as usize].flow;
    let (defaults, others): (Vec<u32>, Vec<u32>) =
        all.iter().partition(|edge| node.default.as_ref() == Some(&flow(edge).id));
    let (conditional, always): (Vec<u32>, Vec<u32>) =
        others.iter().partition(|edge| flow(edge).condition.is_some());
    let are_all = conditional.len() <= MAX_CHOICES;
    let mut ways: Vec<Vec<u32>> = if are_all {
        let chosen = |bits: usize| {
            let picked = conditional.iter().enumerate().filter(move |(bit, _)| bits >> bit & 1 == 1);
            picked.map(|(_, edge)| *edge).collect()
        };
        (1..1_usize << conditional.len()).map(chosen).collect()
    } else {
        let one = conditional.iter().map(|edge| vec![*edge]);
        one.chain([conditional.clone()]).collect()
    };
    ways.push(defaults);
    for way in &mut ways {
        way.extend(&always);
    }
    // Where no condition holds and there is no default, the engine tells of it: nobody waits.
    ways.retain(|way| !way.is_empty());
    Choices { ways, are_all }
}
