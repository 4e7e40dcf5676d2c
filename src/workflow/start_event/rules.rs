//! When a process begins by the clock.

use chrono::{DateTime, Utc};

use crate::workflow::cycle::{self, Cycle};
use crate::workflow::due;
use crate::workflow::model::Timer;

/// A timer that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Armed {
    /// For when.
    pub at: DateTime<Utc>,
    /// Where it waits again: the time between.
    pub every: Option<String>,
    /// How often it waits again; none: without end.
    pub more: Option<i32>,
}

/// What a timer waits for that is deployed now; none where that has gone by. A date that has gone by is
/// waited for all the same where the version before waited for it (`was_due`) and has not begun yet.
///
/// # Errors
/// Where it says no time.
pub(super) fn arm(
    timer: &Timer,
    now: DateTime<Utc>,
    was_due: Option<DateTime<Utc>>,
) -> Result<Option<Armed>, String> {
    let (Timer::Date(text) | Timer::Duration(text) | Timer::Cycle(text)) = timer;
    let once = |at| Armed { at, every: None, more: None };
    match timer {
        Timer::Date(_) | Timer::Duration(_) => {
            let at = due::parse(text.source(), now).map_err(|error| error.to_string())?;
            Ok((at >= now || was_due == Some(at)).then(|| once(at)))
        }
        Timer::Cycle(_) => {
            let cycle = Cycle::parse(text.source()).map_err(|error| error.to_string())?;
            let at = cycle.first(now).map_err(|error| error.to_string())?;
            let more = cycle.times.map(|times| i32::try_from(times.saturating_sub(1)).unwrap_or(i32::MAX));
            Ok(Some(Armed { at, every: Some(cycle.interval), more }))
        }
    }
}

/// What a timer waits for next that has just begun an instance; none: for nothing any more. What it has
/// missed while nobody looked is made up by that one, and its times stay where they were.
pub(super) fn again(armed: &Armed, now: DateTime<Utc>) -> Option<Armed> {
    let every = armed.every.clone()?;
    let more = match armed.more {
        Some(more) => Some(more.checked_sub(1).filter(|more| *more >= 0)?),
        None => None,
    };
    // Beyond the year 9999 it does not come again.
    let at = cycle::again(&every, armed.at, now).ok()?;
    Some(Armed { at, every: Some(every), more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn armed(due: &str, every: &str, more: Option<i32>) -> Armed {
        Armed { at: at(due), every: Some(every.to_owned()), more }
    }

    #[test]
    fn what_was_missed_is_made_up_once_and_the_times_stay() {
        let nightly = armed("2026-03-01T02:00:00Z", "P1D", None);
        for (now, next) in [
            ("2026-03-01T02:00:01Z", "2026-03-02T02:00:00Z"),
            // A clock that has gone back.
            ("2026-02-27T02:00:00Z", "2026-03-02T02:00:00Z"),
            ("2026-03-09T10:00:00Z", "2026-03-10T02:00:00Z"),
            // Just when it would come again: that one is missed, too.
            ("2026-03-09T02:00:00Z", "2026-03-10T02:00:00Z"),
        ] {
            assert_eq!(again(&nightly, at(now)).unwrap().at, at(next), "{now}");
        }
        let twice = armed("2026-03-01T02:00:00Z", "PT1M", Some(1));
        let last = again(&twice, at("2026-03-09T10:00:30Z")).unwrap();
        assert_eq!((last.at, last.more), (at("2026-03-09T10:01:00Z"), Some(0)));
        assert_eq!(again(&last, at("2026-03-09T10:02:00Z")), None);
        assert_eq!(again(&Armed { every: None, more: None, ..last }, at("2026-03-09T10:02:00Z")), None);
        assert_eq!(again(&armed("9000-01-01T00:00:00Z", "P1000Y", None), at("9000-01-01T00:00:00Z")), None);
    }

    #[test]
    fn a_pattern_of_cron_comes_again_at_its_own_times() {
        let nightly = armed("2026-03-01T02:00:00Z", "0 2 * * *", None);
        for (now, next) in [
            ("2026-03-01T02:00:01Z", "2026-03-02T02:00:00Z"),
            ("2026-02-27T02:00:00Z", "2026-03-02T02:00:00Z"),
            ("2027-03-09T10:00:00Z", "2027-03-10T02:00:00Z"),
            ("2027-03-09T02:00:00Z", "2027-03-10T02:00:00Z"),
        ] {
            assert_eq!(again(&nightly, at(now)).unwrap().at, at(next), "{now}");
        }
    }

    proptest! {
        #[test]
        fn it_comes_again_after_now_and_at_its_own_times(
            due in 0_i64..4_000_000_000,
            length in 1_i64..10_000_000,
            later in -1_000_000_i64..1_000_000_000,
        ) {
            let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
            let now = time((due + later).max(0));
            let was = Armed { at: time(due), every: Some(format!("PT{length}S")), more: None };
            let next = again(&was, now).unwrap().at;
            prop_assert!(next > now && next > was.at);
            prop_assert_eq!((next.timestamp() - due) % length, 0);
            prop_assert!(next.timestamp() - length <= now.timestamp().max(due));
        }
    }
}
