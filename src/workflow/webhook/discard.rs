//! What is on its way to a webhook is not sent any more.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _,
};
use uuid::Uuid;

use super::store::delete_streams_in_op;
use crate::storage::Db;
use crate::storage::bulk::{Column, Rows};
use crate::storage::dialect::{for_update_skip_locked, sql};
use crate::storage::entity::{webhook_delivery, webhook_stream};

/// How many streams one transaction discards.
const PORTION: usize = 500;
/// How many portions at most: while it goes on, more may come.
const PORTIONS: usize = 2_000;

/// Discards most of it portion by portion, in nobody's way: all but what is being sent, and what comes
/// meanwhile.
///
/// # Errors
/// The database's; what was discarded until then stays so.
pub(super) async fn discard_most(db: &Db, webhook: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    for _ in 0..PORTIONS {
        let tx = db.begin().await?;
        let backend = tx.get_database_backend();
        let text = format!(
            "SELECT instance_id FROM webhook_stream WHERE webhook_id = $1 AND lease_id IS NULL \
             ORDER BY webhook_id, instance_id LIMIT {PORTION}{}",
            for_update_skip_locked(backend)
        );
        let rows = tx.query_all_raw(sql(backend, text, [webhook.into()])).await?;
        let instances = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<Uuid>, _>>()?;
        let found = instances.len();
        if found == 0 {
            return Ok(());
        }
        delete_streams_in_op(&tx, webhook, instances.clone()).await?;
        let of_them = Rows::new([("instance_id", Column::Ids(instances))])
            .each_with("webhook_id", webhook)
            .each_with("now", now);
        let text = |source: &str| {
            format!(
                "UPDATE webhook_delivery SET status = 'DISCARDED', finished_at = x.now FROM {source} \
                 WHERE webhook_delivery.webhook_id = x.webhook_id \
                 AND webhook_delivery.instance_id = x.instance_id AND webhook_delivery.finished_at IS NULL"
            )
        };
        of_them.execute_in_op(&tx, text).await?;
        tx.commit().await?;
        if found < PORTION {
            return Ok(());
        }
    }
    Ok(())
}

/// Discards the rest, while nobody writes any more of it.
///
/// # Errors
/// The database's.
pub(super) async fn discard_in_op(
    tx: &DatabaseTransaction,
    webhook: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let of_it = webhook_stream::Column::WebhookId.eq(webhook);
    webhook_stream::Entity::delete_many().filter(of_it).exec(tx).await?;
    webhook_delivery::Entity::update_many()
        .col_expr(webhook_delivery::Column::Status, Expr::value("DISCARDED"))
        .col_expr(webhook_delivery::Column::FinishedAt, Expr::value(now))
        .filter(webhook_delivery::Column::WebhookId.eq(webhook))
        .filter(webhook_delivery::Column::Status.eq("PENDING"))
        .exec(tx)
        .await
        .map(drop)
}
