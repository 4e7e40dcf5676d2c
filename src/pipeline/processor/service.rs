//! Services outside that take a picture and answer one.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, StatusCode, redirect};
use secrecy::ExposeSecret as _;

use super::error::{StepError, StepErrorCode};
use crate::pipeline::config::{HttpService, PipelineConfig, PipelineConfigError};

/// A picture on its way to a service.
#[derive(Debug, Clone)]
pub struct ServiceCall {
    /// The picture's file.
    pub picture: Bytes,
    /// Its media type.
    pub content_type: &'static str,
    /// The same in every attempt at the same step of the same item, so that the service can tell.
    pub operation_key: String,
}

/// Why a service did not answer a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// There is no service of this name (any more).
    #[error("the service is not configured")]
    Unknown,
    /// It cannot be reached, or the connection broke. Transient.
    #[error("the service cannot be reached")]
    Unreachable,
    /// It took longer than its configuration allows. Transient.
    #[error("the service did not answer within {0} seconds")]
    Timeout(u64),
    /// It says that it cannot at the moment (408, 425, 429, 5xx). Transient.
    #[error("the service answered with status {0}")]
    Unavailable(u16),
    /// It does not want this picture (any other status that is no success).
    #[error("the service refused the picture with status {0}")]
    Refused(u16),
    /// Its answer is larger than its configuration allows.
    #[error("the service answered more than {0} bytes")]
    TooLarge(usize),
}

impl From<ServiceError> for StepError {
    fn from(error: ServiceError) -> Self {
        let code = match error {
            ServiceError::Unknown | ServiceError::Refused(_) => StepErrorCode::ServiceRefused,
            ServiceError::Unreachable | ServiceError::Unavailable(_) => StepErrorCode::ServiceFailed,
            ServiceError::Timeout(_) => StepErrorCode::ServiceTimeout,
            ServiceError::TooLarge(_) => StepErrorCode::ServiceBadAnswer,
        };
        Self::new(code, error.to_string())
    }
}

/// Whoever brings pictures to services.
#[async_trait]
pub trait PictureServices: Send + Sync {
    /// Has the service called `service` work on a picture, and answers what it answers.
    ///
    /// # Errors
    /// [`ServiceError`], sorted by whether another attempt may go better.
    async fn call(&self, service: &str, call: ServiceCall) -> Result<Bytes, ServiceError>;
}

/// The services of the configuration, over HTTP: a `POST` with the picture as its body and the
/// operation key as `Idempotency-Key`; a success answers a picture in any of the four formats.
///
/// Redirects are not followed and no proxy is used: the picture goes where the operator says.
pub struct HttpPictureServices {
    client: Client,
    services: BTreeMap<String, HttpService>,
}

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

impl HttpPictureServices {
    /// The services that `config` names.
    ///
    /// # Errors
    /// [`PipelineConfigError`] where a setting cannot be used.
    pub fn new(config: &PipelineConfig) -> Result<Self, PipelineConfigError> {
        config.check()?;
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|error| PipelineConfigError::new("services", error.to_string()))?;
        Ok(Self { client, services: config.services.clone() })
    }

    async fn post(&self, service: &HttpService, call: ServiceCall) -> Result<Bytes, ServiceError> {
        let mut request = self
            .client
            .post(service.url.clone())
            .header(CONTENT_TYPE, call.content_type)
            .header(ACCEPT, "image/jpeg, image/png, image/webp, image/gif")
            .header("Idempotency-Key", &call.operation_key)
            .body(call.picture);
        if let Some(token) = &service.token {
            request = request.bearer_auth(token.expose_secret());
        }
        // The error would name the address, which is not for the caller's eyes.
        let broken = |error: reqwest::Error| {
            tracing::warn!(error = %error.without_url(), "a picture service cannot be reached");
            ServiceError::Unreachable
        };
        let mut response = request.send().await.map_err(broken)?;
        let status = response.status();
        if !status.is_success() {
            return Err(match status {
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                    ServiceError::Unavailable(status.as_u16())
                }
                status if status.is_server_error() => ServiceError::Unavailable(status.as_u16()),
                status => ServiceError::Refused(status.as_u16()),
            });
        }
        let most = service.max_response_bytes;
        let too_large = |length: usize| length > most;
        let announced = response.content_length().map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if announced.is_some_and(too_large) {
            return Err(ServiceError::TooLarge(most));
        }
        let mut answer = BytesMut::new();
        while let Some(part) = response.chunk().await.map_err(broken)? {
            if too_large(answer.len() + part.len()) {
                return Err(ServiceError::TooLarge(most));
            }
            answer.extend_from_slice(&part);
        }
        Ok(answer.freeze())
    }
}

#[async_trait]
impl PictureServices for HttpPictureServices {
    async fn call(&self, service: &str, call: ServiceCall) -> Result<Bytes, ServiceError> {
        let service = self.services.get(service).ok_or(ServiceError::Unknown)?;
        let limit = Duration::from_secs(service.timeout_seconds);
        tokio::time::timeout(limit, self.post(service, call))
            .await
            .unwrap_or(Err(ServiceError::Timeout(service.timeout_seconds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::http::{HeaderMap, StatusCode as Status};
    use axum::response::{IntoResponse, Redirect};
    use axum::routing::post;

    /// A service on a free port of this machine; answers where it is.
    async fn serve() -> String {
        let echo = |headers: HeaderMap, body: Bytes| async move {
            let told = |name: &str| {
                headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned()
            };
            let told = [told("content-type"), told("idempotency-key"), told("authorization")].join(" ");
            [told.into_bytes(), body.to_vec()].concat()
        };
        let endless = || async {
            let parts =
                futures::stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 1_024])));
            Body::from_stream(parts).into_response()
        };
        let routes = Router::new()
            .route("/echo", post(echo))
            .route("/busy", post(|| async { Status::SERVICE_UNAVAILABLE }))
            .route("/slow", post(std::future::pending::<Status>))
            .route("/often", post(|| async { Status::TOO_MANY_REQUESTS }))
            .route("/no", post(|| async { Status::UNPROCESSABLE_ENTITY }))
            .route("/away", post(|| async { Redirect::temporary("/echo") }))
            .route("/large", post(|| async { vec![0_u8; 2_000] }))
            .route("/endless", post(endless));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        format!("http://{address}")
    }

    fn services(base: &str) -> HttpPictureServices {
        let mut config = PipelineConfig::default();
        for path in ["echo", "busy", "slow", "often", "no", "away", "large", "endless"] {
            let service = HttpService {
                url: format!("{base}/{path}").parse().unwrap(),
                token: Some("secret".into()),
                timeout_seconds: 1,
                max_response_bytes: 1_500,
            };
            config.services.insert(path.to_owned(), service);
        }
        let gone = HttpService::at("http://127.0.0.1:1/".parse().unwrap());
        config.services.insert("gone".to_owned(), gone);
        HttpPictureServices::new(&config).unwrap()
    }

    fn call() -> ServiceCall {
        ServiceCall {
            picture: Bytes::from_static(b"!picture"),
            content_type: "image/png",
            operation_key: "item-1:outside".to_owned(),
        }
    }

    #[tokio::test]
    async fn the_picture_is_posted_with_its_type_key_and_token() {
        let answer = services(&serve().await).call("echo", call()).await.unwrap();
        assert_eq!(answer, "image/png item-1:outside Bearer secret!picture");
    }

    #[tokio::test]
    async fn answers_are_sorted_bounded_and_not_followed_elsewhere() {
        let services = services(&serve().await);
        for (name, expected) in [
            ("busy", ServiceError::Unavailable(503)),
            ("often", ServiceError::Unavailable(429)),
            ("no", ServiceError::Refused(422)),
            ("away", ServiceError::Refused(307)),
            ("large", ServiceError::TooLarge(1_500)),
            ("endless", ServiceError::TooLarge(1_500)),
            ("slow", ServiceError::Timeout(1)),
            ("gone", ServiceError::Unreachable),
            ("never", ServiceError::Unknown),
        ] {
            assert_eq!(services.call(name, call()).await, Err(expected), "{name}");
        }
    }
}
