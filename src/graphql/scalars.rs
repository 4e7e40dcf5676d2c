//! The scalars: `DateTime`, `JSON`, `URL`, and `Int` where it comes from a wider number.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, Error, InputValueError, InputValueResult, OutputType, Positioned, Scalar,
    ScalarType, ServerResult, Value,
};
use chrono::{SecondsFormat, Utc};

use crate::kernel::{ErrorCode, Fault};

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

/// A whole number that is wider inside. GraphQL's `Int` has 32 bits: what lies beyond is an error
/// that says so, and never another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int(pub i64);

impl Int {
    /// The number as it is answered.
    ///
    /// # Errors
    /// `TOO_COMPLEX` with `value` as a text, where it does not fit.
    pub fn value(self) -> Result<Value, Fault> {
        let fitting = i32::try_from(self.0).map_err(|_| {
            let message = format!("{} cannot be told: an Int of GraphQL has 32 bits", self.0);
            Fault::new(ErrorCode::TooComplex, message).with("value", self.0.to_string().into())
        })?;
        Ok(Value::Number(fitting.into()))
    }
}

impl OutputType for Int {
    fn type_name() -> Cow<'static, str> {
        <i32 as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <i32 as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.value().map_err(|fault| Error::from(fault).into_server_error(field.pos))
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
    fn a_number_is_told_as_it_is_or_refused() {
        for fits in [0, 1, -1, i64::from(i32::MAX), i64::from(i32::MIN)] {
            assert_eq!(Int(fits).value().unwrap(), Value::from(fits));
        }
        for beyond in [i64::from(i32::MAX) + 1, i64::from(i32::MIN) - 1, 1 << 32, i64::MAX, i64::MIN] {
            let fault = Int(beyond).value().unwrap_err();
            assert_eq!(fault.code(), ErrorCode::TooComplex);
            assert_eq!(fault.details()["value"], beyond.to_string());
        }
    }

    #[test]
    fn free_form_values_come_back_as_they_went() {
        let value = serde_json::json!({"b": [1, 2.5, null, "x"], "a": {"deep": true}});
        let json = Json(value.clone());
        assert_eq!(Json::parse(json.to_value()).unwrap().0, value);
    }
}
