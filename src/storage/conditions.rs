//! The conditions of a statement that is put together, with their values.

use chrono::{DateTime, Datelike as _, Utc};
use sea_orm::Value;

use crate::kernel::Fault;

/// Conditions, all of which must hold.
#[derive(Debug)]
pub struct Conditions {
    /// As they stand in a `WHERE`.
    pub text: String,
    /// The values of their places, from `$1` on.
    pub values: Vec<Value>,
}

impl Default for Conditions {
    /// None: everything meets them.
    fn default() -> Self {
        Self { text: "true".to_owned(), values: Vec::new() }
    }
}

impl Conditions {
    /// Adds a condition; each `{}` in it takes the next of `values`.
    pub fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        let mut parts = condition.split("{}");
        self.text.push_str(" AND ");
        self.text.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            let place = self.value(value);
            self.text.push_str(&place);
            self.text.push_str(part);
        }
    }

    /// Adds a condition on a time, where one is given.
    ///
    /// # Errors
    /// `BAD_INPUT` at `field` where the databases do not both know that time.
    pub fn and_time(
        &mut self,
        field: &str,
        time: Option<DateTime<Utc>>,
        condition: &str,
    ) -> Result<(), Fault> {
        let Some(time) = time else { return Ok(()) };
        if !is_storable(&time) {
            return Err(Fault::bad_input(field, "the year must be between 1 and 9999"));
        }
        self.and(condition, [time.into()]);
        Ok(())
    }

    /// Adds that a condition holds, or that it does not, where either is wanted.
    pub fn and_whether(&mut self, wanted: Option<bool>, condition: &str) {
        match wanted {
            None => {}
            Some(true) => self.and(&format!("({condition})"), []),
            Some(false) => self.and(&format!("NOT ({condition})"), []),
        }
    }

    /// Adds that one of the columns holds a text, whatever the case (of ASCII letters, in SQLite).
    pub fn and_holds(&mut self, columns: &[&str], text: &str) {
        let pattern = storable(text).to_lowercase();
        let pattern = pattern.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let place = self.value(format!("%{pattern}%"));
        let holds = |column: &&str| format!("lower({column}) LIKE {place} ESCAPE '\\'");
        let any: Vec<_> = columns.iter().map(holds).collect();
        self.text.push_str(&format!(" AND ({})", any.join(" OR ")));
    }

    /// Adds a value that stands elsewhere in the statement; its place.
    pub fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }
}

/// A text that PostgreSQL takes: without the zero character, which no name of ours has.
pub fn storable(given: &str) -> String {
    given.replace('\0', "\u{fffd}")
}

/// Whether both databases know a time: PostgreSQL knows fewer years than chrono, and texts compare
/// like times up to the year 9999 alone.
pub fn is_storable(time: &DateTime<Utc>) -> bool {
    (1..=9_999).contains(&time.year())
}
