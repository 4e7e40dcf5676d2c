//! Incidents: what could not be done for an instance, until somebody sees to it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::Happening;
use crate::engine::ItemStatus;
use crate::events::Signal;
use crate::kernel::{Actor, Fault, Role};
use crate::storage::entity::{event_subscription, event_thrown, incident, item};
use crate::workflow::{EventKind, Workflow};

/// Makes an incident of each item of a run that has failed for good and is still waited for.
///
/// # Errors
/// The database's.
pub(super) async fn raise_in_op(
    tx: &DatabaseTransaction,
    run: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let failed = item::Entity::find()
        .filter(item::Column::RunId.eq(run))
        .filter(item::Column::Status.eq(ItemStatus::Failed.as_str()))
        .order_by_asc(item::Column::Idx);
    for item in failed.all(tx).await? {
        let Ok(happening) = serde_json::from_str::<Happening>(&item.input) else { continue };
        let waiting = event_subscription::Entity::find_by_id(happening.subscription).one(tx).await?;
        let Some(row) = waiting else { continue };
        let new = incident::Model {
            id: Uuid::now_v7(),
            root_id: row.root_id,
            instance_id: row.instance_id,
            node_id: row.node_id,
            code: item.error_code.unwrap_or_else(|| "FAILED".to_owned()),
            message: item.error_message.unwrap_or_default(),
            input: item.input,
            created_at: now,
            resolved_at: None,
            resolved_by: None,
        };
        tracing::warn!(instance = %new.instance_id, node = new.node_id, code = new.code, "an incident");
        new.into_active_model().insert(tx).await?;
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
        let inner = &self.inner;
        let found = incident::Entity::find_by_id(id).one(inner.db.reader()).await?;
        let mut found = found.ok_or_else(|| Fault::not_found("incident"))?;
        let happening: Happening = serde_json::from_str(&found.input).map_err(Fault::internal)?;
        let now = inner.clock.now();
        let tx = inner.db.begin().await?;
        let resolved = incident::Entity::update_many()
            .col_expr(incident::Column::ResolvedAt, Expr::value(now))
            .col_expr(incident::Column::ResolvedBy, Expr::value(actor.user_id.clone()))
            .filter(incident::Column::Id.eq(id))
            .filter(incident::Column::ResolvedAt.is_null())
            .exec(&tx)
            .await?;
        if resolved.rows_affected == 0 {
            return Err(Fault::conflict("the incident was resolved already"));
        }
        let waiting = event_subscription::Entity::find_by_id(happening.subscription).one(&tx).await?;
        match waiting {
            Some(row) if row.kind == EventKind::Timer.as_str() => {
                event_subscription::Entity::update_many()
                    .col_expr(event_subscription::Column::RunId, Expr::value(Option::<Uuid>::None))
                    .filter(event_subscription::Column::Id.eq(row.id))
                    .exec(&tx)
                    .await?;
            }
            Some(row) => {
                let again = event_thrown::Model {
                    id: Uuid::now_v7(),
                    kind: row.kind,
                    name: row.name.unwrap_or_default(),
                    business_key: None,
                    variables: serde_json::to_string(&happening.variables).map_err(Fault::internal)?,
                    created_at: now,
                    subscription_id: Some(row.id),
                };
                again.into_active_model().insert(&tx).await?;
            }
            // Nobody waits for it any more: there is nothing left to be done.
            None => {}
        }
        tx.commit().await?;
        inner.bus.publish(Signal::Due { at: now });
        (found.resolved_at, found.resolved_by) = (Some(now), Some(actor.user_id.clone()));
        Ok(found)
    }
}
