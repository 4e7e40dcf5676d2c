//! Files as records of known columns: CSV with a header, or a JSON array of objects.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fault::{Faults, FileKind};

/// The most bytes of a file.
pub const MAX_BYTES: usize = 32 << 20;
/// The most rows of a file.
pub const MAX_ROWS: usize = 200_000;
/// The most columns of a file, or members of an object.
const MAX_COLUMNS: usize = 100;
/// The most ignored columns that are told.
const MAX_IGNORED: usize = 20;

/// A column that is understood.
pub(super) struct Column {
    /// What faults call it.
    pub name: &'static str,
    /// What files call it, in lower case and without `_`, `-` and spaces.
    pub aliases: &'static [&'static str],
}

/// What a record says in one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// A text, trimmed.
    Text(String),
    /// A list: JSON alone has such.
    List(Vec<String>),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// For each known column what it says; none where the file, or the object, does not have it.
    pub cells: Vec<Option<Cell>>,
}

/// A file's rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    /// In the file's order.
    pub records: Vec<Record>,
    /// The names of columns that nothing is known of.
    pub ignored: BTreeSet<String>,
}

/// Reads a file: JSON where it begins with `[`, else CSV. What is wrong goes to `faults`.
pub(super) fn read(kind: FileKind, bytes: &[u8], columns: &[Column], faults: &mut Faults) -> Table {
    if bytes.len() > MAX_BYTES {
        faults.add(kind, 1, None, format!("a file has at most {} MiB", MAX_BYTES >> 20));
        return Table::default();
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reading = Reading { kind, columns, faults, table: Table::default() };
    match bytes.iter().position(|byte| !byte.is_ascii_whitespace()) {
        None => reading.fault(1, None, "the file is empty"),
        Some(start) if bytes.get(start) == Some(&b'[') => reading.json(bytes, start),
        Some(_) => reading.csv(bytes),
    }
    reading.table
}

struct Reading<'a> {
    kind: FileKind,
    columns: &'a [Column],
    faults: &'a mut Faults,
    table: Table,
}

impl Reading<'_> {
    fn fault(&mut self, line: u64, column: Option<&'static str>, message: impl Into<String>) {
        self.faults.add(self.kind, line, column, message);
    }

    /// Which of the known columns is called so.
    fn place(&self, name: &str) -> Option<usize> {
        let plain: String = name
            .chars()
            .filter(|letter| !matches!(letter, '_' | '-' | ' '))
            .flat_map(char::to_lowercase)
            .collect();
        self.columns.iter().position(|column| column.aliases.contains(&plain.as_str()))
    }

    fn ignore(&mut self, name: &str) {
        if self.table.ignored.len() < MAX_IGNORED && !self.table.ignored.contains(name) {
            self.table.ignored.insert(name.chars().take(64).collect());
        }
    }

    /// Whether there is room for one more row; that there is none is told once.
    fn has_room(&mut self, line: u64) -> bool {
        let has_room = self.table.records.len() < MAX_ROWS;
        if !has_room {
            self.fault(line, None, format!("a file has at most {MAX_ROWS} rows"));
        }
        has_room
    }

    fn csv(&mut self, bytes: &[u8]) {
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
        let header = match reader.byte_headers() {
            Ok(header) => header.clone(),
            Err(error) => return self.fault(1, None, format!("this is no CSV: {error}")),
        };
        if header.len() > MAX_COLUMNS {
            return self.fault(1, None, format!("a file has at most {MAX_COLUMNS} columns"));
        }
        let mut places = Vec::with_capacity(header.len());
        for name in &header {
            let Ok(name) = std::str::from_utf8(name) else {
                return self.fault(1, None, "the header is not in UTF-8");
            };
            let place = self.place(name);
            match place {
                Some(place) if places.contains(&Some(place)) => {
                    self.fault(1, Some(self.columns[place].name), "two columns say the same");
                }
                Some(_) => {}
                None => self.ignore(name),
            }
            places.push(place);
        }
        if !places.contains(&Some(0)) {
            return self.fault(1, Some(self.columns[0].name), "the file must have this column");
        }
        let mut record = csv::ByteRecord::new();
        let (mut line, mut counted) = (1, 0);
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return self.fault(line, None, format!("this is no CSV: {error}")),
            }
            // The reader's own place is before the rest of the last line's end, and before empty lines.
            let from =
                record.position().and_then(|place| usize::try_from(place.byte()).ok()).unwrap_or(counted);
            let rest = bytes.get(from..).unwrap_or_default();
            let at = from + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            line += newlines(bytes.get(counted..at).unwrap_or_default());
            counted = at;
            if !self.has_room(line) {
                return;
            }
            if record.len() != header.len() {
                let (has, wanted) = (record.len(), header.len());
                self.fault(line, None, format!("the row has {has} columns and the header {wanted}"));
                continue;
            }
            let mut cells = vec![None; self.columns.len()];
            for (place, bytes) in places.iter().zip(&record) {
                let Some(place) = *place else { continue };
                match std::str::from_utf8(bytes) {
                    Ok(text) => cells[place] = Some(Cell::Text(text.to_owned())),
                    Err(_) => self.fault(line, Some(self.columns[place].name), "this is not in UTF-8"),
                }
            }
            self.table.records.push(Record { line, cells });
        }
    }

    /// One object after the other, so that no more than one is there twice.
    fn json(&mut self, bytes: &[u8], start: usize) {
        let (mut at, mut line, mut counted) = (start + 1, 1, 0);
        let mut is_first = true;
        loop {
            at = skip_space(bytes, at);
            line += newlines(&bytes[counted..at]);
            counted = at;
            match bytes.get(at) {
                Some(b']') => {
                    if skip_space(bytes, at + 1) < bytes.len() {
                        self.fault(line, None, "something follows the end of the array");
                    }
                    return;
                }
                Some(b',') if !is_first => at = skip_space(bytes, at + 1),
                Some(_) if is_first => {}
                _ => return self.fault(line, None, "this is no JSON array of objects"),
            }
            is_first = false;
            line += newlines(&bytes[counted..at]);
            counted = at;
            let mut stream =
                serde_json::Deserializer::from_slice(&bytes[at..]).into_iter::<Map<String, Value>>();
            let object = match stream.next() {
                Some(Ok(object)) => object,
                Some(Err(error)) => {
                    return self.fault(line, None, format!("this is no JSON object: {error}"));
                }
                None => return self.fault(line, None, "the array does not end"),
            };
            at += stream.byte_offset();
            if !self.has_room(line) {
                return;
            }
            self.object(line, object);
        }
    }

    fn object(&mut self, line: u64, object: Map<String, Value>) {
        if object.len() > MAX_COLUMNS {
            return self.fault(line, None, format!("an object has at most {MAX_COLUMNS} members"));
        }
        let mut cells = vec![None; self.columns.len()];
        for (name, value) in object {
            let Some(place) = self.place(&name) else {
                self.ignore(&name);
                continue;
            };
            let column = self.columns[place].name;
            if cells[place].is_some() {
                self.fault(line, Some(column), "two members say the same");
            }
            match cell(value) {
                Some(cell) => cells[place] = Some(cell),
                None => self.fault(
                    line,
                    Some(column),
                    "a value is a text, a number, true, false, null or a list of texts",
                ),
            }
        }
        self.table.records.push(Record { line, cells });
    }
}

/// The value as a cell; null is empty, as in CSV.
fn cell(value: Value) -> Option<Cell> {
    match value {
        Value::Array(values) => {
            let texts = values.into_iter().map(|value| scalar(value).filter(|text| !text.is_empty()));
            Some(Cell::List(texts.collect::<Option<_>>()?))
        }
        value => scalar(value).map(Cell::Text),
    }
}

fn scalar(value: Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn skip_space(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len())
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
