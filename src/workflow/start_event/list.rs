//! What waits to begin and what could not, for lists.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::kernel::{Actor, Fault, Page, PageRequest, Role};
use crate::storage::entity::{start_incident, start_subscription};
use crate::workflow::definition::Definition;
use crate::workflow::many::grouped;
use crate::workflow::model::{Node, NodeKind, Trigger};
use crate::workflow::{EventKind, Workflow};

/// A start event of a process, and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartEvent {
    /// The event, in the document.
    pub node_id: String,
    /// What begins an instance there; none: whoever wants to.
    pub kind: Option<EventKind>,
    /// The name of the message or signal.
    pub name: Option<String>,
    /// Whether it waits.
    pub is_waiting: bool,
    /// When the timer begins the next instance.
    pub due_at: Option<DateTime<Utc>>,
}

/// The start events of a version, in the document's order, with what waits of it (`waiting`).
pub fn start_events(definition: &Definition, waiting: &[start_subscription::Model]) -> Vec<StartEvent> {
    let mut nodes: Vec<_> = definition.model.starts().collect();
    nodes.sort_by_key(|node| (node.line, &node.id));
    let told = |node: &Node| {
        let row = waiting.iter().find(|row| row.node_id == *node.id);
        let (kind, name) = match &node.kind {
            NodeKind::Start { trigger: Some(Trigger::Timer(_)), .. } => (Some(EventKind::Timer), None),
            NodeKind::Start { trigger: Some(Trigger::Message(name)), .. } => {
                (Some(EventKind::Message), Some(name.source().to_owned()))
            }
            NodeKind::Start { trigger: Some(Trigger::Signal(name)), .. } => {
                (Some(EventKind::Signal), Some(name.source().to_owned()))
            }
            _ => (None, None),
        };
        let (is_waiting, due_at) = (row.is_some(), row.and_then(|row| row.due_at));
        StartEvent { node_id: node.id.to_string(), kind, name, is_waiting, due_at }
    };
    nodes.into_iter().map(told).collect()
}

impl Workflow {
    /// By what each of the versions begins now, in no particular order: nothing, where it is not the
    /// newest of its process.
    ///
    /// # Errors
    /// The database's.
    pub async fn starts_of(
        &self,
        definitions: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<start_subscription::Model>>, Fault> {
        let rows = start_subscription::Entity::find()
            .filter(start_subscription::Column::DefinitionId.is_in(definitions.iter().copied()))
            .all(self.inner.db.reader())
            .await?;
        Ok(grouped(rows, |row: &start_subscription::Model| Some(row.definition_id)))
    }

    /// A page of what could not begin, oldest first. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` for a cursor that is none of them.
    pub async fn open_start_incidents(
        &self,
        actor: &Actor,
        page: &PageRequest,
    ) -> Result<Page<start_incident::Model>, Fault> {
        check(actor)?;
        self.page_by_id("start_incident", Self::unresolved(), page, |row: &start_incident::Model| row.id)
            .await
    }

    /// How many [`Workflow::open_start_incidents`] gives in all.
    ///
    /// # Errors
    /// As there.
    pub async fn count_open_start_incidents(&self, actor: &Actor) -> Result<i64, Fault> {
        check(actor)?;
        self.count_where("start_incident", Self::unresolved()).await
    }
}

fn check(actor: &Actor) -> Result<(), Fault> {
    match actor.has_role(Role::Operator) {
        true => Ok(()),
        false => Err(Fault::forbidden("only OPERATOR sees what could not begin")),
    }
}
