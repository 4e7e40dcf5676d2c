//! What the methods do that models call on values. On null there is nothing to be found: questions
//! answer false, `isEmpty` true, and everything else null.

use serde_json::Value;

use super::ast::Method;
use super::operators::{Answer, at, bounded, is_empty, kind_of, same, written};

/// A method that takes nothing.
pub(super) fn plain(method: Method, target: &Value) -> Answer {
    match (method, target) {
        (Method::IsEmpty, Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
            Ok(is_empty(target).into())
        }
        (_, Value::Null) => Ok(Value::Null),
        (Method::Length, Value::String(text)) => Ok(text.chars().count().into()),
        (Method::Size, Value::Array(items)) => Ok(items.len().into()),
        (Method::Size, Value::Object(members)) => Ok(members.len().into()),
        (Method::ToLowerCase, Value::String(text)) => bounded(text.to_lowercase()),
        (Method::ToUpperCase, Value::String(text)) => bounded(text.to_uppercase()),
        (Method::Trim, Value::String(text)) => bounded(text.trim().to_owned()),
        _ => Err(none_of(method, target)),
    }
}

/// A method that takes one argument.
pub(super) fn with(method: Method, target: &Value, argument: &Value) -> Answer {
    let answer = match (method, target) {
        (Method::Equals, _) => same(target, argument),
        (Method::Get, Value::Null | Value::Array(_) | Value::Object(_)) => return Ok(at(target, argument)),
        (
            Method::Contains
            | Method::ContainsKey
            | Method::EndsWith
            | Method::EqualsIgnoreCase
            | Method::StartsWith,
            Value::Null,
        ) => false,
        (Method::Contains, Value::Array(items)) => items.iter().any(|item| same(item, argument)),
        (Method::ContainsKey, Value::Object(members)) => {
            !argument.is_null() && members.contains_key(&*written(argument)?)
        }
        (_, Value::String(text)) => return about_text(method, text, argument).map(Value::Bool),
        _ => return Err(none_of(method, target)),
    };
    Ok(answer.into())
}

fn about_text(method: Method, text: &str, argument: &Value) -> Answer<bool> {
    if argument.is_null() {
        return Ok(false);
    }
    let other = written(argument)?;
    match method {
        Method::Contains => Ok(text.contains(&*other)),
        Method::EndsWith => Ok(text.ends_with(&*other)),
        Method::EqualsIgnoreCase => Ok(text.to_lowercase() == other.to_lowercase()),
        Method::StartsWith => Ok(text.starts_with(&*other)),
        _ => Err(none_of(method, &Value::from(text))),
    }
}

fn none_of(method: Method, target: &Value) -> String {
    let known = Method::ALL.iter().find(|(_, _, known)| *known == method);
    format!("{} has no {}()", kind_of(target), known.map_or("such method", |(name, ..)| name))
}
