//! Approvals live: an inbox, and an instance.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Result, Subscription};
use futures::{Stream, StreamExt as _};

use super::instance::ProcessInstance;
use super::job::JobsAvailable;
use super::status::same_as;
use super::task::Task;
use super::task_list::TaskList;
use crate::graphql::at_hand::{One, object_at_hand, plain_enum};
use crate::graphql::budget::Budget;
use crate::graphql::context::{Services, actor, services};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind};
use crate::workflow as domain;

/// What a task has become to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum TaskInboxKind {
    /// Yours to do, newly or still.
    Todo,
    /// You have decided it.
    Done,
    /// Yours no more: somebody else has it or decided it, or nobody needs to.
    Gone,
    /// You were shown it.
    Copied,
}

same_as!(TaskInboxKind, domain::InboxKind { Todo, Done, Gone, Copied });

/// One message of an inbox.
pub struct TaskInbox {
    cursor: String,
    change: Option<(TaskInboxKind, Arc<Task>)>,
}

object_at_hand! {
    /// One message of an inbox.
    TaskInbox |message| {
        /// Where the subscriber now stands: pass it as `after` to come back without missing anything.
        cursor "cursor": String = message.cursor.clone();
        /// What has become of the task; null in the first message.
        kind "kind": Option<TaskInboxKind> = message.change.as_ref().map(|(kind, _)| *kind);
        /// The task; null in the first message.
        task "task": Option<One<Arc<Task>>> =
            message.change.as_ref().map(|(_, task)| One(Arc::clone(task)));
    }
}

impl TaskInbox {
    fn new(services: &Arc<Services>, actor: &Actor, message: domain::InboxMessage) -> Result<Self, Fault> {
        let change = message.change.map(|(kind, change)| {
            Ok::<_, Fault>((kind.into(), TaskList::alone(services, actor, change.task.clone())?))
        });
        Ok(Self { cursor: message.cursor, change: change.transpose()? })
    }
}

/// One message of an instance's progress.
pub struct ProcessInstanceProgress {
    cursor: String,
    instance: Arc<ProcessInstance>,
    task: Option<Arc<Task>>,
}

object_at_hand! {
    /// One message of an instance's progress.
    ProcessInstanceProgress |progress| {
        /// Where the subscriber now stands: pass it as `after` to come back without missing anything.
        cursor "cursor": String = progress.cursor.clone();
        /// The instance as it stands.
        instance "instance": One<Arc<ProcessInstance>> = One(Arc::clone(&progress.instance));
        /// The task that changed; null in the first and in the final message, and where something else is
        /// new in the history: a comment, a copy, a suspension, or a step of an instance that it has called.
        task "task": Option<One<Arc<Task>>> = progress.task.clone().map(One);
    }
}

impl ProcessInstanceProgress {
    fn new(
        services: &Arc<Services>,
        actor: &Actor,
        progress: domain::InstanceProgress,
    ) -> Result<Self, Fault> {
        let task = progress.task.map(|task| TaskList::alone(services, actor, (*task).clone()));
        let instance = ProcessInstance::alone(services, Some(actor), (*progress.instance).clone())?;
        Ok(Self { cursor: progress.cursor, instance, task: task.transpose()? })
    }
}

/// Approvals live.
#[derive(Default)]
pub struct ProcessSubscription;

#[Subscription]
impl ProcessSubscription {
    /// Follows your inbox: what is yours to do and your groups' to claim, what you have decided, and
    /// what you were shown. The first message is where it stands (with `after`: what has changed
    /// since), then comes one changed task a message, without an end. Subscribe anew after your
    /// groups have changed.
    async fn task_inbox(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor of the last message that was seen, to come back.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<One<TaskInbox>>>> {
        let (services, actor) = (Arc::clone(services(ctx)?), actor(ctx)?.clone());
        let messages = services.workflow.follow_inbox(&actor, after).await?;
        let budget = ctx.data_opt::<Budget>().cloned().unwrap_or_default();
        Ok(messages.map(move |message| {
            budget.reset();
            Ok(One(TaskInbox::new(&services, &actor, message?)?))
        }))
    }

    /// Follows the jobs of topics: first how many of each there are to claim, then each topic again when
    /// something of it has become so, without an end. For OPERATOR.
    async fn jobs_available(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The topics, 1 to 50.")] topics: Vec<String>,
    ) -> Result<impl Stream<Item = Result<One<JobsAvailable>>>> {
        let messages = services(ctx)?.workflow.follow_jobs(actor(ctx)?, topics)?;
        let budget = ctx.data_opt::<Budget>().cloned().unwrap_or_default();
        Ok(messages.map(move |message| {
            budget.reset();
            Ok(One(JobsAvailable(message?)))
        }))
    }

    /// Follows an instance to its end. The first message is where it stands (with `after`: what has
    /// changed since), then comes one changed task a message, or none where something else is new in the
    /// history, and the last has the final status.
    async fn process_instance_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The instance.")] instance_id: ID,
        #[graphql(desc = "The cursor of the last message that was seen, to come back.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<One<ProcessInstanceProgress>>>> {
        let (services, actor) = (Arc::clone(services(ctx)?), actor(ctx)?.clone());
        let id = GlobalId::uuid_of(NodeKind::ProcessInstance, "instanceId", &instance_id)?;
        let progress = services.workflow.follow_instance(&actor, id, after).await?;
        let budget = ctx.data_opt::<Budget>().cloned().unwrap_or_default();
        Ok(progress.map(move |progress| {
            budget.reset();
            Ok(One(ProcessInstanceProgress::new(&services, &actor, progress?)?))
        }))
    }
}
