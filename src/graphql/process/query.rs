//! Reading definitions, instances and tasks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::definition::{DefinitionList, ProcessDefinition, ProcessDefinitionConnection};
use super::filter::{ProcessInstanceFilter, ProcessInstanceOrder, TaskFilter, TaskOrder};
use super::instance::{ProcessInstance, ProcessInstanceConnection};
use super::instance_list::InstanceList;
use super::node::ProcessNode;
use super::task::{Task, TaskConnection};
use super::task_list::TaskList;
use crate::graphql::at_hand::{One, Rows};
use crate::graphql::connection::{Connection, Count, page};
use crate::graphql::context::{actor, services};
use crate::graphql::fault::renamed;
use crate::kernel::{Fault, GlobalId, NodeKind, PageRequest};
use crate::workflow as domain;

/// Reading definitions, instances and tasks.
#[derive(Default)]
pub struct ProcessQuery;

#[Object]
impl ProcessQuery {
    /// The processes that there are, each in its newest version; by key.
    async fn process_definitions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those whose key or name holds this text; at most 200 characters.")]
        search: Option<String>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<ProcessDefinitionConnection>> {
        let text = search.unwrap_or_default();
        list_definitions(ctx, text, &page(ctx, first, after, last, before)?).await
    }

    /// A version of a process; null where there is none.
    async fn process_definition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The process's key.")] key: String,
        #[graphql(desc = "The version; the newest where it is not given.")] version: Option<i32>,
    ) -> Option<Result<One<Arc<ProcessDefinition>>>> {
        find_definition(ctx, &key, version).await.transpose()
    }

    /// An instance; null where there is none, or it is not yours to see.
    async fn process_instance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The instance's id.")] id: ID,
    ) -> Option<Result<One<Arc<ProcessInstance>>>> {
        find_instance(ctx, &id).await.transpose()
    }

    /// The instances that you may see: those you have started, and those in which something is or
    /// was yours to decide (an ADMIN's: all). Latest first unless ordered otherwise.
    #[expect(clippy::too_many_arguments, reason = "they are the field's in the schema")]
    async fn process_instances(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which to list; all where it is not given.")] filter: Option<ProcessInstanceFilter>,
        #[graphql(desc = "How to sort them; latest first where it is not given.")] order_by: Option<
            ProcessInstanceOrder,
        >,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<ProcessInstanceConnection>> {
        let filter = domain::InstanceFilter::try_from(filter.unwrap_or_default())?;
        let order = order_by.map(Into::into).unwrap_or_default();
        list_instances(ctx, filter, order, &page(ctx, first, after, last, before)?).await
    }

    /// A task; null where there is none, or it is not yours to see.
    async fn task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task's id.")] id: ID,
    ) -> Option<Result<One<Arc<Task>>>> {
        find_task(ctx, &id).await.transpose()
    }

    /// Tasks: what is yours to do where no `view` says otherwise. Latest first unless ordered
    /// otherwise.
    #[expect(clippy::too_many_arguments, reason = "they are the field's in the schema")]
    async fn tasks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which to list; what is yours to do where it is not given.")] filter: Option<
            TaskFilter,
        >,
        #[graphql(desc = "How to sort them; latest first where it is not given.")] order_by: Option<
            TaskOrder,
        >,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<TaskConnection>> {
        let filter = domain::TaskFilter::try_from(filter.unwrap_or_default())?;
        let order = order_by.map(Into::into).unwrap_or_default();
        list_tasks(ctx, filter, order, &page(ctx, first, after, last, before)?).await
    }

    /// The nodes to which `returnTask` can send the instance of a task back, oldest first; beside its
    /// starter, to whom it can always go. Null where there is no such task, or it is not yours to see.
    async fn return_targets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The task.")] task_id: ID,
    ) -> Option<Result<Rows<ProcessNode>>> {
        targets(ctx, &task_id).await.transpose()
    }
}

async fn list_definitions(
    ctx: &Context<'_>,
    text: String,
    page: &PageRequest,
) -> Result<One<ProcessDefinitionConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.workflow.definitions().newest(actor, &text, page).await;
    let found = found.map_err(|fault| renamed(fault, &[("text", "search")]))?;
    let list = DefinitionList::new(services, &found.edges.iter().map(|edge| &edge.node).collect::<Vec<_>>());
    let (services, actor) = (Arc::clone(services), actor.clone());
    let count = move || -> Count {
        let (services, actor, text) = (Arc::clone(&services), actor.clone(), text.clone());
        Box::pin(async move { services.workflow.definitions().count(&actor, &text).await })
    };
    let wrap = |head| ProcessDefinition::new(head, &list);
    Ok(One(ProcessDefinitionConnection(Connection::new(found, wrap, count))))
}

async fn find_definition(
    ctx: &Context<'_>,
    key: &str,
    version: Option<i32>,
) -> Result<Option<One<Arc<ProcessDefinition>>>> {
    let services = services(ctx)?;
    actor(ctx)?;
    let found = services.workflow.definitions().find(key, version).await?;
    Ok(found.map(|definition| One(ProcessDefinition::alone(services, definition.head()))))
}

async fn find_instance(ctx: &Context<'_>, id: &str) -> Result<Option<One<Arc<ProcessInstance>>>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let id = GlobalId::uuid_of(NodeKind::ProcessInstance, "id", id)?;
    let found = services.workflow.instance(actor, id).await?;
    Ok(found.map(|row| ProcessInstance::alone(services, Some(actor), row)).transpose()?.map(One))
}

async fn list_instances(
    ctx: &Context<'_>,
    filter: domain::InstanceFilter,
    order: domain::InstanceOrder,
    page: &PageRequest,
) -> Result<One<ProcessInstanceConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.workflow.instances(actor, &filter, order, page).await?;
    let rows: Vec<_> = found.edges.iter().map(|edge| &edge.node).collect();
    let list = InstanceList::new(services, Some(actor), &rows);
    let wrapped = found.map(|row| ProcessInstance::new(row, &list)).transpose()?;
    let (services, actor, filter) = (Arc::clone(services), actor.clone(), Arc::new(filter));
    let count = move || -> Count {
        let (services, actor, filter) = (Arc::clone(&services), actor.clone(), Arc::clone(&filter));
        Box::pin(async move { services.workflow.count_instances(&actor, &filter).await })
    };
    Ok(One(ProcessInstanceConnection(Connection::new(wrapped, |instance| instance, count))))
}

async fn find_task(ctx: &Context<'_>, id: &str) -> Result<Option<One<Arc<Task>>>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let id = GlobalId::uuid_of(NodeKind::Task, "id", id)?;
    let found = services.workflow.task(actor, id).await?;
    Ok(found.map(|row| TaskList::alone(services, actor, row)).transpose()?.map(One))
}

async fn list_tasks(
    ctx: &Context<'_>,
    filter: domain::TaskFilter,
    order: domain::TaskOrder,
    page: &PageRequest,
) -> Result<One<TaskConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.workflow.tasks(actor, &filter, order, page).await?;
    let found = TaskList::wrap_page(services, actor, found)?;
    let (services, actor, filter) = (Arc::clone(services), actor.clone(), Arc::new(filter));
    let count = move || -> Count {
        let (services, actor, filter) = (Arc::clone(&services), actor.clone(), Arc::clone(&filter));
        Box::pin(async move { services.workflow.count_tasks(&actor, &filter).await })
    };
    Ok(One(TaskConnection(Connection::of_shared(found, count))))
}

async fn targets(ctx: &Context<'_>, id: &str) -> Result<Option<Rows<ProcessNode>>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let id = GlobalId::uuid_of(NodeKind::Task, "taskId", id)?;
    let Some(task) = services.workflow.task(actor, id).await? else { return Ok(None) };
    let nodes = services.workflow.return_targets(&task).await?;
    let gone = || Fault::internal("a task's instance is gone");
    let definitions = services.workflow.definitions_of(&[task.instance_id]).await?;
    let definition = definitions.get(&task.instance_id).ok_or_else(gone)?;
    Ok(Some(Rows(nodes.iter().map(|node| ProcessNode::new(definition, node)).collect())))
}
