//! Making a batch: which tasks can be decided in it, and holding them.

use std::collections::HashMap;
use std::time::Duration;

use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{BulkAnswer, BulkDecision, BulkItem, store};
use crate::engine::EndedItem;
use crate::kernel::{Actor, Fault, PageRequest, Place};
use crate::workflow::task::{TaskFilter, TaskOrder};
use crate::workflow::{Confirming, Workflow, form, variable};

/// How often a task is looked at again that somebody is changing, and how long between.
const LOOKS: usize = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// A task of a batch to be.
#[derive(Debug, Clone)]
pub struct Held {
    /// The task.
    pub item: BulkItem,
    /// The key of its process, its node, and what that is called; none of what nobody may see.
    pub node: Option<(String, String, String)>,
    /// Why it is not held; none: it is.
    pub refused: Option<EndedItem>,
}

impl Workflow {
    /// What is wrong with an answer before its task is looked at. What it says is trimmed.
    ///
    /// # Errors
    /// `BAD_INPUT` at `comment` or `formData`.
    pub fn check_answer(&self, mut answer: BulkAnswer) -> Result<BulkAnswer, Fault> {
        answer.comment = crate::workflow::task::said("comment", answer.comment.take())?;
        variable::check_names("formData", &answer.form_data)?;
        form::check_size("formData", &answer.form_data)?;
        Ok(answer)
    }

    /// What is wrong with what comes with many decisions of an actor.
    ///
    /// # Errors
    /// `BAD_INPUT` at `signature`; `FORBIDDEN` at `twoFactorTicket` for a ticket that is not good.
    pub async fn check_bulk(
        &self,
        actor: &Actor,
        signature: Option<Uuid>,
        two_factor_ticket: Option<&str>,
    ) -> Result<(), Fault> {
        self.signature(actor, signature).await?;
        match two_factor_ticket {
            Some(ticket) => self.inner.second_factor.check(actor, Confirming::Batch, ticket).await,
            None => Ok(()),
        }
    }

    /// The next tasks of a filter behind one, in the order in which they were made: at most so many.
    ///
    /// # Errors
    /// As [`tasks`](Workflow::tasks).
    pub async fn task_ids(
        &self,
        actor: &Actor,
        filter: &TaskFilter,
        after: Option<String>,
        most: u64,
    ) -> Result<(Vec<Uuid>, Option<String>), Fault> {
        let page = PageRequest { limit: most, backwards: false, after, before: None };
        let order = TaskOrder { is_ascending: true, ..TaskOrder::default() };
        let page = self.tasks(actor, filter, order, &page).await?;
        let ids: Vec<_> = page.edges.iter().map(|edge| edge.node.id).collect();
        let next = page.edges.last().filter(|_| page.has_next).map(|edge| match &edge.place {
            Place::Text(text) => text.clone(),
            Place::Number(number) => number.to_string(),
        });
        Ok((ids, next))
    }

    /// Holds tasks for a batch, as far as they can be decided: open, the actor's, of nodes that allow it, not
    /// suspended, complete with what comes with the decision, and held by nobody else. They come in the
    /// order of `items`, whose tasks are all different; those that somebody is changing are marked `unheld`.
    ///
    /// # Errors
    /// The database's.
    pub async fn hold_in_op(
        &self,
        tx: &DatabaseTransaction,
        decision: &BulkDecision,
        items: Vec<BulkItem>,
    ) -> Result<Vec<Held>, Fault> {
        let mut held = self.look_at_many(tx, decision, items).await?;
        let wanted = held.iter().filter(|one| one.refused.is_none()).map(|one| one.item.clone()).collect();
        let lost = self.hold_free_in_op(tx, decision, wanted).await?;
        for one in &mut held {
            if let Some(refused) = lost.get(&one.item.task) {
                one.refused.clone_from(refused);
                one.item.unheld = refused.is_none();
            }
        }
        Ok(held)
    }

    /// Holds those that can be held; why the others are not, or none where somebody is changing them: another
    /// batch that is being made, as likely as not.
    async fn hold_free_in_op(
        &self,
        tx: &DatabaseTransaction,
        decision: &BulkDecision,
        mut missing: Vec<BulkItem>,
    ) -> Result<HashMap<Uuid, Option<EndedItem>>, Fault> {
        let ids = |items: &[BulkItem]| items.iter().map(|item| item.task).collect::<Vec<_>>();
        for look in 0..LOOKS {
            let held = store::hold_in_op(tx, decision.batch, ids(&missing)).await?;
            missing.retain(|item| !held.contains(&item.task));
            if missing.is_empty() {
                return Ok(HashMap::new());
            }
            if look + 1 == LOOKS || store::still_free(tx, ids(&missing)).await?.is_empty() {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        // What has come between, in its own words.
        let actor = decision.actor();
        let around = self.around(tx, decision, &actor, &missing).await?;
        let mut refused = HashMap::with_capacity(missing.len());
        for item in missing {
            refused.insert(item.task, self.refusal_of(&around, decision, &actor, &item)?);
        }
        Ok(refused)
    }

    /// Lets go of those of the tasks that a batch holds, in the caller's transaction.
    ///
    /// # Errors
    /// The database's.
    pub async fn let_go_of_in_op(
        &self,
        tx: &DatabaseTransaction,
        batch: Uuid,
        tasks: Vec<Uuid>,
    ) -> Result<(), sea_orm::DbErr> {
        store::let_go_of(tx, batch, tasks).await
    }

    /// Lets go of everything that a batch holds, in the caller's transaction; how many tasks.
    ///
    /// # Errors
    /// The database's.
    pub async fn let_go_in_op(&self, tx: &DatabaseTransaction, batch: Uuid) -> Result<u64, sea_orm::DbErr> {
        store::let_go_of_all(tx, batch).await
    }
}
