//! A sheet of the tasks that somebody has to decide.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::mpsc;
use uuid::Uuid;

use super::field::fields_of;
use super::value::{Cell, shown};
use super::workbook::{Form, OutRow, write};
use super::{MAX_ROWS, SHOWN, TASK, VERSION, package};
use crate::batch::{Batches, Spreadsheet};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind};
use crate::workflow::{NodeOutline, TaskFilter, TaskOutline};

/// How many tasks are read at a time.
const PORTION: u64 = 500;
/// How many rows are read ahead of the writer.
pub(super) const AHEAD: usize = 256;

/// Which nodes have the same form: by definition, node, and the form's key.
type NodeKey = (Uuid, String, Option<String>);

/// The forms of tasks, found once a node.
#[derive(Default)]
pub(super) struct Forms(HashMap<NodeKey, Arc<Form>>);

impl Forms {
    /// The form of a node's tasks.
    pub(super) fn of(&mut self, node: &NodeOutline) -> Arc<Form> {
        let make = || {
            let fields = node.schema.as_ref().map(fields_of).unwrap_or_default();
            Arc::new(Form::new(&format!("{}\n{}", node.process, node.node_id), &node.name, fields))
        };
        let key = (node.definition, node.node_id.clone(), node.form_key.clone());
        Arc::clone(self.0.entry(key).or_insert_with(make))
    }
}

/// The row that shows a task, with nothing decided.
pub(super) fn row_of(outline: &TaskOutline, form: &Arc<Form>) -> OutRow {
    let text = |text: &str| Cell::Text(text.to_owned());
    let task = GlobalId::encode(NodeKind::Task, outline.task);
    let mut cells =
        HashMap::from([(TASK.to_owned(), Cell::Text(task)), (VERSION.to_owned(), text(&outline.mark))]);
    let shown_first = [
        Some(text(&outline.node.process)),
        Some(text(&outline.node.name)),
        outline.business_key.as_deref().map(text),
        Some(Cell::Text(GlobalId::encode(NodeKind::ProcessInstance, outline.instance))),
        outline.starter.as_deref().map(text),
        Some(Cell::Time(outline.created_at.naive_utc())),
    ];
    for (name, cell) in SHOWN.into_iter().zip(shown_first) {
        cells.extend(cell.map(|cell| (name.to_owned(), cell)));
    }
    for field in &form.fields {
        let value = outline.data.get(&field.name);
        let cell = value.and_then(|value| shown(&field.kind, value));
        cells.extend(cell.map(|cell| (field.column(), cell)));
    }
    OutRow { form: Arc::clone(form), cells }
}

impl Batches {
    /// A sheet of the tasks that a list with this filter would have, to be decided in it row by row: at most
    /// 10,000. Made while it is read; what is held in memory is the packed sheet alone.
    ///
    /// # Errors
    /// `BAD_INPUT` at `filter` for more tasks, or where none matches, and as the list.
    pub async fn approval_sheet(&self, actor: &Actor, filter: &TaskFilter) -> Result<Spreadsheet, Fault> {
        let (rows, taken) = mpsc::channel(AHEAD);
        let writing = tokio::task::spawn_blocking(move || write(taken, false));
        let workflow = &self.inner.workflow;
        let (mut forms, mut after, mut count, mut size) = (Forms::default(), None, 0, (0, 0));
        'all: loop {
            let (ids, next) = workflow.task_ids(actor, filter, after, PORTION).await?;
            count += ids.len();
            if count > MAX_ROWS {
                let message = format!("a sheet has at most {MAX_ROWS} tasks: narrow the filter");
                return Err(Fault::bad_input("filter", message));
            }
            let outlines = workflow.outlines(actor, &ids).await?;
            for outline in ids.iter().filter_map(|id| outlines.get(id)) {
                let form = forms.of(&outline.node);
                let row = row_of(outline, &form);
                size.0 += row.cells.len();
                size.1 += row.cells.values().map(|cell| cell.text().len()).sum::<usize>();
                if size.0 > package::MAX_CELLS || size.1 > package::MAX_TEXT {
                    let message = "these tasks are too much for one sheet: narrow the filter";
                    return Err(Fault::bad_input("filter", message));
                }
                // The writer is gone where it has failed, which it says itself.
                if rows.send(row).await.is_err() {
                    break 'all;
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if count == 0 {
            return Err(Fault::bad_input("filter", "no task matches this"));
        }
        drop(rows);
        let bytes = writing.await.map_err(Fault::internal)?.map_err(Fault::internal)?;
        Ok(Spreadsheet { file_name: "approvals.xlsx".to_owned(), bytes: bytes.into() })
    }
}
