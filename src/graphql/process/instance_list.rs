//! Instances that were read together: what one of them asks for is read for all.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Result;
use uuid::Uuid;

use super::definition::ProcessDefinition;
use super::history::{HistoryEntry, HistoryList};
use super::instance::ProcessInstance;
use super::task::Task;
use crate::graphql::context::{Services, nobody};
use crate::graphql::loaders::{ListLoader, ListLoaders};
use crate::graphql::viewer::UserList;
use crate::kernel::{Actor, Edge, Fault};
use crate::workflow as domain;

/// The most instances that are told of those that an instance has called.
const MAX_CHILDREN: u64 = 100;

/// What instances that were read together share.
pub struct InstanceList {
    pub(super) services: Arc<Services>,
    /// None: somebody without a token has started them.
    pub(super) actor: Option<Actor>,
    pub(super) starters: Arc<UserList>,
    pub(super) definitions: ListLoader<Uuid, Arc<ProcessDefinition>>,
    pub(super) whole: ListLoader<Uuid, Arc<domain::Definition>>,
    /// By the topmost instances of those that were called.
    pub(super) suspended: ListLoader<Uuid, bool>,
    pub(super) parents: ListLoader<Uuid, Arc<ProcessInstance>>,
    pub(super) children: ListLoader<Uuid, Vec<Arc<ProcessInstance>>>,
    pub(super) activities: ListLoaders<bool, Uuid, Vec<domain::Activity>>,
    pub(super) tasks: ListLoaders<u64, Uuid, Vec<Arc<Task>>>,
    pub(super) task_counts: ListLoader<Uuid, i64>,
    pub(super) history: ListLoaders<u64, Uuid, Vec<Edge<Arc<HistoryEntry>>>>,
    pub(super) history_counts: ListLoader<Uuid, i64>,
}

impl InstanceList {
    /// For instances that were read together, which `actor` may see.
    pub fn new(services: &Arc<Services>, actor: Option<&Actor>, rows: &[&domain::Instance]) -> Arc<Self> {
        let ids = || rows.iter().map(|row| row.id);
        let definitions = || rows.iter().map(|row| row.definition_id);
        Arc::new(Self {
            services: Arc::clone(services),
            actor: actor.cloned(),
            starters: UserList::new(services, rows.iter().filter_map(|row| row.started_by.clone())),
            definitions: ListLoader::new(definitions()),
            whole: ListLoader::new(definitions()),
            suspended: ListLoader::new(
                rows.iter().filter(|row| row.parent_id.is_some()).map(|row| row.root_id),
            ),
            parents: ListLoader::new(rows.iter().filter_map(|row| row.parent_id)),
            children: ListLoader::new(ids()),
            activities: ListLoaders::new(ids()),
            tasks: ListLoaders::new(ids()),
            task_counts: ListLoader::new(ids()),
            history: ListLoaders::new(ids()),
            history_counts: ListLoader::new(ids()),
        })
    }

    /// Those of the instances that `actor` may see.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load(
        services: &Arc<Services>,
        actor: &Actor,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<ProcessInstance>>, Fault> {
        let rows = services.workflow.visible_instances(actor, ids).await?;
        let found = Self::wrap(services, actor, rows)?;
        Ok(found.into_iter().map(|instance| (instance.row.id, instance)).collect())
    }

    /// Instances that were found visible by what refers to them.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load_referred(
        services: &Arc<Services>,
        actor: &Actor,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<ProcessInstance>>, Fault> {
        let rows = services.workflow.instances_by_ids(ids).await?;
        let found = Self::wrap(services, actor, rows.into_values().collect())?;
        Ok(found.into_iter().map(|instance| (instance.row.id, instance)).collect())
    }

    fn wrap(
        services: &Arc<Services>,
        actor: &Actor,
        rows: Vec<domain::Instance>,
    ) -> Result<Vec<Arc<ProcessInstance>>, Fault> {
        let list = Self::new(services, Some(actor), &rows.iter().collect::<Vec<_>>());
        rows.into_iter().map(|row| Ok(Arc::new(ProcessInstance::new(row, &list)?))).collect()
    }

    /// Who looks.
    pub(super) fn actor(&self) -> Result<&Actor, Fault> {
        self.actor.as_ref().ok_or_else(nobody)
    }

    pub(super) async fn load_suspended(&self, roots: &[Uuid]) -> Result<HashMap<Uuid, bool>, Fault> {
        let suspended = self.services.workflow.suspended_roots(roots).await?;
        Ok(roots.iter().map(|root| (*root, suspended.contains(root))).collect())
    }

    pub(super) async fn load_children(
        &self,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<Arc<ProcessInstance>>>, Fault> {
        let found = self.services.workflow.first_children(ids, MAX_CHILDREN).await?;
        let rows = found.into_values().flatten().collect();
        let mut children: HashMap<Uuid, Vec<_>> = HashMap::new();
        for child in Self::wrap(&self.services, self.actor()?, rows)? {
            if let Some(parent) = child.row.parent_id {
                children.entry(parent).or_default().push(child);
            }
        }
        Ok(children)
    }

    pub(super) async fn load_history(
        &self,
        ids: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<Edge<Arc<HistoryEntry>>>>, Fault> {
        let found = self.services.workflow.first_history(ids, limit).await?;
        let rows: Vec<_> = found.values().flatten().map(|edge| &edge.node).collect();
        let list = HistoryList::new(&self.services, self.actor()?, &rows);
        let wrap = |edges: Vec<Edge<domain::HistoryEntry>>| {
            let edge = |edge: Edge<_>| {
                Ok(Edge { place: edge.place, node: Arc::new(HistoryEntry::new(edge.node, &list)?) })
            };
            edges.into_iter().map(edge).collect::<Result<_, Fault>>()
        };
        found.into_iter().map(|(id, edges)| Ok((id, wrap(edges)?))).collect()
    }

    pub(super) async fn count_tasks(&self, id: Uuid) -> Result<i64, Fault> {
        let load = async |ids: &[Uuid]| self.services.workflow.task_counts(ids).await;
        let count = self.task_counts.get(&id, load).await.map_err(|fault| Fault::clone(&fault))?;
        Ok(count.unwrap_or_default())
    }

    pub(super) async fn count_history(&self, id: Uuid) -> Result<i64, Fault> {
        let load = async |ids: &[Uuid]| self.services.workflow.history_counts(ids).await;
        let count = self.history_counts.get(&id, load).await.map_err(|fault| Fault::clone(&fault))?;
        Ok(count.unwrap_or_default())
    }
}
