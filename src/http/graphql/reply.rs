//! What leaves: responses whose every error carries a code, and nothing that is ours to know.

use std::collections::BTreeMap;

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use serde::Serialize;

use crate::graphql::fault::{fault_extensions, fault_of, set_code};
use crate::http::request_id::RequestId;
use crate::kernel::{ErrorCode, Fault, causes};

/// The most errors told of a request that cannot be executed.
const MAX_REQUEST_ERRORS: usize = 20;
/// The longest message of such an error, in characters.
const MAX_MESSAGE_CHARS: usize = 500;

/// A response as clients get it.
#[derive(Debug, Serialize)]
pub(in crate::http) struct Reply {
    /// Absent where the request was not executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: BTreeMap<String, Value>,
}

impl Reply {
    /// A response of the schema, its errors given their codes; what is internal goes to the log.
    pub(in crate::http) fn from_response(response: Response, request_id: &RequestId) -> Self {
        let mut errors = response.errors;
        let executed = response.data != Value::Null || errors.iter().any(|error| !error.path.is_empty());
        if !executed {
            errors.truncate(MAX_REQUEST_ERRORS);
        }
        for error in &mut errors {
            give_code(error, request_id);
        }
        Self { data: executed.then_some(response.data), errors, extensions: response.extensions }
    }

    /// The refusal of a request.
    pub(in crate::http) fn refusal(error: impl Into<ServerError>) -> Self {
        Self { data: None, errors: vec![error.into()], extensions: BTreeMap::new() }
    }

    /// The refusal of a request for a fault.
    pub(in crate::http) fn from_fault(fault: Fault, request_id: &RequestId) -> Self {
        let mut error = ServerError::new(fault.message(), None);
        error.source = Some(std::sync::Arc::new(fault));
        give_code(&mut error, request_id);
        Self::refusal(error)
    }

    /// Whether the request was not executed at all.
    pub(in crate::http) fn is_refusal(&self) -> bool {
        self.data.is_none()
    }

    /// The errors.
    pub(in crate::http) fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// A subscription that could not begin, which by the specification is a refusal; anything else
    /// as it is.
    pub(in crate::http) fn into_first_of_subscription(mut self) -> Self {
        if self.data == Some(Value::Null) && !self.errors.is_empty() {
            self.data = None;
        }
        self
    }
}

/// Gives an error its code: the one it has, its fault's, or what its kind says.
fn give_code(error: &mut ServerError, request_id: &RequestId) {
    let known = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    if let Some(code) = known {
        if code != &Value::from(ErrorCode::Internal.as_str()) {
            return;
        }
    } else if let Some((message, extensions)) = fault_of(error)
        .filter(|fault| fault.code() != ErrorCode::Internal)
        .map(|fault| (fault.message().to_owned(), fault_extensions(fault)))
    {
        error.message = message;
        error.extensions = Some(extensions);
        return;
    } else if is_bad_input(error) {
        if error.message.chars().nth(MAX_MESSAGE_CHARS).is_some() {
            error.message = error.message.chars().take(MAX_MESSAGE_CHARS).chain(['…']).collect();
        }
        set_code(error.extensions.get_or_insert_default(), ErrorCode::BadInput);
        return;
    }
    log_internal(error, request_id);
    error.message = Fault::internal("").message().to_owned();
    let mut extensions = ErrorExtensionValues::default();
    set_code(&mut extensions, ErrorCode::Internal);
    extensions.set("requestId", request_id.as_str());
    error.extensions = Some(extensions);
}

/// Whether an error without a code is the client's: those of parsing and validation have no path,
/// and those of reading an argument's value have no source and begin as the library lets them.
fn is_bad_input(error: &ServerError) -> bool {
    let reading = ["Failed to parse \"", "Expected input type \""];
    error.source.is_none()
        && (error.path.is_empty() || reading.iter().any(|start| error.message.starts_with(start)))
}

fn log_internal(error: &ServerError, request_id: &RequestId) {
    let path: Vec<String> = error
        .path
        .iter()
        .map(|segment| match segment {
            async_graphql::PathSegment::Field(name) => name.clone(),
            async_graphql::PathSegment::Index(index) => index.to_string(),
        })
        .collect();
    let cause = fault_of(error).map_or_else(|| error.message.clone(), |fault| causes(fault));
    tracing::error!(%request_id, path = path.join("."), cause, "a resolver failed");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::schema;
    use serde_json::{Value as Json, json};

    async fn run(source: &str) -> Json {
        run_with(source, json!({})).await
    }

    async fn run_with(source: &str, variables: Json) -> Json {
        let request =
            async_graphql::Request::new(source).variables(async_graphql::Variables::from_json(variables));
        let id = RequestId::generate();
        serde_json::to_value(Reply::from_response(schema().execute(request).await, &id)).unwrap()
    }

    fn code(reply: &Json) -> &Json {
        &reply["errors"][0]["extensions"]["code"]
    }

    #[tokio::test]
    async fn faults_of_resolvers_keep_their_code_and_details() {
        for (field, data) in [("fault", json!({"fault": null})), ("bareFault", json!(null))] {
            let reply = run(&format!("{{ {field} }}")).await;
            assert_eq!(
                reply["errors"][0]["extensions"],
                json!({"code": "NOT_FOUND", "errorCode": 4004, "thing": "batch"})
            );
            assert_eq!(reply.get("data"), Some(&data));
            assert!(!reply["errors"][0]["message"].as_str().unwrap().starts_with("NOT_FOUND"));
        }
    }

    #[tokio::test]
    async fn what_is_internal_says_so_and_nothing_else() {
        for field in ["internal", "bareInternal", "foreignError"] {
            let reply = run(&format!("{{ {field} }}")).await;
            assert_eq!(code(&reply), "INTERNAL", "{field}");
            assert!(reply["errors"][0]["extensions"]["requestId"].is_string());
            assert!(!reply.to_string().contains("hunter2"), "{reply}");
        }
    }

    #[tokio::test]
    async fn what_the_schema_refuses_is_bad_input_without_data() {
        for source in ["{ nothing }", "{ add(a: \"x\", b: 1) }", "{ hello { x } }", "{ add(a: 1) }"] {
            let reply = run(source).await;
            assert_eq!(code(&reply), "BAD_INPUT", "{source}");
            assert_eq!(reply.get("data"), None, "{source}");
        }
        // Found out while executing, by the scalar itself.
        for variables in [json!({"a": 2_147_483_648i64}), json!({"a": true})] {
            let reply = run_with("query($a: Int!) { add(a: $a, b: 1) }", variables).await;
            assert_eq!(code(&reply), "BAD_INPUT", "{reply}");
        }
        let reply = run("{ day(at: \"yesterday\") }").await;
        assert_eq!(code(&reply), "BAD_INPUT", "{reply}");
    }

    #[tokio::test]
    async fn of_many_errors_only_some_are_told() {
        let fields = (0..100).map(|i| format!("nothing{i} ")).collect::<String>();
        let reply = run(&format!("{{ {fields} }}")).await;
        assert_eq!(reply["errors"].as_array().unwrap().len(), MAX_REQUEST_ERRORS);
        let long = run(&format!("{{ {} }}", "x".repeat(5000))).await;
        assert!(long["errors"][0]["message"].as_str().unwrap().chars().count() <= MAX_MESSAGE_CHARS + 1);
    }
}
