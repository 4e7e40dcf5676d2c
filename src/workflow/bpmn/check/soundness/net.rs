//! The rules by which tokens move.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::scope::Scope;
use super::choices::Choices;
use super::state::State;
use crate::workflow::model::{NodeKind, Throw};

/// The most that is known of from where inclusive gateways can be come to: flows times nodes.
const MAX_INCLUSIVE: usize = 500_000;

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
    has_inclusive: bool,
    tries_all: bool,
}

/// A node.
struct Place {
    /// The scope's number of the node.
    node: usize,
    incoming: Range<u32>,
    /// The flows that get a token, in each way that it may choose.
    options: Vec<Vec<u32>>,
    join: Join,
    /// People decide there, another process runs, or something has to happen: it takes a while.
    takes_time: bool,
}

enum Join {
    /// Each token for itself.
    None,
    /// A token of each flow.
    Parallel,
    /// All that may still come: for each flow the places from which a token can.
    Inclusive(Vec<Vec<bool>>),
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
    /// The net of what can be reached in a scope from one start; none where it is too large. By flows from
    /// elsewhere nothing comes, which a join there waits for all the same.
    pub(super) fn of(scope: &Scope<'_>, start: usize) -> Option<Self> {
        let order = ranked(scope, start);
        // What is not reached comes last.
        let mut place_of = vec![usize::MAX; scope.nodes.len()];
        for (place, node) in order.iter().enumerate() {
            place_of[*node] = place;
            for event in &scope.boundaries[*node] {
                place_of[*event] = place;
            }
        }
        // What stands apart from the start has no part in it.
        let mut is_known = vec![false; scope.nodes.len()];
        order.iter().for_each(|node| is_known[*node] = true);
        let mut edges: Vec<usize> =
            (0..scope.edges.len()).filter(|edge| is_known[scope.edges[*edge].to]).collect();
        edges.sort_by_key(|edge| (place_of[scope.edges[*edge].to], *edge));
        let mut number_of = vec![0; scope.edges.len()];
        for (number, edge) in edges.iter().enumerate() {
            number_of[*edge] = u32::try_from(number).ok()?;
        }
        let inclusive = order.iter().filter(|node| joins_inclusively(scope, **node));
        let inclusive: usize = inclusive.map(|node| scope.incoming[*node].len()).sum();
        if inclusive * order.len() > MAX_INCLUSIVE {
            return None;
        }
        let (mut begin, mut tries_all) = (0, true);
        let mut places = Vec::new();
        for node in &order {
            let end = begin + u32::try_from(scope.incoming[*node].len()).ok()?;
            let Choices { ways: mut options, are_all } = Choices::of(scope, *node);
            tries_all &= are_all;
            for flow in options.iter_mut().flatten() {
                *flow = number_of[usize::try_from(*flow).ok()?];
            }
            let join = join(scope, *node, &order);
            let takes_time = takes_time(scope, *node);
            places.push(Place { node: *node, incoming: begin..end, options, join, takes_time });
            begin = end;
        }
        let is_back = |edge: &usize| {
            let (from, to) = (place_of[scope.edges[*edge].from], place_of[scope.edges[*edge].to]);
            to <= from && from < usize::MAX
        };
        Some(Self {
            places,
            start: place_of[start],
            targets: edges.iter().map(|edge| place_of[scope.edges[*edge].to]).collect(),
            has_loop: edges.iter().any(is_back),
            has_inclusive: inclusive > 0,
            tries_all,
            edges,
        })
    }

    /// Whether a token can come to where it was before.
    pub(super) fn has_loop(&self) -> bool {
        self.has_loop
    }

    /// Whether every choice of every node is tried.
    pub(super) fn tries_all(&self) -> bool {
        self.tries_all
    }

    /// The scope's number of a flow.
    pub(super) fn edge(&self, flow: u32) -> usize {
        self.edges[flow as usize]
    }

    /// Where the first tokens may be: on flows out of the start event.
    pub(super) fn first_tokens(&self) -> &[Vec<u32>] {
        &self.places[self.start].options
    }

    /// What happens next in a state.
    pub(super) fn next(&self, state: &State) -> Step<'_> {
        if state.is_empty() {
            return Step::Over;
        }
        let groups = self.groups(state);
        let mut waiting = Vec::new();
        // What may happen, the most urgent first; of equals the one furthest on.
        let mut next: Option<(u8, usize, &[u32])> = None;
        for (place, flows) in groups.iter().rev() {
            let here = &self.places[*place];
            let (rank, taken) = match &here.join {
                Join::Terminate => return Step::Over,
                Join::None => (if here.takes_time && self.has_inclusive { 2 } else { 0 }, &flows[..1]),
                Join::Parallel if flows.len() == here.incoming.len() => (0, &flows[..]),
                Join::Inclusive(ways) if self.may_join(*place, flows, ways, &groups) => (1, &flows[..]),
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
            if next.is_none_or(|(other, _, _)| rank < other) {
                next = Some((rank, *place, taken));
            }
        }
        if let Some((_, place, taken)) = next {
            return Step::Fire { taken: taken.to_vec(), options: &self.places[place].options };
        }
        // An inclusive gateway waits on account of a parallel one, which is what is wrong.
        if waiting.iter().any(|(_, missing)| !missing.is_empty()) {
            waiting.retain(|(_, missing)| !missing.is_empty());
        }
        Step::Stuck(waiting)
    }

    /// Whether an inclusive gateway joins the tokens that have come by `flows`: none is elsewhere that
    /// can come by other flows alone.
    fn may_join(
        &self,
        place: usize,
        flows: &[u32],
        ways: &[Vec<bool>],
        groups: &[(usize, Vec<u32>)],
    ) -> bool {
        let first = self.places[place].incoming.start;
        let has_come =
            |way: &usize| u32::try_from(*way).is_ok_and(|way| flows.binary_search(&(first + way)).is_ok());
        groups.iter().filter(|(other, _)| *other != place).all(|(other, _)| {
            let possible: Vec<_> = (0..ways.len()).filter(|way| ways[*way][*other]).collect();
            possible.is_empty() || possible.iter().any(has_come)
        })
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
        let Some(edge) = scope.leaving(*node).nth(*next) else {
            left.push(*node);
            open.pop();
            continue;
        };
        *next += 1;
        let to = scope.edges[edge].to;
        if !std::mem::replace(&mut seen[to], true) {
            open.push((to, 0));
        }
    }
    left.reverse();
    left
}

fn takes_time(scope: &Scope<'_>, node: usize) -> bool {
    let is_waiting = matches!(
        scope.nodes[node].kind,
        NodeKind::User(_)
            | NodeKind::Subprocess
            | NodeKind::Call(_)
            | NodeKind::Service(_)
            | NodeKind::Receive(_)
            | NodeKind::Catch(_)
            | NodeKind::EventBased
    );
    is_waiting || !scope.boundaries[node].is_empty()
}

fn joins_inclusively(scope: &Scope<'_>, node: usize) -> bool {
    matches!(scope.nodes[node].kind, NodeKind::Inclusive) && scope.incoming[node].len() > 1
}

fn join(scope: &Scope<'_>, node: usize, order: &[usize]) -> Join {
    match scope.nodes[node].kind {
        // An error ends what is around it.
        NodeKind::Terminate | NodeKind::Throw(Throw::Error(_)) => Join::Terminate,
        NodeKind::Parallel if scope.incoming[node].len() > 1 => Join::Parallel,
        NodeKind::Inclusive if joins_inclusively(scope, node) => {
            let ways = scope.incoming[node].iter().map(|edge| {
                let before = scope.reached_without(node, scope.edges[*edge].from);
                order.iter().map(|other| before[*other]).collect()
            });
            Join::Inclusive(ways.collect())
        }
        _ => Join::None,
    }
}
