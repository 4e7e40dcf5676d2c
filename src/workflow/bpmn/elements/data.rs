//! Data objects with an initial value.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::fault::{FaultCode, Faults};
use super::super::vendor::{self, Vocabulary};
use super::super::xml::Element;

/// Reads a data object's initial value, where it has one: Flowable's `<flowable:value>`. It is known
/// by the data object's name, or else its id.
pub(super) fn read(
    object: &Element,
    is_inner: bool,
    data: &mut BTreeMap<String, Value>,
    faults: &mut Faults,
) {
    let spot = object.spot();
    vendor::check(object, &Vocabulary::DATA, spot, faults);
    let Some(value) = vendor::extensions(object, "value").next() else {
        return;
    };
    if is_inner {
        let message =
            "initial values are supported for the process's own data objects, not for a subprocess's";
        faults.add(FaultCode::Unsupported, spot, message);
        return;
    }
    let Some(name) = object.label().or(object.id()) else {
        faults.add(FaultCode::MissingId, spot, "a data object needs an id or a name");
        return;
    };
    let kind = object.attribute("itemSubjectRef").unwrap_or("string");
    let kind = kind.rsplit(':').next().unwrap_or(kind).to_lowercase();
    match typed(&kind, &value.text) {
        Ok(value) => {
            if data.insert(name.to_owned(), value).is_some() {
                faults.add(FaultCode::Contradiction, spot, format!("two data objects are called {name}"));
            }
        }
        Err(message) => faults.add(FaultCode::BadValue, spot.of_child(value), message),
    }
}

/// A text as a value of a type.
fn typed(kind: &str, text: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    let wrong = || format!("the initial value is no {kind}");
    match kind {
        "string" => Ok(Value::from(text)),
        "int" | "integer" => trimmed.parse::<i32>().map(Value::from).map_err(|_| wrong()),
        "long" => trimmed.parse::<i64>().map(Value::from).map_err(|_| wrong()),
        "double" | "float" | "decimal" => {
            let number = trimmed.parse::<f64>().ok().filter(|number| number.is_finite());
            number.map(Value::from).ok_or_else(wrong)
        }
        "boolean" => match trimmed {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err(wrong()),
        },
        "json" => {
            serde_json::from_str(trimmed).map_err(|error| format!("the initial value is no JSON: {error}"))
        }
        _ => Err(format!(
            "initial values of the type {kind} are not read: string, int, long, double, boolean, json"
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn initial_values_have_their_types() {
        for (kind, text, expected) in [
            ("string", " a b ", json!(" a b ")),
            ("int", " 7 ", json!(7)),
            ("long", "9000000000", json!(9_000_000_000_i64)),
            ("double", "1.5", json!(1.5)),
            ("boolean", "true", json!(true)),
            ("boolean", "0", json!(false)),
            ("json", "{\"a\": [1]}", json!({"a": [1]})),
        ] {
            assert_eq!(typed(kind, text), Ok(expected), "{kind} {text}");
        }
    }

    #[test]
    fn what_is_none_of_the_type_is_refused() {
        for (kind, text) in [
            ("int", "9000000000"),
            ("int", "x"),
            ("long", "1.5"),
            ("double", "NaN"),
            ("boolean", "yes"),
            ("json", "{"),
            ("date", "2026-01-01"),
        ] {
            assert!(typed(kind, text).is_err(), "{kind} {text}");
        }
    }
}
