//! Random interleavings of everything that can happen to a run.

use std::sync::Arc;

use chrono::DateTime;

use super::effects::Effects;
use super::on_both_databases;
use crate::engine::testing::{World, explore, step};
use crate::kernel::ManualClock;
use crate::storage::scratch::Scratch;

/// Whatever happens in whatever order, everything adds up after every step; and when the chaos
/// ends, the run does too.
async fn every_interleaving_adds_up(scratch: Scratch) {
    let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_700_000_000, 0).unwrap()));
    let effects = Effects::over(scratch.db.clone(), clock.clone()).await;
    let stories = (0..9usize, 1..5u32, 1..4u32, proptest::collection::vec(step(), 1..60));
    explore(30, stories, move |(items, concurrency, max_attempts, steps)| {
        let (effects, clock) = (effects.clone(), clock.clone());
        async move {
            let run = effects.enqueue(items, concurrency, max_attempts).await;
            let engine = effects.engine.clone();
            let mut world = World::over(&engine, clock, &run, effects).await;
            for step in &steps {
                world.step(step).await;
            }
            world.calm_down().await;
        }
    })
    .await;
}

on_both_databases!(every_interleaving_adds_up);
