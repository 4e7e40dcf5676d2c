//! Deciding tasks in a spreadsheet.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use uuid::Uuid;

use super::Batch;
use super::approval::{papers, signature_of};
use crate::batch::{self as domain, CreateApprovalBatchFromSheet};
use crate::graphql::at_hand::{One, Rows, object_at_hand, plain_enum};
use crate::graphql::budget::Budget;
use crate::graphql::context::{actor, services};
use crate::graphql::process::{Task, TaskList};
use crate::kernel::{Fault, GlobalId, NodeKind};

/// How many rows are told where nobody says.
const USUAL: i32 = 100;
/// The most rows that are told at once: all that a sheet has.
const MOST: i32 = 10_000;

/// What would become of a row of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ApprovalSheetOutcome {
    /// Its task would be approved.
    Approve,
    /// It would be rejected.
    Reject,
    /// It has no decision, and is left out.
    Undecided,
    /// What it says is wrong, or not to be done: it would be FAILED, with the reason.
    Invalid,
    /// Its task is not as it was when the sheet was made: decided, moved on, held, or filled in anew. It would
    /// be IGNORED or FAILED, with the reason.
    Changed,
    /// Its task is in a row above: it would be IGNORED.
    Duplicate,
}

plain_enum!(ApprovalSheetOutcome);

impl From<domain::SheetOutcome> for ApprovalSheetOutcome {
    fn from(outcome: domain::SheetOutcome) -> Self {
        match outcome {
            domain::SheetOutcome::Approve => Self::Approve,
            domain::SheetOutcome::Reject => Self::Reject,
            domain::SheetOutcome::Undecided => Self::Undecided,
            domain::SheetOutcome::Invalid => Self::Invalid,
            domain::SheetOutcome::Changed => Self::Changed,
            domain::SheetOutcome::Duplicate => Self::Duplicate,
        }
    }
}

/// What `previewApprovalSheet` takes.
#[derive(Debug, InputObject)]
pub struct PreviewApprovalSheetInput {
    /// The sheet, an uploaded file of yours.
    file_id: ID,
    /// The signature that would go with its decisions: an uploaded file of yours.
    signature: Option<ID>,
}

/// What `createApprovalBatchFromSheet` takes.
#[derive(Debug, InputObject)]
pub struct CreateApprovalBatchFromSheetInput {
    /// The sheet, an uploaded file of yours.
    file_id: ID,
    /// Your signature, for all of its decisions: an uploaded file.
    signature: Option<ID>,
    /// Shows that you have confirmed it by a second factor, where a node of theirs demands that; looked at
    /// once, for all of them.
    two_factor_ticket: Option<String>,
    /// Makes a repeated call answer the same batch: 1 to 255 characters, yours alone.
    idempotency_key: Option<String>,
}

/// How many rows of a sheet there are of each kind.
pub struct ApprovalSheetCounts(HashMap<domain::SheetOutcome, i32>);

impl ApprovalSheetCounts {
    fn of(&self, outcome: domain::SheetOutcome) -> i32 {
        self.0.get(&outcome).copied().unwrap_or_default()
    }
}

object_at_hand! {
    /// How many rows of a sheet there are of each kind.
    ApprovalSheetCounts |counts| {
        /// All rows that have something in them.
        total "total": i32 = counts.0.values().sum();
        /// Those whose tasks would be approved.
        approve "approve": i32 = counts.of(domain::SheetOutcome::Approve);
        /// Those whose tasks would be rejected.
        reject "reject": i32 = counts.of(domain::SheetOutcome::Reject);
        /// Those without a decision.
        undecided "undecided": i32 = counts.of(domain::SheetOutcome::Undecided);
        /// Those that are wrong, or not to be done.
        invalid "invalid": i32 = counts.of(domain::SheetOutcome::Invalid);
        /// Those whose tasks are not as they were.
        changed "changed": i32 = counts.of(domain::SheetOutcome::Changed);
        /// Those whose tasks are in rows above.
        duplicate "duplicate": i32 = counts.of(domain::SheetOutcome::Duplicate);
    }
}

/// A row of a sheet, and what would become of it.
pub struct ApprovalSheetRow {
    row: domain::SheetPreviewRow,
    task: Option<Arc<Task>>,
}

object_at_hand! {
    /// A row of a sheet, and what would become of it.
    ApprovalSheetRow |row| {
        /// Its worksheet.
        sheet "sheet": String = row.row.sheet.clone();
        /// Its number there, from 1.
        row "row": i32 = i32::try_from(row.row.row).unwrap_or(i32::MAX);
        /// What it says its task is.
        task_id "taskId": String = row.row.task_text.clone();
        /// What would become of it.
        outcome "outcome": ApprovalSheetOutcome = row.row.outcome.into();
        /// The column that is wrong, such as `formData.amount`.
        field "field": Option<String> = row.row.field.clone();
        /// Why it would not be decided.
        reason "reason": Option<String> = row.row.reason.clone();
    }
    more {
        /// Its task, where you may see it.
        async fn task(&self) -> Option<One<Arc<Task>>> {
            self.task.clone().map(One)
        }
    }
}

/// What `previewApprovalSheet` answers.
pub struct PreviewApprovalSheetPayload(Vec<domain::SheetPreviewRow>);

/// What `previewApprovalSheet` answers.
#[Object]
impl PreviewApprovalSheetPayload {
    /// How many rows there are of each kind.
    async fn counts(&self) -> One<ApprovalSheetCounts> {
        let mut counts = HashMap::new();
        for row in &self.0 {
            *counts.entry(row.outcome).or_default() += 1;
        }
        One(ApprovalSheetCounts(counts))
    }

    /// The rows, in their order.
    async fn rows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of which this would become.")] outcomes: Option<
            Vec<ApprovalSheetOutcome>,
        >,
        #[graphql(desc = "The first so many, 0 to 10,000; 100 where it is not given.")] first: Option<i32>,
    ) -> Result<Rows<ApprovalSheetRow>> {
        let first = first.unwrap_or(USUAL);
        let most = usize::try_from(first).ok().filter(|_| first <= MOST);
        let most = most.ok_or_else(|| Fault::bad_input("first", format!("must be 0 to {MOST}")))?;
        let is_wanted = |row: &&domain::SheetPreviewRow| {
            outcomes.as_ref().is_none_or(|wanted| wanted.contains(&row.outcome.into()))
        };
        let rows: Vec<_> = self.0.iter().filter(is_wanted).take(most).cloned().collect();
        if let Some(budget) = ctx.data_opt::<Budget>() {
            budget.take(rows.len() as u64)?;
        }
        let ids: Vec<Uuid> = match ctx.look_ahead().field("task").exists() {
            true => rows.iter().filter_map(|row| row.task).collect(),
            false => Vec::new(),
        };
        let tasks = TaskList::load(services(ctx)?, actor(ctx)?, &ids).await?;
        let told = rows.into_iter().map(|row| {
            let task = row.task.and_then(|task| tasks.get(&task).cloned());
            ApprovalSheetRow { row, task }
        });
        Ok(Rows(told.collect()))
    }
}

/// What `createApprovalBatchFromSheet` answers.
pub struct CreateApprovalBatchFromSheetPayload {
    batch: Arc<Batch>,
}

object_at_hand! {
    /// What `createApprovalBatchFromSheet` answers.
    CreateApprovalBatchFromSheetPayload |payload| {
        /// The batch; its work has begun or will shortly.
        batch "batch": One<Arc<Batch>> = One(Arc::clone(&payload.batch));
    }
}

/// Deciding tasks in a spreadsheet.
#[derive(Default)]
pub struct ApprovalSheetMutation;

#[Object]
impl ApprovalSheetMutation {
    /// What would become of the rows of a sheet from `GET /approvals/sheet.xlsx` if it were run now, as though
    /// confirmed by a second factor. Nothing changes.
    async fn preview_approval_sheet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sheet.")] input: PreviewApprovalSheetInput,
    ) -> Option<Result<PreviewApprovalSheetPayload>> {
        Some(preview(ctx, input).await)
    }

    /// Decides tasks as a sheet says, row by row, behind: as `createApprovalBatch` does. Rows without a decision
    /// are left out; those that cannot be read are in the batch as FAILED, with the reason.
    async fn create_approval_batch_from_sheet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sheet.")] input: CreateApprovalBatchFromSheetInput,
    ) -> Option<Result<One<CreateApprovalBatchFromSheetPayload>>> {
        Some(create(ctx, input).await.map(One))
    }
}

async fn preview(ctx: &Context<'_>, input: PreviewApprovalSheetInput) -> Result<PreviewApprovalSheetPayload> {
    let file = GlobalId::uuid_of(NodeKind::File, "fileId", &input.file_id)?;
    let signature = signature_of(input.signature.as_ref())?;
    let rows = services(ctx)?.batches.preview_sheet(actor(ctx)?, file, signature).await?;
    Ok(PreviewApprovalSheetPayload(rows))
}

async fn create(
    ctx: &Context<'_>,
    input: CreateApprovalBatchFromSheetInput,
) -> Result<CreateApprovalBatchFromSheetPayload> {
    let services = services(ctx)?;
    let file = GlobalId::uuid_of(NodeKind::File, "fileId", &input.file_id)?;
    let papers = papers(input.signature.as_ref(), input.two_factor_ticket, input.idempotency_key)?;
    let create = CreateApprovalBatchFromSheet { file, papers };
    let created = services.batches.create_approvals_from_sheet(actor(ctx)?, create).await?;
    Ok(CreateApprovalBatchFromSheetPayload { batch: Batch::alone(services, created.batch)? })
}
