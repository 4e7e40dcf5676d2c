//! Reading webhooks, and what was told to them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use uuid::Uuid;

use super::dispatch::message_id;
use super::given::check_admin;
use super::known::words;
use crate::kernel::{Actor, Fault, Page, PageRequest, Place};
use crate::storage::by_place::{ByPlace, by_place};
use crate::storage::conditions::Conditions;
use crate::storage::entity::{webhook, webhook_attempt};
use crate::workflow::Workflow;
use crate::workflow::many::places;

/// How many attempts are told of one delivery: the last.
const ATTEMPTS: i32 = 50;

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryStatus {
    /// On its way, or waiting for those before it.
    Pending,
    /// It has arrived.
    Success,
    /// It was given up.
    Failed,
    /// Somebody did not want it to be sent any more.
    Discarded,
}

words! {
    DeliveryStatus { Pending = "PENDING", Success = "SUCCESS", Failed = "FAILED", Discarded = "DISCARDED" }
}

/// A delivery as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryView {
    /// Its number.
    pub number: i64,
    /// To whom.
    pub webhook_id: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// The event's instance.
    pub instance_id: Uuid,
    /// The type of the event.
    pub kind: String,
    /// What is told, as JSON.
    pub payload: String,
    /// As [`DeliveryStatus`] has it.
    pub status: String,
    /// How often it was sent.
    pub attempts: i32,
    /// When the event happened.
    pub created_at: DateTime<Utc>,
    /// When it arrived, or was given up.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it is sent next; none where it is being sent, waits for those before it, or has ended.
    pub next_attempt_at: Option<DateTime<Utc>>,
}

by_place!(DeliveryView {
    number,
    webhook_id,
    event_id,
    instance_id,
    kind,
    payload,
    status,
    attempts,
    created_at,
    finished_at,
    next_attempt_at,
});

impl DeliveryView {
    /// Its event's id as the receiver sees it.
    pub fn message_id(&self) -> String {
        message_id(self.event_id)
    }
}

impl Workflow {
    /// A page of the webhooks, oldest first. For ADMIN.
    ///
    /// # Errors
    /// `FORBIDDEN` below ADMIN; `BAD_INPUT` for a cursor that is none of them.
    pub async fn webhooks(&self, actor: &Actor, page: &PageRequest) -> Result<Page<webhook::Model>, Fault> {
        check_admin(actor)?;
        self.page_by_id("webhook", not_deleted(), page, |row: &webhook::Model| row.id).await
    }

    /// How many there are. For ADMIN.
    ///
    /// # Errors
    /// `FORBIDDEN` below ADMIN.
    pub async fn count_webhooks(&self, actor: &Actor) -> Result<i64, Fault> {
        check_admin(actor)?;
        self.count_where("webhook", not_deleted()).await
    }

    /// A webhook; none where there is none. For ADMIN.
    ///
    /// # Errors
    /// `FORBIDDEN` below ADMIN.
    pub async fn webhook(&self, actor: &Actor, id: Uuid) -> Result<Option<webhook::Model>, Fault> {
        check_admin(actor)?;
        let mut conditions = Conditions::default();
        conditions.and("w.id = {} AND w.deleted_at IS NULL", [id.into()]);
        let text =
            format!("SELECT {} FROM webhook w WHERE {}", webhook::Model::columns("w"), conditions.text);
        Ok(self.all(text, conditions).await?.pop())
    }

    /// A page of what was told to each of the webhooks, which ADMIN alone can have: newest first.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of them.
    pub async fn deliveries(
        &self,
        webhooks: &[Uuid],
        status: Option<DeliveryStatus>,
        page: &PageRequest,
    ) -> Result<HashMap<Uuid, Page<DeliveryView>>, Fault> {
        let mut conditions = Conditions::default();
        let mut which = String::new();
        if let Some(status) = status {
            which.push_str(&format!(" AND d.status = {}", conditions.value(status.as_str())));
        }
        // Newest first: what is behind a cursor has a smaller number.
        for (field, cursor, sign) in [("after", &page.after, "<"), ("before", &page.before, ">")] {
            let Some(cursor) = cursor else { continue };
            let bad = |_| Fault::bad_input(field, "this is not a cursor of this connection");
            let number: i64 = cursor.parse().map_err(bad)?;
            which.push_str(&format!(" AND d.number {sign} {}", conditions.value(number)));
        }
        let way = if page.backwards { "ASC" } else { "DESC" };
        let limit = page.limit + 1;
        // A statement for all, each of which reads no more than its page.
        let of_each: Vec<_> = webhooks
            .iter()
            .map(|id| {
                let id = conditions.value(*id);
                format!(
                    "SELECT * FROM (SELECT d.* FROM webhook_delivery d WHERE d.webhook_id = {id}{which} \
                     ORDER BY d.number {way} LIMIT {limit}) p"
                )
            })
            .collect();
        if of_each.is_empty() {
            return Ok(HashMap::new());
        }
        let text = format!(
            "SELECT d.number, d.webhook_id, d.event_id, d.instance_id, o.kind, o.payload, d.status, d.attempts, \
             d.created_at, d.finished_at, (SELECT s.due_at FROM webhook_stream s WHERE d.status = 'PENDING' \
             AND s.webhook_id = d.webhook_id AND s.instance_id = d.instance_id AND s.lease_id IS NULL \
             AND d.number = (SELECT min(f.number + 0) FROM webhook_delivery f WHERE f.webhook_id = d.webhook_id \
             AND f.instance_id = d.instance_id AND f.finished_at IS NULL)) AS next_attempt_at \
             FROM ({}) d JOIN outbox o ON o.id = d.event_id ORDER BY d.number {way}",
            of_each.join(" UNION ALL ")
        );
        let rows: Vec<DeliveryView> = self.all(text, conditions).await?;
        let mut by_webhook: HashMap<Uuid, Vec<DeliveryView>> = HashMap::new();
        for row in rows {
            by_webhook.entry(row.webhook_id).or_default().push(row);
        }
        let paged = |id: &Uuid| {
            let rows = by_webhook.remove(id).unwrap_or_default();
            (*id, Page::from_read(page, rows, |row| Place::Number(row.number)))
        };
        Ok(webhooks.iter().map(paged).collect())
    }

    /// How much each of the webhooks, which ADMIN alone can have, was told.
    ///
    /// # Errors
    /// The database's.
    pub async fn delivery_counts(
        &self,
        webhooks: &[Uuid],
        status: Option<DeliveryStatus>,
    ) -> Result<HashMap<Uuid, i64>, Fault> {
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, webhooks.iter().copied());
        let which = status.map(|status| format!(" AND d.status = {}", conditions.value(status.as_str())));
        let text = format!(
            "SELECT d.webhook_id, count(*) FROM webhook_delivery d WHERE d.webhook_id IN ({ids}){} \
             GROUP BY d.webhook_id",
            which.unwrap_or_default()
        );
        self.counts(text, conditions).await
    }

    /// The attempts at each of the deliveries, which ADMIN alone can have: oldest first, the last 50 each.
    ///
    /// # Errors
    /// The database's.
    pub async fn attempts_of(
        &self,
        deliveries: &[i64],
    ) -> Result<HashMap<i64, Vec<webhook_attempt::Model>>, Fault> {
        let mut conditions = Conditions::default();
        let numbers = places(&mut conditions, deliveries.iter().copied());
        let text = format!(
            "SELECT {} FROM webhook_delivery d JOIN webhook_attempt a ON a.delivery_number = d.number \
             WHERE d.number IN ({numbers}) AND a.number > d.attempts - {ATTEMPTS} \
             ORDER BY a.delivery_number, a.number",
            webhook_attempt::Model::columns("a")
        );
        let statement = self.statement(text, conditions);
        let rows = self.inner.db.reader().query_all_raw(statement).await?;
        let read = |row: &QueryResult| webhook_attempt::Model::at(row, 0);
        let rows = rows.iter().map(read).collect::<Result<Vec<_>, DbErr>>()?;
        let mut found: HashMap<i64, Vec<_>> = HashMap::new();
        for row in rows {
            found.entry(row.delivery_number).or_default().push(row);
        }
        Ok(found)
    }
}

/// The condition of the webhooks that there are.
fn not_deleted() -> Conditions {
    let mut conditions = Conditions::default();
    conditions.and("w.deleted_at IS NULL", []);
    conditions
}
