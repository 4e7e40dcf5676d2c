//! What failed in a batch, as a spreadsheet for whoever mends the inputs.
//!
//! Made when it is asked for, from the items as they are recorded: so it is as durable as they are.
//! Rows go to the writer as they are read, and from there to a temporary file; what is held in
//! memory is the packed sheet alone.

use futures::TryStreamExt as _;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{ArchiveAccess, BatchKind, Batches, ItemInput, Spreadsheet};
use crate::engine::ItemStatus;
use crate::kernel::Fault;
use crate::storage::entity::item;

/// How many rows are read ahead of the writer.
const AHEAD: usize = 256;
/// The longest text of a cell, in characters; spreadsheets take a few more.
const MAX_CELL: usize = 32_000;
/// The columns, with their widths in characters.
const COLUMNS: [(&str, f64); 6] = [
    ("index", 8.0),
    ("input", 60.0),
    ("status", 12.0),
    ("attempts", 10.0),
    ("errorCode", 22.0),
    ("errorMessage", 80.0),
];

/// One item that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    index: i32,
    attempts: i32,
    input: String,
    status: String,
    error_code: String,
    error_message: String,
}

impl Row {
    /// The item's row, where it failed or was ignored.
    fn of(item: item::Model) -> Option<Self> {
        let wanted = [ItemStatus::Failed.as_str(), ItemStatus::Ignored.as_str()];
        if !wanted.contains(&item.status.as_str()) {
            return None;
        }
        let input = ItemInput::of(&item).map(|input| input.url).unwrap_or(item.input);
        let cell =
            |text: String| if text.len() > MAX_CELL { text.chars().take(MAX_CELL).collect() } else { text };
        Some(Self {
            index: item.idx,
            attempts: item.attempt,
            input: cell(input),
            status: item.status,
            error_code: cell(item.error_code.unwrap_or_default()),
            error_message: cell(item.error_message.unwrap_or_default()),
        })
    }
}

impl Batches {
    /// A spreadsheet of the items that failed or were ignored, with their inputs and why. A batch
    /// that is still open gives what there is so far.
    ///
    /// # Errors
    /// `NOT_FOUND` where the batch is not the actor's to see; `BAD_INPUT` where nothing failed.
    pub async fn error_sheet(&self, access: ArchiveAccess<'_>, id: Uuid) -> Result<Spreadsheet, Fault> {
        let batch = self.to_download(access, id).await?;
        if !batch.has_errors() {
            return Err(Fault::bad_input("batchId", "no item of this batch has failed"));
        }
        let file_name = format!("batch-{}-errors.xlsx", batch.row.number);
        if batch.kind() == BatchKind::Approval {
            // Such a sheet can be corrected and sent again.
            let bytes = self.approval_errors(access, &batch).await?.into();
            return Ok(Spreadsheet { file_name, bytes });
        }
        let (rows, taken) = mpsc::channel(AHEAD);
        let writing = tokio::task::spawn_blocking(move || write(taken));
        let items = self.inner.engine.stream_items(id);
        futures::pin_mut!(items);
        while let Some(item) = items.try_next().await? {
            // The writer is gone where it has failed, which it says itself.
            if let Some(row) = Row::of(item)
                && rows.send(row).await.is_err()
            {
                break;
            }
        }
        drop(rows);
        let bytes = writing.await.map_err(Fault::internal)?.map_err(Fault::internal)?;
        Ok(Spreadsheet { file_name, bytes: bytes.into() })
    }
}

/// Writes the sheet. Whatever comes from outside is a text, which no spreadsheet takes for a formula
/// or a link.
fn write(mut rows: mpsc::Receiver<Row>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("errors")?.set_freeze_panes(1, 0)?;
    let heading = Format::new().set_bold();
    for (column, (name, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, name, &heading)?;
    }
    let mut line = 0;
    while let Some(row) = rows.blocking_recv() {
        line += 1;
        sheet.write_number(line, 0, row.index)?;
        sheet.write_string(line, 1, row.input)?;
        sheet.write_string(line, 2, row.status)?;
        sheet.write_number(line, 3, row.attempts)?;
        sheet.write_string(line, 4, row.error_code)?;
        sheet.write_string(line, 5, row.error_message)?;
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(status: ItemStatus, input: &str) -> item::Model {
        item::Model {
            run_id: Uuid::nil(),
            idx: 7,
            status: status.as_str().to_owned(),
            generation: 1,
            attempt: 3,
            spent: 3,
            revision: 1,
            input: input.to_owned(),
            result: None,
            error_code: Some("FETCH_FAILED".to_owned()),
            error_message: Some("x".repeat(40_000)),
            started_at: None,
            finished_at: None,
        }
    }

    #[test]
    fn what_did_not_succeed_has_a_row() {
        let row = Row::of(item(ItemStatus::Failed, r#"{"url":"https://example.org/1.jpg"}"#)).unwrap();
        assert_eq!((row.index, row.attempts, row.input.as_str()), (7, 3, "https://example.org/1.jpg"));
        assert_eq!(row.error_message.len(), MAX_CELL);
        assert_eq!(Row::of(item(ItemStatus::Ignored, "a task")).unwrap().input, "a task");
        for other in [ItemStatus::Success, ItemStatus::Pending, ItemStatus::Cancelled] {
            assert_eq!(Row::of(item(other, "{}")), None);
        }
    }

    /// The text of the sheet itself in the package.
    fn sheet_of(package: Vec<u8>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("errors.xlsx");
        std::fs::write(&path, package).unwrap();
        let read =
            std::process::Command::new("unzip").arg("-p").arg(path).arg("xl/worksheets/sheet1.xml").output();
        String::from_utf8(read.unwrap().stdout).unwrap()
    }

    #[test]
    fn what_looks_like_a_formula_stays_a_text() {
        let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "https://example.org/a?b&c", "a\u{1}b<c>"];
        let (rows, taken) = mpsc::channel(texts.len());
        for text in texts {
            let row = Row { input: text.to_owned(), ..Row::of(item(ItemStatus::Failed, "")).unwrap() };
            rows.try_send(row).unwrap();
        }
        drop(rows);
        let sheet = sheet_of(write(taken).unwrap());
        assert!(!sheet.contains("<f>") && !sheet.contains("<hyperlink"), "{sheet}");
        assert_eq!(sheet.matches("<row ").count(), texts.len() + 1);
        for text in ["<t>=1+1</t>", "<t>@SUM(A1)</t>", "b&amp;c", "b&lt;c&gt;"] {
            assert!(sheet.contains(text), "{text}: {sheet}");
        }
        // Index and attempts are numbers, all else are texts of their own.
        assert_eq!(sheet.matches("t=\"inlineStr\"").count(), 6 + 4 * texts.len());
    }
}
