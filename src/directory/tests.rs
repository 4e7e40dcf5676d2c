//! The directory on both databases.

use std::time::Duration;

use bytes::Bytes;
use sea_orm::ConnectionTrait as _;

use super::*;
use crate::kernel::{ErrorCode, ManualClock, PageArgs, Role};
use crate::storage::scratch::{Scratch, on_both_databases};

/// Someone with a role of the API.
pub(super) fn actor(user_id: &str, role: Role) -> Actor {
    Actor { user_id: user_id.into(), name: user_id.into(), role, plan: None }
}

/// A directory of its own, and the clock by which it goes.
pub(super) fn directory(scratch: &Scratch) -> (Directory, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new("2026-11-22T08:00:00Z".parse().unwrap()));
    (Directory::new(scratch.db.clone(), clock.clone()), clock)
}

fn csv(text: &str) -> Option<Bytes> {
    Some(Bytes::copy_from_slice(text.as_bytes()))
}

/// A small firm: a board over sales and hr, and sales over its shop.
pub(super) fn firm() -> Import {
    Import {
        departments: csv(
            "id,parent_id,name,leader\nboard,,Board,\nsales,board,Sales,sam\nhr,board,Human Resources,hanna\nshop,sales,Shop,\n",
        ),
        positions: csv("id,dept_id,title\nclerk,shop,Clerk\nhead,sales,Head\n"),
        people: csv("id,name,dept_id,departments,positions,roles,tags,manager,active\n\
             alice,Alice,shop,hr,clerk,approver;cashier,first-aid,sam,\n\
             bob,Bob,shop,,clerk,,,sam,\n\
             sam,Sam,sales,,head,approver,first-aid,,\n\
             hanna,Hanna,hr,,,,,,\n\
             gone,Gone,shop,,clerk,approver,first-aid,,false\n"),
        roles: csv("id,name\napprover,Approvers\ncashier,Cash desk\nhr,HR partners\n"),
        ..Import::default()
    }
}

pub(super) async fn with_the_firm(scratch: &Scratch) -> (Directory, Arc<ManualClock>) {
    let (directory, clock) = directory(scratch);
    directory.import(&actor("olivia", Role::Operator), firm()).await.unwrap();
    (directory, clock)
}

pub(super) fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

async fn groups_have_their_active_members(scratch: Scratch) {
    let (directory, _) = with_the_firm(&scratch).await;
    let members = async |group: Group| directory.members(&group).await.unwrap();
    assert_eq!(members(Group::Role("approver".into())).await, ["alice", "sam"]);
    assert_eq!(members(Group::Department("shop".into())).await, ["alice", "bob"]);
    assert_eq!(members(Group::Department("hr".into())).await, ["alice", "hanna"]);
    assert_eq!(members(Group::Position("clerk".into())).await, ["alice", "bob"]);
    assert_eq!(members(Group::Tag("first-aid".into())).await, ["alice", "sam"]);
    assert!(members(Group::Tag("none".into())).await.is_empty());
    assert!(members(Group::Tag("\0".into())).await.is_empty());
    let groups = [Group::Position("clerk".into()), Group::Role("approver".into()), Group::Role("hr".into())];
    assert_eq!(directory.members_of(&groups).await.unwrap(), ["alice", "bob", "sam"]);
    assert!(directory.members_of(&[]).await.unwrap().is_empty());

    let known = directory.known(&texts(&["alice", "gone", "nobody", "a\0"])).await.unwrap();
    assert_eq!(known, HashSet::from(["alice".to_owned()]));
    let gone = directory.person("gone").await.unwrap().unwrap();
    assert!(!gone.is_active, "who has left stays readable");
    assert_eq!(directory.person("nobody").await.unwrap(), None);
    let alice = directory.person("alice").await.unwrap().unwrap();
    assert_eq!((alice.name.as_str(), alice.manager.as_deref()), ("Alice", Some("sam")));
}

async fn leaders_are_found_level_by_level(scratch: Scratch) {
    let (directory, _) = with_the_firm(&scratch).await;
    let departments = texts(&["shop", "hr", "nowhere", "board", "shop"]);
    let at = async |level| directory.leaders(&departments, level).await.unwrap();
    let some = |name: &str| Some(name.to_owned());
    assert_eq!(at(1).await, [None, some("hanna"), None, None, None]);
    assert_eq!(at(2).await, [some("sam"), None, None, None, some("sam")]);
    assert_eq!(at(3).await, vec![None; 5], "the board has no leader");
    assert_eq!(at(0).await, vec![None; 5]);
    assert_eq!(at(u32::MAX).await, vec![None; 5]);
    let up =
        async |departments: &[&str], levels| directory.leaders_up(&texts(departments), levels).await.unwrap();
    assert_eq!(up(&["shop"], 1).await, texts(&[]));
    assert_eq!(up(&["shop", "hr", "sales"], 2).await, ["hanna", "sam"]);
    assert_eq!(up(&["shop", "hr"], u32::MAX).await, ["hanna", "sam"]);
    assert!(up(&["shop"], 0).await.is_empty());

    // Rows that go in a circle, which no import writes, end too; and who has left leads nobody.
    let circle = "UPDATE directory_department SET parent = 'shop' WHERE id = 'board'";
    scratch.db.writer().execute_unprepared(circle).await.unwrap();
    assert_eq!(up(&["shop"], 64).await, ["sam"]);
    let olivia = actor("olivia", Role::Operator);
    let left = Import { people: csv("id,active\nsam,no\n"), ..Import::default() };
    directory.import(&olivia, left).await.unwrap();
    assert!(up(&["shop"], 64).await.is_empty());
}

async fn people_know_under_which_names_work_is_theirs(scratch: Scratch) {
    let (directory, _) = with_the_firm(&scratch).await;
    let principals = async |user: &str| {
        let principals = directory.principals_of(user).await.unwrap();
        principals.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let alices = [
        "user:alice",
        "role:approver",
        "role:cashier",
        "tag:first-aid",
        "department:hr",
        "department:shop",
        "position:clerk",
    ];
    assert_eq!(principals("alice").await, alices);
    assert_eq!(principals("gone").await, ["user:gone"]);
    assert_eq!(principals("nobody").await, ["user:nobody"]);
    assert_eq!(directory.departments_of("alice").await.unwrap(), ["shop", "hr"], "the primary one first");
    assert!(directory.departments_of("gone").await.unwrap().is_empty());

    // A group that is gone has no members, and is nobody's.
    let olivia = actor("olivia", Role::Operator);
    let departments = csv("id\nboard\nsales\nhr\n");
    let import = Import { departments, mode: ImportMode::Replace, ..Import::default() };
    let report = directory.import(&olivia, import).await.unwrap();
    assert_eq!(report.departments, Counts { unchanged: 3, removed: 1, ..Counts::default() });
    assert_eq!(directory.departments_of("alice").await.unwrap(), ["hr"]);
    assert!(directory.members(&Group::Department("shop".into())).await.unwrap().is_empty());
    assert!(directory.leaders_up(&texts(&["shop"]), 5).await.unwrap().is_empty());
    let names = [Group::Department("shop".into()), Group::Role("hr".into()), Group::Tag("x".into())];
    let names = directory.group_names(&names).await.unwrap();
    assert_eq!((names.len(), names[&Group::Department("shop".into())].as_str()), (2, "Shop"));
}

async fn a_models_groups_are_resolved(scratch: Scratch) {
    let (directory, _) = with_the_firm(&scratch).await;
    let names = texts(&[
        "hr",
        "department:hr",
        "cash DESK",
        "first-aid",
        "Human Resources",
        "clerk",
        "position:Head",
        "nothing",
        "role:nothing",
        "",
        "a\0b",
    ]);
    let found = directory.resolve_groups(&names).await.unwrap();
    let expected = [
        ("hr", "role:hr"),
        ("department:hr", "department:hr"),
        ("cash DESK", "role:cashier"),
        ("first-aid", "tag:first-aid"),
        ("Human Resources", "department:hr"),
        ("clerk", "position:clerk"),
        ("position:Head", "position:head"),
    ];
    let expected: HashMap<_, _> =
        expected.iter().map(|(name, group)| ((*name).to_owned(), group.parse().unwrap())).collect();
    assert_eq!(found, expected);
    let shop = directory.resolve_groups(&["Shop".into(), "role:Shop".into()]).await.unwrap();
    assert_eq!(shop, [("Shop".to_owned(), Group::Department("shop".into()).into())].into());
}

async fn pickers_page_by_name_both_ways(scratch: Scratch) {
    let (directory, _) = directory(&scratch);
    let olivia = actor("olivia", Role::Operator);
    let alice = actor("alice", Role::User);
    // Ids in the opposite order of names, one name twice, and letters beyond ASCII.
    let people = csv("id,name\nu5,Änne\nu4,anna\nu3,Anna\nu2,ANTON\nu1,Zoe\nan,Bert\nx%,%\n");
    let import = Import { people, tags: csv("id,name\nt,Tag\n"), ..firm() };
    let people = import.people.clone();
    directory.import(&olivia, Import { people, tags: import.tags, ..Import::default() }).await.unwrap();
    let search = async |text: &str, args: PageArgs| {
        let page = directory.search_people(&alice, text, &args.check().unwrap()).await.unwrap();
        let ids: Vec<_> = page.edges.iter().map(|edge| edge.node.id.clone()).collect();
        (ids, page.has_previous, page.has_next, page.edges.last().map(|edge| edge.place.cursor()))
    };
    let first =
        |first: i32, after: Option<String>| PageArgs { first: Some(first), after, ..PageArgs::default() };
    let last =
        |last: i32, before: Option<String>| PageArgs { last: Some(last), before, ..PageArgs::default() };
    assert_eq!(search("", first(10, None)).await.0, ["x%", "u3", "u4", "u2", "an", "u1", "u5"]);
    assert_eq!(search("an", first(10, None)).await.0, ["u3", "u4", "u2", "an"], "by name, and by id");
    let (ids, _, more, cursor) = search("an", first(3, None)).await;
    assert_eq!((ids, more), (texts(&["u3", "u4", "u2"]), true));
    let (ids, previous, more, _) = search("an", first(3, cursor.clone())).await;
    assert_eq!((ids, previous, more), (texts(&["an"]), true, false));
    let (ids, previous, more, _) = search("An", last(1, cursor)).await;
    assert_eq!((ids, previous, more), (texts(&["u4"]), true, true));
    assert_eq!(search("äN", first(10, None)).await.0, ["u5"]);
    assert_eq!(search("%", first(10, None)).await.0, ["x%"]);
    assert_eq!(search("x%", first(10, None)).await.0, ["x%"]);
    assert!(search("nobody", first(10, None)).await.0.is_empty());
    assert_eq!(directory.count(&alice, Listing::People, "an").await.unwrap(), 4);
    assert_eq!(directory.count(&alice, Listing::People, "").await.unwrap(), 7);
    assert_eq!(directory.count(&alice, Listing::Tags, "").await.unwrap(), 1);

    for (text, after, field) in
        [("x\0", None, "text"), (&"x".repeat(201), None, "text"), ("", Some("nobody"), "after")]
    {
        let request = PageRequest { limit: 5, backwards: false, after: after.map(Into::into), before: None };
        let fault = directory.search_people(&alice, text, &request).await.unwrap_err();
        assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &field.into()));
    }
}

async fn everything_can_be_listed(scratch: Scratch) {
    let (directory, _) = with_the_firm(&scratch).await;
    let alice = actor("alice", Role::User);
    let all = PageArgs::default().check().unwrap();
    let departments = directory.departments(&alice, "s", &all).await.unwrap();
    let departments: Vec<_> = departments.edges.into_iter().map(|edge| edge.node).collect();
    let expected = Department {
        id: "sales".into(),
        parent: Some("board".into()),
        name: "Sales".into(),
        leader: Some("sam".into()),
    };
    assert_eq!(departments[0], expected);
    assert_eq!(departments[1].id, "shop");
    let positions = directory.positions(&alice, "", &all).await.unwrap();
    assert_eq!(positions.edges[1].node.name, "Head");
    assert_eq!(positions.edges[1].node.department.as_deref(), Some("sales"));
    let tags = directory.tags(&alice, "", &all).await.unwrap();
    assert_eq!(tags.edges[0].node, Tag { id: "first-aid".into(), name: "first-aid".into() });
    let roles = directory.roles(&alice, "hr", &all).await.unwrap();
    assert_eq!(roles.edges[0].node, ApproverRole { id: "hr".into(), name: "HR partners".into() });
}

async fn an_import_is_all_or_nothing_and_repeatable(scratch: Scratch) {
    let (directory, clock) = directory(&scratch);
    let olivia = actor("olivia", Role::Operator);
    let fault = directory.import(&actor("alice", Role::User), firm()).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Forbidden);
    let report = directory.import(&olivia, firm()).await.unwrap();
    assert_eq!(report.people, Counts { created: 5, ..Counts::default() });
    assert_eq!((report.departments.created, report.positions.created), (4, 2));
    assert_eq!((report.roles.created, report.tags.created), (3, 1));

    let updated_at = async || {
        let text = "SELECT count(DISTINCT updated_at), max(updated_at) FROM directory_person";
        let row =
            scratch.db.reader().query_one_raw(crate::storage::dialect::sql(scratch.db.backend(), text, []));
        let row = row.await.unwrap().unwrap();
        let latest: chrono::DateTime<chrono::Utc> = row.try_get_by_index(1).unwrap();
        (row.try_get_by_index::<i64>(0).unwrap(), latest)
    };
    let before = updated_at().await;
    clock.advance(Duration::from_secs(5));
    for mode in [ImportMode::Merge, ImportMode::Replace] {
        let report = directory.import(&olivia, Import { mode, ..firm() }).await.unwrap();
        assert_eq!(report.people, Counts { unchanged: 5, ..Counts::default() });
        assert_eq!(report.departments, Counts { unchanged: 4, ..Counts::default() });
        assert_eq!(report.roles, Counts { unchanged: 3, ..Counts::default() });
    }
    assert_eq!(updated_at().await, before);

    let bad = Import {
        departments: csv("id,name\nnew,New\n"),
        people: csv("id,name,dept_id\nnina,Nina,new\nnora,Nora,nowhere\n"),
        ..Import::default()
    };
    let fault = directory.import(&olivia, bad).await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &"people".into()));
    let told = &fault.details()["faults"][0];
    assert_eq!((&told["line"], &told["column"]), (&3.into(), &"dept_id".into()));
    assert_eq!(directory.person("nina").await.unwrap(), None);

    // Primary departments may change places; one person's row alone is touched.
    let moved = Import { people: csv("id,dept_id,departments\nalice,hr,shop\n"), ..Import::default() };
    let report = directory.import(&olivia, moved).await.unwrap();
    assert_eq!(report.people, Counts { updated: 1, ..Counts::default() });
    assert_eq!(directory.departments_of("alice").await.unwrap(), ["hr", "shop"]);
    assert_eq!(updated_at().await, (2, before.1 + chrono::Duration::seconds(5)));
    // And two people report to each other, which a database must be let believe for a moment.
    let crossed = Import { people: csv("id,manager\nx,y\ny,x\n"), ..Import::default() };
    directory.import(&olivia, crossed).await.unwrap();
}

async fn the_database_refuses_impossible_rows(scratch: Scratch) {
    with_the_firm(&scratch).await;
    let moment = "'2026-11-22T08:00:00+00:00'";
    for statement in [
        "UPDATE directory_person SET manager = id WHERE id = 'alice'",
        "UPDATE directory_person SET manager = 'nobody' WHERE id = 'alice'",
        &format!("UPDATE directory_person SET deleted_at = {moment} WHERE id = 'alice'"),
        "UPDATE directory_department SET parent = id",
        "UPDATE directory_department SET leader = 'nobody'",
        "UPDATE directory_position SET department = 'nowhere'",
        "UPDATE directory_role SET name = ''",
        "UPDATE directory_person_department SET is_primary = true WHERE person = 'alice'",
        "INSERT INTO directory_person_tag (person, tag) VALUES ('alice', 'none')",
        "INSERT INTO directory_person_role (person, role) VALUES ('alice', 'approver')",
        &format!("INSERT INTO directory_external_id VALUES ('s', 'OTHER', 'x', 'y', {moment})"),
        &format!(
            "INSERT INTO directory_absence (person, starts_at, ends_at, created_by, created_at) \
             VALUES ('alice', {moment}, {moment}, 'x', {moment})"
        ),
    ] {
        let error = scratch.db.writer().execute_unprepared(statement).await.unwrap_err();
        assert!(crate::storage::refuses_data(scratch.db.backend(), &error), "{statement}: {error}");
    }
}

async fn imports_at_once_follow_one_another(scratch: Scratch) {
    let (directory, _) = directory(&scratch);
    let olivia = actor("olivia", Role::Operator);
    let imports = (0..6).map(|_| {
        let (directory, olivia) = (directory.clone(), olivia.clone());
        tokio::spawn(async move { directory.import(&olivia, firm()).await.unwrap().people })
    });
    let mut created = 0;
    for import in imports.collect::<Vec<_>>() {
        let people = import.await.unwrap();
        assert!(people.created == 5 || people.unchanged == 5, "{people:?}");
        created += people.created;
    }
    assert_eq!(created, 5);
}

on_both_databases!(
    groups_have_their_active_members,
    leaders_are_found_level_by_level,
    people_know_under_which_names_work_is_theirs,
    a_models_groups_are_resolved,
    pickers_page_by_name_both_ways,
    everything_can_be_listed,
    an_import_is_all_or_nothing_and_repeatable,
    the_database_refuses_impossible_rows,
    imports_at_once_follow_one_another,
);
