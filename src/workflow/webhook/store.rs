//! The SQL around webhooks: reading them, changing them, and writing what they are told.

use std::collections::{BTreeSet, HashSet};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr};
use uuid::Uuid;

use super::event::{Event, body};
use super::known::Hooks;
use crate::storage::bulk::{Column, Rows};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;
use crate::storage::entity::webhook;

/// The generation of the webhooks, as a value in a statement.
pub const GENERATION: &str = "(SELECT g.generation FROM webhook_state g WHERE g.id = 1)";

/// The generation as it is now.
pub async fn generation(connection: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let text = format!("SELECT {GENERATION}");
    let row = connection.query_one_raw(sql(connection.get_database_backend(), text, [])).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("webhook_state".to_owned()))?.try_get_by_index(0)
}

/// The webhooks that are enabled, with the generation in which they are so.
pub(super) async fn enabled(connection: &impl ConnectionTrait) -> Result<(i64, Vec<webhook::Model>), DbErr> {
    let text = format!(
        "SELECT s.generation, {} FROM webhook_state s LEFT JOIN webhook w \
         ON w.enabled AND w.deleted_at IS NULL WHERE s.id = 1 ORDER BY w.id",
        webhook::Model::columns("w")
    );
    let rows = connection.query_all_raw(sql(connection.get_database_backend(), text, [])).await?;
    let mut generation = 0;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        generation = row.try_get_by_index(0)?;
        if row.try_get_by_index::<Option<Uuid>>(1)?.is_some() {
            found.push(webhook::Model::at(row, 1)?);
        }
    }
    Ok((generation, found))
}

/// Lets nobody who has begun without knowing of a change of the webhooks commit behind it: waits for all
/// who have instances under their lock, and keeps others from locking any until the change has committed.
/// Before anything else in its transaction. On SQLite whoever writes is alone.
pub(super) async fn quiesce_in_op(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        // Against FOR UPDATE and against foreign keys; whoever only reads goes on.
        tx.execute_unprepared("LOCK TABLE process_instance IN EXCLUSIVE MODE").await?;
    }
    Ok(())
}

/// Moves the generation on; whoever else changes webhooks waits from here on.
pub(super) async fn advance_in_op(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    let text = "UPDATE webhook_state SET generation = generation + 1 WHERE id = 1";
    match tx.execute_unprepared(text).await?.rows_affected() {
        1 => Ok(()),
        _ => Err(DbErr::RecordNotUpdated),
    }
}

/// Deletes streams of a webhook by their instances. Whoever calls has locked them, or made sure that nobody
/// adds to them.
pub(super) async fn delete_streams_in_op(
    tx: &DatabaseTransaction,
    webhook: Uuid,
    instances: Vec<Uuid>,
) -> Result<(), DbErr> {
    let rows = Rows::new([("instance_id", Column::Ids(instances))]).each_with("webhook_id", webhook);
    let text = |source: &str| {
        format!(
            "DELETE FROM webhook_stream WHERE EXISTS (SELECT 1 FROM {source} \
             WHERE webhook_stream.webhook_id = x.webhook_id AND webhook_stream.instance_id = x.instance_id)"
        )
    };
    rows.execute_in_op(tx, text).await.map(drop)
}

/// Writes events with a delivery of each to every webhook that wants it; whether anybody does, who is then
/// woken by [`Signal::Told`](crate::events::Signal::Told) after the commit. Nothing is written of what
/// nobody wants, and nothing of an operation key that was told before.
///
/// # Errors
/// The database's.
pub async fn write_in_op(tx: &DatabaseTransaction, hooks: &Hooks, events: Vec<Event>) -> Result<bool, DbErr> {
    let with_wanters = |event: Event| {
        let told = hooks.told().filter(|hook| hook.wants(event.kind, &event.definition_key));
        let to: Vec<_> = told.map(|hook| hook.id).collect();
        (!to.is_empty()).then(|| (Uuid::now_v7(), event, to))
    };
    let mut wanted: Vec<Wanted> = events.into_iter().filter_map(with_wanters).collect();
    if wanted.is_empty() {
        return Ok(false);
    }
    let written = write_events(tx, &wanted).await?;
    wanted.retain(|(id, ..)| written.contains(id));
    write_deliveries(tx, &wanted).await?;
    Ok(!wanted.is_empty())
}

/// An event with its id, and to whom it goes.
type Wanted = (Uuid, Event, Vec<Uuid>);

/// Those of the events that were not told before.
async fn write_events(tx: &DatabaseTransaction, wanted: &[Wanted]) -> Result<HashSet<Uuid>, DbErr> {
    let texts =
        |text: fn(&Event) -> String| Column::Texts(wanted.iter().map(|(_, it, _)| text(it)).collect());
    let rows = Rows::new([
        ("id", Column::Ids(wanted.iter().map(|(id, ..)| *id).collect())),
        ("operation_key", texts(|event| event.operation_key.clone())),
        ("kind", texts(|event| event.kind.as_str().to_owned())),
        ("instance_id", Column::Ids(wanted.iter().map(|(_, event, _)| event.instance).collect())),
        ("payload", texts(|event| body(event.kind.as_str(), event.at, &event.data))),
        ("created_at", Column::Times(wanted.iter().map(|(_, event, _)| event.at).collect())),
    ]);
    let text = |source: &str| {
        format!(
            "INSERT INTO outbox (id, operation_key, kind, instance_id, payload, created_at) \
             SELECT id, operation_key, kind, instance_id, payload, created_at FROM {source} WHERE true \
             ON CONFLICT (operation_key) DO NOTHING RETURNING id"
        )
    };
    rows.query_in_op(tx, text).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

async fn write_deliveries(tx: &DatabaseTransaction, wanted: &[Wanted]) -> Result<(), DbErr> {
    let (mut events, mut webhooks, mut instances, mut times) = (vec![], vec![], vec![], vec![]);
    // In the order in which whoever locks several of them does.
    let mut streams = BTreeSet::new();
    for (id, event, to) in wanted {
        for webhook in to {
            events.push(*id);
            webhooks.push(*webhook);
            instances.push(event.instance);
            times.push(event.at);
            streams.insert((event.instance, *webhook, event.at));
        }
    }
    let rows = Rows::new([
        ("event_id", Column::Ids(events)),
        ("webhook_id", Column::Ids(webhooks)),
        ("instance_id", Column::Ids(instances)),
        ("created_at", Column::Times(times)),
    ]);
    let text = |source: &str| {
        format!(
            "INSERT INTO webhook_delivery (webhook_id, event_id, instance_id, status, created_at) \
             SELECT webhook_id, event_id, instance_id, 'PENDING', created_at FROM {source} WHERE true"
        )
    };
    rows.execute_in_op(tx, text).await?;
    let mut streams: Vec<_> = streams.into_iter().collect();
    streams.dedup_by_key(|(instance, webhook, _)| (*instance, *webhook));
    wake_in_op(tx, streams).await
}

/// Makes streams that there are not, due at these times. Those that there are stay as they are; whoever is
/// about to find one of them empty does so before this, or behind this transaction.
async fn wake_in_op(
    tx: &DatabaseTransaction,
    streams: Vec<(Uuid, Uuid, chrono::DateTime<chrono::Utc>)>,
) -> Result<(), DbErr> {
    let rows = Rows::new([
        ("instance_id", Column::Ids(streams.iter().map(|(instance, ..)| *instance).collect())),
        ("webhook_id", Column::Ids(streams.iter().map(|(_, webhook, _)| *webhook).collect())),
        ("due_at", Column::Times(streams.iter().map(|(.., at)| *at).collect())),
    ]);
    let text = |source: &str| {
        format!(
            "INSERT INTO webhook_stream (webhook_id, instance_id, due_at) \
             SELECT webhook_id, instance_id, due_at FROM {source} WHERE true \
             ON CONFLICT (webhook_id, instance_id) DO UPDATE SET webhook_id = excluded.webhook_id"
        )
    };
    rows.execute_in_op(tx, text).await.map(drop)
}
