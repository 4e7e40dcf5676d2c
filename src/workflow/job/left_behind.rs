//! Calls that a run of the engine has ended without: each is an incident.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::JobStatus;
use super::caller::Calling;
use super::rules::incident_about;
use super::store::{self, Held, Wrong};
use crate::engine::{ItemStatus, LEASE_EXPIRED};
use crate::events::Signal;
use crate::storage::entity::{item, job, run};
use crate::workflow::Inner;
use crate::workflow::case::{lock_trees_in_op, write_incidents_in_op};
use crate::workflow::event::tell_in_op;
use crate::workflow::webhook::{Announced, EventType, job_data, job_event};

/// Makes incidents of the calls of a run that has ended: of what killed every replica that tried it, or could
/// not be written down. Answers whom to tell after the commit.
///
/// # Errors
/// The database's.
pub(super) async fn give_up_in_op(
    inner: &Inner,
    tx: &DatabaseTransaction,
    run: &run::Model,
) -> Result<Vec<Signal>, DbErr> {
    let roots = |rows: &[job::Model]| rows.iter().map(|row| row.root_id).collect::<BTreeSet<_>>();
    // The trees before the jobs, like everybody.
    lock_trees_in_op(tx, &roots(&store::left_behind_in_op(tx, run.id).await?)).await?;
    let left = store::left_behind_in_op(tx, run.id).await?;
    if left.is_empty() {
        return Ok(Vec::new());
    }
    let reasons = reasons_in_op(tx, run.id).await?;
    let now = inner.clock.now();
    let mut failed = Vec::with_capacity(left.len());
    for mut row in left {
        let (code, message) = reasons.get(&row.id).cloned().unwrap_or_else(nobody_left);
        // It may have said itself what is wrong.
        let code = row.error_code.take().unwrap_or(code);
        let message = row.error_message.take().unwrap_or(message);
        let held = Held { id: row.id, lock: run.id };
        tracing::warn!(instance = %row.instance_id, node = row.node_id, code, "an incident");
        store::fail_in_op(tx, held, &Wrong { code: &code, message: &message }).await?;
        (row.status, row.failures) = (JobStatus::Failed.as_str().to_owned(), row.max_attempts);
        (row.error_code, row.error_message) = (Some(code), Some(message));
        failed.push(row);
    }
    let incidents: Vec<_> = failed.iter().map(|row| incident_about(row, now)).collect();
    let mut signals = write_incidents_in_op(tx, now, &incidents).await?;
    let is_told = tell_of_jobs_in_op(inner, tx, &failed, now).await?;
    if tell_in_op(inner, tx, EventType::IncidentRaised, &incidents).await? || is_told {
        signals.push(Signal::Told);
    }
    Ok(signals)
}

/// Lets webhooks be told of what has become of jobs whose instances nobody has in hand; whether anybody is.
pub(super) async fn tell_of_jobs_in_op(
    inner: &Inner,
    tx: &DatabaseTransaction,
    rows: &[job::Model],
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let ids: Vec<_> = rows.iter().map(|row| row.instance_id).collect();
    let about = Announced::read_in_op(inner, tx, &ids).await?;
    let event = |row: &job::Model| {
        let (kind, key) = job_event(row, false);
        about.event(kind, key, row.instance_id, job_data(row), now)
    };
    about.announce_in_op(tx, rows.iter().filter_map(event).collect()).await
}

/// Why the engine has given calls up, by their jobs.
async fn reasons_in_op(
    tx: &DatabaseTransaction,
    run: Uuid,
) -> Result<HashMap<Uuid, (String, String)>, DbErr> {
    let failed = item::Entity::find()
        .filter(item::Column::RunId.eq(run))
        .filter(item::Column::Status.eq(ItemStatus::Failed.as_str()))
        .all(tx)
        .await?;
    let reason = |item: item::Model| {
        let calling: Calling = serde_json::from_str(&item.input).ok()?;
        Some((calling.job, (item.error_code?, item.error_message.unwrap_or_default())))
    };
    Ok(failed.into_iter().filter_map(reason).collect())
}

fn nobody_left() -> (String, String) {
    (LEASE_EXPIRED.to_owned(), "it was tried until nobody was left to try it".to_owned())
}
