//! Random interleavings of everything that can happen to a run.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::model::{Counting, Ending, Step, World};
use super::on_both_databases;
use crate::storage::scratch::Scratch;

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        4 => Just(Ending::Succeeds),
        2 => Just(Ending::Fails),
        2 => Just(Ending::FailsForNow),
        1 => Just(Ending::Ignores),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let replica = 0..3usize;
    prop_oneof![
        12 => (replica.clone(), 0..4usize, ending(), 0..4usize)
            .prop_map(|(replica, settle, ending, want)| Step::Turn { replica, settle, ending, want }),
        1 => replica.clone().prop_map(|replica| Step::Crash { replica }),
        1 => replica.clone().prop_map(|replica| Step::Zombie { replica }),
        1 => replica.clone().prop_map(|replica| Step::Heartbeat { replica }),
        1 => replica.prop_map(|replica| Step::GiveBack { replica }),
        2 => Just(Step::Rescue),
        2 => (1..40u64).prop_map(|seconds| Step::Wait { seconds }),
        1 => Just(Step::Cancel),
        2 => Just(Step::Retry),
    ]
}

/// Whatever happens in whatever order, everything adds up after every step; and when the chaos
/// ends, the run does too.
async fn every_interleaving_adds_up(scratch: Scratch) {
    Counting::tables(&scratch.db).await;
    let cases = std::env::var("DOCKET_TEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let db = scratch.db.clone();
    let runtime = tokio::runtime::Handle::current();
    // The runner is synchronous: it gets a thread of its own and enters the runtime from there.
    let explored = tokio::task::spawn_blocking(move || {
        let mut runner = TestRunner::new(Config { cases, max_shrink_iters: 200, ..Config::default() });
        let story = (0..9usize, 1..5u32, 1..4u32, proptest::collection::vec(step(), 1..60));
        runner.run(&story, |(items, concurrency, max_attempts, steps)| {
            runtime.block_on(async {
                let mut world = World::new(db.clone(), items, concurrency, max_attempts).await;
                for step in &steps {
                    world.step(step).await;
                }
                calm_down(&mut world).await;
            });
            Ok(())
        })
    });
    explored.await.unwrap().unwrap();
}

/// Time passes, what was lost is taken back, one replica finishes the rest.
async fn calm_down(world: &mut World) {
    for _ in 0..40 {
        if world.run().await.finished_at.is_some() {
            return;
        }
        world.step(&Step::Wait { seconds: 70 }).await;
        world.step(&Step::Rescue).await;
        world.step(&Step::Turn { replica: 0, settle: 0, ending: Ending::Succeeds, want: 9 }).await;
        world.step(&Step::Turn { replica: 0, settle: 9, ending: Ending::Succeeds, want: 9 }).await;
    }
    panic!("the run never ended: {:?}", world.run().await);
}

on_both_databases!(every_interleaving_adds_up);
