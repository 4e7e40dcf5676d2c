//! What failed or was ignored in a batch of approvals, as a sheet that can be corrected and sent again.

use std::collections::HashMap;
use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;
use tokio::sync::mpsc;

use super::export::{AHEAD, Forms, row_of};
use super::field::{Field, FieldKind};
use super::value::{Cell, shown};
use super::workbook::{Form, OutRow, write};
use super::{COMMENT, DECISION, ERRORS, FORM, TASK};
use crate::batch::approval::ApprovalInput;
use crate::batch::{Batch, Batches};
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::storage::entity::item;
use crate::workflow::{BulkAnswer, BulkDecision, TaskOutline, field_of};

/// How many items are looked at at a time.
const PORTION: usize = 500;

impl Batches {
    /// The items of a batch of approvals that failed or were ignored, each with the decision that was made of
    /// its task and why it was not carried out.
    ///
    /// # Errors
    /// The database's; and where what was written cannot be read.
    pub(in crate::batch) async fn approval_errors(&self, batch: &Batch) -> Result<Vec<u8>, Fault> {
        let run = self.inner.engine.runs(&[batch.id()]).await?.remove(&batch.id());
        let run = run.ok_or_else(|| Fault::not_found("batch"))?;
        let decision: BulkDecision = serde_json::from_str(&run.context).map_err(Fault::internal)?;
        let actor = decision.actor();
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
                let mut row = of_input(&decision, &input, outline, &mut forms);
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
    if let Some(answer) = input.item.as_ref().and_then(|item| item.answer(decision)) {
        add_answer(&mut row, answer);
    }
    for (column, value) in &input.cells {
        let kept = match value {
            Value::Number(number) => Cell::Number(number.as_f64().unwrap_or_default()),
            Value::Bool(is) => Cell::Bool(*is),
            Value::String(text) => Cell::Text(text.clone()),
            _ => continue,
        };
        row.cells.insert(column.clone(), kept);
    }
    row
}

/// The columns of a row that is no known task's.
fn as_sent(input: &ApprovalInput) -> Form {
    let names = input.cells.keys().filter_map(|column| column.strip_prefix(FORM));
    let fields: Vec<_> = names
        .map(|name| Field {
            name: name.to_owned(),
            title: None,
            description: None,
            is_required: false,
            kind: FieldKind::Json,
        })
        .collect();
    let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
    Form { key: format!("\n\n{}", names.join("\n")), title: "unknown tasks".to_owned(), fields }
}

fn add_answer(row: &mut OutRow, answer: &BulkAnswer) {
    let text = |text: &str| Cell::Text(text.to_owned());
    row.cells.insert(DECISION.to_owned(), text(answer.verdict.as_str()));
    row.cells.extend(answer.comment.as_deref().map(|comment| (COMMENT.to_owned(), text(comment))));
    let form = Arc::clone(&row.form);
    let kinds: HashMap<_, _> = form.fields.iter().map(|field| (&field.name, &field.kind)).collect();
    for (name, value) in &answer.form_data {
        let column = format!("{FORM}{name}");
        match shown(kinds.get(name).copied().unwrap_or(&FieldKind::Json), value) {
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
