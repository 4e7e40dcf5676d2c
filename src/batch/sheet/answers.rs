//! The rows of a sheet as decisions of tasks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::export::Forms;
use super::field::{Field, FieldKind};
use super::value::{Cell, meant, says_the_same};
use super::{COMMENT, DECISION, FORM, TASK, VERSION, package};
use crate::batch::Batches;
use crate::batch::approval::{ApprovalInput, Wanted};
use crate::files::ObjectError;
use crate::kernel::{Actor, ErrorCode, Fault, GlobalId, NodeKind};
use crate::workflow::{BulkAnswer, BulkItem, BulkVerdict, TaskOutline, of_fault};

/// A row of a sheet that has something in it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::batch) struct SheetRow {
    /// Its worksheet.
    pub sheet: Arc<str>,
    /// Its number there, from 1.
    pub row: u32,
    /// What stands in it, by column; blank cells are left out.
    pub cells: Vec<(Arc<str>, Cell)>,
    /// The columns of its worksheet.
    columns: Arc<[Arc<str>]>,
}

impl SheetRow {
    pub(super) fn new(sheet: Arc<str>, row: u32, columns: Arc<[Arc<str>]>) -> Self {
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
    pub fn contradicting(rows: &[Self]) -> HashSet<Uuid> {
        let mut first: HashMap<Uuid, &Self> = HashMap::new();
        let mut found = HashSet::new();
        for row in rows {
            let Ok(task) = row.task() else { continue };
            let other = *first.entry(task).or_insert(row);
            if other.said() != row.said() {
                found.insert(task);
            }
        }
        found
    }

    /// The decision that it makes of a task.
    ///
    /// # Errors
    /// `BAD_INPUT` at the column with what is wrong there.
    fn answer(&self, outline: Option<&TaskOutline>, fields: &[Field]) -> Result<BulkAnswer, Fault> {
        let wrong = |column: &str| {
            let column = column.to_owned();
            move |message: String| Fault::bad_input(column, message)
        };
        let text = |column: &str| -> Result<Option<String>, Fault> {
            let cell = self.cell(column).map(|cell| meant(&FieldKind::Text, cell)).transpose();
            let text = cell.map_err(wrong(column))?;
            Ok(text.as_ref().and_then(Value::as_str).map(str::to_owned))
        };
        let word = text(DECISION)?.unwrap_or_default();
        let verdict = BulkVerdict::parse(&word.trim().to_ascii_uppercase());
        let verdict = verdict.ok_or_else(|| Fault::bad_input(DECISION, "a decision is APPROVE or REJECT"))?;
        let mut form_data = Map::new();
        for (column, cell) in &self.cells {
            let Some(name) = column.strip_prefix(FORM) else { continue };
            let field = fields.iter().find(|field| field.name == name);
            let kind = field.map_or(&FieldKind::Json, |field| &field.kind);
            let value = meant(kind, cell).map_err(wrong(column))?;
            let current = outline.and_then(|outline| outline.data.get(name));
            if !current.is_some_and(|current| says_the_same(kind, &value, current)) {
                form_data.insert(name.to_owned(), value);
            }
        }
        // What was filled in when the sheet was made, and has been taken out there.
        for field in fields.iter().filter(|_| self.cell(VERSION).is_some()) {
            let column = format!("{FORM}{}", field.name);
            let is_there = self.columns.iter().any(|known| **known == *column);
            let current = outline.and_then(|outline| outline.data.get(&field.name));
            let was_shown =
                current.is_some_and(|current| super::value::shown(&field.kind, current).is_some());
            if is_there && was_shown && self.cell(&column).is_none() {
                form_data.insert(field.name.clone(), Value::Null);
            }
        }
        Ok(BulkAnswer { verdict, comment: text(COMMENT)?, form_data })
    }

    /// The row as it was sent, to be shown again.
    fn as_sent(&self) -> Map<String, Value> {
        self.cells.iter().map(|(name, cell)| (name.to_string(), cell.to_json())).collect()
    }
}

impl Batches {
    /// Reads a sheet: one of the actor's files.
    ///
    /// # Errors
    /// `BAD_INPUT` at `fileId` saying what is wrong with it; `NOT_FOUND` where it is not theirs.
    pub(in crate::batch) async fn read_sheet(
        &self,
        actor: &Actor,
        file: Uuid,
    ) -> Result<Vec<SheetRow>, Fault> {
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

    /// What rows that decide something want, in their order.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::batch) async fn answers(
        &self,
        actor: &Actor,
        rows: &[SheetRow],
        contradicting: &HashSet<Uuid>,
    ) -> Result<Vec<Wanted>, Fault> {
        let ids: HashSet<_> = rows.iter().filter_map(|row| row.task().ok()).collect();
        let outlines = self.inner.workflow.outlines(actor, &ids.into_iter().collect::<Vec<_>>()).await?;
        let mut forms = Forms::default();
        let mut wanted = Vec::with_capacity(rows.len());
        for row in rows {
            let task = match row.task() {
                Ok(task) => task,
                Err(fault) => {
                    let input = ApprovalInput { item: None, cells: row.as_sent() };
                    wanted.push(Wanted { input, refused: Some(of_fault(&fault)) });
                    continue;
                }
            };
            let outline = outlines.get(&task);
            let form = outline.map(|outline| forms.of(&outline.node));
            let fields = form.as_ref().map_or(&[][..], |form| &form.fields);
            let answer = if contradicting.contains(&task) {
                Err(Fault::bad_input(TASK, "the sheet decides this task more than once, and not alike"))
            } else {
                row.answer(outline, fields).and_then(|answer| self.inner.workflow.check_answer(answer))
            };
            wanted.push(match answer {
                Ok(answer) => {
                    let seen = row.cell(VERSION).map(Cell::text);
                    Wanted::task(BulkItem { answer: Some(Arc::new(answer)), seen, ..BulkItem::of(task) })
                }
                Err(fault) if fault.code() == ErrorCode::BadInput => {
                    let input = ApprovalInput { item: Some(BulkItem::of(task)), cells: row.as_sent() };
                    Wanted { input, refused: Some(of_fault(&fault)) }
                }
                Err(fault) => return Err(fault),
            });
        }
        Ok(wanted)
    }
}
