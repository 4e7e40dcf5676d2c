//! Everything that people do with a task.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use uuid::Uuid;

use super::given::{files, object, users};
use super::task::Task;
use super::task_input::{
    AddSignersInput, ApproveTaskInput, ClaimTaskInput, CommentTaskInput, CopyTaskInput, DelegateTaskInput,
    RecallTaskInput, RejectTaskInput, RemoveSignersInput, ReturnTaskInput, SaveTaskDraftInput,
    TransferTaskInput, UnclaimTaskInput, UrgeTaskInput, WithdrawTaskInput,
};
use super::task_list::TaskList;
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::context::{Services, actor, services, user_of};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind};
use crate::workflow as domain;

/// Makes the payloads that hold a task.
macro_rules! task_payloads {
    ($($(#[$doc:meta])* $payload:ident;)+) => {$(
        $(#[$doc])*
        pub struct $payload(Arc<Task>);

        object_at_hand! {
            $(#[$doc])*
            $payload |payload| {
                /// The task as it stands now.
                task "task": One<Arc<Task>> = One(Arc::clone(&payload.0));
            }
        }
    )+};
}

task_payloads! {
    /// What `approveTask` answers.
    ApproveTaskPayload;
    /// What `rejectTask` answers.
    RejectTaskPayload;
    /// What `returnTask` answers.
    ReturnTaskPayload;
    /// What `delegateTask` answers.
    DelegateTaskPayload;
    /// What `transferTask` answers.
    TransferTaskPayload;
    /// What `addSigners` answers.
    AddSignersPayload;
    /// What `removeSigners` answers.
    RemoveSignersPayload;
    /// What `copyTask` answers.
    CopyTaskPayload;
    /// What `claimTask` answers.
    ClaimTaskPayload;
    /// What `unclaimTask` answers.
    UnclaimTaskPayload;
    /// What `withdrawTask` answers: the task that is open again in place of the approved one.
    WithdrawTaskPayload;
    /// What `recallTask` answers: the task that is open again in place of the approved one.
    RecallTaskPayload;
    /// What `urgeTask` answers.
    UrgeTaskPayload;
    /// What `saveTaskDraft` answers.
    SaveTaskDraftPayload;
    /// What `commentTask` answers.
    CommentTaskPayload;
}

/// What people do with tasks. `Task.availableActions` tells which of it you may do now; the rest is
/// FORBIDDEN, or CONFLICT saying what has happened to the task.
#[derive(Default)]
pub struct TaskMutation;

#[Object]
impl TaskMutation {
    /// Approves a task. Where it was delegated, your opinion goes back to its owner; where signers
    /// were added behind it, they have the word.
    async fn approve_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: ApproveTaskInput,
    ) -> Option<Result<One<ApproveTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            services.workflow.approve(actor, id, input.decide()?).await
        });
        Some(done.await.map(|task| One(ApproveTaskPayload(task))))
    }

    /// Rejects a task. What that means for the instance is its node's to say: it ends, or goes back.
    async fn reject_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: RejectTaskInput,
    ) -> Option<Result<One<RejectTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            services.workflow.reject(actor, id, input.decide()?).await
        });
        Some(done.await.map(|task| One(RejectTaskPayload(task))))
    }

    /// Sends the instance back to an earlier node, or to its starter. Everything that has begun since
    /// is cancelled; other parallel branches go on.
    async fn return_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, whereto, and why.")] input: ReturnTaskInput,
    ) -> Option<Result<One<ReturnTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            let to = input.node_id.clone();
            services.workflow.send_back(actor, id, to, input.decide()?).await
        });
        Some(done.await.map(|task| One(ReturnTaskPayload(task))))
    }

    /// Lets somebody else say what they think; then the task comes back.
    async fn delegate_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and to whom.")] input: DelegateTaskInput,
    ) -> Option<Result<One<DelegateTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            let to = user_of("userId", &input.user_id)?;
            services.workflow.delegate(actor, id, &to, input.comment.clone()).await
        });
        Some(done.await.map(|task| One(DelegateTaskPayload(task))))
    }

    /// Lets somebody else decide in your place. An ADMIN may do so with anybody's task.
    async fn transfer_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and to whom.")] input: TransferTaskInput,
    ) -> Option<Result<One<TransferTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            let to = user_of("userId", &input.user_id)?;
            services.workflow.transfer(actor, id, &to, input.comment.clone()).await
        });
        Some(done.await.map(|task| One(TransferTaskPayload(task))))
    }

    /// Lets others sign before or after you.
    async fn add_signers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and where.")] input: AddSignersInput,
    ) -> Option<Result<One<AddSignersPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            let (sign, users) = (input.place.into(), users("userIds", &input.user_ids)?);
            services.workflow.add_signers(actor, id, sign, &users, input.comment.clone()).await
        });
        Some(done.await.map(|task| One(AddSignersPayload(task))))
    }

    /// Takes added signers away who are not done.
    async fn remove_signers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: RemoveSignersInput,
    ) -> Option<Result<One<RemoveSignersPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            let users = users("userIds", &input.user_ids)?;
            services.workflow.remove_signers(actor, id, &users, input.comment.clone()).await
        });
        Some(done.await.map(|task| One(RemoveSignersPayload(task))))
    }

    /// Shows a task to others.
    async fn copy_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and to whom.")] input: CopyTaskInput,
    ) -> Option<Result<One<CopyTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            let users = users("userIds", &input.user_ids)?;
            services.workflow.copy(actor, id, &users, input.comment.clone()).await
        });
        Some(done.await.map(|task| One(CopyTaskPayload(task))))
    }

    /// Takes a task that is nobody's yet. For its candidates.
    async fn claim_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ClaimTaskInput,
    ) -> Option<Result<One<ClaimTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            services.workflow.claim(actor, id).await
        });
        Some(done.await.map(|task| One(ClaimTaskPayload(task))))
    }

    /// Gives a claimed task back to its candidates.
    async fn unclaim_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: UnclaimTaskInput,
    ) -> Option<Result<One<UnclaimTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            services.workflow.unclaim(actor, id).await
        });
        Some(done.await.map(|task| One(UnclaimTaskPayload(task))))
    }

    /// Takes your own approval back, as long as nobody has decided what came of it.
    async fn withdraw_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: WithdrawTaskInput,
    ) -> Option<Result<One<WithdrawTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            services.workflow.withdraw(actor, id, input.comment.clone()).await
        });
        Some(done.await.map(|task| One(WithdrawTaskPayload(task))))
    }

    /// Takes somebody's approval back as an outside system, whatever the node says. For ADMIN.
    async fn recall_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: RecallTaskInput,
    ) -> Option<Result<One<RecallTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            services.workflow.recall(actor, id, input.comment.clone()).await
        });
        Some(done.await.map(|task| One(RecallTaskPayload(task))))
    }

    /// Asks whoever has the task for a decision. For the instance's starter and ADMIN; within five
    /// minutes of the last time it is RATE_LIMITED with `resetAt`.
    async fn urge_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: UrgeTaskInput,
    ) -> Option<Result<One<UrgeTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            services.workflow.urge(actor, id, input.comment.clone()).await
        });
        Some(done.await.map(|task| One(UrgeTaskPayload(task))))
    }

    /// Keeps for later what you have filled in; the latest draft counts.
    async fn save_task_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: SaveTaskDraftInput,
    ) -> Option<Result<One<SaveTaskDraftPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            let filled = object("formData", input.form_data)?;
            services.workflow.save_draft(actor, id, filled, input.comment).await
        });
        Some(done.await.map(|task| One(SaveTaskDraftPayload(task))))
    }

    /// Says something about a task. For whoever may see it.
    async fn comment_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: CommentTaskInput,
    ) -> Option<Result<One<CommentTaskPayload>>> {
        let done = with(ctx, input.task_id.clone(), async |services, actor, id| {
            let attachments = files("attachments", input.attachments)?;
            services.workflow.comment(actor, id, input.comment, &attachments).await
        });
        Some(done.await.map(|task| One(CommentTaskPayload(task))))
    }
}

/// Does something with a task; the task as it then stands.
async fn with(
    ctx: &Context<'_>,
    id: ID,
    act: impl AsyncFnOnce(&Arc<Services>, &Actor, Uuid) -> Result<domain::Task, Fault>,
) -> Result<Arc<Task>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let id = GlobalId::uuid_of(NodeKind::Task, "taskId", &id)?;
    Ok(TaskList::alone(services, actor, act(services, actor, id).await?)?)
}
