//! A socket's life: who it is, what it may do, and when it ends.

use std::time::Duration;

use async_graphql::Executor;
use axum::extract::ws::{Message, WebSocket};
use futures::StreamExt as _;
use futures::stream::SplitStream;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout, timeout_at};

use super::close::Close;
use super::operation::Operations;
use super::protocol::{ClientMessage, Protocol, authorization};
use super::writer::{Outbox, queues, write};
use crate::http::auth::{Identity, log_user, missing_token};
use crate::http::graphql::execute::{WireRequest, admit};
use crate::http::graphql::reply::Reply;
use crate::http::metrics::count_operation;
use crate::http::request_id::RequestId;
use crate::http::state::HttpState;
use crate::kernel::{ErrorCode, Fault};

/// How long a client has to answer our close frame before the connection is dropped.
const GOODBYE: Duration = Duration::from_secs(2);
/// Timers do not reach further than this; sockets do not live longer.
const MAX_LIFE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The reader's side of a socket.
pub(super) struct Socket<E> {
    state: HttpState<E>,
    id: RequestId,
    protocol: Protocol,
    /// What came with the upgrade, for a client that has nothing in `connection_init`.
    authorization: Option<String>,
    identity: Option<Identity>,
    operations: Operations,
    /// How many operations there have been.
    started: u64,
    /// When the socket ends if nothing ends it before: the time for `connection_init`, then the
    /// token's.
    deadline: Instant,
    outbox: Outbox,
}

impl<E: Executor> Socket<E> {
    /// Lives the socket's life.
    pub(super) async fn run(
        state: HttpState<E>,
        id: RequestId,
        protocol: Option<Protocol>,
        authorization: Option<String>,
        stream: WebSocket,
    ) {
        let settings = state.config.sockets.clone();
        let (sink, mut stream) = stream.split();
        let (outbox, inbox) = queues(settings.queue);
        let mut writer = tokio::spawn(write(sink, inbox, settings.send_timeout));
        let chosen = protocol.unwrap_or(Protocol::TransportWs);
        let mut socket = Self {
            operations: Operations::new(chosen, outbox.results(), state.in_hand.clone()),
            protocol: chosen,
            deadline: Instant::now() + settings.init_timeout,
            state,
            id,
            authorization,
            identity: None,
            started: 0,
            outbox,
        };
        let close = if protocol.is_none() {
            Close::NoProtocol
        } else {
            tokio::select! {
                close = socket.listen(&mut stream) => close,
                // It cannot be written to any more.
                _ = &mut writer => Close::Gone,
            }
        };
        tracing::debug!(?close, operations = socket.started, "a websocket ends");
        let Self { operations, mut outbox, .. } = socket;
        drop(operations);
        let says_goodbye = close.frame().is_some();
        outbox.close(close);
        if says_goodbye {
            // Dropping a connection with unread data resets it, and the client may never see why.
            let answered = async { while let Some(Ok(_)) = stream.next().await {} };
            let _ = timeout(GOODBYE, answered).await;
        }
        if !writer.is_finished() && timeout(GOODBYE, &mut writer).await.is_err() {
            writer.abort();
        }
    }

    /// Reads until there is a reason to close.
    async fn listen(&mut self, stream: &mut SplitStream<WebSocket>) -> Close {
        let every = self.state.config.sockets.ping_interval;
        let mut pings = interval_at(Instant::now() + every, every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard_at = Instant::now();
        let shutdown = self.state.shutdown.clone();
        loop {
            let outcome = tokio::select! {
                () = shutdown.cancelled() => Err(Close::GoingAway),
                () = sleep_until(self.deadline) => Err(self.too_late()),
                _ = pings.tick() => {
                    if heard_at.elapsed() >= every * 2 { Err(Close::Gone) } else { self.ping() }
                }
                frame = stream.next() => {
                    heard_at = Instant::now();
                    match frame {
                        Some(Ok(Message::Text(text))) => self.hear(&text).await,
                        Some(Ok(Message::Binary(_))) => {
                            Err(Close::BadMessage("Invalid message: only text is understood".to_owned()))
                        }
                        // The library answers pings itself; a pong is a sign of life and no more.
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        Some(Ok(Message::Close(_))) | None => Err(Close::Gone),
                        Some(Err(error)) => Err(reading_error(&error)),
                    }
                }
            };
            if let Err(close) = outcome {
                return close;
            }
        }
    }

    /// Why the deadline ends the socket.
    fn too_late(&self) -> Close {
        if self.identity.is_none() {
            Close::InitTimeout
        } else {
            Close::Forbidden("Forbidden: the token has expired".to_owned())
        }
    }

    fn ping(&self) -> Result<(), Close> {
        if let Some(text) = self.protocol.keep_alive().filter(|_| self.identity.is_some()) {
            self.outbox.control(Message::Text(text.into()))?;
        }
        self.outbox.control(Message::Ping(bytes::Bytes::new()))
    }

    async fn hear(&mut self, text: &str) -> Result<(), Close> {
        match self.protocol.parse(text).map_err(Close::BadMessage)? {
            ClientMessage::Init(payload) => self.init(authorization(&payload)).await,
            ClientMessage::Ping(payload) => {
                self.outbox.control(Message::Text(self.protocol.pong(payload).into()))
            }
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { id, request } => self.subscribe(id, *request),
            ClientMessage::Complete { id } => {
                self.operations.stop(&id);
                Ok(())
            }
            ClientMessage::Terminate => Err(Close::Done),
        }
    }

    /// Finds out who it is, and when that ends.
    async fn init(&mut self, token: Option<&str>) -> Result<(), Close> {
        if self.identity.is_some() {
            return Err(Close::TooManyInits);
        }
        let authenticator = self.state.authenticator.clone();
        let verified = match token.or(self.authorization.as_deref()) {
            Some(token) => timeout_at(self.deadline, authenticator.verify_bearer(token))
                .await
                .map_err(|_| Close::InitTimeout)?,
            None => Err(missing_token()),
        };
        let identity = verified.map_err(|fault| self.forbidden(&fault))?;
        let life = (identity.expires_at - self.state.clock.now()).to_std().unwrap_or_default();
        self.deadline = Instant::now() + life.min(MAX_LIFE);
        log_user(&identity);
        self.identity = Some(identity);
        self.outbox.control(Message::Text(self.protocol.ack().into()))
    }

    fn forbidden(&self, fault: &Fault) -> Close {
        if fault.code() == ErrorCode::Internal {
            tracing::error!(cause = crate::kernel::causes(fault), "cannot verify a token");
            return Close::Internal;
        }
        if let Some(text) = self.protocol.connection_error(fault.message()) {
            let _ = self.outbox.control(Message::Text(text.into()));
        }
        Close::Forbidden(format!("Forbidden: {}", fault.message()))
    }

    fn subscribe(&mut self, id: String, request: WireRequest) -> Result<(), Close> {
        let identity = self.identity.as_ref().ok_or(Close::Unauthorized)?;
        if self.operations.contains(&id) {
            match self.protocol {
                Protocol::TransportWs => return Err(Close::DuplicateId(id)),
                // There the new operation takes the old one's place.
                Protocol::Legacy => self.operations.stop(&id),
            }
        }
        self.started += 1;
        let request_id = self.id.of_operation(self.started);
        let most = self.state.config.sockets.max_operations;
        if self.operations.len() >= most {
            let message = format!("a socket runs at most {most} operations at a time");
            let refusal = Reply::from_fault(Fault::new(ErrorCode::TooComplex, message), &request_id);
            let (text, _) = self.protocol.result(&id, &refusal);
            return self.outbox.control(Message::Text(text.into()));
        }
        let admitted = admit(&self.state, request, Some(identity), &request_id);
        if let Ok(admitted) = &admitted {
            count_operation("websocket", admitted.operation);
        }
        self.operations.start(id, &self.state.executor, admitted);
        Ok(())
    }
}

/// What an error in reading tells the client.
fn reading_error(error: &axum::Error) -> Close {
    use tokio_tungstenite::tungstenite::Error;
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Error>());
    match source {
        Some(Error::Capacity(_)) => Close::TooLarge,
        Some(Error::Utf8(_)) => Close::NotUtf8,
        Some(Error::Protocol(_)) => Close::Broken,
        _ => Close::Gone,
    }
}
