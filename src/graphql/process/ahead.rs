//! Looking ahead: whom a process will ask next.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::candidate::{Candidate, candidates_of};
use super::run::StartProcessInput;
use super::status::TaskStatus;
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::context::{Services, actor, services};
use crate::graphql::viewer::{User, UserList};
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow as domain;

/// A user task that lies ahead.
pub struct NodeAhead {
    node: domain::Ahead,
    candidates: Vec<Candidate>,
    users: Arc<UserList>,
}

object_at_hand! {
    /// A user task that lies ahead.
    NodeAhead |ahead| {
        /// The key of the process that the node belongs to: another than the instance's where that calls
        /// it.
        definition_key "definitionKey": String = ahead.node.definition_key.clone();
        /// The node's id in the document.
        node_id "nodeId": String = ahead.node.node_id.clone();
        /// The node's name.
        name "name": String = ahead.node.name.clone();
        /// Who will have it, in order.
        assignees "assignees": Rows<User> =
            Rows(ahead.node.assignees.iter().map(|user| User::new(user, &ahead.users)).collect());
        /// Who may claim it, where it will be nobody's.
        candidates "candidates": Rows<Candidate> = Rows(ahead.candidates.clone());
        /// The state in which a rule will put it at once; null where people decide.
        settled "settled": Option<TaskStatus> = ahead.node.settled.map(Into::into);
    }
}

/// What lies ahead.
pub struct LookAhead {
    nodes: Vec<Arc<NodeAhead>>,
    stopped_by: Option<String>,
}

impl LookAhead {
    async fn new(services: &Arc<Services>, found: domain::LookAhead) -> Result<Self, Fault> {
        let assignees = found.nodes.iter().flat_map(|node| node.assignees.iter().cloned());
        let users = UserList::new(services, assignees);
        let principals: Vec<_> =
            found.nodes.iter().flat_map(|node| node.candidates.iter().cloned()).collect();
        let mut candidates = candidates_of(services, &principals).await?.into_iter();
        let wrap = |node: domain::Ahead| {
            let candidates = candidates.by_ref().take(node.candidates.len()).collect();
            Arc::new(NodeAhead { node, candidates, users: Arc::clone(&users) })
        };
        Ok(Self { nodes: found.nodes.into_iter().map(wrap).collect(), stopped_by: found.stopped_by })
    }
}

object_at_hand! {
    /// What lies ahead if everybody approves, what is waited for on the way happens and what stands at
    /// the borders of activities does not, and nothing else changes; with what is asked in the
    /// processes that are called.
    LookAhead |ahead| {
        /// The user tasks, in the order in which they will be asked; at most 50.
        nodes "nodes": Rows<Arc<NodeAhead>> = Rows(ahead.nodes.clone());
        /// Why it is not known further, such as a condition that has no value yet; null where it is.
        stopped_by "stoppedBy": Option<String> = ahead.stopped_by.clone();
    }
}

/// Looking ahead.
#[derive(Default)]
pub struct AheadQuery;

#[Object]
impl AheadQuery {
    /// Whom an instance will ask after those who are asked now. Null where there is no such instance,
    /// or it is not yours to see.
    async fn look_ahead(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The instance.")] instance_id: ID,
    ) -> Option<Result<One<LookAhead>>> {
        ahead(ctx, &instance_id).await.transpose()
    }

    /// Whom a process would ask if you started it like this; nothing is started.
    async fn preview_process(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As `startProcess` takes it.")] input: StartProcessInput,
    ) -> Option<Result<One<LookAhead>>> {
        Some(preview(ctx, input).await)
    }
}

async fn ahead(ctx: &Context<'_>, id: &str) -> Result<Option<One<LookAhead>>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let id = GlobalId::uuid_of(NodeKind::ProcessInstance, "instanceId", id)?;
    let Some(instance) = services.workflow.instance(actor, id).await? else { return Ok(None) };
    let found = services.workflow.look_ahead(&instance).await?;
    Ok(Some(One(LookAhead::new(services, found).await?)))
}

async fn preview(ctx: &Context<'_>, input: StartProcessInput) -> Result<One<LookAhead>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.workflow.preview(actor, &input.try_into()?).await?;
    Ok(One(LookAhead::new(services, found).await?))
}
