//! Spreadsheets as tests read and change them.

use std::io::Cursor;

use bytes::Bytes;
use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::{Format, Formula, Workbook};

/// A spreadsheet's worksheets, each with its rows; the first names the columns.
#[derive(Debug, Clone)]
pub(super) struct Grid(pub Vec<(String, Vec<Vec<Data>>)>);

/// What marks a text that is to be written as a formula.
const FORMULA: &str = "\u{1}formula:";

impl Grid {
    /// What a package holds in the worksheets that have a column `task`.
    pub(super) fn read(package: &Bytes) -> Self {
        let mut workbook = Xlsx::new(Cursor::new(package.clone())).unwrap();
        let sheets = workbook.sheet_names().into_iter().map(|name| {
            let range = workbook.worksheet_range(&name).unwrap();
            (name, range.rows().map(<[Data]>::to_vec).collect::<Vec<_>>())
        });
        Self(sheets.filter(|(_, rows)| rows[0][0] == Data::String("task".to_owned())).collect())
    }

    pub(super) fn columns(&self, sheet: usize) -> Vec<String> {
        self.0[sheet].1[0].iter().map(ToString::to_string).collect()
    }

    fn column(&self, sheet: usize, name: &str) -> usize {
        let found = self.columns(sheet).iter().position(|column| column == name);
        found.unwrap_or_else(|| panic!("{name} is not among {:?}", self.columns(sheet)))
    }

    /// What stands in a cell; rows are counted from 1, behind the names.
    pub(super) fn get(&self, sheet: usize, row: usize, column: &str) -> Data {
        let column = self.column(sheet, column);
        self.0[sheet].1[row].get(column).cloned().unwrap_or_default()
    }

    pub(super) fn text(&self, sheet: usize, row: usize, column: &str) -> String {
        self.get(sheet, row, column).to_string()
    }

    /// Writes into a cell.
    pub(super) fn set(&mut self, sheet: usize, row: usize, column: &str, value: impl Into<Data>) {
        let column = self.column(sheet, column);
        let row = &mut self.0[sheet].1[row];
        row.resize(row.len().max(column + 1), Data::Empty);
        row[column] = value.into();
    }

    /// Writes a formula into a cell.
    pub(super) fn set_formula(&mut self, sheet: usize, row: usize, column: &str, formula: &str) {
        self.set(sheet, row, column, format!("{FORMULA}{formula}"));
    }

    /// The row of a worksheet with this business key.
    pub(super) fn row_about(&self, sheet: usize, key: &str) -> usize {
        let rows = 1..self.0[sheet].1.len();
        let mut rows = rows.filter(|row| self.text(sheet, *row, "businessKey") == key);
        rows.next().unwrap_or_else(|| panic!("nothing is about {key}: {self:?}"))
    }

    pub(super) fn package(&self) -> Bytes {
        let mut workbook = Workbook::new();
        let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        for (name, rows) in &self.0 {
            let sheet = workbook.add_worksheet();
            sheet.set_name(name).unwrap();
            for (line, row) in (0..).zip(rows) {
                for (at, cell) in (0..).zip(row) {
                    match cell {
                        Data::Empty => continue,
                        Data::String(text) => match text.strip_prefix(FORMULA) {
                            Some(formula) => sheet.write_formula(line, at, Formula::new(formula)),
                            None => sheet.write_string(line, at, text),
                        },
                        Data::Float(number) => sheet.write_number(line, at, *number),
                        #[expect(clippy::cast_precision_loss, reason = "tests write small numbers")]
                        Data::Int(number) => sheet.write_number(line, at, *number as f64),
                        Data::Bool(is) => sheet.write_boolean(line, at, *is),
                        Data::DateTime(moment) => {
                            sheet.write_number_with_format(line, at, moment.as_f64(), &time)
                        }
                        other => panic!("tests write no {other:?}"),
                    }
                    .unwrap();
                }
            }
        }
        workbook.save_to_buffer().unwrap().into()
    }
}

/// The same package, opened and saved anew by LibreOffice.
pub(super) fn saved_by_libreoffice(package: &Bytes) -> Bytes {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("sheet.xlsx"), folder.path().join("saved"));
    std::fs::write(&from, package).unwrap();
    // A profile of its own: two may run at once, and none touches anybody's.
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let saved = std::process::Command::new("soffice")
        .args([profile.as_str(), "--headless", "--convert-to", "xlsx", "--outdir"])
        .args([&to, &from])
        .output()
        .expect("LibreOffice is there: `scripts/services install` installs it");
    assert!(saved.status.success(), "{saved:?}");
    std::fs::read(to.join("sheet.xlsx")).unwrap_or_else(|error| panic!("{error}: {saved:?}")).into()
}
