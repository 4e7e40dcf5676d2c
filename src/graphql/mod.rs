//! The GraphQL API: an area a file, thin resolvers over the services.

mod api;
mod at_hand;
mod batch;
mod budget;
mod connection;
mod context;
mod directory;
pub mod fault;
mod feature;
mod item;
mod loaders;
mod mutation;
mod node;
mod plain;
mod process;
mod query;
mod scalars;
mod subscription;
#[cfg(test)]
mod tests;
mod viewer;
mod webhook;

use std::sync::Arc;

pub use api::Api;
use async_graphql::{SDLExportOptions, Schema, SchemaBuilder, ValidationMode};
pub use context::Services;
use mutation::Mutation;
use query::Query;
use subscription::Subscription;

/// The mutations that decide themselves whether somebody without a token may.
pub const OPEN_TO_NOBODY: &[&str] = &["startProcess"];

/// The schema over `services`. Limits on what a request may cost are the transport's: they come
/// before the parser.
pub fn schema(services: Arc<Services>, introspection: bool) -> Api {
    let builder = builder().data(services);
    Api(if introspection { builder.finish() } else { builder.disable_introspection().finish() })
}

/// The schema in the schema definition language, types by name.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by().prefer_single_line_descriptions();
    builder().finish().sdl_with_options(options.use_space_ident())
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .validation_mode(ValidationMode::Strict)
}
