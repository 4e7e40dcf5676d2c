//! Random interleavings of everything that can happen to batches and to the quota that pays them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::town::{Event, OFFERS, Services, Town, USERS};
use crate::engine::testing::{self, Ending, REPLICAS, Step, ending, explore};
use crate::storage::scratch::{Scratch, on_both_databases};

fn create() -> impl Strategy<Value = Event> {
    let key = prop::option::weighted(0.3, 0..2u8);
    (0..USERS, 0..OFFERS, 1..6usize, key).prop_map(|(user, offer, items, key)| Event::Create {
        user,
        offer,
        items,
        key,
    })
}

fn grant() -> impl Strategy<Value = Event> {
    (0..USERS, 1..20i64).prop_map(|(user, amount)| Event::Grant { user, amount })
}

/// Something that brings a batch to its second generation, or through it.
fn turning_point() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..REPLICAS).prop_map(|replica| Step::WorkOff { replica, ending: Ending::Fails }),
        3 => Just(Step::Retry),
    ]
}

fn to_one(step: impl Strategy<Value = Step>) -> impl Strategy<Value = Event> {
    (0..3usize, step).prop_map(|(batch, step)| Event::To { batch, step })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => grant(),
        1 => create(),
        14 => to_one(testing::step()),
        6 => to_one(turning_point()),
        2 => (0..3usize, 0..REPLICAS, ending())
            .prop_map(|(batch, replica, ending)| Event::Rush { batch, replica, ending }),
    ]
}

/// A story begins with some quota and some batches: without them there is little to tell.
fn story() -> impl Strategy<Value = Vec<Event>> {
    (vec(grant(), 2..4), vec(create(), 1..4), vec(event(), 1..60))
        .prop_map(|(grants, creates, events)| [grants, creates, events].concat())
}

/// Whatever happens in whatever order, after every step the ledger is what the items say, to the
/// unit; so is what everybody was answered.
async fn the_ledger_adds_up_in_every_interleaving(scratch: Scratch) {
    let services = Services::over(scratch).await;
    explore(12, story(), move |events| {
        let services = services.clone();
        async move {
            let mut town = Town::new(services);
            for event in &events {
                town.goes_on(event).await;
            }
            town.calms_down().await;
        }
    })
    .await;
}

on_both_databases!(the_ledger_adds_up_in_every_interleaving);
