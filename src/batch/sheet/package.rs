//! Reading a spreadsheet from its package, within bounds that are checked before and while it is unpacked.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use calamine::{DataRef, Reader as _, Xlsx, XlsxFormulaMetadata};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::inspect::{bad, inspect, unreadable};
use super::value::{Cell, MAX_CELL, length};
use super::{COMMENT, DECISION, ERRORS, FORM, MAX_ROWS, SHOWN, SheetRow, TASK, VERSION};
use crate::kernel::Fault;

/// The most bytes of a sheet as it is sent.
pub(super) const MAX_BYTES: u64 = 16 << 20;
/// The most columns of a worksheet.
const MAX_COLUMNS: usize = 300;
/// The most cells with something in them.
pub(super) const MAX_CELLS: usize = 1_000_000;
/// The most cells with nothing in them, but for a format.
const MAX_BLANK: usize = 10_000_000;
/// The most bytes of text in all of its cells.
pub(super) const MAX_TEXT: usize = 32 << 20;
/// How many are in memory at once: each may take as much as it unpacks to.
static READING: Semaphore = Semaphore::const_new(2);

/// A sheet that has been read.
#[derive(Debug)]
pub(in crate::batch) struct Sheet {
    /// The rows that have something in them, in their order.
    pub rows: Vec<SheetRow>,
    /// Its place among those that are in memory.
    _place: Option<SemaphorePermit<'static>>,
}

/// Reads a sheet.
///
/// # Errors
/// `BAD_INPUT` at `fileId` saying what is wrong with it.
pub(super) async fn read(package: Bytes) -> Result<Sheet, Fault> {
    let place = READING.acquire().await.ok();
    let reading = tokio::task::spawn_blocking(move || rows(&package)).await;
    // Some nonsense makes the reader panic.
    Ok(Sheet { rows: reading.unwrap_or_else(|_| Err(unreadable()))?, _place: place })
}

fn rows(package: &[u8]) -> Result<Vec<SheetRow>, Fault> {
    inspect(package)?;
    let mut workbook = Xlsx::new(Cursor::new(package)).map_err(|_| unreadable())?;
    let mut reading = Reading { rows: Vec::new(), text: 0, cells: 0, blank: 0, has_tasks: false };
    for name in workbook.sheet_names() {
        // What is no worksheet, such as a chart, has no cells.
        let Ok(mut cells) = workbook.worksheet_cells_reader(&name) else { continue };
        let mut worksheet = Worksheet::new(&name);
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|_| unreadable())? {
            let value = match cell.formula {
                Some(formula) if !is_constant(&formula) => Some(Cell::Formula),
                _ => cell_of(cell.value),
            };
            let Some(value) = value else {
                reading.blank += 1;
                if reading.blank > MAX_BLANK {
                    return Err(bad(
                        "this sheet has too many blank cells to be read: delete what lies behind its rows",
                    ));
                }
                continue;
            };
            if !worksheet.take(&mut reading, cell.pos, value)? {
                break;
            }
        }
        // One with nothing but its headings is one of ours, too.
        reading.has_tasks |= worksheet.columns.is_none() && worksheet.begin()?.is_some();
    }
    if !reading.has_tasks {
        let message =
            format!("no worksheet has a column `{TASK}` and a column `{DECISION}` in its first row");
        return Err(bad(message));
    }
    Ok(reading.rows)
}

/// Whether that is how LibreOffice saves a value itself.
fn is_constant(formula: &XlsxFormulaMetadata) -> bool {
    matches!(formula, XlsxFormulaMetadata::Normal { formula } if ["TRUE()", "FALSE()", ""].contains(&formula.as_str()))
}

/// All that has been read so far.
struct Reading {
    rows: Vec<SheetRow>,
    text: usize,
    cells: usize,
    blank: usize,
    has_tasks: bool,
}

/// A worksheet that is being read, cell by cell, from its first to its last row.
struct Worksheet {
    name: Arc<str>,
    /// What its first row says, by place.
    headings: Vec<(u32, Arc<str>)>,
    /// Its columns by place, once that row has been read.
    columns: Option<Arc<HashMap<u32, Arc<str>>>>,
    first: Option<u32>,
    last: Option<(u32, u32)>,
}

impl Worksheet {
    fn new(name: &str) -> Self {
        Self { name: name.into(), headings: Vec::new(), columns: None, first: None, last: None }
    }

    /// Takes a cell in; false where the worksheet is none of ours.
    fn take(&mut self, reading: &mut Reading, at: (u32, u32), value: Cell) -> Result<bool, Fault> {
        let (line, column) = at;
        let first = *self.first.get_or_insert(line);
        if line == first {
            // More than it may have, to be told of that.
            if self.headings.len() <= MAX_COLUMNS {
                let heading: String = value.text().trim().chars().take(MAX_NAME).collect();
                self.headings.push((column, heading.into()));
            }
            return Ok(true);
        }
        let columns = match &self.columns {
            Some(columns) => Arc::clone(columns),
            None => match self.begin()? {
                Some(columns) => {
                    reading.has_tasks = true;
                    Arc::clone(self.columns.insert(Arc::new(columns)))
                }
                None => return Ok(false),
            },
        };
        let sheet = Arc::clone(&self.name);
        let here = || format!("{sheet}!{}{}", letters(column), line + 1);
        let Some(heading) = columns.get(&column) else {
            return Err(bad(format!("{}: this column has no name in the first row", here())));
        };
        // A file in which cells do not come in their order is not one that anybody saves.
        if self.last.is_some_and(|last| last >= at) {
            return Err(bad(format!("{}: the cells are not in their order", here())));
        }
        if self.last.is_none_or(|(before, _)| before != line) {
            if reading.rows.len() == MAX_ROWS {
                return Err(bad(format!("a sheet has at most {MAX_ROWS} rows")));
            }
            reading.rows.push(SheetRow::new(Arc::clone(&self.name), line + 1, Arc::clone(&columns)));
        }
        self.last = Some(at);
        if let Cell::Text(text) = &value {
            if length(text) > MAX_CELL {
                return Err(bad(format!("{}: a cell holds at most {MAX_CELL} characters", here())));
            }
            reading.text += text.len();
            if reading.text > MAX_TEXT {
                return Err(bad(format!("a sheet holds at most {} MiB of text", MAX_TEXT >> 20)));
            }
        }
        reading.cells += 1;
        if reading.cells > MAX_CELLS {
            return Err(bad(format!("a sheet has at most {MAX_CELLS} cells with something in them")));
        }
        if let Some(row) = reading.rows.last_mut() {
            row.cells.push((Arc::clone(heading), value));
        }
        Ok(true)
    }

    /// The columns, once the first row has been read; none where they are not those of tasks.
    fn begin(&self) -> Result<Option<HashMap<u32, Arc<str>>>, Fault> {
        let has = |name: &str| self.headings.iter().any(|(_, column)| &**column == name);
        if !has(TASK) || !has(DECISION) {
            return Ok(None);
        }
        if self.headings.len() > MAX_COLUMNS {
            return Err(bad(format!("{}: a worksheet has at most {MAX_COLUMNS} columns", self.name)));
        }
        let is_known = |name: &str| {
            [TASK, VERSION, DECISION, COMMENT].contains(&name)
                || SHOWN.contains(&name)
                || ERRORS.contains(&name)
                || name.strip_prefix(FORM).is_some_and(|field| !field.is_empty())
        };
        let mut columns = HashMap::new();
        for (at, name) in &self.headings {
            let here = format!("{}!{}", self.name, letters(*at));
            if !is_known(name) {
                return Err(bad(format!(
                    "{here}: the column `{name}` is not known; take it out, or name it as the exported sheet does"
                )));
            }
            if columns.values().any(|known| known == name) {
                return Err(bad(format!("{here}: there is a column `{name}` already")));
            }
            columns.insert(*at, Arc::clone(name));
        }
        Ok(Some(columns))
    }
}

/// The longest name of a column, in characters.
const MAX_NAME: usize = 200;

/// What stands in a cell; none where nothing does.
fn cell_of(value: DataRef<'_>) -> Option<Cell> {
    let text = |text: String| (!text.trim().is_empty()).then_some(Cell::Text(text));
    match value {
        DataRef::Empty => None,
        DataRef::String(words) | DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => text(words),
        DataRef::SharedString(words) => text(words.to_owned()),
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets have no other numbers")]
        DataRef::Int(number) => Some(Cell::Number(number as f64)),
        DataRef::Float(number) => Some(Cell::Number(number)),
        DataRef::Bool(is) => Some(Cell::Bool(is)),
        DataRef::Error(_) => Some(Cell::Error),
        DataRef::DateTime(time) => Some(time.as_datetime().map_or(Cell::Number(time.as_f64()), Cell::Time)),
    }
}

/// A column's name as spreadsheets have it: A, B, … Z, AA.
fn letters(column: u32) -> String {
    let mut name = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        name.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        left /= 26;
    }
    name.iter().rev().collect()
}
