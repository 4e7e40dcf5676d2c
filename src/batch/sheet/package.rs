//! Reading a spreadsheet from its package, within bounds that are checked before and while it is unpacked.

use std::collections::HashMap;
use std::io::{self, Cursor, Read as _};
use std::sync::Arc;

use bytes::Bytes;
use calamine::{DataRef, Reader as _, Xlsx};
use tokio::sync::Semaphore;
use zip::ZipArchive;

use super::value::{Cell, MAX_CELL};
use super::{COMMENT, DECISION, ERRORS, FORM, MAX_ROWS, SHOWN, SheetRow, TASK, VERSION};
use crate::kernel::Fault;

/// The most bytes of a sheet as it is sent.
pub(super) const MAX_BYTES: u64 = 16 << 20;
/// The most bytes that it unpacks to.
const MAX_UNPACKED: u64 = 128 << 20;
/// The most parts of its package.
const MAX_PARTS: usize = 1_000;
/// The most worksheets.
const MAX_SHEETS: usize = 250;
/// The most columns of a worksheet.
const MAX_COLUMNS: u32 = 300;
/// The most bytes of text in all of its cells.
const MAX_TEXT: usize = 32 << 20;
/// How many are read at once: each may take as much memory as it unpacks to.
static READING: Semaphore = Semaphore::const_new(2);

/// The rows of a sheet that have something in them, in their order.
///
/// # Errors
/// `BAD_INPUT` at `fileId` saying what is wrong with it.
pub(super) async fn read(package: Bytes) -> Result<Vec<SheetRow>, Fault> {
    let _one = READING.acquire().await;
    tokio::task::spawn_blocking(move || rows(&package)).await.map_err(Fault::internal)?
}

fn bad(message: impl Into<String>) -> Fault {
    Fault::bad_input("fileId", message)
}

fn rows(package: &[u8]) -> Result<Vec<SheetRow>, Fault> {
    let unreadable = || bad("this is no spreadsheet that can be read: save it as .xlsx");
    check_size(package)?;
    let mut workbook = Xlsx::new(Cursor::new(package)).map_err(|_| unreadable())?;
    let names = workbook.sheet_names();
    if names.len() > MAX_SHEETS {
        return Err(bad(format!("a sheet has at most {MAX_SHEETS} worksheets")));
    }
    let mut reading = Reading { rows: Vec::new(), text: 0, has_tasks: false };
    for name in names {
        // What is no worksheet, such as a chart, has no cells.
        let Ok(mut cells) = workbook.worksheet_cells_reader(&name) else { continue };
        let mut worksheet = Worksheet::new(&name);
        while let Some(cell) = cells.next_cell_with_formula().map_err(|_| unreadable())? {
            let formula = cell.formula.as_deref().filter(|formula| !formula.is_empty());
            let value = match formula {
                // That is how LibreOffice saves the values themselves.
                None | Some("TRUE()" | "FALSE()") => cell_of(cell.value)?,
                Some(_) => Some(Cell::Formula),
            };
            if let Some(value) = value
                && !worksheet.take(&mut reading, cell.pos, value)?
            {
                break;
            }
        }
    }
    if !reading.has_tasks {
        let message =
            format!("no worksheet has a column `{TASK}` and a column `{DECISION}` in its first row");
        return Err(bad(message));
    }
    Ok(reading.rows)
}

/// Unpacks everything once, to nowhere, with the reader that reads it later: what it says of its size is not
/// believed.
fn check_size(package: &[u8]) -> Result<(), Fault> {
    let no_package = |_| bad("this is no spreadsheet that can be read: save it as .xlsx");
    let mut archive = ZipArchive::new(Cursor::new(package)).map_err(no_package)?;
    if archive.len() > MAX_PARTS {
        return Err(bad(format!("a sheet's package has at most {MAX_PARTS} parts")));
    }
    let mut left = MAX_UNPACKED;
    for part in 0..archive.len() {
        let mut part = archive.by_index(part).map_err(no_package)?.take(left + 1);
        let unpacked = io::copy(&mut part, &mut io::sink())
            .map_err(|_| no_package(zip::result::ZipError::FileNotFound))?;
        left = left
            .checked_sub(unpacked)
            .ok_or_else(|| bad(format!("a sheet unpacks to at most {} MiB", MAX_UNPACKED >> 20)))?;
    }
    Ok(())
}

/// All that has been read so far.
struct Reading {
    rows: Vec<SheetRow>,
    text: usize,
    has_tasks: bool,
}

/// A worksheet that is being read, cell by cell, from its first to its last row.
struct Worksheet {
    name: Arc<str>,
    /// Its columns, by place; none before its first row has been read.
    columns: HashMap<u32, Arc<str>>,
    known: Option<Arc<[Arc<str>]>>,
    first: Option<u32>,
    line: Option<u32>,
}

impl Worksheet {
    fn new(name: &str) -> Self {
        Self { name: name.into(), columns: HashMap::new(), known: None, first: None, line: None }
    }

    /// Takes a cell in; false where the worksheet is none of ours.
    fn take(&mut self, reading: &mut Reading, at: (u32, u32), value: Cell) -> Result<bool, Fault> {
        let (line, column) = at;
        let sheet = Arc::clone(&self.name);
        let here = || format!("{sheet}!{}{}", letters(column), line + 1);
        if let Cell::Text(text) = &value {
            reading.text += text.len();
            if reading.text > MAX_TEXT {
                return Err(bad(format!("a sheet holds at most {} MiB of text", MAX_TEXT >> 20)));
            }
        }
        let first = *self.first.get_or_insert(line);
        if line == first {
            if column >= MAX_COLUMNS {
                return Err(bad(format!("{}: a worksheet has at most {MAX_COLUMNS} columns", here())));
            }
            let heading: Arc<str> = value.text().trim().into();
            if self.columns.values().any(|known| *known == heading) {
                return Err(bad(format!("{}: there is a column `{heading}` already", here())));
            }
            self.columns.insert(column, heading);
            return Ok(true);
        }
        if self.known.is_none() {
            if !self.begin()? {
                return Ok(false);
            }
            reading.has_tasks = true;
        }
        let Some(heading) = self.columns.get(&column) else {
            return Err(bad(format!("{}: this column has no name in the first row", here())));
        };
        if self.line != Some(line) {
            // Rows come in their order; a file in which they do not is not one that anybody saves.
            if self.line.is_some_and(|before| before > line) {
                return Err(bad(format!("{}: the rows are not in their order", here())));
            }
            if reading.rows.len() == MAX_ROWS {
                return Err(bad(format!("a sheet has at most {MAX_ROWS} rows")));
            }
            self.line = Some(line);
            let columns = self.known.clone().unwrap_or_default();
            reading.rows.push(SheetRow::new(Arc::clone(&self.name), line + 1, columns));
        }
        if let Some(row) = reading.rows.last_mut() {
            row.cells.push((Arc::clone(heading), value));
        }
        Ok(true)
    }

    /// The columns are known; false where they are not those of tasks.
    fn begin(&mut self) -> Result<bool, Fault> {
        let has = |name: &str| self.columns.values().any(|column| &**column == name);
        if !has(TASK) || !has(DECISION) {
            return Ok(false);
        }
        let is_known = |name: &str| {
            [TASK, VERSION, DECISION, COMMENT].contains(&name)
                || SHOWN.contains(&name)
                || ERRORS.contains(&name)
                || name.strip_prefix(FORM).is_some_and(|field| !field.is_empty())
        };
        let unknown = self.columns.iter().filter(|(_, name)| !is_known(name)).min();
        if let Some((column, name)) = unknown {
            let message = format!(
                "{}!{}: the column `{}` is not known; take it out, or name it as the exported sheet does",
                self.name,
                letters(*column),
                name.chars().take(64).collect::<String>()
            );
            return Err(bad(message));
        }
        self.known = Some(self.columns.values().cloned().collect());
        Ok(true)
    }
}

/// What stands in a cell; none where nothing does.
fn cell_of(value: DataRef<'_>) -> Result<Option<Cell>, Fault> {
    let text = |text: &str| -> Result<Option<Cell>, Fault> {
        if text.len() > MAX_CELL && text.chars().count() > MAX_CELL {
            return Err(bad(format!("a cell holds at most {MAX_CELL} characters")));
        }
        Ok((!text.trim().is_empty()).then(|| Cell::Text(text.to_owned())))
    };
    match value {
        DataRef::Empty => Ok(None),
        DataRef::String(words) => text(&words),
        DataRef::SharedString(words) => text(words),
        DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => text(&words),
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets have no other numbers")]
        DataRef::Int(number) => Ok(Some(Cell::Number(number as f64))),
        DataRef::Float(number) => Ok(Some(Cell::Number(number))),
        DataRef::Bool(is) => Ok(Some(Cell::Bool(is))),
        DataRef::Error(_) => Ok(Some(Cell::Error)),
        DataRef::DateTime(time) => {
            Ok(Some(time.as_datetime().map_or(Cell::Number(time.as_f64()), Cell::Time)))
        }
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
