//! Records as rows of each kind, within their bounds.

use std::collections::{BTreeSet, HashMap};

use super::Import;
use super::columns::{DEPARTMENT, LABEL, PERSON, POSITION};
use super::fault::{Faults, FileKind};
use super::table::{self, Cell, Column, Record};
use crate::directory::group::{MAX_ID, MAX_NAME, is_id};

/// The longest address, in characters.
const MAX_EMAIL: usize = 254;
/// The longest grade, in characters.
const MAX_GRADE: usize = 64;
/// The longest profession, in characters.
const MAX_PROFESSION: usize = 200;
/// The most entries of a list.
const MAX_LIST: usize = 100;

/// What a column says: nothing where the file does not have it, and then what is there stays; an
/// empty one takes away.
pub(super) type Said<T> = Option<Option<T>>;

/// A row of the departments' file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DepartmentLine {
    pub line: u64,
    pub id: String,
    pub parent: Said<String>,
    pub name: Option<String>,
    pub leader: Said<String>,
}

/// A row of the positions' file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PositionLine {
    pub line: u64,
    pub id: String,
    pub department: Said<String>,
    pub name: Option<String>,
    pub grade: Said<String>,
}

/// A row of the people's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PersonLine {
    pub line: u64,
    pub id: String,
    pub name: Option<String>,
    pub email: Said<String>,
    pub department: Said<String>,
    pub departments: Option<Vec<String>>,
    pub position: Said<String>,
    pub positions: Option<Vec<String>>,
    pub roles: Option<Vec<String>>,
    pub tags: Option<Vec<String>>,
    pub manager: Said<String>,
    pub reports_to: Said<String>,
    pub grade: Said<String>,
    pub profession: Said<String>,
    pub is_active: Option<bool>,
}

/// A row of the tags' or the roles' file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LabelLine {
    pub line: u64,
    pub id: String,
    pub name: Option<String>,
}

/// All files, read; none where there is no such file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub departments: Option<Vec<DepartmentLine>>,
    pub positions: Option<Vec<PositionLine>>,
    pub people: Option<Vec<PersonLine>>,
    pub tags: Option<Vec<LabelLine>>,
    pub roles: Option<Vec<LabelLine>>,
    /// Columns that nothing is known of, such as `people.photo`.
    pub ignored: BTreeSet<String>,
    /// Rows could not be read, so that nobody can say what does not exist.
    pub is_partial: bool,
}

/// Reads all files of an import.
pub(super) fn read(import: &Import, faults: &mut Faults) -> Given {
    let mut seen = Seen::default();
    let departments = import.departments.as_deref().map(|bytes| {
        rows(FileKind::Departments, bytes, &DEPARTMENT, faults, &mut seen, |row| {
            let (id, parent, name) = (row.id(0), row.reference(1), row.name(2));
            let leader = row.reference(3);
            Some(DepartmentLine { line: row.record.line, id: id?, parent, name, leader })
        })
    });
    let positions = import.positions.as_deref().map(|bytes| {
        rows(FileKind::Positions, bytes, &POSITION, faults, &mut seen, |row| {
            let (id, department, name) = (row.id(0), row.reference(1), row.name(2));
            let grade = row.text(3, MAX_GRADE);
            Some(PositionLine { line: row.record.line, id: id?, department, name, grade })
        })
    });
    let people = import
        .people
        .as_deref()
        .map(|bytes| rows(FileKind::People, bytes, &PERSON, faults, &mut seen, person));
    let mut labels = |kind, bytes: Option<&[u8]>| {
        bytes.map(|bytes| {
            rows(kind, bytes, &LABEL, faults, &mut seen, |row| {
                let (id, name) = (row.id(0), row.name(1));
                Some(LabelLine { line: row.record.line, id: id?, name })
            })
        })
    };
    let tags = labels(FileKind::Tags, import.tags.as_deref());
    let roles = labels(FileKind::Roles, import.roles.as_deref());
    Given { departments, positions, people, tags, roles, ignored: seen.ignored, is_partial: seen.is_partial }
}

fn person(row: &mut Row<'_>) -> Option<PersonLine> {
    let id = row.id(0);
    let person = PersonLine {
        line: row.record.line,
        id: id.clone().unwrap_or_default(),
        name: row.name(1),
        email: row.email(2),
        department: row.reference(3),
        departments: row.list(4),
        position: row.reference(5),
        positions: row.list(6),
        roles: row.list(7),
        tags: row.list(8),
        manager: row.reference(9),
        reports_to: row.text(10, MAX_ID),
        grade: row.text(11, MAX_GRADE),
        profession: row.text(12, MAX_PROFESSION),
        is_active: row.flag(13),
    };
    id.map(|_| person)
}

/// See [`Given`].
#[derive(Default)]
struct Seen {
    ignored: BTreeSet<String>,
    is_partial: bool,
}

/// The rows of one file whose ids can be read, each id once.
fn rows<T>(
    kind: FileKind,
    bytes: &[u8],
    columns: &'static [Column],
    faults: &mut Faults,
    seen: &mut Seen,
    mut make: impl FnMut(&mut Row<'_>) -> Option<T>,
) -> Vec<T> {
    let before = faults.count();
    let table = table::read(kind, bytes, columns, faults);
    seen.is_partial |= faults.count() > before;
    seen.ignored.extend(table.ignored.iter().map(|name| format!("{}.{name}", kind.as_str())));
    let mut first_lines: HashMap<&str, u64> = HashMap::with_capacity(table.records.len());
    for record in &table.records {
        if let Some(Some(Cell::Text(id))) = record.cells.first()
            && let Some(first) = first_lines.insert(id, record.line)
        {
            faults.add(kind, record.line, Some(columns[0].name), format!("line {first} has the same id"));
        }
    }
    table.records.iter().filter_map(|record| make(&mut Row { kind, columns, record, faults })).collect()
}

/// A record that is read column by column.
struct Row<'a> {
    kind: FileKind,
    columns: &'static [Column],
    record: &'a Record,
    faults: &'a mut Faults,
}

impl<'a> Row<'a> {
    fn fault(&mut self, place: usize, message: String) {
        self.faults.add(self.kind, self.record.line, Some(self.columns[place].name), message);
    }

    /// The cell's text; what is empty is none inside.
    fn said(&mut self, place: usize) -> Said<&'a str> {
        match self.record.cells.get(place)?.as_ref()? {
            Cell::Text(text) => Some(Some(text.as_str()).filter(|text| !text.is_empty())),
            Cell::List(_) => {
                self.fault(place, "this is one value, and no list".to_owned());
                None
            }
        }
    }

    fn id(&mut self, place: usize) -> Option<String> {
        match self.said(place) {
            Some(Some(id)) if is_id(id) => Some(id.to_owned()),
            _ => {
                self.fault(
                    place,
                    format!("an id has 1 to {MAX_ID} characters, none of them a control character"),
                );
                None
            }
        }
    }

    fn reference(&mut self, place: usize) -> Said<String> {
        let said = self.said(place)?;
        if said.is_some_and(|id| !is_id(id)) {
            self.fault(
                place,
                format!("an id has 1 to {MAX_ID} characters, none of them a control character"),
            );
            return None;
        }
        Some(said.map(str::to_owned))
    }

    fn text(&mut self, place: usize, most: usize) -> Said<String> {
        let said = self.said(place)?;
        if said.is_some_and(|text| text.chars().count() > most || text.chars().any(char::is_control)) {
            self.fault(
                place,
                format!("this has at most {most} characters, none of them a control character"),
            );
        }
        Some(said.map(str::to_owned))
    }

    /// An empty name says nothing: everything is called something.
    fn name(&mut self, place: usize) -> Option<String> {
        self.text(place, MAX_NAME)?
    }

    fn email(&mut self, place: usize) -> Said<String> {
        let email = self.text(place, MAX_EMAIL)?;
        let is_one = |email: &String| {
            email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
                && !email.contains(char::is_whitespace)
        };
        if email.as_ref().is_some_and(|email| !is_one(email)) {
            self.fault(place, "this is no e-mail address".to_owned());
        }
        Some(email)
    }

    /// Ids, separated by `;` in a text.
    fn list(&mut self, place: usize) -> Option<Vec<String>> {
        let ids: Vec<String> = match self.record.cells.get(place)?.as_ref()? {
            Cell::Text(text) => {
                text.split(';').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect()
            }
            Cell::List(ids) => ids.clone(),
        };
        if ids.len() > MAX_LIST || ids.iter().any(|id| !is_id(id)) {
            self.fault(place, format!("a list has at most {MAX_LIST} ids, each of 1 to {MAX_ID} characters"));
            return None;
        }
        Some(ids)
    }

    fn flag(&mut self, place: usize) -> Option<bool> {
        let said = self.said(place)??;
        match said.to_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => {
                self.fault(place, "write true or false".to_owned());
                None
            }
        }
    }
}
