//! Tasks of people.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ID, Result};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::candidate::{Candidate, names};
use super::instance::ProcessInstance;
use super::instance_list::InstanceList;
use super::status::{TaskAction, TaskStatus};
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::batch::batch_id;
use crate::graphql::connection::connection;
use crate::graphql::context::Services;
use crate::graphql::loaders::{ListLoader, Shared};
use crate::graphql::scalars::{DateTime, Json};
use crate::graphql::viewer::{User, UserList};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind, Page};
use crate::workflow::{self as domain, Action, Outlook, form_of};

/// What is around tasks, with the names of their candidates.
struct Around {
    outlook: Outlook,
    names: HashMap<String, String>,
}

/// What tasks that were read together share.
pub struct TaskList {
    services: Arc<Services>,
    actor: Actor,
    rows: Vec<domain::Task>,
    users: Arc<UserList>,
    instances: ListLoader<Uuid, Arc<ProcessInstance>>,
    around: OnceCell<Shared<Around>>,
}

impl TaskList {
    fn new(services: &Arc<Services>, actor: &Actor, rows: Vec<domain::Task>) -> Arc<Self> {
        let users = rows.iter().flat_map(|row| {
            [&row.assignee, &row.owner, &row.instead_of, &row.decided_by].into_iter().flatten().cloned()
        });
        Arc::new(Self {
            services: Arc::clone(services),
            actor: actor.clone(),
            users: UserList::new(services, users),
            instances: ListLoader::new(rows.iter().map(|row| row.instance_id)),
            around: OnceCell::new(),
            rows,
        })
    }

    /// Tasks that were read together, and that `actor` may see.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds a state that it should have refused.
    pub fn wrap(
        services: &Arc<Services>,
        actor: &Actor,
        rows: Vec<domain::Task>,
    ) -> Result<Vec<Arc<Task>>, Fault> {
        let list = Self::new(services, actor, rows.clone());
        rows.into_iter().map(|row| Task::new(row, &list).map(Arc::new)).collect()
    }

    /// The same by what they belong to.
    ///
    /// # Errors
    /// As [`TaskList::wrap`].
    pub fn wrap_grouped(
        services: &Arc<Services>,
        actor: &Actor,
        found: HashMap<Uuid, Vec<domain::Task>>,
    ) -> Result<HashMap<Uuid, Vec<Arc<Task>>>, Fault> {
        let counts: Vec<_> = found.iter().map(|(owner, rows)| (*owner, rows.len())).collect();
        let rows = found.into_values().flatten().collect();
        let mut tasks = Self::wrap(services, actor, rows)?.into_iter();
        Ok(counts.into_iter().map(|(owner, count)| (owner, tasks.by_ref().take(count).collect())).collect())
    }

    /// A page of them.
    ///
    /// # Errors
    /// As [`TaskList::wrap`].
    pub fn wrap_page(
        services: &Arc<Services>,
        actor: &Actor,
        page: Page<domain::Task>,
    ) -> Result<Page<Arc<Task>>, Fault> {
        let rows = page.edges.iter().map(|edge| edge.node.clone()).collect();
        let list = Self::new(services, actor, rows);
        page.map(|row| Task::new(row, &list).map(Arc::new)).transpose()
    }

    /// A task that was read alone.
    ///
    /// # Errors
    /// As [`TaskList::wrap`].
    pub fn alone(services: &Arc<Services>, actor: &Actor, row: domain::Task) -> Result<Arc<Task>, Fault> {
        let list = Self::new(services, actor, vec![row.clone()]);
        Task::new(row, &list).map(Arc::new)
    }

    /// Those of the tasks that `actor` may see.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load(
        services: &Arc<Services>,
        actor: &Actor,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<Task>>, Fault> {
        let rows = services.workflow.visible_tasks(actor, ids).await?;
        let tasks = Self::wrap(services, actor, rows)?;
        Ok(tasks.into_iter().map(|task| (task.row.id, task)).collect())
    }

    /// What is around the tasks, read for all of them at once.
    async fn around(&self) -> Result<&Around, Arc<Fault>> {
        let load = async || {
            let outlook = self.services.workflow.outlook(&self.actor, &self.rows).await?;
            let candidates = self.rows.iter().flat_map(|row| outlook.candidates(row));
            let candidates = candidates.filter_map(|name| name.parse().ok()).collect();
            let names = names(&self.services, candidates).await?;
            Ok(Around { outlook, names })
        };
        let around = self.around.get_or_init(async || load().await.map_err(Arc::<Fault>::new)).await;
        around.as_ref().map_err(Arc::clone)
    }
}

/// A task that the actor may see.
pub struct Task {
    row: domain::Task,
    status: domain::TaskStatus,
    list: Arc<TaskList>,
}

impl Task {
    fn new(row: domain::Task, list: &Arc<TaskList>) -> Result<Self, Fault> {
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
        let (Some(definition), Some(instance)) = (outlook.definition(&self.row), outlook.instance(&self.row))
        else {
            return Err(Fault::internal("a task's instance is gone").into());
        };
        let variables = serde_json::from_str(&instance.variables).map_err(Fault::internal)?;
        Ok(form_of(&definition.model, &self.row, &variables).map(|form| One(TaskForm(form))))
    }
}

connection! {
    /// A page of tasks.
    TaskConnection,
    /// A task in its place.
    TaskEdge,
    Task
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
