//! Messages and signals that come from outside.

use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::events::Signal;
use crate::kernel::{Actor, Fault, Role};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;
use crate::storage::entity::{event_subscription, event_thrown, process_instance};
use crate::workflow::case::{Case, HistoryKind, Note};
use crate::workflow::execution::{Command, MAX_NAME};
use crate::workflow::{EventKind, Workflow, variable};

/// The most bytes that variables which come with an event take, as JSON.
const MAX_VARIABLES: usize = 64 * 1024;
/// The longest business key, and more than the longest key of a process, in characters.
const MAX_KEY: usize = 255;

/// How often it is looked for who waits for a message, where somebody begins to meanwhile.
const LOOKS: usize = 8;

/// A message or a signal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sent {
    /// Its name: 1 to 255 characters.
    pub name: String,
    /// Of a message: for the instance with this business key.
    pub business_key: Option<String>,
    /// Of a message: for this instance.
    pub instance: Option<Uuid>,
    /// Of a message: the process with this key begins by it, whoever else waits for it.
    pub definition_key: Option<String>,
    /// What it brings: variables of whoever waits for it.
    pub variables: Map<String, Value>,
}

impl Workflow {
    /// Tells a message to the one who waits for it, or lets the process begin that begins by it: the
    /// instance as it then stands. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` at `name`, `businessKey`, `definitionKey` or `variables`;
    /// `NOT_FOUND` where nobody waits for it and nothing begins by it; `CONFLICT` where several do, where
    /// the instance is suspended, or cannot go on.
    pub async fn send_message(&self, actor: &Actor, sent: Sent) -> Result<process_instance::Model, Fault> {
        check(actor, &sent)?;
        for _ in 0..LOOKS {
            let is_for_an_instance = sent.definition_key.is_none();
            let is_addressed = sent.business_key.is_some() || sent.instance.is_some();
            let found = match is_for_an_instance && is_addressed {
                true => self.awaiting(&sent).await?,
                false => Vec::new(),
            };
            match &found[..] {
                [] if sent.instance.is_some() => break,
                [] => {
                    if let Some(begun) = self.begin_by_message(actor, &sent).await? {
                        return Ok(begun);
                    }
                }
                [row] => return self.send_to(actor, row, sent).await,
                _ => {
                    let message = "several wait for this message: give the instanceId of one, or wait until one is left";
                    return Err(Fault::conflict(message));
                }
            }
        }
        Err(Fault::not_found("instance that waits for this message"))
    }

    async fn send_to(
        &self,
        actor: &Actor,
        row: &event_subscription::Model,
        sent: Sent,
    ) -> Result<process_instance::Model, Fault> {
        let mut case = Case::open(&self.inner, Some(&actor.user_id), row.root_id, row.instance_id).await?;
        if case.instance(row.root_id)?.suspended {
            return Err(Fault::conflict("the instance is suspended").with("suspended", true.into()));
        }
        if !case.state(row.instance_id)?.subscriptions.iter().any(|one| one.id == row.id) {
            return Err(Fault::conflict("somebody else was first: nobody waits for this message any more"));
        }
        let model = &case.definition(row.instance_id)?.model;
        variable::check_initiator("variables", &sent.variables, model)?;
        let note = Note { node: Some(row.node_id.clone()), ..Note::default() };
        case.write_down(row.instance_id, HistoryKind::Trigger, note)?;
        let trigger = Command::Trigger { subscription: row.id, variables: sent.variables };
        case.command(row.instance_id, trigger).await?;
        self.finish(case, row.instance_id).await
    }

    /// Tells a signal to all who wait for it, and to all processes that begin by it, when it is handed
    /// out, which is at once. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` at `name` or `variables`.
    pub async fn send_signal(&self, actor: &Actor, sent: Sent) -> Result<(), Fault> {
        check(actor, &sent)?;
        let now = self.inner.clock.now();
        let thrown = event_thrown::Model {
            id: Uuid::now_v7(),
            kind: EventKind::Signal.as_str().to_owned(),
            name: sent.name,
            business_key: None,
            variables: Value::Object(sent.variables).to_string(),
            created_at: now,
            subscription_id: None,
        };
        thrown.into_active_model().insert(self.inner.db.writer()).await?;
        self.inner.bus.publish(Signal::Due { at: now });
        Ok(())
    }

    /// Who waits for a message: at most two, which is one too many.
    async fn awaiting(&self, sent: &Sent) -> Result<Vec<event_subscription::Model>, Fault> {
        let text = format!(
            "SELECT {} FROM event_subscription s JOIN process_instance i ON i.id = s.instance_id \
             WHERE s.kind = 'MESSAGE' AND s.name = $1 AND (i.id = $2 OR $2 IS NULL) \
             AND (i.business_key = $3 OR $3 IS NULL) ORDER BY s.id LIMIT 2",
            event_subscription::Model::columns("s")
        );
        let reader = self.inner.db.reader();
        let values = [sent.name.clone().into(), sent.instance.into(), sent.business_key.clone().into()];
        let statement = sql(reader.get_database_backend(), text, values);
        Ok(event_subscription::Model::all(reader, statement).await?)
    }
}

fn check(actor: &Actor, sent: &Sent) -> Result<(), Fault> {
    if !actor.has_role(Role::Operator) {
        return Err(Fault::forbidden("only OPERATOR may tell processes of events"));
    }
    if !(1..=MAX_NAME).contains(&sent.name.chars().count()) || sent.name.contains('\0') {
        return Err(Fault::bad_input("name", format!("a name has 1 to {MAX_NAME} characters")));
    }
    if sent.definition_key.is_some() && sent.instance.is_some() {
        let message = "either an instance goes on (instanceId), or a process begins (definitionKey)";
        return Err(Fault::bad_input("definitionKey", message));
    }
    for (field, key) in [("businessKey", &sent.business_key), ("definitionKey", &sent.definition_key)] {
        if key.as_ref().is_some_and(|key| !(1..=MAX_KEY).contains(&key.chars().count()) || key.contains('\0'))
        {
            return Err(Fault::bad_input(field, format!("this has 1 to {MAX_KEY} characters")));
        }
    }
    variable::check_names("variables", &sent.variables)?;
    if serde_json::to_string(&sent.variables).map_err(Fault::internal)?.len() > MAX_VARIABLES {
        return Err(Fault::bad_input("variables", format!("at most {MAX_VARIABLES} bytes as JSON")));
    }
    Ok(())
}
