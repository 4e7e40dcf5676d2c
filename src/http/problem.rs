//! Errors outside GraphQL: `{code, errorCode, message, …details}` as JSON, with the fault's status.

use std::sync::Arc;

use axum::Json;
use axum::http::header::{HeaderValue, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::kernel::{ErrorCode, Fault};

/// A fault on its way out of a handler.
///
/// As a response it also rides along in the response's extensions, so that the log gets what the
/// client does not see, and an internal fault the request's id.
#[derive(Debug, Clone)]
pub struct Problem {
    fault: Arc<Fault>,
    status: StatusCode,
    headers: HeaderMap,
}

impl Problem {
    /// A problem under another status than its code's, for what only HTTP can say (405, 413, 415).
    pub fn with_status(status: StatusCode, fault: Fault) -> Self {
        Self { status, ..fault.into() }
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: axum::http::HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The fault.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// The response, naming the request where the fault is ours, so that its log can be found.
    pub(in crate::http) fn response(&self, request_id: Option<&str>) -> Response {
        let mut body: Map<String, Value> = self.fault.details().clone();
        body.insert("code".into(), json!(self.fault.code().as_str()));
        body.insert("errorCode".into(), json!(self.fault.code().number()));
        body.insert("message".into(), json!(self.fault.message()));
        if let (ErrorCode::Internal, Some(id)) = (self.fault.code(), request_id) {
            body.insert("requestId".into(), json!(id));
        }
        let mut response = (self.status, self.headers.clone(), Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let status = StatusCode::from_u16(fault.code().http_status());
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            fault: Arc::new(fault),
            headers: HeaderMap::new(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.response(None);
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn body(response: Response) -> Value {
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn a_fault_keeps_its_status_code_and_details() {
        let fault = Fault::new(ErrorCode::QuotaExceeded, "not enough quota").with("balance", json!(3));
        let response = Problem::from(fault).into_response();
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let expected =
            json!({"balance": 3, "code": "QUOTA_EXCEEDED", "errorCode": 1003, "message": "not enough quota"});
        assert_eq!(body(response).await, expected);
    }

    #[tokio::test]
    async fn an_internal_fault_names_the_request_and_nothing_else() {
        let problem = Problem::from(Fault::internal("password=hunter2"));
        let response = problem.response(Some("request-7"));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = body(response).await;
        assert_eq!(body["requestId"], "request-7");
        assert!(!body.to_string().contains("hunter2"));
    }

    #[test]
    fn who_is_not_authenticated_is_told_how() {
        let response = Problem::from(Fault::new(ErrorCode::Unauthenticated, "no token")).into_response();
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer");
    }
}
