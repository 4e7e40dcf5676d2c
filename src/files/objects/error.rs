//! What goes wrong with objects.

use crate::kernel::Fault;

/// Why an object could not be read, written or deleted.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// There is no such object: it was deleted, or its bytes were lost.
    #[error("there is no object {key}")]
    Gone {
        /// The object's key.
        key: String,
    },
    /// The object holds fewer bytes than it should.
    #[error("the object {key} is shorter than it should be")]
    Truncated {
        /// The object's key.
        key: String,
    },
    /// The object is larger than what may be held in memory.
    #[error("the object {key} is larger than {limit} bytes")]
    TooLarge {
        /// The object's key.
        key: String,
        /// The most bytes that the caller takes.
        limit: u64,
    },
    /// A range that is not within the object.
    #[error("the range is not within the object {key}")]
    OutOfRange {
        /// The object's key.
        key: String,
    },
    /// The storage did not answer in time.
    #[error("the object storage did not answer in time")]
    Timeout,
    /// The storage answered other than it should.
    #[error("the object storage failed: {source}")]
    Failed {
        /// Whether it said that trying again may help.
        transient: bool,
        /// What it said, for the log.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ObjectError {
    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout => true,
            Self::Failed { transient, .. } => *transient,
            Self::Gone { .. } | Self::Truncated { .. } | Self::TooLarge { .. } | Self::OutOfRange { .. } => {
                false
            }
        }
    }

    pub(crate) fn from_opendal(key: &str, error: opendal::Error) -> Self {
        use opendal::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound => Self::Gone { key: key.to_owned() },
            ErrorKind::RangeNotSatisfied => Self::Truncated { key: key.to_owned() },
            kind => Self::Failed {
                transient: error.is_temporary()
                    || matches!(kind, ErrorKind::RateLimited | ErrorKind::Conflict),
                source: Box::new(error),
            },
        }
    }
}

impl From<ObjectError> for Fault {
    fn from(error: ObjectError) -> Self {
        Self::internal(error)
    }
}
