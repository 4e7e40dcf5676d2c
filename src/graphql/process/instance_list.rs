//! Instances that were read together: what one of them asks for is read for all.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::Result;
use uuid::Uuid;

use super::definition::ProcessDefinition;
use super::event::{EventSubscription, Incident, IncidentList};
use super::history::{HistoryEntry, HistoryList};
use super::instance::ProcessInstance;
use super::job::Job;
use super::node::ProcessActivity;
use super::record::{BusinessRecord, RecordList};
use super::task::Task;
use super::value::{ValueList, VariableValue};
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
    /// By the topmost instances of those that were called.
    pub(super) suspended: ListLoader<Uuid, bool>,
    pub(super) parents: ListLoader<Uuid, Arc<ProcessInstance>>,
    pub(super) children: ListLoader<Uuid, Vec<Arc<ProcessInstance>>>,
    activities: ListLoaders<bool, Uuid, Vec<Arc<ProcessActivity>>>,
    pub(super) tasks: ListLoaders<u64, Uuid, Vec<Arc<Task>>>,
    pub(super) task_counts: ListLoader<Uuid, i64>,
    pub(super) history: ListLoaders<u64, Uuid, Vec<Edge<Arc<HistoryEntry>>>>,
    pub(super) history_counts: ListLoader<Uuid, i64>,
    pub(super) values: ListLoaders<u64, Uuid, Vec<Arc<VariableValue>>>,
    value_counts: ListLoader<Uuid, i64>,
    records: ListLoader<Uuid, Arc<BusinessRecord>>,
    subscriptions: ListLoader<Uuid, Vec<Arc<EventSubscription>>>,
    incidents: ListLoader<Uuid, Vec<Arc<Incident>>>,
    jobs: ListLoader<Uuid, Vec<Arc<Job>>>,
}

impl InstanceList {
    /// For instances that were read together, which `actor` may see.
    pub fn new(services: &Arc<Services>, actor: Option<&Actor>, rows: &[&domain::Instance]) -> Arc<Self> {
        let ids = || rows.iter().map(|row| row.id);
        Arc::new(Self {
            services: Arc::clone(services),
            actor: actor.cloned(),
            starters: UserList::new(services, rows.iter().filter_map(|row| row.started_by.clone())),
            definitions: ListLoader::new(rows.iter().map(|row| row.definition_id)),
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
            values: ListLoaders::new(ids()),
            value_counts: ListLoader::new(ids()),
            records: ListLoader::new(ids()),
            subscriptions: ListLoader::new(ids()),
            incidents: ListLoader::new(ids()),
            jobs: ListLoader::new(ids()),
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
        let mut places = Vec::new();
        let mut rows = Vec::new();
        for (id, edges) in found {
            for Edge { place, node } in edges {
                places.push((id, place));
                rows.push(node);
            }
        }
        let mut history: HashMap<Uuid, Vec<_>> = HashMap::new();
        let entries = HistoryList::wrap(&self.services, self.actor()?, rows)?;
        for ((id, place), node) in places.into_iter().zip(entries) {
            history.entry(id).or_default().push(Edge { place, node });
        }
        Ok(history)
    }

    /// The stays in an instance of the list and in those that it has called, read for all of it at once.
    pub(super) async fn stays(
        &self,
        id: &Uuid,
        only_open: bool,
        limit: u64,
    ) -> Result<Vec<Arc<ProcessActivity>>> {
        let workflow = &self.services.workflow;
        let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
            let found = workflow.first_activities(ids, only_open, limit).await?;
            let instances: HashSet<_> = found.values().flatten().map(|row| row.instance_id).collect();
            let definitions = workflow.definitions_of(&instances.into_iter().collect::<Vec<_>>()).await?;
            let wrap = |row: domain::Activity| {
                let definition = definitions.get(&row.instance_id);
                definition.map(|definition| Arc::new(ProcessActivity::new(row, definition)))
            };
            let wrap = |rows: Vec<domain::Activity>| rows.into_iter().filter_map(wrap).collect();
            Ok(found.into_iter().map(|(id, rows)| (id, wrap(rows))).collect())
        };
        Ok(self.activities.with(only_open).get(id, load).await?.unwrap_or_default())
    }

    /// The first values of each of the instances of the list whose variables the actor may see.
    pub(super) async fn load_values(
        &self,
        ids: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<Arc<VariableValue>>>, Fault> {
        let found = self.services.workflow.first_values(ids, limit).await?;
        let list =
            ValueList::new(&self.services, self.actor()?, &found.values().flatten().collect::<Vec<_>>());
        let wrap = |rows: Vec<domain::VariableValue>| {
            rows.into_iter().map(|row| Arc::new(VariableValue::new(row, &list))).collect()
        };
        Ok(found.into_iter().map(|(id, rows)| (id, wrap(rows))).collect())
    }

    /// The business record of an instance of the list, read for all of it at once.
    pub(super) async fn record(&self, id: &Uuid) -> Result<Option<Arc<BusinessRecord>>> {
        let actor = self.actor()?;
        let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
            let names = self.services.workflow.records_of(actor, ids).await?;
            let list = RecordList::new(&self.services, actor, names.values().cloned());
            Ok(names.into_iter().map(|(id, name)| (id, Arc::new(BusinessRecord::new(name, &list)))).collect())
        };
        Ok(self.records.get(id, load).await?)
    }

    /// What an instance of the list waits for, read for all of it at once.
    pub(super) async fn waits_for(&self, id: &Uuid) -> Result<Vec<Arc<EventSubscription>>> {
        let workflow = &self.services.workflow;
        let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
            let found = workflow.subscriptions_of(ids).await?;
            let definitions = workflow.definitions_of(&found.keys().copied().collect::<Vec<_>>()).await?;
            let mut waiting = HashMap::with_capacity(found.len());
            for (id, rows) in found {
                let Some(definition) = definitions.get(&id) else { continue };
                let wrap = |row| Ok(Arc::new(EventSubscription::new(row, definition)?));
                waiting.insert(id, rows.into_iter().map(wrap).collect::<Result<Vec<_>, Fault>>()?);
            }
            Ok(waiting)
        };
        Ok(self.subscriptions.get(id, load).await?.unwrap_or_default())
    }

    /// What machines are to do for an instance of the list, read for all of it at once.
    pub(super) async fn jobs(&self, id: &Uuid) -> Result<Vec<Arc<Job>>> {
        self.actor()?;
        let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
            let found = self.services.workflow.jobs_of(ids).await?;
            let wrap = |(id, rows): (Uuid, Vec<domain::Job>)| {
                let jobs = rows.into_iter().map(|row| Ok(Arc::new(Job::new(row)?)));
                Ok((id, jobs.collect::<Result<Vec<_>, Fault>>()?))
            };
            found.into_iter().map(wrap).collect()
        };
        Ok(self.jobs.get(id, load).await?.unwrap_or_default())
    }

    /// The open incidents of an instance of the list, read for all of it at once.
    pub(super) async fn incidents(&self, id: &Uuid) -> Result<Vec<Arc<Incident>>> {
        let actor = self.actor()?;
        let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
            let found = self.services.workflow.incidents_of(ids).await?;
            let list =
                IncidentList::new(&self.services, actor, &found.values().flatten().collect::<Vec<_>>());
            let wrap = |rows: Vec<domain::Incident>| {
                rows.into_iter().map(|row| Arc::new(Incident::new(row, &list))).collect()
            };
            Ok(found.into_iter().map(|(id, rows)| (id, wrap(rows))).collect())
        };
        Ok(self.incidents.get(id, load).await?.unwrap_or_default())
    }

    pub(super) async fn count_values(&self, id: Uuid) -> Result<i64, Fault> {
        let load = async |ids: &[Uuid]| self.services.workflow.value_counts(ids).await;
        let count = self.value_counts.get(&id, load).await.map_err(|fault| Fault::clone(&fault))?;
        Ok(count.unwrap_or_default())
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
