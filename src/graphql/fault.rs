//! Faults as GraphQL errors: the code and its number in `extensions`, with the details.

use std::sync::Arc;

use async_graphql::{Error, ErrorExtensionValues, ServerError, Value};
use uuid::Uuid;

use crate::kernel::{ErrorCode, Fault, GlobalId, NodeKind};

/// What a fault says in `extensions`: its details, then `code` and `errorCode`, which no detail
/// can overwrite.
pub fn fault_extensions(fault: &Fault) -> ErrorExtensionValues {
    let mut extensions = ErrorExtensionValues::default();
    for (key, value) in fault.details() {
        let value = global_id(key, value).unwrap_or_else(|| value.clone());
        extensions.set(key, Value::from_json(value).unwrap_or_default());
    }
    set_code(&mut extensions, fault.code());
    extensions
}

/// An id as the API has it, of details that name something by its own.
fn global_id(key: &str, value: &serde_json::Value) -> Option<serde_json::Value> {
    let kind = match key {
        "batchId" => NodeKind::Batch,
        "parentId" => NodeKind::ProcessInstance,
        _ => return None,
    };
    let id = Uuid::try_parse(value.as_str()?).ok()?;
    Some(GlobalId::encode(kind, id).into())
}

/// Writes `code` and `errorCode`.
pub fn set_code(extensions: &mut ErrorExtensionValues, code: ErrorCode) {
    extensions.set("code", code.as_str());
    extensions.set("errorCode", code.number());
}

/// A fault as a resolver returns it. The fault itself stays behind the error as its source, for
/// the log. (A bare `?` on a [`Fault`] keeps it too: `http/` gives such an error its code as it
/// leaves.)
pub fn fault_error(fault: impl Into<Fault>) -> Error {
    let fault = fault.into();
    Error {
        message: fault.message().to_owned(),
        extensions: Some(fault_extensions(&fault)),
        source: Some(Arc::new(fault)),
    }
}

/// A fault of a service, its `field` called as the schema calls it: from the first of a pair to its
/// second, where it is the whole field or what it begins with (`text[3]`, `text.x`).
pub fn renamed(fault: Fault, names: &[(&str, &str)]) -> Fault {
    let Some(field) = fault.details().get("field").and_then(serde_json::Value::as_str) else { return fault };
    let renamed = names.iter().find_map(|(from, to)| {
        let rest = field.strip_prefix(from)?;
        (rest.is_empty() || rest.starts_with(['[', '.'])).then(|| format!("{to}{rest}"))
    });
    match renamed {
        Some(field) => fault.with("field", field.into()),
        None => fault,
    }
}

/// The fault behind an error, where there is one; loaders share theirs in an [`Arc`].
pub fn fault_of(error: &ServerError) -> Option<&Fault> {
    error.source::<Fault>().or_else(|| error.source::<Arc<Fault>>().map(AsRef::as_ref))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn details_cannot_overwrite_the_code() {
        let fault = Fault::bad_input("inputImages[3]", "at least 1 image").with("code", json!("NICE_TRY"));
        let extensions = fault_extensions(&fault);
        assert_eq!(extensions.get("code"), Some(&Value::from("BAD_INPUT")));
        assert_eq!(extensions.get("errorCode"), Some(&Value::from(4001)));
        assert_eq!(extensions.get("field"), Some(&Value::from("inputImages[3]")));
    }

    #[test]
    fn ids_are_told_as_the_schema_has_them() {
        let id = Uuid::max().to_string();
        let fault = Fault::conflict("no").with("parentId", json!(id)).with("decidedBy", json!(id));
        let extensions = fault_extensions(&fault);
        let global = GlobalId::encode(NodeKind::ProcessInstance, Uuid::max());
        assert_eq!(extensions.get("parentId"), Some(&Value::from(global)));
        assert_eq!(extensions.get("decidedBy"), Some(&Value::from(id)));
    }

    #[test]
    fn fields_are_called_as_the_schema_calls_them() {
        let field = |field: &str| {
            let fault = renamed(Fault::bad_input(field, "no"), &[("text", "search"), ("person", "userId")]);
            fault.details()["field"].as_str().unwrap().to_owned()
        };
        assert_eq!(field("text"), "search");
        assert_eq!(field("person[2].id"), "userId[2].id");
        assert_eq!(field("texts"), "texts");
        assert!(renamed(Fault::not_found("x"), &[("text", "search")]).details().is_empty());
    }

    #[test]
    fn the_fault_stays_behind_the_error_however_it_was_made() {
        let position = async_graphql::Pos::default();
        let explicit = fault_error(Fault::not_found("batch")).into_server_error(position);
        let bare = Error::from(Fault::not_found("batch")).into_server_error(position);
        let shared = Error::from(Arc::new(Fault::not_found("batch"))).into_server_error(position);
        for error in [explicit, bare, shared] {
            assert_eq!(fault_of(&error).map(Fault::code), Some(ErrorCode::NotFound));
        }
    }
}
