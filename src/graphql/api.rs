//! The schema as transports execute it.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Data, Executor, Name, PathSegment, Request, Response, Value};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::budget::Budget;
use super::{Mutation, Query, Subscription};

/// The schema, with or without services behind it. Cheap to clone.
#[derive(Clone)]
pub struct Api(pub(super) async_graphql::Schema<Query, Mutation, Subscription>);

impl Executor for Api {
    async fn execute(&self, mut request: Request) -> Response {
        let keys = root_keys(&mut request);
        in_order(complete(self.0.execute(request.data(Budget::default())).await), &keys)
    }

    fn execute_stream(
        &self,
        request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let request = request.data(Budget::default());
        Executor::execute_stream(&self.0, request, session_data).map(complete).boxed()
    }
}

/// The response keys at the root, in the order in which the document has them.
fn root_keys(request: &mut Request) -> Vec<Name> {
    fn add<'a>(
        document: &'a ExecutableDocument,
        selection: &'a SelectionSet,
        spread: &mut HashSet<&'a Name>,
        keys: &mut Vec<Name>,
    ) {
        for selection in &selection.items {
            let below = match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    if !keys.contains(key) {
                        keys.push(key.clone());
                    }
                    continue;
                }
                Selection::InlineFragment(fragment) => &fragment.node.selection_set.node,
                Selection::FragmentSpread(fragment) => {
                    let name = &fragment.node.fragment_name.node;
                    match document.fragments.get(name) {
                        // Once is enough, and it ends where fragments spread themselves: nobody has
                        // looked for that yet.
                        Some(fragment) if spread.insert(name) => &fragment.node.selection_set.node,
                        _ => continue,
                    }
                }
            };
            add(document, below, spread, keys);
        }
    }
    let name = request.operation_name.clone();
    let Ok(document) = request.parsed_query() else { return Vec::new() };
    let is_asked =
        |of: Option<&Name>| name.as_deref().is_none_or(|name| of.is_some_and(|of| of.as_str() == name));
    let operation = document.operations.iter().find(|(of, _)| is_asked(*of));
    let mut keys = Vec::new();
    if let Some((_, operation)) = operation {
        add(document, &operation.node.selection_set.node, &mut HashSet::new(), &mut keys);
    }
    keys
}

/// The fields at the root in the order of `keys`, as the specification says. async-graphql gives
/// them in the order in which they became known.
fn in_order(mut response: Response, keys: &[Name]) -> Response {
    if let Value::Object(data) = &mut response.data {
        let place = |name: &Name| keys.iter().position(|key| key == name).unwrap_or(usize::MAX);
        data.sort_by(|one, _, other, _| place(one).cmp(&place(other)));
    }
    response
}

/// A field at the root that failed and cannot be null takes the whole data with it, as the
/// specification says. async-graphql leaves it out instead.
fn complete(mut response: Response) -> Response {
    let Value::Object(data) = &response.data else { return response };
    let failed = response.errors.iter().filter_map(|error| error.path.first());
    let missing = |segment: &PathSegment| match segment {
        PathSegment::Field(name) => !data.contains_key(name.as_str()),
        PathSegment::Index(_) => false,
    };
    if failed.clone().any(missing) {
        response.data = Value::Null;
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::ServerError;

    fn response(data: serde_json::Value, path: &str) -> Response {
        let mut response = Response::new(Value::from_json(data).unwrap());
        let mut error = ServerError::new("failed", None);
        error.path = path.split('.').map(|name| PathSegment::Field(name.to_owned())).collect();
        response.errors.push(error);
        response
    }

    #[test]
    fn fields_at_the_root_keep_their_order() {
        let query = "query Other { viewer { name } } query Asked { ...F c: __typename ...F } fragment F on Query \
                     { features { totalCount } ... { b: batches { totalCount } } a: viewer { name } }";
        let keys = root_keys(&mut Request::new(query).operation_name("Asked"));
        assert_eq!(keys, ["features", "b", "a", "c"].map(Name::new));
        let known = serde_json::json!({"a": {}, "b": {}, "c": "Query", "features": {}});
        let answered = in_order(response(known, "nowhere"), &keys);
        let Value::Object(data) = answered.data else { panic!("no object") };
        assert!(data.keys().eq(&keys), "{data:?}");
        for query in ["{", "query Other { viewer { name } }"] {
            assert!(root_keys(&mut Request::new(query).operation_name("Asked")).is_empty(), "{query}");
        }
        // Not valid, which nobody knows yet: written out, it has no end.
        let query =
            "{ ...F } fragment F on Query { ...G ...G a: __typename } fragment G on Query { ...F ...F }";
        assert_eq!(root_keys(&mut Request::new(query)), ["a"].map(Name::new));
    }

    #[test]
    fn what_cannot_be_null_takes_the_data_with_it() {
        let whole = serde_json::json!({"viewer": {"name": "Alice"}});
        assert_eq!(complete(response(whole.clone(), "batches")).data, Value::Null);
        assert_ne!(complete(response(whole, "viewer.quota")).data, Value::Null);
        let nullable = serde_json::json!({"viewer": {}, "batch": null});
        assert_ne!(complete(response(nullable, "batch")).data, Value::Null);
    }
}
