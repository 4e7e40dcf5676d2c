//! Tasks of people.

use std::sync::Arc;

use async_graphql::{ID, Result};
use uuid::Uuid;

use super::approval::{ApprovalCounting, ratio_of};
use super::candidate::Candidate;
use super::instance::ProcessInstance;
use super::instance_list::InstanceList;
use super::node::ProcessNode;
use super::status::{SignPlace, TaskAction, TaskStatus};
use super::task_list::{Copied, TaskList};
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::batch::batch_id;
use crate::graphql::connection::connection;
use crate::graphql::scalars::{DateTime, Int, Json};
use crate::graphql::viewer::User;
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow::{self as domain, Action};

/// A task that the actor may see.
pub struct Task {
    row: domain::Task,
    status: domain::TaskStatus,
    list: Arc<TaskList>,
}

impl Task {
    /// A task of `list`.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds a state that it should have refused.
    pub(super) fn new(row: domain::Task, list: &Arc<TaskList>) -> Result<Self, Fault> {
        let status = domain::TaskStatus::of(row.status).map_err(Fault::internal)?;
        Ok(Self { row, status, list: Arc::clone(list) })
    }

    /// The raw id.
    pub fn raw_id(&self) -> Uuid {
        self.row.id
    }

    fn user(&self, id: &Option<String>) -> Option<One<User>> {
        id.as_ref().map(|user| One(User::new(user, &self.list.users)))
    }

    async fn whole_definition(&self) -> Result<Arc<domain::Definition>> {
        let found = self.list.around().await?.outlook.definition(&self.row);
        Ok(Arc::clone(found.ok_or_else(|| Fault::internal("a task's instance is gone"))?))
    }

    async fn actions(&self) -> Result<Vec<Action>, Arc<Fault>> {
        let now = self.list.services.clock.now();
        Ok(self.list.around().await?.outlook.available(&self.list.actor, &self.row, now))
    }
}

object_at_hand! {
    /// A task: something that somebody is to decide, or has decided.
    Task |task| {
        /// The global id.
        id "id": ID = task_id(task.row.id);
        /// Its state.
        status "status": TaskStatus = task.status.into();
        /// The state's number, as other approval engines know it.
        status_code "statusCode": i32 = task.row.status.into();
        /// What to call it: the node's name.
        name "name": String = task.row.name.clone();
        /// The node's id in the document.
        node_id "nodeId": String = task.row.node_id.clone();
        /// Its place among those of its round.
        ordinal "ordinal": i32 = task.row.ordinal;
        /// Whose it is; null while nobody has claimed it.
        assignee "assignee": Option<One<User>> = task.user(&task.row.assignee);
        /// Whose it was before it was delegated or transferred.
        owner "owner": Option<One<User>> = task.user(&task.row.owner);
        /// Whether whoever has it says what they think, and the owner decides.
        delegated "delegated": bool = task.row.delegated;
        /// Who is away and whom the assignee acts for.
        instead_of "insteadOf": Option<One<User>> = task.user(&task.row.instead_of);
        /// The task that it was added to as a signer.
        signer_of "signerOf": Option<ID> = task.row.parent_id.map(task_id);
        /// Where it was added to that task: before it, or after it.
        sign "sign": Option<SignPlace> =
            task.row.sign.as_deref().and_then(domain::Sign::of).map(Into::into);
        /// Whether it is the starter's, to mend what was sent back to them.
        resubmission "resubmission": bool = task.row.resubmission;
        /// Who decided it.
        decided_by "decidedBy": Option<One<User>> = task.user(&task.row.decided_by);
        /// What they said.
        reason "reason": Option<String> = task.row.reason.clone();
        /// The batch that holds it; nobody else decides it meanwhile.
        locked_by "lockedBy": Option<ID> = task.row.locked_by.map(batch_id);
        /// When it was made.
        created_at "createdAt": DateTime = DateTime(task.row.created_at);
        /// When it should be done.
        due_at "dueAt": Option<DateTime> = task.row.due_at.map(DateTime);
        /// When somebody last asked for a decision.
        urged_at "urgedAt": Option<DateTime> = task.row.urged_at.map(DateTime);
        /// When it came to a final state; null while it has not.
        finished_at "finishedAt": Option<DateTime> = task.row.finished_at.map(DateTime);
    }
    more {
        /// The instance that it belongs to.
        async fn instance(&self) -> Result<One<Arc<ProcessInstance>>> {
            let TaskList { services, actor, instances, .. } = &*self.list;
            let load = async |ids: &[Uuid]| InstanceList::load_referred(services, actor, ids).await;
            let found = instances.get(&self.row.instance_id, load).await?;
            Ok(One(found.ok_or_else(|| Fault::internal("a task's instance is gone"))?))
        }

        /// Who may claim it; empty where it was somebody's from the beginning.
        async fn candidates(&self) -> Result<Rows<Candidate>> {
            let around = self.list.around().await?;
            let candidates = around.outlook.candidates(&self.row).iter();
            Ok(Rows(candidates.map(|name| Candidate::new(name, &around.names)).collect()))
        }

        /// What you may do with it now.
        async fn available_actions(&self) -> Result<Vec<TaskAction>> {
            Ok(self.actions().await?.into_iter().map(Into::into).collect())
        }

        /// What a decision of it has to come with.
        async fn demands(&self) -> Result<One<TaskDemands>> {
            let definition = self.whole_definition().await?;
            Ok(One(TaskDemands { demands: domain::Demands::of(&definition.model, &self.row), definition }))
        }

        /// How those who are asked together with it count, and what they have said.
        async fn round(&self) -> Result<One<TaskRound>> {
            let definition = self.whole_definition().await?;
            let services = &self.list.services;
            let load = async |ids: &[Uuid]| services.workflow.rounds(ids).await;
            let count = self.list.rounds.get(&self.row.activity_id, load).await?.unwrap_or_default();
            let (counting, may_suffice) = domain::counting_at(&definition.model, &self.row.node_id);
            Ok(One(TaskRound { counting, may_suffice, count }))
        }

        /// When it was shown to you; null where it was not.
        async fn copied_at(&self) -> Result<Option<DateTime>> {
            Ok(self.list.copied(&self.row.id).await?.map(|copied| DateTime(copied.at)))
        }

        /// Who showed it to you: where the process did so itself, whoever has started the instance; null
        /// where that was somebody without a name.
        async fn copied_by(&self) -> Option<Result<One<User>>> {
            let copied = self.list.copied(&self.row.id).await;
            let by = |copied: Arc<Copied>| One(User::new(&copied.by, &copied.users));
            let is_named = |copied: &Arc<Copied>| !copied.by.is_empty();
            copied.map(|copied| copied.filter(is_named).map(by)).map_err(Into::into).transpose()
        }

        /// The form to decide it with, with what is filled in; null where it has none, and for whom the
        /// task does not concern: who neither has it, may claim it or has decided it, nor has started the
        /// instance or is ADMIN.
        async fn form(&self) -> Option<Result<One<TaskForm>>> {
            self.form_at_hand().await.transpose()
        }

        /// What was saved for later: `{formData, comment}`, for who may decide it.
        async fn draft(&self) -> Option<Result<Json>> {
            let draft = self.row.draft.as_ref()?;
            match self.actions().await {
                Ok(actions) if !actions.contains(&Action::SaveDraft) => None,
                Ok(_) => Some(serde_json::from_str(draft).map(Json).map_err(|error| Fault::internal(error).into())),
                Err(fault) => Some(Err(fault.into())),
            }
        }
    }
}

impl Task {
    async fn form_at_hand(&self) -> Result<Option<One<TaskForm>>> {
        if self.row.form_key.is_none() {
            return Ok(None);
        }
        let outlook = &self.list.around().await?.outlook;
        if !outlook.shows_form(&self.list.actor, &self.row) {
            return Ok(None);
        }
        Ok(outlook.form(&self.row)?.map(|form| One(TaskForm(form))))
    }
}

connection! {
    /// A page of tasks.
    TaskConnection,
    /// A task in its place.
    TaskEdge,
    Task
}

/// What a decision of a task has to come with.
pub struct TaskDemands {
    demands: domain::Demands,
    definition: Arc<domain::Definition>,
}

object_at_hand! {
    /// What a decision of a task has to come with.
    TaskDemands |it| {
        /// Whether it needs a comment.
        comment "comment": bool = it.demands.comment;
        /// Whether it needs a signature.
        signature "signature": bool = it.demands.signature;
        /// Whether it needs the ticket of a second factor.
        second_factor "secondFactor": bool = it.demands.second_factor;
        /// The nodes whose approvers whoever approves is to choose (`approvers` of `approveTask`): where
        /// nobody is chosen, they do what they do where nobody is found.
        approvers "approvers": Rows<ProcessNode> =
            Rows(it.demands.approvers.iter().map(|node| ProcessNode::new(&it.definition, node)).collect());
    }
}

/// How those who are asked together count, and what they have said.
pub struct TaskRound {
    counting: domain::Counting,
    may_suffice: bool,
    count: domain::RoundCount,
}

object_at_hand! {
    /// How those who are asked together count, and what they have said. What was taken back does not
    /// count, and neither do signers that were added.
    TaskRound |round| {
        /// How they count. A task that is repeated asks each: RATIO with 100 at once, SEQUENTIAL in turn.
        counting "counting": ApprovalCounting = round.counting.into();
        /// The same as a number.
        counting_code "countingCode": i32 = round.counting.code();
        /// The percentage that must approve, with RATIO.
        ratio "ratio": Option<i32> = ratio_of(round.counting);
        /// Whether a condition of a repeated task may hold before all have been heard.
        has_completion_condition "hasCompletionCondition": bool = round.may_suffice;
        /// How many are asked, or were.
        asked "asked": Int = Int(round.count.asked);
        /// How many have approved.
        approved "approved": Int = Int(round.count.approved);
        /// How many have rejected.
        rejected "rejected": Int = Int(round.count.rejected);
    }
}

/// A form.
pub struct TaskForm(domain::TaskForm);

object_at_hand! {
    /// The form to decide a task with, as far as its fields may be seen there.
    TaskForm |form| {
        /// Its key in the model.
        key "key": String = form.0.key.clone();
        /// Its JSON Schema, without the fields that may not be seen; those that may be seen and not
        /// changed are `readOnly`. Null where the form is kept elsewhere.
        schema "schema": Option<Json> = form.0.schema.clone().map(Json);
        /// What is filled in.
        data "data": Json = Json(form.0.data.clone());
    }
}

/// A task's global id.
pub fn task_id(id: Uuid) -> ID {
    ID(GlobalId::encode(NodeKind::Task, id))
}
