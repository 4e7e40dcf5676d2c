//! The schema as transports execute it.

use std::sync::Arc;

use async_graphql::{Data, Executor, PathSegment, Request, Response, Value};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use super::budget::Budget;
use super::{Mutation, Query, Subscription};

/// The schema, with or without services behind it. Cheap to clone.
#[derive(Clone)]
pub struct Api(pub(super) async_graphql::Schema<Query, Mutation, Subscription>);

impl Executor for Api {
    async fn execute(&self, request: Request) -> Response {
        complete(self.0.execute(request.data(Budget::default())).await)
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
    fn what_cannot_be_null_takes_the_data_with_it() {
        let whole = serde_json::json!({"viewer": {"name": "Alice"}});
        assert_eq!(complete(response(whole.clone(), "batches")).data, Value::Null);
        assert_ne!(complete(response(whole, "viewer.quota")).data, Value::Null);
        let nullable = serde_json::json!({"viewer": {}, "batch": null});
        assert_ne!(complete(response(nullable, "batch")).data, Value::Null);
    }
}
