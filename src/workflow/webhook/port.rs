//! The way out: whoever brings messages to receivers.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use url::Url;

use crate::files::fetch::{FetchError, Refusal};

/// A message on its way to a receiver.
#[derive(Debug, Clone)]
pub struct WebhookMessage {
    /// Where to.
    pub url: Url,
    /// Its id, the same in every attempt.
    pub id: String,
    /// When this attempt is made.
    pub sent_at: DateTime<Utc>,
    /// The body, letter for letter.
    pub body: String,
    /// What it is signed with: the current secret, and while they change the one before it.
    pub secrets: Vec<SecretString>,
    /// How long the receiver may take in all.
    pub timeout: Duration,
}

/// What a receiver has answered, whatever the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The status.
    pub status: u16,
    /// How long it asks to wait before another attempt; at most a day.
    pub retry_after: Option<Duration>,
    /// The body, where it is one of at most 16 KiB.
    pub body: Option<Bytes>,
}

/// Brings messages to receivers: signed as <https://www.standardwebhooks.com> prescribes, and only to where
/// our guard lets them go.
#[async_trait]
pub trait WebhookSender: Send + Sync + 'static {
    /// Whether an address may be a receiver's, as far as it can be told from the address itself.
    ///
    /// # Errors
    /// Why not.
    fn check(&self, url: &Url) -> Result<(), Refusal>;

    /// Sends a message once.
    ///
    /// # Errors
    /// Where nothing was answered, or not in time.
    async fn send(&self, message: WebhookMessage) -> Result<WebhookAnswer, FetchError>;
}
