//! What is given for a webhook from outside, looked at.

use sea_orm::ConnectionTrait as _;
use url::Url;

use super::event::EventType;
use super::known::HookAction;
use crate::kernel::{Actor, Fault, Role};
use crate::storage::dialect::sql;
use crate::workflow::Workflow;

/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 1_000;
/// How long a receiver may take, in seconds.
const TIMEOUT: std::ops::RangeInclusive<i32> = 1..=30;

/// # Errors
/// `FORBIDDEN` below ADMIN.
pub(super) fn check_admin(actor: &Actor) -> Result<(), Fault> {
    match actor.has_role(Role::Admin) {
        true => Ok(()),
        false => Err(Fault::forbidden("only ADMIN sees and manages webhooks")),
    }
}

/// # Errors
/// `BAD_INPUT` at `timeoutSeconds`.
pub(super) fn timeout(seconds: i32) -> Result<i32, Fault> {
    match TIMEOUT.contains(&seconds) {
        true => Ok(seconds),
        false => Err(Fault::bad_input("timeoutSeconds", "1 to 30 seconds")),
    }
}

/// # Errors
/// `BAD_INPUT` at `description`.
pub(super) fn description(text: &str) -> Result<String, Fault> {
    let text = text.trim().replace('\0', "\u{fffd}");
    match text.chars().count() > MAX_DESCRIPTION {
        true => Err(Fault::bad_input("description", format!("at most {MAX_DESCRIPTION} characters"))),
        false => Ok(text),
    }
}

/// As it is kept; each once.
///
/// # Errors
/// `BAD_INPUT` at `eventTypes` for none.
pub(super) fn event_types(types: &[EventType]) -> Result<String, Fault> {
    if types.is_empty() {
        let message = "name at least one; leave it out for all, those that come later among them";
        return Err(Fault::bad_input("eventTypes", message));
    }
    let wanted = EventType::ALL.iter().filter(|kind| types.contains(kind));
    Ok(serde_json::Value::from_iter(wanted.map(|kind| kind.as_str())).to_string())
}

/// As they are kept; each once.
///
/// # Errors
/// `BAD_INPUT` at `actions` for none.
pub(super) fn actions(actions: &[HookAction]) -> Result<String, Fault> {
    if actions.is_empty() {
        return Err(Fault::bad_input("actions", "before what is it to be asked? Name at least one"));
    }
    let wanted = HookAction::ALL.iter().filter(|action| actions.contains(action));
    Ok(serde_json::Value::from_iter(wanted.map(|action| action.as_str())).to_string())
}

impl Workflow {
    /// # Errors
    /// `BAD_INPUT` at `url` for what is no address, or none that may be gone to.
    pub(super) fn receiver(&self, text: &str) -> Result<String, Fault> {
        let bad = |message: String| Fault::bad_input("url", message);
        let url: Url = text.parse().map_err(|error| bad(format!("this is no address: {error}")))?;
        self.inner.sender.check(&url).map_err(|refusal| bad(format!("the address {refusal}")))?;
        if url.fragment().is_some() {
            return Err(bad("the address must not have a fragment: it would not be sent".to_owned()));
        }
        Ok(url.into())
    }

    /// # Errors
    /// `BAD_INPUT` at `definitionKey` where no process has it.
    pub(super) async fn process_key(&self, key: &str) -> Result<String, Fault> {
        let reader = self.inner.db.reader();
        let text = "SELECT 1 FROM process_definition WHERE key = $1 LIMIT 1";
        let known = match key.contains('\0') {
            true => None,
            false => reader.query_one_raw(sql(reader.get_database_backend(), text, [key.into()])).await?,
        };
        match known {
            Some(_) => Ok(key.to_owned()),
            None => Err(Fault::bad_input("definitionKey", "no process has this key: deploy it first")),
        }
    }
}
