//! Why a picture could not be worked on.

use crate::pipeline::picture::{DecodeError, EncodeError};
use crate::pipeline::step::ApplyError;

/// The stable codes of an item's failure in a pipeline (`BatchItem.errorCode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepErrorCode {
    /// The input is not a JPEG, PNG, WebP or GIF picture, whatever its name says.
    NotAnImage,
    /// The input begins as a picture but is damaged or cut off.
    CorruptImage,
    /// The input, or what a step would make of it, has more pixels than are allowed.
    TooLarge,
    /// A step does not fit the picture, such as a crop outside of it.
    StepFailed,
    /// A service did not answer, or said that it cannot at the moment. Transient.
    ServiceFailed,
    /// A service did not answer in time. Transient.
    ServiceTimeout,
    /// A service refused the picture (a status of 3xx or 4xx other than 408, 425 and 429), or is
    /// not configured any more.
    ServiceRefused,
    /// A service answered something that is not a picture, is damaged, or is too large.
    ServiceBadAnswer,
    /// The caller asked to stop.
    Cancelled,
    /// The program is shutting down. Transient.
    Interrupted,
}

impl StepErrorCode {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::NotAnImage,
        Self::CorruptImage,
        Self::TooLarge,
        Self::StepFailed,
        Self::ServiceFailed,
        Self::ServiceTimeout,
        Self::ServiceRefused,
        Self::ServiceBadAnswer,
        Self::Cancelled,
        Self::Interrupted,
    ];

    /// The code's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAnImage => "NOT_AN_IMAGE",
            Self::CorruptImage => "CORRUPT_IMAGE",
            Self::TooLarge => "TOO_LARGE",
            Self::StepFailed => "STEP_FAILED",
            Self::ServiceFailed => "SERVICE_FAILED",
            Self::ServiceTimeout => "SERVICE_TIMEOUT",
            Self::ServiceRefused => "SERVICE_REFUSED",
            Self::ServiceBadAnswer => "SERVICE_BAD_ANSWER",
            Self::Cancelled => "CANCELLED",
            Self::Interrupted => "INTERRUPTED",
        }
    }

    /// Whether another attempt may go better.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::ServiceFailed | Self::ServiceTimeout | Self::Interrupted)
    }
}

/// A failure in a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StepError {
    code: StepErrorCode,
    message: String,
    step: Option<String>,
}

impl StepError {
    pub(super) fn new(code: StepErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), step: None }
    }

    pub(super) fn at(mut self, step: &str) -> Self {
        self.step = Some(step.to_owned());
        self
    }

    pub(super) fn cancelled() -> Self {
        Self::new(StepErrorCode::Cancelled, "stopped before it was done")
    }

    /// The stable code.
    pub fn code(&self) -> StepErrorCode {
        self.code
    }

    /// What to tell a person, at most some 400 characters. Never holds internals.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The step in which it happened, `decode` and `encode` among them, if in one.
    pub fn step(&self) -> Option<&str> {
        self.step.as_deref()
    }

    /// Whether another attempt may go better.
    pub fn is_transient(&self) -> bool {
        self.code.is_transient()
    }
}

impl From<DecodeError> for StepError {
    fn from(error: DecodeError) -> Self {
        let code = match &error {
            DecodeError::NotAnImage(_) => StepErrorCode::NotAnImage,
            DecodeError::Corrupt(_) => StepErrorCode::CorruptImage,
            DecodeError::TooLarge(_) => StepErrorCode::TooLarge,
        };
        Self::new(code, error.to_string())
    }
}

impl From<EncodeError> for StepError {
    fn from(error: EncodeError) -> Self {
        let code = match &error {
            EncodeError::TooWide { .. } => StepErrorCode::TooLarge,
            EncodeError::Codec(..) => StepErrorCode::StepFailed,
        };
        Self::new(code, error.to_string())
    }
}

impl From<ApplyError> for StepError {
    fn from(error: ApplyError) -> Self {
        let code = match &error {
            ApplyError::Unfit(_) => StepErrorCode::StepFailed,
            ApplyError::TooLarge { .. } => StepErrorCode::TooLarge,
        };
        Self::new(code, error.to_string())
    }
}
