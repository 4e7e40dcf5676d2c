//! Incidents: what could not be done for an instance, until somebody sees to it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, DbErr,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{Happening, Told};
use crate::events::Signal;
use crate::kernel::{Actor, Fault, Role};
use crate::storage::bulk::by_ids;
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;
use crate::storage::entity::{event_subscription, event_thrown, incident, item, run};
use crate::workflow::case::{Case, HistoryKind, Note, lock_trees_in_op, write_incidents_in_op};
use crate::workflow::job::reopen_in_op;
use crate::workflow::status::InstanceStatus;
use crate::workflow::webhook::{Announced, EventType, incident_data};
use crate::workflow::{EventKind, Inner, Workflow};

/// How many items of a run are read at once.
const AT_ONCE: usize = 500;

/// Makes an incident of each item of a run that has failed for good and is still waited for; whom to tell
/// after the commit.
///
/// # Errors
/// The database's.
pub(super) async fn raise_in_op(
    inner: &Inner,
    tx: &DatabaseTransaction,
    run: &run::Model,
) -> Result<Vec<Signal>, DbErr> {
    let mut signals = Vec::new();
    let now = inner.clock.now();
    // Written by ourselves: it can be read.
    let told: Told = serde_json::from_str(&run.context).unwrap_or_default();
    let mut last = -1_i32;
    loop {
        // What has arrived with an attempt that was not recorded is none: it would arrive again.
        let text = format!(
            "SELECT {} FROM engine_item i WHERE i.run_id = $1 AND i.status = 'FAILED' AND i.idx > $2 \
             AND NOT EXISTS (SELECT 1 FROM event_delivery d WHERE d.run_id = i.run_id AND d.idx = i.idx) \
             ORDER BY i.idx LIMIT {AT_ONCE}",
            item::Model::columns("i")
        );
        let statement = sql(tx.get_database_backend(), text, [run.id.into(), last.into()]);
        let failed = item::Model::all(tx, statement).await?;
        let Some(item) = failed.last() else { return Ok(signals) };
        last = item.idx;
        let failed = failed.into_iter().filter_map(|mut item| {
            let mut happening: Happening = serde_json::from_str(&item.input).ok()?;
            happening.variables.extend(told.variables.clone());
            item.input = happening.text();
            Some((happening.subscription, item))
        });
        let failed: Vec<_> = failed.collect();
        let waiting = waiting_in_op(tx, failed.iter().map(|(id, _)| *id).collect()).await?;
        let mut new: Vec<_> =
            failed.into_iter().filter_map(|(id, item)| Some(about(item, waiting.get(&id)?, now))).collect();
        if !new.is_empty() {
            // A timer is tried again when its instance has been suspended: that is the same incident.
            let timers = waiting.values().filter(|row| row.kind == EventKind::Timer.as_str());
            let open = incident::Entity::find()
                .filter(incident::Column::InstanceId.is_in(timers.map(|row| row.instance_id)))
                .filter(incident::Column::ResolvedAt.is_null())
                .filter(incident::Column::JobId.is_null())
                .all(tx)
                .await?;
            new.retain(|one| {
                let is_timer = serde_json::from_str::<Happening>(&one.input)
                    .is_ok_and(|about| waiting[&about.subscription].kind == EventKind::Timer.as_str());
                !is_timer || !open.iter().any(|known| known.input == one.input)
            });
        }
        if !new.is_empty() {
            signals.extend(write_incidents_in_op(tx, now, &new).await?);
            let is_told = tell_in_op(inner, tx, EventType::IncidentRaised, &new).await?;
            signals.extend(is_told.then_some(Signal::Told));
        }
    }
}

/// Who still waits, with their trees locked: nobody ceases to wait while incidents are written about it.
async fn waiting_in_op(
    tx: &DatabaseTransaction,
    ids: Vec<Uuid>,
) -> Result<HashMap<Uuid, event_subscription::Model>, DbErr> {
    let read = || by_ids::<event_subscription::Model>(tx, "event_subscription", &ids);
    let roots: BTreeSet<_> = read().await?.into_iter().map(|row| row.root_id).collect();
    lock_trees_in_op(tx, &roots).await?;
    Ok(read().await?.into_iter().map(|row| (row.id, row)).collect())
}

/// The incident about an item that has failed for who waits for it.
fn about(item: item::Model, row: &event_subscription::Model, now: DateTime<Utc>) -> incident::Model {
    let code = item.error_code.unwrap_or_else(|| "FAILED".to_owned());
    tracing::warn!(instance = %row.instance_id, node = row.node_id, code, "an incident");
    incident::Model {
        id: Uuid::now_v7(),
        root_id: row.root_id,
        instance_id: row.instance_id,
        node_id: row.node_id.clone(),
        code,
        message: item.error_message.unwrap_or_default(),
        input: item.input,
        created_at: now,
        resolved_at: None,
        resolved_by: None,
        job_id: None,
    }
}

/// Lets webhooks be told of incidents; whether anybody is.
pub(in crate::workflow) async fn tell_in_op(
    inner: &Inner,
    tx: &DatabaseTransaction,
    kind: EventType,
    incidents: &[incident::Model],
) -> Result<bool, DbErr> {
    let ids: Vec<_> = incidents.iter().map(|row| row.instance_id).collect();
    let about = Announced::read_in_op(inner, tx, &ids).await?;
    let events = |row: &incident::Model| {
        let (key, data) = (format!("incident:{}:{}", row.id, kind.as_str()), incident_data(row));
        about.event(kind, key, row.instance_id, data, row.resolved_at.unwrap_or(row.created_at))
    };
    about.announce_in_op(tx, incidents.iter().filter_map(events).collect()).await
}

/// Nobody waits for these any more: about that there is nothing to be seen to. `instances` are those that
/// waited.
///
/// # Errors
/// The database's.
pub(in crate::workflow) async fn withdraw_in_op(
    tx: &DatabaseTransaction,
    instances: &[Uuid],
    subscriptions: &[Uuid],
) -> Result<(), DbErr> {
    let open = incident::Entity::find()
        .filter(incident::Column::InstanceId.is_in(instances.iter().copied()))
        .filter(incident::Column::ResolvedAt.is_null())
        .filter(incident::Column::JobId.is_null())
        .all(tx)
        .await?;
    let is_gone = |row: &incident::Model| {
        let about = serde_json::from_str::<Happening>(&row.input);
        about.is_ok_and(|about| subscriptions.contains(&about.subscription))
    };
    let gone: Vec<_> = open.iter().filter(|row| is_gone(row)).map(|row| row.id).collect();
    if !gone.is_empty() {
        incident::Entity::delete_many().filter(incident::Column::Id.is_in(gone)).exec(tx).await?;
    }
    Ok(())
}

impl Workflow {
    /// Has what an incident is about done again. For OPERATOR; of two at once one resolves it.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `NOT_FOUND`; `CONFLICT` where it was resolved before.
    pub async fn resolve_incident(&self, actor: &Actor, id: Uuid) -> Result<incident::Model, Fault> {
        if !actor.has_role(Role::Operator) {
            return Err(Fault::forbidden("only OPERATOR may resolve incidents"));
        }
        let found = incident::Entity::find_by_id(id).one(self.inner.db.reader()).await?;
        let mut found = found.ok_or_else(|| Fault::not_found("incident"))?;
        let (root, instance) = (found.root_id, found.instance_id);
        let mut case = Case::open(&self.inner, Some(&actor.user_id), root, instance).await?;
        let now = case.now;
        let resolved = incident::Entity::update_many()
            .col_expr(incident::Column::ResolvedAt, Expr::value(now))
            .col_expr(incident::Column::ResolvedBy, Expr::value(actor.user_id.clone()))
            .filter(incident::Column::Id.eq(id))
            .filter(incident::Column::ResolvedAt.is_null())
            .exec(case.tx())
            .await?;
        if resolved.rows_affected == 0 {
            return Err(Fault::conflict("the incident was resolved already"));
        }
        let again = redo_in_op(case.tx(), &found, now).await?;
        // Of an instance that has ended nothing more is written down.
        if case.instance(instance)?.status == InstanceStatus::Running.code() {
            let note = Note { node: Some(found.node_id.clone()), ..Note::default() };
            case.write_down(instance, HistoryKind::ResolveIncident, note)?;
        }
        (found.resolved_at, found.resolved_by) = (Some(now), Some(actor.user_id.clone()));
        let about = std::slice::from_ref(&found);
        let is_told = tell_in_op(&self.inner, case.tx(), EventType::IncidentResolved, about).await?;
        let mut committed = case.commit().await?;
        self.inner.failpoints.reached("incident.after_resolved");
        committed.signals.extend(is_told.then_some(Signal::Told));
        self.committed(committed);
        self.inner.bus.publish(again);
        Ok(found)
    }
}

/// Has what an incident is about done again; who must look. What nobody waits for any more is done no
/// more.
async fn redo_in_op(
    tx: &DatabaseTransaction,
    incident: &incident::Model,
    now: DateTime<Utc>,
) -> Result<Signal, Fault> {
    let due = Signal::Due { at: now };
    if let Some(job) = incident.job_id {
        let topic = reopen_in_op(tx, job).await?;
        // Calls are handed out by ourselves.
        return Ok(topic.map_or(due, |topic| Signal::Jobs { topic }));
    }
    let happening: Happening = serde_json::from_str(&incident.input).map_err(Fault::internal)?;
    let waiting = event_subscription::Entity::find_by_id(happening.subscription).one(tx).await?;
    let Some(row) = waiting else { return Ok(due) };
    if row.kind == EventKind::Timer.as_str() {
        event_subscription::Entity::update_many()
            .col_expr(event_subscription::Column::RunId, Expr::value(Option::<Uuid>::None))
            .filter(event_subscription::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        return Ok(due);
    }
    let again = event_thrown::Model {
        id: Uuid::now_v7(),
        kind: row.kind,
        name: row.name.unwrap_or_default(),
        business_key: None,
        variables: serde_json::to_string(&happening.variables).map_err(Fault::internal)?,
        created_at: now,
        subscription_id: Some(row.id),
    };
    again.into_active_model().insert(tx).await?;
    Ok(due)
}
