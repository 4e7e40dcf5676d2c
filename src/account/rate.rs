//! The rate limit: a sliding window over when batches were created. A pure decision.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// At most so many in any stretch of so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The most; at least 1.
    pub max: u32,
    /// In how long.
    pub per: Duration,
}

impl Limit {
    /// Where the window that ends `now` begins; what happened then or before no longer counts.
    pub fn window_start(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        chrono::TimeDelta::from_std(self.per)
            .ok()
            .and_then(|per| now.checked_sub_signed(per))
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}

/// What a limit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allowed {
        /// How many more would be allowed right after this one.
        remaining: u32,
    },
    /// Not now; nothing remains.
    Limited {
        /// The first moment at which one more is allowed.
        reset_at: DateTime<Utc>,
    },
}

/// Whether one more is allowed `now`, where `times` are those that happened, in any order; those
/// outside of the window do not count.
pub fn decide(times: &[DateTime<Utc>], limit: Limit, now: DateTime<Utc>) -> Decision {
    let start = limit.window_start(now);
    let mut counted: Vec<_> = times.iter().copied().filter(|time| *time > start).collect();
    let max = usize::try_from(limit.max).unwrap_or(usize::MAX);
    if counted.len() < max {
        let remaining = max - counted.len() - 1;
        return Decision::Allowed { remaining: u32::try_from(remaining).unwrap_or(u32::MAX) };
    }
    // One more fits as soon as all but `max - 1` have left the window.
    counted.sort_unstable();
    let leaving = counted[counted.len() - max];
    let reset_at = chrono::TimeDelta::from_std(limit.per)
        .ok()
        .and_then(|per| leaving.checked_add_signed(per))
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    Decision::Limited { reset_at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    const TEN_A_MINUTE: Limit = Limit { max: 10, per: Duration::from_secs(60) };

    #[test]
    fn the_eleventh_in_a_minute_waits_for_the_first_to_leave() {
        let times: Vec<_> = (0..10).map(at).collect();
        assert_eq!(decide(&times[..9], TEN_A_MINUTE, at(9)), Decision::Allowed { remaining: 0 });
        assert_eq!(decide(&times, TEN_A_MINUTE, at(30)), Decision::Limited { reset_at: at(60) });
        assert_eq!(decide(&times, TEN_A_MINUTE, at(60)), Decision::Allowed { remaining: 0 });
    }

    #[test]
    fn a_lowered_limit_waits_for_as_many_to_leave_as_it_takes() {
        let times: Vec<_> = (0..10).map(at).collect();
        let two = Limit { max: 2, per: Duration::from_secs(60) };
        assert_eq!(decide(&times, two, at(10)), Decision::Limited { reset_at: at(68) });
    }

    proptest! {
        #[test]
        fn the_reset_is_the_first_moment_that_is_allowed(
            times in prop::collection::vec(0i64..200, 0..40),
            max in 1u32..12,
            per in 1u64..100,
            now in 0i64..200,
        ) {
            let times: Vec<_> = times.into_iter().filter(|time| *time <= now).map(at).collect();
            let limit = Limit { max, per: Duration::from_secs(per) };
            match decide(&times, limit, at(now)) {
                Decision::Allowed { remaining } => prop_assert!(remaining < max),
                Decision::Limited { reset_at } => {
                    prop_assert!(reset_at > at(now));
                    let allowed = matches!(decide(&times, limit, reset_at), Decision::Allowed { .. });
                    prop_assert!(allowed);
                    let before = reset_at - chrono::TimeDelta::microseconds(1);
                    let limited = matches!(decide(&times, limit, before), Decision::Limited { .. });
                    prop_assert!(limited);
                }
            }
        }
    }
}
