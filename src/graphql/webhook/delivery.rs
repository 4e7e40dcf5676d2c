//! What was told to webhooks.

use std::sync::Arc;

use async_graphql::{ID, Result};

use super::words::{WebhookDeliveryStatus, WebhookEventType};
use crate::graphql::at_hand::{Rows, object_at_hand};
use crate::graphql::connection::connection;
use crate::graphql::context::Services;
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::{DateTime, Json};
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow as domain;

/// What deliveries that were read together share.
pub struct DeliveryList {
    services: Arc<Services>,
    attempts: ListLoader<i64, Vec<domain::WebhookAttempt>>,
}

impl DeliveryList {
    /// For deliveries that were read together, by somebody who may.
    pub fn new(services: &Arc<Services>, numbers: impl Iterator<Item = i64>) -> Arc<Self> {
        Arc::new(Self { services: Arc::clone(services), attempts: ListLoader::new(numbers) })
    }
}

/// An event on its way to a webhook, and what became of it.
pub struct WebhookDelivery {
    row: domain::DeliveryView,
    status: WebhookDeliveryStatus,
    event_type: WebhookEventType,
    list: Arc<DeliveryList>,
}

impl WebhookDelivery {
    /// A delivery of `list`.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds what it should have refused.
    pub fn new(row: domain::DeliveryView, list: &Arc<DeliveryList>) -> Result<Self, Fault> {
        let status = domain::DeliveryStatus::of(&row.status);
        let event_type = domain::EventType::of(&row.kind);
        let (Some(status), Some(event_type)) = (status, event_type) else {
            return Err(Fault::internal(format!("a delivery of {} that is {}", row.kind, row.status)));
        };
        Ok(Self { status: status.into(), event_type: event_type.into(), list: Arc::clone(list), row })
    }
}

object_at_hand! {
    /// An event on its way to a webhook, and what became of it.
    WebhookDelivery |delivery| {
        /// Its id, for `replayWebhook`.
        id "id": ID = ID(GlobalId::encode(NodeKind::WebhookDelivery, delivery.row.number));
        /// The event's id, which receivers see as `webhook-id`: the same in every attempt, and for every
        /// webhook that is told of it.
        message_id "messageId": String = delivery.row.message_id();
        /// The type of the event.
        event_type "eventType": WebhookEventType = delivery.event_type;
        /// The instance.
        instance_id "instanceId": ID =
            ID(GlobalId::encode(NodeKind::ProcessInstance, delivery.row.instance_id));
        /// How it stands.
        status "status": WebhookDeliveryStatus = delivery.status;
        /// How often it was sent.
        attempt_count "attemptCount": i32 = delivery.row.attempts;
        /// When the event happened.
        created_at "createdAt": DateTime = DateTime(delivery.row.created_at);
        /// When it is sent next; null where it is being sent, waits for those before it, or has ended.
        next_attempt_at "nextAttemptAt": Option<DateTime> = delivery.row.next_attempt_at.map(DateTime);
        /// When it arrived, or was given up.
        finished_at "finishedAt": Option<DateTime> = delivery.row.finished_at.map(DateTime);
        /// What is sent.
        payload "payload": Json = Json(serde_json::from_str(&delivery.row.payload).unwrap_or_default());
    }
    more {
        /// The attempts, oldest first; the last 50 of them.
        async fn attempts(&self) -> Result<Rows<WebhookAttempt>> {
            let DeliveryList { services, attempts } = &*self.list;
            let load = async |numbers: &[i64]| services.workflow.attempts_of(numbers).await;
            let found = attempts.get(&self.row.number, load).await?.unwrap_or_default();
            Ok(Rows(found.into_iter().map(WebhookAttempt).collect()))
        }
    }
}

/// An attempt to deliver an event.
pub struct WebhookAttempt(domain::WebhookAttempt);

object_at_hand! {
    /// An attempt to deliver an event.
    WebhookAttempt |attempt| {
        /// Counts from 1.
        number "number": i32 = attempt.0.number;
        /// When it was sent.
        at "at": DateTime = DateTime(attempt.0.started_at);
        /// How long it took, in milliseconds.
        duration_ms "durationMs": i32 = attempt.0.duration_ms;
        /// The status that was answered; null where nothing was.
        status_code "statusCode": Option<i32> = attempt.0.status_code.map(i32::from);
        /// Why it has not arrived; null where it has.
        error "error": Option<String> = attempt.0.error.clone();
    }
}

connection! {
    /// A page of deliveries, newest first.
    WebhookDeliveryConnection,
    /// A delivery in its place.
    WebhookDeliveryEdge,
    WebhookDelivery
}
