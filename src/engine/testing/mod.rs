//! The engine driven by hand, for the tests of this room and of those that own runs: replicas
//! that claim, record, crash and come back in any order, and a check of every invariant after
//! each step.

mod invariants;
mod world;

use proptest::strategy::{Just, Strategy};
use proptest::test_runner::{Config, TestRunner};
use proptest::{prop_oneof, sample};

pub(crate) use invariants::Seen;
pub(crate) use world::{Owner, World};

/// How many replicas a world has.
pub(crate) const REPLICAS: usize = 3;

/// How an attempt ends in a world.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ending {
    Succeeds,
    Fails,
    FailsForNow,
    Ignores,
}

/// What happens next to a run.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// A replica records how up to `settle` of its attempts ended, and claims up to `want`.
    Turn {
        replica: usize,
        settle: usize,
        ending: Ending,
        want: usize,
        /// The answer to the commit comes back; where it is lost, the replica tries again.
        answered: bool,
    },
    /// A replica claims and records, all in the same way, until there is nothing to claim.
    WorkOff {
        replica: usize,
        ending: Ending,
    },
    /// A replica forgets everything; its leases stay until they run out.
    Crash {
        replica: usize,
    },
    /// A replica that was given up for dead records what it had in hand after all.
    Zombie {
        replica: usize,
    },
    /// A replica keeps its leases.
    Heartbeat {
        replica: usize,
    },
    /// A replica stops in good order.
    GiveBack {
        replica: usize,
    },
    /// Leases that ran out are taken back.
    Rescue,
    /// Time passes.
    Wait {
        seconds: u64,
    },
    Cancel,
    Retry,
}

/// Any ending.
pub(crate) fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        4 => Just(Ending::Succeeds),
        2 => Just(Ending::Fails),
        2 => Just(Ending::FailsForNow),
        1 => Just(Ending::Ignores),
    ]
}

/// Any step, those that bring a run forwards more often.
pub(crate) fn step() -> impl Strategy<Value = Step> {
    let replica = 0..REPLICAS;
    let answered = sample::select(vec![true, true, true, true, false]);
    prop_oneof![
        12 => (replica.clone(), 0..4usize, ending(), 0..4usize, answered).prop_map(
            |(replica, settle, ending, want, answered)| Step::Turn { replica, settle, ending, want, answered }
        ),
        // Without ends there are no retries, and without retries no second generation.
        4 => (replica.clone(), ending()).prop_map(|(replica, ending)| Step::WorkOff { replica, ending }),
        1 => replica.clone().prop_map(|replica| Step::Crash { replica }),
        1 => replica.clone().prop_map(|replica| Step::Zombie { replica }),
        1 => replica.clone().prop_map(|replica| Step::Heartbeat { replica }),
        1 => replica.prop_map(|replica| Step::GiveBack { replica }),
        2 => Just(Step::Rescue),
        2 => (1..40u64).prop_map(|seconds| Step::Wait { seconds }),
        1 => Just(Step::Cancel),
        3 => Just(Step::Retry),
    ]
}

/// Tells random stories, as many as `DOCKET_TEST_CASES` says or else `cases`, and shrinks the first
/// that panics.
pub(crate) async fn explore<S, T>(cases: u32, stories: S, tell: impl Fn(S::Value) -> T + Send + 'static)
where
    S: Strategy + Send + 'static,
    T: Future<Output = ()>,
{
    explore_where(cases, move || stories, tell).await;
}

/// The same with stories that must stay on the thread where they are made.
pub(crate) async fn explore_where<S, T>(
    cases: u32,
    stories: impl FnOnce() -> S + Send + 'static,
    tell: impl Fn(S::Value) -> T + Send + 'static,
) where
    S: Strategy,
    T: Future<Output = ()>,
{
    let cases = std::env::var("DOCKET_TEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    let runtime = tokio::runtime::Handle::current();
    // The runner is synchronous: it gets a thread of its own and enters the runtime from there.
    let explored = tokio::task::spawn_blocking(move || {
        // A failure is told whole; it is not kept in a file.
        let (max_shrink_iters, failure_persistence) = (200, None);
        let config = Config { cases, max_shrink_iters, failure_persistence, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let told = runner.run(&stories(), |story| {
            runtime.block_on(tell(story));
            Ok(())
        });
        told.map_err(|error| error.to_string())
    });
    if let Err(error) = explored.await.unwrap() {
        panic!("{error}");
    }
}
