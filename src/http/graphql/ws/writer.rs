//! The one task that writes to a socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::ws::Message;
use futures::{Sink, SinkExt as _};
use tokio::sync::{mpsc, oneshot};

use super::close::Close;

/// How many answers of the protocol itself may wait; a client that makes more of them wait does not
/// read what it asks for.
const CONTROL_QUEUE: usize = 32;
/// How long a close frame may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A result on its way out.
#[derive(Debug)]
pub(super) struct Outgoing {
    /// The message.
    pub text: String,
    /// Unset when the client has stopped the operation: what still waits is then not sent, so that
    /// it cannot be taken for a result of the id's next user.
    pub wanted: Arc<AtomicBool>,
}

/// The ends at which the reader and the operations hand messages to the writer.
#[derive(Debug)]
pub(super) struct Outbox {
    control: mpsc::Sender<Message>,
    results: mpsc::Sender<Outgoing>,
    close: Option<oneshot::Sender<Close>>,
}

impl Outbox {
    /// Queues an answer of the protocol itself.
    ///
    /// # Errors
    /// Where the client does not read its answers, or the writer has ended.
    pub(super) fn control(&self, message: Message) -> Result<(), Close> {
        self.control.try_send(message).map_err(|_| Close::Gone)
    }

    /// Where operations queue results.
    pub(super) fn results(&self) -> mpsc::Sender<Outgoing> {
        self.results.clone()
    }

    /// Has the writer end, with a close frame where the reason has one.
    pub(super) fn close(&mut self, close: Close) {
        if let Some(sender) = self.close.take() {
            let _ = sender.send(close);
        }
    }
}

/// What the writer takes from.
pub(super) struct Inbox {
    control: mpsc::Receiver<Message>,
    results: mpsc::Receiver<Outgoing>,
    close: oneshot::Receiver<Close>,
}

/// The queues between a socket's tasks and its writer.
pub(super) fn queues(results: usize) -> (Outbox, Inbox) {
    let (control_in, control) = mpsc::channel(CONTROL_QUEUE);
    let (results_in, results) = mpsc::channel(results.max(1));
    let (close_in, close) = oneshot::channel();
    let outbox = Outbox { control: control_in, results: results_in, close: Some(close_in) };
    (outbox, Inbox { control, results, close })
}

/// Writes until told to close, until the client's side takes a message too slowly, or until it fails.
pub(super) async fn write<S>(mut sink: S, mut inbox: Inbox, send_timeout: Duration)
where
    S: Sink<Message> + Unpin,
{
    loop {
        let message = tokio::select! {
            biased;
            close = &mut inbox.close => return finish(sink, inbox, close.unwrap_or(Close::Gone)).await,
            Some(message) = inbox.control.recv() => message,
            Some(outgoing) = inbox.results.recv() => {
                if !outgoing.wanted.load(Ordering::Acquire) {
                    continue;
                }
                Message::Text(outgoing.text.into())
            }
        };
        let sent = tokio::select! {
            sent = tokio::time::timeout(send_timeout, sink.send(message)) => sent,
            // A message half sent cannot be followed by a close frame: it has a moment to go through.
            close = &mut inbox.close => {
                let _ = tokio::time::timeout(CLOSE_TIMEOUT, sink.flush()).await;
                return finish(sink, inbox, close.unwrap_or(Close::Gone)).await;
            }
        };
        match sent {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(_) => {
                tracing::info!("a websocket's client reads too slowly: cut off");
                return;
            }
        }
    }
}

/// Sends what the protocol still has to say, and goodbye.
async fn finish<S>(mut sink: S, mut inbox: Inbox, close: Close)
where
    S: Sink<Message> + Unpin,
{
    let Some(frame) = close.frame() else { return };
    let farewell = async {
        while let Ok(message) = inbox.control.try_recv() {
            sink.send(message).await?;
        }
        sink.send(Message::Close(Some(frame))).await
    };
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, farewell).await;
}
