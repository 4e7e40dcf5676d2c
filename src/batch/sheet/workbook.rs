//! Writing a spreadsheet of tasks: rows go to temporary files as they come, and nothing grows with their number.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, Format, FormatAlign, Formula, Note, Workbook, Worksheet,
    XlsxError,
};
use tokio::sync::mpsc;

use super::field::{Field, FieldKind};
use super::value::Cell;
use super::{COMMENT, DECISION, ERRORS, FORM, MAX_ROWS, SHOWN, TASK, VERSION};

/// The most worksheets of tasks; the tasks of further forms share one without the forms' fields.
const MAX_FORMS: usize = 200;
/// The longest list of choices that stands in the worksheet itself, in characters with commas between them;
/// longer ones have a worksheet of their own.
const MAX_LIST: usize = 255;
/// The longest name of a worksheet, in characters, with room for a number behind it.
const MAX_NAME: usize = 24;
/// What no worksheet's name may hold.
const NOT_IN_NAMES: [char; 8] = ['[', ']', ':', '*', '?', '/', '\\', '\''];

/// A form whose tasks share a worksheet.
#[derive(Debug, PartialEq)]
pub(super) struct Form {
    /// Unlike that of all others.
    pub key: String,
    /// What the worksheet is called.
    pub title: String,
    /// The fields that may be written.
    pub fields: Vec<Field>,
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
    let mut names = HashSet::new();
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
    for sheet in open {
        finish(&mut workbook, &sheet, &mut names)?;
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
        Column { name: format!("{FORM}{}", field.name), width: 24.0, format, field: Some(field.clone()) }
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
        // The calendar of spreadsheets begins in 1900.
        Cell::Time(time) if time.and_utc().timestamp() > FIRST => {
            worksheet.write_datetime_with_format(line, at, time, format)?
        }
        other => worksheet.write_string_with_format(line, at, other.text(), format)?,
    };
    Ok(())
}

/// 1 March 1900: before that, spreadsheets do not agree on the days.
const FIRST: i64 = -2_203_891_200;

/// Everything is written: lists to choose from, and what is to be filtered.
fn finish(workbook: &mut Workbook, sheet: &Open, names: &mut HashSet<String>) -> Result<(), XlsxError> {
    let last = sheet.line.max(1);
    let list = |values: &[String]| -> Result<DataValidation, XlsxError> {
        DataValidation::new().allow_list_strings(values)
    };
    for (at, column) in (0..).zip(&sheet.columns) {
        let validation = if column.name == DECISION {
            list(&["APPROVE".to_owned(), "REJECT".to_owned()])?
        } else {
            match column.field.as_ref().map(|field| &field.kind) {
                Some(FieldKind::Boolean) => list(&["TRUE".to_owned(), "FALSE".to_owned()])?,
                Some(FieldKind::Choice(choices)) => {
                    let labels: Vec<_> = choices.iter().map(|choice| choice.label.clone()).collect();
                    let length: usize = labels.iter().map(|label| label.chars().count() + 1).sum();
                    // A comma would end a choice.
                    if length <= MAX_LIST && !labels.iter().any(|label| label.contains([',', '"'])) {
                        list(&labels)?
                    } else {
                        DataValidation::new().allow_list_formula(of_its_own(workbook, &labels, names)?)
                    }
                }
                _ => continue,
            }
        };
        let told = if matches!(column.field, Some(Field { kind: FieldKind::Choice(_), .. })) {
            DataValidationErrorStyle::Warning
        } else {
            DataValidationErrorStyle::Stop
        };
        let validation = validation.ignore_blank(true).set_error_style(told);
        workbook.worksheet_from_index(sheet.index)?.add_data_validation(1, at, last, at, &validation)?;
    }
    let width = u16::try_from(sheet.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    workbook.worksheet_from_index(sheet.index)?.autofilter(0, 0, last, width)?;
    Ok(())
}

/// A hidden worksheet with choices; the cells in which they stand.
fn of_its_own(
    workbook: &mut Workbook,
    labels: &[String],
    names: &mut HashSet<String>,
) -> Result<Formula, XlsxError> {
    let name = name("choices", names);
    let worksheet = workbook.add_worksheet();
    worksheet.set_name(&name)?.set_hidden(true);
    for (line, label) in (0..).zip(labels) {
        worksheet.write_string(line, 0, label)?;
    }
    Ok(Formula::new(format!("='{name}'!$A$1:$A${}", labels.len().clamp(1, MAX_ROWS))))
}

/// A name for a worksheet that no other has, whatever its case.
fn name(title: &str, names: &mut HashSet<String>) -> String {
    let clean: String = title
        .chars()
        .filter(|char| !NOT_IN_NAMES.contains(char) && !char.is_control())
        .take(MAX_NAME)
        .collect();
    let clean = if clean.trim().is_empty() { "tasks" } else { clean.trim() };
    let mut name = clean.to_owned();
    let mut number = 1;
    while !names.insert(name.to_lowercase()) {
        number += 1;
        name = format!("{clean} ({number})");
    }
    name
}
