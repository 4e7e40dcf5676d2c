//! The SQL of what approval batches have beside what all batches have.

use std::collections::{BTreeSet, HashMap, HashSet};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use serde_json::Map;
use uuid::Uuid;

use super::item::ApprovalInput;
use super::{ApprovalDetail, ApprovalNode};
use crate::kernel::{Actor, Fault};
use crate::storage::bulk::{Column, Rows};
use crate::storage::dialect::sql;
use crate::storage::entity::run;
use crate::workflow::{BulkDecision, Workflow};

/// How many items are held again at a time.
const PORTION: usize = 1_000;

pub(super) async fn insert_in_op(
    tx: &DatabaseTransaction,
    decision: &BulkDecision,
    sheet: Option<Uuid>,
    nodes: &BTreeSet<ApprovalNode>,
) -> Result<(), Fault> {
    let json = |value: serde_json::Result<String>| value.map_err(Fault::internal);
    let text = "INSERT INTO approval_batch (batch_id, decision, comment, form_data, nodes, sheet_id) \
                VALUES ($1, $2, $3, $4, $5, $6)";
    let answer = decision.answer.as_deref();
    let none = Map::new();
    let values = [
        decision.batch.into(),
        answer.map(|answer| answer.verdict.as_str()).into(),
        answer.and_then(|answer| answer.comment.clone()).into(),
        json(serde_json::to_string(answer.map_or(&none, |answer| &answer.form_data)))?.into(),
        json(serde_json::to_string(nodes))?.into(),
        sheet.into(),
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

/// The tasks of some items.
pub(super) async fn tasks_of(
    connection: &impl ConnectionTrait,
    run: Uuid,
    items: Vec<i32>,
) -> Result<Vec<Uuid>, DbErr> {
    let rows = Rows::new([("idx", Column::Integers(items))]).each_with("run_id", run);
    let text = |source: &str| {
        format!("SELECT i.input FROM engine_item i JOIN {source} ON i.run_id = x.run_id AND i.idx = x.idx")
    };
    let mut tasks = Vec::new();
    for row in rows.query_in_op(connection, text).await? {
        let input: String = row.try_get_by_index(0)?;
        tasks.extend(ApprovalInput::parse(&input).item.map(|item| item.task));
    }
    Ok(tasks)
}

/// Holds the tasks of the items again that a retry has queued, as far as they can be decided now. The others
/// are judged when their turn comes.
///
/// # Errors
/// `FORBIDDEN` where the actor has not the role in which it was decided; the database's; and where what was
/// written cannot be read.
pub async fn hold_failed_in_op(
    tx: &DatabaseTransaction,
    workflow: &Workflow,
    actor: &Actor,
    retried: &run::Model,
) -> Result<(), Fault> {
    let decision: BulkDecision = serde_json::from_str(&retried.context).map_err(Fault::internal)?;
    if !actor.has_role(decision.role) {
        return Err(Fault::forbidden("this was decided in a role that you do not have: decide it anew"));
    }
    let (mut last, mut seen) = (-1_i32, HashSet::new());
    loop {
        let text = format!(
            "SELECT idx, input FROM engine_item WHERE run_id = $1 AND generation = $2 AND status = 'PENDING' \
             AND idx > $3 ORDER BY idx LIMIT {PORTION}"
        );
        let values = [retried.id.into(), retried.generation.into(), last.into()];
        let rows = tx.query_all_raw(sql(tx.get_database_backend(), text, values)).await?;
        let Some(end) = rows.last() else { return Ok(()) };
        last = end.try_get_by_index(0)?;
        let mut items = Vec::with_capacity(rows.len());
        for row in &rows {
            let input: String = row.try_get_by_index(1)?;
            let ApprovalInput { item, wrong, .. } = ApprovalInput::parse(&input);
            items.extend(item.filter(|item| wrong.is_none() && seen.insert(item.task)));
        }
        workflow.hold_in_op(tx, &decision, items).await?;
    }
}
