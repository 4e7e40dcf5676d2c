//! What could not begin, until somebody sees to it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, DbErr,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use uuid::Uuid;

use super::{Starting, store};
use crate::events::Signal;
use crate::kernel::{Actor, Fault, Role};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;
use crate::storage::entity::{item, start_incident, start_subscription};
use crate::workflow::Workflow;

/// Makes an incident of each item of a run that has failed for good and for which a process still waits.
///
/// # Errors
/// The database's.
pub(super) async fn raise_in_op(
    tx: &DatabaseTransaction,
    run: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    // What has begun with an attempt that was not recorded is none: it would begin again.
    let text = format!(
        "SELECT {} FROM engine_item i WHERE i.run_id = $1 AND i.status = 'FAILED' \
         AND NOT EXISTS (SELECT 1 FROM event_delivery d WHERE d.run_id = i.run_id AND d.idx = i.idx) \
         ORDER BY i.idx",
        item::Model::columns("i")
    );
    let failed = item::Model::all(tx, sql(tx.get_database_backend(), text, [run.into()])).await?;
    for item in failed {
        let Ok(starting) = serde_json::from_str::<Starting>(&item.input) else { continue };
        let Some(row) = store::lock(tx, &starting).await? else { continue };
        let has_begun = row.due_at.is_some() && row.run_id != Some(run);
        if has_begun {
            continue;
        }
        let code = item.error_code.unwrap_or_else(|| "FAILED".to_owned());
        tracing::warn!(process = row.definition_key, node = row.node_id, code, "a process could not begin");
        let incident = start_incident::Model {
            id: Uuid::now_v7(),
            definition_id: row.definition_id,
            node_id: row.node_id,
            code,
            message: item.error_message.unwrap_or_default(),
            input: item.input,
            again: false,
            created_at: now,
            resolved_at: None,
            resolved_by: None,
        };
        incident.into_active_model().insert(tx).await?;
    }
    Ok(())
}

impl Workflow {
    /// Has what could not begin tried again. For OPERATOR; of two at once one resolves it.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `NOT_FOUND`; `CONFLICT` where it was resolved before.
    pub async fn resolve_start_incident(
        &self,
        actor: &Actor,
        id: Uuid,
    ) -> Result<start_incident::Model, Fault> {
        if !actor.has_role(Role::Operator) {
            return Err(Fault::forbidden("only OPERATOR may resolve incidents"));
        }
        let found = start_incident::Entity::find_by_id(id).one(self.inner.db.reader()).await?;
        let mut found = found.ok_or_else(|| Fault::not_found("incident"))?;
        let starting: Starting = serde_json::from_str(&found.input).map_err(Fault::internal)?;
        let now = self.inner.clock.now();
        let tx = self.inner.db.begin().await?;
        let resolved = start_incident::Entity::update_many()
            .col_expr(start_incident::Column::ResolvedAt, Expr::value(now))
            .col_expr(start_incident::Column::ResolvedBy, Expr::value(actor.user_id.clone()))
            // A timer is handed out by itself.
            .col_expr(start_incident::Column::Again, Expr::value(matches!(starting, Starting::Told { .. })))
            .filter(start_incident::Column::Id.eq(id))
            .filter(start_incident::Column::ResolvedAt.is_null())
            .exec(&tx)
            .await?;
        if resolved.rows_affected == 0 {
            return Err(Fault::conflict("the incident was resolved already"));
        }
        if let Starting::Time { subscription } = starting {
            start_subscription::Entity::update_many()
                .col_expr(start_subscription::Column::RunId, Expr::value(Option::<Uuid>::None))
                .filter(start_subscription::Column::Id.eq(subscription))
                .exec(&tx)
                .await?;
        }
        tx.commit().await?;
        self.inner.bus.publish(Signal::Due { at: now });
        (found.resolved_at, found.resolved_by) = (Some(now), Some(actor.user_id.clone()));
        Ok(found)
    }
}
