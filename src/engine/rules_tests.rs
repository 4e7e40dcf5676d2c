//! Tests of the engine's decisions.

use proptest::prelude::*;

use super::*;

const BACKOFF: Backoff = Backoff { base: Duration::from_secs(2), most: Duration::from_secs(60) };

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

fn failed(retry: Retry) -> Result<Outcome, ItemError> {
    Err(ItemError { code: "WHY".into(), message: "because".to_owned(), retry, details: None })
}

fn later(after: Option<Duration>) -> Result<Outcome, ItemError> {
    failed(Retry::Later { after })
}

/// How long an attempt that is made again waits.
fn wait(verdict: Verdict) -> Option<Duration> {
    match verdict {
        Verdict::Again { due_at, .. } => Some((due_at - now()).to_std().unwrap()),
        _ => None,
    }
}

/// A run of ten items, all waiting, with five hands.
fn run() -> run::Model {
    run::Model {
        id: uuid::Uuid::nil(),
        kind: "test".to_owned(),
        priority: 0,
        status: RunStatus::Pending.as_str().to_owned(),
        generation: 1,
        concurrency: 5,
        max_attempts: 3,
        context: "{}".to_owned(),
        total: 10,
        succeeded: 0,
        failed: 0,
        ignored: 0,
        cancelled: 0,
        in_flight: 0,
        revision: 0,
        span: 10,
        head: 0,
        tail: 10,
        next_due_at: None,
        served_at: now(),
        created_at: now(),
        updated_at: now(),
        started_at: None,
        finished_at: None,
    }
}

#[test]
fn waits_double_up_to_the_most() {
    let whole: Vec<_> = (0..8).map(|spent| BACKOFF.wait(spent, 1.0).as_secs()).collect();
    assert_eq!(whole, [2, 2, 4, 8, 16, 32, 60, 60]);
    assert_eq!(BACKOFF.wait(3, 0.0), Duration::from_secs(4), "half of it at the least");
}

#[test]
fn what_may_pass_is_tried_again_until_the_attempts_are_spent() {
    let tried = |spent| wait(judge(later(None), spent, 3, now(), BACKOFF, 1.0));
    assert_eq!([tried(1), tried(2)], [Some(Duration::from_secs(2)), Some(Duration::from_secs(4))]);
    assert_eq!(tried(3), None);
    let last = judge(later(None), 3, 3, now(), BACKOFF, 1.0);
    assert_eq!(last, Verdict::Failed { code: "WHY".into(), message: "because".to_owned(), details: None });
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    assert!(matches!(judge(failed(Retry::Never), 1, 3, now(), BACKOFF, 1.0), Verdict::Failed { .. }));
}

#[test]
fn who_asks_for_more_time_gets_it_within_bounds() {
    let asked = |seconds| {
        wait(judge(later(Some(Duration::from_secs(seconds))), 1, 3, now(), BACKOFF, 1.0)).unwrap().as_secs()
    };
    assert_eq!([asked(1), asked(30), asked(3_600)], [2, 30, 60]);
}

#[test]
fn long_messages_are_cut_between_characters() {
    let message = "é".repeat(MAX_MESSAGE_CHARS + 1);
    let outcome = Ok(Outcome::Ignored { code: "DONE".into(), message });
    let Verdict::Ignored { message, .. } = judge(outcome, 1, 3, now(), BACKOFF, 0.5) else { panic!() };
    assert_eq!(message, format!("{}…", "é".repeat(MAX_MESSAGE_CHARS)));
}

#[test]
fn a_run_ends_as_its_items_did() {
    let ended = |succeeded, failed, ignored, cancelled| {
        let run = run::Model { succeeded, failed, ignored, cancelled, ..run() };
        assert!(is_complete(&run));
        end_state(&run)
    };
    assert_eq!(ended(10, 0, 0, 0), RunStatus::Success);
    assert_eq!(ended(7, 0, 3, 0), RunStatus::Success);
    assert_eq!(ended(0, 0, 10, 0), RunStatus::Success, "there was nothing to do");
    assert_eq!(ended(1, 9, 0, 0), RunStatus::PartialSuccess);
    assert_eq!(ended(0, 9, 1, 0), RunStatus::Failed);
    assert_eq!(ended(9, 0, 0, 1), RunStatus::Cancelled);
    assert!(!is_complete(&run::Model { succeeded: 9, in_flight: 1, ..run() }));
}

#[test]
fn a_lease_stays_on_one_side_of_the_border() {
    let size = |head, tail, want| claim_size(&run::Model { head, tail, concurrency: 100, ..run() }, want);
    assert_eq!(size(8, 15, 50), 2, "the rest of the indexes");
    assert_eq!(size(10, 15, 50), 5, "what is in line again");
    assert_eq!(size(15, 15, 50), 0);
}

proptest! {
    #[test]
    fn no_claim_goes_beyond_hands_positions_or_what_is_wanted(
        concurrency in 0..50_i32, in_flight in 0..60_i64, head in 0..40_i64, more in 0..20_i64, want in 0..80_usize,
    ) {
        let tail = head.max(20) + more;
        let run = run::Model { concurrency, in_flight, span: 20, head, tail, ..run() };
        let size = claim_size(&run, want);
        prop_assert!(size >= 0 && head + size <= tail);
        prop_assert!(size == 0 || in_flight + size <= i64::from(concurrency));
        prop_assert!(usize::try_from(size).unwrap() <= want);
        prop_assert!(head >= 20 || head + size <= 20);
        let possible = want > 0 && in_flight < i64::from(concurrency) && head < tail;
        prop_assert_eq!(size > 0, possible, "whoever can take something does");
    }

    #[test]
    fn every_wait_is_between_half_and_whole(spent in -5..10_000_i32, jitter in -1.0..2.0_f64) {
        let wait = BACKOFF.wait(spent, jitter);
        prop_assert!(wait >= BACKOFF.base / 2 && wait <= BACKOFF.most);
    }
}
