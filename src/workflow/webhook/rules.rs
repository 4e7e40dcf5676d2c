//! Decisions about webhooks, without a database: when to try again, when to give up, how many at once.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::port::WebhookAnswer;
use crate::files::fetch::FetchError;

/// The most webhooks that there are.
pub const MAX_WEBHOOKS: usize = 100;
/// The most of them that are asked before somebody acts: each decision may have to wait for all.
pub const MAX_HOOKS: usize = 10;
/// The most messages that one process sends at once, over all webhooks.
pub const HANDS: usize = 256;
/// The most to one webhook.
pub const HANDS_OF_ONE: usize = 16;
/// The most that one process has claimed ahead, over all webhooks: they go as soon as another has arrived.
const AHEAD: usize = 1_024;
/// The most for one webhook.
const AHEAD_OF_ONE: usize = 128;
/// How long the sender of a message is believed to be alive. More than any receiver may take, with time to
/// record what it has answered.
pub const LEASE: TimeDelta = TimeDelta::seconds(60);
/// What of it has to be left, beside what the receiver may take, when a message is sent.
const RESERVE: TimeDelta = TimeDelta::seconds(5);
/// A webhook to which nothing arrives for so long is disabled.
pub const DEAD_AFTER: TimeDelta = TimeDelta::days(5);
/// Failures that are farther apart than this do not belong together: longer than the longest wait.
const FORGIVEN_AFTER: TimeDelta = TimeDelta::days(2);
/// The longest wait that a receiver may ask for.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

/// How long to wait after each attempt that failed, in seconds: the schedule that the specification
/// recommends (<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>,
/// "Deliverability and reliability"). After the last it is given up.
const WAITS: [i64; 9] = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];
/// The most that a wait is lengthened by chance, as a part of it.
const JITTER: f64 = 0.2;

/// What an attempt has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It has arrived.
    Arrived,
    /// It is sent again then.
    Again(DateTime<Utc>),
    /// It was sent often enough.
    GivenUp,
    /// The receiver wants nothing any more (410). The delivery stays, and the webhook is disabled.
    Gone,
}

/// What an attempt has come to. `tries` counts those before it since it was asked for, `chance` is 0 to 1.
pub fn judge(
    answer: &Result<WebhookAnswer, FetchError>,
    tries: u32,
    chance: f64,
    now: DateTime<Utc>,
) -> Verdict {
    let asked = match answer {
        Ok(answer) if (200..300).contains(&answer.status) => return Verdict::Arrived,
        Ok(answer) if answer.status == 410 => return Verdict::Gone,
        Ok(answer) => answer.retry_after.map(|wait| wait.min(MAX_RETRY_AFTER)),
        Err(_) => None,
    };
    let Some(wait) = WAITS.get(usize::try_from(tries).unwrap_or(usize::MAX)) else { return Verdict::GivenUp };
    let lengthened =
        Duration::from_secs_f64(wait.unsigned_abs() as f64 * (1.0 + JITTER * chance.clamp(0.0, 1.0)));
    let wait = lengthened.max(asked.unwrap_or_default());
    Verdict::Again(now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX / 2))
}

/// What an attempt that failed says, for people.
pub fn reason(answer: &Result<WebhookAnswer, FetchError>) -> Option<String> {
    match answer {
        Ok(answer) if (200..300).contains(&answer.status) => None,
        Ok(answer) => Some(format!("the receiver answered {}", answer.status)),
        Err(error) => Some(error.to_string()),
    }
}

/// Since when a webhook fails that fails now: since the first failure behind which nothing has arrived.
pub fn failing_since(before: Option<(DateTime<Utc>, DateTime<Utc>)>, now: DateTime<Utc>) -> DateTime<Utc> {
    match before {
        Some((since, last)) if now - last <= FORGIVEN_AFTER => since,
        _ => now,
    }
}

/// Whether a webhook that has failed since then, and fails now, is taken for dead.
pub fn is_dead(since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - since >= DEAD_AFTER
}

/// How many messages to one webhook a process sends at once, where so many are enabled. What one may have
/// is never another's: who is slow takes nothing from who is fast.
pub fn hands_of_one(webhooks: usize) -> usize {
    (HANDS / webhooks.max(1)).clamp(1, HANDS_OF_ONE)
}

/// How many it has in hand of one to whom so many were sent since it last claimed: those that it may send at
/// once, and as many again as it can expect to send before the next claim. Who is slow has few.
pub fn in_hand_of_one(webhooks: usize, sent: usize) -> usize {
    hands_of_one(webhooks) + sent.min(AHEAD / webhooks.max(1)).min(AHEAD_OF_ONE)
}

/// Whether a message that was claimed until then can still be sent to somebody who may take so long.
pub fn may_still_be_sent(until: DateTime<Utc>, timeout: Duration, now: DateTime<Utc>) -> bool {
    TimeDelta::from_std(timeout).is_ok_and(|timeout| now + timeout + RESERVE <= until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    fn answered(status: u16) -> Result<WebhookAnswer, FetchError> {
        Ok(WebhookAnswer { status, retry_after: None, body: None })
    }

    fn wait(answer: &Result<WebhookAnswer, FetchError>, tries: u32, chance: f64) -> Option<i64> {
        match judge(answer, tries, chance, now()) {
            Verdict::Again(at) => Some((at - now()).num_seconds()),
            Verdict::GivenUp => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_taken_has_arrived_and_who_is_gone_is_gone() {
        for status in [200, 201, 202, 204, 299] {
            assert_eq!(judge(&answered(status), 3, 0.5, now()), Verdict::Arrived, "{status}");
        }
        assert_eq!(judge(&answered(410), 0, 0.5, now()), Verdict::Gone);
    }

    #[test]
    fn it_is_tried_again_as_the_specification_recommends() {
        let hours = |hours: i64| hours * 3600;
        let expected =
            [5, 300, 1_800, hours(2), hours(5), hours(10), hours(14), hours(20), hours(24)].map(Some);
        for answer in [answered(500), answered(301), answered(404), Err(FetchError::Timeout)] {
            let waits: Vec<_> = (0..9).map(|tries| wait(&answer, tries, 0.0)).collect();
            assert_eq!(waits, expected, "{answer:?}");
            assert_eq!(wait(&answer, 9, 0.0), None, "the tenth attempt was the last");
            assert_eq!(wait(&answer, u32::MAX, 0.0), None);
        }
    }

    #[test]
    fn chance_lengthens_a_wait_by_a_fifth_at_most() {
        assert_eq!(wait(&answered(500), 1, 0.5), Some(330));
        assert_eq!(wait(&answered(500), 1, 1.0), Some(360));
        assert_eq!(wait(&answered(500), 1, 7.0), Some(360));
        assert_eq!(wait(&answered(500), 1, f64::NEG_INFINITY), Some(300));
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_within_bounds() {
        let busy = |seconds| {
            Ok(WebhookAnswer { status: 429, retry_after: Some(Duration::from_secs(seconds)), body: None })
        };
        assert_eq!(wait(&busy(60), 0, 0.0), Some(60));
        assert_eq!(wait(&busy(1), 0, 0.0), Some(5), "less than the schedule's is not waited");
        assert_eq!(wait(&busy(u64::MAX), 0, 0.0), Some(24 * 3600));
        assert_eq!(wait(&busy(60), 9, 0.0), None, "it does not make it come for ever");
    }

    #[test]
    fn only_failures_that_belong_together_make_a_webhook_dead() {
        let (day, start) = (TimeDelta::days(1), now());
        let mut failing = None;
        for failure in 0..5 {
            let at = start + day * failure;
            let since = failing_since(failing, at);
            assert_eq!(since, start);
            assert!(!is_dead(since, at), "day {failure}");
            failing = Some((since, at));
        }
        let at = start + day * 5;
        assert!(is_dead(failing_since(failing, at), at));
        // Nothing was sent for weeks: one more failure says nothing about them.
        let later = start + day * 30;
        assert_eq!(failing_since(failing, later), later);
    }

    #[test]
    fn nobody_has_the_hands_of_another() {
        assert_eq!(hands_of_one(0), HANDS_OF_ONE);
        for webhooks in 1..=MAX_WEBHOOKS {
            let hands = hands_of_one(webhooks);
            assert!((1..=HANDS_OF_ONE).contains(&hands));
            assert!(hands * webhooks <= HANDS, "{webhooks} webhooks have {hands} each");
            assert_eq!(in_hand_of_one(webhooks, 0), hands, "whoever is slow");
            let most = in_hand_of_one(webhooks, usize::MAX);
            assert!(most * webhooks <= HANDS + AHEAD, "{webhooks} webhooks have {most} each");
        }
        assert_eq!(in_hand_of_one(1, 40), HANDS_OF_ONE + 40);
        assert_eq!(in_hand_of_one(1, 4_000), HANDS_OF_ONE + AHEAD_OF_ONE);
    }

    #[test]
    fn what_has_waited_too_long_is_not_sent() {
        let (until, timeout) = (now() + LEASE, Duration::from_secs(30));
        assert!(may_still_be_sent(until, timeout, now()));
        assert!(may_still_be_sent(until, timeout, now() + TimeDelta::seconds(25)));
        assert!(!may_still_be_sent(until, timeout, now() + TimeDelta::seconds(26)));
        assert!(!may_still_be_sent(until, Duration::MAX, now()));
    }
}
