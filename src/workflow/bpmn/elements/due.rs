//! When a task should be done, where the document says it without an expression.

use super::super::expressions::holds_expression;
use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// Whether a text is a date, a date and time, or a duration of ISO 8601, or holds an expression, whose
/// value nobody knows yet.
pub(super) fn is_due_date(text: &str) -> bool {
    holds_expression(text)
        || is_duration(text)
        || text.parse::<NaiveDate>().is_ok()
        || DateTime::parse_from_rfc3339(text).is_ok()
        || ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"]
            .iter()
            .any(|format| NaiveDateTime::parse_from_str(text, format).is_ok())
}

/// `P1W`, `P3D`, `PT36H`, `P1Y2M10DT2H30M`: each unit at most once and in this order.
fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P') else {
        return false;
    };
    let (days, time) = match rest.split_once('T') {
        Some((days, time)) => (days, Some(time)),
        None => (rest, None),
    };
    let is_empty = days.is_empty() && time.is_none();
    !is_empty && has_units(days, "YMWD") && time.is_none_or(|time| !time.is_empty() && has_units(time, "HMS"))
}

fn has_units(text: &str, units: &str) -> bool {
    let mut units = units.chars();
    let mut digits = 0;
    for character in text.chars() {
        if character.is_ascii_digit() {
            digits += 1;
        } else if (1..=9).contains(&digits) && units.any(|unit| unit == character) {
            digits = 0;
        } else {
            return false;
        }
    }
    digits == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_durations_and_expressions_are_due_dates() {
        for text in [
            "2026-03-01",
            "2026-03-01T09:30",
            "2026-03-01T09:30:00",
            "2026-03-01T09:30:00.5Z",
            "2026-03-01T09:30:00+08:00",
            "P3D",
            "P1W",
            "PT36H",
            "P1Y2M10DT2H30M",
            "${dueDate}",
        ] {
            assert!(is_due_date(text), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "tomorrow",
            "2026-13-01",
            "P",
            "PT",
            "P3",
            "P3D4D",
            "P1DT",
            "3D",
            "P1D2Y",
            "PT1X",
            "P1234567890D",
        ] {
            assert!(!is_due_date(text), "{text}");
        }
    }
}
