//! Faults: what goes wrong, sorted by whose fault it is, under the stable codes that clients see.

use std::sync::Arc;

use serde_json::{Map, Value, json};

/// The stable codes of expected failures (`extensions.code`), with their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// Malformed or out of bounds; `field` names where.
    BadInput,
    /// No valid token.
    Unauthenticated,
    /// The actor may see it but not do this: their role, or a disabled feature.
    Forbidden,
    /// No such thing, or not visible to the actor.
    NotFound,
    /// The state has moved on; the message says to what.
    Conflict,
    /// The request would cost more than the limits allow.
    TooComplex,
    /// Held by a batch; the details say which.
    Locked,
    /// Too often; with `resetAt` and `remaining`.
    RateLimited,
    /// Not enough quota; with `required` and `balance`.
    QuotaExceeded,
    /// Our own fault; the log has the rest under the request's id.
    Internal,
}

impl ErrorCode {
    /// The code's name in `extensions.code`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadInput => "BAD_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::TooComplex => "TOO_COMPLEX",
            Self::Locked => "LOCKED",
            Self::RateLimited => "RATE_LIMITED",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::Internal => "INTERNAL",
        }
    }

    /// The number in `extensions.errorCode`.
    pub fn number(self) -> u16 {
        match self {
            Self::BadInput => 4001,
            Self::Unauthenticated => 4010,
            Self::Forbidden => 4003,
            Self::NotFound => 4004,
            Self::Conflict => 4009,
            Self::TooComplex => 4013,
            Self::Locked => 4023,
            Self::RateLimited => 4029,
            Self::QuotaExceeded => 1003,
            Self::Internal => 5000,
        }
    }

    /// The HTTP status outside GraphQL.
    pub fn http_status(self) -> u16 {
        match self {
            Self::BadInput | Self::TooComplex => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::QuotaExceeded => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Locked => 423,
            Self::RateLimited => 429,
            Self::Internal => 500,
        }
    }
}

/// A failure as it leaves a service: a code, a message for people, details for programs.
///
/// The source is for the log alone and is never sent.
#[derive(Debug, Clone)]
pub struct Fault {
    code: ErrorCode,
    message: String,
    details: Map<String, Value>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

impl std::error::Error for Fault {
    /// What happened itself, not the `Arc` around it: callers look what kind of error it is.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

impl Fault {
    /// A fault with a message that says what to do.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Map::new(), source: None }
    }

    /// `BAD_INPUT` at `field`, a path such as `inputImages[3]`.
    pub fn bad_input(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadInput, message).with("field", json!(field.into()))
    }

    /// `NOT_FOUND`: there is no such `thing`, or the actor may not see it.
    pub fn not_found(thing: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("no such {thing}, or it is not yours to see"))
    }

    /// `FORBIDDEN`.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Forbidden, message)
    }

    /// `CONFLICT`: the state has moved on.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    /// `INTERNAL`, with what happened kept for the log.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut fault = Self::new(ErrorCode::Internal, "something went wrong on our side");
        fault.source = Some(source.into().into());
        fault
    }

    /// Adds a structured detail.
    #[must_use]
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.details.insert(key.to_owned(), value);
        self
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What to tell a person. Never holds internals.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Structured details for a program (`field`, `resetAt`, `balance`, …).
    pub fn details(&self) -> &Map<String, Value> {
        &self.details
    }
}

/// An error with all that led to it, for the log.
pub fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let errors = std::iter::successors(Some(error), |error| error.source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl From<sea_orm::DbErr> for Fault {
    /// `CONFLICT` with `retryable` where others were in the way and nothing was done, so that the
    /// same may be tried again; `INTERNAL` otherwise.
    fn from(error: sea_orm::DbErr) -> Self {
        if !is_contention(&error) {
            return Self::internal(error);
        }
        let mut fault = Self::conflict("others are changing the same right now: try again in a moment")
            .with("retryable", json!(true));
        fault.source = Some(Arc::new(error));
        fault
    }
}

/// Whether the database refused for the sake of others alone: who holds a lock for longer than one
/// waits for it, or a deadlock that somebody had to give way in.
fn is_contention(error: &sea_orm::DbErr) -> bool {
    use sea_orm::sqlx::error::DatabaseError;
    use sea_orm::{DbErr, RuntimeErr};
    // What was written under a guard has changed meanwhile.
    if matches!(error, DbErr::RecordNotUpdated) {
        return true;
    }
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    // PostgreSQL's lock_not_available and deadlock_detected; SQLite's BUSY.
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| matches!(code.as_ref(), "55P03" | "40P01" | "5"))
}
