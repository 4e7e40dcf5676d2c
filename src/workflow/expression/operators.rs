//! What the operators do, over JSON. Values are converted as JUEL does: null and the empty text
//! count as 0 where a number is needed, and as false where true or false is; a text that writes a
//! number out is that number beside a number.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::MAX_RESULT;
use super::number::Num;

/// A value, or why there is none.
pub(super) type Answer<T = Value> = Result<T, String>;

/// `+`: the sum; where a text on either side is no number, both as one text.
pub(super) fn add(one: &Value, other: &Value) -> Answer {
    if is_words(one) || is_words(other) {
        return join(&[written(one)?, written(other)?]);
    }
    arithmetic(one, other, Num::add)
}

/// `-`.
pub(super) fn subtract(one: &Value, other: &Value) -> Answer {
    arithmetic(one, other, Num::subtract)
}

/// `*`.
pub(super) fn multiply(one: &Value, other: &Value) -> Answer {
    arithmetic(one, other, Num::multiply)
}

/// `/`: 1 / 2 is 0.5.
pub(super) fn divide(one: &Value, other: &Value) -> Answer {
    not_by_zero(other)?;
    arithmetic(one, other, Num::divide)
}

/// `%`.
pub(super) fn remainder(one: &Value, other: &Value) -> Answer {
    not_by_zero(other)?;
    arithmetic(one, other, Num::remainder)
}

/// `-` before a value.
pub(super) fn negate(value: &Value) -> Answer {
    subtract(&Value::from(0), value)
}

fn not_by_zero(divisor: &Value) -> Answer<()> {
    if number(divisor)?.is_zero() { Err("it divides by zero".to_owned()) } else { Ok(()) }
}

fn arithmetic(one: &Value, other: &Value, operation: fn(Num, Num) -> Option<Num>) -> Answer {
    let result = operation(number(one)?, number(other)?);
    result.map(Num::into_value).ok_or_else(|| "the result is too large for a number".to_owned())
}

/// Whether it is a text that is no number.
fn is_words(value: &Value) -> bool {
    value.as_str().is_some_and(|text| Num::of_text(text).is_none())
}

/// `==`. Two lists or objects are equal where their members are.
pub(super) fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(number), Value::String(text)) | (Value::String(text), Value::Number(number)) => {
            number_in(text).is_some_and(|written| written.compare(Num::of(number)) == Ordering::Equal)
        }
        (Value::Bool(flag), Value::String(text)) | (Value::String(text), Value::Bool(flag)) => {
            flag_in(text) == Some(*flag)
        }
        _ => same(one, other),
    }
}

/// Whether both are of one kind and equal: as methods ask, which convert nothing.
pub(in crate::workflow) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => Num::of(one).compare(Num::of(other)) == Ordering::Equal,
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same_in_other =
                |(key, value): (&String, &Value)| other.get(key).is_some_and(|other| same(value, other));
            one.len() == other.len() && one.iter().all(same_in_other)
        }
        _ => one == other,
    }
}

/// `<`, `<=`, `>` and `>=`: whether the order of both is one of `wanted`. Null has no order; two
/// nulls are equal.
pub(super) fn ordered(one: &Value, other: &Value, wanted: fn(Ordering) -> bool) -> Answer<bool> {
    let order = match (one, other) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) | (_, Value::Null) => return Ok(false),
        (Value::String(one), Value::String(other)) => one.cmp(other),
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (Value::Number(_), _) | (_, Value::Number(_)) => number(one)?.compare(number(other)?),
        _ => return Err(format!("{} and {} have no order", kind_of(one), kind_of(other))),
    };
    Ok(wanted(order))
}

/// `empty`: null, or a text, a list or an object with nothing in it.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What a condition takes it for. Null is false.
pub(super) fn truth(value: &Value) -> Answer<bool> {
    let flag = match value {
        Value::Null => Some(false),
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => flag_in(text),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    };
    flag.ok_or_else(|| format!("{} is neither true nor false", kind_of(value)))
}

fn flag_in(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    (text.is_empty() || text.eq_ignore_ascii_case("false")).then_some(false)
}

fn number(value: &Value) -> Answer<Num> {
    let number = match value {
        Value::Null => Some(Num::Integer(0)),
        Value::Number(number) => Some(Num::of(number)),
        Value::String(text) => number_in(text),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.ok_or_else(|| format!("{} is no number", kind_of(value)))
}

fn number_in(text: &str) -> Option<Num> {
    if text.is_empty() { Some(Num::Integer(0)) } else { Num::of_text(text) }
}

/// `value[key]`: a member of an object, an element of a list from 0; null where there is none.
pub(super) fn at(value: &Value, key: &Value) -> Value {
    find(value, key).cloned().unwrap_or_default()
}

/// The member of an object or the element of a list.
pub(super) fn find<'a>(value: &'a Value, key: &Value) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(&*written(key).ok().filter(|_| !key.is_null())?),
        Value::Array(items) => items.get(index(key)?),
        _ => None,
    }
}

/// The place in a list that a key names: an integer, also written as a text or with a fraction of 0.
fn index(key: &Value) -> Option<usize> {
    let key = match key {
        Value::Number(number) => Num::of(number),
        Value::String(text) => Num::of_text(text)?,
        _ => return None,
    };
    match key {
        Num::Integer(index) => usize::try_from(index).ok(),
        // Beyond 2³², no list has an element.
        Num::Decimal(index) => {
            ((0.0..4_294_967_296.0).contains(&index) && index.fract() == 0.0).then_some(index as usize)
        }
    }
}

/// A value as a text; null is the empty one.
///
/// # Errors
/// For a list or an object.
pub(super) fn written(value: &Value) -> Answer<Cow<'_, str>> {
    match value {
        Value::Null => Ok(Cow::Borrowed("")),
        Value::Bool(flag) => Ok(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::Number(number) => Ok(Cow::Owned(number.to_string())),
        Value::String(text) => Ok(Cow::Borrowed(text)),
        Value::Array(_) | Value::Object(_) => Err(format!("{} is no text", kind_of(value))),
    }
}

/// Texts one after the other.
///
/// # Errors
/// Where they are longer than a result may be.
pub(super) fn join(texts: &[Cow<'_, str>]) -> Answer {
    if texts.iter().map(|text| text.len()).sum::<usize>() > MAX_RESULT {
        return Err(too_long());
    }
    Ok(Value::String(texts.concat()))
}

/// A text that an expression may result in.
pub(super) fn bounded(text: String) -> Answer {
    if text.len() > MAX_RESULT { Err(too_long()) } else { Ok(Value::String(text)) }
}

/// Why a text that long is no result.
pub(super) fn too_long() -> String {
    format!("the text is longer than {MAX_RESULT} bytes")
}

/// What an error tells of a value: its kind alone, for not everybody who reads it may know more.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
