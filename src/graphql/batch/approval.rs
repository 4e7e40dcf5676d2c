//! Batches that decide tasks.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use uuid::Uuid;

use super::Batch;
use crate::batch as domain;
use crate::graphql::at_hand::{One, Rows, object_at_hand, plain_enum};
use crate::graphql::context::{actor, services};
use crate::graphql::process::{TaskFilter, object};
use crate::graphql::scalars::{Int, Json};
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow::{BatchNode as DomainNode, BulkVerdict};

/// What is decided of the tasks of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BatchDecision {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

plain_enum!(BatchDecision);

impl From<BulkVerdict> for BatchDecision {
    fn from(verdict: BulkVerdict) -> Self {
        match verdict {
            BulkVerdict::Approve => Self::Approve,
            BulkVerdict::Reject => Self::Reject,
        }
    }
}

impl From<BatchDecision> for BulkVerdict {
    fn from(decision: BatchDecision) -> Self {
        match decision {
            BatchDecision::Approve => Self::Approve,
            BatchDecision::Reject => Self::Reject,
        }
    }
}

impl BatchDecision {
    /// What a word of the database means.
    pub(super) fn of(word: &str) -> Option<Self> {
        BulkVerdict::parse(word).map(Into::into)
    }
}

/// What `createApprovalBatch` takes.
#[derive(Debug, InputObject)]
pub struct CreateApprovalBatchInput {
    /// The tasks, 1 to 100,000: these, or those of `filter`.
    task_ids: Option<Vec<ID>>,
    /// All tasks that `tasks` lists with this filter, and not only a page of them: 1 to 100,000.
    filter: Option<TaskFilter>,
    /// What is decided of all of them.
    decision: BatchDecision,
    /// Why, in at most 4,000 characters.
    comment: Option<String>,
    /// What goes into the forms of all of them.
    form_data: Option<Json>,
    /// Your signature: an uploaded file.
    signature: Option<ID>,
    /// Shows that you have confirmed it by a second factor, where a node of theirs demands that; looked at
    /// once, for all of them.
    two_factor_ticket: Option<String>,
    /// Makes a repeated call answer the same batch: 1 to 255 characters, yours alone.
    idempotency_key: Option<String>,
}

impl TryFrom<CreateApprovalBatchInput> for domain::CreateApprovalBatch {
    type Error = Fault;

    fn try_from(input: CreateApprovalBatchInput) -> Result<Self, Fault> {
        let tasks = match (input.task_ids, input.filter) {
            (Some(ids), None) => {
                let id = |(place, id): (usize, &ID)| {
                    GlobalId::uuid_of(NodeKind::Task, "", id)
                        .map_err(|fault| fault.with("field", format!("taskIds[{place}]").into()))
                };
                let ids = ids.iter().enumerate().map(id).collect::<Result<_, _>>()?;
                domain::TaskChoice::Tasks(ids)
            }
            (None, Some(filter)) => domain::TaskChoice::Filter(Box::new(filter.try_into()?)),
            _ => return Err(Fault::bad_input("taskIds", "name the tasks, or give a filter: one of both")),
        };
        Ok(Self {
            tasks,
            verdict: input.decision.into(),
            comment: input.comment,
            form_data: object("formData", input.form_data)?,
            papers: papers(input.signature.as_ref(), input.two_factor_ticket, input.idempotency_key)?,
        })
    }
}

/// What goes with many decisions.
pub(super) fn papers(
    signature: Option<&ID>,
    two_factor_ticket: Option<String>,
    idempotency_key: Option<String>,
) -> Result<domain::BulkPapers, Fault> {
    Ok(domain::BulkPapers { signature: signature_of(signature)?, two_factor_ticket, idempotency_key })
}

/// The file of a signature.
pub(super) fn signature_of(id: Option<&ID>) -> Result<Option<Uuid>, Fault> {
    id.map(|id| GlobalId::uuid_of(NodeKind::File, "signature", id)).transpose()
}

/// What `createApprovalBatch` answers.
pub struct CreateApprovalBatchPayload {
    batch: Arc<Batch>,
}

object_at_hand! {
    /// What `createApprovalBatch` answers.
    CreateApprovalBatchPayload |payload| {
        /// The batch; its work has begun or will shortly.
        batch "batch": One<Arc<Batch>> = One(Arc::clone(&payload.batch));
    }
}

/// A node of a process some of whose tasks are in a batch.
pub struct ApprovalBatchNode(pub(super) domain::ApprovalNode);

object_at_hand! {
    /// A node of a process some of whose tasks are in a batch.
    ApprovalBatchNode |node| {
        /// The key of its process.
        definition_key "definitionKey": String = node.0.definition_key.clone();
        /// The node.
        node_id "nodeId": String = node.0.node_id.clone();
        /// What it is called.
        name "name": String = node.0.name.clone();
    }
}

/// A node at which you have tasks to decide, and batches may decide them.
pub struct BatchNode(DomainNode);

object_at_hand! {
    /// A node at which you have tasks to decide, and batches may decide them.
    BatchNode |node| {
        /// The key of its process.
        definition_key "definitionKey": String = node.0.definition_key.clone();
        /// What the process is called.
        definition_name "definitionName": String = node.0.definition_name.clone();
        /// The node.
        node_id "nodeId": String = node.0.node_id.clone();
        /// What it is called.
        name "name": String = node.0.name.clone();
        /// How many tasks you have to decide there, over all versions of the process.
        open_count "openCount": Int = Int(node.0.open);
    }
}

/// Reading what batches may decide.
#[derive(Default)]
pub struct ApprovalBatchQuery;

#[Object]
impl ApprovalBatchQuery {
    /// Where you have tasks to decide that batches may decide: the nodes by process and id, with how many.
    async fn batch_nodes(&self, ctx: &Context<'_>) -> Result<Rows<BatchNode>> {
        let nodes = services(ctx)?.workflow.batch_nodes(actor(ctx)?).await?;
        Ok(Rows(nodes.into_iter().map(BatchNode).collect()))
    }
}

/// Deciding many tasks at once.
#[derive(Default)]
pub struct ApprovalBatchMutation;

#[Object]
impl ApprovalBatchMutation {
    /// Decides many tasks at once, behind: each on its own, and exactly once. Those that can be decided are
    /// held for the batch from now on, so that nobody else decides them; the others are in it as FAILED or
    /// IGNORED with the reason.
    async fn create_approval_batch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to decide.")] input: CreateApprovalBatchInput,
    ) -> Option<Result<One<CreateApprovalBatchPayload>>> {
        Some(create(ctx, input).await.map(One))
    }
}

async fn create(ctx: &Context<'_>, input: CreateApprovalBatchInput) -> Result<CreateApprovalBatchPayload> {
    let services = services(ctx)?;
    let created = services.batches.create_approvals(actor(ctx)?, input.try_into()?).await?;
    Ok(CreateApprovalBatchPayload { batch: Batch::alone(services, created.batch)? })
}
