//! The rules by which tokens move.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::scope::Scope;
use super::state::State;
use crate::workflow::model::{Node, NodeKind};

/// Up to how many conditional flows every choice of them is tried; beyond, each one and all.
const MAX_CHOICES: usize = 6;
/// The most inclusive gateways that join.
const MAX_INCLUSIVE_JOINS: usize = 200;

/// A scope's graph, its flows numbered so that those into one node lie side by side, and those
/// further on are higher.
pub(super) struct Net {
    places: Vec<Place>,
    /// The place of each node of the scope.
    start: usize,
    /// The place that each flow leads to.
    targets: Vec<usize>,
    /// The scope's number of each flow.
    edges: Vec<usize>,
    has_loop: bool,
}

/// A node.
struct Place {
    /// The scope's number of the node.
    node: usize,
    incoming: Range<u32>,
    /// The flows that get a token, in each way that it may choose.
    options: Vec<Vec<u32>>,
    join: Join,
}

enum Join {
    /// Each token for itself.
    None,
    /// A token of each flow.
    Parallel,
    /// All that may still come: from these places.
    Inclusive(Vec<bool>),
    /// Ends all tokens.
    Terminate,
}

/// What happens next.
pub(super) enum Step<'x> {
    /// No token is left.
    Over,
    /// These nodes wait for ever, with the flows by which nothing comes.
    Stuck(Vec<(usize, BTreeSet<usize>)>),
    /// Tokens are taken from some flows, and given to those of one of the options.
    Fire {
        /// From where.
        taken: Vec<u32>,
        /// To where.
        options: &'x [Vec<u32>],
    },
}

impl Net {
    /// The net of a scope whose nodes can all be reached from one start; none where it is too large.
    pub(super) fn of(scope: &Scope<'_>) -> Option<Self> {
        let start = scope.nodes.iter().position(|node| matches!(node.kind, NodeKind::Start { .. }))?;
        let order = ranked(scope, start);
        let mut place_of = vec![0; scope.nodes.len()];
        for (place, node) in order.iter().enumerate() {
            place_of[*node] = place;
        }
        let mut edges: Vec<usize> = (0..scope.edges.len()).collect();
        edges.sort_by_key(|edge| (place_of[scope.edges[*edge].to], *edge));
        let mut number_of = vec![0; edges.len()];
        for (number, edge) in edges.iter().enumerate() {
            number_of[*edge] = u32::try_from(number).ok()?;
        }
        let joins = |node: &usize| joins_inclusively(scope, *node);
        if order.iter().filter(|node| joins(node)).count() > MAX_INCLUSIVE_JOINS {
            return None;
        }
        let mut begin = 0;
        let mut places = Vec::new();
        for node in &order {
            let end = begin + u32::try_from(scope.incoming[*node].len()).ok()?;
            let mut options = options(scope, *node);
            for flow in options.iter_mut().flatten() {
                *flow = number_of[usize::try_from(*flow).ok()?];
            }
            places.push(Place {
                node: *node,
                incoming: begin..end,
                options,
                join: join(scope, *node, &order),
            });
            begin = end;
        }
        let is_back = |edge: &usize| place_of[scope.edges[*edge].to] <= place_of[scope.edges[*edge].from];
        Some(Self {
            places,
            start: place_of[start],
            targets: edges.iter().map(|edge| place_of[scope.edges[*edge].to]).collect(),
            has_loop: edges.iter().any(is_back),
            edges,
        })
    }

    /// Whether a token can come to where it was before.
    pub(super) fn has_loop(&self) -> bool {
        self.has_loop
    }

    /// The scope's number of a flow.
    pub(super) fn edge(&self, flow: u32) -> usize {
        self.edges[flow as usize]
    }

    /// Where the first tokens are: on all flows out of the start event.
    pub(super) fn first_tokens(&self) -> impl Iterator<Item = u32> {
        self.places[self.start].options.iter().flatten().copied()
    }

    /// What happens next in a state.
    pub(super) fn next(&self, state: &State) -> Step<'_> {
        if state.is_empty() {
            return Step::Over;
        }
        let groups = self.groups(state);
        let mut waiting = Vec::new();
        let mut is_ended = false;
        for (place, flows) in groups.iter().rev() {
            let here = &self.places[*place];
            let taken = match &here.join {
                Join::Terminate => {
                    is_ended = true;
                    continue;
                }
                Join::None => flows[..1].to_vec(),
                Join::Parallel if flows.len() == here.incoming.len() => flows.clone(),
                Join::Inclusive(before)
                    if groups.iter().all(|(other, _)| other == place || !before[*other]) =>
                {
                    flows.clone()
                }
                Join::Parallel => {
                    let missing = here.incoming.clone().filter(|flow| flows.binary_search(flow).is_err());
                    waiting.push((here.node, missing.map(|flow| self.edge(flow)).collect()));
                    continue;
                }
                Join::Inclusive(_) => {
                    waiting.push((here.node, BTreeSet::new()));
                    continue;
                }
            };
            return Step::Fire { taken, options: &here.options };
        }
        if is_ended {
            return Step::Over;
        }
        // An inclusive gateway waits on account of a parallel one, which is what is wrong.
        if waiting.iter().any(|(_, missing)| !missing.is_empty()) {
            waiting.retain(|(_, missing)| !missing.is_empty());
        }
        Step::Stuck(waiting)
    }

    /// The places with tokens before them, with the flows on which those lie.
    fn groups(&self, state: &State) -> Vec<(usize, Vec<u32>)> {
        let mut groups: Vec<(usize, Vec<u32>)> = Vec::new();
        for flow in state.flows() {
            let place = self.targets[flow as usize];
            match groups.last_mut() {
                Some((last, flows)) if *last == place => flows.push(flow),
                _ => groups.push((place, vec![flow])),
            }
        }
        groups
    }
}

/// The nodes so that each comes before those behind it, but for where flows go back.
fn ranked(scope: &Scope<'_>, start: usize) -> Vec<usize> {
    let mut seen = vec![false; scope.nodes.len()];
    let mut left = Vec::new();
    let mut open = vec![(start, 0)];
    seen[start] = true;
    while let Some((node, next)) = open.last_mut() {
        let Some(edge) = scope.outgoing[*node].get(*next) else {
            left.push(*node);
            open.pop();
            continue;
        };
        *next += 1;
        let to = scope.edges[*edge].to;
        if !std::mem::replace(&mut seen[to], true) {
            open.push((to, 0));
        }
    }
    left.reverse();
    left
}

fn joins_inclusively(scope: &Scope<'_>, node: usize) -> bool {
    matches!(scope.nodes[node].kind, NodeKind::Inclusive) && scope.incoming[node].len() > 1
}

fn join(scope: &Scope<'_>, node: usize, order: &[usize]) -> Join {
    match scope.nodes[node].kind {
        NodeKind::Terminate => Join::Terminate,
        NodeKind::Parallel if scope.incoming[node].len() > 1 => Join::Parallel,
        NodeKind::Inclusive if joins_inclusively(scope, node) => {
            let before = scope.reached([node], true);
            Join::Inclusive(order.iter().map(|other| before[*other]).collect())
        }
        _ => Join::None,
    }
}

/// The edges that get a token, in each way that a node may choose.
fn options(scope: &Scope<'_>, place: usize) -> Vec<Vec<u32>> {
    let node = scope.nodes[place];
    let all: Vec<u32> = scope.outgoing[place].iter().filter_map(|edge| u32::try_from(*edge).ok()).collect();
    match node.kind {
        NodeKind::End | NodeKind::Terminate => vec![Vec::new()],
        NodeKind::Start { .. } | NodeKind::Parallel => vec![all],
        NodeKind::Exclusive => all.into_iter().map(|edge| vec![edge]).collect(),
        _ => inclusive(scope, node, &all),
    }
}

/// All that have no condition, with any of those that have one; the default flow where none holds.
fn inclusive(scope: &Scope<'_>, node: &Node, all: &[u32]) -> Vec<Vec<u32>> {
    let flow = |edge: &u32| scope.edges[*edge as usize].flow;
    let (defaults, others): (Vec<u32>, Vec<u32>) =
        all.iter().partition(|edge| node.default.as_ref() == Some(&flow(edge).id));
    let (conditional, always): (Vec<u32>, Vec<u32>) =
        others.iter().partition(|edge| flow(edge).condition.is_some());
    let mut options: Vec<Vec<u32>> = if conditional.len() <= MAX_CHOICES {
        let chosen = |bits: usize| {
            let picked = conditional.iter().enumerate().filter(move |(bit, _)| bits >> bit & 1 == 1);
            picked.map(|(_, edge)| *edge).collect()
        };
        (1..1_usize << conditional.len()).map(chosen).collect()
    } else {
        let one = conditional.iter().map(|edge| vec![*edge]);
        one.chain([conditional.clone()]).collect()
    };
    options.push(defaults);
    for option in &mut options {
        option.extend(&always);
    }
    // Where no condition holds and there is no default, the engine tells of it: nobody waits.
    options.retain(|option| !option.is_empty());
    options
}
