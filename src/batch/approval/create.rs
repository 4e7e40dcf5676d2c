//! Creating a batch of approvals: its tasks are held for it as it is written.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use sea_orm::{ActiveModelTrait as _, DatabaseTransaction, NotSet, Set};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::item::Wanted;
use super::writing::{PORTION, Writing};
use super::{APPROVAL_KIND, store};
use crate::account::check_key;
use crate::batch::idempotency::{self, Key, Remembered};
use crate::batch::rules::{new_id, sorted};
use crate::batch::{Batch, BatchKind, Batches, Created};
use crate::engine::NewRun;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::batch;
use crate::storage::idempotency::hash as hash_of;
use crate::workflow::{BulkAnswer, BulkDecision, BulkItem, BulkVerdict, TaskFilter};

/// The most tasks of a batch.
pub const MAX_TASKS: usize = 100_000;
/// Before pictures: somebody has decided, and others wait for it.
const PRIORITY: i16 = 10;
/// The most attempts at one: however often replicas are lost, nothing is decided twice.
const MAX_ATTEMPTS: u32 = 10;
/// How many are in hand at once, over all replicas: those that share transactions, and those behind them.
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
    /// What goes with it.
    pub papers: BulkPapers,
}

/// Decisions that a caller has made in a sheet, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateApprovalBatchFromSheet {
    /// The sheet: one of the caller's files.
    pub file: Uuid,
    /// What goes with all of them.
    pub papers: BulkPapers,
}

/// What goes with many decisions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BulkPapers {
    /// The signature: one of the caller's files.
    pub signature: Option<Uuid>,
    /// Shows that they have confirmed it by a second factor; looked at once, for all of them.
    pub two_factor_ticket: Option<String>,
    /// Makes a repeated call answer the same batch: 1 to 255 characters, the user's own.
    pub idempotency_key: Option<String>,
}

/// Where the tasks of a batch come from.
enum Source {
    Tasks(Vec<Uuid>),
    Filter(Box<TaskFilter>),
    Rows(Vec<Wanted>),
}

/// A batch to be, with everything looked at that needs no lock.
struct Checked<'a> {
    actor: &'a Actor,
    answer: Option<Arc<BulkAnswer>>,
    papers: &'a BulkPapers,
    source: Source,
    /// The sheet that it comes from.
    sheet: Option<Uuid>,
    key: Option<Key<'a>>,
}

impl Batches {
    /// Creates a batch that decides tasks, and holds those that can be decided. The others are in it at once
    /// as FAILED or IGNORED, with the reason.
    ///
    /// # Errors
    /// `BAD_INPUT` at `taskIds` or `filter` for none or more than 100,000 tasks, at `comment`, `formData`,
    /// `signature` or `idempotencyKey` for what is wrong there; `FORBIDDEN` at `twoFactorTicket` for one that
    /// is not good; `CONFLICT` where the idempotency key was used with another input.
    pub async fn create_approvals(
        &self,
        actor: &Actor,
        create: CreateApprovalBatch,
    ) -> Result<Created, Fault> {
        const MUTATION: &str = "createApprovalBatch";
        check(&create.tasks)?;
        let hash = hash(&create);
        let CreateApprovalBatch { tasks, verdict, comment, form_data, papers } = create;
        let answer = self.inner.workflow.check_answer(BulkAnswer { verdict, comment, form_data })?;
        let key = key_of(actor, MUTATION, &papers, &hash)?;
        if let Some(created) = self.created_before(key).await? {
            return Ok(created);
        }
        let source = match tasks {
            TaskChoice::Tasks(tasks) => Source::Tasks(tasks),
            TaskChoice::Filter(filter) => Source::Filter(filter),
        };
        let answer = Some(Arc::new(answer));
        self.write_approvals(Checked { actor, answer, papers: &papers, source, sheet: None, key }).await
    }

    /// Creates a batch that decides tasks as a sheet says, row by row. Rows without a decision are left out;
    /// those that cannot be read are in it as FAILED.
    ///
    /// # Errors
    /// `BAD_INPUT` at `fileId` for a file that is no such sheet or decides nothing, and as
    /// [`create_approvals`](Self::create_approvals).
    pub async fn create_approvals_from_sheet(
        &self,
        actor: &Actor,
        create: CreateApprovalBatchFromSheet,
    ) -> Result<Created, Fault> {
        const MUTATION: &str = "createApprovalBatchFromSheet";
        let CreateApprovalBatchFromSheet { file, papers } = create;
        let hash = hash_of(&[&file.to_string(), &json!(papers.signature).to_string()]);
        let key = key_of(actor, MUTATION, &papers, &hash)?;
        if let Some(created) = self.created_before(key).await? {
            return Ok(created);
        }
        let sheet = self.read_sheet(actor, file).await?;
        let wanted = self.answers(actor, &sheet.rows).await?;
        drop(sheet);
        if wanted.is_empty() {
            let message = "no row of the sheet has a decision: write APPROVE or REJECT into that column";
            return Err(Fault::bad_input("fileId", message));
        }
        let (source, sheet) = (Source::Rows(wanted), Some(file));
        self.write_approvals(Checked { actor, answer: None, papers: &papers, source, sheet, key }).await
    }

    async fn created_before(&self, key: Option<Key<'_>>) -> Result<Option<Created>, Fault> {
        let Some(key) = key else { return Ok(None) };
        match idempotency::find(self.inner.db.reader(), key).await? {
            Some(remembered) => self.repeat(remembered).await.map(Some),
            None => Ok(None),
        }
    }

    async fn write_approvals(&self, checked: Checked<'_>) -> Result<Created, Fault> {
        let Checked { actor, papers, key, .. } = checked;
        // Whoever checks tickets is asked with nothing locked.
        self.inner.workflow.check_bulk(actor, papers.signature, papers.two_factor_ticket.as_deref()).await?;
        let now = self.inner.clock.now();
        let id = new_id(now);
        let decision = BulkDecision {
            batch: id,
            user_id: actor.user_id.clone(),
            name: actor.name.clone(),
            role: actor.role,
            answer: checked.answer,
            signature: papers.signature,
            confirmed: papers.two_factor_ticket.is_some(),
        };
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
            max_attempts: MAX_ATTEMPTS,
            context: serde_json::to_string(&decision).map_err(Fault::internal)?,
        };
        let mut writing = Writing {
            workflow: &self.inner.workflow,
            decision: &decision,
            run: self.inner.engine.begin_in_op(&tx, run).await?,
            seen: HashSet::new(),
            nodes: BTreeSet::new(),
            count: 0,
        };
        match checked.source {
            Source::Tasks(tasks) => {
                for portion in tasks.chunks(PORTION) {
                    let portion = portion.iter().map(|task| Wanted::task(BulkItem::of(*task))).collect();
                    writing.portion_in_op(&tx, portion).await?;
                }
            }
            Source::Filter(filter) => filtered_in_op(&mut writing, &tx, actor, &filter).await?,
            Source::Rows(wanted) => {
                for portion in wanted.chunks(PORTION) {
                    writing.portion_in_op(&tx, portion.to_vec()).await?;
                }
            }
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
        store::insert_in_op(&tx, &decision, checked.sheet, &nodes).await?;
        if let Some(key) = key {
            idempotency::remember_in_op(&tx, key, Remembered { batch: id, quota_cost: 0 }, now).await?;
        }
        tx.commit().await?;
        self.inner.engine.announce_work();
        tracing::info!(batch = %id, number = row.number, items = count, user = %actor.user_id, "approval batch created");
        Ok(Created { batch: Batch { row, run: run.into() }, quota_cost: 0 })
    }
}

async fn filtered_in_op(
    writing: &mut Writing<'_>,
    tx: &DatabaseTransaction,
    actor: &Actor,
    filter: &TaskFilter,
) -> Result<(), Fault> {
    let mut after = None;
    loop {
        let (ids, next) = writing.workflow.task_ids(actor, filter, after, PORTION as u64).await?;
        if writing.count + ids.len() > MAX_TASKS {
            return Err(too_many("filter"));
        }
        let portion = ids.into_iter().map(|task| Wanted::task(BulkItem::of(task))).collect();
        writing.portion_in_op(tx, portion).await?;
        match next {
            Some(next) => after = Some(next),
            None if writing.count == 0 => return Err(Fault::bad_input("filter", "no task matches this")),
            None => return Ok(()),
        }
    }
}

fn key_of<'a>(
    actor: &'a Actor,
    mutation: &'static str,
    papers: &'a BulkPapers,
    input_hash: &'a str,
) -> Result<Option<Key<'a>>, Fault> {
    let Some(key) = papers.idempotency_key.as_deref() else { return Ok(None) };
    check_key(key)?;
    Ok(Some(Key { user_id: &actor.user_id, mutation, key, input_hash }))
}

fn check(tasks: &TaskChoice) -> Result<(), Fault> {
    match tasks {
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
    let rest = json!([create.verdict, create.comment, create.form_data, create.papers.signature]);
    hash_of(&[&tasks, &sorted(&rest).to_string()])
}
