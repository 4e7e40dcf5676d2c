//! Messages to webhooks: signed as Standard Webhooks prescribes, and posted behind the guard.
//!
//! The specification: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use url::Url;

use crate::files::fetch::{FetchError, Fetcher, Outgoing, Refusal, check_shape};
use crate::kernel::Clock;
use crate::workflow::{WebhookAnswer, WebhookMessage, WebhookSender};

/// What a secret begins with; the rest is base64.
const PREFIX: &str = "whsec_";
/// The most that is read of an answer, in bytes.
const MAX_ANSWER: usize = 16 * 1024;
/// The longest wait that is read of an answer.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Sends messages behind the guard of the fetcher. Cheap to clone.
#[derive(Clone)]
pub struct GuardedWebhooks {
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
}

impl GuardedWebhooks {
    /// A sender that goes where the fetcher may.
    pub fn new(fetcher: Fetcher, clock: Arc<dyn Clock>) -> Self {
        Self { fetcher, clock }
    }
}

#[async_trait]
impl WebhookSender for GuardedWebhooks {
    fn check(&self, url: &Url) -> Result<(), Refusal> {
        check_shape(url)?;
        self.fetcher.admits(url)
    }

    async fn send(&self, message: WebhookMessage) -> Result<WebhookAnswer, FetchError> {
        let headers = headers(&message);
        let post = Outgoing {
            method: Method::POST,
            url: message.url,
            headers,
            body: message.body.into(),
            timeout: message.timeout,
            max_answer: MAX_ANSWER,
        };
        let answer = self.fetcher.send(post).await?;
        Ok(WebhookAnswer {
            status: answer.status,
            retry_after: answer.retry_after(self.clock.now(), MAX_RETRY_AFTER),
            body: answer.is_whole.then_some(answer.body),
        })
    }
}

fn headers(message: &WebhookMessage) -> HeaderMap {
    let sign = |secret: &SecretString| signature(secret, &message.id, message.sent_at, &message.body);
    let signatures: Vec<_> = message.secrets.iter().filter_map(sign).collect();
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*"));
    let own = [
        ("webhook-id", message.id.clone()),
        ("webhook-timestamp", message.sent_at.timestamp().to_string()),
        ("webhook-signature", signatures.join(" ")),
    ];
    for (name, value) in own {
        // Ids, numbers and base64 alone.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

/// `v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`; none for a secret that is none.
fn signature(secret: &SecretString, id: &str, at: DateTime<Utc>, body: &str) -> Option<String> {
    let secret = secret.expose_secret();
    let key = STANDARD.decode(secret.strip_prefix(PREFIX).unwrap_or(secret)).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{}.{body}", at.timestamp()).as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use standardwebhooks::Webhook;

    fn message(secrets: &[&str]) -> WebhookMessage {
        WebhookMessage {
            url: "https://receiver.example/hook".parse().unwrap(),
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".into(),
            sent_at: DateTime::from_timestamp(1_614_265_330, 0).unwrap(),
            body: r#"{"test": 2432232314}"#.into(),
            secrets: secrets.iter().map(|secret| (*secret).into()).collect(),
            timeout: Duration::from_secs(1),
        }
    }

    /// The example of the specification.
    #[test]
    fn the_signature_is_that_of_the_specification() {
        let message = message(&["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]);
        let headers = headers(&message);
        assert_eq!(headers["webhook-id"], "msg_p5jXN8AQM9LWM0D4loKWxJek");
        assert_eq!(headers["webhook-timestamp"], "1614265330");
        assert_eq!(headers["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_public_library_verifies_it_under_each_of_two_secrets() {
        let secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_plJ3nmyCDGBKInavdOK15jsl"];
        let message = message(&secrets);
        let headers = headers(&message);
        let sent = headers["webhook-signature"].to_str().unwrap();
        assert_eq!(sent.split(' ').count(), 2);
        for (secret, expected) in secrets.iter().zip(sent.split(' ')) {
            let library = Webhook::new(secret).unwrap();
            let signed = library.sign(&message.id, message.sent_at.timestamp(), message.body.as_bytes());
            assert_eq!(signed.unwrap(), expected);
        }
    }

    #[test]
    fn nothing_is_signed_with_what_is_no_secret() {
        assert_eq!(headers(&message(&["whsec_???"]))["webhook-signature"], "");
    }
}
