//! Gateways that cannot join: the graph is played with tokens.
//!
//! A state is how many tokens lie on each flow. What happens at one node takes nothing from another,
//! so of all that may happen next it is enough to look at one node, with each way that it may choose;
//! the one furthest on is taken, which keeps tokens from gathering. A state in which tokens are left
//! and nothing can happen is a deadlock. A token at a terminate event ends all.
//!
//! Inclusive gateways join as BPMN 2.0, 13.4.3 says and the engine does: when each token elsewhere
//! that can still come to them can come by a flow on which one has come. As that depends on what
//! happens in between, what needs nobody happens first where there are such gateways, then they join,
//! and then people decide, as in the engine.
//!
//! An activity may be left by an event at its border that interrupts it instead, and one that does not
//! may give a token beside: once is enough to be looked at. What waits for the first of several events
//! goes on by one flow. An error ends its scope as a terminate event does.
//!
//! Activities with conditions on their flows choose as inclusive gateways do. Conditions are not
//! looked at: all choices are possible. Where there are more states than the budget allows, only what
//! has been found until then is told, so that there is no false alarm, and it is said that this is no
//! proof. A subprocess is a node of the scope around it, and is played on its own. A process with several
//! start events is played from each: of what lies behind others alone nothing comes.

mod choices;
mod net;
mod state;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::super::fault::{FaultCode, Faults};
use super::is_start;
use super::scope::Scope;
use net::{Net, Step};
use state::State;

/// The most states that are looked at.
const MAX_STATES: usize = 20_000;
/// The most that all states together may hold, in flows with tokens: bounds memory and time.
const MAX_CELLS: usize = 1_000_000;

/// Faults of gateways that wait for ever, and of loops that make ever more tokens, wherever it begins.
/// Whether those are all: not where there is more to play than the budget allows.
pub(super) fn check(scope: &Scope<'_>, faults: &mut Faults) -> bool {
    let starts: Vec<_> = (0..scope.nodes.len()).filter(|node| is_start(scope.nodes[*node])).collect();
    let share = starts.len().max(1);
    let (mut found, mut is_proof) = (Found::default(), true);
    for start in starts {
        let Some(net) = Net::of(scope, start) else {
            is_proof = false;
            continue;
        };
        let more = play(&net, share);
        is_proof &= net.tries_all() && !more.is_cut_short;
        found.endless.extend(more.endless);
        for (node, missing) in more.waiting {
            found.waiting.entry(node).or_insert(missing);
        }
    }
    for (node, missing) in found.waiting {
        let node = scope.nodes[node];
        let flows: Vec<_> = missing.iter().map(|edge| &*scope.edges[*edge].flow.id).collect();
        let message = if flows.is_empty() {
            "the gateway may wait for ever: for a token that waits for it".to_owned()
        } else {
            format!("the gateway may wait for ever: it can be that no token comes by {}", flows.join(", "))
        };
        faults.add(FaultCode::Deadlock, node, message);
    }
    for edge in found.endless {
        let message = "ever more tokens can gather on this flow: a loop makes more of them than it takes";
        faults.add(FaultCode::EndlessTokens, scope.edges[edge].flow, message);
    }
    is_proof
}

/// What play has found.
#[derive(Debug, Default)]
struct Found {
    /// The joins that wait for ever, with the flows by which no token comes.
    waiting: BTreeMap<usize, BTreeSet<usize>>,
    /// The flows on which tokens gather.
    endless: BTreeSet<usize>,
    /// There are more states than were looked at.
    is_cut_short: bool,
}

/// Plays what begins at one of so many starts, which share the budget.
fn play(net: &Net, share: usize) -> Found {
    let mut found = Found::default();
    let ways = net.first_tokens().iter();
    let mut open: Vec<_> = ways.filter_map(|way| State::default().with(way.iter().copied()).ok()).collect();
    let mut cells: usize = open.iter().map(State::cells).sum();
    let mut seen: HashSet<_> = open.iter().cloned().collect();
    while let Some(state) = open.pop() {
        match net.next(&state) {
            Step::Over => {}
            Step::Stuck(waiting) => {
                for (node, missing) in waiting {
                    found.waiting.entry(node).or_insert(missing);
                }
            }
            Step::Fire { taken, options } => {
                let taken = state.without(&taken);
                for option in options {
                    let next = match taken.with(option.iter().copied()) {
                        Ok(next) => next,
                        Err(edge) => {
                            if net.has_loop() {
                                found.endless.insert(net.edge(edge));
                            }
                            continue;
                        }
                    };
                    cells += next.cells();
                    if seen.len() >= MAX_STATES / share || cells > MAX_CELLS / share {
                        found.is_cut_short = true;
                        return found;
                    }
                    if seen.insert(next.clone()) {
                        open.push(next);
                    }
                }
            }
        }
    }
    found
}
