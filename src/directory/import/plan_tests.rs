use super::*;
use crate::directory::import::change::PersonRow;
use crate::directory::import::{Import, rows};
use bytes::Bytes;
use proptest::prelude::*;

const MERGE: Rules = Rules { is_replacement: false, derive_leaders: false };
const REPLACE: Rules = Rules { is_replacement: true, derive_leaders: false };

fn csv(text: &'static str) -> Option<Bytes> {
    Some(Bytes::from_static(text.as_bytes()))
}

fn given(import: &Import) -> Given {
    let mut faults = Faults::default();
    let given = rows::read(import, &mut faults);
    assert_eq!(faults, Faults::default());
    given
}

fn planned(known: &Known, import: &Import, rules: Rules) -> Plan {
    let mut faults = Faults::default();
    let plan = plan(known, &given(import), rules, &mut faults);
    assert_eq!(faults, Faults::default());
    plan
}

/// Where each fault is.
fn faults(known: &Known, import: &Import, rules: Rules) -> Vec<(&'static str, u64, &'static str)> {
    let mut faults = Faults::default();
    plan(known, &given(import), rules, &mut faults);
    faults.told().iter().map(|f| (f.file.as_str(), f.line, f.column.unwrap_or_default())).collect()
}

/// What is there after the plan has been written.
fn after(known: &Known, plan: Plan) -> Known {
    fn put<E: Entity>(known: &HashMap<String, E>, rows: Vec<E>) -> HashMap<String, E> {
        let mut all = known.clone();
        all.extend(rows.into_iter().map(|row| (row.id().to_owned(), row)));
        all
    }
    Known {
        departments: put(&known.departments, plan.departments),
        positions: put(&known.positions, plan.positions),
        people: put(&known.people, plan.people),
        tags: put(&known.tags, plan.tags),
        roles: put(&known.roles, plan.roles),
    }
}

fn organisation() -> Import {
    Import {
        departments: csv("id,parent_id,name,level\nD1,,Top,1\nD2,D1,Sales,2\nD3,D1,Finance,2\n"),
        positions: csv("id,dept_id,title,grade\nP1,D1,Chief,\nP2,D2,Head of Sales,G7\nP3,D2,Clerk,\n"),
        people: csv("user_id,dept_id,position_id,grade,profession,reports_to\n\
             Body#1,D1,P1,,Policy,XX\nBody#2,D2,P2,G7,,1\nBody#3,D2,P3,,,2\nBody#4,D2,P3,,,2\n"),
        ..Import::default()
    }
}

fn person(known: &Known, id: &str) -> PersonRow {
    known.people[id].clone()
}

#[test]
fn the_same_again_changes_nothing() {
    let plan = planned(&Known::default(), &organisation(), MERGE);
    assert_eq!(plan.report.departments.created, 3);
    assert_eq!(plan.report.positions.created, 3);
    assert_eq!(plan.report.people.created, 4);
    assert_eq!(plan.report.managers_unknown, 1);
    let known = after(&Known::default(), plan);
    assert_eq!(person(&known, "Body#3").manager.as_deref(), Some("Body#2"));
    assert_eq!(person(&known, "Body#3").name, "Body#3");
    assert_eq!(known.positions["P2"].name, "Head of Sales");
    assert_eq!(known.departments["D2"].leader, None, "nobody has asked for leaders");
    for rules in [MERGE, REPLACE] {
        let again = planned(&known, &organisation(), rules);
        assert!(again.departments.is_empty() && again.positions.is_empty() && again.people.is_empty());
        assert_eq!(again.report.people.unchanged, 4);
    }
}

#[test]
fn leaders_follow_from_who_reports_to_whom_when_asked() {
    let derive = Rules { derive_leaders: true, ..MERGE };
    let plan = planned(&Known::default(), &organisation(), derive);
    assert_eq!(plan.report.leaders_derived, 2);
    let known = after(&Known::default(), plan);
    let leader = |known: &Known, id: &str| known.departments[id].leader.clone();
    assert_eq!(leader(&known, "D1").as_deref(), Some("Body#1"));
    assert_eq!(leader(&known, "D2").as_deref(), Some("Body#2"));
    assert_eq!(leader(&known, "D3"), None);
    assert!(planned(&known, &organisation(), derive).departments.is_empty());

    // Without a file of departments; two of D2 report to nobody within it now.
    let moved = Import { people: csv("id,reports_to\nBody#3,1\n"), ..Import::default() };
    let plan = planned(&known, &moved, derive);
    assert_eq!((plan.report.leaders_derived, plan.report.departments.updated), (0, 1));
    let known = after(&known, plan);
    assert_eq!((leader(&known, "D1").as_deref(), leader(&known, "D2")), (Some("Body#1"), None));

    // What a file says stands.
    let named = Import {
        departments: csv("id,leader\nD1,\nD2,Body#4\n"),
        people: organisation().people,
        ..Import::default()
    };
    let known = after(&known, planned(&known, &named, derive));
    assert_eq!((leader(&known, "D1"), leader(&known, "D2").as_deref()), (None, Some("Body#4")));
}

#[test]
fn a_column_that_is_not_there_leaves_what_is_and_an_empty_one_takes_away() {
    let known = after(&Known::default(), planned(&Known::default(), &organisation(), MERGE));
    let import = Import {
        people: csv("id,name,email,departments,tags,roles,active\n\
             Body#2,Bo,bo@example.org,D3;D2;D1,t2;t1,hr,\nBody#3,,,,,,false\n"),
        ..Import::default()
    };
    let plan = planned(&known, &import, MERGE);
    assert_eq!((plan.report.people.updated, plan.report.tags.created, plan.report.roles.created), (2, 2, 1));
    let known = after(&known, plan);
    let bo = person(&known, "Body#2");
    assert_eq!(
        (bo.name.as_str(), bo.email.as_deref(), bo.grade.as_deref()),
        ("Bo", Some("bo@example.org"), Some("G7"))
    );
    assert_eq!(bo.manager.as_deref(), Some("Body#1"), "the file does not say");
    assert_eq!(bo.links.departments, ["D3", "D1", "D2"], "the first is the primary one");
    assert_eq!(
        (bo.links.tags, bo.links.positions),
        (vec!["t1".to_owned(), "t2".into()], vec!["P2".to_owned()])
    );
    let three = person(&known, "Body#3");
    assert!(!three.is_active && !three.is_deleted && three.links.departments.is_empty());
    assert_eq!(three.links.positions, ["P3"]);
}

#[test]
fn a_replacement_removes_what_is_not_named_in_the_kinds_it_names() {
    let known = after(&Known::default(), planned(&Known::default(), &organisation(), MERGE));
    let import = Import { people: csv("id,tags\nBody#1,boss\nnew,\n"), ..Import::default() };
    let plan = planned(&known, &import, REPLACE);
    let people = plan.report.people;
    assert_eq!((people.created, people.updated, people.removed), (1, 1, 3));
    assert_eq!(plan.report.departments.removed, 0);
    let known = after(&known, plan);
    let gone = person(&known, "Body#2");
    assert!(gone.is_deleted && !gone.is_active);
    assert_eq!(gone.links.departments, ["D2"], "its history stays");
    // A removed one is no manager, and comes back as it was.
    let manager = Import { people: csv("id,manager\nnew,Body#2\n"), ..Import::default() };
    assert_eq!(faults(&known, &manager, MERGE), [("people", 2, "manager")]);
    let back = planned(&known, &Import { people: csv("id\nBody#2\n"), ..Import::default() }, MERGE);
    assert_eq!(back.report.people.created, 1);
    assert!(back.people[0].is_active && !back.people[0].is_deleted);
}

#[test]
fn what_does_not_exist_is_told_everywhere_at_once() {
    let import = Import {
        departments: csv("id,parent,leader\nD1,D9,nobody\nD2,D1,a\n"),
        positions: csv("id,dept_id\nP1,D8\n"),
        people: csv("id,dept_id,departments,position_id,positions,manager,tags,roles\n\
             a,D7,D1;D6,P9,P1;P8,b,t,r\nb,,,,,b,,\n"),
        tags: csv("id\nother\n"),
        roles: csv("id\nr\n"),
        ..Import::default()
    };
    let expected = [
        ("people", 2, "dept_id"),
        ("people", 2, "departments"),
        ("people", 2, "position_id"),
        ("people", 2, "positions"),
        ("people", 2, "tags"),
        ("people", 3, "manager"),
        ("positions", 2, "dept_id"),
        ("departments", 2, "parent_id"),
        ("departments", 2, "leader"),
    ];
    assert_eq!(faults(&Known::default(), &import, MERGE), expected);
    let known = after(&Known::default(), planned(&Known::default(), &organisation(), MERGE));
    // What is there may be named; not so what the replacement takes away.
    let import = Import { departments: csv("id,parent\nD4,D3\n"), ..Import::default() };
    assert_eq!(faults(&known, &import, MERGE), []);
    assert_eq!(faults(&known, &import, REPLACE), [("departments", 2, "parent_id")]);
}

#[test]
fn what_is_out_of_bounds_is_told_with_what_does_not_exist_each_once() {
    let long = "x".repeat(129);
    let import = Import {
        people: Some(
            format!(
                "id,name,email,dept_id,tags,manager,grade,active\n\
                 a,{n},no,{long},t;{long},nobody,{g},maybe\n{long},,,,,,,\na,,@,,,,,\nb,,x@y,,,,,\n",
                n = "n".repeat(201),
                g = "g".repeat(65),
            )
            .into(),
        ),
        ..Import::default()
    };
    let mut faults = Faults::default();
    let given = rows::read(&import, &mut faults);
    assert!(!given.is_partial);
    plan(&Known::default(), &given, MERGE, &mut faults);
    let told: Vec<_> = faults.told().iter().map(|f| (f.line, f.column.unwrap_or_default())).collect();
    let expected = [
        (4, "user_id"),
        (2, "name"),
        (2, "email"),
        (2, "dept_id"),
        (2, "tags"),
        (2, "grade"),
        (2, "active"),
        (3, "user_id"),
        (4, "email"),
        (2, "manager"),
    ];
    assert_eq!(told, expected);
    // Where rows are missing, what names them is no fault.
    let import = Import { departments: csv("id,parent\na\nb,a\n"), ..Import::default() };
    assert!(rows::read(&import, &mut Faults::default()).is_partial);
}

#[test]
fn circles_are_told_once_each_and_depth_is_bounded() {
    let import = Import {
        departments: csv("id,parent\na,b\nb,c\nc,a\nunder,a\nself,self\nfine,\n"),
        ..Import::default()
    };
    let expected = [("departments", 2, "parent_id"), ("departments", 6, "parent_id")];
    assert_eq!(faults(&Known::default(), &import, MERGE), expected);
    // Together with what is there already.
    let known = after(&Known::default(), planned(&Known::default(), &organisation(), MERGE));
    let import = Import { departments: csv("id,parent\nD1,D2\n"), ..Import::default() };
    assert_eq!(faults(&known, &import, MERGE), [("departments", 2, "parent_id")]);
    let line = |levels: usize| {
        let rows: String = (1..levels).map(|n| format!("{n},{}\n", n - 1)).collect();
        Import { departments: Some(format!("id,parent\n0,\n{rows}").into()), ..Import::default() }
    };
    assert_eq!(faults(&Known::default(), &line(64), MERGE), []);
    assert_eq!(faults(&Known::default(), &line(65), MERGE), [("departments", 66, "parent_id")]);
}

proptest! {
    /// Whatever is imported, and over whatever: written and imported again, it changes nothing.
    #[test]
    fn every_import_is_idempotent(
        first in arbitrary(),
        second in arbitrary(),
        is_replacement in any::<bool>(),
        derive_leaders in any::<bool>(),
    ) {
        let rules = Rules { is_replacement, derive_leaders };
        let known = after(&Known::default(), planned(&Known::default(), &first, rules));
        let once = after(&known, planned(&known, &second, rules));
        let again = planned(&once, &second, rules);
        prop_assert!(again.departments.is_empty() && again.positions.is_empty() && again.people.is_empty());
        prop_assert!(again.tags.is_empty() && again.roles.is_empty());
    }
}

/// Departments in a random tree with people who report to each other at random.
fn arbitrary() -> impl Strategy<Value = Import> {
    let departments = proptest::collection::vec(any::<proptest::sample::Index>(), 1..8);
    let person = (any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), 0_u8..4, any::<bool>());
    (departments, proptest::collection::vec(person, 0..8)).prop_map(|(parents, people)| {
        let count = parents.len();
        let parent = |(n, parent): (usize, proptest::sample::Index)| {
            let parent = if n > 0 { format!("d{}", parent.index(n)) } else { String::new() };
            format!("d{n},{parent}\n")
        };
        let departments: String = parents.into_iter().enumerate().map(parent).collect();
        let size = people.len();
        let person = |(n, (department, manager, tag, active)): (
            usize,
            (proptest::sample::Index, proptest::sample::Index, u8, bool),
        )| {
            format!("b#{n},d{},{},t{tag},{active}\n", department.index(count), manager.index(size + 1))
        };
        let people: String = people.into_iter().enumerate().map(person).collect();
        Import {
            departments: Some(format!("id,parent\n{departments}").into()),
            people: Some(format!("id,dept_id,reports_to,tags,active\n{people}").into()),
            ..Import::default()
        }
    })
}
