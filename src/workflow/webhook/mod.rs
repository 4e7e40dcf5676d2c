//! Webhooks: other systems are told of what happens, and asked before somebody decides.
//!
//! What is told is written with what has happened: the event in `outbox`, and a delivery of it to each
//! webhook that wants it ([`write_in_op`], [`Announced`]). The events of one instance are a **stream** to each
//! webhook: the earliest is sent until it has arrived or is given up, then the next. [`Deliveries`] sends
//! what is due. A webhook of the mode [`WebhookMode::BeforeAction`] is asked while nothing is locked, and what it
//! has seen is checked again in the decision's transaction.

mod announce;
mod change;
mod claim;
mod discard;
mod dispatch;
mod event;
mod forget;
mod given;
mod hands;
mod hook;
mod known;
mod list;
mod port;
mod record;
mod replay;
mod rules;
mod store;

pub(super) use announce::Announced;
pub use dispatch::{Deliveries, DeliveriesParts};
pub use event::EventType;
pub(super) use event::{Event, incident_data, instance_data, job_data, job_event};
pub use given::{NewWebhook, WebhookPatch};
pub(super) use hook::{Question, Seen, ask, check_asked};
pub use known::{HookAction, OnFailure, WebhookMode};
pub(super) use known::{Hooks, Known};
pub use list::{DeliveryStatus, DeliveryView};
pub use port::{WebhookAnswer, WebhookMessage, WebhookSender};
pub use replay::Replay;
pub(super) use store::{GENERATION, generation, write_in_op};
