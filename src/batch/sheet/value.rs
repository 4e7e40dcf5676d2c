//! What stands in a cell, and the field's value that it means: there and back. Pure.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde_json::{Number, Value};

use super::field::FieldKind;

/// The longest text of a cell, in characters; spreadsheets take no more than 32,767.
pub(super) const MAX_CELL: usize = 32_000;
/// Whole numbers up to here are kept exactly by every spreadsheet: 15 digits.
const MAX_EXACT: f64 = 999_999_999_999_999.0;
/// How much two numbers may differ that are shown alike: spreadsheets keep 15 digits.
const TOLERANCE: f64 = 1e-14;

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
            Some(Cell::Text(choice.map_or_else(|| value.to_string(), |choice| choice.label.clone())))
        }
        (FieldKind::Json, value @ (Value::Array(_) | Value::Object(_))) => Some(text(&value.to_string())),
        (FieldKind::Date, Value::String(day)) => Some(match NaiveDate::parse_from_str(day, "%Y-%m-%d") {
            Ok(day) => Cell::Time(day.and_time(NaiveTime::MIN)),
            Err(_) => text(day),
        }),
        (FieldKind::DateTime, Value::String(time)) => Some(match DateTime::parse_from_rfc3339(time) {
            Ok(time) => Cell::Time(time.with_timezone(&Utc).naive_utc()),
            Err(_) => text(time),
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
    Cell::Text(
        kept.chars()
            .filter(|char| !char.is_control() || matches!(char, '\n' | '\t'))
            .take(MAX_CELL)
            .collect(),
    )
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
        (FieldKind::DateTime, cell) => DateTime::parse_from_rfc3339(cell.text().trim())
            .map(|time| rfc3339(time.with_timezone(&Utc)))
            .map_err(|_| "must be a time such as 2026-12-31T09:00:00Z".to_owned()),
        (FieldKind::Choice(choices), cell) => {
            let text = cell.text();
            let is = |choice: &&super::field::Choice| {
                choice.label == text.trim() || alike(&choice.value, &Value::from(text.trim()))
            };
            let is_number = |choice: &&super::field::Choice| match cell {
                Cell::Number(number) => choice.value.as_f64() == Some(*number),
                _ => false,
            };
            let found = choices.iter().find(is).or_else(|| choices.iter().find(is_number));
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
pub(super) fn says_the_same(kind: &FieldKind, meant_now: &Value, current: &Value) -> bool {
    let as_shown = shown(kind, current).and_then(|cell| meant(kind, &cell).ok());
    as_shown.is_some_and(|as_shown| alike(&as_shown, meant_now))
}

fn alike(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() <= TOLERANCE * one.abs().max(other.abs()),
        _ => one == other,
    }
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
