//! Calls over HTTP, as jobs that we do ourselves: what is sent, and what is made of the answer.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use crate::files::fetch::FetchError;
use crate::workflow::variable;

/// The most bytes that are read of an answer.
pub const MAX_ANSWER: usize = 256 << 10;

/// What is sent, as a process has worked it out. Kept with its job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRequest {
    /// GET, POST, PUT, PATCH or DELETE.
    pub method: String,
    /// Where to.
    pub url: String,
    /// What goes with it.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body; none: what is known of the instance.
    #[serde(default)]
    pub body: Option<Map<String, Value>>,
    /// ANSWER, CALLBACK or NOTHING.
    pub wait: String,
    /// How long a callback is waited for: a duration of ISO 8601.
    #[serde(default)]
    pub within: Option<String>,
    /// How long an answer may take, in seconds.
    pub timeout: u32,
}

/// A call on its way.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// GET, POST, PUT, PATCH or DELETE.
    pub method: String,
    /// Where to.
    pub url: Url,
    /// What goes with it.
    pub headers: Vec<(String, String)>,
    /// The body, JSON; none for methods that have none.
    pub body: Option<String>,
    /// How long it may take in all.
    pub timeout: Duration,
}

/// What was answered, whatever the status.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// How long the server asks to wait before another attempt; at most an hour.
    pub retry_after: Option<Duration>,
    /// The body, or its beginning.
    pub body: Bytes,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// The way out: whoever makes calls, behind our guard.
#[async_trait]
pub trait HttpCalls: Send + Sync + 'static {
    /// Calls once. A redirect is an answer like any other.
    ///
    /// # Errors
    /// Where nothing was answered, or not in time.
    async fn call(&self, request: HttpRequest) -> Result<HttpAnswer, FetchError>;
}

/// Why a call has failed, and whether another is worth making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CallFailure {
    /// For programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// It may pass.
    pub is_transient: bool,
    /// What the server asked for.
    pub after: Option<Duration>,
}

/// What was answered, as expressions see it: `status`, and `body` as JSON where it is JSON, else as text.
///
/// # Errors
/// Where it is no success.
pub(super) fn answer_of(answer: Result<HttpAnswer, FetchError>) -> Result<Map<String, Value>, CallFailure> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            let is_forbidden = matches!(error, FetchError::Forbidden(_));
            let code = if is_forbidden { "CALL_FORBIDDEN" } else { "CALL_FAILED" };
            let (message, is_transient) = (error.to_string(), error.is_transient());
            return Err(CallFailure { code, message, is_transient, after: None });
        }
    };
    let status = answer.status;
    if !(200..300).contains(&status) {
        // What passes by itself: RFC 9110, and 425 of RFC 8470.
        let is_transient = status >= 500 || matches!(status, 408 | 425 | 429);
        let message = format!("the server answered {status}");
        let after = answer.retry_after;
        return Err(CallFailure { code: "CALL_REFUSED", message, is_transient, after });
    }
    if !answer.is_whole {
        let message = format!("the answer has more than {MAX_ANSWER} bytes");
        return Err(CallFailure { code: "ANSWER_TOO_LARGE", message, is_transient: false, after: None });
    }
    let body = match serde_json::from_slice::<Value>(&answer.body) {
        Ok(body) => variable::storable(body),
        Err(_) if answer.body.is_empty() => Value::Null,
        Err(_) => Value::from(String::from_utf8_lossy(&answer.body).replace('\0', "\u{fffd}")),
    };
    let mut seen = Map::new();
    seen.insert("status".to_owned(), status.into());
    seen.insert("body".to_owned(), body);
    Ok(seen)
}

/// Whether a header can hold a value: visible characters of ASCII, blanks and tabs.
pub(super) fn is_header(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte))
}

/// The body of a call: what the process hands to it, or else what is known of its instance; and where to
/// call back.
pub(super) fn body_of(
    request: &CallRequest,
    known: &[(&str, Option<String>)],
    callback: Option<&str>,
) -> Option<String> {
    if matches!(request.method.as_str(), "GET" | "DELETE") {
        return None;
    }
    let mut body = request
        .body
        .clone()
        .unwrap_or_else(|| known.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect());
    if let Some(callback) = callback {
        body.insert("callbackUrl".to_owned(), callback.into());
    }
    Some(Value::Object(body).to_string())
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
