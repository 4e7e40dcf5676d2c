//! Messages from outside that begin a process.

use super::begin::{Beginning, begin};
use super::{Starting, store};
use crate::kernel::{Actor, Fault};
use crate::storage::entity::process_instance;
use crate::workflow::case::Case;
use crate::workflow::event::Sent;
use crate::workflow::{EventKind, Workflow, variable};

impl Workflow {
    /// Lets the process begin that begins by a message, where no instance waits for that. None: one has
    /// begun to wait meanwhile, or another version was deployed, so look again.
    ///
    /// # Errors
    /// `NOT_FOUND` where none begins by it; `BAD_INPUT` where it was not said for whom it is;
    /// `CONFLICT` where several do, or the process cannot go on.
    pub(in crate::workflow) async fn begin_by_message(
        &self,
        actor: &Actor,
        sent: &Sent,
    ) -> Result<Option<process_instance::Model>, Fault> {
        let inner = &self.inner;
        let only = sent.definition_key.as_deref();
        let found = store::beginning_by(inner.db.reader(), EventKind::Message, &sent.name, only).await?;
        let row = match &found[..] {
            [] if sent.business_key.is_none() && only.is_none() => {
                let message =
                    "for whom? Give a businessKey or an instanceId: no process begins by this message";
                return Err(Fault::bad_input("businessKey", message));
            }
            [] => {
                return Err(Fault::not_found(
                    "instance that waits for this message, nor process that begins by it",
                ));
            }
            [row] => row,
            _ => {
                let message = "several processes begin by this message: give the definitionKey of one";
                return Err(Fault::conflict(message));
            }
        };
        let mut case = Case::begin(inner, Some(&actor.user_id)).await?;
        let starting = Starting::Told {
            kind: row.kind.clone(),
            name: sent.name.clone(),
            process: row.definition_key.clone(),
            business_key: sent.business_key.clone(),
            variables: sent.variables.clone(),
        };
        let Some(row) = store::lock(case.tx(), &starting).await? else { return Ok(None) };
        // One that the same message has begun just now may wait for the next one already.
        if let (Some((name, key, _)), None) = (starting.as_message(), only)
            && store::is_awaited(case.tx(), name, key).await?
        {
            return Ok(None);
        }
        let definition = inner.definitions.by_id(row.definition_id).await?;
        variable::check_initiator("variables", &sent.variables, &definition.model)?;
        let beginning = Beginning {
            definition,
            node: row.node_id,
            business_key: sent.business_key.clone(),
            started_by: Some(actor.user_id.clone()),
            variables: sent.variables.clone(),
        };
        let id = begin(&mut case, beginning).await?;
        self.finish(case, id).await.map(Some)
    }
}
