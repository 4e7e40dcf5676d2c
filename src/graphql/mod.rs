//! The GraphQL API: an area a file, thin resolvers over the services.

mod at_hand;
mod batch;
mod connection;
mod context;
pub mod fault;
mod feature;
mod item;
mod loaders;
mod mutation;
mod node;
mod query;
mod scalars;
mod subscription;
mod viewer;

use std::sync::Arc;

use async_graphql::SDLExportOptions;
pub use context::Services;

/// The schema, with or without services behind it.
pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// The schema over `services`. Limits on what a request may cost are the transport's: they come
/// before the parser.
pub fn schema(services: Arc<Services>, introspection: bool) -> Schema {
    let builder = builder().data(services);
    if introspection { builder.finish() } else { builder.disable_introspection().finish() }
}

/// The schema in the schema definition language, types by name.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().include_specified_by().prefer_single_line_descriptions();
    builder().finish().sdl_with_options(options.use_space_ident())
}

fn builder() -> async_graphql::SchemaBuilder<query::Query, mutation::Mutation, subscription::Subscription> {
    async_graphql::Schema::build(
        query::Query::default(),
        mutation::Mutation::default(),
        subscription::Subscription,
    )
    .validation_mode(async_graphql::ValidationMode::Strict)
}
