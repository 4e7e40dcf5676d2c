//! Calls over HTTP.

use crate::workflow::expression::Template;

/// The longest time that an answer may take, in seconds.
pub const MAX_TIMEOUT: u32 = 60;
/// How long an answer may take where the document does not say, in seconds.
pub const DEFAULT_TIMEOUT: u32 = 10;
/// How long a callback is waited for where the document does not say.
pub const DEFAULT_CALLBACK: &str = "P7D";

/// A call over HTTP.
#[derive(Debug)]
pub struct HttpCall {
    /// GET, POST, PUT, PATCH or DELETE.
    pub method: &'static str,
    /// Where to; what expressions in it result in is encoded, so that it stays the part that it is.
    pub url: Template,
    /// What goes with it.
    pub headers: Vec<(String, Template)>,
    /// What is waited for.
    pub wait: Wait,
    /// How long an answer may take, in seconds: 1 to 60.
    pub timeout: u32,
    /// How often it is tried before it is an incident: 1 to 100.
    pub attempts: u32,
    /// The variable that takes the body of the answer, or of the callback.
    pub result: Option<String>,
}

/// What is waited for of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// For its answer.
    Answer,
    /// For somebody to call back.
    Callback {
        /// How long: a duration of ISO 8601.
        within: String,
    },
    /// For nothing: the process goes on at once.
    Nothing,
}

impl Wait {
    /// The word in documents and in the database.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Answer => "ANSWER",
            Self::Callback { .. } => "CALLBACK",
            Self::Nothing => "NOTHING",
        }
    }
}
