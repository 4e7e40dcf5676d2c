//! Writing a spreadsheet of tasks: rows go to temporary files as they come, and nothing grows with their number.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rust_xlsxwriter::utility::column_number_to_name;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, Format, FormatAlign, Formula, Note, Workbook, Worksheet,
    XlsxError,
};
use tokio::sync::mpsc;

use super::field::{Field, FieldKind};
use super::value::{Cell, MAX_CELL, cut, length};
use super::{COMMENT, DECISION, ERRORS, SHOWN, TASK, VERSION};

/// The most worksheets of tasks; the tasks of further forms share one without the forms' fields.
const MAX_FORMS: usize = 200;
/// The longest list of choices that stands in the worksheet itself, in characters with commas between them;
/// longer ones have a worksheet of their own.
const MAX_LIST: usize = 255;
/// The longest name of a worksheet, with room for a number behind it.
const MAX_NAME: usize = 24;
/// What no worksheet's name may hold.
const NOT_IN_NAMES: [char; 8] = ['[', ']', ':', '*', '?', '/', '\\', '\''];

/// A form whose tasks share a worksheet.
#[derive(Debug, PartialEq)]
pub(super) struct Form {
    /// Unlike that of all others.
    key: String,
    /// What the worksheet is called.
    title: String,
    /// The fields that may be written.
    pub fields: Vec<Field>,
    /// Where each of them is, by its column.
    places: HashMap<String, usize>,
}

impl Form {
    /// One of tasks of such a place.
    pub fn new(place: &str, title: &str, fields: Vec<Field>) -> Self {
        // Where the same is asked for, and the same may be chosen, in however many versions.
        let key = format!("{place}\n{fields:?}");
        let places = (0..).zip(&fields).map(|(at, field)| (field.column(), at)).collect();
        Self { key, title: title.to_owned(), fields, places }
    }

    /// The field of a column.
    pub fn field_at(&self, column: &str) -> Option<&Field> {
        self.fields.get(*self.places.get(column)?)
    }
}

/// A row to write.
#[derive(Debug)]
pub(super) struct OutRow {
    pub form: Arc<Form>,
    /// What stands in its cells, by column.
    pub cells: HashMap<String, Cell>,
}

/// A column of a worksheet.
struct Column {
    name: String,
    width: f64,
    format: Format,
    field: Option<Field>,
}

/// A worksheet that is being written.
struct Open {
    index: usize,
    line: u32,
    columns: Vec<Column>,
}

/// Writes all rows; with what went wrong with each, where that is what the sheet is for.
///
/// # Errors
/// Where a temporary file cannot be written.
pub(super) fn write(mut rows: mpsc::Receiver<OutRow>, has_errors: bool) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let mut open: HashMap<String, Open> = HashMap::new();
    // Excel has a worksheet of that name to itself.
    let mut names = HashSet::from(["history".to_owned()]);
    while let Some(row) = rows.blocking_recv() {
        let is_full = open.len() >= MAX_FORMS && !open.contains_key(&row.form.key);
        let key = if is_full { String::new() } else { row.form.key.clone() };
        if !open.contains_key(&key) {
            let fields: &[Field] = if is_full { &[] } else { &row.form.fields };
            let title = if is_full { "others" } else { &row.form.title };
            let index = open.len();
            let columns = columns(fields, has_errors);
            begin(workbook.add_worksheet_with_constant_memory()?, &name(title, &mut names), &columns)?;
            open.insert(key.clone(), Open { index, line: 0, columns });
        }
        let Some(sheet) = open.get_mut(&key) else { continue };
        sheet.line += 1;
        let worksheet = workbook.worksheet_from_index(sheet.index)?;
        for (at, column) in (0..).zip(&sheet.columns) {
            if let Some(cell) = row.cells.get(&column.name) {
                write_cell(worksheet, sheet.line, at, cell, &column.format)?;
            }
        }
    }
    if open.is_empty() {
        let columns = columns(&[], has_errors);
        begin(workbook.add_worksheet_with_constant_memory()?, "tasks", &columns)?;
        open.insert(String::new(), Open { index: 0, line: 0, columns });
    }
    let mut open: Vec<_> = open.into_values().collect();
    open.sort_unstable_by_key(|sheet| sheet.index);
    let mut lists =
        Lists { name: name("choices", &mut names), index: open.len(), columns: 0, known: HashMap::new() };
    for sheet in open {
        finish(&mut workbook, &sheet, &mut lists)?;
    }
    workbook.save_to_buffer()
}

/// The columns of a worksheet, in their order.
fn columns(fields: &[Field], has_errors: bool) -> Vec<Column> {
    let text = || Format::new().set_num_format("@").set_align(FormatAlign::Top);
    let column =
        |name: &str, width: f64| Column { name: name.to_owned(), width, format: text(), field: None };
    let mut columns = vec![column(TASK, 14.0), column(VERSION, 10.0)];
    for name in SHOWN {
        let mut shown = column(name, if name == "instance" { 14.0 } else { 22.0 });
        if name == "created" {
            shown.format = text().set_num_format(TIME);
        }
        columns.push(shown);
    }
    if has_errors {
        columns.extend(ERRORS.iter().zip([20.0, 22.0, 60.0]).map(|(name, width)| column(name, width)));
    }
    columns.extend([column(DECISION, 12.0), column(COMMENT, 40.0)]);
    columns.extend(fields.iter().map(|field| {
        let format = match field.kind {
            FieldKind::Integer => text().set_num_format("0"),
            FieldKind::Number | FieldKind::Json => text().set_num_format("General"),
            FieldKind::Date => text().set_num_format("yyyy-mm-dd"),
            FieldKind::DateTime => text().set_num_format(TIME),
            FieldKind::Boolean => text().set_num_format("General"),
            FieldKind::Text | FieldKind::Choice(_) => text(),
        };
        Column { name: field.column(), width: 24.0, format, field: Some(field.clone()) }
    }));
    columns
}

/// How times are shown.
const TIME: &str = "yyyy-mm-dd hh:mm:ss";

fn begin(worksheet: &mut Worksheet, name: &str, columns: &[Column]) -> Result<(), XlsxError> {
    worksheet.set_name(name)?.set_freeze_panes(1, 0)?;
    let heading = Format::new().set_bold();
    for (at, column) in (0..).zip(columns) {
        worksheet.set_column_width(at, column.width)?.set_column_format(at, &column.format)?;
        worksheet.write_string_with_format(0, at, &column.name, &heading)?;
        if column.name == VERSION {
            worksheet.set_column_hidden(at)?;
        }
        if let Some(note) = note(column) {
            worksheet.insert_note(0, at, &Note::new(note).add_author_prefix(false))?;
        }
    }
    Ok(())
}

/// What to tell whoever fills a column in.
fn note(column: &Column) -> Option<String> {
    if column.name == DECISION {
        return Some("APPROVE or REJECT. Rows that are left blank are left alone.".to_owned());
    }
    let field = column.field.as_ref()?;
    let kind = match &field.kind {
        FieldKind::Text => "a text",
        FieldKind::Number => "a number",
        FieldKind::Integer => "a whole number",
        FieldKind::Boolean => "TRUE or FALSE",
        FieldKind::Date => "a date",
        FieldKind::DateTime => "a time, in UTC",
        FieldKind::Choice(_) => "one of the choices",
        FieldKind::Json => "JSON",
    };
    let required = if field.is_required { ", required to approve" } else { "" };
    let title = field.title.as_deref().unwrap_or(&field.name);
    let description = field.description.as_ref().map(|text| format!("\n{text}")).unwrap_or_default();
    Some(format!("{title}: {kind}{required}{description}").chars().take(1_000).collect())
}

/// Whatever comes from outside is a text, which no spreadsheet takes for a formula or a link.
fn write_cell(
    worksheet: &mut Worksheet,
    line: u32,
    at: u16,
    cell: &Cell,
    format: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Number(number) => worksheet.write_number_with_format(line, at, *number, format)?,
        Cell::Bool(is) => worksheet.write_boolean_with_format(line, at, *is, format)?,
        Cell::Time(time) => worksheet.write_datetime_with_format(line, at, time, format)?,
        other => worksheet.write_string_with_format(line, at, cut(&other.text(), MAX_CELL), format)?,
    };
    Ok(())
}

/// Everything is written: lists to choose from, and what is to be filtered.
fn finish(workbook: &mut Workbook, sheet: &Open, lists: &mut Lists) -> Result<(), XlsxError> {
    let last = sheet.line.max(1);
    for (at, column) in (0..).zip(&sheet.columns) {
        let kind = column.field.as_ref().map(|field| &field.kind);
        let (labels, told) = match kind {
            _ if column.name == DECISION => (words(["APPROVE", "REJECT"]), DataValidationErrorStyle::Stop),
            Some(FieldKind::Boolean) => (words(["TRUE", "FALSE"]), DataValidationErrorStyle::Stop),
            // A form may have a choice that is none any more, and is to be left alone.
            Some(FieldKind::Choice(choices)) => {
                let labels = choices.iter().map(|choice| choice.label.clone()).collect();
                (labels, DataValidationErrorStyle::Warning)
            }
            _ => continue,
        };
        let long: usize = labels.iter().map(|label| length(label) + 1).sum();
        // A comma would end a choice.
        let validation = if long <= MAX_LIST && !labels.iter().any(|label| label.contains([',', '"'])) {
            DataValidation::new().allow_list_strings(&labels)?
        } else {
            DataValidation::new().allow_list_formula(lists.add(workbook, &labels)?)
        };
        let validation = validation.ignore_blank(true).set_error_style(told);
        workbook.worksheet_from_index(sheet.index)?.add_data_validation(1, at, last, at, &validation)?;
    }
    let width = u16::try_from(sheet.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    workbook.worksheet_from_index(sheet.index)?.autofilter(0, 0, last, width)?;
    Ok(())
}

fn words(words: [&str; 2]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// The long lists of choices, on a hidden worksheet: a column each.
struct Lists {
    name: String,
    /// Behind all others.
    index: usize,
    columns: u16,
    /// In which column a list stands.
    known: HashMap<Vec<String>, u16>,
}

impl Lists {
    /// The cells in which a list stands.
    fn add(&mut self, workbook: &mut Workbook, labels: &[String]) -> Result<Formula, XlsxError> {
        let column = match self.known.get(labels) {
            Some(column) => *column,
            None => {
                if self.columns == 0 {
                    workbook.add_worksheet().set_name(&self.name)?.set_hidden(true);
                }
                let column = self.columns;
                self.columns += 1;
                let worksheet = workbook.worksheet_from_index(self.index)?;
                for (line, label) in (0..).zip(labels) {
                    worksheet.write_string(line, column, cut(label, MAX_CELL))?;
                }
                self.known.insert(labels.to_vec(), column);
                column
            }
        };
        let column = column_number_to_name(column);
        Ok(Formula::new(format!("='{}'!${column}$1:${column}${}", self.name, labels.len().max(1))))
    }
}

/// A name for a worksheet that no other has, whatever its case.
fn name(title: &str, names: &mut HashSet<String>) -> String {
    let kept: String =
        title.chars().filter(|char| !NOT_IN_NAMES.contains(char) && !char.is_control()).collect();
    let clean = cut(&kept, MAX_NAME);
    let clean = if clean.trim().is_empty() { "tasks" } else { clean.trim() };
    let mut name = clean.to_owned();
    let mut number = 1;
    while !names.insert(name.to_lowercase()) {
        number += 1;
        name = format!("{clean} ({number})");
    }
    name
}
