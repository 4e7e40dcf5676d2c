//! The messages of both protocols: text in, meaning out, and back. No state, no sockets.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::http::graphql::execute::WireRequest;
use crate::http::graphql::reply::Reply;

/// The longest id of an operation, in bytes.
const MAX_ID_BYTES: usize = 256;

/// A subprotocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// `graphql-transport-ws`, of graphql-ws.
    TransportWs,
    /// `graphql-ws`, of subscriptions-transport-ws.
    Legacy,
}

/// What a client says.
#[derive(Debug)]
pub(super) enum ClientMessage {
    /// Hello, with who it is.
    Init(Map<String, Value>),
    /// Are you there?
    Ping(Option<Value>),
    /// I am there.
    Pong,
    /// Run this under that id.
    Subscribe {
        /// The operation's id, of the client's choice.
        id: String,
        /// What to run.
        request: Box<WireRequest>,
    },
    /// Stop what runs under that id.
    Complete {
        /// The operation's id.
        id: String,
    },
    /// Goodbye (older protocol).
    Terminate,
}

/// A message as it comes.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    id: Option<Value>,
    payload: Option<Value>,
}

impl Protocol {
    /// The protocol to speak with a client that offers these: the newer one where both are.
    pub(super) fn choose(offered: &[&str]) -> Option<Self> {
        [Self::TransportWs, Self::Legacy].into_iter().find(|protocol| offered.contains(&protocol.name()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::TransportWs => "graphql-transport-ws",
            Self::Legacy => "graphql-ws",
        }
    }

    /// The name as a header's value.
    pub(super) fn header_value(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }

    /// Reads a message.
    ///
    /// # Errors
    /// What is wrong with it, for the close frame; nothing of the message is repeated.
    pub(super) fn parse(self, text: &str) -> Result<ClientMessage, String> {
        let Envelope { kind, id, payload } = serde_json::from_str(text)
            .map_err(|_| "Invalid message: not a JSON object with a type".to_owned())?;
        let read_id = |id: Option<Value>| match id {
            Some(Value::String(id)) if (1..=MAX_ID_BYTES).contains(&id.len()) => Ok(id),
            // Clients of old count.
            Some(Value::Number(id)) if self == Self::Legacy => Ok(id.to_string()),
            _ => Err(format!("Invalid message: the id must be a string of 1 to {MAX_ID_BYTES} bytes")),
        };
        match (self, kind.as_str()) {
            (_, "connection_init") => match payload {
                None | Some(Value::Null) => Ok(ClientMessage::Init(Map::new())),
                Some(Value::Object(payload)) => Ok(ClientMessage::Init(payload)),
                Some(_) => {
                    Err("Invalid message: the payload of connection_init must be an object".to_owned())
                }
            },
            (Self::TransportWs, "ping") => Ok(ClientMessage::Ping(payload)),
            (Self::TransportWs, "pong") => Ok(ClientMessage::Pong),
            (Self::TransportWs, "subscribe") | (Self::Legacy, "start") => {
                let id = read_id(id)?;
                let request = payload.and_then(|payload| serde_json::from_value(payload).ok());
                let request = request.ok_or("Invalid message: the payload is not a GraphQL request")?;
                Ok(ClientMessage::Subscribe { id, request: Box::new(request) })
            }
            (Self::TransportWs, "complete") | (Self::Legacy, "stop") => {
                Ok(ClientMessage::Complete { id: read_id(id)? })
            }
            (Self::Legacy, "connection_terminate") => Ok(ClientMessage::Terminate),
            _ => Err("Invalid message: unknown type".to_owned()),
        }
    }

    /// `connection_ack`.
    #[expect(clippy::unused_self, reason = "the same in both protocols, which callers need not know")]
    pub(super) fn ack(self) -> String {
        json!({"type": "connection_ack"}).to_string()
    }

    /// `pong`, with what came with the `ping`.
    #[expect(clippy::unused_self, reason = "the same in both protocols, which callers need not know")]
    pub(super) fn pong(self, payload: Option<Value>) -> String {
        match payload {
            Some(payload) => json!({"type": "pong", "payload": payload}).to_string(),
            None => json!({"type": "pong"}).to_string(),
        }
    }

    /// A sign of life beside the websocket's own ping, which the older protocol has.
    pub(super) fn keep_alive(self) -> Option<String> {
        (self == Self::Legacy).then(|| json!({"type": "ka"}).to_string())
    }

    /// Why the connection is refused, which the older protocol says before it closes.
    pub(super) fn connection_error(self, message: &str) -> Option<String> {
        (self == Self::Legacy)
            .then(|| json!({"type": "connection_error", "payload": {"message": message}}).to_string())
    }

    /// A result of an operation; a refusal ends it, and `true` says so.
    pub(super) fn result(self, id: &str, reply: &Reply) -> (String, bool) {
        if !reply.is_refusal() {
            let kind = if self == Self::TransportWs { "next" } else { "data" };
            return (message(kind, id, Some(reply)), false);
        }
        let text = match self {
            Self::TransportWs => message("error", id, Some(reply.errors())),
            // One error, not a list.
            Self::Legacy => message("error", id, reply.errors().first()),
        };
        (text, true)
    }

    /// The end of an operation.
    #[expect(clippy::unused_self, reason = "the same in both protocols, which callers need not know")]
    pub(super) fn complete(self, id: &str) -> String {
        message("complete", id, None::<()>)
    }
}

fn message(kind: &str, id: &str, payload: Option<impl Serialize>) -> String {
    #[derive(Serialize)]
    struct Message<'a, P> {
        id: &'a str,
        #[serde(rename = "type")]
        kind: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<P>,
    }
    // Only maps with keys other than strings cannot be written, and there are none.
    serde_json::to_string(&Message { id, kind, payload }).unwrap_or_default()
}

/// The token in the payload of `connection_init`; the name's case does not matter, as in a header.
pub(super) fn authorization(payload: &Map<String, Value>) -> Option<&str> {
    payload
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
        .and_then(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_newer_protocol_is_preferred_whatever_the_order() {
        assert_eq!(Protocol::choose(&["graphql-ws", "graphql-transport-ws"]), Some(Protocol::TransportWs));
        assert_eq!(Protocol::choose(&["x", "graphql-ws"]), Some(Protocol::Legacy));
        assert_eq!(Protocol::choose(&["x"]), None);
    }

    #[test]
    fn each_protocol_knows_its_own_messages() {
        let parse = |protocol: Protocol, text: &str| protocol.parse(text);
        let subscribe = r#"{"id":"1","type":"subscribe","payload":{"query":"{a}"}}"#;
        let start = r#"{"id":1,"type":"start","payload":{"query":"{a}","variables":null}}"#;
        assert!(matches!(parse(Protocol::TransportWs, subscribe), Ok(ClientMessage::Subscribe { .. })));
        assert!(
            matches!(parse(Protocol::Legacy, start), Ok(ClientMessage::Subscribe { id, .. }) if id == "1")
        );
        assert!(parse(Protocol::TransportWs, start).is_err());
        assert!(parse(Protocol::Legacy, subscribe).is_err());
        assert!(parse(Protocol::Legacy, r#"{"type":"ping"}"#).is_err());
        for bad in [
            "",
            "[]",
            "{}",
            "null",
            r#"{"type":1}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"id":"","type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"id":1,"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"id":"1","type":"subscribe"}"#,
            r#"{"id":"1","type":"subscribe","payload":{}}"#,
            r#"{"id":"1","type":"subscribe","payload":{"query":1}}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":7}"#,
            r#"{"type":"next","id":"1"}"#,
        ] {
            assert!(parse(Protocol::TransportWs, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_token_is_found_whatever_the_case_of_its_name() {
        let payload = json!({"x": 1, "Authorization": "Bearer t"});
        assert_eq!(authorization(payload.as_object().unwrap()), Some("Bearer t"));
        let odd = json!({"authorization": ["Bearer t"]});
        assert_eq!(authorization(odd.as_object().unwrap()), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in ".{0,200}") {
            let _ = Protocol::TransportWs.parse(&text);
            let _ = Protocol::Legacy.parse(&text);
        }
    }
}
