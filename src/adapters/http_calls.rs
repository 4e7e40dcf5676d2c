//! Calls over HTTP that processes make, behind the guard.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use crate::files::fetch::{FetchError, Fetcher, Outgoing};
use crate::kernel::Clock;
use crate::workflow::{HttpAnswer, HttpCalls, HttpRequest, MAX_ANSWER};

/// The longest wait that is read of an answer.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// Calls behind the guard of the fetcher. Cheap to clone.
#[derive(Clone)]
pub struct GuardedCalls {
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
}

impl GuardedCalls {
    /// A caller that goes where the fetcher may.
    pub fn new(fetcher: Fetcher, clock: Arc<dyn Clock>) -> Self {
        Self { fetcher, clock }
    }
}

#[async_trait]
impl HttpCalls for GuardedCalls {
    async fn call(&self, request: HttpRequest) -> Result<HttpAnswer, FetchError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*"));
        if request.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &request.headers {
            // They have been looked at.
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
        let outgoing = Outgoing {
            method: Method::from_bytes(request.method.as_bytes()).unwrap_or(Method::POST),
            url: request.url,
            headers,
            body: request.body.unwrap_or_default().into(),
            timeout: request.timeout,
            max_answer: MAX_ANSWER,
        };
        let answer = self.fetcher.send(outgoing).await?;
        Ok(HttpAnswer {
            status: answer.status,
            retry_after: answer.retry_after(self.clock.now(), MAX_RETRY_AFTER),
            is_whole: answer.is_whole,
            body: answer.body,
        })
    }
}
