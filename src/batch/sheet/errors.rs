//! What failed or was ignored in a batch of approvals, as a sheet that can be corrected and sent again.

use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;
use tokio::sync::mpsc;

use super::export::{AHEAD, Forms, row_of};
use super::field::{Field, FieldKind};
use super::value::{Cell, shown};
use super::workbook::{Form, OutRow, write};
use super::{COMMENT, DECISION, ERRORS, FORM, SHOWN, TASK, VERSION};
use crate::batch::approval::ApprovalInput;
use crate::batch::{ArchiveAccess, Batch, Batches};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind, Role};
use crate::storage::entity::item;
use crate::workflow::{BulkAnswer, BulkDecision, CHANGED, TaskOutline, field_of};

/// How many items are looked at at a time.
const PORTION: usize = 500;

impl Batches {
    /// The items of a batch of approvals that failed or were ignored, each with the decision that was made of
    /// its task and why it was not carried out.
    ///
    /// # Errors
    /// The database's; and where what was written cannot be read.
    pub(in crate::batch) async fn approval_errors(
        &self,
        access: ArchiveAccess<'_>,
        batch: &Batch,
    ) -> Result<Vec<u8>, Fault> {
        let run = self.inner.engine.runs(&[batch.id()]).await?.remove(&batch.id());
        let run = run.ok_or_else(|| Fault::not_found("batch"))?;
        let decision: BulkDecision = serde_json::from_str(&run.context).map_err(Fault::internal)?;
        // What they may see now. A link is its creator's, who may no longer be what they were.
        let actor = match access {
            ArchiveAccess::Actor(actor) => actor.clone(),
            ArchiveAccess::Signed => Actor { role: Role::User, ..decision.actor() },
        };
        let (rows, taken) = mpsc::channel(AHEAD);
        let writing = tokio::task::spawn_blocking(move || write(taken, true));
        let troubled = self
            .inner
            .engine
            .stream_items(batch.id())
            .try_filter(|item| std::future::ready(["FAILED", "IGNORED"].contains(&item.status.as_str())));
        let portions = troubled.try_chunks(PORTION);
        futures::pin_mut!(portions);
        let mut forms = Forms::default();
        'all: while let Some(portion) = portions.next().await {
            let portion = portion.map_err(|error| error.1)?;
            let inputs: Vec<_> = portion.iter().map(|item| ApprovalInput::parse(&item.input)).collect();
            let ids: Vec<_> = inputs.iter().filter_map(|input| Some(input.item.as_ref()?.task)).collect();
            let outlines = self.inner.workflow.outlines(&actor, &ids).await?;
            for (item, input) in portion.into_iter().zip(inputs) {
                let outline = input.item.as_ref().and_then(|item| outlines.get(&item.task));
                let code = item.error_code.as_deref().unwrap_or_default();
                let mut row = of_input(&decision, &input, code, outline, &mut forms);
                add_error(&mut row, item);
                if rows.send(row).await.is_err() {
                    break 'all;
                }
            }
        }
        drop(rows);
        writing.await.map_err(Fault::internal)?.map_err(Fault::internal)
    }
}

fn of_input(
    decision: &BulkDecision,
    input: &ApprovalInput,
    code: &str,
    outline: Option<&TaskOutline>,
    forms: &mut Forms,
) -> OutRow {
    let mut row = match outline {
        Some(outline) => row_of(outline, &forms.of(&outline.node)),
        None => {
            let task = input.item.as_ref().map(|item| GlobalId::encode(NodeKind::Task, item.task));
            let cells = task.map(|task| (TASK.to_owned(), Cell::Text(task)));
            OutRow { form: Arc::new(as_sent(input)), cells: cells.into_iter().collect() }
        }
    };
    // What has been filled in anew since is to be looked at, and decided again.
    if code == CHANGED {
        return row;
    }
    if let Some(item) = &input.item {
        if let Some(answer) = item.answer(decision) {
            add_answer(&mut row, answer);
        }
        // Whoever sends it again has still answered what they saw then.
        row.cells.extend(item.seen.as_ref().map(|seen| (VERSION.to_owned(), Cell::Text(seen.clone()))));
    }
    for (column, value) in input
        .cells
        .iter()
        .filter(|(column, _)| !SHOWN.contains(&column.as_str()) && !ERRORS.contains(&column.as_str()))
    {
        let kept = match value {
            Value::Number(number) => Cell::Number(number.as_f64().unwrap_or_default()),
            Value::Bool(is) => Cell::Bool(*is),
            Value::String(text) => Cell::Text(text.clone()),
            _ => {
                row.cells.remove(column);
                continue;
            }
        };
        row.cells.insert(column.clone(), kept);
    }
    row
}

/// The columns of a row that is no known task's.
fn as_sent(input: &ApprovalInput) -> Form {
    let field = |name: &str| Field {
        name: name.to_owned(),
        title: None,
        description: None,
        is_required: false,
        kind: FieldKind::Json,
    };
    let mut fields: Vec<_> =
        input.cells.keys().filter_map(|name| Some(field(name.strip_prefix(FORM)?))).collect();
    fields.sort_unstable_by(|one, other| one.name.cmp(&other.name));
    Form::new("", "unknown tasks", fields)
}

fn add_answer(row: &mut OutRow, answer: &BulkAnswer) {
    let text = |text: &str| Cell::Text(text.to_owned());
    row.cells.insert(DECISION.to_owned(), text(answer.verdict.as_str()));
    row.cells.extend(answer.comment.as_deref().map(|comment| (COMMENT.to_owned(), text(comment))));
    let form = Arc::clone(&row.form);
    for (name, value) in &answer.form_data {
        let column = format!("{FORM}{name}");
        let kind = form.field_at(&column).map_or(&FieldKind::Json, |field| &field.kind);
        match shown(kind, value) {
            Some(cell) => row.cells.insert(column, cell),
            None => row.cells.remove(&column),
        };
    }
}

fn add_error(row: &mut OutRow, item: item::Model) {
    let field = item.result.as_deref().and_then(field_of);
    let told = [item.error_code, field, item.error_message];
    for (name, text) in ERRORS.into_iter().zip(told) {
        row.cells.extend(text.map(|text| (name.to_owned(), Cell::Text(text))));
    }
}
