//! The webhooks that are enabled, kept in memory for as long as they are what the database says.
//!
//! Each change of a webhook moves the generation on in its transaction. Whoever is about to tell or ask
//! reads the generation with what they read anyway, so that knowing of no webhooks costs nothing, and
//! what another replica has changed is seen at once.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use parking_lot::RwLock;
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::event::EventType;
use super::store;
use crate::kernel::Fault;
use crate::storage::Db;
use crate::storage::entity::webhook;

/// What a webhook is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMode {
    /// It is told of what has happened.
    Notify,
    /// It is asked before somebody acts, and may refuse.
    BeforeAction,
}

/// Something that a webhook may be asked before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookAction {
    /// A task is approved.
    Approve,
    /// A task is rejected.
    Reject,
    /// An instance is sent back.
    Return,
}

/// What becomes of an action where the webhook that is to be asked does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// It is refused, and may be tried again.
    Refuse,
    /// It is done.
    Allow,
}

/// Gives an enum its words in the database and the API.
macro_rules! words {
    ($($type:ident { $($name:ident = $word:literal),+ })+) => {$(
        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The word in the database and the API.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// What a word means.
            pub fn of(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    )+};
}
pub(super) use words;

words! {
    WebhookMode { Notify = "NOTIFY", BeforeAction = "BEFORE_ACTION" }
    HookAction { Approve = "APPROVE", Reject = "REJECT", Return = "RETURN" }
    OnFailure { Refuse = "REFUSE", Allow = "ALLOW" }
}

/// A webhook that is enabled, read.
#[derive(Debug, Clone)]
pub struct Hook {
    pub id: Uuid,
    pub url: Url,
    definition_key: Option<String>,
    /// Of what it is told; none: of everything.
    event_types: Option<HashSet<EventType>>,
    /// What it is asked before; empty where it is told.
    actions: Vec<HookAction>,
    pub on_failure: OnFailure,
    pub timeout: Duration,
    secret: SecretString,
    previous: Option<(SecretString, DateTime<Utc>)>,
}

impl Hook {
    fn read(row: webhook::Model) -> Result<Self, Fault> {
        let bad = |what: &str| Fault::internal(format!("webhook {} has {what}", row.id));
        let words = |text: &str| serde_json::from_str::<Vec<String>>(text).map_err(Fault::internal);
        let event_types = row.event_types.as_deref().map(words).transpose()?;
        let actions = row.actions.as_deref().map(words).transpose()?.unwrap_or_default();
        let on_failure = row.on_failure.as_deref().map(OnFailure::of);
        let previous = row.previous_secret.clone().zip(row.previous_secret_until);
        Ok(Self {
            id: row.id,
            url: row.url.parse().map_err(|_| bad("an address that is none"))?,
            definition_key: row.definition_key.clone(),
            // What a later program has added nobody here tells.
            event_types: event_types.map(|all| all.iter().filter_map(|word| EventType::of(word)).collect()),
            actions: actions.iter().filter_map(|word| HookAction::of(word)).collect(),
            on_failure: on_failure.flatten().unwrap_or(OnFailure::Refuse),
            timeout: Duration::from_secs(row.timeout_seconds.unsigned_abs().into()),
            secret: row.secret.0.clone().into(),
            previous: previous.map(|(secret, until)| (secret.0.into(), until)),
        })
    }

    fn is_of(&self, definition_key: &str) -> bool {
        self.definition_key.as_deref().is_none_or(|key| key == definition_key)
    }

    /// Whether it is told of this.
    pub fn wants(&self, kind: EventType, definition_key: &str) -> bool {
        self.actions.is_empty()
            && self.is_of(definition_key)
            && self.event_types.as_ref().is_none_or(|types| types.contains(&kind))
    }

    /// Whether it is asked before this.
    pub fn is_asked(&self, action: HookAction, definition_key: &str) -> bool {
        self.is_of(definition_key) && self.actions.contains(&action)
    }

    /// What a message of now is signed with.
    pub fn secrets(&self, now: DateTime<Utc>) -> Vec<SecretString> {
        let previous = self.previous.iter().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        std::iter::once(&self.secret).chain(previous).cloned().collect()
    }
}

/// The webhooks that are enabled, oldest first.
#[derive(Debug, Default)]
pub struct Hooks {
    generation: i64,
    all: Vec<Arc<Hook>>,
}

impl Hooks {
    /// Those that are told of events.
    pub fn told(&self) -> impl Iterator<Item = &Arc<Hook>> {
        self.all.iter().filter(|hook| hook.actions.is_empty())
    }

    /// Those that are asked before this.
    pub fn asked(&self, action: HookAction, definition_key: &str) -> Vec<Arc<Hook>> {
        self.all.iter().filter(|hook| hook.is_asked(action, definition_key)).cloned().collect()
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Known {
    current: RwLock<Arc<Hooks>>,
}

impl Known {
    /// The webhooks of a generation that was read just now, or of a later one.
    ///
    /// # Errors
    /// The database's.
    pub async fn at(&self, db: &Db, generation: i64) -> Result<Arc<Hooks>, Fault> {
        let current = Arc::clone(&self.current.read());
        if current.generation >= generation {
            return Ok(current);
        }
        let (generation, rows) = store::enabled(db.reader()).await?;
        let all = rows.into_iter().map(|row| Hook::read(row).map(Arc::new)).collect::<Result<_, _>>()?;
        let read = Arc::new(Hooks { generation, all });
        let mut current = self.current.write();
        if current.generation < generation {
            *current = Arc::clone(&read);
        }
        Ok(read)
    }
}
