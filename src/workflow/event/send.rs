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

/// A message or a signal.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sent {
    /// Its name: 1 to 255 characters.
    pub name: String,
    /// Of a message: for the instance with this business key.
    pub business_key: Option<String>,
    /// Of a message: for this instance.
    pub instance: Option<Uuid>,
    /// What it brings: variables of whoever waits for it.
    pub variables: Map<String, Value>,
}

impl Workflow {
    /// Tells a message to the one who waits for it: the instance as it then stands. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` at `name`, `businessKey` or `variables`; `NOT_FOUND` where
    /// nobody waits for it; `CONFLICT` where several do, where the instance is suspended, or cannot go on.
    pub async fn send_message(&self, actor: &Actor, sent: Sent) -> Result<process_instance::Model, Fault> {
        check(actor, &sent)?;
        if sent.business_key.is_none() && sent.instance.is_none() {
            return Err(Fault::bad_input("businessKey", "for whom? Give a businessKey or an instanceId"));
        }
        let found = self.awaiting(&sent).await?;
        let row = match &found[..] {
            [] => return Err(Fault::not_found("instance that waits for this message")),
            [row] => row,
            _ => {
                let message =
                    "several wait for this message: give the instanceId of one, or wait until one is left";
                return Err(Fault::conflict(message));
            }
        };
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

    /// Tells a signal to all who wait for it when it is handed out, which is at once. For OPERATOR.
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
    variable::check_names("variables", &sent.variables)?;
    if serde_json::to_string(&sent.variables).map_err(Fault::internal)?.len() > MAX_VARIABLES {
        return Err(Fault::bad_input("variables", format!("at most {MAX_VARIABLES} bytes as JSON")));
    }
    Ok(())
}
