//! The states of runs and items: what each means, its exits, and who moves it.

use std::str::FromStr;

/// A status text that the database should have refused.
#[derive(Debug, thiserror::Error)]
#[error("unknown status {0:?} in the database")]
pub struct UnknownStatus(String);

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunStatus {
    /// Created or retried, no item leased yet. The first claim moves it to PROCESSING.
    Pending,
    /// Items are being worked on. The last outcome, or a cancellation, ends it.
    Processing,
    /// Ended: no item failed or was cancelled.
    Success,
    /// Ended: some succeeded, some failed. A retry reopens it.
    PartialSuccess,
    /// Ended: none succeeded. A retry reopens it.
    Failed,
    /// Ended: at least one item was cancelled. A retry of those that had failed reopens it.
    Cancelled,
}

impl RunStatus {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processing => "PROCESSING",
            Self::Success => "SUCCESS",
            Self::PartialSuccess => "PARTIAL_SUCCESS",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Whether nothing moves any more, short of a retry.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Processing)
    }
}

impl FromStr for RunStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Pending, Self::Processing, Self::Success, Self::PartialSuccess, Self::Failed, Self::Cancelled]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}

/// The state of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemStatus {
    /// Waits to be leased, for the first time or for another attempt.
    Pending,
    /// Leased. Never written: it follows from the leases, so that a crash leaves nothing to clean up.
    Running,
    /// Ended well.
    Success,
    /// Failed for good, until a retry queues it again.
    Failed,
    /// There was nothing to do any more.
    Ignored,
    /// Cancelled before it ended.
    Cancelled,
}

impl ItemStatus {
    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::Ignored => "IGNORED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl From<UnknownStatus> for sea_orm::DbErr {
    fn from(error: UnknownStatus) -> Self {
        Self::Type(error.to_string())
    }
}

impl FromStr for ItemStatus {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Pending, Self::Running, Self::Success, Self::Failed, Self::Ignored, Self::Cancelled]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownStatus(text.to_owned()))
    }
}
