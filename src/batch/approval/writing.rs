//! Writing the items of a batch of approvals, portion by portion, each of its tasks held for it.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::ApprovalNode;
use super::item::{LISTED_TWICE, Wanted};
use crate::engine::{EndedItem, Enqueuing};
use crate::kernel::Fault;
use crate::workflow::{BulkDecision, Held, Workflow};

/// How many tasks are looked at, held and written at a time.
pub(super) const PORTION: usize = 1_000;

/// A batch that is being written.
pub(super) struct Writing<'a> {
    pub workflow: &'a Workflow,
    pub decision: &'a BulkDecision,
    pub run: Enqueuing,
    /// The tasks that it has.
    pub seen: HashSet<Uuid>,
    /// Their nodes.
    pub nodes: BTreeSet<ApprovalNode>,
    /// How many items it has.
    pub count: usize,
}

impl Writing<'_> {
    /// Writes some more.
    pub async fn portion_in_op(
        &mut self,
        tx: &DatabaseTransaction,
        mut portion: Vec<Wanted>,
    ) -> Result<(), Fault> {
        for wanted in &mut portion {
            let task = wanted.input.item.as_ref().map(|item| item.task);
            if task.is_some_and(|task| !self.seen.insert(task)) && wanted.refused.is_none() {
                wanted.refused = Some(EndedItem::ignored(LISTED_TWICE, "this task is in the batch already"));
            }
        }
        let free = portion.iter().filter(|wanted| wanted.refused.is_none());
        let free = free.filter_map(|wanted| wanted.input.item.clone()).collect();
        let held = self.workflow.hold_in_op(tx, self.decision, free).await?;
        let mut held: HashMap<_, Held> = held.into_iter().map(|one| (one.item.task, one)).collect();
        let mut items = Vec::with_capacity(portion.len());
        for mut wanted in portion {
            let task = wanted.input.item.as_ref().map(|item| item.task);
            let one = task.filter(|_| wanted.refused.is_none()).and_then(|task| held.remove(&task));
            if let Some(Held { item, node, refused }) = one {
                let node = node.map(|(definition_key, node_id, name)| ApprovalNode {
                    definition_key,
                    node_id,
                    name,
                });
                self.nodes.extend(node);
                wanted.input.item = Some(item);
                wanted.refused = refused;
            }
            items.push(wanted.into_item()?);
        }
        self.count += items.len();
        Ok(self.run.add_in_op(tx, items).await?)
    }
}
