//! What is waited for beside people: as the state has it, so the database.

use std::collections::BTreeSet;

use super::Seen;
use crate::storage::entity::job;
use crate::workflow::EventKind;
use crate::workflow::execution::{Holder, Waits, Wake};
use crate::workflow::model::NodeKind;

impl Seen<'_> {
    pub(super) fn what_is_waited_for_is_known(&self) {
        let in_state: BTreeSet<_> = self
            .state
            .subscriptions
            .iter()
            .filter_map(|one| {
                let (kind, name, due_at) = match &one.wake {
                    Wake::Timer { at, .. } => (EventKind::Timer, None, Some(*at)),
                    Wake::Message { name } => (EventKind::Message, Some(name.clone()), None),
                    Wake::Signal { name } => (EventKind::Signal, Some(name.clone()), None),
                    Wake::Condition { .. } => return None,
                };
                Some((one.id, one.node.to_string(), kind.as_str().to_owned(), name, due_at))
            })
            .collect();
        let mine = self.books.subscriptions.iter().filter(|row| row.instance_id == self.instance.id);
        let in_books: BTreeSet<_> = mine
            .map(|row| (row.id, row.node_id.clone(), row.kind.clone(), row.name.clone(), row.due_at))
            .collect();
        assert_eq!(in_state, in_books, "what is waited for stands in the database");
        for one in &self.state.subscriptions {
            let is_held = match one.holder {
                Holder::Token(id) => self.state.token(id).is_some(),
                Holder::Scope(id) => id == 0 || self.state.scope(id).is_some(),
            };
            assert!(is_held, "nobody waits for {one:?}");
        }
        let holds = |id: u32, node: Option<&str>| {
            self.state.subscriptions.iter().any(|one| {
                one.holder == Holder::Token(id) && node.is_none_or(|node| one.node.as_ref() == node)
            })
        };
        for token in &self.state.tokens {
            if token.waits == Waits::Event {
                assert!(holds(token.id, None), "{} waits for nothing", token.node);
            }
            for event in self.model().boundaries_of(&token.node).filter(|_| !token.is_body) {
                let NodeKind::Boundary(boundary) = &event.kind else { continue };
                if boundary.is_interrupting && !boundary.trigger.is_thrown() {
                    assert!(holds(token.id, Some(&event.id)), "{} is not waited for", event.id);
                }
            }
        }
    }

    /// Each subscription is of a node that its holder stands at, and each holder has those that it needs.
    pub(super) fn who_waits_for_what_is_drawn(&self) {
        let model = self.model();
        for one in &self.state.subscriptions {
            let node = model.node(&one.node).unwrap();
            let fits = match one.holder {
                Holder::Token(id) => {
                    let token = self.state.token(id).unwrap();
                    let at = model.node(&token.node).unwrap();
                    match &node.kind {
                        NodeKind::Boundary(boundary) => boundary.host == token.node && !token.is_body,
                        NodeKind::Catch(_) => {
                            let behind = |flow| model.flows[flow].target == one.node;
                            token.waits == Waits::Event
                                && (token.node == one.node || at.outgoing.iter().any(behind))
                        }
                        NodeKind::Receive(_) => token.waits == Waits::Event && token.node == one.node,
                        NodeKind::User(_) => {
                            matches!(token.waits, Waits::People { .. }) && token.node == one.node
                        }
                        _ => false,
                    }
                }
                Holder::Scope(id) => {
                    let owner =
                        self.state.scope(id).map(|scope| &self.state.token(scope.owner).unwrap().node);
                    let around = node.parent.as_ref().and_then(|inner| model.node(inner)?.parent.as_ref());
                    matches!(node.kind, NodeKind::EventStart(_)) && around == owner
                }
            };
            assert!(fits, "{one:?} is not waited for there: {:?}", self.state.tokens);
        }
        let names = |token: u32| {
            let held = self.state.subscriptions.iter().filter(|one| one.holder == Holder::Token(token));
            held.map(|one| one.node.to_string()).collect::<BTreeSet<_>>()
        };
        for token in &self.state.tokens {
            let node = model.node(&token.node).unwrap();
            match &node.kind {
                NodeKind::EventBased => {
                    let behind = node.outgoing.iter().map(|flow| model.flows[flow].target.to_string());
                    assert_eq!(
                        names(token.id),
                        behind.collect(),
                        "each event behind {} is waited for",
                        node.id
                    );
                }
                NodeKind::Catch(_) | NodeKind::Receive(_) if token.waits == Waits::Event => {
                    assert!(names(token.id).contains(&*token.node), "{} is waited for", node.id);
                }
                _ => {}
            }
        }
    }

    /// A token waits for each job that has not ended, and for no other.
    pub(super) fn what_machines_do_is_known(&self) {
        let mine = self.books.jobs.iter().filter(|row| row.instance_id == self.instance.id);
        // A call whose answer nobody waits for is made all the same.
        let is_awaited = |row: &&job::Model| !row.inputs.contains(r#""wait":"NOTHING""#);
        let open = mine.filter(|row| row.finished_at.is_none()).filter(is_awaited);
        let in_books: BTreeSet<_> = open.map(|row| (row.id, row.node_id.clone(), row.activity_id)).collect();
        let waiting = self.state.tokens.iter().filter_map(|token| match token.waits {
            Waits::Job { job } => Some((job, token.node.to_string(), token.activity.unwrap())),
            _ => None,
        });
        assert_eq!(waiting.collect::<BTreeSet<_>>(), in_books, "each job is waited for");
        for row in self.books.jobs.iter().filter(|row| row.instance_id == self.instance.id) {
            let is_failed = row.status == "FAILED";
            let about = self.books.incidents.iter().filter(|one| one.job_id == Some(row.id));
            let open = about.filter(|one| one.resolved_at.is_none()).count();
            assert_eq!(open, usize::from(is_failed), "a job that has failed has an incident: {row:?}");
        }
    }
}
