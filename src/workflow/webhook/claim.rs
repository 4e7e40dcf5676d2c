//! Taking what is due in hand: each stream is one replica's, as long as its lease.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::known::Hook;
use super::rules::LEASE;
use super::store::{GENERATION, delete_streams_in_op};
use crate::storage::bulk::{Column, Rows};
use crate::storage::dialect::{for_update_skip_locked, sql};

/// A delivery in hand.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub hook: Arc<Hook>,
    pub instance: Uuid,
    pub lease: Uuid,
    /// Until when nobody else takes it.
    pub until: DateTime<Utc>,
    pub delivery: i64,
    /// The event's id.
    pub event: Uuid,
    /// How often it was sent, and how often since it was last asked for.
    pub attempts: i32,
    pub tries: i32,
    pub body: String,
}

/// Which webhooks have something to be sent, and when.
pub struct Schedule {
    /// The generation of the webhooks.
    pub generation: i64,
    /// Those that have, with the time from which.
    pub next: Vec<(Uuid, DateTime<Utc>)>,
    /// How many are told of events.
    pub webhooks: usize,
    /// Those to which something has failed and nothing has arrived since, from whichever replica.
    pub ailing: HashSet<Uuid>,
}

/// Looks at the first entry of each webhook that is enabled; whatever else is in its queue.
pub async fn schedule(connection: &impl ConnectionTrait) -> Result<Schedule, DbErr> {
    let text = format!(
        "SELECT {GENERATION}, w.id, (SELECT min(s.due_at) FROM webhook_stream s WHERE s.webhook_id = w.id), \
         w.failing_since IS NOT NULL \
         FROM webhook w WHERE w.enabled AND w.deleted_at IS NULL AND w.mode = 'NOTIFY' ORDER BY w.id"
    );
    let rows = connection.query_all_raw(sql(connection.get_database_backend(), text, [])).await?;
    let mut schedule =
        Schedule { generation: 0, next: Vec::new(), webhooks: rows.len(), ailing: HashSet::new() };
    for row in &rows {
        schedule.generation = row.try_get_by_index(0)?;
        if let Some(next) = row.try_get_by_index(2)? {
            schedule.next.push((row.try_get_by_index(1)?, next));
        }
        if row.try_get_by_index(3)? {
            schedule.ailing.insert(row.try_get_by_index(1)?);
        }
    }
    Ok(schedule)
}

/// Takes up to `most` streams of a webhook in hand that are due, those that have waited longest; the
/// earliest event of each.
pub async fn claim_in_op(
    tx: &DatabaseTransaction,
    hook: &Arc<Hook>,
    most: usize,
    now: DateTime<Utc>,
) -> Result<Vec<Claimed>, DbErr> {
    let backend = tx.get_database_backend();
    let text = format!(
        "SELECT instance_id FROM webhook_stream WHERE webhook_id = $1 AND due_at <= $2 \
         ORDER BY due_at, instance_id LIMIT {most}{}",
        for_update_skip_locked(backend)
    );
    let rows = tx.query_all_raw(sql(backend, text, [hook.id.into(), now.into()])).await?;
    let instances = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<Uuid>, _>>()?;
    if instances.is_empty() {
        return Ok(Vec::new());
    }
    let (lease, until) = (Uuid::new_v4(), now + LEASE);
    let streams = Rows::new([("instance_id", Column::Ids(instances.clone()))])
        .each_with("webhook_id", hook.id)
        .each_with("lease_id", lease)
        .each_with("due_at", until);
    let text = |source: &str| {
        format!(
            "UPDATE webhook_stream SET lease_id = x.lease_id, due_at = x.due_at FROM {source} \
             WHERE webhook_stream.webhook_id = x.webhook_id AND webhook_stream.instance_id = x.instance_id"
        )
    };
    streams.execute_in_op(tx, text).await?;
    // Not by the status, and with a sum: a planner might go through what is pending of all instances.
    let first = "d.number = (SELECT min(p.number + 0) FROM webhook_delivery p WHERE p.webhook_id = x.webhook_id \
                 AND p.instance_id = x.instance_id AND p.finished_at IS NULL)";
    let table = "webhook_delivery AS d JOIN outbox AS o ON o.id = d.event_id";
    let selected = "d.instance_id, d.number, d.event_id, d.attempts, d.tries, o.payload";
    let rows = Rows::new([("instance_id", Column::Ids(instances.clone()))]).each_with("webhook_id", hook.id);
    let rows = tx.query_all_raw(rows.look_up(backend, selected, table, first)).await?;
    let claimed = |row: &sea_orm::QueryResult| {
        Ok(Claimed {
            hook: Arc::clone(hook),
            lease,
            until,
            instance: row.try_get_by_index(0)?,
            delivery: row.try_get_by_index(1)?,
            event: row.try_get_by_index(2)?,
            attempts: row.try_get_by_index(3)?,
            tries: row.try_get_by_index(4)?,
            body: row.try_get_by_index(5)?,
        })
    };
    let claimed = rows.iter().map(claimed).collect::<Result<Vec<Claimed>, DbErr>>()?;
    // What was asked for again may have been forgotten meanwhile.
    let full: HashSet<_> = claimed.iter().map(|one| one.instance).collect();
    let empty: Vec<_> = instances.into_iter().filter(|instance| !full.contains(instance)).collect();
    delete_streams_in_op(tx, hook.id, empty).await?;
    Ok(claimed)
}

/// Gives streams back that were not sent, to whoever claims them next. Of those that somebody is about to
/// add to, the lease runs out: whoever waited for them here might be waited for.
pub async fn give_back_in_op(
    tx: &DatabaseTransaction,
    claimed: &[Claimed],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let ids = |id: fn(&Claimed) -> Uuid| Column::Ids(claimed.iter().map(id).collect());
    let rows = Rows::new([
        ("webhook_id", ids(|one| one.hook.id)),
        ("instance_id", ids(|one| one.instance)),
        ("lease_id", ids(|one| one.lease)),
    ]);
    let lock = for_update_skip_locked(tx.get_database_backend());
    let text = |source: &str| {
        format!(
            "SELECT s.webhook_id, s.instance_id FROM {source} JOIN webhook_stream s \
             ON s.webhook_id = x.webhook_id AND s.instance_id = x.instance_id AND s.lease_id = x.lease_id{lock}"
        )
    };
    let (mut webhooks, mut instances) = (Vec::new(), Vec::new());
    for row in rows.query_in_op(tx, text).await? {
        webhooks.push(row.try_get_by_index(0)?);
        instances.push(row.try_get_by_index(1)?);
    }
    let locked = Rows::new([("webhook_id", Column::Ids(webhooks)), ("instance_id", Column::Ids(instances))])
        .each_with("due_at", now);
    let text = |source: &str| {
        format!(
            "UPDATE webhook_stream SET lease_id = NULL, due_at = x.due_at FROM {source} \
             WHERE webhook_stream.webhook_id = x.webhook_id AND webhook_stream.instance_id = x.instance_id"
        )
    };
    locked.execute_in_op(tx, text).await.map(drop)
}
