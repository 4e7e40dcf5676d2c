//! Taking what is due in hand: each stream is one replica's, as long as its lease.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::known::Hook;
use super::rules::LEASE;
use super::store::GENERATION;
use crate::storage::bulk::{Column, Rows};
use crate::storage::dialect::{for_update_skip_locked, sql};

/// A delivery in hand.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub hook: Arc<Hook>,
    pub instance: Uuid,
    pub lease: Uuid,
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
    let lease = Uuid::new_v4();
    let streams = Rows::new([("instance_id", Column::Ids(instances.clone()))])
        .each_with("webhook_id", hook.id)
        .each_with("lease_id", lease)
        .each_with("due_at", now + LEASE);
    let text = |source: &str| {
        format!(
            "UPDATE webhook_stream SET lease_id = x.lease_id, due_at = x.due_at FROM {source} \
             WHERE webhook_stream.webhook_id = x.webhook_id AND webhook_stream.instance_id = x.instance_id"
        )
    };
    streams.execute_in_op(tx, text).await?;
    let first = "d.webhook_id = x.webhook_id AND d.instance_id = x.instance_id AND d.status = 'PENDING' \
                 AND d.number = (SELECT min(p.number) FROM webhook_delivery p WHERE p.webhook_id = x.webhook_id \
                 AND p.instance_id = x.instance_id AND p.status = 'PENDING')";
    let table = "webhook_delivery AS d JOIN outbox AS o ON o.id = d.event_id";
    let selected = "d.instance_id, d.number, d.event_id, d.attempts, d.tries, o.payload";
    let rows = Rows::new([("instance_id", Column::Ids(instances.clone()))]).each_with("webhook_id", hook.id);
    let rows = tx.query_all_raw(rows.look_up(backend, selected, table, first)).await?;
    let claimed = |row: &sea_orm::QueryResult| {
        Ok(Claimed {
            hook: Arc::clone(hook),
            lease,
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
    let rows = Rows::new([("instance_id", Column::Ids(empty))]).each_with("webhook_id", hook.id);
    let text = |source: &str| {
        format!(
            "DELETE FROM webhook_stream WHERE EXISTS (SELECT 1 FROM {source} \
             WHERE webhook_stream.webhook_id = x.webhook_id AND webhook_stream.instance_id = x.instance_id)"
        )
    };
    rows.execute_in_op(tx, text).await?;
    Ok(claimed)
}

/// Gives streams back that were not sent, to whoever claims them next.
pub async fn give_back(
    connection: &impl ConnectionTrait,
    claimed: &[Claimed],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for one in claimed {
        let text = "UPDATE webhook_stream SET lease_id = NULL, due_at = $4 \
                    WHERE webhook_id = $1 AND instance_id = $2 AND lease_id = $3";
        let values = [one.hook.id.into(), one.instance.into(), one.lease.into(), now.into()];
        connection.execute_raw(sql(connection.get_database_backend(), text, values)).await?;
    }
    Ok(())
}
