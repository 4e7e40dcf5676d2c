//! Faults as clients see them.
//!
//! Resolvers pass a [`Fault`] on with `?`; async-graphql keeps it as the error's source. At the
//! edge it becomes a message with `extensions.code`, `errorCode` and its details, and what is
//! internal goes to the log alone.

use std::error::Error as _;
use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, ServerError, Value};

use crate::kernel::{ErrorCode, Fault};

/// Makes `error` presentable. Errors that are no [`Fault`] are async-graphql's own: the caller's,
/// since they are found in parsing and validating what was sent.
pub fn present(error: &mut ServerError) {
    let Some(source) = error.source.take() else {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            set_code(extensions, ErrorCode::BadInput);
        }
        return;
    };
    let fault = source.downcast_ref::<Fault>().or_else(|| source.downcast_ref::<Arc<Fault>>().map(AsRef::as_ref));
    let extensions = error.extensions.insert(ErrorExtensionValues::default());
    let Some(fault) = fault else {
        tracing::error!(error = error.message, path = ?error.path, "a resolver failed");
        set_code(extensions, ErrorCode::Internal);
        error.message = Fault::internal("").message().to_owned();
        return;
    };
    if fault.code() == ErrorCode::Internal {
        tracing::error!(error = chain(fault), path = ?error.path, "a resolver failed");
    }
    for (key, detail) in fault.details() {
        extensions.set(key, Value::from_json(detail.clone()).unwrap_or_default());
    }
    set_code(extensions, fault.code());
    error.message = fault.message().to_owned();
}

fn set_code(extensions: &mut ErrorExtensionValues, code: ErrorCode) {
    extensions.set("code", code.as_str());
    extensions.set("errorCode", i32::from(code.number()));
}

/// The fault with everything that led to it, for the log.
fn chain(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut source = fault.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn presented(error: async_graphql::Error) -> serde_json::Value {
        let mut error = error.into_server_error(Default::default());
        present(&mut error);
        serde_json::to_value(&error).unwrap()
    }

    #[test]
    fn a_fault_keeps_its_code_and_details() {
        let error = presented(Fault::bad_input("first", "too many").into());
        assert_eq!(error["message"], "too many");
        assert_eq!(error["extensions"], json!({"code": "BAD_INPUT", "errorCode": 4001, "field": "first"}));
        let shared = presented(Arc::new(Fault::conflict("moved on")).into());
        assert_eq!(shared["extensions"]["code"], "CONFLICT");
    }

    #[test]
    fn what_is_internal_stays_inside() {
        for error in [
            Fault::internal("password=hunter2").into(),
            std::io::Error::other("password=hunter2").into(),
        ] {
            let shown = presented(error);
            assert_eq!(shown["extensions"]["code"], "INTERNAL");
            assert!(!shown.to_string().contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn what_validation_finds_is_bad_input() {
        let shown = presented(async_graphql::Error::new("Unknown field"));
        assert_eq!(shown["extensions"]["code"], "BAD_INPUT");
        assert_eq!(shown["message"], "Unknown field");
    }
}
