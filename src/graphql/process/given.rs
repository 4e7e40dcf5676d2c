//! What mutations of approvals are given, read.

use async_graphql::ID;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::graphql::context::user_of;
use crate::graphql::scalars::Json;
use crate::kernel::{Fault, GlobalId, NodeKind};

/// The most ids that any mutation here takes.
const MAX_IDS: usize = 500;

/// An object of JSON; empty where there is none.
///
/// # Errors
/// `BAD_INPUT` at `field` for what is no object.
pub fn object(field: &str, given: Option<Json>) -> Result<Map<String, Value>, Fault> {
    match given.map(|json| json.0) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(Fault::bad_input(field, "this must be a JSON object")),
    }
}

/// The ids of files.
///
/// # Errors
/// `BAD_INPUT` at the first that is none.
pub fn files(field: &str, ids: Option<Vec<ID>>) -> Result<Vec<Uuid>, Fault> {
    let ids = ids.unwrap_or_default();
    bounded(field, ids.len())?;
    let file =
        |(place, id): (usize, &ID)| GlobalId::uuid_of(NodeKind::File, &format!("{field}[{place}]"), id);
    ids.iter().enumerate().map(file).collect()
}

/// The ids of users.
///
/// # Errors
/// `BAD_INPUT` at the first that is none.
pub fn users(field: &str, ids: &[String]) -> Result<Vec<String>, Fault> {
    bounded(field, ids.len())?;
    let user = |(place, id): (usize, &String)| user_of(&format!("{field}[{place}]"), id);
    ids.iter().enumerate().map(user).collect()
}

fn bounded(field: &str, count: usize) -> Result<(), Fault> {
    if count > MAX_IDS { Err(Fault::bad_input(field, format!("at most {MAX_IDS} ids"))) } else { Ok(()) }
}
