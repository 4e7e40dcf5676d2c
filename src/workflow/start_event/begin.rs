//! An instance begins at a start event.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::kernel::Fault;
use crate::workflow::case::{Case, HistoryKind, NewInstance, Note};
use crate::workflow::definition::Definition;
use crate::workflow::execution::Command;

/// How an instance begins.
pub(super) struct Beginning {
    /// The version.
    pub definition: Arc<Definition>,
    /// The start event.
    pub node: String,
    /// What it is about.
    pub business_key: Option<String>,
    /// Who has told it to; none: nobody with a name.
    pub started_by: Option<String>,
    /// What it begins with.
    pub variables: Map<String, Value>,
}

/// Lets an instance begin in a case without instances; its id.
///
/// # Errors
/// `BAD_INPUT` where it begins with what it cannot; `CONFLICT` where the process cannot go on.
pub(super) async fn begin(case: &mut Case, beginning: Beginning) -> Result<Uuid, Fault> {
    let Beginning { definition, node, business_key, started_by, variables } = beginning;
    let id = Uuid::now_v7();
    let (process, chosen) = (definition.row.key.clone(), Map::new());
    let new = NewInstance { id, definition, business_key, started_by, variables, chosen, parent: None };
    case.add_instance(new)?;
    let note = Note { node: Some(node.clone()), ..Note::default() };
    case.write_down(id, HistoryKind::Trigger, note)?;
    case.command(id, Command::StartAt { node: node.as_str().into() }).await?;
    tracing::info!(instance = %id, process, node, "process begun by an event");
    Ok(id)
}
