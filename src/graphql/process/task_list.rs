//! Tasks that were read together: what one of them asks for is read for all.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::OnceCell;
use uuid::Uuid;

use super::candidate::names;
use super::instance::ProcessInstance;
use super::task::Task;
use crate::graphql::context::Services;
use crate::graphql::loaders::{ListLoader, Shared};
use crate::graphql::viewer::UserList;
use crate::kernel::{Actor, Fault, Page};
use crate::workflow::{self as domain, Outlook};

/// What is around tasks, with the names of their candidates.
pub(super) struct Around {
    pub(super) outlook: Outlook,
    pub(super) names: HashMap<String, String>,
}

/// That a task was shown to who asks.
pub(super) struct Copied {
    pub(super) at: chrono::DateTime<chrono::Utc>,
    pub(super) by: String,
    pub(super) users: Arc<UserList>,
}

/// What tasks that were read together share.
pub struct TaskList {
    pub(super) services: Arc<Services>,
    pub(super) actor: Actor,
    rows: Vec<domain::Task>,
    pub(super) users: Arc<UserList>,
    pub(super) instances: ListLoader<Uuid, Arc<ProcessInstance>>,
    around: OnceCell<Shared<Around>>,
    pub(super) rounds: ListLoader<Uuid, domain::RoundCount>,
    copies: ListLoader<Uuid, Arc<Copied>>,
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
            rounds: ListLoader::new(rows.iter().map(|row| row.activity_id)),
            copies: ListLoader::new(rows.iter().map(|row| row.id)),
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
        Ok(tasks.into_iter().map(|task| (task.raw_id(), task)).collect())
    }

    /// When a task of the list was shown to who asks, and by whom; read for all of them at once.
    pub(super) async fn copied(&self, task: &Uuid) -> Shared<Option<Arc<Copied>>> {
        let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
            let found = self.services.workflow.copies(&self.actor, ids).await?;
            let users = UserList::new(&self.services, found.values().map(|(_, by)| by.clone()));
            let wrap = |(id, (at, by))| (id, Arc::new(Copied { at, by, users: Arc::clone(&users) }));
            Ok(found.into_iter().map(wrap).collect())
        };
        self.copies.get(task, load).await
    }

    /// What is around the tasks, read for all of them at once.
    pub(super) async fn around(&self) -> Result<&Around, Arc<Fault>> {
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
