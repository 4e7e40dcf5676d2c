//! What tests speak: people, pictures, and a world in which they act.

#[macro_use]
mod database;
mod people;
mod pictures;
mod world;

pub use database::Database;
pub use people::{Person, batch_of};
pub use pictures::Pictures;
pub use world::{FREE, World, free};

use docket::kernel::{ErrorCode, Fault};

/// What was refused, by code and the field it names.
pub fn refusal<T>(answer: Result<T, Fault>) -> (ErrorCode, Option<String>) {
    let fault = answer.err().expect("this must be refused");
    let field = fault.details().get("field").and_then(|field| field.as_str()).map(str::to_owned);
    (fault.code(), field)
}
