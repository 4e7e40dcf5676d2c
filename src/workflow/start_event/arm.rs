//! Deployed: the newest version's start events begin to wait, and those of the one before it end.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{rules, store};
use crate::kernel::Fault;
use crate::storage::entity::{process_definition, start_subscription};
use crate::workflow::EventKind;
use crate::workflow::model::{Model, Trigger};

/// Lets a version wait that is deployed now, and no other of its process; when the first of its timers is
/// due.
///
/// # Errors
/// `BAD_INPUT` at `bpmnXml` where a timer says no time that comes; the database's.
pub(in crate::workflow) async fn arm_in_op(
    tx: &DatabaseTransaction,
    version: &process_definition::Model,
    model: &Model,
) -> Result<Option<DateTime<Utc>>, Fault> {
    let now = version.created_at;
    let before = store::of_process(tx, &version.key).await?;
    let before = before.into_iter().filter_map(|row| Some((row.node_id, row.due_at?))).collect();
    let rows = subscriptions(version, model, now, &before)?;
    store::disarm_in_op(tx, version, now).await?;
    let first = rows.iter().filter_map(|row| row.due_at).min();
    store::add_in_op(tx, version, rows).await?;
    Ok(first)
}

/// What waits from now on; `before`: the times for which the version before has waited, by node.
fn subscriptions(
    version: &process_definition::Model,
    model: &Model,
    now: DateTime<Utc>,
    before: &HashMap<String, DateTime<Utc>>,
) -> Result<Vec<start_subscription::Model>, Fault> {
    let mut rows = Vec::new();
    for (node, trigger) in model.triggered_starts() {
        let mut row = start_subscription::Model {
            id: Uuid::now_v7(),
            definition_key: version.key.clone(),
            definition_id: version.id,
            node_id: node.id.to_string(),
            kind: String::new(),
            name: None,
            due_at: None,
            every: None,
            more: None,
            run_id: None,
            created_at: now,
        };
        let kind = match trigger {
            Trigger::Timer(timer) => {
                let was_due = before.get(node.id.as_ref()).copied();
                let armed = rules::arm(timer, now, was_due);
                let armed = armed.map_err(|error| {
                    Fault::bad_input("bpmnXml", format!("line {}: {}: {error}", node.line, node.id))
                })?;
                let Some(armed) = armed else { continue };
                (row.due_at, row.every, row.more) = (Some(armed.at), armed.every, armed.more);
                EventKind::Timer
            }
            Trigger::Message(name) => {
                row.name = Some(name.source().to_owned());
                EventKind::Message
            }
            Trigger::Signal(name) => {
                row.name = Some(name.source().to_owned());
                EventKind::Signal
            }
            // Those begin no process.
            Trigger::Condition(_) | Trigger::Error(_) | Trigger::Escalation(_) => continue,
        };
        row.kind = kind.as_str().to_owned();
        rows.push(row);
    }
    Ok(rows)
}
