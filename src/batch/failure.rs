//! Why an item failed, as it says it: a stable code, words for people, and whether to try again.

use crate::engine::{ItemError, Retry};
use crate::files::InputError;
use crate::files::fetch::FetchError;
use crate::kernel::causes;
use crate::pipeline::StepError;

/// Why the input could not be read, as its item says it. What lies behind is logged alone.
pub(super) fn input_error(error: InputError) -> ItemError {
    let retry = match &error {
        InputError::Fetch(FetchError::Status { retry_after, .. }) if error.is_transient() => {
            Retry::Later { after: *retry_after }
        }
        _ if error.is_transient() => Retry::Later { after: None },
        _ => Retry::Never,
    };
    tracing::debug!(code = error.code(), error = causes(&error), "an input cannot be read");
    ItemError { code: error.code().into(), message: error.to_string(), retry, details: None }
}

pub(super) fn step_error(error: &StepError) -> ItemError {
    let code = error.code().as_str();
    let message = match error.step() {
        Some(step) => format!("{step}: {}", error.message()),
        None => error.message().to_owned(),
    };
    if error.is_transient() { ItemError::transient(code, message) } else { ItemError::last(code, message) }
}

/// Whoever hears it does not count it.
pub(super) fn cancelled() -> ItemError {
    ItemError::transient("CANCELLED", "stopped before it was done")
}
