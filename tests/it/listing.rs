//! Lists of batches: filters, orders, and paging that neither misses nor repeats one.

use std::time::Duration;

use docket::batch::{Batch, BatchFilter, BatchOrder, BatchOrderField, CreateBatch, Direction};
use docket::engine::RunStatus;
use docket::kernel::{ErrorCode, PageArgs};

use crate::support::{Database, Person, World, batch_of, refusal};

on_both_databases!(
    everybody_lists_their_own_and_admin_all,
    filters_choose,
    paging_walks_every_order_both_ways,
    a_cursor_of_another_order_is_bad_input,
);

const FIELDS: [BatchOrderField; 4] =
    [BatchOrderField::CreatedAt, BatchOrderField::UpdatedAt, BatchOrderField::Number, BatchOrderField::Total];

fn numbers(batches: &[Batch]) -> Vec<i64> {
    batches.iter().map(|batch| batch.row.number).collect()
}

async fn all(person: &Person<'_>, filter: &BatchFilter) -> Vec<i64> {
    let page =
        person.lists(filter, BatchOrder::default(), PageArgs { first: Some(100), ..PageArgs::default() });
    let batches: Vec<_> = page.await.unwrap().edges.into_iter().map(|edge| edge.node).collect();
    numbers(&batches)
}

async fn everybody_lists_their_own_and_admin_all(database: Database) {
    let world = World::idle(database).await;
    let (alice, bob, admin) = (world.alice(), world.bob(), world.admin());
    alice.is_given(10).await;
    bob.is_given(10).await;
    let hers = alice.creates(world.pictures.good(1)).await.batch.row.number;
    let his = bob.creates(world.pictures.good(1)).await.batch.row.number;
    assert!(his > hers);
    let any = BatchFilter::default();
    assert_eq!(all(&alice, &any).await, [hers]);
    assert_eq!(all(&bob, &any).await, [his]);
    assert_eq!(all(&admin, &any).await, [his, hers], "the latest first");
    assert!(all(&world.olivia(), &any).await.is_empty());
    let of_alice = BatchFilter { created_by: Some("alice".into()), ..BatchFilter::default() };
    assert_eq!(all(&admin, &of_alice).await, [hers]);
    assert_eq!(all(&alice, &of_alice).await, [hers]);
    let refused = bob.lists(&of_alice, BatchOrder::default(), PageArgs::default()).await;
    assert_eq!(refusal(refused).0, ErrorCode::Forbidden);
    assert_eq!(world.batches.count(&admin.actor, &of_alice).await.unwrap(), 1);
    assert_eq!(refusal(world.batches.count(&bob.actor, &of_alice).await).0, ErrorCode::Forbidden);
}

async fn filters_choose(database: Database) {
    let mut world = World::idle(database).await;
    world.alice().is_given(100).await;
    let begun = world.now();
    let clean = CreateBatch { feature: "basic_clean".to_owned(), ..batch_of(world.pictures.good(1)) };
    let one = world.alice().tries_to_create(clean).await.unwrap().batch;
    world.later(Duration::from_secs(10));
    let two = world.alice().creates(world.pictures.missing(1)).await.batch;
    world.later(Duration::from_secs(10));
    let three = world.alice().creates(world.pictures.good(1)).await.batch;
    world.alice().cancels(&three).await.unwrap();
    world.work();
    let alice = world.alice();
    alice.waits_for(&one).await;
    alice.waits_for(&two).await;
    let [one, two, three] = [one, two, three].map(|batch| batch.row.number);
    let filter = BatchFilter::default;
    let at = |seconds| Some(begun + Duration::from_secs(seconds));
    for (filter, expected) in [
        (filter(), vec![three, two, one]),
        (BatchFilter { feature: Some("basic_clean".into()), ..filter() }, vec![one]),
        (BatchFilter { feature: Some("none\0".into()), ..filter() }, vec![]),
        (BatchFilter { statuses: Some(vec![RunStatus::Success]), ..filter() }, vec![one]),
        (
            BatchFilter { statuses: Some(vec![RunStatus::Failed, RunStatus::Cancelled]), ..filter() },
            vec![three, two],
        ),
        (BatchFilter { statuses: Some(vec![]), ..filter() }, vec![]),
        (BatchFilter { created_after: at(10), ..filter() }, vec![three, two]),
        (BatchFilter { created_before: at(10), ..filter() }, vec![one]),
        (BatchFilter { created_after: at(10), created_before: at(20), ..filter() }, vec![two]),
        (BatchFilter { statuses: Some(vec![RunStatus::Failed]), created_after: at(11), ..filter() }, vec![]),
    ] {
        assert_eq!(all(&alice, &filter).await, expected, "{filter:?}");
        let count = world.batches.count(&alice.actor, &filter).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), expected.len(), "{filter:?}");
    }
    let far = BatchFilter { created_after: Some(chrono::DateTime::<chrono::Utc>::MAX_UTC), ..filter() };
    let refused = alice.lists(&far, BatchOrder::default(), PageArgs::default()).await;
    assert_eq!(refusal(refused), (ErrorCode::BadInput, Some("filter.createdAfter".into())));
}

/// The key of an order, with the number that breaks ties.
fn key(field: BatchOrderField, batch: &Batch) -> (i64, i64) {
    let key = match field {
        BatchOrderField::CreatedAt => batch.row.created_at.timestamp_micros(),
        BatchOrderField::UpdatedAt => batch.run.updated_at.timestamp_micros(),
        BatchOrderField::Number => batch.row.number,
        BatchOrderField::Total => batch.run.total,
    };
    (key, batch.row.number)
}

async fn paging_walks_every_order_both_ways(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(1_000).await;
    let mut made = Vec::new();
    for n in 0..13_u64 {
        let batch = alice.creates(world.pictures.good(1 + (n % 3) as usize)).await.batch;
        // Ties in every order, and times with few and with many digits.
        if n % 2 == 0 {
            world.later(Duration::from_micros(500_000 * (n % 4) + n));
        }
        made.push(batch);
    }
    for batch in made.iter().step_by(3) {
        world.later(Duration::from_millis(1));
        alice.cancels(batch).await.unwrap();
    }
    let mut expected = Vec::new();
    for batch in &made {
        expected.push(alice.sees(batch).await.unwrap());
    }
    let filter = BatchFilter::default();
    for field in FIELDS {
        for direction in [Direction::Asc, Direction::Desc] {
            expected.sort_by_key(|batch| key(field, batch));
            if direction == Direction::Desc {
                expected.reverse();
            }
            let order = BatchOrder { field, direction };
            let (mut forwards, mut after) = (Vec::new(), None);
            loop {
                let args = PageArgs { first: Some(4), after, ..PageArgs::default() };
                let page = alice.lists(&filter, order, args).await.unwrap();
                assert_eq!(page.has_previous, !forwards.is_empty());
                after = page.edges.last().map(|edge| edge.place.cursor());
                forwards.extend(page.edges.into_iter().map(|edge| edge.node));
                if !page.has_next {
                    break;
                }
            }
            assert_eq!(numbers(&forwards), numbers(&expected), "{order:?}");
            let (mut backwards, mut before) = (Vec::new(), None);
            loop {
                let args = PageArgs { last: Some(5), before, ..PageArgs::default() };
                let page = alice.lists(&filter, order, args).await.unwrap();
                before = page.edges.first().map(|edge| edge.place.cursor());
                backwards.splice(0..0, page.edges.into_iter().map(|edge| edge.node));
                if !page.has_previous {
                    break;
                }
            }
            assert_eq!(numbers(&backwards), numbers(&expected), "{order:?}, from the end");
        }
    }
}

async fn a_cursor_of_another_order_is_bad_input(database: Database) {
    let world = World::idle(database).await;
    let alice = world.alice();
    alice.is_given(10).await;
    alice.creates(world.pictures.good(1)).await;
    let filter = BatchFilter::default();
    let by = |field| BatchOrder { field, direction: Direction::Asc };
    let page = alice.lists(&filter, by(BatchOrderField::Total), PageArgs::default()).await.unwrap();
    let after = Some(page.edges[0].place.cursor());
    for (field, args) in [
        ("after", PageArgs { after: after.clone(), ..PageArgs::default() }),
        ("before", PageArgs { last: Some(1), before: after, ..PageArgs::default() }),
    ] {
        let refused = alice.lists(&filter, by(BatchOrderField::CreatedAt), args).await;
        assert_eq!(refusal(refused), (ErrorCode::BadInput, Some(field.into())));
    }
}
