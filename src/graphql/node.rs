//! Refetching anything by its global id.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    Context, ContextSelectionSet, ID, Interface, Object, OutputType, Positioned, Result, ServerResult, Value,
};
use uuid::Uuid;

use super::at_hand::One;
use super::batch::{Batch, BatchList};
use super::context::{Services, actor, services};
use super::directory::{ApproverRole, Department, Person, PersonList, Position, Tag, by_ids};
use super::feature::{Feature, FeatureList};
use super::item::{BatchItem, ItemList, parse_item_id};
use super::process::{DefinitionList, InstanceList, ProcessDefinition, ProcessInstance, Task, TaskList};
use super::viewer::{LedgerEntry, LedgerList, User, UserList};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind};

/// The most ids that `nodes` takes.
const MAX_NODES: usize = 100;

/// Anything that can be fetched again by its id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id."))]
pub enum Node {
    /// A feature.
    Feature(One<Arc<Feature>>),
    /// A batch.
    Batch(One<Arc<Batch>>),
    /// An item of a batch.
    BatchItem(One<Arc<BatchItem>>),
    /// An entry of a ledger.
    LedgerEntry(One<Arc<LedgerEntry>>),
    /// A user.
    User(One<User>),
    /// A person of the directory.
    Person(One<Arc<Person>>),
    /// A department.
    Department(One<Arc<Department>>),
    /// A position.
    Position(One<Arc<Position>>),
    /// A tag.
    Tag(One<Arc<Tag>>),
    /// An approver role.
    ApproverRole(One<Arc<ApproverRole>>),
    /// A version of a process.
    ProcessDefinition(One<Arc<ProcessDefinition>>),
    /// An instance of a process.
    ProcessInstance(One<Arc<ProcessInstance>>),
    /// A task.
    Task(One<Arc<Task>>),
}

/// A node, its fields resolved as those of its own type are.
pub struct AnyNode(Node);

impl OutputType for AnyNode {
    fn type_name() -> Cow<'static, str> {
        <Node as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Node as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match &self.0 {
            Node::Feature(node) => node.resolve(ctx, field).await,
            Node::Batch(node) => node.resolve(ctx, field).await,
            Node::BatchItem(node) => node.resolve(ctx, field).await,
            Node::LedgerEntry(node) => node.resolve(ctx, field).await,
            Node::User(node) => node.resolve(ctx, field).await,
            Node::Person(node) => node.resolve(ctx, field).await,
            Node::Department(node) => node.resolve(ctx, field).await,
            Node::Position(node) => node.resolve(ctx, field).await,
            Node::Tag(node) => node.resolve(ctx, field).await,
            Node::ApproverRole(node) => node.resolve(ctx, field).await,
            Node::ProcessDefinition(node) => node.resolve(ctx, field).await,
            Node::ProcessInstance(node) => node.resolve(ctx, field).await,
            Node::Task(node) => node.resolve(ctx, field).await,
        }
    }
}

/// Refetching.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Anything by its global id; null where there is no such thing, or it is not yours to see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id.")] id: ID,
    ) -> Option<Result<AnyNode>> {
        find(ctx, vec![id]).await.map(|mut found| found.pop().flatten()).transpose()
    }

    /// Many things by their global ids, in the ids' order; null in the place of what is not there
    /// or not yours to see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most 100 global ids.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<AnyNode>>> {
        if ids.len() > MAX_NODES {
            return Err(Fault::bad_input("ids", format!("at most {MAX_NODES} ids")).into());
        }
        find(ctx, ids).await
    }
}

async fn find(ctx: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Option<AnyNode>>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let ids: Vec<_> = ids.iter().map(|id| GlobalId::decode(id)).collect();
    let wanted = Wanted::of(&ids);
    let found = wanted.load(services, actor).await?;
    Ok(ids.into_iter().map(|id| id.and_then(|id| found.node(&id)).map(AnyNode)).collect())
}

/// Raw ids by kind, so that each kind takes one load.
#[derive(Default)]
struct Wanted {
    features: Vec<String>,
    batches: Vec<Uuid>,
    items: Vec<(Uuid, i32)>,
    entries: Vec<i64>,
    users: Vec<String>,
    people: Vec<String>,
    departments: Vec<String>,
    positions: Vec<String>,
    tags: Vec<String>,
    roles: Vec<String>,
    definitions: Vec<Uuid>,
    instances: Vec<Uuid>,
    tasks: Vec<Uuid>,
}

impl Wanted {
    fn of(ids: &[Option<GlobalId>]) -> Self {
        let mut wanted = Self::default();
        for id in ids.iter().flatten() {
            match id.kind {
                NodeKind::Feature => wanted.features.push(id.raw.clone()),
                NodeKind::Batch => wanted.batches.extend(Uuid::try_parse(&id.raw).ok()),
                NodeKind::BatchItem => wanted.items.extend(parse_item_id(&id.raw)),
                NodeKind::LedgerEntry => wanted.entries.extend(id.raw.parse::<i64>().ok()),
                NodeKind::User => wanted.users.push(id.raw.clone()),
                NodeKind::Person => wanted.people.push(id.raw.clone()),
                NodeKind::Department => wanted.departments.push(id.raw.clone()),
                NodeKind::Position => wanted.positions.push(id.raw.clone()),
                NodeKind::Tag => wanted.tags.push(id.raw.clone()),
                NodeKind::ApproverRole => wanted.roles.push(id.raw.clone()),
                NodeKind::ProcessDefinition => wanted.definitions.extend(Uuid::try_parse(&id.raw).ok()),
                NodeKind::ProcessInstance => wanted.instances.extend(Uuid::try_parse(&id.raw).ok()),
                NodeKind::Task => wanted.tasks.extend(Uuid::try_parse(&id.raw).ok()),
                // A download; and what is no node, but a part of a person or an instance.
                NodeKind::File
                | NodeKind::Absence
                | NodeKind::Incident
                | NodeKind::Job
                | NodeKind::StartIncident
                | NodeKind::Webhook
                | NodeKind::WebhookDelivery => {}
            }
        }
        wanted
    }

    async fn load(self, services: &Arc<Services>, actor: &Actor) -> Result<Found, Fault> {
        let mut found = Found::default();
        if !self.features.is_empty() {
            found.features = FeatureList::load_present(services, &self.features).await?;
        }
        if !self.batches.is_empty() {
            found.batches = BatchList::load(services, actor, &self.batches).await?;
        }
        if !self.items.is_empty() {
            let views = services.batches.items_by_key(actor, &self.items).await?;
            let list = ItemList::new(services, views.keys().copied());
            found.items =
                views.into_iter().map(|(key, view)| (key, Arc::new(BatchItem::new(view, &list)))).collect();
        }
        if !self.entries.is_empty() {
            let entries = services.accounts.entries(actor, &self.entries).await?;
            let list = LedgerList::new(services, actor, entries.values().filter_map(|entry| entry.batch_id));
            found.entries = entries
                .into_iter()
                .map(|(id, entry)| (id, Arc::new(LedgerEntry::new(entry, &list))))
                .collect();
        }
        if !self.users.is_empty() {
            let users = services.accounts.visible_users(actor, &self.users).await?;
            found.users = Some((UserList::new(services, users.iter().cloned()), users));
        }
        self.load_directory(services, &mut found).await?;
        if !self.definitions.is_empty() {
            found.definitions = DefinitionList::load(services, &self.definitions).await?;
        }
        if !self.instances.is_empty() {
            found.instances = InstanceList::load(services, actor, &self.instances).await?;
        }
        if !self.tasks.is_empty() {
            found.tasks = TaskList::load(services, actor, &self.tasks).await?;
        }
        Ok(found)
    }

    /// What of the directory is wanted: everybody may see it.
    async fn load_directory(&self, services: &Arc<Services>, found: &mut Found) -> Result<(), Fault> {
        if !self.people.is_empty() {
            found.people = PersonList::load(services, &self.people).await?;
        }
        if !self.departments.is_empty() {
            found.departments = by_ids(services, &self.departments).await?;
        }
        if !self.positions.is_empty() {
            found.positions = by_ids(services, &self.positions).await?;
        }
        if !self.tags.is_empty() {
            found.tags = by_ids(services, &self.tags).await?;
        }
        if !self.roles.is_empty() {
            found.roles = by_ids(services, &self.roles).await?;
        }
        Ok(())
    }
}

/// What was found, by raw id.
#[derive(Default)]
struct Found {
    features: HashMap<String, Arc<Feature>>,
    batches: HashMap<Uuid, Arc<Batch>>,
    items: HashMap<(Uuid, i32), Arc<BatchItem>>,
    entries: HashMap<i64, Arc<LedgerEntry>>,
    users: Option<(Arc<UserList>, HashSet<String>)>,
    people: HashMap<String, Arc<Person>>,
    departments: HashMap<String, Arc<Department>>,
    positions: HashMap<String, Arc<Position>>,
    tags: HashMap<String, Arc<Tag>>,
    roles: HashMap<String, Arc<ApproverRole>>,
    definitions: HashMap<Uuid, Arc<ProcessDefinition>>,
    instances: HashMap<Uuid, Arc<ProcessInstance>>,
    tasks: HashMap<Uuid, Arc<Task>>,
}

impl Found {
    fn node(&self, id: &GlobalId) -> Option<Node> {
        match id.kind {
            NodeKind::Feature => self.features.get(&id.raw).cloned().map(One).map(Node::Feature),
            NodeKind::Batch => {
                let id = Uuid::try_parse(&id.raw).ok()?;
                self.batches.get(&id).cloned().map(One).map(Node::Batch)
            }
            NodeKind::BatchItem => {
                let key = parse_item_id(&id.raw)?;
                self.items.get(&key).cloned().map(One).map(Node::BatchItem)
            }
            NodeKind::LedgerEntry => {
                let id = id.raw.parse().ok()?;
                self.entries.get(&id).cloned().map(One).map(Node::LedgerEntry)
            }
            NodeKind::User => {
                let (list, users) = self.users.as_ref()?;
                let user = users.get(&id.raw)?;
                Some(Node::User(One(User::new(user, list))))
            }
            NodeKind::Person => self.people.get(&id.raw).cloned().map(One).map(Node::Person),
            NodeKind::Department => self.departments.get(&id.raw).cloned().map(One).map(Node::Department),
            NodeKind::Position => self.positions.get(&id.raw).cloned().map(One).map(Node::Position),
            NodeKind::Tag => self.tags.get(&id.raw).cloned().map(One).map(Node::Tag),
            NodeKind::ApproverRole => self.roles.get(&id.raw).cloned().map(One).map(Node::ApproverRole),
            NodeKind::ProcessDefinition => {
                let id = Uuid::try_parse(&id.raw).ok()?;
                self.definitions.get(&id).cloned().map(One).map(Node::ProcessDefinition)
            }
            NodeKind::ProcessInstance => {
                let id = Uuid::try_parse(&id.raw).ok()?;
                self.instances.get(&id).cloned().map(One).map(Node::ProcessInstance)
            }
            NodeKind::Task => {
                let id = Uuid::try_parse(&id.raw).ok()?;
                self.tasks.get(&id).cloned().map(One).map(Node::Task)
            }
            NodeKind::File
            | NodeKind::Absence
            | NodeKind::Incident
            | NodeKind::Job
            | NodeKind::StartIncident
            | NodeKind::Webhook
            | NodeKind::WebhookDelivery => None,
        }
    }
}
