//! Absences on both databases.

use chrono::Duration;

use super::*;
use crate::directory::tests::{actor, directory, firm};
use crate::kernel::{Clock as _, ErrorCode, Role};
use crate::storage::scratch::{Scratch, on_both_databases};

fn code<T: std::fmt::Debug>(result: Result<T, Fault>) -> ErrorCode {
    result.unwrap_err().code()
}

async fn ones_own_absences_are_set_and_removed(scratch: Scratch) {
    let (directory, clock) = directory(&scratch);
    directory.import(&actor("olivia", Role::Operator), firm()).await.unwrap();
    let now = clock.now();
    let days = |from, until| SetAbsence {
        person: "alice".into(),
        from: now + Duration::days(from),
        until: now + Duration::days(until),
        substitute: Some("bob".into()),
    };
    let alice = actor("alice", Role::User);
    let set = directory.set_absence(&alice, days(1, 3)).await.unwrap();
    // What only touches does not overlap.
    directory.set_absence(&actor("admin", Role::Admin), days(3, 4)).await.unwrap();
    directory.set_absence(&alice, days(-5, 1)).await.unwrap();
    for overlapping in [days(0, 2), days(2, 5), days(-9, 9), days(1, 3)] {
        let fault = directory.set_absence(&alice, overlapping).await.unwrap_err();
        assert_eq!(fault.code(), ErrorCode::Conflict);
    }
    for other in ["bob", "olivia"] {
        let other = actor(other, Role::Operator);
        assert_eq!(code(directory.set_absence(&other, days(7, 8)).await), ErrorCode::Forbidden);
        assert_eq!(code(directory.absences(&other, "alice").await), ErrorCode::Forbidden);
        assert_eq!(code(directory.remove_absence(&other, set.id).await), ErrorCode::NotFound);
    }
    for substitute in ["gone", "nobody"] {
        let set = SetAbsence { substitute: Some(substitute.into()), ..days(7, 8) };
        let fault = directory.set_absence(&alice, set).await.unwrap_err();
        assert_eq!(fault.details()["field"], "substitute");
    }
    for unknown in ["nobody", "gone"] {
        let set = SetAbsence { person: unknown.into(), ..days(7, 8) };
        assert_eq!(code(directory.set_absence(&actor(unknown, Role::User), set).await), ErrorCode::NotFound);
    }
    let all = directory.absences(&alice, "alice").await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(all[1], set);
    assert_eq!(directory.remove_absence(&alice, set.id).await.unwrap(), set);
    assert_eq!(code(directory.remove_absence(&alice, set.id).await), ErrorCode::NotFound);
    directory.set_absence(&alice, days(1, 3)).await.unwrap();
}

async fn of_overlapping_ones_at_once_one_is_set(scratch: Scratch) {
    let (directory, clock) = directory(&scratch);
    directory.import(&actor("olivia", Role::Operator), firm()).await.unwrap();
    let now = clock.now();
    let attempts = (0..8).map(|n| {
        let directory = directory.clone();
        let set = SetAbsence {
            person: "alice".into(),
            from: now + Duration::days(n),
            until: now + Duration::days(20),
            substitute: None,
        };
        tokio::spawn(async move { directory.set_absence(&actor("alice", Role::User), set).await.is_ok() })
    });
    let outcomes = futures::future::join_all(attempts).await;
    assert_eq!(outcomes.into_iter().filter(|outcome| *outcome.as_ref().unwrap()).count(), 1);
}

async fn two_may_name_each_other_at_once(scratch: Scratch) {
    let (directory, clock) = directory(&scratch);
    directory.import(&actor("olivia", Role::Operator), firm()).await.unwrap();
    let now = clock.now();
    for day in 0..10 {
        let set = async |person: &str, substitute: &str| {
            let set = SetAbsence {
                person: person.into(),
                from: now + Duration::days(day),
                until: now + Duration::days(day + 1),
                substitute: Some(substitute.into()),
            };
            directory.set_absence(&actor(person, Role::User), set).await
        };
        let (alices, bobs) = futures::join!(set("alice", "bob"), set("bob", "alice"));
        assert!(alices.is_ok() && bobs.is_ok(), "{alices:?} {bobs:?}");
    }
}

async fn work_goes_to_the_first_who_is_there(scratch: Scratch) {
    let (directory, clock) = directory(&scratch);
    let olivia = actor("olivia", Role::Operator);
    directory.import(&olivia, firm()).await.unwrap();
    let now = clock.now();
    let admin = actor("admin", Role::Admin);
    let away = async |person: &str, from: i64, until: i64, substitute: Option<&str>| {
        let set = SetAbsence {
            person: person.into(),
            from: now + Duration::days(from),
            until: now + Duration::days(until),
            substitute: substitute.map(str::to_owned),
        };
        directory.set_absence(&admin, set).await.unwrap().id
    };
    away("alice", 0, 10, Some("bob")).await;
    away("bob", 2, 4, Some("sam")).await;
    let circle = away("sam", 3, 5, Some("alice")).await;
    away("hanna", 0, 1, None).await;
    let users: Vec<_> = ["alice", "bob", "sam", "hanna", "nobody", "n\0"].map(str::to_owned).into();
    let acting = async |days: i64| {
        let found = directory.substitutes(&users, now + Duration::days(days)).await.unwrap();
        assert_eq!(found.len(), users.len());
        users.iter().map(|user| found[user].clone()).collect::<Vec<_>>()
    };
    assert_eq!(acting(-1).await, users);
    assert_eq!(acting(0).await, ["bob", "bob", "sam", "hanna", "nobody", "n\0"], "from its first moment on");
    assert_eq!(acting(2).await, ["sam", "sam", "sam", "hanna", "nobody", "n\0"]);
    assert_eq!(acting(3).await, users, "in a circle everybody keeps what is theirs");
    assert_eq!(acting(4).await, ["bob", "bob", "bob", "hanna", "nobody", "n\0"], "bob is back");
    assert_eq!(acting(10).await, users, "it is over at its end");

    // A substitute who has left is none.
    directory.remove_absence(&admin, circle).await.unwrap();
    let left = crate::directory::Import { people: Some("id,active\nsam,no\n".into()), ..Default::default() };
    directory.import(&olivia, left).await.unwrap();
    assert_eq!(acting(2).await, users);
    assert!(directory.substitutes(&[], now).await.unwrap().is_empty());
}

on_both_databases!(
    ones_own_absences_are_set_and_removed,
    of_overlapping_ones_at_once_one_is_set,
    two_may_name_each_other_at_once,
    work_goes_to_the_first_who_is_there,
);
