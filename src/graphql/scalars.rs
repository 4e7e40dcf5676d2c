//! The scalars: `DateTime`, `JSON` and `URL`.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{SecondsFormat, Utc};

/// The longest address taken from outside, in bytes.
const MAX_URL_BYTES: usize = 2048;

/// A moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime(pub chrono::DateTime<Utc>);

/// A moment as RFC 3339 tells it, always in UTC: `2026-11-22T08:30:00.123456Z`. Other offsets are
/// accepted and converted.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        chrono::DateTime::parse_from_rfc3339(text).map(|moment| Self(moment.with_timezone(&Utc))).map_err(
            |_| InputValueError::custom("not a moment as RFC 3339 tells it, such as 2026-11-22T08:30:00Z"),
        )
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// A free-form value.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub serde_json::Value);

/// A free-form JSON value: an object, a list, a text, a number, a truth value or null.
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// An address, not yet looked at beyond its length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url(pub String);

/// An http(s) address, or the `url` that `POST /files` answered (as it was answered, or made
/// absolute). At most 2,048 bytes.
#[Scalar(name = "URL", specified_by_url = "https://url.spec.whatwg.org/")]
impl ScalarType for Url {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if text.len() > MAX_URL_BYTES => {
                Err(InputValueError::custom(format!("an address has at most {MAX_URL_BYTES} bytes")))
            }
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_utc_whatever_their_offset() {
        let moment = DateTime::parse(Value::String("2026-11-22T10:30:00.5+02:00".into())).unwrap();
        assert_eq!(moment.to_value(), Value::String("2026-11-22T08:30:00.500Z".into()));
        for text in ["2026-11-22", "yesterday", "2026-11-22T08:30:00", ""] {
            assert!(DateTime::parse(Value::String(text.into())).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_are_bounded_and_texts() {
        assert!(Url::parse(Value::String("x".repeat(2048))).is_ok());
        assert!(Url::parse(Value::String("x".repeat(2049))).is_err());
        assert!(Url::parse(Value::Number(1.into())).is_err());
    }

    #[test]
    fn free_form_values_come_back_as_they_went() {
        let value = serde_json::json!({"b": [1, 2.5, null, "x"], "a": {"deep": true}});
        let json = Json(value.clone());
        assert_eq!(Json::parse(json.to_value()).unwrap().0, value);
    }
}
