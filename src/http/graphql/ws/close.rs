//! Why a socket is closed, as the protocol numbers it.

use axum::extract::ws::{CloseFrame, Utf8Bytes};

/// The longest reason that fits into a close frame, in bytes.
const MAX_REASON_BYTES: usize = 123;

/// Why we close a socket.
///
/// Clients of graphql-ws take 4400, 4401, 4409 and 4429 for final; after the others they come back.
/// That is why a token's end is 4403, and the server's 1001.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Close {
    /// 1001: the server stops; come back.
    GoingAway,
    /// 1009: a message is larger than the limit.
    TooLarge,
    /// 1007: a text message is not UTF-8.
    NotUtf8,
    /// 1002: what came is not the websocket protocol.
    Broken,
    /// 4400: a message that is none of the protocol; says why.
    BadMessage(String),
    /// 4401: an operation before `connection_ack`.
    Unauthorized,
    /// 4403: no token, a bad one, or one that has run out; says which.
    Forbidden(String),
    /// 4406: the client offered no protocol that is spoken here.
    NoProtocol,
    /// 4408: no `connection_init` in time.
    InitTimeout,
    /// 4409: an operation under an id that is in use.
    DuplicateId(String),
    /// 4429: a second `connection_init`.
    TooManyInits,
    /// 4500: our own fault.
    Internal,
    /// 1000: the client said goodbye in the older protocol.
    Done,
    /// No frame at all: the client is gone.
    Gone,
}

impl Close {
    /// The frame to send, if any.
    pub(super) fn frame(&self) -> Option<CloseFrame> {
        let (code, reason) = match self {
            Self::Done => (1000, ""),
            Self::GoingAway => (1001, "Going away"),
            Self::Broken => (1002, "Protocol error"),
            Self::NotUtf8 => (1007, "Text messages must be UTF-8"),
            Self::TooLarge => (1009, "Message too large"),
            Self::BadMessage(reason) => (4400, reason.as_str()),
            Self::Unauthorized => (4401, "Unauthorized"),
            Self::Forbidden(reason) => (4403, reason.as_str()),
            Self::NoProtocol => (4406, "Subprotocol not acceptable"),
            Self::InitTimeout => (4408, "Connection initialisation timeout"),
            Self::DuplicateId(id) => {
                let reason = truncated(&format!("Subscriber for {id} already exists"));
                return Some(CloseFrame { code: 4409, reason });
            }
            Self::TooManyInits => (4429, "Too many initialisation requests"),
            Self::Internal => (4500, "Internal server error"),
            Self::Gone => return None,
        };
        Some(CloseFrame { code, reason: truncated(reason) })
    }
}

/// Cuts a reason to what fits, between characters.
fn truncated(reason: &str) -> Utf8Bytes {
    let end = (0..=reason.len().min(MAX_REASON_BYTES)).rev().find(|end| reason.is_char_boundary(*end));
    reason[..end.unwrap_or(0)].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_fit_into_a_frame_and_end_between_characters() {
        let frame = Close::DuplicateId("ü".repeat(200)).frame().unwrap();
        assert!(frame.reason.len() <= MAX_REASON_BYTES && frame.reason.len() >= MAX_REASON_BYTES - 1);
        assert!(frame.reason.as_str().ends_with('ü'));
        assert_eq!(Close::Gone.frame(), None);
        assert_eq!(Close::Unauthorized.frame().unwrap().code, 4401);
    }
}
