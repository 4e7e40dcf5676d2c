//! Reading for many at once, on both databases.

use std::collections::HashMap;

use super::tests::{texts, with_the_firm};
use super::*;
use crate::kernel::{ErrorCode, PageArgs};
use crate::storage::scratch::{Scratch, on_both_databases};

fn named<T: Listed>(found: &HashMap<String, Vec<T>>, owner: &str) -> Vec<String> {
    found.get(owner).into_iter().flatten().map(|one| one.id().to_owned()).collect()
}

async fn what_many_belong_to_is_read_at_once(scratch: Scratch) {
    let (directory, _) = with_the_firm(&scratch).await;
    let people = texts(&["alice", "bob", "hanna", "gone", "nobody", "a\0", "alice"]);
    let departments = directory.groups_of::<Department>(&people).await.unwrap();
    assert_eq!(named(&departments, "alice"), ["shop", "hr"], "the primary one first, and none twice");
    assert_eq!(named(&departments, "gone"), ["shop"], "what they did stays readable");
    assert_eq!(departments["bob"][0].name, "Shop");
    assert_eq!(departments.len(), 4);
    let roles = directory.groups_of::<ApproverRole>(&people).await.unwrap();
    assert_eq!((named(&roles, "alice"), roles.len()), (texts(&["approver", "cashier"]), 2));
    let positions = directory.groups_of::<Position>(&people).await.unwrap();
    assert_eq!(named(&positions, "bob"), ["clerk"]);
    let tags = directory.groups_of::<Tag>(&people).await.unwrap();
    assert_eq!((named(&tags, "alice"), named(&tags, "bob").len()), (texts(&["first-aid"]), 0));
    assert!(directory.groups_of::<Tag>(&[]).await.unwrap().is_empty());

    let shop = directory.groups::<Department>(&texts(&["shop", "nowhere", "b\0"])).await.unwrap();
    assert_eq!((shop.len(), shop["shop"].parent.as_deref()), (1, Some("sales")));
}

async fn members_are_counted_and_paged(scratch: Scratch) {
    let (directory, _) = with_the_firm(&scratch).await;
    let departments = texts(&["shop", "hr", "board", "nowhere"]);
    let first = directory.first_members(&departments, 1).await.unwrap();
    assert_eq!((named(&first, "shop"), named(&first, "hr")), (texts(&["alice"]), texts(&["alice"])));
    let all = directory.first_members(&departments, 10).await.unwrap();
    assert_eq!(
        (named(&all, "shop"), named(&all, "hr")),
        (texts(&["alice", "bob"]), texts(&["alice", "hanna"]))
    );
    assert_eq!(all.len(), 2, "nobody is on the board");
    assert!(directory.first_members(&[], 10).await.unwrap().is_empty());
    let counts = directory.member_counts(&departments).await.unwrap();
    assert_eq!(counts, HashMap::from([("shop".to_owned(), 2), ("hr".to_owned(), 2)]));

    let page = async |args: PageArgs| {
        let page = directory.members_page("shop", &args.check().unwrap()).await.unwrap();
        let ids: Vec<_> = page.edges.iter().map(|edge| edge.node.id.clone()).collect();
        (ids, page.has_previous, page.has_next, page.edges.last().map(|edge| edge.place.cursor()))
    };
    let (ids, _, more, cursor) = page(PageArgs { first: Some(1), ..PageArgs::default() }).await;
    assert_eq!((ids, more), (texts(&["alice"]), true));
    let (ids, previous, more, cursor) =
        page(PageArgs { first: Some(5), after: cursor, ..PageArgs::default() }).await;
    assert_eq!((ids, previous, more), (texts(&["bob"]), true, false));
    let (ids, ..) = page(PageArgs { last: Some(5), before: cursor, ..PageArgs::default() }).await;
    assert_eq!(ids, ["alice"]);
    let everybody = PageArgs::default().check().unwrap();
    assert!(directory.members_page("a\0", &everybody).await.unwrap().edges.is_empty());
    let lost = PageRequest { after: Some("nobody".into()), ..everybody };
    let fault = directory.members_page("shop", &lost).await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &"after".into()));
}

on_both_databases!(what_many_belong_to_is_read_at_once, members_are_counted_and_paged);
