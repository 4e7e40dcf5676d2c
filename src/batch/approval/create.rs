//! Creating a batch of approvals: its tasks are held for it as it is written, portion by portion.

use std::collections::{BTreeSet, HashSet};

use sea_orm::{ActiveModelTrait as _, DatabaseTransaction, NotSet, Set};
use serde_json::{Map, Value, json};
use uuid::{NoContext, Timestamp, Uuid};

use super::{APPROVAL_KIND, ApprovalNode, store};
use crate::account::check_key;
use crate::batch::idempotency::{self, Key, Remembered};
use crate::batch::rules::sorted;
use crate::batch::{Batch, BatchKind, Batches, Created};
use crate::engine::{EndedItem, Enqueuing, NewItem, NewRun};
use crate::kernel::{Actor, Fault};
use crate::storage::entity::batch;
use crate::storage::idempotency::hash as hash_of;
use crate::workflow::{BulkDecision, BulkItem, BulkVerdict, Held, TaskFilter};

/// The mutation whose keys these are.
const MUTATION: &str = "createApprovalBatch";
/// The most tasks of a batch.
pub const MAX_TASKS: usize = 100_000;
/// How many tasks are looked at, held and written at a time.
const PORTION: usize = 1_000;
/// Before pictures: somebody has decided, and others wait for it.
const PRIORITY: i16 = 10;
/// How many are decided at once, over all replicas.
const CONCURRENCY: u32 = 1_024;

/// Which tasks are to be decided.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskChoice {
    /// These: 1 to 100,000. What is listed twice is decided once.
    Tasks(Vec<Uuid>),
    /// All that a list with this filter would have: 1 to 100,000.
    Filter(Box<TaskFilter>),
}

/// A decision that a caller makes of many tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateApprovalBatch {
    /// Of which.
    pub tasks: TaskChoice,
    /// What is decided.
    pub verdict: BulkVerdict,
    /// Why.
    pub comment: Option<String>,
    /// What goes into the forms of all of them.
    pub form_data: Map<String, Value>,
    /// The signature: one of the caller's files.
    pub signature: Option<Uuid>,
    /// Makes a repeated call answer the same batch: 1 to 255 characters, the user's own.
    pub idempotency_key: Option<String>,
}

impl Batches {
    /// Creates a batch that decides tasks, and holds those that can be decided. The others are in it at once
    /// as FAILED or IGNORED, with the reason.
    ///
    /// # Errors
    /// `BAD_INPUT` at `taskIds` or `filter` for none or more than 100,000 tasks, at `comment`, `formData`,
    /// `signature` or `idempotencyKey` for what is wrong there; `CONFLICT` where the idempotency key was used
    /// with another input.
    pub async fn create_approvals(
        &self,
        actor: &Actor,
        create: CreateApprovalBatch,
    ) -> Result<Created, Fault> {
        check(&create)?;
        let now = self.inner.clock.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        let id = Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()));
        let mut decision = BulkDecision {
            batch: id,
            user_id: actor.user_id.clone(),
            name: actor.name.clone(),
            role: actor.role,
            verdict: create.verdict,
            comment: create.comment.clone(),
            form_data: create.form_data.clone(),
            signature: create.signature,
        };
        self.inner.workflow.check_bulk(&mut decision).await?;
        let hash = create.idempotency_key.as_ref().map(|_| hash(&create));
        let key = create.idempotency_key.as_deref().zip(hash.as_deref()).map(|(key, input_hash)| Key {
            user_id: &actor.user_id,
            mutation: MUTATION,
            key,
            input_hash,
        });
        let tx = self.inner.db.begin().await?;
        // One at a time a user from here on: what is read now holds until the commit.
        self.inner.accounts.lock_own_in_op(&tx, actor).await?;
        if let Some(key) = key
            && let Some(remembered) = idempotency::find(&tx, key).await?
        {
            tx.rollback().await?;
            return self.repeat(remembered).await;
        }
        let run = NewRun {
            id,
            kind: APPROVAL_KIND,
            priority: PRIORITY,
            concurrency: CONCURRENCY,
            max_attempts: self.inner.config.max_attempts,
            context: serde_json::to_string(&decision).map_err(Fault::internal)?,
        };
        let mut writing = Writing {
            batches: self,
            decision: &decision,
            run: self.inner.engine.begin_in_op(&tx, run).await?,
            seen: HashSet::new(),
            nodes: BTreeSet::new(),
            count: 0,
        };
        match &create.tasks {
            TaskChoice::Tasks(tasks) => writing.tasks_in_op(&tx, tasks).await?,
            TaskChoice::Filter(filter) => writing.filtered_in_op(&tx, actor, filter).await?,
        }
        let Writing { run, nodes, count, .. } = writing;
        let run = run.finish_in_op(&tx).await?;
        let row = batch::ActiveModel {
            number: NotSet,
            id: Set(id),
            kind: Set(BatchKind::Approval.as_str().to_owned()),
            created_by: Set(actor.user_id.clone()),
            feature_key: Set(None),
            input_data: Set(None),
            item_cost: Set(0),
            quota_cost: Set(0),
            quota_refunded: Set(0),
            created_at: Set(now),
        };
        let row = row.insert(&tx).await?;
        store::insert_in_op(&tx, &decision, &nodes).await?;
        if let Some(key) = key {
            idempotency::remember_in_op(&tx, key, Remembered { batch: id, quota_cost: 0 }, now).await?;
        }
        tx.commit().await?;
        self.inner.engine.announce_work();
        tracing::info!(batch = %id, number = row.number, items = count, user = %actor.user_id, "approval batch created");
        Ok(Created { batch: Batch { row, run: run.into() }, quota_cost: 0 })
    }
}

/// A batch that is being written.
struct Writing<'a> {
    batches: &'a Batches,
    decision: &'a BulkDecision,
    run: Enqueuing,
    seen: HashSet<Uuid>,
    nodes: BTreeSet<ApprovalNode>,
    count: usize,
}

impl Writing<'_> {
    async fn tasks_in_op(&mut self, tx: &DatabaseTransaction, tasks: &[Uuid]) -> Result<(), Fault> {
        for portion in tasks.chunks(PORTION) {
            self.portion_in_op(tx, portion).await?;
        }
        Ok(())
    }

    async fn filtered_in_op(
        &mut self,
        tx: &DatabaseTransaction,
        actor: &Actor,
        filter: &TaskFilter,
    ) -> Result<(), Fault> {
        let (workflow, mut after) = (&self.batches.inner.workflow, None);
        loop {
            let (ids, next) = workflow.task_ids(actor, filter, after, PORTION as u64).await?;
            if self.count + ids.len() > MAX_TASKS {
                return Err(too_many("filter"));
            }
            self.portion_in_op(tx, &ids).await?;
            match next {
                Some(next) => after = Some(next),
                None if self.count == 0 => return Err(Fault::bad_input("filter", "no task matches this")),
                None => return Ok(()),
            }
        }
    }

    async fn portion_in_op(&mut self, tx: &DatabaseTransaction, ids: &[Uuid]) -> Result<(), Fault> {
        let is_new: Vec<bool> = ids.iter().map(|id| self.seen.insert(*id)).collect();
        let new: Vec<_> = ids.iter().zip(&is_new).filter(|(_, is_new)| **is_new).map(|(id, _)| *id).collect();
        let mut held = self.batches.inner.workflow.hold_in_op(tx, self.decision, &new).await?.into_iter();
        let mut items = Vec::with_capacity(ids.len());
        for (id, is_new) in ids.iter().zip(is_new) {
            let one = if is_new { held.next() } else { None };
            if let Some(node) = one.as_ref().and_then(|one| one.node.clone()) {
                let (definition_key, node_id, name) = node;
                self.nodes.insert(ApprovalNode { definition_key, node_id, name });
            }
            items.push(item(*id, one)?);
        }
        self.count += items.len();
        Ok(self.run.add_in_op(tx, items).await?)
    }
}

/// The item of a task; `held` is none of what stands before it in the batch.
fn item(task: Uuid, held: Option<Held>) -> Result<NewItem, Fault> {
    let (item, ended) = match held {
        Some(held) => (held.item, held.refused),
        None => {
            let twice = EndedItem::ignored("LISTED_TWICE", "this task is in the batch already");
            (BulkItem { task, instance: None, root: None }, Some(twice))
        }
    };
    Ok(NewItem { input: serde_json::to_string(&item).map_err(Fault::internal)?, ended })
}

fn check(create: &CreateApprovalBatch) -> Result<(), Fault> {
    create.idempotency_key.as_deref().map_or(Ok(()), check_key)?;
    match &create.tasks {
        TaskChoice::Tasks(tasks) if tasks.is_empty() => {
            Err(Fault::bad_input("taskIds", "name at least one task"))
        }
        TaskChoice::Tasks(tasks) if tasks.len() > MAX_TASKS => Err(too_many("taskIds")),
        _ => Ok(()),
    }
}

fn too_many(field: &str) -> Fault {
    Fault::bad_input(field, format!("at most {MAX_TASKS} tasks in one batch"))
}

fn hash(create: &CreateApprovalBatch) -> String {
    let tasks = match &create.tasks {
        TaskChoice::Tasks(tasks) => json!(tasks).to_string(),
        TaskChoice::Filter(filter) => format!("{filter:?}"),
    };
    let rest = json!([create.verdict, create.comment, create.form_data, create.signature]);
    hash_of(&[&tasks, &sorted(&rest).to_string()])
}
