//! What stands in a cell, and the field's value that it means: there and back. Pure.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde_json::{Number, Value};

use super::field::FieldKind;

/// The longest text of a cell, as [`length`] counts; spreadsheets take no more than 32,767.
pub(super) const MAX_CELL: usize = 32_000;
/// Whole numbers up to here are kept exactly by every spreadsheet: 15 digits.
const MAX_EXACT: f64 = 999_999_999_999_999.0;
/// How much two numbers may differ that are shown alike: spreadsheets keep 15 digits.
const TOLERANCE: f64 = 1e-14;

/// The first time that all spreadsheets understand alike, 1 March 1900, in seconds since 1970.
const FIRST: i64 = -2_203_891_200;
/// Times nearer than that are the same: cells keep them as parts of a day. In milliseconds.
const NEAR: i64 = 500;

/// How long spreadsheets take a text to be: in units of UTF-16.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// As much of a text as has at most that length.
pub(super) fn cut(text: &str, most: usize) -> String {
    let mut left = most;
    let fits = |char: &char| {
        let fits = char.len_utf16() <= left;
        left = left.saturating_sub(char.len_utf16());
        fits
    };
    text.chars().take_while(fits).collect()
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::batch) enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// TRUE or FALSE.
    Bool(bool),
    /// A day and a time of day.
    Time(NaiveDateTime),
    /// A formula, whatever came of it.
    Formula,
    /// An error such as `#REF!`.
    Error,
}

impl Cell {
    /// What it reads as.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => Value::from(number_of(*number)).to_string(),
            Self::Bool(is) => if *is { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Time(time) if time.time() == NaiveTime::MIN => time.date().to_string(),
            Self::Time(time) => format!("{}", time.format("%Y-%m-%dT%H:%M:%S")),
            Self::Formula => "=".to_owned(),
            Self::Error => "#ERROR".to_owned(),
        }
    }

    /// Whether it says the same as what is shown in its place, as far as spreadsheets keep that.
    pub fn says(&self, shown: &Self) -> bool {
        match (self, shown) {
            (Self::Number(one), Self::Number(other)) => near(*one, *other),
            (Self::Time(one), Self::Time(other)) => (*one - *other).num_milliseconds().abs() < NEAR,
            (Self::Text(one), Self::Text(other)) => one.replace("\r\n", "\n") == *other,
            (one, other) => one == other,
        }
    }

    /// The same as JSON, to be shown again where it cannot be read.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Number(number) => number_of(*number).into(),
            Self::Bool(is) => (*is).into(),
            Self::Formula | Self::Error => Value::Null,
            Self::Text(_) | Self::Time(_) => self.text().into(),
        }
    }
}

/// The cell that shows a value; none where there is nothing to show: blank cells read as nothing.
pub(super) fn shown(kind: &FieldKind, value: &Value) -> Option<Cell> {
    let cell = cell_of(kind, value)?;
    (!matches!(&cell, Cell::Text(text) if text.trim().is_empty())).then_some(cell)
}

fn cell_of(kind: &FieldKind, value: &Value) -> Option<Cell> {
    match (kind, value) {
        (_, Value::Null) => None,
        (FieldKind::Choice(choices), value) => {
            let choice = choices.iter().find(|choice| alike(&choice.value, value));
            Some(match (choice, value) {
                (Some(choice), _) => text(&choice.label),
                (None, Value::String(words)) => text(words),
                (None, other) => text(&other.to_string()),
            })
        }
        (FieldKind::Json, value @ (Value::Array(_) | Value::Object(_))) => Some(text(&value.to_string())),
        (FieldKind::Date, Value::String(day)) => Some(match NaiveDate::parse_from_str(day, "%Y-%m-%d") {
            Ok(parsed) if is_of_the_calendar(parsed.and_time(NaiveTime::MIN)) => {
                Cell::Time(parsed.and_time(NaiveTime::MIN))
            }
            _ => text(day),
        }),
        (FieldKind::DateTime, Value::String(time)) => Some(match DateTime::parse_from_rfc3339(time) {
            Ok(parsed) if is_of_the_calendar(parsed.naive_utc()) => Cell::Time(parsed.naive_utc()),
            _ => text(time),
        }),
        (_, Value::String(words)) => Some(text(words)),
        (_, Value::Bool(is)) => Some(Cell::Bool(*is)),
        (_, Value::Number(number)) => Some(match number.as_f64() {
            Some(exact) if exact.abs() <= MAX_EXACT => Cell::Number(exact),
            _ => text(&number.to_string()),
        }),
        (_, other) => Some(text(&other.to_string())),
    }
}

/// A text as cells keep it: bounded, and with lines that end alike.
fn text(words: &str) -> Cell {
    let kept = words.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String =
        kept.chars().filter(|char| !char.is_control() || matches!(char, '\n' | '\t')).collect();
    Cell::Text(cut(&kept, MAX_CELL))
}

/// The value that a cell means.
///
/// # Errors
/// What is wrong with it, for people.
pub(super) fn meant(kind: &FieldKind, cell: &Cell) -> Result<Value, String> {
    match (kind, cell) {
        (_, Cell::Formula) => Err("formulas are not read: write the value itself".to_owned()),
        (_, Cell::Error) => Err("this cell holds an error".to_owned()),
        (FieldKind::Text, cell) => Ok(cell.text().into()),
        (FieldKind::Number, cell) => number(cell).map(|number| number_of(number).into()),
        (FieldKind::Integer, cell) => match number(cell) {
            Ok(number) if number.fract() == 0.0 => Ok(whole(cell, number)),
            _ => Err("must be a whole number".to_owned()),
        },
        (FieldKind::Boolean, Cell::Bool(is)) => Ok((*is).into()),
        (FieldKind::Boolean, cell) => match cell.text().trim().to_ascii_uppercase().as_str() {
            "TRUE" | "1" => Ok(true.into()),
            "FALSE" | "0" => Ok(false.into()),
            _ => Err("must be TRUE or FALSE".to_owned()),
        },
        (FieldKind::Date, Cell::Time(time)) => Ok(time.date().to_string().into()),
        (FieldKind::Date, cell) => NaiveDate::parse_from_str(cell.text().trim(), "%Y-%m-%d")
            .map(|day| day.to_string().into())
            .map_err(|_| "must be a date such as 2026-12-31".to_owned()),
        (FieldKind::DateTime, Cell::Time(time)) => Ok(rfc3339(time.and_utc())),
        (FieldKind::DateTime, cell) => time(cell.text().trim())
            .map(rfc3339)
            .ok_or_else(|| "must be a time such as 2026-12-31T09:00:00Z".to_owned()),
        (FieldKind::Choice(choices), cell) => {
            let text = cell.text();
            let number = match cell {
                Cell::Number(number) => Some(*number),
                _ => None,
            };
            // By what they are called first: one may be called as another is.
            let found = choices
                .iter()
                .find(|choice| choice.label == text)
                .or_else(|| choices.iter().find(|choice| choice.label.trim() == text.trim()))
                .or_else(|| choices.iter().find(|choice| choice.value.as_str() == Some(text.trim())))
                .or_else(|| {
                    choices.iter().find(|choice| number.is_some() && choice.value.as_f64() == number)
                });
            found.map(|choice| choice.value.clone()).ok_or_else(|| "must be one of the choices".to_owned())
        }
        (FieldKind::Json, Cell::Text(text)) => serde_json::from_str(text)
            .or_else(|_| {
                if text.trim_start().starts_with(['[', '{']) { Err(()) } else { Ok(text.as_str().into()) }
            })
            .map_err(|()| "must be JSON".to_owned()),
        (FieldKind::Json, cell) => Ok(cell.to_json()),
    }
}

/// Whether a cell says what is filled in already, as far as a cell can.
pub(super) fn says_the_same(kind: &FieldKind, cell: &Cell, current: &Value) -> bool {
    let Some(shown) = shown(kind, current) else { return false };
    cell.says(&shown)
        || meant(kind, cell).is_ok_and(|now| meant(kind, &shown).is_ok_and(|before| alike(&now, &before)))
}

fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) if one.is_f64() || other.is_f64() => {
            one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| near(one, other))
        }
        _ => one == other,
    }
}

fn near(one: f64, other: f64) -> bool {
    if one.fract() == 0.0 && other.fract() == 0.0 && one.abs().max(other.abs()) <= MAX_EXACT {
        return one == other;
    }
    (one - other).abs() <= TOLERANCE * one.abs().max(other.abs())
}

fn is_of_the_calendar(time: NaiveDateTime) -> bool {
    time.and_utc().timestamp() > FIRST
}

/// The time of a text; without a zone it is in UTC, as cells are.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc)).ok();
    let bare = || {
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    };
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN));
    zoned.or_else(|| bare().or_else(day).map(|time| time.and_utc()))
}

fn number(cell: &Cell) -> Result<f64, String> {
    let number = match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite()).ok_or_else(|| "must be a number".to_owned())
}

/// A whole number, exactly where it stands as a text.
fn whole(cell: &Cell, number: f64) -> Value {
    let exact = match cell {
        Cell::Text(text) => text.trim().parse::<i64>().ok(),
        _ => None,
    };
    exact.map_or_else(|| number_of(number).into(), Into::into)
}

fn number_of(number: f64) -> Number {
    #[expect(clippy::cast_possible_truncation, reason = "whole, and of at most 15 digits")]
    let whole = (number.fract() == 0.0 && number.abs() <= MAX_EXACT).then_some(number as i64);
    whole.map(Number::from).or_else(|| Number::from_f64(number)).unwrap_or_else(|| Number::from(0))
}

fn rfc3339(time: DateTime<Utc>) -> Value {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
}
