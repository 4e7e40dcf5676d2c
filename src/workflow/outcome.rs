//! What the engine is told of attempts at what happens in processes.

use crate::engine::{ItemError, Outcome};
use crate::kernel::{ErrorCode, Fault};

/// There is nothing to be done about it.
pub(super) fn ignored(code: &'static str, message: &str) -> Outcome {
    Outcome::Ignored { code: code.into(), message: message.to_owned() }
}

/// Whether another attempt is worth making.
pub(super) fn is_transient(fault: &Fault) -> bool {
    match fault.code() {
        ErrorCode::Conflict => fault.details().contains_key("retryable"),
        ErrorCode::Internal | ErrorCode::Locked | ErrorCode::RateLimited => true,
        _ => false,
    }
}

/// Whether others were in the way: another attempt at once may do.
pub(super) fn is_contention(fault: &Fault) -> bool {
    fault.code() == ErrorCode::Conflict && fault.details().contains_key("retryable")
}

/// A fault as the engine has it: it is tried again where that is worth it.
pub(super) fn item_error(fault: &Fault) -> ItemError {
    let (code, message) = (fault.code().as_str(), fault.message().to_owned());
    if is_transient(fault) { ItemError::transient(code, message) } else { ItemError::last(code, message) }
}
