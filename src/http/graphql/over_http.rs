//! `POST /graphql` and `GET /graphql`, as GraphQL over HTTP describes them.

use std::time::Duration;

use async_graphql::Executor;
use async_graphql::parser::types::OperationType;
use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{ACCEPT, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::StreamExt as _;
use serde::Serialize;

use super::execute::{WireRequest, admit, execute, kind};
use super::media_type::{Accepted, JsonType, is_json, negotiate};
use super::reply::Reply;
use super::sse;
use crate::http::auth::{Identity, log_user, missing_token};
use crate::http::metrics::count_operation;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::kernel::{ErrorCode, Fault};

/// How much of a body that is too large is read and thrown away, in bytes.
const MAX_DISCARDED: usize = 256 * 1024 * 1024;
/// The largest body that is read of who has no token, in bytes, however much others may send.
const MAX_NOBODYS_BODY: usize = 256 * 1024;
/// How long that may take.
const DISCARDING: Duration = Duration::from_secs(10);

/// An answer that ends the request before it is executed.
type Refusal = (StatusCode, Fault);

/// `POST /graphql`.
pub(in crate::http) async fn post<E: Executor>(
    State(state): State<HttpState<E>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let may_be_nobody = !state.open.is_empty();
    let exchange = match Exchange::begin(state, id, &headers, may_be_nobody).await {
        Ok(exchange) => exchange,
        Err(response) => return response,
    };
    // What a page of another site may send without asking first (forms, plain text) is not read.
    if !is_json(header(&headers, &CONTENT_TYPE).as_deref()) {
        let fault = Fault::bad_input("Content-Type", "send the request as application/json");
        return exchange.refuse((StatusCode::UNSUPPORTED_MEDIA_TYPE, fault));
    }
    let body = match exchange.read(body).await {
        Ok(body) => body,
        Err(refusal) => return exchange.refuse(refusal),
    };
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
        if exchange.identity.is_none() {
            return exchange.refuse_nobody();
        }
        return match exchange.parse_batch(&body) {
            Ok(requests) => exchange.answer_batch(requests).await,
            Err(fault) => exchange.refuse((StatusCode::BAD_REQUEST, fault)),
        };
    }
    match parse(&body) {
        Ok(request) => exchange.answer(request, false).await,
        Err(_) if exchange.identity.is_none() => exchange.refuse_nobody(),
        Err(fault) => exchange.refuse((StatusCode::BAD_REQUEST, fault)),
    }
}

/// `GET /graphql`: queries, and subscriptions as an event stream; never mutations.
pub(in crate::http) async fn get<E: Executor>(
    State(state): State<HttpState<E>>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    RawQuery(parameters): RawQuery,
) -> Response {
    let exchange = match Exchange::begin(state, id, &headers, false).await {
        Ok(exchange) => exchange,
        Err(response) => return response,
    };
    match parse_parameters(parameters.as_deref().unwrap_or_default()) {
        Ok(request) => exchange.answer(request, true).await,
        Err(fault) => exchange.refuse((StatusCode::BAD_REQUEST, fault)),
    }
}

/// One request and its answer: who asks, and what they can read.
struct Exchange<E> {
    state: HttpState<E>,
    id: RequestId,
    /// None: nobody has sent a token.
    identity: Option<Identity>,
    accepted: Accepted,
}

impl<E: Executor> Exchange<E> {
    /// Settles the answer's type and who asks, before anything is read. A token that is there and no
    /// good is refused, whoever may go without.
    async fn begin(
        state: HttpState<E>,
        id: RequestId,
        headers: &HeaderMap,
        may_be_nobody: bool,
    ) -> Result<Self, Response> {
        let accepted = negotiate(header(headers, &ACCEPT).as_deref());
        let json = accepted.json.unwrap_or(JsonType::Json);
        if accepted.json.is_none() && !accepted.event_stream {
            let message = "answers come as application/graphql-response+json, application/json or \
                           text/event-stream";
            return Err(refuse(json, (StatusCode::NOT_ACCEPTABLE, Fault::bad_input("Accept", message)), &id));
        }
        let verified = match headers.get(AUTHORIZATION).map(HeaderValue::to_str) {
            Some(Ok(value)) => state.authenticator.verify_bearer(value).await.map(Some),
            None if may_be_nobody && accepted.json.is_some() => Ok(None),
            Some(Err(_)) | None => Err(missing_token()),
        };
        match verified {
            Ok(identity) => {
                if let Some(identity) = &identity {
                    log_user(identity);
                }
                Ok(Self { state, id, identity, accepted })
            }
            Err(fault) => Err(refuse(json, (status_of(&fault), fault), &id)),
        }
    }

    fn json(&self) -> JsonType {
        self.accepted.json.unwrap_or(JsonType::Json)
    }

    fn refuse_nobody(&self) -> Response {
        self.refuse((StatusCode::UNAUTHORIZED, missing_token()))
    }

    fn refuse(&self, refusal: Refusal) -> Response {
        refuse(self.json(), refusal, &self.id)
    }

    /// Reads the body, within the limits on size and time.
    async fn read(&self, body: Body) -> Result<Bytes, Refusal> {
        let limit = match self.identity {
            Some(_) => self.state.config.max_body_bytes,
            None => self.state.config.max_body_bytes.min(MAX_NOBODYS_BODY),
        };
        let reading = async {
            let mut read = Vec::new();
            let mut chunks = body.into_data_stream();
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk.map_err(|_| {
                    (StatusCode::BAD_REQUEST, Fault::new(ErrorCode::BadInput, "the body broke off"))
                })?;
                if read.len() + chunk.len() > limit {
                    drop(read);
                    let _ = tokio::time::timeout(DISCARDING, discard(chunks)).await;
                    return Err((StatusCode::PAYLOAD_TOO_LARGE, too_large(limit)));
                }
                read.extend_from_slice(&chunk);
            }
            Ok(Bytes::from(read))
        };
        match tokio::time::timeout(self.state.config.body_timeout, reading).await {
            Ok(read) => read,
            Err(_) => {
                let fault = Fault::new(ErrorCode::BadInput, "the body took too long to arrive");
                Err((StatusCode::REQUEST_TIMEOUT, fault))
            }
        }
    }

    fn parse_batch(&self, body: &[u8]) -> Result<Vec<WireRequest>, Fault> {
        let most = self.state.config.max_batch;
        if most == 0 {
            return Err(Fault::new(
                ErrorCode::BadInput,
                "send one request at a time: batches are switched off",
            ));
        }
        let requests: Vec<WireRequest> = serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
        if requests.is_empty() {
            return Err(Fault::new(ErrorCode::BadInput, "the batch is empty"));
        }
        if requests.len() > most {
            return Err(Fault::new(ErrorCode::TooComplex, format!("a batch holds at most {most} requests")));
        }
        Ok(requests)
    }

    async fn answer(&self, request: WireRequest, is_get: bool) -> Response {
        let admitted = match admit(&self.state, request, self.identity.as_ref(), &self.id) {
            Ok(admitted) => admitted,
            // What is wrong with it is not nobody's to know.
            Err(_) if self.identity.is_none() => return self.refuse_nobody(),
            Err(reply) => return self.send(&reply),
        };
        let operation = admitted.operation;
        if is_get && operation == OperationType::Mutation {
            let fault = Fault::new(ErrorCode::BadInput, "mutations are sent by POST");
            let mut response = self.refuse((StatusCode::METHOD_NOT_ALLOWED, fault));
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            return response;
        }
        if operation == OperationType::Subscription && !self.accepted.event_stream {
            return self.send(&Reply::from_fault(
                Fault::new(
                    ErrorCode::BadInput,
                    "subscribe over a websocket at /graphql/ws, or with `Accept: text/event-stream`",
                ),
                &self.id,
            ));
        }
        tracing::debug!(operation = kind(operation), fields = admitted.fields, "a GraphQL request");
        if operation == OperationType::Subscription || self.accepted.json.is_none() {
            count_operation("sse", operation);
            let Some(identity) = &self.identity else { return self.refuse_nobody() };
            return sse::stream(&self.state, admitted, identity.expires_at);
        }
        count_operation("http", operation);
        self.send(&execute(&self.state.executor, &self.state.in_hand, admitted).await)
    }

    /// Answers a batch in order, one after the other; together it may select no more than one
    /// request may.
    async fn answer_batch(&self, requests: Vec<WireRequest>) -> Response {
        let mut replies = Vec::with_capacity(requests.len());
        let mut left = self.state.config.limits.max_fields;
        for request in requests {
            let reply = match admit(&self.state, request, self.identity.as_ref(), &self.id) {
                Err(reply) => reply,
                Ok(admitted) if admitted.operation == OperationType::Subscription => Reply::from_fault(
                    Fault::new(ErrorCode::BadInput, "a batch cannot hold subscriptions"),
                    &self.id,
                ),
                Ok(admitted) if admitted.fields > left => Reply::from_fault(
                    Fault::new(ErrorCode::TooComplex, "the batch selects too many fields altogether"),
                    &self.id,
                ),
                Ok(admitted) => {
                    left -= admitted.fields;
                    count_operation("http", admitted.operation);
                    execute(&self.state.executor, &self.state.in_hand, admitted).await
                }
            };
            replies.push(reply);
        }
        json_response(StatusCode::OK, self.json(), &replies)
    }

    fn send(&self, reply: &Reply) -> Response {
        let json = self.json();
        let status = match json {
            JsonType::GraphqlResponse if reply.is_refusal() => StatusCode::BAD_REQUEST,
            JsonType::GraphqlResponse | JsonType::Json => StatusCode::OK,
        };
        json_response(status, json, reply)
    }
}

/// Reads on without keeping anything: many clients, browsers among them, do not look at the answer
/// before they have sent what they wanted to send.
async fn discard(mut chunks: axum::body::BodyDataStream) {
    let mut left = MAX_DISCARDED;
    while let Some(Ok(chunk)) = chunks.next().await {
        let Some(rest) = left.checked_sub(chunk.len()) else { return };
        left = rest;
    }
}

/// The refusal of a body that is too large, saying what to do about it.
fn too_large(limit: usize) -> Fault {
    let message = format!(
        "the body has more than {limit} bytes: send less, or have the server's operator raise \
         http.max_body_bytes (DOCKET_HTTP__MAX_BODY_BYTES)"
    );
    Fault::new(ErrorCode::TooComplex, message).with("limit", limit.into())
}

fn refuse(json: JsonType, (status, fault): Refusal, id: &RequestId) -> Response {
    let mut response = json_response(status, json, &Reply::from_fault(fault, id));
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn json_response(status: StatusCode, json: JsonType, body: &impl Serialize) -> Response {
    // A page of a list has tens of kilobytes: fewer copies on the way there.
    let mut bytes = Vec::with_capacity(8 * 1024);
    match serde_json::to_writer(&mut bytes, body) {
        Ok(()) => {
            let headers = [(CONTENT_TYPE, json.content_type()), (CACHE_CONTROL, "no-store")];
            (status, headers, bytes).into_response()
        }
        Err(error) => crate::http::Problem::from(Fault::internal(error)).into_response(),
    }
}

fn status_of(fault: &Fault) -> StatusCode {
    StatusCode::from_u16(fault.code().http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// A header that may be sent several times, as one list.
fn header(headers: &HeaderMap, name: &axum::http::HeaderName) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect();
    (!values.is_empty()).then(|| values.join(","))
}

fn parse(body: &[u8]) -> Result<WireRequest, Fault> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}

/// What is wrong with a body, cut short: the parser's message may repeat what was sent.
fn unreadable(error: &serde_json::Error) -> Fault {
    let told: String = error.to_string().chars().take(200).collect();
    match error.classify() {
        serde_json::error::Category::Data => {
            Fault::new(ErrorCode::BadInput, format!("this is not a GraphQL request: {told}"))
        }
        _ => Fault::new(ErrorCode::BadInput, format!("the body is not JSON: {told}")),
    }
}

/// A request out of a URL's query string.
fn parse_parameters(parameters: &str) -> Result<WireRequest, Fault> {
    let (mut query, mut operation_name, mut variables) = (None, None, None);
    for (name, value) in url::form_urlencoded::parse(parameters.as_bytes()) {
        let slot = match name.as_ref() {
            "query" => &mut query,
            "operationName" => &mut operation_name,
            "variables" => &mut variables,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(Fault::bad_input(name, "this parameter is given twice"));
        }
    }
    let variables = match variables.filter(|variables| !variables.is_empty()) {
        None => Default::default(),
        Some(text) => serde_json::from_str(&text)
            .map_err(|_| Fault::bad_input("variables", "the variables must be a JSON object"))?,
    };
    let query = query.ok_or_else(|| Fault::bad_input("query", "the parameter `query` is missing"))?;
    Ok(WireRequest { query, operation_name, variables })
}

#[cfg(test)]
mod tests;
