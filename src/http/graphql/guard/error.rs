//! Why a document is refused.

use async_graphql::{Pos, ServerError};

use crate::graphql::fault::set_code;
use crate::kernel::ErrorCode;

/// Why the guard refuses a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// More than the limits allow; says of what.
    #[error("the query has more than {limit} {of}")]
    TooMuch {
        /// What there is too much of, in the plural.
        of: &'static str,
        /// The limit.
        limit: u64,
    },
    /// Not GraphQL. The source is not repeated, only where it goes wrong.
    #[error("syntax error: {message}")]
    Syntax {
        /// What is wrong.
        message: String,
        /// Where.
        at: Pos,
    },
    /// A fragment that contains itself.
    #[error("the fragment {0} contains itself")]
    FragmentCycle(String),
    /// The document cannot be executed as asked for.
    #[error("{0}")]
    Operation(&'static str),
    /// Introspection, where it is switched off.
    #[error("introspection is switched off")]
    Introspection,
}

impl GuardError {
    /// The code that clients see.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooMuch { .. } => ErrorCode::TooComplex,
            Self::Syntax { .. } | Self::FragmentCycle(_) | Self::Operation(_) => ErrorCode::BadInput,
            Self::Introspection => ErrorCode::Forbidden,
        }
    }
}

impl From<GuardError> for ServerError {
    fn from(error: GuardError) -> Self {
        let at = match &error {
            GuardError::Syntax { at, .. } => Some(*at),
            _ => None,
        };
        let mut shaped = Self::new(error.to_string(), at);
        set_code(shaped.extensions.get_or_insert_default(), error.code());
        shaped
    }
}

/// Compares what there is with its limit.
pub(super) fn at_most(limit: u64, count: u64, of: &'static str) -> Result<(), GuardError> {
    if count > limit { Err(GuardError::TooMuch { of, limit }) } else { Ok(()) }
}
