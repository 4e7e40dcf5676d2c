//! Events: what instances wait for, what is told to them, and what went wrong.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use uuid::Uuid;

use super::given::object;
use super::instance::{ProcessInstance, instance_id};
use super::instance_list::InstanceList;
use super::node::ProcessNode;
use super::status::same_as;
use crate::graphql::at_hand::{One, object_at_hand, plain_enum};
use crate::graphql::connection::{Connection, Count, connection, page};
use crate::graphql::context::{Services, actor, services};
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::{DateTime, Json};
use crate::graphql::viewer::{User, UserList};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind, PageRequest};
use crate::workflow as domain;

/// What kind of event something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum EventKind {
    /// A time.
    Timer,
    /// Told to one instance.
    Message,
    /// Told to all.
    Signal,
}

same_as!(EventKind, domain::EventKind { Timer, Message, Signal });

/// Something that an instance waits for, with its node.
pub struct EventSubscription {
    row: domain::EventSubscription,
    kind: EventKind,
    node: ProcessNode,
}

impl EventSubscription {
    /// A subscription in an instance of this definition.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds what it should have refused.
    pub fn new(row: domain::EventSubscription, definition: &domain::Definition) -> Result<Self, Fault> {
        let kind = domain::EventKind::of(&row.kind);
        let kind = kind.ok_or_else(|| Fault::internal(format!("there is no event {}", row.kind)))?;
        let node = ProcessNode::new(definition, &row.node_id);
        Ok(Self { row, kind: kind.into(), node })
    }
}

object_at_hand! {
    /// Something that an instance waits for beside people.
    EventSubscription |event| {
        /// What it is.
        kind "kind": EventKind = event.kind;
        /// The event in the process.
        node "node": One<ProcessNode> = One(event.node.clone());
        /// The name of the message or signal.
        event_name "eventName": Option<String> = event.row.name.clone();
        /// When the timer fires.
        due_at "dueAt": Option<DateTime> = event.row.due_at.map(DateTime);
        /// Since when it is waited for.
        created_at "createdAt": DateTime = DateTime(event.row.created_at);
    }
}

/// What incidents that were read together share.
pub struct IncidentList {
    services: Arc<Services>,
    actor: Actor,
    users: Arc<UserList>,
    instances: ListLoader<Uuid, Arc<ProcessInstance>>,
}

impl IncidentList {
    /// For incidents that were read together.
    pub fn new(services: &Arc<Services>, actor: &Actor, rows: &[&domain::Incident]) -> Arc<Self> {
        Arc::new(Self {
            services: Arc::clone(services),
            actor: actor.clone(),
            users: UserList::new(services, rows.iter().filter_map(|row| row.resolved_by.clone())),
            instances: ListLoader::new(rows.iter().map(|row| row.instance_id)),
        })
    }
}

/// What could not be done for an instance.
pub struct Incident {
    row: domain::Incident,
    list: Arc<IncidentList>,
}

impl Incident {
    /// An incident of `list`.
    pub fn new(row: domain::Incident, list: &Arc<IncidentList>) -> Self {
        Self { row, list: Arc::clone(list) }
    }
}

object_at_hand! {
    /// What could not be done for an instance, until somebody sees to it.
    Incident |incident| {
        /// Its id, for `resolveIncident`.
        id "id": ID = ID(GlobalId::encode(NodeKind::Incident, incident.row.id));
        /// The instance.
        instance_id "instanceId": ID = instance_id(incident.row.instance_id);
        /// At which node.
        node_id "nodeId": String = incident.row.node_id.clone();
        /// What is wrong, for programs.
        code "code": String = incident.row.code.clone();
        /// What is wrong, for people.
        message "message": String = incident.row.message.clone();
        /// When it came up.
        created_at "createdAt": DateTime = DateTime(incident.row.created_at);
        /// When somebody has seen to it.
        resolved_at "resolvedAt": Option<DateTime> = incident.row.resolved_at.map(DateTime);
        /// Who has.
        resolved_by "resolvedBy": Option<One<User>> =
            incident.row.resolved_by.as_ref().map(|user| One(User::new(user, &incident.list.users)));
    }
    more {
        /// The instance; null where it is not yours to see.
        async fn instance(&self) -> Option<Result<One<Arc<ProcessInstance>>>> {
            let IncidentList { services, actor, instances, .. } = &*self.list;
            let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
                InstanceList::load(services, actor, ids).await
            };
            let found = instances.get(&self.row.instance_id, load).await;
            found.map(|instance| instance.map(One)).map_err(Into::into).transpose()
        }
    }
}

connection! {
    /// A page of incidents, oldest first.
    IncidentConnection,
    /// An incident in its place.
    IncidentEdge,
    Incident
}

/// What `sendMessage` takes.
#[derive(Debug, InputObject)]
pub struct SendMessageInput {
    /// The message's name: 1 to 255 characters.
    name: String,
    /// For the instance with this business key that waits for it; where none does, a process that begins
    /// by it begins with this key.
    business_key: Option<String>,
    /// For this instance.
    instance_id: Option<ID>,
    /// The process with this key begins by it, whoever else waits for it.
    definition_key: Option<String>,
    /// What it brings: variables of the instance, an object of at most 64 KiB.
    variables: Option<Json>,
}

/// What `sendSignal` takes.
#[derive(Debug, InputObject)]
pub struct SendSignalInput {
    /// The signal's name: 1 to 255 characters.
    name: String,
    /// What it brings: variables of each instance that it reaches, an object of at most 64 KiB.
    variables: Option<Json>,
}

/// What `resolveIncident` takes.
#[derive(Debug, InputObject)]
pub struct ResolveIncidentInput {
    /// The incident.
    incident_id: ID,
}

/// What `sendMessage` answers.
pub struct SendMessagePayload {
    instance: Arc<ProcessInstance>,
}

object_at_hand! {
    /// What `sendMessage` answers.
    SendMessagePayload |payload| {
        /// The instance that the message has reached, or begun, as it stands now.
        instance "instance": One<Arc<ProcessInstance>> = One(Arc::clone(&payload.instance));
    }
}

/// What `sendSignal` answers.
pub struct SendSignalPayload {
    name: String,
}

object_at_hand! {
    /// What `sendSignal` answers.
    SendSignalPayload |payload| {
        /// The signal's name. It is on its way, to as many as wait for it.
        name "name": String = payload.name.clone();
    }
}

/// What `resolveIncident` answers.
pub struct ResolveIncidentPayload {
    incident: Arc<Incident>,
}

object_at_hand! {
    /// What `resolveIncident` answers.
    ResolveIncidentPayload |payload| {
        /// The incident. What it was about is being done again; where that fails, there is another.
        incident "incident": One<Arc<Incident>> = One(Arc::clone(&payload.incident));
    }
}

/// Telling processes of what has happened.
#[derive(Default)]
pub struct EventMutation;

#[Object]
impl EventMutation {
    /// Tells a message to the one instance that waits for it, which goes on at once; where none does, the
    /// process begins that begins by it. For OPERATOR.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message, and for whom.")] input: SendMessageInput,
    ) -> Option<Result<One<SendMessagePayload>>> {
        let done = async {
            let (services, actor) = (services(ctx)?, actor(ctx)?);
            let instance = input.instance_id.as_ref();
            let instance = instance
                .map(|id| GlobalId::uuid_of(NodeKind::ProcessInstance, "instanceId", id))
                .transpose()?;
            let sent = domain::Sent {
                name: input.name,
                business_key: input.business_key,
                instance,
                definition_key: input.definition_key,
                variables: object("variables", input.variables)?,
            };
            let row = services.workflow.send_message(actor, sent).await?;
            Ok(SendMessagePayload { instance: ProcessInstance::alone(services, Some(actor), row)? })
        };
        Some(done.await.map(One))
    }

    /// Tells a signal to all instances that wait for it, and to all processes that begin by it. For OPERATOR.
    async fn send_signal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which signal.")] input: SendSignalInput,
    ) -> Option<Result<One<SendSignalPayload>>> {
        let done = async {
            let (services, actor) = (services(ctx)?, actor(ctx)?);
            let variables = object("variables", input.variables)?;
            let sent = domain::Sent { name: input.name.clone(), variables, ..domain::Sent::default() };
            services.workflow.send_signal(actor, sent).await?;
            Ok(SendSignalPayload { name: input.name })
        };
        Some(done.await.map(One))
    }

    /// Has what an incident is about done again. For OPERATOR.
    async fn resolve_incident(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which incident.")] input: ResolveIncidentInput,
    ) -> Option<Result<One<ResolveIncidentPayload>>> {
        let done = async {
            let (services, actor) = (services(ctx)?, actor(ctx)?);
            let id = GlobalId::uuid_of(NodeKind::Incident, "incidentId", &input.incident_id)?;
            let row = services.workflow.resolve_incident(actor, id).await?;
            let list = IncidentList::new(services, actor, &[&row]);
            Ok(ResolveIncidentPayload { incident: Arc::new(Incident::new(row, &list)) })
        };
        Some(done.await.map(One))
    }
}

/// Reading incidents.
#[derive(Default)]
pub struct EventQuery;

#[Object]
impl EventQuery {
    /// The open incidents of all instances, oldest first. For OPERATOR.
    async fn incidents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<IncidentConnection>> {
        list(ctx, &page(ctx, first, after, last, before)?).await
    }
}

async fn list(ctx: &Context<'_>, page: &PageRequest) -> Result<One<IncidentConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.workflow.open_incidents(actor, page).await?;
    let rows: Vec<_> = found.edges.iter().map(|edge| &edge.node).collect();
    let list = IncidentList::new(services, actor, &rows);
    let (services, actor) = (Arc::clone(services), actor.clone());
    let count = move || -> Count {
        let (services, actor) = (Arc::clone(&services), actor.clone());
        Box::pin(async move { services.workflow.count_open_incidents(&actor).await })
    };
    let wrap = |row| Incident::new(row, &list);
    Ok(One(IncidentConnection(Connection::new(found, wrap, count))))
}
