//! The ledger: grants under keys, and who may see what.

use docket::account::{Booking, ChargeError, GrantQuota, LedgerKind, Refunded};
use docket::kernel::{Clock as _, ErrorCode, PageArgs, Place};
use docket::storage::dialect::sql;
use futures::future::join_all;
use sea_orm::{ConnectionTrait as _, DbErr};
use uuid::Uuid;

use crate::support::{Database, World, refusal};

on_both_databases!(
    a_grant_is_booked_once_whoever_repeats_it,
    a_key_with_another_input_is_a_conflict,
    only_admin_grants_and_sees_others_quota,
    the_same_grant_from_many_at_once_is_booked_once,
    a_booking_needs_its_batch_and_a_batch_its_account,
    charges_race_and_never_overdraw,
    nothing_is_booked_twice_under_one_operation,
    the_ledger_is_paged_newest_first,
);

fn grant(key: &str) -> GrantQuota {
    GrantQuota { user_id: "alice".into(), amount: 100, reason: "welcome".into(), idempotency_key: key.into() }
}

async fn a_grant_is_booked_once_whoever_repeats_it(database: Database) {
    let world = World::idle(database).await;
    let first = world.accounts.grant(&world.admin().actor, grant("a")).await.unwrap();
    let again = world.accounts.grant(&world.admin().actor, grant("a")).await.unwrap();
    assert_eq!(first, again);
    assert_eq!((first.balance_after, first.kind), (100, LedgerKind::Grant));
    assert_eq!(world.alice().ledger().await, [first]);
}

async fn a_key_with_another_input_is_a_conflict(database: Database) {
    let world = World::idle(database).await;
    let admin = world.admin().actor;
    world.accounts.grant(&admin, grant("a")).await.unwrap();
    for other in [
        GrantQuota { user_id: "bob".into(), ..grant("a") },
        GrantQuota { amount: 99, ..grant("a") },
        GrantQuota { reason: "again".into(), ..grant("a") },
    ] {
        let refused = refusal(world.accounts.grant(&admin, other).await);
        assert_eq!(refused, (ErrorCode::Conflict, Some("idempotencyKey".into())));
    }
    assert_eq!((world.alice().balance().await, world.bob().balance().await), (100, 0));
}

async fn only_admin_grants_and_sees_others_quota(database: Database) {
    let world = World::idle(database).await;
    for person in [world.alice(), world.olivia()] {
        assert_eq!(refusal(world.accounts.grant(&person.actor, grant("a")).await).0, ErrorCode::Forbidden);
    }
    world.alice().is_given(7).await;
    let (bob, admin) = (world.bob().actor, world.admin().actor);
    assert_eq!(refusal(world.accounts.balance_of(&bob, "alice").await).0, ErrorCode::Forbidden);
    assert_eq!(refusal(world.accounts.ledger_count_of(&bob, "alice").await).0, ErrorCode::Forbidden);
    assert_eq!(world.accounts.balance_of(&admin, "alice").await.unwrap(), 7);
    let entry = world.alice().ledger().await[0].id;
    assert!(world.accounts.entries(&bob, &[entry]).await.unwrap().is_empty());
    assert_eq!(world.accounts.entries(&admin, &[entry]).await.unwrap()[&entry].amount, 7);
}

async fn the_same_grant_from_many_at_once_is_booked_once(database: Database) {
    let world = World::idle(database).await;
    let admin = world.admin().actor;
    let answers = join_all((0..8).map(|_| world.accounts.grant(&admin, grant("a")))).await;
    let entries: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert!(entries.iter().all(|entry| entry == &entries[0]));
    assert_eq!(world.alice().ledger().await.len(), 1);
}

fn booking<'a>(amount: i64, operation_key: &'a str) -> Booking<'a> {
    Booking { user_id: "alice", amount, operation_key, reason: "test", batch_id: Uuid::nil() }
}

/// The batch that [`booking`] is for, as empty as it can be.
async fn its_batch(world: &World, created_by: &str) -> Result<(), DbErr> {
    let (id, now) = (Uuid::nil(), world.clock.now());
    let tx = world.db.begin().await?;
    tx.execute_raw(sql(
        world.db.backend(),
        "INSERT INTO engine_run \
         (id, kind, concurrency, max_attempts, context, total, span, tail, served_at, created_at, updated_at) \
         VALUES ($1, 'test', 1, 1, '', 0, 0, 0, $2, $2, $2)",
        [id.into(), now.into()],
    ))
    .await?;
    tx.execute_raw(sql(
        world.db.backend(),
        "INSERT INTO batch (id, kind, created_by, item_cost, created_at) VALUES ($1, 'APPROVAL', $2, 0, $3)",
        [id.into(), created_by.into(), now.into()],
    ))
    .await?;
    tx.commit().await
}

async fn a_booking_needs_its_batch_and_a_batch_its_account(database: Database) {
    let world = World::idle(database).await;
    world.alice().is_given(50).await;
    let tx = world.db.begin().await.unwrap();
    world.accounts.charge_in_op(&tx, booking(20, "a")).await.unwrap();
    assert!(tx.commit().await.is_err());
    assert!(its_batch(&world, "nobody").await.is_err());
    assert_eq!(world.alice().balance().await, 50);
    its_batch(&world, "alice").await.unwrap();
    let tx = world.db.begin().await.unwrap();
    world.accounts.charge_in_op(&tx, booking(20, "a")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.alice().balance().await, 30);
}

async fn charges_race_and_never_overdraw(database: Database) {
    let world = World::idle(database).await;
    world.alice().is_given(50).await;
    its_batch(&world, "alice").await.unwrap();
    let charge = async |n: i32| {
        let tx = world.db.begin().await.unwrap();
        let key = format!("charge {n}");
        let charged = world.accounts.charge_in_op(&tx, booking(7, &key)).await;
        if charged.is_ok() {
            tx.commit().await.unwrap();
        }
        charged
    };
    let answers = join_all((0..12).map(charge)).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 7);
    for refused in answers.into_iter().filter_map(Result::err) {
        assert!(matches!(refused, ChargeError::Insufficient { required: 7, balance: 0..7 }), "{refused}");
    }
    assert_eq!(world.alice().balance().await, 1);
    assert_eq!(world.alice().ledger().await.len(), 8);
}

async fn nothing_is_booked_twice_under_one_operation(database: Database) {
    let world = World::idle(database).await;
    world.alice().is_given(50).await;
    its_batch(&world, "alice").await.unwrap();
    let tx = world.db.begin().await.unwrap();
    assert_eq!(world.accounts.charge_in_op(&tx, booking(20, "a")).await.unwrap(), 30);
    let again = world.accounts.charge_in_op(&tx, booking(20, "a")).await;
    assert!(matches!(again, Err(ChargeError::AlreadyBooked)));
    let refund = world.accounts.refund_in_op(&tx, booking(5, "b")).await.unwrap();
    assert_eq!(refund, Refunded::Executed { balance: 35 });
    assert_eq!(world.accounts.refund_in_op(&tx, booking(5, "b")).await.unwrap(), Refunded::AlreadyApplied);
    assert_eq!(world.accounts.refund_in_op(&tx, booking(0, "c")).await.unwrap(), Refunded::NothingDue);
    assert!(world.accounts.refund_in_op(&tx, booking(-5, "d")).await.is_err());
    assert!(world.accounts.charge_in_op(&tx, booking(-5, "e")).await.is_err());
    tx.commit().await.unwrap();
    assert_eq!(world.alice().balance().await, 35);
    let amounts: Vec<_> = world.alice().ledger().await.iter().map(|entry| entry.amount).collect();
    assert_eq!(amounts, [5, -20, 50]);
}

async fn the_ledger_is_paged_newest_first(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    for amount in 1..=5 {
        alice.is_given(amount).await;
    }
    world.bob().is_given(9).await;
    let page = async |args: PageArgs| {
        let page = world.accounts.ledger(&alice.actor, &args.check().unwrap()).await.unwrap();
        let amounts: Vec<_> = page.edges.iter().map(|edge| edge.node.amount).collect();
        (amounts, page.edges, page.has_previous, page.has_next)
    };
    let (amounts, edges, previous, next) = page(PageArgs { first: Some(2), ..PageArgs::default() }).await;
    assert_eq!((amounts.as_slice(), previous, next), ([5, 4].as_slice(), false, true));
    let after = Some(edges[1].place.cursor());
    let (amounts, _, previous, next) = page(PageArgs { after, ..PageArgs::default() }).await;
    assert_eq!((amounts.as_slice(), previous, next), ([3, 2, 1].as_slice(), true, false));
    let before = Some(edges[1].place.cursor());
    let (amounts, ..) = page(PageArgs { last: Some(5), before, ..PageArgs::default() }).await;
    assert_eq!(amounts, [5]);
    let (amounts, _, previous, _) = page(PageArgs { last: Some(2), ..PageArgs::default() }).await;
    assert_eq!((amounts.as_slice(), previous), ([2, 1].as_slice(), true));
    assert_eq!(world.accounts.ledger_count(&alice.actor).await.unwrap(), 5);
    let bad = PageArgs { after: Some(Place::Text("x".to_owned()).cursor()), ..PageArgs::default() };
    let refused = world.accounts.ledger(&alice.actor, &bad.check().unwrap()).await;
    assert_eq!(refusal(refused), (ErrorCode::BadInput, Some("after".into())));
}
