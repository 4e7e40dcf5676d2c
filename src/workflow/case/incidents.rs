//! Incidents that the engine finds when a run ends, of instances that nobody has in hand.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr};
use serde_json::json;
use uuid::Uuid;

use super::history::{HistoryKind, Note, Place, entry};
use crate::events::Signal;
use crate::storage::bulk::{Column, Rows, insert_many};
use crate::storage::dialect::for_update;
use crate::storage::entity::{incident, process_history};

/// Locks trees by their topmost instances, in one order: before anything of them is read.
///
/// # Errors
/// The database's, also where others hold one for too long.
pub async fn lock_trees_in_op(tx: &DatabaseTransaction, roots: &BTreeSet<Uuid>) -> Result<(), DbErr> {
    let lock = for_update(tx.get_database_backend());
    let rows = Rows::new([("id", Column::Ids(roots.iter().copied().collect()))]);
    let text = |source: &str| {
        format!(
            "SELECT i.id FROM process_instance i WHERE i.id IN (SELECT x.id FROM {source}) ORDER BY i.id{lock}"
        )
    };
    rows.query_in_op(tx, text).await.map(drop)
}

/// Writes incidents of trees that are locked, also in the history of their instances; whom to tell of it
/// after the commit: whoever watches one sees that it has changed.
///
/// # Errors
/// The database's.
pub async fn write_incidents_in_op(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    incidents: &[incident::Model],
) -> Result<Vec<Signal>, DbErr> {
    let changed: BTreeSet<_> = incidents.iter().flat_map(|row| [row.root_id, row.instance_id]).collect();
    let rows = Rows::new([("id", Column::Ids(changed.into_iter().collect()))]);
    // Of an instance that has ended nothing more is written down.
    let text = |source: &str| {
        format!(
            "UPDATE process_instance SET revision = process_instance.revision + 1 FROM {source} \
             WHERE process_instance.id = x.id AND process_instance.status = 1 \
             RETURNING process_instance.id, process_instance.revision"
        )
    };
    let mut revisions: HashMap<Uuid, i64> = HashMap::new();
    for row in rows.query_in_op(tx, text).await? {
        revisions.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    let mut ordinals: HashMap<Uuid, i32> = HashMap::new();
    let history = incidents.iter().filter(|row| revisions.contains_key(&row.instance_id)).filter_map(|row| {
        let revision = *revisions.get(&row.root_id)?;
        let ordinal = ordinals.entry(row.root_id).or_default();
        let place = Place { root: row.root_id, instance: row.instance_id, revision, ordinal: *ordinal };
        *ordinal += 1;
        let note = Note {
            node: Some(row.node_id.clone()),
            reason: Some(row.message.clone()),
            data: Some(json!({ "code": row.code })),
            ..Note::automatic()
        };
        Some(entry(place, HistoryKind::Incident, None, note, now))
    });
    let history: Vec<process_history::Model> = history.collect();
    insert_many::<process_history::Entity, _>(tx, history).await?;
    insert_many::<incident::Entity, _>(tx, incidents.to_vec()).await?;
    let signal = |(stream, revision)| Signal::Changed { stream, revision };
    Ok(revisions.into_iter().map(signal).collect())
}
