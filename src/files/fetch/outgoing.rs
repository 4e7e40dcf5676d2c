//! Guarded requests: what we send to addresses that somebody else has named.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, HeaderMap, RETRY_AFTER};
use url::Url;

use super::Fetcher;
use super::error::{FetchError, Refusal, parse_retry_after};
use super::guard::{Admission, admit};

/// What is sent.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// How.
    pub method: Method,
    /// Where to. A redirect from there is an answer like any other: it is not followed.
    pub url: Url,
    /// What goes with it.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// How long it may take in all.
    pub timeout: Duration,
    /// The most bytes that are read of the answer's body.
    pub max_answer: usize,
}

/// What was answered, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, or its beginning.
    pub body: Bytes,
    /// Whether that is all of it.
    pub is_whole: bool,
}

impl Answer {
    /// How long the server asks to wait before another attempt; at most `longest`.
    pub fn retry_after(&self, now: DateTime<Utc>, longest: Duration) -> Option<Duration> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        parse_retry_after(text, now, longest)
    }
}

impl Fetcher {
    /// Whether an address may be gone to, as far as it can be told from the address itself. A name is
    /// judged when it is connected to.
    ///
    /// # Errors
    /// [`Refusal`], by the first rule that it breaks.
    pub fn admits(&self, url: &Url) -> Result<(), Refusal> {
        admit(url, &self.config.allow, self.is_forbidden).map(drop)
    }

    /// Sends something to an address behind the same guard as [`fetch`](Self::fetch).
    ///
    /// # Errors
    /// [`FetchError`], where nothing was answered, or not in time.
    pub async fn send(&self, request: Outgoing) -> Result<Answer, FetchError> {
        let timeout = request.timeout;
        tokio::time::timeout(timeout, self.exchange(request)).await.unwrap_or(Err(FetchError::Timeout))
    }

    async fn exchange(&self, outgoing: Outgoing) -> Result<Answer, FetchError> {
        let admission = admit(&outgoing.url, &self.config.allow, self.is_forbidden);
        let client = match admission.map_err(FetchError::Forbidden)? {
            Admission::Listed => &self.listed,
            Admission::Guarded => &self.guarded,
        };
        let request = client
            .request(outgoing.method, outgoing.url)
            .headers(outgoing.headers)
            .header(ACCEPT_ENCODING, "identity");
        let mut response = request.body(outgoing.body).send().await.map_err(FetchError::from_request)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = BytesMut::new();
        let mut is_whole = true;
        while let Some(piece) = response.chunk().await.map_err(FetchError::from_request)? {
            let room = outgoing.max_answer - body.len();
            body.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.len() > room {
                is_whole = false;
                break;
            }
        }
        Ok(Answer { status, headers, body: body.freeze(), is_whole })
    }
}
