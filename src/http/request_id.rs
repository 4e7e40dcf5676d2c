//! The id under which a request is found in the log.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries the id, both ways.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id taken from a client.
const MAX_CHARS: usize = 64;

/// A request's id: the client's own where it is sane, otherwise a new UUIDv7. In every response as
/// `x-request-id`, in every log line of the request, and in what clients are told of internal errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// A new id.
    pub fn generate() -> Self {
        Self(Uuid::now_v7().to_string().into())
    }

    /// The id that the client sent, if it can stand in a log line as it is.
    pub(super) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let sent = headers.get(HEADER)?.to_str().ok()?;
        let sane = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        ((1..=MAX_CHARS).contains(&sent.len()) && sent.chars().all(sane)).then(|| Self(sent.into()))
    }

    /// The id of one operation among several under this id.
    pub(super) fn of_operation(&self, number: u64) -> Self {
        Self(format!("{}.{number}", self.0).into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(id: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(HEADER, HeaderValue::from_bytes(id.as_bytes()).unwrap())]);
        RequestId::from_headers(&headers).map(|id| id.as_str().to_owned())
    }

    #[test]
    fn a_sane_id_is_kept_and_any_other_is_not() {
        assert_eq!(sent("abc-1.2_3:4").as_deref(), Some("abc-1.2_3:4"));
        for odd in ["", "a b", "a\"b", "é", &"x".repeat(65)] {
            assert_eq!(sent(odd), None, "{odd}");
        }
        assert_ne!(RequestId::generate(), RequestId::generate());
    }
}
