//! Start events: by what processes begin, and what could not.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use uuid::Uuid;

use super::definition::{DefinitionList, ProcessDefinition, definition_id};
use super::event::EventKind;
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::connection::{Connection, Count, connection, page};
use crate::graphql::context::{Services, actor, services};
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::DateTime;
use crate::graphql::viewer::{User, UserList};
use crate::kernel::{Fault, GlobalId, NodeKind, PageRequest};
use crate::workflow as domain;

/// A start event of a process, with what it waits for.
pub struct StartEvent {
    event: domain::StartEvent,
}

impl StartEvent {
    /// What is told of it.
    pub fn new(event: domain::StartEvent) -> Self {
        Self { event }
    }
}

object_at_hand! {
    /// A start event of a process.
    StartEvent |start| {
        /// The event in the document.
        node_id "nodeId": String = start.event.node_id.clone();
        /// What begins an instance there; null: whoever wants to, by `startProcess`.
        kind "kind": Option<EventKind> = start.event.kind.map(Into::into);
        /// The name of the message or signal.
        name "name": Option<String> = start.event.name.clone();
        /// Whether it waits: only the newest version's do, and timers as long as they come again.
        is_waiting "isWaiting": bool = start.event.is_waiting;
        /// When the timer begins the next instance.
        due_at "dueAt": Option<DateTime> = start.event.due_at.map(DateTime);
    }
}

/// What could not begin and was read together.
pub struct StartIncidentList {
    services: Arc<Services>,
    users: Arc<UserList>,
    definitions: ListLoader<Uuid, Arc<ProcessDefinition>>,
}

impl StartIncidentList {
    fn new(services: &Arc<Services>, rows: &[&domain::StartIncident]) -> Arc<Self> {
        Arc::new(Self {
            services: Arc::clone(services),
            users: UserList::new(services, rows.iter().filter_map(|row| row.resolved_by.clone())),
            definitions: ListLoader::new(rows.iter().map(|row| row.definition_id)),
        })
    }
}

/// What could not begin.
pub struct StartIncident {
    row: domain::StartIncident,
    list: Arc<StartIncidentList>,
}

object_at_hand! {
    /// An instance that an event was to begin and could not, until somebody sees to it.
    StartIncident |incident| {
        /// Its id, for `resolveStartIncident`.
        id "id": ID = ID(GlobalId::encode(NodeKind::StartIncident, incident.row.id));
        /// The version that was to begin.
        definition_id "definitionId": ID = definition_id(incident.row.definition_id);
        /// At which start event.
        node_id "nodeId": String = incident.row.node_id.clone();
        /// What is wrong, for programs.
        code "code": String = incident.row.code.clone();
        /// What is wrong, for people.
        message "message": String = incident.row.message.clone();
        /// When it came up.
        created_at "createdAt": DateTime = DateTime(incident.row.created_at);
        /// When somebody has seen to it.
        resolved_at "resolvedAt": Option<DateTime> = incident.row.resolved_at.map(DateTime);
        /// Who has: also who has deployed the version that took its place.
        resolved_by "resolvedBy": Option<One<User>> =
            incident.row.resolved_by.as_ref().map(|user| One(User::new(user, &incident.list.users)));
    }
    more {
        /// The version that was to begin.
        async fn definition(&self) -> Result<One<Arc<ProcessDefinition>>> {
            let StartIncidentList { services, definitions, .. } = &*self.list;
            let load = async |ids: &[Uuid]| DefinitionList::load(services, ids).await;
            let found = definitions.get(&self.row.definition_id, load).await?;
            Ok(One(found.ok_or_else(|| Fault::internal("a definition is gone"))?))
        }
    }
}

connection! {
    /// A page of what could not begin, oldest first.
    StartIncidentConnection,
    /// Something that could not begin, in its place.
    StartIncidentEdge,
    StartIncident
}

/// What `resolveStartIncident` takes.
#[derive(Debug, InputObject)]
pub struct ResolveStartIncidentInput {
    /// The incident.
    incident_id: ID,
}

/// What `resolveStartIncident` answers.
pub struct ResolveStartIncidentPayload {
    incident: Arc<StartIncident>,
}

object_at_hand! {
    /// What `resolveStartIncident` answers.
    ResolveStartIncidentPayload |payload| {
        /// The incident. What could not begin is tried again; where that fails, there is another.
        incident "incident": One<Arc<StartIncident>> = One(Arc::clone(&payload.incident));
    }
}

/// Seeing to what could not begin.
#[derive(Default)]
pub struct StartEventMutation;

#[Object]
impl StartEventMutation {
    /// Has what could not begin tried again, in the version that is then the newest. For OPERATOR.
    async fn resolve_start_incident(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which incident.")] input: ResolveStartIncidentInput,
    ) -> Option<Result<One<ResolveStartIncidentPayload>>> {
        let done = async {
            let (services, actor) = (services(ctx)?, actor(ctx)?);
            let id = GlobalId::uuid_of(NodeKind::StartIncident, "incidentId", &input.incident_id)?;
            let row = services.workflow.resolve_start_incident(actor, id).await?;
            let list = StartIncidentList::new(services, &[&row]);
            Ok(ResolveStartIncidentPayload { incident: Arc::new(StartIncident { row, list }) })
        };
        Some(done.await.map(One))
    }
}

/// Reading what could not begin.
#[derive(Default)]
pub struct StartEventQuery;

#[Object]
impl StartEventQuery {
    /// What events were to begin and could not, of all processes, oldest first. For OPERATOR.
    async fn start_incidents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<StartIncidentConnection>> {
        list(ctx, &page(ctx, first, after, last, before)?).await
    }
}

async fn list(ctx: &Context<'_>, page: &PageRequest) -> Result<One<StartIncidentConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.workflow.open_start_incidents(actor, page).await?;
    let rows: Vec<_> = found.edges.iter().map(|edge| &edge.node).collect();
    let list = StartIncidentList::new(services, &rows);
    let (services, actor) = (Arc::clone(services), actor.clone());
    let count = move || -> Count {
        let (services, actor) = (Arc::clone(&services), actor.clone());
        Box::pin(async move { services.workflow.count_open_start_incidents(&actor).await })
    };
    let wrap = |row| StartIncident { row, list: Arc::clone(&list) };
    Ok(One(StartIncidentConnection(Connection::new(found, wrap, count))))
}
