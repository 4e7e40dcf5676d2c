//! What the directory's questions read, asked of both databases' planners with many people there.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait as _, Statement};

use super::tests::{actor, directory};
use super::*;
use crate::kernel::Role;
use crate::storage::plans::{Meter, rows_read};
use crate::storage::scratch::Scratch;

/// How many people there are, ten in each department, and each with a position of their own.
const PEOPLE: usize = 5_000;

async fn fill(scratch: &Scratch) -> Directory {
    let (directory, clock) = directory(scratch);
    let (mut departments, mut positions, mut people) =
        ("id,parent,name,leader\n".to_owned(), "id,dept_id,title\n".to_owned(), String::new());
    people.push_str("id,name,dept_id,position_id,roles,tags\n");
    for n in 0..PEOPLE / 10 {
        let parent = if n == 0 { String::new() } else { format!("d{}", n / 3) };
        writeln!(departments, "d{n},{parent},Department {n},u{}", n * 10).unwrap();
    }
    for n in 0..PEOPLE {
        writeln!(positions, "p{n},d{},Post {n}", n / 10).unwrap();
        writeln!(people, "u{n},Person {n},d{},p{n},r{},t{}", n / 10, n % 500, n % 700).unwrap();
    }
    let import = Import {
        departments: Some(departments.into()),
        positions: Some(positions.into()),
        people: Some(people.into()),
        ..Import::default()
    };
    directory.import(&actor("olivia", Role::Operator), import).await.unwrap();
    // Everybody has been away once, and every tenth is away now, for whom the next one acts.
    let (past, start, end) =
        (clock.now() - chrono::Duration::days(9), clock.now(), clock.now() + chrono::Duration::days(9));
    for n in 0..PEOPLE {
        let (from, until) = if n % 10 == 0 { (start, end) } else { (past, start) };
        let statement = crate::storage::dialect::sql(
            scratch.db.backend(),
            "INSERT INTO directory_absence (person, starts_at, ends_at, substitute, created_by, created_at) \
             VALUES ($1, $2, $3, $4, 'x', $2)",
            [format!("u{n}").into(), from.into(), until.into(), format!("u{}", (n + 1) % PEOPLE).into()],
        );
        scratch.db.writer().execute_raw(statement).await.unwrap();
    }
    scratch.db.writer().execute_unprepared("ANALYZE").await.unwrap();
    directory
}

/// Each question with the most rows that it may read.
fn cases(directory: &Directory) -> Vec<(&'static str, f64, Statement)> {
    let (backend, db) = (directory.db.backend(), directory.db.reader());
    let ids =
        |prefix: &str, step: usize| (0..20).map(|n| format!("{prefix}{}", n * step)).collect::<Vec<_>>();
    let groups = [
        Group::Role("r7".into()),
        Group::Tag("t7".into()),
        Group::Department("d7".into()),
        Group::Position("p7".into()),
    ];
    let middle = PageRequest { limit: 20, backwards: false, after: None, before: None };
    let after = Some(("person 2500".to_owned(), "u2500".to_owned()));
    let names = ["r7", "t7", "Department 7", "Post 7", "nothing"];
    let keys = names.map(group::name_key);
    vec![
        // The links and the people of 10 + 8 + 10 + 1, and the groups.
        ("members of groups", 80.0, store::members_statement(backend, &groups).unwrap()),
        ("a person's groups", 20.0, store::groups_of_statement(backend, "u1234")),
        // Twenty departments, at most seven levels deep, each with a leader.
        ("leaders", 20.0 * 7.0 * 2.0, store::led_statement(backend, &ids("d", 24), 64).unwrap()),
        // The links and the departments; the links and people of twenty times ten, and their sorting.
        (
            "many people's departments",
            80.0,
            many::groups_of_statement::<Department>(backend, &ids("u", 77)).unwrap(),
        ),
        ("the first members", 640.0, many::first_members_statement(backend, &ids("d", 24), 5).unwrap()),
        ("groups by name", 20.0, store::find_groups_statement(backend, &names, &keys).unwrap()),
        ("who is away", 200.0, absence::away_statement(db, &ids("u", 10), directory.clock.now()).unwrap()),
        (
            "the first page of people",
            25.0,
            listing::page_statement::<Person>(backend, "", None, None, &middle),
        ),
        (
            "people in the middle",
            25.0,
            listing::page_statement::<Person>(backend, "", after.clone(), None, &middle),
        ),
        (
            "people whose name begins so",
            80.0,
            listing::page_statement::<Person>(backend, "Person 2", after, None, &middle),
        ),
        (
            "people whose id begins so",
            80.0,
            listing::page_statement::<Person>(backend, "u499", None, None, &middle),
        ),
    ]
}

#[tokio::test]
async fn questions_read_little_more_than_their_answers_on_postgres() {
    let scratch = Scratch::postgres().await;
    let directory = fill(&scratch).await;
    for (name, most, statement) in cases(&directory) {
        let text = statement.sql.clone();
        let read = rows_read(&scratch.db, statement).await;
        assert!(read <= most, "{name}: {read} rows read by {text}");
    }
}

#[tokio::test]
async fn questions_read_little_more_than_their_answers_on_sqlite() {
    let scratch = Scratch::sqlite().await;
    let directory = fill(&scratch).await;
    let meter = Meter::over(&scratch).await;
    for (name, most, statement) in cases(&directory) {
        let text = statement.sql.clone();
        let (instructions, rows) = meter.instructions(statement).await;
        assert!(rows > 0, "{name}");
        // As many rows as on PostgreSQL, at some instructions each.
        assert!(instructions as f64 <= 30.0 * most, "{name}: {instructions} instructions by {text}");
    }
}
