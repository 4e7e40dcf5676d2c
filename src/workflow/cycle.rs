//! When a timer fires that fires again and again: the repeating intervals of ISO 8601, and cron's patterns.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use super::due;

/// The most repetitions that a text may demand.
const MAX_TIMES: u32 = 10_000;
/// The longest text, in bytes.
const MAX_TEXT: usize = 256;
/// The shortest that a month is, in days: an interval that names months or years and is shorter names
/// none of them.
const SHORTEST_MONTH: i64 = 28;

/// A repeating interval: `R3/PT10M`, `R/PT1H`, `R3/2026-12-01T00:00:00Z/PT10M`; or a pattern of cron, in
/// UTC: of five fields (`0 9 * * MON-FRI`) or one of its short names, or of six or seven as Quartz has
/// them, with seconds first, perhaps a year last, and Sunday as the first day of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// How often it fires, from 1 to 10,000; none: without end.
    pub times: Option<u32>,
    /// From when on its intervals are counted; none: from when the timer begins.
    pub start: Option<DateTime<Utc>>,
    /// What lies between two times: a duration of ISO 8601, of a second or more; or the pattern of cron.
    pub interval: String,
}

/// Why a text is no repeating interval, or has no next time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCycle {
    /// Something else.
    #[error("{0:?} is no repeating interval of ISO 8601, such as R3/PT10M, and no pattern of cron")]
    Unlike(String),
    /// It looks like a pattern of cron, and is none.
    #[error("{0:?} is no pattern of cron: {1}")]
    Cron(String, String),
    /// So often it may not repeat.
    #[error("{0:?} repeats from 1 to {MAX_TIMES} times, or, written as R alone, without end")]
    Times(String),
    /// Its second part is no time.
    #[error("{0:?} begins with no date and time of ISO 8601, such as 2026-12-01T00:00:00Z")]
    Start(String),
    /// Its last part is no duration, or too short a one.
    #[error("{0:?} ends with no duration of ISO 8601 of a second or more")]
    Interval(String),
    /// Its next time is beyond the year 9999.
    #[error("{0:?} comes again beyond the year 9999 only")]
    Never(String),
}

impl Cycle {
    /// Reads a repeating interval.
    ///
    /// # Errors
    /// Where it is neither, names more than 10,000 repetitions, or an interval under a second.
    pub fn parse(text: &str) -> Result<Self, NoCycle> {
        let text = text.trim();
        let shown = || text.chars().take(64).collect::<String>();
        if is_cron(text) && text.len() <= MAX_TEXT {
            return match pattern(text) {
                Ok(_) => Ok(Self { times: None, start: None, interval: text.to_owned() }),
                Err(reason) => Err(NoCycle::Cron(shown(), reason)),
            };
        }
        let parts: Vec<_> = text.split('/').collect();
        let (times, start, interval) = match parts[..] {
            _ if text.len() > MAX_TEXT => return Err(NoCycle::Unlike(shown())),
            [times, interval] => (times, None, interval),
            [times, start, interval] => (times, Some(start), interval),
            _ => return Err(NoCycle::Unlike(shown())),
        };
        let times = match times.strip_prefix('R').ok_or_else(|| NoCycle::Unlike(shown()))? {
            "" => None,
            digits => Some(times_of(digits).ok_or_else(|| NoCycle::Times(shown()))?),
        };
        let start = start.map(|start| start_of(start).ok_or_else(|| NoCycle::Start(shown()))).transpose()?;
        let cycle = Self { times, start, interval: interval.to_owned() };
        if !interval.starts_with('P') || cycle.length(DateTime::UNIX_EPOCH) < Some(TimeDelta::seconds(1)) {
            return Err(NoCycle::Interval(shown()));
        }
        Ok(cycle)
    }

    /// When it fires first where its timer begins now: after an interval, or where it has a start of
    /// its own, then; of one that has gone by, the first of its times that is not before now.
    ///
    /// # Errors
    /// Where that is beyond the year 9999.
    pub fn first(&self, now: DateTime<Utc>) -> Result<DateTime<Utc>, NoCycle> {
        let Some(mut at) = self.start else { return self.next(now) };
        if at < now && is_cron(&self.interval) {
            // Its times are in the pattern, however many have gone by.
            return self.next(now);
        }
        if at < now
            && let Some(length) = self.length(at).filter(|length| !self.varies(*length))
        {
            // Every interval is as long as the first: those that have gone by are passed at once.
            let passed = now.signed_duration_since(at).num_seconds() / length.num_seconds();
            let span = length.num_seconds().checked_mul(passed).and_then(TimeDelta::try_seconds);
            at = span.and_then(|span| at.checked_add_signed(span)).ok_or_else(|| self.never())?;
        }
        while at < now {
            at = self.next(at)?;
        }
        Ok(at)
    }

    /// When it fires again that was due then.
    ///
    /// # Errors
    /// Where that is beyond the year 9999.
    pub fn next(&self, previous_due: DateTime<Utc>) -> Result<DateTime<Utc>, NoCycle> {
        next(&self.interval, previous_due)
    }

    fn length(&self, from: DateTime<Utc>) -> Option<TimeDelta> {
        Some(due::parse(&self.interval, from).ok()?.signed_duration_since(from))
    }

    /// Whether its intervals may differ in their lengths, as months do. Those are so long that few
    /// have gone by since any start.
    fn varies(&self, length: TimeDelta) -> bool {
        let days = self.interval.split('T').next().unwrap_or_default();
        days.contains(['Y', 'M']) && length >= TimeDelta::days(SHORTEST_MONTH)
    }

    fn never(&self) -> NoCycle {
        NoCycle::Never(self.interval.clone())
    }
}

/// When something is due again that was due then and happens now. What it has missed is made up by this one,
/// and its times stay where they were.
///
/// # Errors
/// As [`next`].
pub fn again(interval: &str, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, NoCycle> {
    let cycle = Cycle { times: None, start: Some(due), interval: interval.to_owned() };
    let mut at = cycle.next(due)?;
    if at <= now {
        at = cycle.first(now)?;
    }
    if at <= now { cycle.next(at) } else { Ok(at) }
}

/// When something is due again: after an interval, or by a pattern of cron.
///
/// # Errors
/// Where that is beyond the year 9999, or never.
pub fn next(interval: &str, previous_due: DateTime<Utc>) -> Result<DateTime<Utc>, NoCycle> {
    let never = || NoCycle::Never(interval.to_owned());
    if !is_cron(interval) {
        return due::parse(interval, previous_due).map_err(|_| never());
    }
    let pattern = pattern(interval).map_err(|reason| NoCycle::Cron(interval.to_owned(), reason))?;
    let next = pattern.find_next_occurrence(&previous_due, false).map_err(|_| never())?;
    if next.year() > 9999 { Err(never()) } else { Ok(next) }
}

/// A pattern of cron; with more than five fields, as Quartz reads it.
fn pattern(text: &str) -> Result<Cron, String> {
    let is_quartz = text.split_whitespace().count() > 5;
    let seconds = if is_quartz { Seconds::Required } else { Seconds::Disallowed };
    let parser = CronParser::builder()
        .seconds(seconds)
        .year(Year::Optional)
        .alternative_weekdays(is_quartz)
        .sloppy_ranges(true)
        .build();
    parser.parse(text).map_err(|error| error.to_string())
}

fn times_of(digits: &str) -> Option<u32> {
    let is_number = digits.chars().all(|digit| digit.is_ascii_digit());
    digits.parse().ok().filter(|times| is_number && (1..=MAX_TIMES).contains(times))
}

fn start_of(text: &str) -> Option<DateTime<Utc>> {
    if text.starts_with('P') {
        return None;
    }
    due::parse(text, DateTime::UNIX_EPOCH).ok()
}

/// Whether a text is five to seven fields between blanks, of the characters that cron's fields have,
/// or one of its short names.
fn is_cron(text: &str) -> bool {
    let of_cron = |other: char| other.is_ascii_alphanumeric() || "*?/,-#".contains(other);
    let fields = text.split_whitespace().count();
    text.starts_with('@')
        || ((5..=7).contains(&fields) && text.split_whitespace().flat_map(str::chars).all(of_cron))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn texts_stand_for_cycles() {
        for (text, times, start, interval) in [
            ("R3/PT10M", Some(3), None, "PT10M"),
            (" R/PT1H ", None, None, "PT1H"),
            ("R10000/P1D", Some(10_000), None, "P1D"),
            ("R3/2026-12-01T00:00:00Z/PT10M", Some(3), Some("2026-12-01T00:00:00Z"), "PT10M"),
            ("R/2026-12-01T08:00:00+08:00/P1M", None, Some("2026-12-01T00:00:00Z"), "P1M"),
            ("R/PT1S", None, None, "PT1S"),
            ("0 9 * * MON-FRI", None, None, "0 9 * * MON-FRI"),
            ("0 0/5 * * * ?", None, None, "0 0/5 * * * ?"),
            (" @daily ", None, None, "@daily"),
        ] {
            let expected = Cycle { times, start: start.map(at), interval: interval.to_owned() };
            assert_eq!(Cycle::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused_by_its_reason() {
        type Reason = fn(String) -> NoCycle;
        let cases: [(&str, Reason); 14] = [
            ("", NoCycle::Unlike),
            ("PT10M", NoCycle::Unlike),
            ("3/PT10M", NoCycle::Unlike),
            ("R3", NoCycle::Unlike),
            ("R3/2026-12-01/PT1H/PT1H", NoCycle::Unlike),
            ("R0/PT1H", NoCycle::Times),
            ("R10001/PT1H", NoCycle::Times),
            ("R-1/PT1H", NoCycle::Times),
            ("R+1/PT1H", NoCycle::Times),
            ("R3/tomorrow/PT1H", NoCycle::Start),
            ("R3/PT1H/2026-12-01T00:00:00Z", NoCycle::Start),
            ("R3/PT0S", NoCycle::Interval),
            ("R3/2026-12-01", NoCycle::Interval),
            ("R3/hour", NoCycle::Interval),
        ];
        for (text, reason) in cases {
            assert_eq!(Cycle::parse(text), Err(reason(text.to_owned())), "{text}");
        }
        for text in ["61 * * * *", "0 0 9 ? * MOON", "@sometimes", "1 2 3 4 5 6 x"] {
            assert!(matches!(Cycle::parse(text), Err(NoCycle::Cron(shown, _)) if shown == text), "{text}");
        }
        assert!(matches!(Cycle::parse(&format!("R/PT{}S", "0".repeat(300))), Err(NoCycle::Unlike(_))));
    }

    #[test]
    fn it_comes_first_and_again() {
        let now = at("2026-01-31T10:00:05Z");
        for (text, first, next) in [
            ("R3/PT10M", "2026-01-31T10:10:05Z", "2026-01-31T10:20:05Z"),
            ("R/P1M", "2026-02-28T10:00:05Z", "2026-03-28T10:00:05Z"),
            // What is still to come is waited for; of what has gone by, the next that is due.
            ("R/2026-12-01T00:00:00Z/PT10M", "2026-12-01T00:00:00Z", "2026-12-01T00:10:00Z"),
            ("R/2026-01-31T10:00:05Z/PT10M", "2026-01-31T10:00:05Z", "2026-01-31T10:10:05Z"),
            ("R/2026-01-31T09:55:00Z/PT10M", "2026-01-31T10:05:00Z", "2026-01-31T10:15:00Z"),
            ("R/1970-01-01T00:00:00Z/PT10S", "2026-01-31T10:00:10Z", "2026-01-31T10:00:20Z"),
            ("R/1970-01-01T00:00:00Z/P0Y0MT10S", "2026-01-31T10:00:10Z", "2026-01-31T10:00:20Z"),
            ("R/1970-01-01T00:00:00Z/P1M", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"),
        ] {
            let cycle = Cycle::parse(text).unwrap();
            assert_eq!(cycle.first(now), Ok(at(first)), "{text}");
            assert_eq!(cycle.next(at(first)), Ok(at(next)), "{text}");
        }
        // In five fields Sunday is 0, in six it is 1; the first of March 2026 is one.
        for (text, first, next) in [
            ("0 9 * * 0", "2026-02-01T09:00:00Z", "2026-02-08T09:00:00Z"),
            ("0 0 9 ? * 1", "2026-02-01T09:00:00Z", "2026-02-08T09:00:00Z"),
            ("0 0/5 * * * ?", "2026-01-31T10:05:00Z", "2026-01-31T10:10:00Z"),
            ("@daily", "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"),
        ] {
            let cycle = Cycle::parse(text).unwrap();
            assert_eq!(cycle.first(now), Ok(at(first)), "{text}");
            assert_eq!(cycle.next(at(first)), Ok(at(next)), "{text}");
        }
        let never = Cycle::parse("0 0 30 2 *").unwrap();
        assert_eq!(never.first(now), Err(NoCycle::Never("0 0 30 2 *".to_owned())));
        let rare = Cycle::parse("R/P7000Y").unwrap();
        assert_eq!(rare.first(at("2999-01-01T00:00:00Z")), Ok(at("9999-01-01T00:00:00Z")));
        assert_eq!(rare.next(at("3000-01-01T00:00:00Z")), Err(NoCycle::Never("P7000Y".to_owned())));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "R?[0-9]{0,6}/?[0-9T:.Z+-]{0,25}/?P?[0-9YMWDTHS*? ]{0,20}", now in 0..4_000_000_000_i64) {
            let now = DateTime::from_timestamp(now, 0).unwrap();
            if let Ok(cycle) = Cycle::parse(&text)
                && let Ok(first) = cycle.first(now)
            {
                prop_assert!(first >= now);
                prop_assert!(cycle.next(first).is_ok_and(|next| next > first) || cycle.next(first).is_err());
            }
        }
    }
}
