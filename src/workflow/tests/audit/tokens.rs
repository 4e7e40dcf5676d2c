//! Tokens: each where something waits for it, none lost and none doubled.

use std::collections::{BTreeSet, HashSet};

use super::Seen;
use crate::workflow::execution::{Token, Waits};
use crate::workflow::model::NodeKind;
use crate::workflow::status::TaskStatus;

impl Seen<'_> {
    pub(super) fn tokens_have_their_entries(&self) {
        let tokens: BTreeSet<_> = self
            .state
            .tokens
            .iter()
            .map(|token| (token.activity, i64::from(token.id), token.node.to_string()))
            .collect();
        let open: BTreeSet<_> = self
            .books
            .activities
            .iter()
            .filter(|one| one.instance_id == self.instance.id && one.left_at.is_none())
            .map(|one| (Some(one.id), i64::from(one.token), one.node_id.clone()))
            .collect();
        assert_eq!(tokens, open, "each token has its open entry");
        let numbers: BTreeSet<_> = self.state.tokens.iter().map(|token| token.id).collect();
        assert_eq!(numbers.len(), self.state.tokens.len(), "no token is doubled");
        assert!(numbers.iter().all(|number| *number < self.state.next));
        for token in &self.state.tokens {
            let node = self.definition.model.node(&token.node).expect("a token is at a node");
            let is_said = |name: &String| node.own.inputs.iter().any(|input| input.target == *name);
            assert!(token.locals.keys().all(is_said), "what is a token's own its node says: {token:?}");
            assert!(!matches!(token.waits, Waits::Scopes { .. }) || token.locals.is_empty());
        }
        let is_over = self.status().is_final();
        assert_eq!(is_over, self.state.tokens.is_empty(), "an instance has tokens until it ends");
        if is_over {
            assert!(
                self.tasks.iter().all(|task| task.finished_at.is_some()),
                "nothing is open after the end"
            );
            assert!(self.state.scopes.is_empty() && self.state.undo.is_empty());
        }
        for task in self.tasks.iter().filter(|task| task.finished_at.is_none()) {
            let token = self.state.waiting_at(task.activity_id);
            let waits = token.is_some_and(|token| matches!(token.waits, Waits::People { .. }));
            assert!(waits, "a token waits for each open task");
        }
        assert!(self.tasks.iter().all(|task| task.revision <= self.instance.revision));
    }

    pub(super) fn scopes_hang_together(&self) {
        for scope in &self.state.scopes {
            let owner = self.state.token(scope.owner).expect("each scope has its owner");
            assert!(matches!(owner.waits, Waits::Scopes { .. }), "who owns a scope waits for it");
            assert_eq!(owner.scope, scope.outer);
            assert!(self.state.tokens_in(scope.id).next().is_some(), "no scope is empty");
        }
        for token in &self.state.tokens {
            assert!(token.scope == 0 || self.state.scope(token.scope).is_some(), "each token has its scope");
            let owned = u32::try_from(self.state.scopes_of(token.id).count()).unwrap();
            match &token.waits {
                Waits::Scopes { repeat: None } => assert_eq!(owned, 1),
                Waits::Scopes { repeat: Some(repeat) } => {
                    assert!(owned > 0 && owned == repeat.started - repeat.completed, "bodies are counted");
                    let waiting = u32::try_from(repeat.waiting.len()).unwrap();
                    assert!(repeat.total.is_none_or(|total| total == repeat.started + waiting));
                }
                _ => assert_eq!(owned, 0),
            }
        }
    }

    /// No instance is dead: whatever waits waits for somebody who can go on.
    pub(super) fn somebody_can_go_on(&self) {
        for token in &self.state.tokens {
            match &token.waits {
                Waits::Nothing { .. } => panic!("a token rests only where it waits: {token:?}"),
                Waits::People { round } => {
                    let activity = token.activity.unwrap();
                    let asked = self.tasks.iter().any(|task| {
                        task.activity_id == activity
                            && task.status == TaskStatus::Running.code()
                            && !self.books.principals_of(task).is_empty()
                    });
                    assert!(asked, "nobody is asked at {}: {round:?} {:?}", token.node, self.tasks);
                }
                // What it waits for is looked at apart.
                Waits::Event => {}
                Waits::Join { .. } | Waits::Child { .. } | Waits::Scopes { .. } | Waits::Job { .. } => {}
            }
        }
    }

    /// Each flow for which a join still waits can be come by.
    pub(super) fn joins_can_still_fire(&self) {
        for token in &self.state.tokens {
            let Waits::Join { by } = &token.waits else { continue };
            let node = self.model().node(&token.node).unwrap();
            let others = || {
                let same = self.state.tokens_in(token.scope);
                same.filter(|other| other.node != token.node)
            };
            let here = self.state.tokens_in(token.scope).filter(|other| other.node == token.node);
            let come: HashSet<_> = here
                .filter_map(|other| match &other.waits {
                    Waits::Join { by } => Some(by.clone()),
                    _ => None,
                })
                .collect();
            assert!(come.contains(by));
            if matches!(node.kind, NodeKind::Inclusive) {
                let awaited = others().any(|other| !self.flows_into(other, &token.node).is_empty());
                assert!(awaited, "the join {} waits for nobody: {:?}", node.id, self.state.tokens);
                continue;
            }
            for flow in node.incoming.iter().filter(|flow| !come.contains(*flow)) {
                let awaited =
                    others().any(|other| self.flows_into(other, &token.node).contains(flow.as_ref()));
                assert!(awaited, "nobody can come by {flow}: {:?}", self.state.tokens);
            }
        }
    }

    /// The flows by which a token can come to a node without having passed it.
    fn flows_into(&self, token: &Token, to: &str) -> HashSet<&str> {
        let (mut found, mut seen, mut ahead) = (HashSet::new(), HashSet::new(), vec![token.node.as_ref()]);
        while let Some(node) = ahead.pop().and_then(|id| self.model().node(id)) {
            for flow in node.outgoing.iter().map(|flow| &self.model().flows[flow]) {
                if flow.target.as_ref() == to {
                    found.insert(flow.id.as_ref());
                } else if seen.insert(flow.target.as_ref()) {
                    ahead.push(flow.target.as_ref());
                }
            }
        }
        found
    }
}
