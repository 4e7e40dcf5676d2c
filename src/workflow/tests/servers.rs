//! Servers that processes call: what was sent to them, and what they answer, as a test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use serde_json::Value;

use crate::files::fetch::FetchError;
use crate::workflow::{HttpAnswer, HttpCalls, HttpRequest};

type Answered = Result<HttpAnswer, FetchError>;
/// What a server does with the call of this number, from 0.
type Behaviour = Arc<dyn Fn(HttpRequest, usize) -> BoxFuture<'static, Answered> + Send + Sync>;

/// All servers that there are. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Servers {
    got: Arc<Mutex<Vec<HttpRequest>>>,
    behaviour: Arc<Mutex<Option<Behaviour>>>,
}

/// An answer with this status and body.
pub(super) fn answers(status: u16, body: &Value) -> Answered {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Ok(HttpAnswer { status, retry_after: None, body: body.into(), is_whole: true })
}

impl Servers {
    /// From now on they answer so.
    pub(super) fn behave(&self, behaviour: impl Fn(&HttpRequest, usize) -> Answered + Send + Sync + 'static) {
        self.behave_in_time(move |request, before| {
            let answer = behaviour(&request, before);
            Box::pin(async move { answer })
        });
    }

    /// The same for those who take their time.
    pub(super) fn behave_in_time(
        &self,
        behaviour: impl Fn(HttpRequest, usize) -> BoxFuture<'static, Answered> + Send + Sync + 'static,
    ) {
        *self.behaviour.lock().unwrap() = Some(Arc::new(behaviour));
    }

    /// What was sent, in that order.
    pub(super) fn got(&self) -> Vec<HttpRequest> {
        self.got.lock().unwrap().clone()
    }
}

#[async_trait]
impl HttpCalls for Servers {
    async fn call(&self, request: HttpRequest) -> Result<HttpAnswer, FetchError> {
        assert!(request.timeout <= Duration::from_secs(60));
        let before = {
            let mut got = self.got.lock().unwrap();
            got.push(request.clone());
            got.len() - 1
        };
        let behaviour = self.behaviour.lock().unwrap().clone();
        match behaviour {
            Some(behaviour) => behaviour(request, before).await,
            None => answers(204, &Value::Null),
        }
    }
}
