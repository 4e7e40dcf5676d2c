//! When a task should be done: the dates, times and durations of ISO 8601.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// Why a text is no due date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no date, no date and time and no duration of ISO 8601")]
pub struct NoDueDate(String);

/// The time that a text stands for: `2026-03-01` (the end of that day, in UTC), `2026-03-01T09:30`
/// (in UTC unless it says otherwise), or `P3DT2H` from `now`.
///
/// # Errors
/// Where it is none of these, or beyond the year 9999.
pub fn parse(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, NoDueDate> {
    let text = text.trim();
    let found = duration(text, now)
        .or_else(|| date(text))
        .or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()))
        .or_else(|| local(text));
    let last = NaiveDate::from_ymd_opt(9999, 12, 31);
    found
        .filter(|time| Some(time.date_naive()) <= last && time.timestamp() >= 0)
        .ok_or_else(|| NoDueDate(text.chars().take(64).collect()))
}

fn date(text: &str) -> Option<DateTime<Utc>> {
    let day = text.parse::<NaiveDate>().ok()?;
    Some(day.and_hms_opt(23, 59, 59)?.and_utc())
}

fn local(text: &str) -> Option<DateTime<Utc>> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"];
    let mut found = formats.iter().filter_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    Some(found.next()?.and_utc())
}

/// `P1Y2M1W10DT2H30M`: each unit at most once and in this order, whole numbers of at most 9 digits.
fn duration(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let rest = text.strip_prefix('P')?;
    let (days, time) = match rest.split_once('T') {
        Some((days, time)) => (days, time),
        None => (rest, ""),
    };
    if (days.is_empty() && time.is_empty()) || rest.ends_with('T') {
        return None;
    }
    let mut at = now;
    for (count, unit) in units(days, "YMWD")? {
        at = match unit {
            'Y' => at.checked_add_months(Months::new(count.checked_mul(12)?))?,
            'M' => at.checked_add_months(Months::new(count))?,
            'W' => at.checked_add_days(Days::new(u64::from(count) * 7))?,
            _ => at.checked_add_days(Days::new(u64::from(count)))?,
        };
    }
    for (count, unit) in units(time, "HMS")? {
        let seconds = match unit {
            'H' => 3600,
            'M' => 60,
            _ => 1,
        };
        at = at.checked_add_signed(TimeDelta::try_seconds(i64::from(count) * seconds)?)?;
    }
    Some(at)
}

fn units(text: &str, order: &str) -> Option<Vec<(u32, char)>> {
    let (mut found, mut order, mut digits) = (Vec::new(), order.chars(), String::new());
    for character in text.chars() {
        if character.is_ascii_digit() && digits.len() < 9 {
            digits.push(character);
            continue;
        }
        let count = digits.parse().ok()?;
        order.any(|unit| unit == character).then(|| found.push((count, character)))?;
        digits.clear();
    }
    digits.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        "2026-01-31T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn texts_stand_for_times() {
        for (text, expected) in [
            ("2026-03-01", "2026-03-01T23:59:59Z"),
            ("2026-03-01T09:30", "2026-03-01T09:30:00Z"),
            ("2026-03-01T09:30:00.5", "2026-03-01T09:30:00.5Z"),
            ("2026-03-01T09:30:00+08:00", "2026-03-01T01:30:00Z"),
            ("P3D", "2026-02-03T10:00:00Z"),
            ("P1M", "2026-02-28T10:00:00Z"),
            ("P1W", "2026-02-07T10:00:00Z"),
            ("PT36H", "2026-02-01T22:00:00Z"),
            ("P1Y2M10DT2H30M", "2027-04-10T12:30:00Z"),
        ] {
            assert_eq!(parse(text, now()), Ok(expected.parse().unwrap()), "{text}");
        }
        for text in ["tomorrow", "P", "PT", "P3", "P3D4D", "P1DT", "3D", "P1D2Y", "PT1X", "P9999999999D"] {
            assert!(parse(text, now()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "P?[0-9YMWDTHS:.+ -]{0,30}") {
            let _ = parse(&text, now());
        }
    }
}
