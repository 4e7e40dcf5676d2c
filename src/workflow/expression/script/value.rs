//! Values on their way into CEL and out of it.

use std::collections::HashMap;
use std::sync::Arc;

use cel::objects::{Key, Map};
use serde_json::Value;

use super::super::operators::Answer;

/// A value as CEL has it: whole numbers are `int`, all others `double`.
pub(super) fn into_cel(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(flag) => cel::Value::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => cel::Value::Int(whole),
            None => cel::Value::Float(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => cel::Value::String(Arc::new(text.clone())),
        Value::Array(members) => cel::Value::List(Arc::new(members.iter().map(into_cel).collect())),
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| (Key::String(Arc::new(name.clone())), into_cel(value));
            cel::Value::Map(Map { map: Arc::new(members.iter().map(member).collect::<HashMap<_, _>>()) })
        }
    }
}

/// A value as variables have it.
///
/// # Errors
/// Where variables have none like it.
pub(super) fn from_cel(value: &cel::Value) -> Answer {
    Ok(match value {
        cel::Value::Null => Value::Null,
        cel::Value::Bool(flag) => Value::Bool(*flag),
        cel::Value::Int(whole) => (*whole).into(),
        cel::Value::UInt(whole) => (*whole).into(),
        cel::Value::Float(number) if number.is_finite() => (*number).into(),
        cel::Value::Float(_) => return Err("its value is no finite number".to_owned()),
        cel::Value::String(text) => Value::String(text.to_string()),
        cel::Value::List(members) => Value::Array(members.iter().map(from_cel).collect::<Answer<_>>()?),
        cel::Value::Map(members) => {
            let member = |(key, value): (&Key, &cel::Value)| match key {
                Key::String(name) => Ok((name.to_string(), from_cel(value)?)),
                _ => Err("the names of an object's members are texts".to_owned()),
            };
            Value::Object(members.map.iter().map(member).collect::<Answer<_>>()?)
        }
        _ => return Err("its value is of a kind that variables do not have".to_owned()),
    })
}
