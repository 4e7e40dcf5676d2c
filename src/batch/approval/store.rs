//! The SQL of what approval batches have beside what all batches have.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::{ApprovalDetail, ApprovalNode};
use crate::kernel::Fault;
use crate::storage::bulk::{Column, Rows};
use crate::storage::dialect::sql;
use crate::storage::entity::run;
use crate::workflow::{BulkDecision, BulkItem, Workflow};

/// How many items are held again at a time.
const PORTION: usize = 1_000;

pub(super) async fn insert_in_op(
    tx: &DatabaseTransaction,
    decision: &BulkDecision,
    nodes: &BTreeSet<ApprovalNode>,
) -> Result<(), Fault> {
    let json = |value: serde_json::Result<String>| value.map_err(Fault::internal);
    let text = "INSERT INTO approval_batch (batch_id, decision, comment, form_data, nodes) VALUES ($1, $2, $3, $4, $5)";
    let values = [
        decision.batch.into(),
        decision.verdict.as_str().into(),
        decision.comment.clone().into(),
        json(serde_json::to_string(&decision.form_data))?.into(),
        json(serde_json::to_string(nodes))?.into(),
    ];
    tx.execute_raw(sql(tx.get_database_backend(), text, values)).await?;
    Ok(())
}

/// What approval batches have, by their ids.
///
/// # Errors
/// The database's; and where what was written cannot be read.
pub async fn of_batches(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, ApprovalDetail>, Fault> {
    let rows = Rows::new([("id", Column::Ids(ids.to_vec()))]);
    let text = |source: &str| {
        format!(
            "SELECT a.batch_id, a.decision, a.comment, a.form_data, a.nodes FROM approval_batch a \
             WHERE a.batch_id IN (SELECT x.id FROM {source})"
        )
    };
    let mut found = HashMap::new();
    for row in rows.query_in_op(connection, text).await? {
        let (form_data, nodes): (String, String) = (row.try_get_by_index(3)?, row.try_get_by_index(4)?);
        let detail = ApprovalDetail {
            decision: row.try_get_by_index(1)?,
            comment: row.try_get_by_index(2)?,
            form_data: serde_json::from_str(&form_data).map_err(Fault::internal)?,
            nodes: serde_json::from_str(&nodes).map_err(Fault::internal)?,
        };
        found.insert(row.try_get_by_index(0)?, detail);
    }
    Ok(found)
}

/// Holds the tasks of the items again that a retry has queued, as far as they can be decided now. The others
/// are judged when their turn comes.
///
/// # Errors
/// The database's; and where what was written cannot be read.
pub async fn hold_failed_in_op(
    tx: &DatabaseTransaction,
    workflow: &Workflow,
    retried: &run::Model,
) -> Result<(), Fault> {
    let decision: BulkDecision = serde_json::from_str(&retried.context).map_err(Fault::internal)?;
    let mut last = -1_i32;
    loop {
        let text = format!(
            "SELECT idx, input FROM engine_item WHERE run_id = $1 AND generation = $2 AND status = 'PENDING' \
             AND idx > $3 ORDER BY idx LIMIT {PORTION}"
        );
        let values = [retried.id.into(), retried.generation.into(), last.into()];
        let rows = tx.query_all_raw(sql(tx.get_database_backend(), text, values)).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.try_get_by_index(0)?;
        let mut tasks = Vec::with_capacity(rows.len());
        for row in &rows {
            let input: String = row.try_get_by_index(1)?;
            tasks.extend(BulkItem::parse(&input).map(|item| item.task));
        }
        workflow.hold_in_op(tx, &decision, &tasks).await?;
    }
}
