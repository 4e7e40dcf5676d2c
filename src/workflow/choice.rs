//! Approvers that somebody chooses for nodes whose model leaves that to them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Workflow;
use super::definition::Definition;
use crate::kernel::Fault;

/// The most processes that are looked through for nodes whose approvers may be chosen.
const MAX_CALLED: usize = 50;

impl Workflow {
    /// Whether somebody who leaves `from` may choose for each of the nodes: those of the process itself,
    /// and those of the processes that it can still call by their keys, in their newest versions.
    ///
    /// # Errors
    /// `BAD_INPUT` at `approvers` and the first node that is not theirs to choose for.
    pub(super) async fn check_choice(
        &self,
        definition: &Arc<Definition>,
        from: &str,
        chosen: &Map<String, Value>,
    ) -> Result<(), Fault> {
        let mut left: BTreeSet<&str> = chosen.keys().map(String::as_str).collect();
        for node in definition.model.may_choose(from) {
            left.remove(&*node.id);
        }
        if left.is_empty() {
            return Ok(());
        }
        let is_starter = definition.model.is_start(from);
        let mut calls: Vec<String> =
            definition.model.calls_ahead(from).into_iter().map(str::to_owned).collect();
        let mut seen = HashSet::new();
        while let Some(key) = calls.pop().filter(|_| !left.is_empty() && seen.len() < MAX_CALLED) {
            if !seen.insert(key.clone()) {
                continue;
            }
            let Some(called) = self.inner.definitions.find(&key, None).await? else { continue };
            let Some(start) = called.model.start_by_hand() else { continue };
            for node in called.model.may_choose_as(&start.id, is_starter) {
                left.remove(&*node.id);
            }
            calls.extend(called.model.calls_ahead(&start.id).into_iter().map(str::to_owned));
        }
        match left.first() {
            None => Ok(()),
            Some(node) => Err(Fault::bad_input(
                format!("approvers.{node}"),
                "this node's approvers are not yours to choose",
            )),
        }
    }
}
