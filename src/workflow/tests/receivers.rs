//! Receivers of webhooks: what was sent to them, and what they answer, as a test says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::future::BoxFuture;
use serde_json::Value;
use url::Url;

use crate::files::fetch::{FetchError, Refusal, check_shape};
use crate::workflow::{WebhookAnswer, WebhookMessage, WebhookSender};

/// What came of a message.
pub(super) type Answered = Result<WebhookAnswer, FetchError>;
/// What a receiver does with a message that it has got so many times before.
type Behaviour = Arc<dyn Fn(WebhookMessage, usize) -> BoxFuture<'static, Answered> + Send + Sync>;

/// All receivers that there are. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Receivers {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    got: Mutex<Vec<WebhookMessage>>,
    behaviours: Mutex<HashMap<String, Behaviour>>,
}

/// An answer with this status.
pub(super) fn answers(status: u16) -> Answered {
    Ok(WebhookAnswer { status, retry_after: None, body: Some(bytes::Bytes::new()) })
}

/// An answer with this body.
pub(super) fn says(body: &Value) -> Answered {
    Ok(WebhookAnswer { status: 200, retry_after: None, body: Some(body.to_string().into()) })
}

impl Receivers {
    /// From now on whoever is at this host answers so.
    pub(super) fn behave(
        &self,
        host: &str,
        behaviour: impl Fn(&WebhookMessage, usize) -> Answered + Send + Sync + 'static,
    ) {
        self.behave_in_time(host, move |message, before| {
            let answer = behaviour(&message, before);
            Box::pin(async move { answer })
        });
    }

    /// The same for whoever takes their time.
    pub(super) fn behave_in_time(
        &self,
        host: &str,
        behaviour: impl Fn(WebhookMessage, usize) -> BoxFuture<'static, Answered> + Send + Sync + 'static,
    ) {
        self.inner.behaviours.lock().unwrap().insert(host.to_owned(), Arc::new(behaviour));
    }

    /// What was sent to a host, in that order.
    pub(super) fn got(&self, host: &str) -> Vec<WebhookMessage> {
        let got = self.inner.got.lock().unwrap();
        got.iter().filter(|message| message.url.host_str() == Some(host)).cloned().collect()
    }

    /// The types of events that were sent to a host.
    pub(super) fn types(&self, host: &str) -> Vec<String> {
        self.got(host).iter().map(|message| event(message)["type"].as_str().unwrap().to_owned()).collect()
    }

    /// Forgets what was sent.
    pub(super) fn forget(&self) {
        self.inner.got.lock().unwrap().clear();
    }
}

/// What a message says.
pub(super) fn event(message: &WebhookMessage) -> Value {
    serde_json::from_str(&message.body).unwrap()
}

#[async_trait]
impl WebhookSender for Receivers {
    fn check(&self, url: &Url) -> Result<(), Refusal> {
        check_shape(url)
    }

    async fn send(&self, message: WebhookMessage) -> Answered {
        let host = message.url.host_str().unwrap().to_owned();
        let before = self.got(&host).iter().filter(|other| other.id == message.id).count();
        self.inner.got.lock().unwrap().push(message.clone());
        let behaviour = self.inner.behaviours.lock().unwrap().get(&host).cloned();
        match behaviour {
            Some(behaviour) => behaviour(message, before).await,
            None => answers(204),
        }
    }
}
