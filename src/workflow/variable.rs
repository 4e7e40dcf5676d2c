//! Variables as they come from outside.

use serde_json::{Map, Value};

use super::model::Model;
use crate::kernel::Fault;

/// The most names that one call sets.
const MAX_NAMES: usize = 500;
/// The longest name, in characters.
const MAX_NAME: usize = 128;
/// The most approvers that are chosen for a node.
const MAX_CHOSEN: usize = 500;
/// What a process knows of itself: nobody sets it from outside.
const RESERVED: [&str; 5] = ["PROCESS_STATUS", "PROCESS_REASON", "initiator", "starter", "businessKey"];

/// Why such a name is refused.
const SETS_ITSELF: &str = "the process sets this itself";

/// Whether a process sets a variable of this name itself.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// Whether the names are such as variables may have.
///
/// # Errors
/// `BAD_INPUT` at `field` and the name.
pub fn check_names(field: &str, given: &Map<String, Value>) -> Result<(), Fault> {
    if given.len() > MAX_NAMES {
        return Err(Fault::bad_input(field, format!("at most {MAX_NAMES} names at once")));
    }
    for (name, value) in given {
        let place = format!("{field}.{}", name.chars().take(MAX_NAME).collect::<String>());
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            let message = format!("a name has 1 to {MAX_NAME} characters, none of them a control character");
            return Err(Fault::bad_input(place, message));
        }
        if is_reserved(name) {
            return Err(Fault::bad_input(place, SETS_ITSELF));
        }
        // PostgreSQL's texts cannot hold it, and JSON writes it as an escape that reads back.
        if value.to_string().contains("\\u0000") {
            return Err(Fault::bad_input(place, "the zero character cannot be kept"));
        }
    }
    Ok(())
}

/// What another system has said, as it can be kept: PostgreSQL's texts cannot hold the zero character, which
/// becomes the replacement character.
pub fn storable(value: Value) -> Value {
    let text = |text: String| match text.contains('\0') {
        true => text.replace('\0', "\u{fffd}"),
        false => text,
    };
    match value {
        Value::String(inner) => Value::String(text(inner)),
        Value::Array(all) => Value::Array(all.into_iter().map(storable).collect()),
        Value::Object(all) => {
            Value::Object(all.into_iter().map(|(name, value)| (text(name), storable(value))).collect())
        }
        other => other,
    }
}

/// Whether none of the names is that under which a process knows who has started it.
///
/// # Errors
/// `BAD_INPUT` at `field` and the name.
pub fn check_initiator(field: &str, given: &Map<String, Value>, model: &Model) -> Result<(), Fault> {
    match model.settings.initiator.as_deref().filter(|name| given.contains_key(*name)) {
        Some(name) => Err(Fault::bad_input(format!("{field}.{name}"), SETS_ITSELF)),
        None => Ok(()),
    }
}

/// Whether this names approvers by node: user ids in lists.
///
/// # Errors
/// `BAD_INPUT` at `field` and the node.
pub fn check_chosen(field: &str, given: &Map<String, Value>) -> Result<(), Fault> {
    for (node, users) in given {
        let place = format!("{field}.{}", node.chars().take(MAX_NAME).collect::<String>());
        let is_user = |user: &Value| {
            user.as_str()
                .is_some_and(|user| (1..=128).contains(&user.chars().count()) && !user.contains('\0'))
        };
        let users = users.as_array().filter(|users| users.len() <= MAX_CHOSEN && users.iter().all(is_user));
        if users.is_none() || node.chars().count() > MAX_NAME || given.len() > MAX_NAMES {
            let message = format!("this takes lists of at most {MAX_CHOSEN} user ids by node");
            return Err(Fault::bad_input(place, message));
        }
    }
    Ok(())
}
