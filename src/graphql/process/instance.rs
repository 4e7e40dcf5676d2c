//! Instances of processes.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use uuid::Uuid;

use super::definition::{DefinitionList, ProcessDefinition};
use super::event::{EventSubscription, Incident};
use super::history::{HistoryConnection, HistoryList};
use super::instance_list::InstanceList;
use super::job::Job;
use super::node::ProcessActivity;
use super::record::BusinessRecord;
use super::status::ProcessInstanceStatus;
use super::task::TaskConnection;
use super::task_list::TaskList;
use super::value::{ValueList, VariableValue, VariableValueConnection};
use crate::events::cursor;
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::budget::Budget;
use crate::graphql::connection::{Connection, Count, connection, page};
use crate::graphql::context::Services;
use crate::graphql::scalars::{DateTime, Json};
use crate::graphql::viewer::User;
use crate::kernel::{Actor, Fault, GlobalId, NodeKind, Page, PageRequest, Place};
use crate::workflow as domain;

/// The most places at which an instance is told to be at the moment.
const MAX_CURRENT: u64 = 200;
/// The most stays that are told of an instance's path.
const MAX_PATH: u64 = 500;

/// An instance that the actor may see.
pub struct ProcessInstance {
    pub(super) row: domain::Instance,
    status: domain::InstanceStatus,
    list: Arc<InstanceList>,
}

impl ProcessInstance {
    /// An instance of `list`.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds a state that it should have refused.
    pub fn new(row: domain::Instance, list: &Arc<InstanceList>) -> Result<Self, Fault> {
        let status = domain::InstanceStatus::of(row.status).map_err(Fault::internal)?;
        Ok(Self { row, status, list: Arc::clone(list) })
    }

    /// An instance that was read alone.
    ///
    /// # Errors
    /// As [`ProcessInstance::new`].
    pub fn alone(
        services: &Arc<Services>,
        actor: Option<&Actor>,
        row: domain::Instance,
    ) -> Result<Arc<Self>, Fault> {
        let list = InstanceList::new(services, actor, &[&row]);
        Self::new(row, &list).map(Arc::new)
    }

    fn visible_variables(&self) -> Result<Option<Json>, Fault> {
        let Some(actor) = &self.list.actor else { return Ok(None) };
        let seen = self.list.services.workflow.variables(actor, &self.row)?;
        Ok(seen.map(|variables| Json(variables.into())))
    }

    async fn tasks_page(&self, page: PageRequest) -> Result<One<TaskConnection>> {
        let (services, actor, id) = (&self.list.services, self.list.actor()?, self.row.id);
        let from_start = !page.backwards && page.after.is_none() && page.before.is_none();
        let found = if from_start {
            // The one too many says whether there are more.
            let load = async |ids: &[Uuid]| {
                let found = services.workflow.first_tasks(ids, page.limit + 1).await?;
                TaskList::wrap_grouped(services, actor, found)
            };
            let tasks = self.list.tasks.with(page.limit).get(&id, load).await?.unwrap_or_default();
            Page::from_read(&page, tasks, |task| Place::Text(task.raw_id().to_string()))
        } else {
            let found = services.workflow.tasks_page(id, &page).await?;
            TaskList::wrap_page(services, actor, found)?
        };
        let list = Arc::clone(&self.list);
        let count = move || -> Count {
            let list = Arc::clone(&list);
            Box::pin(async move { list.count_tasks(id).await })
        };
        Ok(One(TaskConnection(Connection::of_shared(found, count))))
    }

    async fn history_page(&self, page: PageRequest) -> Result<One<HistoryConnection>> {
        let (services, actor, id) = (&self.list.services, self.list.actor()?, self.row.id);
        let from_start = !page.backwards && page.after.is_none() && page.before.is_none();
        let found = if from_start {
            let load = async |ids: &[Uuid]| self.list.load_history(ids, page.limit + 1).await;
            let mut edges = self.list.history.with(page.limit).get(&id, load).await?.unwrap_or_default();
            let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
            let has_next = edges.len() > limit;
            edges.truncate(limit);
            Page { edges, has_previous: false, has_next }
        } else {
            let found = services.workflow.history(&self.row, &page).await?;
            let rows = found.edges.iter().map(|edge| edge.node.clone()).collect();
            let mut entries = HistoryList::wrap(services, actor, rows)?.into_iter();
            let next = |_| entries.next().ok_or_else(|| Fault::internal("an entry of a history is lost"));
            found.map(next).transpose()?
        };
        let list = Arc::clone(&self.list);
        let count = move || -> Count {
            let list = Arc::clone(&list);
            Box::pin(async move { list.count_history(id).await })
        };
        Ok(One(HistoryConnection(Connection::of_shared(found, count))))
    }

    async fn values_page(&self, page: PageRequest) -> Result<Option<One<VariableValueConnection>>> {
        let (services, actor, id) = (&self.list.services, self.list.actor()?, self.row.id);
        if !domain::sees_variables(actor, &self.row) {
            return Ok(None);
        }
        let from_start = !page.backwards && page.after.is_none() && page.before.is_none();
        let found = if from_start {
            let load = async |ids: &[Uuid]| self.list.load_values(ids, page.limit + 1).await;
            let values = self.list.values.with(page.limit).get(&id, load).await?.unwrap_or_default();
            Page::from_read(&page, values, |value| domain::value_place(&value.row))
        } else {
            let found = services.workflow.values(id, &page).await?;
            let rows: Vec<_> = found.edges.iter().map(|edge| &edge.node).collect();
            let list = ValueList::new(services, actor, &rows);
            found.map(|row| Arc::new(VariableValue::new(row, &list)))
        };
        let list = Arc::clone(&self.list);
        let count = move || -> Count {
            let list = Arc::clone(&list);
            Box::pin(async move { list.count_values(id).await })
        };
        Ok(Some(One(VariableValueConnection(Connection::of_shared(found, count)))))
    }
}

object_at_hand! {
    /// An instance of a process.
    ProcessInstance |instance| {
        /// The global id.
        id "id": ID = instance_id(instance.row.id);
        /// Its state.
        status "status": ProcessInstanceStatus = instance.status.into();
        /// The state's number, as other approval engines know it.
        status_code "statusCode": i32 = instance.row.status.into();
        /// Why it was rejected or cancelled.
        reason "reason": Option<String> = instance.row.reason.clone();
        /// What it is about, in the words of who started it.
        business_key "businessKey": Option<String> = instance.row.business_key.clone();
        /// Its variables, for its starter and ADMIN; null for everybody else, who see the forms of
        /// their tasks.
        variables "variables": Result<Option<Json>, Fault> =
            instance.visible_variables();
        /// Who started it, also by a message; null: somebody without a token, or an event that nobody sent.
        started_by "startedBy": Option<One<User>> =
            instance.row.started_by.as_ref().map(|user| One(User::new(user, &instance.list.starters)));
        /// When it began.
        started_at "startedAt": DateTime = DateTime(instance.row.started_at);
        /// When it ended; null while it has not.
        finished_at "finishedAt": Option<DateTime> = instance.row.ended_at.map(DateTime);
        /// Where its progress stands: good for `processInstanceProgress(after)`, which then tells what
        /// has changed since.
        cursor "cursor": String = cursor::encode(instance.row.id, instance.row.revision);
    }
    more {
        /// The version of the process that it stays on.
        async fn definition(&self) -> Result<One<Arc<ProcessDefinition>>> {
            self.list.actor()?;
            let services = &self.list.services;
            let load = async |ids: &[Uuid]| DefinitionList::load(services, ids).await;
            let found = self.list.definitions.get(&self.row.definition_id, load).await?;
            Ok(One(found.ok_or_else(|| Fault::internal("a definition is gone"))?))
        }

        /// Whether nothing may be decided until it is resumed; what it has called is suspended with it.
        async fn suspended(&self) -> Result<bool> {
            if self.row.root_id == self.row.id || self.row.ended_at.is_some() {
                return Ok(self.row.suspended);
            }
            let load = async |roots: &[Uuid]| self.list.load_suspended(roots).await;
            Ok(self.list.suspended.get(&self.row.root_id, load).await?.unwrap_or_default())
        }

        /// The instance that has called it.
        async fn parent(&self) -> Option<Result<One<Arc<ProcessInstance>>>> {
            let parent = self.row.parent_id?;
            let services = &self.list.services;
            let load = async |ids: &[Uuid]| {
                InstanceList::load_referred(services, self.list.actor()?, ids).await
            };
            let found = self.list.parents.get(&parent, load).await;
            found.map(|parent| parent.map(One)).map_err(Into::into).transpose()
        }

        /// The instances that it has called, oldest first; at most 100.
        async fn children(&self) -> Result<Rows<Arc<ProcessInstance>>> {
            self.list.actor()?;
            let load = async |ids: &[Uuid]| self.list.load_children(ids).await;
            Ok(Rows(self.list.children.get(&self.row.id, load).await?.unwrap_or_default()))
        }

        /// Where its tokens are now, and those of the instances that it has called: in the order in which
        /// they came; at most 200.
        async fn current_nodes(&self) -> Result<Rows<Arc<ProcessActivity>>> {
            self.list.actor()?;
            Ok(Rows(self.list.stays(&self.row.id, true, MAX_CURRENT).await?))
        }

        /// What it waits for beside people, oldest first; at most 100. Not what the instances wait for that
        /// it has called.
        async fn waits_for(&self) -> Result<Rows<Arc<EventSubscription>>> {
            self.list.actor()?;
            Ok(Rows(self.list.waits_for(&self.row.id).await?))
        }

        /// What could not be done for it and nobody has seen to yet, oldest first; at most 100.
        async fn incidents(&self) -> Result<Rows<Arc<Incident>>> {
            Ok(Rows(self.list.incidents(&self.row.id).await?))
        }

        /// What machines are to do for it and have not done yet, oldest first; at most 100.
        async fn jobs(&self) -> Result<Rows<Arc<Job>>> {
            Ok(Rows(self.list.jobs(&self.row.id).await?))
        }

        /// The way of its tokens, and of those of the instances that it has called: every stay at a node,
        /// in the order in which they came; the first 500. It counts as 500 entries of the request.
        async fn path(&self, ctx: &Context<'_>) -> Result<Rows<Arc<ProcessActivity>>> {
            self.list.actor()?;
            if let Some(budget) = ctx.data_opt::<Budget>() {
                budget.take(MAX_PATH)?;
            }
            Ok(Rows(self.list.stays(&self.row.id, false, MAX_PATH).await?))
        }

        /// Its tasks, oldest first; not those of the instances that it has called.
        async fn tasks(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
            #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
            #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
            #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        ) -> Result<One<TaskConnection>> {
            self.tasks_page(page(ctx, first, after, last, before)?).await
        }

        /// Who did what, when and why, oldest first; with the history of the instances that it has
        /// called.
        async fn history(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
            #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
            #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
            #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        ) -> Result<One<HistoryConnection>> {
            self.history_page(page(ctx, first, after, last, before)?).await
        }

        /// The values that its variables were given, oldest first, for its starter and ADMIN; null for
        /// everybody else.
        async fn variable_history(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
            #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
            #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
            #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        ) -> Option<Result<One<VariableValueConnection>>> {
            let found = async { self.values_page(page(ctx, first, after, last, before)?).await };
            found.await.transpose()
        }

        /// The business record that it decides about; null where there is none, or the instance of its
        /// newest version is not yours to see.
        async fn business_record(&self) -> Option<Result<One<Arc<BusinessRecord>>>> {
            self.list.record(&self.row.id).await.map(|record| record.map(One)).transpose()
        }
    }
}

connection! {
    /// A page of instances.
    ProcessInstanceConnection,
    /// An instance in its place.
    ProcessInstanceEdge,
    ProcessInstance
}

/// An instance's global id.
pub fn instance_id(id: Uuid) -> ID {
    ID(GlobalId::encode(NodeKind::ProcessInstance, id))
}
