//! Decisions that are made in a spreadsheet: tasks out with their forms, read back row by row.
//!
//! A sheet has a worksheet a form, a row a task and a column a thing; the first row names the columns. Whatever
//! comes back is taken for hostile: it is bounded before it is unpacked, formulas are not read, and what cannot
//! be read is told with its row.

mod answers;
mod errors;
mod export;
mod field;
mod inspect;
mod package;
mod preview;
mod value;
mod workbook;

#[cfg(test)]
mod tests;

use answers::SheetRow;
pub use preview::{SheetOutcome, SheetPreviewRow};

/// The most rows with something in them in a sheet.
pub const MAX_ROWS: usize = 10_000;

/// The columns that all worksheets have, in their order; those of a form's fields come behind them.
const TASK: &str = "task";
const VERSION: &str = "version";
const DECISION: &str = "decision";
const COMMENT: &str = "comment";
const FORM: &str = "formData.";
/// What is shown of a task besides, and not read back.
const SHOWN: [&str; 6] = ["process", "node", "businessKey", "instance", "starter", "created"];
/// What a sheet of errors has besides.
const ERRORS: [&str; 3] = ["errorCode", "errorField", "errorMessage"];
