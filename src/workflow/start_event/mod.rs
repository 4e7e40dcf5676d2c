//! Start events of processes that wait for a time, a message or a signal.
//!
//! They wait in `start_subscription`, from the transaction that deploys a version until the one that
//! deploys the next. What is due, and what was told, is handed to the durable engine with all other
//! events (`event/dispatch.rs`); its handler here ([`StartHandler`]) begins the instance in one transaction
//! with the proof that it did: a timer's row has gone on, or the delivery is written down. What cannot
//! begin becomes a start incident.

mod arm;
mod begin;
mod handler;
mod incident;
mod list;
mod rules;
mod send;
mod store;

pub(super) use arm::arm_in_op;
pub(super) use handler::{CONCURRENCY, MAX_ATTEMPTS};
pub use handler::{START_KIND, StartHandler};
pub use list::{StartEvent, start_events};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
pub(super) use store::{begun_by_in_op, due_in_op, handed_in_op};
use uuid::Uuid;

use super::EventKind;

/// What the engine is to do: let an instance begin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Starting {
    /// A time has come.
    Time {
        /// The timer.
        subscription: Uuid,
    },
    /// A message or a signal was told. It is for the process, in whichever version is the newest then.
    Told {
        /// MESSAGE or SIGNAL.
        kind: String,
        /// Its name.
        name: String,
        /// The process's key.
        process: String,
        /// Of a message: the business key of the new instance.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        business_key: Option<String>,
        /// What it brings.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        variables: Map<String, Value>,
    },
}

impl Starting {
    /// As the engine keeps it.
    fn text(&self) -> String {
        // Texts and numbers alone: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Of a message: its name and business key, by which an instance may wait for it, and what it brings.
    fn as_message(&self) -> Option<(&str, &str, &Map<String, Value>)> {
        match self {
            Self::Told { kind, name, business_key: Some(key), variables, .. }
                if kind == EventKind::Message.as_str() =>
            {
                Some((name, key, variables))
            }
            _ => None,
        }
    }
}
