//! What is wrong with files, told all at once.

use serde_json::json;

use crate::kernel::Fault;

/// The most faults of an import that are told.
pub const MAX_FAULTS: usize = 100;

/// What a file tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// Departments: `id`, `parent_id`, `name`, `leader`.
    Departments,
    /// Positions: `id`, `dept_id`, `title`, `grade`.
    Positions,
    /// People: `user_id`, `name`, `email`, `dept_id`, `departments`, `position_id`, `positions`,
    /// `roles`, `tags`, `manager`, `reports_to`, `grade`, `profession`, `active`.
    People,
    /// Tags: `id`, `name`.
    Tags,
    /// Approver roles: `id`, `name`.
    Roles,
}

impl FileKind {
    /// The file's name in faults and inputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Departments => "departments",
            Self::Positions => "positions",
            Self::People => "people",
            Self::Tags => "tags",
            Self::Roles => "roles",
        }
    }
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The file.
    pub file: FileKind,
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The column, as it is called in the file's kind; none where it is the row or the file.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub message: String,
}

/// The faults found so far: the first [`MAX_FAULTS`] of them, and how many there are.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Faults {
    told: Vec<RowFault>,
    count: u64,
}

impl Faults {
    /// One more.
    pub(super) fn add(
        &mut self,
        file: FileKind,
        line: u64,
        column: Option<&'static str>,
        message: impl Into<String>,
    ) {
        self.count += 1;
        if self.told.len() < MAX_FAULTS {
            self.told.push(RowFault { file, line, column, message: message.into() });
        }
    }

    /// How many there are, those that are not told too.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Those that are told.
    #[cfg(test)]
    pub(super) fn told(&self) -> &[RowFault] {
        &self.told
    }

    /// All of them as `BAD_INPUT` at the first one's file, with `faults` and `faultCount`; nothing
    /// where there are none.
    pub(super) fn into_result(self) -> Result<(), Fault> {
        let Some(first) = self.told.first() else { return Ok(()) };
        let (file, line) = (first.file.as_str(), first.line);
        let column = first.column.map_or(String::new(), |column| format!(", column {column}"));
        let more = match self.count {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        let message = format!("nothing was imported: {file}, line {line}{column}: {}{more}", first.message);
        let faults: Vec<_> = self
            .told
            .iter()
            .map(|fault| {
                json!({
                    "file": fault.file.as_str(),
                    "line": fault.line,
                    "column": fault.column,
                    "message": fault.message,
                })
            })
            .collect();
        Err(Fault::bad_input(file, message)
            .with("faults", faults.into())
            .with("faultCount", self.count.into()))
    }
}
