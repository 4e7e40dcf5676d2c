//! What is given for a webhook from outside, looked at.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait as _;
use url::Url;

use super::event::EventType;
use super::known::{HookAction, OnFailure, WebhookMode};
use crate::kernel::{Actor, Fault, Role};
use crate::storage::dialect::sql;
use crate::workflow::Workflow;

/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 1_000;
/// How long a receiver may take, in seconds.
const TIMEOUT: std::ops::RangeInclusive<i32> = 1..=30;

/// How long messages are signed with the secret before, too, where nobody says, and at most.
const OVERLAP: (TimeDelta, TimeDelta) = (TimeDelta::days(1), TimeDelta::days(7));

/// A webhook to be.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// What it is for.
    pub mode: WebhookMode,
    /// Where it is: `http` or `https`, at most 2,048 bytes.
    pub url: String,
    /// What it is for, in words: at most 1,000 characters.
    pub description: String,
    /// Of instances of this process alone.
    pub definition_key: Option<String>,
    /// Of what it is told; none: of everything. Only of the mode that is told.
    pub event_types: Option<Vec<EventType>>,
    /// What it is asked before. Only of the mode that is asked.
    pub actions: Option<Vec<HookAction>>,
    /// What becomes of an action where it does not answer: refused, where nobody says.
    pub on_failure: Option<OnFailure>,
    /// How long it may take to answer, 1 to 30 seconds; 20, or 10 where somebody waits for it.
    pub timeout_seconds: Option<i32>,
    /// Whether it is told or asked from now on.
    pub enabled: bool,
}

/// What is to be different about a webhook; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookPatch {
    /// As [`NewWebhook::url`].
    pub url: Option<String>,
    /// As [`NewWebhook::description`].
    pub description: Option<String>,
    /// As [`NewWebhook::definition_key`]; `Some(None)`: of all processes.
    pub definition_key: Option<Option<String>>,
    /// As [`NewWebhook::event_types`]; `Some(None)`: of everything.
    pub event_types: Option<Option<Vec<EventType>>>,
    /// As [`NewWebhook::actions`].
    pub actions: Option<Vec<HookAction>>,
    /// As [`NewWebhook::on_failure`].
    pub on_failure: Option<OnFailure>,
    /// As [`NewWebhook::timeout_seconds`].
    pub timeout_seconds: Option<i32>,
    /// As [`NewWebhook::enabled`].
    pub enabled: Option<bool>,
    /// Gives it a new secret.
    pub rotate_secret: bool,
    /// For how long the secret before it signs too, 0 seconds to 7 days; a day where nobody says.
    pub overlap_seconds: Option<i32>,
    /// What is on its way to it is not sent any more.
    pub discard_pending: bool,
}

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

/// What goes with which mode.
pub(super) fn check_mode(
    is_asked: bool,
    has_event_types: bool,
    has_actions: bool,
    has_on_failure: bool,
) -> Result<(), Fault> {
    let wrong = |field: &str| {
        let message = if is_asked {
            "a webhook that is asked is told of nothing"
        } else {
            "only a webhook of the mode BEFORE_ACTION is asked"
        };
        Err(Fault::bad_input(field, message))
    };
    match is_asked {
        true if has_event_types => wrong("eventTypes"),
        false if has_actions => wrong("actions"),
        false if has_on_failure => wrong("onFailure"),
        _ => Ok(()),
    }
}

/// For how long the secret before a new one signs too.
pub(super) fn overlap(is_rotated: bool, seconds: Option<i32>) -> Result<TimeDelta, Fault> {
    let Some(seconds) = seconds else { return Ok(OVERLAP.0) };
    if !is_rotated {
        return Err(Fault::bad_input("overlapSeconds", "this goes with rotateSecret"));
    }
    let overlap = TimeDelta::seconds(seconds.into());
    if overlap < TimeDelta::zero() || overlap > OVERLAP.1 {
        let most = OVERLAP.1.num_seconds();
        return Err(Fault::bad_input("overlapSeconds", format!("0 to {most} seconds")));
    }
    Ok(overlap)
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
