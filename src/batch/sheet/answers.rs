//! The rows of a sheet as decisions of tasks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::export::Forms;
use super::field::FieldKind;
use super::package::Sheet;
use super::value::{Cell, meant, says_the_same, shown};
use super::workbook::Form;
use super::{COMMENT, DECISION, FORM, TASK, VERSION, package};
use crate::batch::Batches;
use crate::batch::approval::Wanted;
use crate::files::ObjectError;
use crate::kernel::{Actor, ErrorCode, Fault, GlobalId, NodeKind};
use crate::workflow::{BulkAnswer, BulkItem, BulkVerdict, TaskOutline, Workflow};

/// How many rows are looked at at a time: their texts may be long, and grow as they are read.
const PORTION: usize = 200;

/// A row of a sheet that has something in it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::batch) struct SheetRow {
    /// Its worksheet.
    pub sheet: Arc<str>,
    /// Its number there, from 1.
    pub row: u32,
    /// What stands in it, by column; blank cells are left out.
    pub cells: Vec<(Arc<str>, Cell)>,
    /// The columns of its worksheet, by place.
    columns: Arc<HashMap<u32, Arc<str>>>,
}

impl SheetRow {
    pub(super) fn new(sheet: Arc<str>, row: u32, columns: Arc<HashMap<u32, Arc<str>>>) -> Self {
        Self { sheet, row, cells: Vec::new(), columns }
    }

    fn cell(&self, column: &str) -> Option<&Cell> {
        self.cells.iter().find(|(name, _)| &**name == column).map(|(_, cell)| cell)
    }

    /// Whether it decides something.
    pub fn is_decided(&self) -> bool {
        self.cell(DECISION).is_some()
    }

    /// What it says its task is.
    pub fn task_text(&self) -> String {
        self.cell(TASK).map(Cell::text).unwrap_or_default()
    }

    /// The task that it is about.
    ///
    /// # Errors
    /// `BAD_INPUT` at `task` where it names none.
    pub fn task(&self) -> Result<Uuid, Fault> {
        match self.cell(TASK) {
            Some(Cell::Text(text)) => GlobalId::uuid_of(NodeKind::Task, TASK, text.trim()),
            _ => Err(Fault::bad_input(TASK, "this row names no task")),
        }
    }

    /// What it decides, apart from whose task.
    fn said(&self) -> Vec<(&str, &Cell)> {
        let is_said = |name: &str| [DECISION, COMMENT].contains(&name) || name.starts_with(FORM);
        let said = self.cells.iter().filter(|(name, _)| is_said(name));
        let mut said: Vec<_> = said.map(|(name, cell)| (&**name, cell)).collect();
        said.sort_unstable_by_key(|(name, _)| *name);
        said
    }

    /// The tasks of which some rows say one thing and some another.
    fn contradicting(rows: &[Self]) -> HashSet<Uuid> {
        let mut first: HashMap<Uuid, &Self> = HashMap::new();
        let mut found = HashSet::new();
        for row in rows.iter().filter(|row| row.is_decided()) {
            let Ok(task) = row.task() else { continue };
            let other = *first.entry(task).or_insert(row);
            if other.said() != row.said() {
                found.insert(task);
            }
        }
        found
    }

    /// What one of its cells says.
    ///
    /// # Errors
    /// `BAD_INPUT` at the column with what is wrong there.
    fn text(&self, column: &'static str) -> Result<Option<String>, Fault> {
        let Some(cell) = self.cell(column) else { return Ok(None) };
        let text = meant(&FieldKind::Text, cell).map_err(|message| Fault::bad_input(column, message))?;
        Ok(text.as_str().map(str::to_owned))
    }

    /// The decision that it makes of a task. Of one that nobody may see, no field means anything.
    ///
    /// # Errors
    /// `BAD_INPUT` at the column with what is wrong there.
    fn answer(&self, known: Option<(&TaskOutline, &Form)>) -> Result<BulkAnswer, Fault> {
        let word = self.text(DECISION)?.unwrap_or_default();
        let verdict = BulkVerdict::parse(&word.trim().to_ascii_uppercase());
        let verdict = verdict.ok_or_else(|| Fault::bad_input(DECISION, "a decision is APPROVE or REJECT"))?;
        let form_data = known.map(|(outline, form)| self.form_data(outline, form)).transpose()?;
        Ok(BulkAnswer { verdict, comment: self.text(COMMENT)?, form_data: form_data.unwrap_or_default() })
    }

    /// What of a task's form has been written anew in it.
    fn form_data(&self, outline: &TaskOutline, form: &Form) -> Result<Map<String, Value>, Fault> {
        let mut form_data = Map::new();
        let mut filled = HashSet::new();
        for (column, cell) in &self.cells {
            let Some(name) = column.strip_prefix(FORM) else { continue };
            filled.insert(name);
            let kind = form.field_at(column).map_or(&FieldKind::Json, |field| &field.kind);
            let current = outline.data.get(name);
            if current.is_some_and(|current| says_the_same(kind, cell, current)) {
                continue;
            }
            let value = meant(kind, cell).map_err(|message| Fault::bad_input(column.to_string(), message))?;
            form_data.insert(name.to_owned(), value);
        }
        // What was filled in when the sheet was made, and has been taken out there.
        if self.cell(VERSION).is_some() {
            for column in self.columns.values() {
                let Some(field) = form.field_at(column) else { continue };
                let current = outline.data.get(&field.name);
                let was_shown = current.is_some_and(|current| shown(&field.kind, current).is_some());
                if was_shown && !filled.contains(field.name.as_str()) {
                    form_data.insert(field.name.clone(), Value::Null);
                }
            }
        }
        Ok(form_data)
    }

    /// The row as it was sent, to be shown again. One with a formula in it has to be decided anew.
    fn as_sent(&self) -> Map<String, Value> {
        let mut cells: Map<_, _> =
            self.columns.values().map(|column| (column.to_string(), Value::Null)).collect();
        cells.extend(self.cells.iter().map(|(name, cell)| (name.to_string(), cell.to_json())));
        if self.cells.iter().any(|(_, cell)| matches!(cell, Cell::Formula | Cell::Error)) {
            cells.insert(DECISION.to_owned(), Value::Null);
        }
        cells
    }

    /// What a row that decides something wants.
    ///
    /// # Errors
    /// Where it is none of the row's faults.
    fn wanted(
        &self,
        workflow: &Workflow,
        known: Option<(&TaskOutline, &Form)>,
        contradicting: &HashSet<Uuid>,
    ) -> Result<Wanted, Fault> {
        let task = match self.task() {
            Ok(task) => task,
            Err(fault) => return Ok(Wanted::unreadable(None, self.as_sent(), &fault)),
        };
        let answer = if contradicting.contains(&task) {
            Err(Fault::bad_input(TASK, "the sheet decides this task more than once, and not alike"))
        } else {
            self.answer(known).and_then(|answer| workflow.check_answer(answer))
        };
        match answer {
            Ok(answer) => {
                let seen = self.cell(VERSION).map(Cell::text);
                let item = BulkItem { answer: Some(Arc::new(answer)), seen, ..BulkItem::of(task) };
                let cells = if known.is_none() { self.as_sent() } else { Map::new() };
                let mut wanted = Wanted::task(item);
                wanted.input.cells = cells;
                Ok(wanted)
            }
            Err(fault) if fault.code() == ErrorCode::BadInput => {
                Ok(Wanted::unreadable(Some(BulkItem::of(task)), self.as_sent(), &fault))
            }
            Err(fault) => Err(fault),
        }
    }
}

impl Batches {
    /// Reads a sheet: one of the actor's files.
    ///
    /// # Errors
    /// `BAD_INPUT` at `fileId` saying what is wrong with it; `NOT_FOUND` where it is not theirs.
    pub(in crate::batch) async fn read_sheet(&self, actor: &Actor, file: Uuid) -> Result<Sheet, Fault> {
        let field = |fault: Fault| fault.with("field", "fileId".into());
        let file = self.inner.files.find(actor, file).await.map_err(field)?;
        let package = match self.inner.files.read_all(&file, package::MAX_BYTES).await {
            Err(ObjectError::TooLarge { .. }) => {
                let message = format!("a sheet has at most {} MiB", package::MAX_BYTES >> 20);
                return Err(Fault::bad_input("fileId", message));
            }
            Err(ObjectError::Gone { .. }) => return Err(field(Fault::not_found("file"))),
            read => read.map_err(Fault::internal)?,
        };
        package::read(package).await
    }

    /// What the rows that decide something want, in their order.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::batch) async fn answers(
        &self,
        actor: &Actor,
        rows: &[SheetRow],
    ) -> Result<Vec<Wanted>, Fault> {
        let workflow = &self.inner.workflow;
        let contradicting = SheetRow::contradicting(rows);
        let decided: Vec<_> = rows.iter().filter(|row| row.is_decided()).collect();
        let mut forms = Forms::default();
        let mut wanted = Vec::with_capacity(decided.len());
        for portion in decided.chunks(PORTION) {
            let ids: HashSet<_> = portion.iter().filter_map(|row| row.task().ok()).collect();
            let outlines = workflow.outlines(actor, &ids.into_iter().collect::<Vec<_>>()).await?;
            for row in portion {
                let outline = row.task().ok().and_then(|task| outlines.get(&task));
                let form = outline.map(|outline| forms.of(&outline.node));
                let known = outline.zip(form.as_deref());
                wanted.push(row.wanted(workflow, known, &contradicting)?);
            }
            tokio::task::yield_now().await;
        }
        Ok(wanted)
    }
}
