//! What an import changes: decided over all that is there, without a database.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::change::{DepartmentRow, Entity, Known, LabelRow, Links, PersonRow, PositionRow, present, settle};
use super::fault::{Faults, FileKind};
use super::rows::{DepartmentLine, Given, LabelLine, PersonLine, PositionLine};
use super::{ImportReport, reporting};
use crate::directory::leaders::MAX_LEVELS;

/// The rows to be written, and what to say of them.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub departments: Vec<DepartmentRow>,
    pub positions: Vec<PositionRow>,
    pub people: Vec<PersonRow>,
    pub tags: Vec<LabelRow>,
    pub roles: Vec<LabelRow>,
    pub report: ImportReport,
}

/// How the files are to be taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// What a file does not name is removed.
    pub is_replacement: bool,
    /// Leaders that no file names follow from who reports to whom.
    pub derive_leaders: bool,
}

/// Which ids of a kind are there when all is done.
type Alive<'a> = HashSet<&'a str>;

/// Plans an import. Where it adds faults, nothing may be written.
pub(super) fn plan(known: &Known, given: &Given, rules: Rules, faults: &mut Faults) -> Plan {
    let departments = given.departments.as_deref();
    let ids = departments.map(|lines| lines.iter().map(|line| line.id.as_str()));
    let alive_departments = alive(&known.departments, ids, rules.is_replacement);
    let positions = given.positions.as_deref();
    let ids = positions.map(|lines| lines.iter().map(|line| line.id.as_str()));
    let alive_positions = alive(&known.positions, ids, rules.is_replacement);
    let lines = given.people.as_deref();
    let ids = lines.map(|lines| lines.iter().map(|line| line.id.as_str()));
    let alive_people = alive(&known.people, ids, rules.is_replacement);
    let mut tags = Labels::of(&known.tags, given.tags.as_deref(), rules.is_replacement);
    let mut roles = Labels::of(&known.roles, given.roles.as_deref(), rules.is_replacement);

    let mut report =
        ImportReport { ignored_columns: given.ignored.iter().cloned().collect(), ..ImportReport::default() };
    let mut wanted_people = Vec::new();
    for line in lines.unwrap_or_default() {
        let mut at = At { faults: &mut *faults, file: FileKind::People, line: line.line };
        at.people(line, &alive_departments, &alive_positions, &alive_people);
        at.labels("tags", line.tags.as_deref(), &mut tags);
        at.labels("roles", line.roles.as_deref(), &mut roles);
        wanted_people.push(person(known, line, &alive_people, &mut report));
    }
    let mut wanted_positions = Vec::new();
    for line in positions.unwrap_or_default() {
        let mut at = At { faults: &mut *faults, file: FileKind::Positions, line: line.line };
        at.must_be("dept_id", line.department.iter().flatten(), &alive_departments);
        wanted_positions.push(position(known, line));
    }
    let mut wanted_departments = Vec::new();
    for line in departments.unwrap_or_default() {
        let mut at = At { faults: &mut *faults, file: FileKind::Departments, line: line.line };
        at.must_be("parent_id", line.parent.iter().flatten(), &alive_departments);
        at.must_be("leader", line.leader.iter().flatten(), &alive_people);
        wanted_departments.push(department(known, line));
    }
    if rules.derive_leaders {
        let said = departments.iter().copied().flatten().filter(|line| line.leader.is_some());
        let said: HashSet<_> = said.map(|line| line.id.as_str()).collect();
        report.leaders_derived =
            lead(known, &wanted_people, &mut wanted_departments, &said, [&alive_departments, &alive_people]);
    }
    check_tree(known, departments.unwrap_or_default(), &wanted_departments, faults);

    let is_replaced = |is_given: bool| is_given && rules.is_replacement;
    let mut plan = Plan { report, ..Plan::default() };
    (plan.departments, plan.report.departments) =
        settle(&known.departments, wanted_departments, is_replaced(departments.is_some()));
    (plan.positions, plan.report.positions) =
        settle(&known.positions, wanted_positions, is_replaced(positions.is_some()));
    (plan.people, plan.report.people) = settle(&known.people, wanted_people, is_replaced(lines.is_some()));
    (plan.tags, plan.report.tags) = settle(&known.tags, tags.wanted(), is_replaced(given.tags.is_some()));
    (plan.roles, plan.report.roles) =
        settle(&known.roles, roles.wanted(), is_replaced(given.roles.is_some()));
    plan
}

/// Those that a file names and, unless it replaces them, those that are there.
fn alive<'a, E: Entity>(
    known: &'a HashMap<String, E>,
    named: Option<impl Iterator<Item = &'a str>>,
    is_replacement: bool,
) -> Alive<'a> {
    let stays = named.is_none() || !is_replacement;
    let there = known.values().filter(|row| stays && !row.is_deleted()).map(Entity::id);
    there.chain(named.into_iter().flatten()).collect()
}

fn department(known: &Known, line: &DepartmentLine) -> DepartmentRow {
    let mut row = present(&known.departments, &line.id);
    set(&mut row.parent, line.parent.as_ref());
    set(&mut row.name, line.name.as_ref());
    set(&mut row.leader, line.leader.as_ref());
    row
}

fn position(known: &Known, line: &PositionLine) -> PositionRow {
    let mut row = present(&known.positions, &line.id);
    set(&mut row.department, line.department.as_ref());
    set(&mut row.name, line.name.as_ref());
    set(&mut row.grade, line.grade.as_ref());
    row
}

fn person(known: &Known, line: &PersonLine, people: &Alive<'_>, report: &mut ImportReport) -> PersonRow {
    let mut row = present(&known.people, &line.id);
    set(&mut row.name, line.name.as_ref());
    set(&mut row.email, line.email.as_ref());
    set(&mut row.grade, line.grade.as_ref());
    set(&mut row.profession, line.profession.as_ref());
    set(&mut row.is_active, line.is_active.as_ref());
    if let Some(to) = &line.reports_to {
        row.manager = to.as_deref().and_then(|to| {
            let is_person = |id: &str| people.contains(id);
            let manager = reporting::manager(&line.id, to, is_person);
            report.managers_unknown += u64::from(manager.is_none());
            manager
        });
    }
    set(&mut row.manager, line.manager.as_ref());
    let Links { departments, positions, tags, roles } = &mut row.links;
    set(departments, joined(line.department.as_ref(), line.departments.as_ref(), true).as_ref());
    set(positions, joined(line.position.as_ref(), line.positions.as_ref(), false).as_ref());
    set(tags, joined(None, line.tags.as_ref(), false).as_ref());
    set(roles, joined(None, line.roles.as_ref(), false).as_ref());
    row
}

/// What a file says, where it says something.
fn set<T: Clone>(kept: &mut T, said: Option<&T>) {
    if let Some(said) = said {
        kept.clone_from(said);
    }
}

/// A column of one id and a column of several as one list by id, each once; where the first is
/// kept in front, that is the one id, or else the first of the several.
fn joined(
    one: Option<&Option<String>>,
    several: Option<&Vec<String>>,
    keeps_first: bool,
) -> Option<Vec<String>> {
    if one.is_none() && several.is_none() {
        return None;
    }
    let said = || one.into_iter().flatten().chain(several.into_iter().flatten());
    let all: BTreeSet<&String> = said().collect();
    let first = said().next().filter(|_| keeps_first);
    Some(first.into_iter().chain(all.into_iter().filter(|id| Some(*id) != first)).cloned().collect())
}

/// Tags or roles: those that a file names or, without such a file, those that people are given.
struct Labels<'a> {
    known: &'a HashMap<String, LabelRow>,
    lines: Option<&'a [LabelLine]>,
    alive: Alive<'a>,
    implied: BTreeSet<&'a str>,
}

impl<'a> Labels<'a> {
    fn of(
        known: &'a HashMap<String, LabelRow>,
        lines: Option<&'a [LabelLine]>,
        is_replacement: bool,
    ) -> Self {
        let ids = lines.map(|lines| lines.iter().map(|line| line.id.as_str()));
        Self { known, lines, alive: alive(known, ids, is_replacement), implied: BTreeSet::new() }
    }

    fn wanted(&self) -> Vec<LabelRow> {
        let named = self.lines.into_iter().flatten().map(|line| {
            let mut row = present(self.known, &line.id);
            set(&mut row.name, line.name.as_ref());
            row
        });
        named.chain(self.implied.iter().map(|id| present(self.known, id))).collect()
    }
}

/// A line whose references are checked.
struct At<'a> {
    faults: &'a mut Faults,
    file: FileKind,
    line: u64,
}

impl At<'_> {
    fn must_be(
        &mut self,
        column: &'static str,
        ids: impl Iterator<Item = impl AsRef<str>>,
        alive: &Alive<'_>,
    ) {
        for id in ids.filter(|id| !alive.contains(id.as_ref())) {
            self.faults.add(self.file, self.line, Some(column), format!("there is no {:?}", id.as_ref()));
        }
    }

    fn people(
        &mut self,
        line: &PersonLine,
        departments: &Alive<'_>,
        positions: &Alive<'_>,
        people: &Alive<'_>,
    ) {
        self.must_be("dept_id", line.department.iter().flatten(), departments);
        self.must_be("departments", line.departments.iter().flatten(), departments);
        self.must_be("position_id", line.position.iter().flatten(), positions);
        self.must_be("positions", line.positions.iter().flatten(), positions);
        self.must_be("manager", line.manager.iter().flatten(), people);
        if line.manager.iter().flatten().any(|manager| *manager == line.id) {
            self.faults.add(self.file, self.line, Some("manager"), "nobody is their own manager");
        }
    }

    /// Without a file of their own, tags and roles are there as soon as somebody has them.
    fn labels<'b>(&mut self, column: &'static str, ids: Option<&'b [String]>, labels: &mut Labels<'b>) {
        if labels.lines.is_some() {
            self.must_be(column, ids.into_iter().flatten(), &labels.alive);
        } else {
            let unknown =
                ids.into_iter().flatten().map(String::as_str).filter(|id| !labels.alive.contains(id));
            labels.implied.extend(unknown);
        }
    }
}

/// Sets the leaders, as they follow from who reports to whom, of the departments that the people
/// are in; how many have one.
fn lead(
    known: &Known,
    people: &[PersonRow],
    wanted: &mut Vec<DepartmentRow>,
    said: &HashSet<&str>,
    [alive, alive_people]: [&Alive<'_>; 2],
) -> u64 {
    let departments = people.iter().filter_map(|person| person.links.departments.first().map(String::as_str));
    let departments = departments.filter(|id| alive.contains(id) && !said.contains(id)).collect();
    let others = known.people.values().filter(|person| alive_people.contains(person.id.as_str()));
    let all = others.chain(people).map(|person| (person.id.as_str(), person)).collect();
    let mut led = reporting::leaders(&all, &departments);
    let count = led.values().flatten().count() as u64;
    for row in wanted.iter_mut() {
        if let Some(leader) = led.remove(row.id.as_str()) {
            row.leader = leader.map(str::to_owned);
        }
    }
    wanted.extend(led.into_iter().map(|(id, leader)| {
        let row = present(&known.departments, id);
        DepartmentRow { leader: leader.map(str::to_owned), ..row }
    }));
    count
}

/// Whether the departments are trees, and not too deep; each circle is told once.
fn check_tree(known: &Known, lines: &[DepartmentLine], wanted: &[DepartmentRow], faults: &mut Faults) {
    let mut parents: HashMap<&str, &str> = HashMap::new();
    for row in known.departments.values().chain(wanted) {
        match &row.parent {
            Some(parent) => parents.insert(&row.id, parent),
            None => parents.remove(row.id.as_str()),
        };
    }
    let above = |id| std::iter::successors(parents.get(id), |id| parents.get(*id)).copied();
    let most = MAX_LEVELS as usize;
    let mut circled = HashSet::new();
    for line in lines {
        let id = line.id.as_str();
        if !circled.contains(id) && above(id).take(most).any(|parent| parent == id) {
            circled.extend(above(id).take(most));
            let message = "the department is above itself, through those above it";
            faults.add(FileKind::Departments, line.line, Some("parent_id"), message);
        }
    }
    for line in lines {
        let id = line.id.as_str();
        let is_deep = above(id).take(most).count() == most;
        if is_deep && !circled.contains(id) && !above(id).take(most).any(|parent| circled.contains(parent)) {
            let message = format!("there are more than {MAX_LEVELS} levels");
            faults.add(FileKind::Departments, line.line, Some("parent_id"), message);
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
