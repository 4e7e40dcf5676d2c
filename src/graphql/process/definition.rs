//! Definitions: processes as they were deployed.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Result};
use uuid::Uuid;

use super::node::ProcessNode;
use super::start_event::StartEvent;
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::connection::{Connection, Count, connection, page};
use crate::graphql::context::{Services, actor};
use crate::graphql::loaders::{ListLoader, ListLoaders};
use crate::graphql::scalars::{DateTime, Json};
use crate::graphql::viewer::{User, UserList};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind, Page, PageRequest, Place};
use crate::workflow::{self as domain, DefinitionHead, start_form};

/// What definitions that were read together share.
pub struct DefinitionList {
    services: Arc<Services>,
    deployers: Arc<UserList>,
    whole: ListLoader<Uuid, Arc<domain::Definition>>,
    versions: ListLoaders<u64, String, Vec<Arc<ProcessDefinition>>>,
    counts: ListLoader<String, i64>,
    startable: ListLoader<Uuid, bool>,
    starts: ListLoader<Uuid, Vec<domain::StartSubscription>>,
}

impl DefinitionList {
    /// For definitions that were read together.
    pub fn new(services: &Arc<Services>, heads: &[&DefinitionHead]) -> Arc<Self> {
        let keys = || heads.iter().map(|head| head.key.clone());
        Arc::new(Self {
            services: Arc::clone(services),
            deployers: UserList::new(services, heads.iter().map(|head| head.deployed_by.clone())),
            whole: ListLoader::new(heads.iter().map(|head| head.id)),
            versions: ListLoaders::new(keys()),
            counts: ListLoader::new(keys()),
            startable: ListLoader::new(heads.iter().map(|head| head.id)),
            starts: ListLoader::new(heads.iter().map(|head| head.id)),
        })
    }

    /// The definitions with these ids; everybody may see them.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load(
        services: &Arc<Services>,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Arc<ProcessDefinition>>, Fault> {
        let found = services.workflow.definitions().heads(ids).await?;
        let list = Self::new(services, &found.values().collect::<Vec<_>>());
        Ok(found.into_iter().map(|(id, head)| (id, Arc::new(ProcessDefinition::new(head, &list)))).collect())
    }

    /// Which of the list `actor` may start; found out for all of it at once.
    async fn load_startable(&self, actor: &Actor, ids: &[Uuid]) -> Result<HashMap<Uuid, bool>, Fault> {
        let whole = self.services.workflow.definitions().by_ids(ids).await?;
        let whole: Vec<_> = whole.into_values().collect();
        let found = self.services.workflow.startable(actor, &whole).await?;
        Ok(found.into_iter().map(|id| (id, true)).collect())
    }

    async fn load_versions(
        services: &Arc<Services>,
        keys: &[String],
        limit: u64,
    ) -> Result<HashMap<String, Vec<Arc<ProcessDefinition>>>, Fault> {
        let found = services.workflow.definitions().first_versions(keys, limit).await?;
        let list = Self::new(services, &found.values().flatten().collect::<Vec<_>>());
        let wrap = |heads: Vec<DefinitionHead>| {
            heads.into_iter().map(|head| Arc::new(ProcessDefinition::new(head, &list))).collect()
        };
        Ok(found.into_iter().map(|(key, heads)| (key, wrap(heads))).collect())
    }

    /// How many versions a process of the list has; counted for all of it at once.
    async fn count(&self, key: &String) -> Result<i64, Fault> {
        let load = async |keys: &[String]| self.services.workflow.definitions().version_counts(keys).await;
        let count = self.counts.get(key, load).await.map_err(|fault| Fault::clone(&fault))?;
        Ok(count.unwrap_or_default())
    }
}

/// A definition.
pub struct ProcessDefinition {
    head: DefinitionHead,
    list: Arc<DefinitionList>,
}

impl ProcessDefinition {
    /// A definition of `list`.
    pub fn new(head: DefinitionHead, list: &Arc<DefinitionList>) -> Self {
        Self { head, list: Arc::clone(list) }
    }

    /// A definition that was read alone.
    pub fn alone(services: &Arc<Services>, head: DefinitionHead) -> Arc<Self> {
        let list = DefinitionList::new(services, &[&head]);
        Arc::new(Self::new(head, &list))
    }

    /// What it was read into, for the whole list at once.
    async fn whole(&self) -> Result<Arc<domain::Definition>> {
        let services = &self.list.services;
        let load = async |ids: &[Uuid]| services.workflow.definitions().by_ids(ids).await;
        let found = self.list.whole.get(&self.head.id, load).await?;
        Ok(found.ok_or_else(|| Fault::internal("a definition is gone"))?)
    }

    async fn versions_page(&self, page: PageRequest) -> Result<One<ProcessDefinitionConnection>> {
        let services = &self.list.services;
        let from_start = !page.backwards && page.after.is_none() && page.before.is_none();
        let found = if from_start {
            // The one too many says whether there are more.
            let load =
                async |keys: &[String]| DefinitionList::load_versions(services, keys, page.limit + 1).await;
            let versions = self.list.versions.with(page.limit).get(&self.head.key, load).await?;
            Page::from_read(&page, versions.unwrap_or_default(), |version| {
                Place::Number(version.head.version.into())
            })
        } else {
            let found = services.workflow.definitions().versions(&self.head.key, &page).await?;
            let heads: Vec<_> = found.edges.iter().map(|edge| &edge.node).collect();
            let list = DefinitionList::new(services, &heads);
            found.map(|head| Arc::new(Self::new(head, &list)))
        };
        let (list, key) = (Arc::clone(&self.list), self.head.key.clone());
        let count = move || -> Count {
            let (list, key) = (Arc::clone(&list), key.clone());
            Box::pin(async move { list.count(&key).await })
        };
        Ok(One(ProcessDefinitionConnection(Connection::of_shared(found, count))))
    }
}

object_at_hand! {
    /// A version of a process, as it was deployed. It never changes, and instances stay on theirs.
    ProcessDefinition |definition| {
        /// The global id.
        id "id": ID = definition_id(definition.head.id);
        /// The process's id in the document: what `startProcess` takes.
        key "key": String = definition.head.key.clone();
        /// From 1, growing with each deployment of the key.
        version "version": i32 = definition.head.version;
        /// What to call it.
        name "name": String = definition.head.name.clone();
        /// Who deployed it.
        deployed_by "deployedBy": One<User> =
            One(User::new(&definition.head.deployed_by, &definition.list.deployers));
        /// When it was deployed.
        created_at "createdAt": DateTime = DateTime(definition.head.created_at);
    }
    more {
        /// The document as it was deployed: BPMN 2.0 XML, with what drawing tools put into it.
        async fn bpmn_xml(&self) -> Result<String> {
            Ok(self.whole().await?.row.bpmn_xml.clone())
        }

        /// The document with a diagram: as it was deployed where it has one, else with one made for it.
        async fn diagram_xml(&self) -> Result<String> {
            let whole = self.whole().await?;
            Ok(self.list.services.workflow.definitions().diagram(&whole).await?)
        }

        /// The chart that it was drawn as; null where it was deployed as a document.
        async fn chart(&self) -> Result<Option<Json>> {
            let whole = self.whole().await?;
            let chart = whole.row.chart.as_deref().map(serde_json::from_str).transpose();
            Ok(chart.map_err(Fault::internal)?.map(Json))
        }

        /// The JSON Schema of the form with which it is started; null where it has none.
        async fn start_form(&self) -> Option<Result<Json>> {
            let whole = self.whole().await;
            whole.map(|whole| start_form(&whole.model).map(|form| Json(form.schema().clone()))).transpose()
        }

        /// The type of the business record that each instance decides about; null: about none.
        async fn business_type(&self) -> Result<Option<String>> {
            Ok(self.whole().await?.model.settings.business_type.clone())
        }

        /// Whether `startProcess` needs a business key.
        async fn needs_business_key(&self) -> Result<bool> {
            Ok(self.whole().await?.model.settings.business_type.is_some())
        }

        /// Whether who has no token may start it.
        async fn anonymous_start(&self) -> Result<bool> {
            Ok(self.whole().await?.model.settings.anonymous_start)
        }

        /// Whether you may start it by `startProcess`: what begins by events alone nobody may.
        async fn can_start(&self, ctx: &Context<'_>) -> Result<bool> {
            let actor = actor(ctx)?;
            let load = async |ids: &[Uuid]| self.list.load_startable(actor, ids).await;
            Ok(self.list.startable.get(&self.head.id, load).await?.unwrap_or_default())
        }

        /// The nodes whose approvers whoever starts it is to choose (`approvers` of `startProcess`): where
        /// nobody is chosen, they do what they do where nobody is found.
        async fn approvers_to_choose(&self) -> Result<Rows<ProcessNode>> {
            let whole = self.whole().await?;
            let Some(start) = whole.model.start_by_hand() else { return Ok(Rows(Vec::new())) };
            let nodes = whole.model.to_choose(&start.id);
            Ok(Rows(nodes.into_iter().map(|node| ProcessNode::new(&whole, &node.id)).collect()))
        }

        /// Where it begins, in the document's order: by whoever wants to, and by events.
        async fn start_events(&self) -> Result<Rows<StartEvent>> {
            let workflow = &self.list.services.workflow;
            let load = async |ids: &[Uuid]| workflow.starts_of(ids).await;
            let waiting = self.list.starts.get(&self.head.id, load).await?.unwrap_or_default();
            let whole = self.whole().await?;
            let found = domain::start_events(&whole, &waiting);
            Ok(Rows(found.into_iter().map(StartEvent::new).collect()))
        }

        /// Its nodes, in the document's order.
        async fn nodes(&self) -> Result<Rows<ProcessNode>> {
            let whole = self.whole().await?;
            let mut nodes: Vec<_> = whole.model.nodes.values().collect();
            nodes.sort_by_key(|node| node.line);
            Ok(Rows(nodes.into_iter().map(|node| ProcessNode::new(&whole, &node.id)).collect()))
        }

        /// All versions of the process, the newest first.
        async fn versions(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
            #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
            #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
            #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        ) -> Result<One<ProcessDefinitionConnection>> {
            self.versions_page(page(ctx, first, after, last, before)?).await
        }
    }
}

connection! {
    /// A page of definitions.
    ProcessDefinitionConnection,
    /// A definition in its place.
    ProcessDefinitionEdge,
    ProcessDefinition
}

/// A definition's global id.
pub fn definition_id(id: Uuid) -> ID {
    ID(GlobalId::encode(NodeKind::ProcessDefinition, id))
}
