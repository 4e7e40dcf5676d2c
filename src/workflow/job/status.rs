//! How jobs stand.

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobStatus {
    /// Whoever asks for its topic gets it.
    Pending,
    /// It has failed, and is PENDING again from its `dueAt` on; of a call, until then it may be called
    /// back.
    Waiting,
    /// A worker has it until its `dueAt`; when that has come it is PENDING again, or FAILED.
    Running,
    /// It is done. Final.
    Success,
    /// It has failed as often as it may, and its instance has an incident; when that is resolved it is
    /// PENDING again.
    Failed,
    /// Nobody waits for it any longer. Final.
    Cancelled,
}

impl JobStatus {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Waiting, Self::Running, Self::Success, Self::Failed, Self::Cancelled];

    /// Whether nothing comes after it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Cancelled)
    }

    /// The word in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Waiting => "WAITING",
            Self::Running => "RUNNING",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The status of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

/// Who does a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Workers outside, who ask for its topic.
    External,
    /// We ourselves call a server.
    Http,
}

impl JobKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::External, Self::Http];

    /// The word in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::External => "EXTERNAL",
            Self::Http => "HTTP",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
