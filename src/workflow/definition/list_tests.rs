//! Lists of definitions on both databases.

use std::sync::Arc;

use sea_orm::ConnectionTrait as _;

use super::store::{self, listing, versions};
use super::*;
use crate::events::LocalBus;
use crate::kernel::{ErrorCode, ManualClock, PageArgs, PageRequest};
use crate::storage::plans::{Meter, rows_read};
use crate::storage::scratch::{Scratch, on_both_databases};

fn somebody() -> Actor {
    Actor { user_id: "alice".into(), name: "Alice".into(), role: Role::User, plan: None }
}

/// Versions of processes, with a document that is large and never read.
async fn with(scratch: &Scratch, deployed: &[(&str, &str, i32)]) -> Definitions {
    let clock = Arc::new(ManualClock::new("2026-11-22T08:00:00Z".parse().unwrap()));
    let definitions = Definitions::new(scratch.db.clone(), clock.clone(), Arc::new(LocalBus::default()));
    for (key, name, versions) in deployed {
        for version in 1..=*versions {
            let row = process_definition::Model {
                id: Uuid::now_v7(),
                key: (*key).to_owned(),
                version,
                name: if version == *versions { (*name).to_owned() } else { "an older name".to_owned() },
                bpmn_xml: "x".repeat(2_000),
                chart: None,
                deployed_by: "olivia".to_owned(),
                created_at: clock.now(),
            };
            assert!(store::add(scratch.db.writer(), &row).await.unwrap());
        }
    }
    definitions
}

fn told(page: &crate::kernel::Page<DefinitionHead>) -> Vec<String> {
    page.edges.iter().map(|edge| format!("{} {}", edge.node.key, edge.node.version)).collect()
}

async fn the_newest_of_each_are_listed_by_key_both_ways(scratch: Scratch) {
    let definitions = with(
        &scratch,
        &[
            ("leave", "Leave", 3),
            ("expense", "Expense claim", 1),
            ("zz_100%", "Order", 2),
            ("hire", "HIRING", 1),
        ],
    )
    .await;
    let list = async |text: &str, args: PageArgs| {
        definitions.newest(&somebody(), text, &args.check().unwrap()).await.unwrap()
    };
    let all = list("", PageArgs::default()).await;
    assert_eq!(told(&all), ["expense 1", "hire 1", "leave 3", "zz_100% 2"]);
    let cursor = all.edges[1].place.cursor();
    let behind = PageArgs { first: Some(1), after: Some(cursor.clone()), ..PageArgs::default() };
    let behind = list("", behind).await;
    assert_eq!((told(&behind), behind.has_next), (vec!["leave 3".to_owned()], true));
    let last = list("", PageArgs { last: Some(2), ..PageArgs::default() }).await;
    assert_eq!((told(&last), last.has_previous), (vec!["leave 3".to_owned(), "zz_100% 2".to_owned()], true));
    let before = list("", PageArgs { last: Some(5), before: Some(cursor), ..PageArgs::default() }).await;
    assert_eq!(told(&before), ["expense 1"]);
    let none = list("", PageArgs { first: Some(0), ..PageArgs::default() }).await;
    assert!(none.edges.is_empty() && none.has_next);

    assert_eq!(told(&list(" hiring ", PageArgs::default()).await), ["hire 1"], "by name");
    assert_eq!(told(&list("EXP", PageArgs::default()).await), ["expense 1"], "by key");
    assert_eq!(told(&list("_100%", PageArgs::default()).await), ["zz_100% 2"], "letter by letter");
    assert_eq!(told(&list("%", PageArgs::default()).await), ["zz_100% 2"]);
    assert!(list("older", PageArgs::default()).await.edges.is_empty(), "the newest name alone counts");
    let count = async |text: &str| definitions.count(&somebody(), text).await.unwrap();
    assert_eq!((count("").await, count("e").await, count("nothing").await), (4, 4, 0));

    let everything = PageArgs::default().check().unwrap();
    for (text, after, field) in
        [("x\0", None, "text"), (&"x".repeat(201), None, "text"), ("", Some("a\0"), "after")]
    {
        let request = PageRequest { after: after.map(Into::into), ..everything.clone() };
        let fault = definitions.newest(&somebody(), text, &request).await.unwrap_err();
        assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &field.into()));
    }
    assert!(definitions.find("a\0", None).await.unwrap().is_none());
}

async fn an_empty_list_has_nothing(scratch: Scratch) {
    let definitions = with(&scratch, &[]).await;
    let all = PageArgs::default().check().unwrap();
    assert!(definitions.newest(&somebody(), "", &all).await.unwrap().edges.is_empty());
    assert_eq!(definitions.count(&somebody(), "").await.unwrap(), 0);
    assert!(definitions.by_ids(&[]).await.unwrap().is_empty());
}

async fn versions_are_paged_and_read_for_many(scratch: Scratch) {
    let definitions = with(&scratch, &[("leave", "Leave", 5), ("hire", "Hire", 1)]).await;
    let page = async |args: PageArgs| definitions.versions("leave", &args.check().unwrap()).await.unwrap();
    let first = page(PageArgs { first: Some(2), ..PageArgs::default() }).await;
    assert_eq!((told(&first), first.has_next), (vec!["leave 5".to_owned(), "leave 4".to_owned()], true));
    let cursor = Some(first.edges[1].place.cursor());
    let rest = page(PageArgs { after: cursor.clone(), ..PageArgs::default() }).await;
    assert_eq!(told(&rest), ["leave 3", "leave 2", "leave 1"]);
    let before = page(PageArgs { last: Some(1), before: cursor, ..PageArgs::default() }).await;
    assert_eq!(told(&before), ["leave 5"]);
    let last = page(PageArgs { last: Some(1), ..PageArgs::default() }).await;
    assert_eq!(told(&last), ["leave 1"]);
    let lost = PageRequest { limit: 1, backwards: false, after: Some("x".into()), before: None };
    assert_eq!(definitions.versions("leave", &lost).await.unwrap_err().details()["field"], "after");

    let keys = ["leave", "hire", "none", "a\0"].map(str::to_owned);
    let found = definitions.first_versions(&keys, 2).await.unwrap();
    let numbers = |key: &str| found[key].iter().map(|head| head.version).collect::<Vec<_>>();
    assert_eq!((numbers("leave"), numbers("hire"), found.len()), (vec![5, 4], vec![1], 2));
    let counts = definitions.version_counts(&keys).await.unwrap();
    assert_eq!((counts["leave"], counts["hire"], counts.len()), (5, 1, 2));
    let ids = [first.edges[0].node.id, Uuid::nil(), first.edges[0].node.id];
    let heads = definitions.heads(&ids).await.unwrap();
    assert_eq!((heads.len(), &heads[&ids[0]]), (1, &first.edges[0].node));
}

/// Each question with the most rows that it may read, where there are many versions of each.
fn cases(backend: sea_orm::DbBackend) -> Vec<(&'static str, f64, sea_orm::Statement)> {
    let page = PageRequest { limit: 20, backwards: false, after: Some("p30".into()), before: None };
    let keys: Vec<_> = (10..30).map(|n| format!("p{n}")).collect();
    vec![
        // A probe or two a key.
        (
            "the first page",
            200.0,
            listing::newest_statement(backend, "", &PageRequest { after: None, ..page.clone() }),
        ),
        ("a page in the middle", 160.0, listing::newest_statement(backend, "", &page)),
        (
            "a search",
            200.0,
            listing::newest_statement(backend, "nothing", &PageRequest { after: None, ..page }),
        ),
        ("the newest versions of twenty", 60.0, versions::first_statement(backend, &keys, 2)),
    ]
}

async fn many(scratch: &Scratch) {
    let keys: Vec<_> = (10..60).map(|n| format!("p{n}")).collect();
    let deployed: Vec<_> = keys.iter().map(|key| (key.as_str(), "Process", 40)).collect();
    with(scratch, &deployed).await;
    scratch.db.writer().execute_unprepared("ANALYZE").await.unwrap();
}

#[tokio::test]
async fn lists_do_not_read_every_version_on_postgres() {
    let scratch = Scratch::postgres().await;
    many(&scratch).await;
    for (name, most, statement) in cases(scratch.db.backend()) {
        let text = statement.sql.clone();
        let read = rows_read(&scratch.db, statement).await;
        assert!(read <= most, "{name}: {read} rows read by {text}");
    }
}

#[tokio::test]
async fn lists_do_not_read_every_version_on_sqlite() {
    let scratch = Scratch::sqlite().await;
    many(&scratch).await;
    let meter = Meter::over(&scratch).await;
    for (name, most, statement) in cases(scratch.db.backend()) {
        let text = statement.sql.clone();
        let (instructions, _) = meter.instructions(statement).await;
        assert!(instructions as f64 <= 40.0 * most, "{name}: {instructions} instructions by {text}");
    }
}

on_both_databases!(
    the_newest_of_each_are_listed_by_key_both_ways,
    an_empty_list_has_nothing,
    versions_are_paged_and_read_for_many,
);
