//! Why a fetch came to nothing, sorted by whether trying again may help.

use std::error::Error as _;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;

/// The longest wait that a server may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);

/// Why a fetch came to nothing. The messages are for the person who named the URL, and hold nothing
/// of what an address answered but its status; the sources are for the log.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The guard refuses the URL, or where a redirect or a name leads.
    #[error("the URL {0}")]
    Forbidden(Refusal),
    /// No whole answer in time.
    #[error("the server did not answer in time")]
    Timeout,
    /// The name does not resolve, or nobody there lets us in.
    #[error("the server could not be reached")]
    Unreachable {
        /// False where trying again cannot help, such as with a certificate that is not valid.
        transient: bool,
        /// What happened, for the log.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The connection broke before the answer was whole.
    #[error("the connection broke before the answer was whole")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server answered with another status than success.
    #[error("the server answered {status}")]
    Status {
        /// The status.
        status: u16,
        /// How long the server asks to wait, bounded.
        retry_after: Option<Duration>,
    },
    /// A redirect without a place to go to.
    #[error("the server redirects to nowhere")]
    BadRedirect,
    /// Too many redirects, one after the other.
    #[error("the server redirects more than {0} times")]
    TooManyRedirects(u8),
    /// More bytes than a picture may have.
    #[error("the picture has more than {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: u64,
    },
    /// What came is none of the pictures that we take.
    #[error("what the server sent is not a JPEG, PNG, WebP or GIF picture")]
    NotAnImage,
    /// Whoever asked for it does not want it any more.
    #[error("the fetch was cancelled")]
    Cancelled,
}

/// Why the guard refuses a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither http nor https.
    #[error("must start with http:// or https://")]
    Scheme,
    /// A user name or password in it.
    #[error("must not hold a user name or password")]
    Credentials,
    /// No host.
    #[error("must name a host")]
    Host,
    /// Longer than a URL may be.
    #[error("is too long")]
    Length,
    /// An address that is not of the public internet.
    #[error(
        "leads to an address that is not public: fetch.allow lists those that may be reached all the same"
    )]
    Address,
}

impl FetchError {
    /// The stable code for `BatchItem.errorCode`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => "FETCH_FORBIDDEN",
            Self::Timeout => "FETCH_TIMEOUT",
            Self::Unreachable { .. }
            | Self::Interrupted(_)
            | Self::Status { .. }
            | Self::BadRedirect
            | Self::TooManyRedirects(_) => "FETCH_FAILED",
            Self::TooLarge { .. } => "TOO_LARGE",
            Self::NotAnImage => "NOT_AN_IMAGE",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout | Self::Interrupted(_) => true,
            Self::Unreachable { transient, .. } => *transient,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Forbidden(_)
            | Self::BadRedirect
            | Self::TooManyRedirects(_)
            | Self::TooLarge { .. }
            | Self::NotAnImage
            | Self::Cancelled => false,
        }
    }

    /// How long the server asks to wait before another attempt; at most five minutes.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    pub(super) fn status(status: StatusCode, retry_after: Option<&str>, now: DateTime<Utc>) -> Self {
        Self::Status {
            status: status.as_u16(),
            retry_after: retry_after.and_then(|text| parse_retry_after(text, now, MAX_RETRY_AFTER)),
        }
    }

    pub(super) fn from_request(error: reqwest::Error) -> Self {
        if let Some(refusal) = causes(&error).find_map(|cause| cause.downcast_ref::<Refusal>()) {
            return Self::Forbidden(*refusal);
        }
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_connect() || error.is_builder() {
            // What TLS refuses (a certificate, a protocol) arrives as invalid data.
            let is_refused = error.is_builder()
                || causes(&error)
                    .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
                    .any(|cause| cause.kind() == std::io::ErrorKind::InvalidData);
            Self::Unreachable { transient: !is_refused, source: error.without_url().into() }
        } else {
            Self::Interrupted(error.without_url().into())
        }
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |cause| match cause.downcast_ref::<std::io::Error>() {
        // Its `source` would pass over the error that it wraps.
        Some(wrapper) => wrapper.get_ref().map(|inner| inner as &(dyn std::error::Error + 'static)),
        None => (*cause).source(),
    })
}

/// A `Retry-After` of seconds or a date, bounded.
pub(super) fn parse_retry_after(text: &str, now: DateTime<Utc>, longest: Duration) -> Option<Duration> {
    let text = text.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // More digits than fit are longer than any bound.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let date = DateTime::parse_from_rfc2822(text).ok()?;
        (date.to_utc() - now).to_std().unwrap_or_default()
    };
    Some(wait.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_after_is_read_and_bounded() {
        let now = DateTime::parse_from_rfc3339("2026-11-22T10:00:00Z").unwrap().to_utc();
        let parse = |text: &str| parse_retry_after(text, now, MAX_RETRY_AFTER).map(|wait| wait.as_secs());
        assert_eq!(parse("0"), Some(0));
        assert_eq!(parse(" 120 "), Some(120));
        assert_eq!(parse("86400"), Some(300));
        assert_eq!(parse("99999999999999999999999"), Some(300));
        assert_eq!(parse("Sun, 22 Nov 2026 10:01:00 GMT"), Some(60));
        assert_eq!(parse("Sun, 22 Nov 2026 09:00:00 GMT"), Some(0));
        assert_eq!(parse("-1"), None);
        assert_eq!(parse("soon"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn only_what_may_pass_is_transient() {
        let status = |status| FetchError::Status { status, retry_after: None };
        for status in [400, 401, 403, 404, 410, 418, 451, 304].map(status) {
            assert!(!status.is_transient(), "{status}");
        }
        for status in [408, 429, 500, 502, 503, 504].map(status) {
            assert!(status.is_transient(), "{status}");
        }
        assert!(FetchError::Timeout.is_transient());
        assert!(!FetchError::Forbidden(Refusal::Address).is_transient());
        assert!(!FetchError::TooLarge { limit: 1 }.is_transient());
        assert!(!FetchError::NotAnImage.is_transient());
    }
}
