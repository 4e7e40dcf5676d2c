//! Events from outside an instance: times that come, messages and signals that are told.
//!
//! What instances wait for stands in `event_subscription`, written with the step that begins or ends to
//! wait. Whatever is due is handed to the durable engine ([`Events`]), an item for each subscription,
//! and happens to its instance in a transaction of its own ([`EventHandler`]): once, because the
//! subscription is gone with it, or because the delivery is written down. What cannot be done becomes an
//! incident.

mod delivery;
mod dispatch;
mod handler;
mod incident;
mod list;
mod send;

pub(super) use delivery::deliver_in_op;
pub use dispatch::Events;
pub use handler::{EVENT_KIND, EventHandler};
pub(super) use incident::{tell_in_op, withdraw_in_op};
pub use send::Sent;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// What the engine is to do: let something happen to whoever waits for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Happening {
    /// To whom.
    subscription: Uuid,
    /// What it brings.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    variables: Map<String, Value>,
}

/// What the items of a run have in common: its context.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    /// What it brings, beside what an item brings itself.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    variables: Map<String, Value>,
    /// A message for whoever waits for it: another one, where its subscriber has stopped waiting meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

/// A message that was thrown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    name: String,
    /// For instances with this business key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl Told {
    /// As the engine keeps it.
    fn text(&self) -> String {
        // Texts and numbers alone: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Happening {
    /// As the engine keeps it.
    fn text(&self) -> String {
        // Texts and numbers alone: this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
